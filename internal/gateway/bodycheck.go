package gateway

import (
	"net/netip"

	"github.com/candor-gateway/candor/internal/jsontext"
	"github.com/candor-gateway/candor/problem"
)

// checkBody reads a body whole and checks its syntax, where the route enforces that. It reports false where the body cannot be had or is not JSON;
// the call's problem says why.
func (x *exchange) checkBody() bool {
	rules := x.call.BodyRules()
	x.from.Body().Limit(rules.Max)
	switch {
	case x.call.Bare:
		return x.dropBody()
	case rules.Check:
		recordBody(x)
		return x.readWhole() && x.call.JudgeBody(jsontext.Check(x.attempt.checked))
	}
	watchBody(x, rules)
	recordBody(x)
	return true
}

// readWhole reads the body whole into x.attempt.checked, within the bound of bytes that all calls may hold.
func (x *exchange) readWhole() bool {
	b := x.from.Body()
	x.attempt.checked = []byte{}
	for {
		data, f := b.Piece()
		if !x.hasBody(f) {
			return false
		}
		if !x.g.hold(x.policy, x.listener, x.call.Peer.Addr, int64(len(data)), x.attempt.held) {
			x.call.Problem = problem.Problem{Type: problem.ServiceUnavailable, Detail: problem.DetailMemory, RetryAfter: 1}
			return false
		}
		x.attempt.held += int64(len(data))
		x.attempt.checked = append(x.attempt.checked, data...)
		if b.Ended() {
			return true
		}
	}
}

// release gives back the share of what all calls may hold.
func (a *attempt) release(to *held, from netip.Addr) {
	if a.held > 0 {
		to.give(from, a.held)
		a.held = 0
	}
}
