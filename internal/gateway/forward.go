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
	if after, over := askStore(x); over {
		return after
	}
	if !x.prepare(u) {
		return x.endUpstream(bodyFailed, upstream.Fault{})
	}
	for {
		switch f := x.send(ctx, u); {
		case f.Cause == upstream.OK:
			return x.answered(x.attempt.up)
		case !x.attempt.again(f, methodOf(x.call.Head)):
			return x.endUpstream(failed, f)
		}
	}
}

// answered relays the answer whose head is here, or answers in its place.
func (x *exchange) answered(up *upstream.Conn) downstream.After {
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
		if after, over := answeredCached(x, up); over {
			return after
		}
	}
	recordAnswer(x)
	if up.Head.Status == 101 {
		return openTunnel(x, up)
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
