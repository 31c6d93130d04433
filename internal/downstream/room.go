package downstream

import "github.com/candor-gateway/candor/internal/clock"

// Spare is how readily a connection can be closed to make room for another.
type Spare uint8

// How readily.
const (
	Busy   Spare = iota // a call is under way
	Silent              // nothing of a call has ever come
	Idle                // between two calls
	Begun               // a head has begun and is not whole
)

// Spare is how readily the connection can be closed, and since when (mono ns). It may be called from anywhere.
func (c *Conn) Spare() (is Spare, since int64) { return c.seat.spare() }

// MakeRoom asks the connection to leave, if it has been spare since then and is so still, and reports whether it was asked. It leaves in silence, as an idle one
// does at its limit; a head that is not whole is answered with NoRoom. A byte that came meanwhile is not lost: its call is served, and is the last. It may be
// called from anywhere.
func (c *Conn) MakeRoom(since int64) bool {
	if !c.seat.ask(since) {
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

// rest notes that the connection waits for a call, or for the rest of its head. Whoever waits under a deadline rests before it is set, and asks whether it is
// leaving after that: so no request to leave is missed.
func (c *Conn) rest(k *call) {
	if k.empty() {
		c.seat.rest(c.idle.since)
		return
	}
	c.seat.restWithin(k.started)
}

// stays reports whether another call may come behind this one.
func (c *Conn) stays() bool { return !c.seat.leaving && c.user.Phase() == Serving }
