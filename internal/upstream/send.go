package upstream

import (
	"context"
	"time"

	"github.com/candor-gateway/candor/internal/http1"
)

// Call is one call as it goes to an upstream.
type Call struct {
	Bytes      []byte // its head, and what is in hand of its body
	Whole      bool   // Bytes are all of it, so that it can be sent again; else Caller.Rest sends what follows
	Idempotent bool   // its method may be sent twice: less is asked of a pooled connection
	ToHEAD     bool
	Switch     string // the protocol that it asks for in Upgrade, in lower case: an answer that switches to it is a final one; "" none
	Fresh      bool   // over a new connection, whatever is pooled

	Begun int64         // mono ns from which its own limit counts
	Now   int64         // mono ns at which it was ready
	Until int64         // mono ns at which its own limit passes; 0: none
	Stall time.Duration // a write that makes no progress for so long fails
	Waits Waits         // in the place of the upstream's
	Near  uint32        // which pool is looked into first

	Watch  Watch
	Caller Caller

	Connected int64 // set by Send: mono ns at which a new connection was made, or had failed; 0: a pooled one was taken
}

// Watch is told what a call waits for, so that whoever finds that its client has left can cancel that. At most one thing is waited for at a time.
type Watch interface {
	// On begins a wait at now (mono ns).
	On(what interface{ Cancel() }, now int64)
	// Over ends it, and reports whether nobody has cancelled what was waited for.
	Over() bool
}

// Caller is the client's side of a call, as far as an upstream asks for it before the final answer.
type Caller interface {
	// Rest begins to send what Call.Bytes lacks, by Conn.Send and Conn.SentWhole, beside the answer. It reports false where that cannot be had.
	Rest(c *Conn) bool
	// Interim is given the head of an interim answer (1xx). It reports false where the client is gone.
	Interim(h *http1.ResponseHead) bool
}

// Send sends the call over a pooled connection or a new one, and waits for the head of its final answer: Conn.Head. A pooled connection that proves dead before
// a byte was written is passed over. A connection that failed is returned beside the fault: the caller ends what it has begun on it, then calls Abort.
// Where the spec bounds calls or has a breaker it may be refused before anything is sent: Full, Resting.
func (u *Upstream) Send(ctx context.Context, call *Call) (*Conn, Fault) {
	if u.sheds() {
		return u.sendThrough(ctx, call)
	}
	return u.send(ctx, call)
}

func (u *Upstream) send(ctx context.Context, call *Call) (*Conn, Fault) {
	for {
		c, f := u.connect(ctx, call)
		if c == nil {
			return nil, f
		}
		f = c.carry(call)
		if f.Cause == OK {
			return c, f
		}
		f = c.judge(f, call)
		if f.Applied || !f.MayRepeat {
			return c, f
		}
		c.Close()
	}
}

// connect takes a pooled connection or makes one, unless the client leaves meanwhile.
func (u *Upstream) connect(ctx context.Context, call *Call) (*Conn, Fault) {
	if !call.Fresh {
		if c := u.take(call.Now, call.Whole && call.Idempotent, call.Near, call.Whole); c != nil {
			c.begin()
			c.waits = call.Waits
			return c, Fault{}
		}
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	call.Watch.On(dialling(cancel), call.Now)
	c, f := u.dial(ctx)
	call.Connected = u.clock.Mono()
	if !call.Watch.Over() && c != nil {
		c.Close()
		return nil, Fault{Cause: Cancelled}
	}
	if c != nil {
		c.begin()
		c.waits = call.Waits
	}
	return c, f
}

// dialling is a connection that is being made.
type dialling context.CancelFunc

// Cancel gives it up.
func (d dialling) Cancel() { d() }

// carry sends the call and waits for the head of its final answer.
func (c *Conn) carry(call *Call) (f Fault) {
	returned := false
	defer func() {
		if !returned { // a panic: nobody else has the connection
			c.Abort()
		}
	}()
	call.Watch.On(c, call.Now)
	c.halfway = call.Begun + (call.Until-call.Begun)/2
	if f = c.sendCall(call); f.Cause == OK {
		f = c.finalHead(call)
	}
	if !call.Watch.Over() {
		f = Fault{Cause: Cancelled}
	}
	returned = true
	return f
}

// sendCall sends what is ready of the call and waits for the head of an answer. A write that broke is no answer: what the upstream has said is read first.
func (c *Conn) sendCall(call *Call) Fault {
	if call.Whole {
		return c.exchange(call.Bytes, call.Now, call.Stall, call.Until, call.ToHEAD)
	}
	switch f := c.Send(call.Bytes, call.Now, call.Stall); {
	case f.Cause == Broke:
		c.SentWhole(c.up.clock.Mono())
	case f.Cause != OK:
		return f
	case !call.Caller.Rest(c):
		return Fault{Cause: Cancelled}
	}
	return c.await(call.Until, call.ToHEAD)
}

// MaxInterims bounds the 1xx of one answer.
const MaxInterims = 8

// finalHead goes on from the head that is there to that of the final answer. An interim one is passed on; 100 is for whoever asked for it, which was us.
func (c *Conn) finalHead(call *Call) Fault {
	for n := 0; c.Head.Status < 200; n++ {
		switch status := c.Head.Status; {
		case status == 101 && switches(&c.Head, call.Switch):
			return Fault{}
		case status == 101:
			return Fault{Cause: UnaskedSwitch}
		case n == MaxInterims:
			return Fault{Cause: TooManyInterims}
		case status != 100 && !call.Caller.Interim(&c.Head):
			return Fault{Cause: Cancelled}
		}
		c.next()
		if f := c.await(call.Until, call.ToHEAD); f.Cause != OK {
			return f
		}
	}
	return Fault{}
}

// judge notes in a fault what became of the call.
func (c *Conn) judge(f Fault, call *Call) Fault {
	lost := f.Cause == Broke || f.Cause == Ended
	f.Applied = c.wrote
	f.MayRepeat = lost && c.Reused && !c.got && call.Whole
	return f
}
