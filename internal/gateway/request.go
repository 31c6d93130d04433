package gateway

import (
	"github.com/candor-gateway/candor/internal/downstream"
	"github.com/candor-gateway/candor/internal/heads"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/internal/upstream"
	"github.com/candor-gateway/candor/retry"
)

// prepare builds what is sent first: the head, and what is in hand of the body. It reports false where the body cannot be had; the call's problem says why.
func (x *exchange) prepare(u *upstream.Upstream) bool {
	c, b, peer := &x.attempt.call, bodyOf(x), x.from.Peer()
	*c = upstream.Call{
		Idempotent: retry.Idempotent(methodOf(x.call.Head)), ToHEAD: methodOf(x.call.Head) == "HEAD",
		Begun: x.begun, Now: x.begun, Until: endOf(x.call.Match.Route, x.begun), Stall: x.policy.Times.WriteStall, Waits: waitsOf(u, x.call.Match.Route),
		Near: peer.Number, Watch: x.from.Wait(), Caller: x,
	}
	h, to := x.heads(), targetOf(u, peer, x.policy.front(x.listener.Number))
	if w := x.call.Match.Route.Rewrite; w != nil {
		to.Origin.Cut = w.Cut
	}
	to.Validates = conditions(x)
	if x.call.Switch != nil {
		c.Switch, to.Upgrade = route.WebSocket, route.WebSocket
	}
	out, f := x.scratch.request[:0], downstream.Fault{}
	switch {
	case x.attempt.checked != nil:
		out = append(h.AppendRequest(out, &to, int64(len(x.attempt.checked))), x.attempt.checked...)
	case x.call.Bare, b.Framing() == http1.NoBody:
		out = h.AppendRequest(out, &to, heads.NoBody)
	case b.Framing() == http1.LengthBody:
		out, f = appendInHand(h.AppendRequest(out, &to, x.call.Head.Length), b)
	default:
		out, f = appendInHand(h.AppendRequest(out, &to, heads.Chunked), b)
	}
	x.scratch.request, c.Bytes, c.Whole = out, out, b.Ended()
	return x.hasBody(f)
}

// hasBody reports whether f is no fault of the body; else it is the call's problem.
func (x *exchange) hasBody(f downstream.Fault) bool {
	if f.Cause == downstream.OK {
		return true
	}
	x.call.Problem = clientProblem(f, f.Line, x.limits())
	return false
}

// methodOf is the method as it was sent.
func methodOf(h *http1.Head) string { return string(h.Method.Of(h.Buf)) }

// endOf is when the limit of a call of this route passes, in mono ns; 0: it has none.
func endOf(r *route.Route, begun int64) int64 {
	if r.CallTimeout > 0 {
		return begun + int64(r.CallTimeout)
	}
	return 0
}

// waitsOf are the limits of the route, and the upstream's where it has none of its own.
func waitsOf(u *upstream.Upstream, r *route.Route) upstream.Waits {
	w := u.Waits()
	if r.FirstByte != nil {
		w.FirstByte = *r.FirstByte
	}
	if r.Gap != nil {
		w.Gap, w.StreamGap = *r.Gap, *r.Gap
	}
	return w
}

// targetOf is what a head tells of the way to the upstream, and to that of where the call came from: peer, behind what stands before the listener.
func targetOf(u *upstream.Upstream, peer *downstream.Peer, front *Front) heads.Target {
	spec := u.Spec()
	host, fixed := u.Host()
	to := heads.Target{
		Host: host, Fixed: fixed, Scheme: u.Scheme(), Prefix: spec.Prefix, Via: u.Via(), RequestID: spec.RequestID,
		Origin: originOf(peer, front),
	}
	to.Origin.Silent, to.Origin.Moved = spec.NoForwarded, fixed
	return to
}

// originOf is what the upstream is told of peer.
func originOf(peer *downstream.Peer, front *Front) heads.Origin {
	if len(peer.Lines) == 0 {
		peer.Lines = heads.OriginLines(peer.From, peer.Secure)
	}
	return heads.Origin{Believed: front.believes(peer), Secure: peer.Secure, Trust: front.Trust, From: peer.From, Lines: peer.Lines}
}

// appendInHand appends what is in hand of the body.
func appendInHand(out []byte, b downstream.Body) ([]byte, downstream.Fault) {
	for !b.Ended() {
		data, f := b.InHand()
		if f.Cause != downstream.OK {
			return out, f
		}
		if len(data) == 0 {
			break // more must be read, or that was the end
		}
		out = appendFramed(out, b, data)
	}
	return appendEnd(out, b), downstream.Fault{}
}

// appendFramed appends a piece of the body in the framing that the upstream gets.
func appendFramed(out []byte, b downstream.Body, data []byte) []byte {
	switch {
	case len(data) == 0:
		return out
	case b.Framing() == http1.ChunkedBody:
		return http1.AppendChunk(out, data)
	}
	return append(out, data...)
}

// appendEnd appends the end of the body, if it was read to there.
func appendEnd(out []byte, b downstream.Body) []byte {
	if b.Ended() && b.Framing() == http1.ChunkedBody {
		return http1.AppendLastChunk(out, b.Trailers())
	}
	return out
}
