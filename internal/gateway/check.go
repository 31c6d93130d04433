package gateway

import (
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/problem"
)

// checkBody reads a body whole and checks its syntax, where the route asks for that. It says false where the body cannot be had or is not JSON:
// body.problems says why.
func (x *exchange) checkBody() bool {
	r := x.call.Match.Route
	if !r.Body.CheckJSON || x.call.Preflight || x.call.Tunnelled || x.body.framing == http1.NoBody && !x.bringsBody() {
		return true
	}
	if !x.readWhole() {
		return false
	}
	if f := checkJSON(x.checked); f != nil {
		x.body.problems = *f
		return false
	}
	return true
}

// bringsBody says whether the method is one whose content the route checks, even where none came.
func (x *exchange) bringsBody() bool {
	switch string(x.call.Head.Method.Of(x.call.Head.Buf)) {
	case "POST", "PUT", "PATCH":
		return true
	}
	return false
}

// readWhole reads the body whole into x.checked, within the bound of bytes that all calls may hold.
func (x *exchange) readWhole() bool {
	x.checked = []byte{}
	for {
		data, ok := x.piece()
		if !ok {
			return false
		}
		x.heldBytes += len(data)
		if limit := x.policy.Bodies; x.g.held.Add(int64(len(data))) > limit && limit > 0 {
			x.body.problems = problem.Problem{Type: problem.ServiceUnavailable, Detail: problem.DetailMemory, RetryAfter: 1}
			return false
		}
		x.checked = append(x.checked, data...)
		if x.body.ended {
			return true
		}
	}
}

// releaseHeld gives back the share of what all calls may hold.
func (x *exchange) releaseHeld() {
	if x.heldBytes == 0 {
		return
	}
	x.g.held.Add(-int64(x.heldBytes))
	x.heldBytes = 0
}
