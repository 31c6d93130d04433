package downstream

import (
	"time"

	"github.com/candor-gateway/candor/internal/http1"
)

// headTime is the fault of a head that is not whole in time.
func (c *Conn) headTime() Fault {
	return Fault{Cause: HeadTime, HTTP: http1.Fault{Kind: http1.Incomplete, Line: 1}, Limit: c.user.Times().Head.Milliseconds()}
}

// parse looks for a whole head, or a wrong one, in what is in hand.
func (c *Conn) parse(k *call) (f Fault, whole bool) {
	if k.empty() {
		return f, false
	}
	switch found := http1.ParseRequest(k.bytes(), c.limits(), &k.head); found.Kind {
	case http1.OK:
		return f, true
	case http1.Incomplete:
		if k.started == 0 {
			k.started = c.side.Clock.Mono()
		}
		if k.full() && !k.mayGrow() {
			return Fault{Cause: NoMemory}, true
		}
		return f, false
	default:
		return Fault{Cause: Invalid, HTTP: found}, true
	}
}

// limitNow is the limit within which the client must send something, and since when it counts: a head that has begun, the first byte, or an idle connection.
func (c *Conn) limitNow(now int64) (limit time.Duration, since int64) {
	times := c.user.Times()
	switch k := c.call; {
	case k != nil && !k.empty() && k.started == 0: // it came behind a call that took longer than the deadline, and nobody has looked at it
		return times.Head, now
	case k != nil && !k.empty():
		return times.Head, k.started
	case c.calls == 0:
		return times.FirstByte, c.idle.since
	}
	return times.Idle, c.idle.since
}
