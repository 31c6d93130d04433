package quota

import (
	"sync"
	"sync/atomic"
)

// returns is what was given back after the counts were left to another Limiter. The zero value notes nothing.
type returns struct {
	wanted atomic.Bool
	mu     sync.Mutex
	all    []Counter
}

// NoteReturns makes the Limiter note what is given back from now on: another one has its counts.
func (l *Limiter) NoteReturns() { l.returns.wanted.Store(true) }

// Returned are the counts that were given back since NoteReturns, or the last Returned. Used is how many calls. Bursts are left out: they
// leak out by themselves.
func (l *Limiter) Returned() []Counter {
	l.returns.mu.Lock()
	defer l.returns.mu.Unlock()
	all := l.returns.all
	l.returns.all = nil
	return all
}

// note takes what r has just given back.
func (s *returns) note(r *Result) {
	if !s.wanted.Load() {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range r.n {
		h := &r.held[i]
		if h.counter == nil || h.counter.burst || h.counter.of.window == Second {
			continue
		}
		back := h.counter.saved(pack(h.in, 1))
		s.all = append(s.all, back)
	}
}

// TakeBack gives back what another Limiter had counted, left to this one, and was given back since.
func (l *Limiter) TakeBack(returned []Counter) {
	for _, back := range returned {
		if int(back.Window) >= len(windows) || back.Key > Member || back.Burst || back.Used <= 0 {
			continue
		}
		limit := newRow(Limit{Key: back.Key, Window: back.Window, N: 1}, nil, "")
		limit.of = l.number(limitID{back.Resource, back.Key, back.Window, false})
		c := l.counter(&limit, back.App, back.Member)
		c.less(uint64(back.Ends/limit.window)-1, uint64(back.Used))
		l.change(c)
	}
}

// less takes n calls off a fixed window, if the counter is in it still.
func (c *counter) less(window, n uint64) {
	for {
		word := c.word.Load()
		if word == dead || word>>32 != window || word&(1<<32-1) < n || c.word.CompareAndSwap(word, word-n) {
			return
		}
	}
}
