package gateway

import (
	"context"

	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/downstream"
)

// serve is the way of one call, bytes to bytes: f is what was wrong with its head, if anything was.
func (g *Gateway) serve(ctx context.Context, x *exchange, f downstream.Fault) downstream.After {
	c := x.begin(f.Cause == downstream.OK)
	x.attempt.upgrade.note(x.from, &x.entry)
	if f.Cause != downstream.OK {
		return x.misunderstood(f)
	}
	if asksForHealth(x.voice, c.Head) {
		return x.health()
	}
	if x.refusedEarly() {
		return x.refuse()
	}
	if r := x.policy.described(c.Head); r != nil {
		return describe(x, r)
	}
	for {
		v := c.Admit()
		if after, over := stageJudged(ctx, x, v); over {
			return after
		}
		switch v {
		case admission.Waits:
			if !x.fetch(ctx, c) {
				return x.clientGone()
			}
		case admission.Answers:
			return x.noContent()
		case admission.Refuses:
			return x.refuse()
		case admission.Forwards:
			return x.forward(ctx) // body rules, attempts, relay; ends with c.Done
		}
	}
}
