package quota

import (
	"context"
	"fmt"
)

// Snapshot appends every count that still says something at now. A second's
// limits are left out: they end before anybody could restart.
func (l *Limiter) Snapshot(dst []Counter, now int64) []Counter {
	l.saving.Lock()
	defer l.saving.Unlock()
	return l.collect(dst, now, func(*counter, uint64) bool { return true })
}

// Checkpoint saves to store what changed since the last Checkpoint, or all
// counts if that one failed. Call it at most every second and at shutdown: a
// crash loses what was counted since.
func (l *Limiter) Checkpoint(ctx context.Context, store Store, now int64) error {
	l.saving.Lock()
	defer l.saving.Unlock()
	l.changed = l.collect(l.changed[:0], now, func(c *counter, word uint64) bool {
		news := l.unsaved || word != c.saved
		c.saved = word
		return news
	})
	if len(l.changed) == 0 {
		return nil
	}
	l.unsaved = true
	if err := store.SaveCounters(ctx, l.changed); err != nil {
		return fmt.Errorf("save %d quota counters: %w", len(l.changed), err)
	}
	l.unsaved = false
	return nil
}

func (l *Limiter) collect(dst []Counter, now int64, wanted func(*counter, uint64) bool) []Counter {
	l.numbering.Lock()
	defer l.numbering.Unlock()
	l.counters.RangeRelaxed(func(w who, c *counter) bool {
		word, id := c.word.Load(), l.ids[w.limit]
		if word != dead && c.ends(word) > now && !c.ahead(word, now) && id.window != Second && wanted(c, word) {
			dst = append(dst, c.counter(w, id, word))
		}
		return true
	})
	return dst
}

func (c *counter) counter(w who, id limitID, word uint64) Counter {
	out := Counter{
		Resource: id.resource, Key: id.key, Window: id.window, Burst: id.burst,
		App: w.app, Member: w.member, Ends: c.ends(word),
	}
	if !c.burst {
		out.Used = int64(word & (1<<32 - 1))
	}
	return out
}

// Restore takes back what was saved, before calls are served. A window that
// has ended at now is not restored, nor what only a clock that was ahead can
// have counted. Where something was counted meanwhile, the fuller holds.
// It returns how many counts it took.
func (l *Limiter) Restore(saved []Counter, now int64) int {
	n := 0
	for _, s := range saved {
		if l.restore(s, now) {
			n++
		}
	}
	return n
}

func (l *Limiter) restore(s Counter, now int64) bool {
	if int(s.Window) >= len(windows) || s.Key > Member {
		return false
	}
	limit := newRow(Limit{Key: s.Key, Window: s.Window, N: 1, Burst: s.Burst}, 0, "")
	if s.Ends <= now || s.Ends > now+2*limit.window+windowLag || s.Used < 0 || s.Used > MaxN {
		return false
	}
	word := uint64(s.Ends)
	if !s.Burst {
		word = pack(uint64(s.Ends/limit.window)-1, uint64(s.Used))
	}
	if newCounter(&limit).ahead(word, now) {
		return false
	}
	limit.number = l.number(limitID{s.Resource, s.Key, s.Window, s.Burst})
	l.counter(&limit, s.App, s.Member).raise(word)
	return true
}
