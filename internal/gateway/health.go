package gateway

import (
	"github.com/candor-gateway/candor/internal/downstream"
	"github.com/candor-gateway/candor/internal/heads"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/problem"
)

// asksForHealth reports whether the call is one of the two that this listener answers itself, where it was told to.
func asksForHealth(v *heads.Voice, h *http1.Head) bool {
	if !v.Health {
		return false
	}
	switch string(h.Path.Of(h.Buf)) {
	case "/healthz", "/readyz":
		m := h.Method.Of(h.Buf)
		return string(m) == "GET" || string(m) == "HEAD"
	}
	return false
}

// health answers: the process lives; it is ready as long as it does not drain.
func (x *exchange) health() downstream.After {
	h := x.call.Head
	if !x.g.ready() && string(h.Path.Of(h.Buf)) == "/readyz" {
		x.call.Problem = problem.Problem{Type: problem.ServiceUnavailable, Detail: problem.DetailDraining, RetryAfter: 1}
		return x.refuse()
	}
	x.scratch.text = append(x.scratch.text[:0], "ok\n"...)
	return x.answer(200, x.heads().AppendText(x.scratch.head[:0], len(x.scratch.text)))
}
