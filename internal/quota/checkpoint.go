package quota

import (
	"context"
	"fmt"
	"iter"
)

// stretch is how many counters are looked at before others are let on: some
// ten µs of work.
const stretch = 128

// change notes that a checkpoint has to save c: once, until one has.
func (l *Limiter) change(c *counter) {
	if c.listed.Load() || !c.listed.CompareAndSwap(false, true) {
		return
	}
	for {
		c.next = l.changed.Load()
		if l.changed.CompareAndSwap(c.next, c) {
			return
		}
	}
}

// Checkpoint saves to store what changed since the last Checkpoint, or all
// counts if that one failed. Call it at most every second and at shutdown: a
// crash loses what was counted since. A second's limits are left out: they end
// before anybody could restart.
func (l *Limiter) Checkpoint(ctx context.Context, store Store, now int64) error {
	l.saving.Lock()
	defer l.saving.Unlock()
	if l.unsaved {
		l.changeAll()
	}
	if l.changed.Load() == nil {
		return nil
	}
	l.unsaved = true
	if err := store.SaveCounters(ctx, l.drain(now)); err != nil {
		return fmt.Errorf("save the quota counters: %w", err)
	}
	l.unsaved = false
	return nil
}

// changeAll notes that all have to be saved.
func (l *Limiter) changeAll() {
	n := 0
	l.each(func(c *counter) {
		if n++; n%stretch == 0 {
			l.options.Rest()
		}
		l.change(c)
	})
}

// drain takes the list of what has changed and yields what still says
// something at now. A count that changes after it was read is listed again.
func (l *Limiter) drain(now int64) iter.Seq[Counter] {
	return func(yield func(Counter) bool) {
		wanted, n := true, 0
		for c := l.changed.Swap(nil); c != nil; {
			next := c.next
			c.next = nil
			c.listed.Store(false) // before the word is read
			if word := c.word.Load(); wanted && c.says(word, now) {
				wanted = yield(c.saved(word))
			}
			if n++; n%stretch == 0 {
				l.options.Rest()
			}
			c = next
		}
	}
}

// Snapshot appends every count that still says something at now, as a
// Checkpoint of all would save them.
func (l *Limiter) Snapshot(dst []Counter, now int64) []Counter {
	l.each(func(c *counter) {
		if word := c.word.Load(); c.of.window != Second && c.says(word, now) {
			dst = append(dst, c.saved(word))
		}
	})
	return dst
}

// says reports whether the word still says something at now.
func (c *counter) says(word uint64, now int64) bool {
	return word != dead && c.ends(word) > now && !c.ahead(word, now)
}

// saved is the counter as a store keeps it.
func (c *counter) saved(word uint64) Counter {
	out := Counter{
		Resource: c.of.resource, Key: c.of.key, Window: c.of.window, Burst: c.burst,
		App: c.app, Member: c.member, Ends: c.ends(word),
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
	limit := newRow(Limit{Key: s.Key, Window: s.Window, N: 1, Burst: s.Burst}, nil, "")
	if s.Ends <= now || s.Ends > now+2*limit.window+windowLag || s.Used < 0 || s.Used > MaxN {
		return false
	}
	word := uint64(s.Ends)
	if !s.Burst {
		word = pack(uint64(s.Ends/limit.window)-1, uint64(s.Used))
	}
	if newCounter(&limit, who{}).ahead(word, now) {
		return false
	}
	limit.of = l.number(limitID{s.Resource, s.Key, s.Window, s.Burst})
	l.counter(&limit, s.App, s.Member).raise(word)
	return true
}
