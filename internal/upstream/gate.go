package upstream

import (
	"context"
	"sync/atomic"

	"github.com/candor-gateway/candor/retry"
)

// gate is what stands before one target: how many calls are there, and whether it is given a rest. It is kept over reloads, and so holds none of the numbers
// that it goes by.
type gate struct {
	inFlight atomic.Int64
	breaker  breaker
	budget   retry.Budget
}

// take counts one call more, unless there are as many as there may be.
func (g *gate) take(most int64) bool {
	for {
		n := g.inFlight.Load()
		if n >= most {
			return false
		}
		if g.inFlight.CompareAndSwap(n, n+1) {
			return true
		}
	}
}

// pass is what a call has of a gate. leave gives it back; the zero pass has nothing.
type pass struct {
	up      *Upstream // nil: nothing
	turn    uint64    // of the breaker
	counted bool      // among those in flight
	noted   bool      // the breaker knows how it went
}

// sheds reports whether calls can be refused here.
func (u *Upstream) sheds() bool { return u.spec.InFlight > 0 || u.spec.Breaker != nil }

// enter lets a call through to the target. The fault is Resting or Full, and nothing of the call is sent then.
func (u *Upstream) enter() (pass, Fault) {
	p := pass{up: u}
	if s := u.spec.Breaker; s != nil {
		v, c := u.gate.breaker.ask(s, u.clock.Mono())
		u.changed(c)
		if v.rest != nil {
			return pass{}, Fault{Cause: Resting, Rest: v.rest, Limit: v.left}
		}
		p.turn = v.turn
	}
	if most := int64(u.spec.InFlight); most > 0 && !u.gate.take(most) {
		p.leave(OK)
		return pass{}, Fault{Cause: Full}
	}
	p.counted = u.spec.InFlight > 0
	return p, Fault{}
}

// sendThrough is Send where calls can be refused. The connection has the pass until its call is over.
func (u *Upstream) sendThrough(ctx context.Context, call *Call) (c *Conn, f Fault) {
	p, f := u.enter()
	if f.Cause != OK {
		return nil, f
	}
	returned := false
	defer func() {
		switch {
		case c == nil:
			p.leave(OK)
		case !returned: // a panic: nobody else has the connection
			c.pass = p
			c.Abort()
		}
	}()
	c, f = u.send(ctx, call)
	p.note(c, f)
	if c != nil {
		c.pass = p
	}
	returned = true
	return c, f
}

// note tells the breaker how the call has gone up to the head of its answer.
func (p *pass) note(c *Conn, f Fault) {
	s := p.up.spec.Breaker
	if s == nil {
		return
	}
	if failed, known := failureOf(s, c, f); known {
		var change *BreakerChange
		p.turn, change = p.up.gate.breaker.note(s, p.turn, p.up.clock.Mono(), failed)
		p.noted = true
		p.up.changed(change)
	}
}

// leave ends a call; how is the way in which its answer broke behind the head, if it did.
func (p *pass) leave(how Cause) {
	if p.up == nil {
		return
	}
	if p.counted {
		p.up.gate.inFlight.Add(-1)
	}
	if s := p.up.spec.Breaker; s != nil {
		p.leaveBreaker(s, how)
	}
	*p = pass{}
}

func (p *pass) leaveBreaker(s *BreakerSpec, how Cause) {
	b := &p.up.gate.breaker
	switch {
	case !p.noted:
		b.forget(p.turn)
	case against[how] && how != CallTimeout: // which the caller brings about that reads slowly
		p.up.changed(b.revise(s, p.turn, p.up.clock.Mono(), failure{how.String(), how.String() + " in the body of an answer"}))
	}
}

// changed tells the operator of a change of the breaker.
func (u *Upstream) changed(c *BreakerChange) {
	if c != nil && u.tell != nil {
		u.tell(*c)
	}
}

// Tell has f called at each change of the breaker's state, by whichever call brings it about: f must not wait. It is set before the first call.
func (u *Upstream) Tell(f func(BreakerChange)) { u.tell = f }

// Follow makes u go on where old, which it takes the place of, has come to: how many calls are in flight, what the breaker knows, and what
// is left of the budget of retries. It is called before the first call, and does nothing where the two have other targets.
func (u *Upstream) Follow(old *Upstream) {
	if u.spec.Site() == old.spec.Site() {
		u.gate = old.gate
	}
}

// InFlight is how many calls are with the target, as far as they are counted: from when its spec says how many there may be.
func (u *Upstream) InFlight() int64 { return u.gate.inFlight.Load() }

// Breaker is what the breaker would do with a call now; BreakerClosed where there is none.
func (u *Upstream) Breaker() BreakerState {
	if u.spec.Breaker == nil {
		return BreakerClosed
	}
	return u.gate.breaker.state(u.spec.Breaker, u.clock.Mono())
}
