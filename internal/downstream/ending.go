package downstream

import "github.com/candor-gateway/candor/internal/http1"

// ending is what a connection does when a call is over.
type ending uint8

const (
	keeps     ending = iota // another call may come
	dropsRest               // the rest of the body is read and dropped, then another call may come
	lingers                 // half-closed, read until the client closes, then closed
	closes
	resets
	switches // what follows is another protocol's
)

// maxDropped is how much of a refused body is read and dropped to keep the connection.
const maxDropped = 64 << 10

// early is what becomes of the connection after an answer that is written before the body was read: no refusal is lost.
func (k *call) early() ending {
	h, b := &k.head, &k.body
	persistent := h.Persistent() && k.conn.stays() && h.Form != http1.AuthorityForm
	expects := h.Expect100 || h.Soft.Kind == http1.ExpectationFailed
	switch {
	case b.unknown || expects && !b.asked && !b.ended:
		return lingers // whether a body comes that nobody asked for is not known: what follows may be a call or its content
	case b.ended || b.skip():
		if persistent {
			return keeps
		}
		return lingers
	case persistent && b.framing == http1.LengthBody && b.left <= maxDropped:
		return dropsRest
	}
	return lingers
}

// ends is what becomes of the connection now that the call is over.
func (k *call) ends(then After) ending {
	a, b := &k.answer, &k.body
	switch {
	case then == Tunnel:
		return switches
	case then == Reset || a.err != nil && a.written:
		return resets
	case then == Close:
		return closes
	case !a.passed:
		return a.then
	case !b.ended || b.unknown, a.closing && (len(k.window()) > 0 || k.conn.watch.hasMore()):
		return lingers
	case a.closing:
		return closes // the call ended exactly and nothing is unread: no reset can overtake the answer
	}
	return keeps
}

// endCall does what the end of a call asks for and reports whether another call may come.
func (c *Conn) endCall(k *call, e ending) bool {
	switch e {
	case keeps:
		k.settle()
		return true
	case dropsRest:
		return c.dropRest(k)
	case lingers:
		c.linger()
	case resets:
		c.reset()
	case switches:
		k.leaveHTTP()
	case closes:
	}
	return false
}

// dropRest reads and drops the rest of a body of known length, and keeps the connection if it comes in time.
func (c *Conn) dropRest(k *call) bool {
	from := c.side.Clock.Mono()
	for !k.body.skip() {
		n, end := c.read(k.roomBehind(c.side.Buffers), from, lingerGap)
		if n == 0 {
			if end == timedOut {
				c.linger()
			}
			return false
		}
		k.tookBehind(n)
	}
	k.settle()
	return true
}
