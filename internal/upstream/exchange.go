package upstream

import "time"

// exchange writes a whole call and waits for the head of its answer: Send, SentWhole and await in one. On a reused connection it makes sure first that the
// connection is alive; where it is not, nothing is written and the fault is Broke.
func (c *Conn) exchange(call []byte, now int64, stall time.Duration, until int64, toHEAD bool) Fault {
	if c.fastPath() {
		return c.lost(c.fast.exchange(c, call, now, stall, until, toHEAD))
	}
	return c.exchangePortable(call, now, stall, until, toHEAD)
}

// exchangePortable is the portable way, and the rest of the fast one.
func (c *Conn) exchangePortable(call []byte, now int64, stall time.Duration, until int64, toHEAD bool) Fault {
	if f := c.Send(call, now, stall); f.Cause != OK && f.Cause != Broke {
		return f
	} // a write that broke is no answer: first what the upstream has said is read
	c.SentWhole(now)
	return c.await(until, toHEAD)
}
