package gateway

import (
	"context"

	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/http1"
)

// after is what becomes of the client's connection when a call is over.
type after uint8

const (
	keeps   after = iota // another call may come
	drains               // the rest of the body is read and dropped, then another call may come
	lingers              // half-closed, read until the client closes, then closed
	closes
	aborts // reset: a plain close would make a cut answer look whole
)

// serve is the way of one call, bytes to bytes: f is what the codec said of its head.
func (g *Gateway) serve(ctx context.Context, x *exchange, f http1.Fault) after {
	c := x.begin()
	if f.Kind != http1.OK {
		admission.FromFault(&c.Problem, f, c.Head.Buf, x.heads())
		return x.misunderstood()
	}
	if x.asksForHealth() {
		return x.health()
	}
	if x.refusedEarly() {
		return x.refuse()
	}
	for {
		switch c.Admit() {
		case admission.Waits:
			if !x.fetch(ctx, c) {
				return x.clientGone()
			}
		case admission.Answers:
			return x.answer()
		case admission.Refuses:
			return x.refuse()
		case admission.Forwards:
			return x.forward(ctx) // body rules, attempts, relay; ends with c.Done
		}
	}
}
