package gateway

import (
	"context"

	"github.com/candor-gateway/candor/internal/downstream"
	"github.com/candor-gateway/candor/internal/upstream"
)

// forward sends an admitted call to its upstream and relays the answer.
func (x *exchange) forward(ctx context.Context) downstream.After {
	x.speak()
	x.entry.Stations.Admit = x.since()
	u := x.upstream()
	if !x.checkBody() || !x.attempt.upgrade.enter(&x.g.tunnels, x.call.Switch, x.policy.Upgrades, &x.call.Problem) {
		return x.endUpstream(bodyFailed, upstream.Fault{})
	}
	if after, over := askStore(ctx, x); over {
		return after
	}
	if !x.prepare(u) {
		return x.endUpstream(bodyFailed, upstream.Fault{})
	}
	if x.call.Match.Route.Retry != nil {
		u.Budget().Count(x.begun)
	}
	from := x.from
	for {
		f := x.send(ctx, u)
		countRetry(x, u, f)
		if sendAgain(x, u, &f) {
			continue
		}
		if f.Cause != upstream.OK {
			return x.endUpstream(failed, f)
		}
		after, f := x.answered(x.attempt.up)
		if f.Cause == upstream.OK {
			return after
		}
		if !sendAgain(x, u, &f) {
			return x.endUpstream(failed, f)
		}
		forgetAnswer(x, from)
	}
}

// forgetAnswer forgets what was noted of an answer of which nothing was passed on, since another one is awaited. from is the client's side as it was before.
func forgetAnswer(x *exchange, from downstream.Call) {
	x.from, x.repeat = from, repeat{}
	x.scratch.bodies[1] = x.scratch.bodies[1][:0]
	x.entry.UpstreamStatus, x.entry.ByUpstream, x.entry.Seen, x.entry.AnswerID = 0, false, nil, nil
}

// answered relays the answer whose head is here, or answers in its place. The fault is one of an answer of which nothing has been written.
func (x *exchange) answered(up *upstream.Conn) (downstream.After, upstream.Fault) {
	x.entry.Stations.FirstByte = x.since()
	x.entry.UpstreamStatus = up.Head.Status
	x.entry.ByUpstream = true
	x.g.warnLet(x.upstream(), up)
	if x.call.Match.API.Untouched {
		x.entry.AnswerID = x.scratch.keepID(&up.Head)
	}
	if x.g.o.Sink != nil {
		see(x, up)
	}
	dropChanged(x, &up.Head)
	if x.cached != nil {
		if after, f, over := answeredCached(x, up); over {
			return after, f
		}
	}
	recordAnswer(x)
	if up.Head.Status == 101 {
		return openTunnel(x, up), upstream.Fault{}
	}
	if wraps(up.Head.Status, x.upstream()) {
		return x.wrap(up)
	}
	return x.relay(up, nil)
}

// upstream is where the call's route leads to.
func (x *exchange) upstream() *upstream.Upstream {
	return x.policy.Upstreams[x.call.Match.Route.Upstream]
}
