package downstream

import (
	"runtime"
	"sync/atomic"
	"time"

	"github.com/candor-gateway/candor/internal/clock"
)

// sweep is the connections that have had a call not long ago: only those can have a client that leaves, or a stack to give back. A call enters its connection
// where it is not in yet; the rest is done by whoever sweeps, so that calls share nothing that they write, and an idle connection costs nothing.
type sweep struct {
	came [16]entry // by the connection's number
	all  *Conn     // linked by Conn.next: known to the sweep alone
	n    int       // looks since the processor was last let go
}

// entry is where connections come in. It fills a line of the cache.
type entry struct {
	last atomic.Pointer[Conn]
	_    [56]byte
}

// inOneGo is after how many looks others may run.
const inOneGo = 32

// Sweep gives up what calls have waited for at least since d ago, where the client has left, and takes the stack of connections that have waited for a call for
// long. It does not block, and is for one goroutine at a time.
func (s *Side) Sweep(d time.Duration) {
	w := &s.sweep
	if w.isEmpty() {
		return
	}
	w.look(d, s.Clock.Mono())
}

func (w *sweep) isEmpty() bool {
	for i := range w.came {
		if w.came[i].last.Load() != nil {
			return false
		}
	}
	return w.all == nil
}

// look looks at all connections once, and keeps those that must be looked at again.
func (w *sweep) look(d time.Duration, now int64) {
	before := w.all
	w.all = nil
	w.through(before, d, now)
	for i := range w.came {
		w.through(w.came[i].last.Swap(nil), d, now)
	}
}

func (w *sweep) through(c *Conn, d time.Duration, now int64) {
	for c != nil {
		next := c.next // once the connection is left alone, it may enter again
		c.look(d, now)
		if c.staysSwept(now) {
			c.next, w.all = w.all, c
		}
		c = next
		if w.n++; w.n >= inOneGo {
			w.n = 0
			runtime.Gosched()
		}
	}
}

// enter makes the sweep look at a connection whose call begins.
func (w *sweep) enter(c *Conn) {
	last := &w.came[c.peer.Number%uint32(len(w.came))].last
	for {
		c.next = last.Load()
		if last.CompareAndSwap(c.next, c) {
			return
		}
	}
}

// swept is whether the sweep looks at a connection.
type swept struct {
	in   atomic.Bool
	over atomic.Bool // the connection is closed
}

// needs reports whether a call that begins must enter its connection. The seat is busy before.
func (s *swept) needs() bool { return !s.in.Load() && s.in.CompareAndSwap(false, true) }

// staysSwept reports whether the sweep is to look again, at now (mono ns). A call that begins just then is seen here, or sees that it must enter.
func (c *Conn) staysSwept(now int64) bool {
	state := c.seat.state.Load()
	switch {
	case c.swept.over.Load():
		return false
	case state == 0 || state == asked || now-max(state, -state) < int64(cool) || c.idle.warm.Load():
		return true
	}
	c.swept.in.Store(false)
	return c.seat.state.Load() != state && c.swept.needs()
}

// look gives up what the connection's call has waited for at least since d before now (mono ns), if its client has left; of a connection that has waited for
// a call for long it takes the stack.
func (c *Conn) look(d time.Duration, now int64) {
	if c.cools(now) {
		_ = c.tcp.SetReadDeadline(clock.Passed())
		return
	}
	if c.wait.longerThan(d, now) && c.watch.hasLeft() {
		c.wait.giveUp()
	}
}

// cools reports whether the connection has waited long enough with its stack. It reports true once a wait.
func (c *Conn) cools(now int64) bool { return c.seat.idleFor(now) >= int64(cool) && c.idle.cool() }
