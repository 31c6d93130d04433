package gateway

import (
	"bytes"

	"github.com/candor-gateway/candor/internal/accesslog"
	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/downstream"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/internal/tally"
	"github.com/candor-gateway/candor/internal/tunnel"
	"github.com/candor-gateway/candor/internal/upstream"
	"github.com/candor-gateway/candor/problem"
)

// upgrade is what a call's Upgrade asks for, and its place among those that have asked for a WebSocket.
type upgrade struct {
	place *tunnels // nil: it holds none
}

// note looks at Upgrade before anything is decided. Behind a call that opens a WebSocket comes that or nothing: whatever is answered, what follows is read as
// no call, since its sender may take it for frames. Any other protocol, h2c first, is not passed on: many clients ask for it that can do without.
func (*upgrade) note(from downstream.Call, e *accesslog.Entry) {
	h := from.Head()
	if h.Upgrade && admission.OpensWebSocket(h) {
		from.Body().Forget()
		return
	}
	e.Dropped = h.Get(http1.Upgrade)
}

// enter takes the place of a call that is to switch its connection, and reports whether there was one; else p says so.
func (u *upgrade) enter(of *tunnels, to *route.Upgrade, most int, p *problem.Problem) bool {
	switch {
	case to == nil:
		return true
	case !of.enter(most):
		*p = problem.Problem{Type: problem.ServiceUnavailable, Detail: problem.DetailUpgrades, Name: "upgrades", Limit: int64(most), RetryAfter: 1}
		return false
	}
	u.place = of
	return true
}

// leave gives the place back, unless the connection has been switched.
func (u *upgrade) leave() {
	if u.place != nil {
		u.place.leave()
		u.place = nil
	}
}

// counted is what an admitted call counts as that was sent. One that was to open a WebSocket and was refused by the upstream has had nothing of it; one that the
// upstream has answered like any other has.
func counted(to *route.Upgrade, status int) admission.Outcome {
	if to != nil && (status < 100 || status >= 400) {
		return admission.Unsent
	}
	return admission.Sent
}

// openTunnel answers that the connection is switched, and makes what goes on from there.
func openTunnel(x *exchange, up *upstream.Conn) downstream.After {
	p := newPassage(x, up)
	x.scratch.head = x.heads().AppendSwitch(x.scratch.head[:0], &up.Head, route.WebSocket)
	x.entry.Status, x.entry.Upgrade = 101, route.WebSocket
	upstream.LeavePlace(up) // before the client knows
	if !x.from.Switch(x.scratch.head, p, x.call.Switch.Idle) {
		return x.endUpstream(clientLeft, upstream.Fault{})
	}
	x.entry.Upstream, x.entry.Reused, x.entry.Attempts = up.Address(), up.Reused, x.attempt.n
	p.end = upstream.Detach(up, x.call.Switch.Idle)
	x.attempt.up, x.attempt.upgrade.place = nil, nil
	x.g.tunnels.add(p)
	x.call.Done(admission.Sent)
	x.log()
	p.remember(&x.entry)
	return downstream.Tunnel
}

// passage is a call that has switched its connection, from there to its end. It holds nothing of the exchange.
type passage struct {
	g        *Gateway
	tunnel   tunnel.Tunnel
	up       *upstream.Conn
	end      *tunnel.End // the upstream's
	standing admission.Standing
	ends     int64 // unix ns at which it ends with its token; 0: it does not
	begun    int64 // mono ns
	route    uint32
	shard    uint32
	entry    accesslog.Entry // the second line, as far as it is known
}

var _ downstream.Carrier = (*passage)(nil)

func newPassage(x *exchange, up *upstream.Conn) *passage {
	g := x.g
	p := &passage{g: g, up: up, standing: x.call.Standing(), begun: g.o.Clock.Mono(), shard: x.from.Peer().Number, route: tally.NoRoute}
	id := x.call.ID
	p.tunnel.Clock, p.tunnel.Buffers, p.tunnel.Idle = g.o.Clock, g.o.Buffers, x.call.Switch.Idle
	p.tunnel.Panic = func(r any) { g.tellPanic(id, r) }
	if x.call.Switch.EndAtExpiry {
		p.ends = p.standing.Ends
	}
	if r := x.call.Match.Route; r != nil {
		p.route = r.Number
	}
	return p
}

// remember keeps of the first line what the second one says too.
func (p *passage) remember(e *accesslog.Entry) {
	p.entry = accesslog.Entry{
		ID: e.ID, Listener: e.Listener, API: e.API, Route: e.Route, ByUpstream: true, App: e.App, Member: e.Member, Client: e.Client,
		Method: bytes.Clone(e.Method), Target: bytes.Clone(e.Target), Version: e.Version, Status: e.Status, RequestID: bytes.Clone(e.RequestID),
		Upstream: e.Upstream, UpstreamStatus: e.UpstreamStatus, Reused: e.Reused, Upgrade: e.Upgrade,
	}
}

// Carry is downstream.Carrier's.
func (p *passage) Carry(client *tunnel.End) (orderly bool) {
	p.tunnel.Run(client, p.end)
	p.up.Close()
	p.g.tunnels.remove(p)
	by, why := p.tunnel.Ended()
	p.log(by, why)
	return by == tunnel.Gateway && why != tunnel.Drained
}

// log writes the second line of the call, counts its bytes and tells the sink. Its time is that of its end.
func (p *passage) log(by tunnel.By, why tunnel.Why) {
	mono, unix := p.g.now()
	e := &p.entry
	e.Time, e.Stations.Done = unix, max(1, (mono-p.begun)/1e3)
	e.In, e.Out = p.tunnel.Counts()
	e.EndedBy, e.Ended = by.String(), why.String()
	if to := p.g.o.Tally; to != nil {
		to.Bytes(p.shard, p.route, e.In, e.Out)
	}
	if p.g.o.Access != nil {
		p.g.o.Access.Append(e.AppendJSON(nil))
	}
	if to := p.g.o.Sink; to != nil {
		e.Seen = &accesslog.Seen{Connection: p.shard, WebSocket: true}
		to.Call(e)
	}
}
