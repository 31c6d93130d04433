package downstream

import (
	"math"

	"github.com/candor-gateway/candor/internal/clock"
)

// Spare is how readily a connection can be closed to make room for another.
type Spare uint8

// How readily.
const (
	Busy   Spare = iota // a call is under way
	Silent              // nothing of a call has ever come
	Idle                // between two calls
	Begun               // a head has begun and is not whole
)

// A connection's state is, in mono ns, since when it is idle; negative, since when a handshake or a head goes on; 0 while a call is under way; or asked.
const asked = math.MinInt64

// Spare is how readily the connection can be closed, and since when (mono ns). It may be called from anywhere.
func (c *Conn) Spare() (is Spare, since int64) {
	switch s := c.state.Load(); {
	case s == 0, s == asked:
		return Busy, 0
	case !c.spoke.Load():
		return Silent, max(s, -s)
	case s > 0:
		return Idle, s
	default:
		return Begun, -s
	}
}

// MakeRoom asks the connection to leave, if it has been spare since then and is so still, and reports whether it was asked. It leaves in silence, as an idle one
// does at its limit; a head that is not whole is answered with NoRoom. A byte that came meanwhile is not lost: its call is served, and is the last. It may be
// called from anywhere.
func (c *Conn) MakeRoom(since int64) bool {
	s := c.state.Load()
	if s == 0 || s == asked || max(s, -s) != since || !c.state.CompareAndSwap(s, asked) {
		return false
	}
	_ = c.tcp.SetReadDeadline(clock.Passed())
	return true
}

// Hurry ends the wait of a connection that is turned away. It may be called from anywhere.
func (c *Conn) Hurry() {
	c.stop.Store(true)
	_ = c.tcp.SetReadDeadline(clock.Passed())
}

// rest notes that the connection waits for a call, or for the rest of its head.
func (c *Conn) rest(k *call) {
	state := max(1, c.since)
	switch {
	case c.leaving:
		state = 0 // it does not wait
	case !k.empty():
		c.spoke.Store(true)
		state = -max(1, k.started)
	}
	if c.state.Swap(state) == asked {
		c.leaving = true
		c.state.Store(0)
	}
}

// busy notes that a call is under way.
func (c *Conn) busy() {
	if c.calls == 0 {
		c.spoke.Store(true)
	}
	if c.state.Swap(0) == asked {
		c.leaving = true
	}
}

// isLeaving reports whether the connection was asked to leave.
func (c *Conn) isLeaving() bool {
	if c.state.CompareAndSwap(asked, 0) {
		c.leaving = true
	}
	return c.leaving
}

// stays reports whether another call may come behind this one.
func (c *Conn) stays() bool { return !c.leaving && c.user.Phase() == Serving }
