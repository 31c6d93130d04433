package downstream

import "context"

// portable is the loop on net.Conn alone.
type portable struct{ c *Conn }

// run serves calls until the connection ends.
func (p portable) run(ctx context.Context) {
	c := p.c
	for {
		k := c.borrow()
		f, ok := p.awaitHead(k)
		if !ok || !c.endCall(k, c.serve(ctx, k, f)) {
			return
		}
	}
}

// awaitHead reads until a head is whole or wrong, or its time is up. It reports false where nothing is to be answered.
func (p portable) awaitHead(k *call) (Fault, bool) {
	c := p.c
	for {
		if f, whole := c.parse(k); whole {
			return f, true
		}
		n, end := p.readHead(k, c.side.Clock.Mono())
		switch {
		case n > 0:
			continue
		case end == crowded:
			return Fault{Cause: NoRoom}, !k.empty()
		}
		return c.headTime(), end == timedOut && !k.empty()
	}
}

// readHead reads more of a head under the limit that holds at this point.
func (p portable) readHead(k *call, now int64) (int, ended) {
	c := p.c
	if k.empty() {
		if c.calls > 0 {
			c.idle.since = now
		}
		if c.user.Phase() == Finished {
			return 0, over
		}
	}
	for {
		c.rest(k)
		if c.seat.leaving && !c.watch.hasMore() {
			return 0, crowded
		}
		limit, since := c.limitNow(now)
		n, end := c.read(k.room(c.side.Buffers), since, limit)
		if n == 0 && c.seat.isAsked() {
			continue // it leaves, unless more has come
		}
		k.took(n)
		return n, end
	}
}
