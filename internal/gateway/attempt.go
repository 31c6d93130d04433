package gateway

import (
	"context"
	"net/netip"
	"time"

	"github.com/candor-gateway/candor/internal/downstream"
	"github.com/candor-gateway/candor/internal/heads"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/upstream"
	"github.com/candor-gateway/candor/retry"
)

// attempt is how a call goes to its upstream, and how far that has come.
type attempt struct {
	call    upstream.Call  // as it is sent
	up      *upstream.Conn // that carries it; nil: none does
	upload  *upload        // sends the rest of a body; nil where none is needed
	n       int            // how often it was sent
	applied bool           // a byte of it was written to an upstream, or may have been

	checked []byte // a body that was read whole to be checked
	held    int    // of it, as counted against Policy.Bodies
}

// prepare builds what is sent first: the head, and what is in hand of the body. It reports false where the body cannot be had; the call's problem says why.
func (x *exchange) prepare(u *upstream.Upstream) bool {
	c, b, peer := &x.attempt.call, x.from.Body(), x.from.Peer()
	b.Limit(x.call.MaxBody())
	*c = upstream.Call{
		Idempotent: retry.Idempotent(x.method()), ToHEAD: x.headOnly(), Now: x.begun, Until: x.callEnd(), Stall: x.policy.Times.WriteStall, Near: peer.Number,
		Waits: x.waits(u), Watch: x.from.Wait(), Caller: x,
	}
	h, to := x.heads(), x.target(u)
	out, ok := x.scratch.request[:0], true
	switch {
	case x.attempt.checked != nil:
		out = append(h.AppendRequest(out, &to, int64(len(x.attempt.checked))), x.attempt.checked...)
	case x.call.Bare, b.Framing() == http1.NoBody:
		out = h.AppendRequest(out, &to, heads.NoBody)
	case b.Framing() == http1.LengthBody:
		out, ok = x.appendInHand(h.AppendRequest(out, &to, x.call.Head.Length), b)
	default:
		out, ok = x.appendInHand(h.AppendRequest(out, &to, heads.Chunked), b)
	}
	x.scratch.request, c.Bytes, c.Whole = out, out, b.Ended()
	return ok
}

// target is what the head tells of the way to the upstream.
func (x *exchange) target(u *upstream.Upstream) heads.Target {
	spec, peer := u.Spec(), x.from.Peer()
	if len(peer.Lines) == 0 {
		peer.Lines = heads.OriginLines(peer.Addr, peer.TLS)
	}
	return heads.Target{
		Host: u.Host(), Via: u.Via(), RequestID: spec.RequestID,
		Origin: heads.Origin{Silent: spec.NoForwarded, Believed: x.policy.trusts(x.listener.Number, peer.Addr), Lines: peer.Lines},
	}
}

func (p *Policy) trusts(listener int, from netip.Addr) bool {
	return listener < len(p.Proxies) && p.Proxies[listener].Trust(from)
}

// appendInHand appends what is in hand of the body. It reports false where that is wrong; the call's problem says how.
func (x *exchange) appendInHand(out []byte, b downstream.Body) ([]byte, bool) {
	for !b.Ended() {
		data, f := b.InHand()
		if f.Cause != downstream.OK {
			x.call.Problem = x.bodyProblem(f)
			return out, false
		}
		if len(data) == 0 {
			break // more must be read, or that was the end
		}
		out = appendFramed(out, b, data)
	}
	return appendEnd(out, b), true
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

// send sends the call once, and waits for the head of its answer.
func (x *exchange) send(ctx context.Context, u *upstream.Upstream) upstream.Fault {
	a := &x.attempt
	if a.up != nil { // it has lost the call
		a.up.Close()
		a.up = nil
		a.call.Fresh = true
	}
	a.n++
	before := a.applied
	a.applied = true // which a panic leaves so
	up, f := u.Send(ctx, &a.call)
	a.up = up
	a.applied = before || f.Applied || f.Cause == upstream.OK
	if at := a.call.Connected; at > 0 {
		x.entry.Stations.Connect = max(1, (at-x.begun)/1e3)
	}
	return f
}

// Rest is upstream.Caller's. The body is asked for here and not where it is read: an answer may be written beside that.
func (x *exchange) Rest(up *upstream.Conn) bool {
	if !x.from.Body().Ask() {
		return false
	}
	x.attempt.upload = x.startUpload(up)
	return true
}

// Interim is upstream.Caller's: a 1xx is passed on with its own fields alone, to clients that know of them (RFC 9110 §15.2).
func (x *exchange) Interim(h *http1.ResponseHead) bool {
	if x.call.Head.Minor == 0 {
		return true
	}
	x.scratch.text = x.heads().AppendInterim(x.scratch.text[:0], h)
	return x.from.Interim(x.scratch.text)
}

// callEnd is when the call's own limit passes, in mono ns; 0: it has none.
func (x *exchange) callEnd() int64 {
	if limit := x.callLimit(); limit > 0 {
		return x.begun + int64(limit)
	}
	return 0
}

// callLimit is the route's own, which is the process's unless it says otherwise: a route may have none where others have one.
func (x *exchange) callLimit() time.Duration { return x.call.Match.Route.CallTimeout }

// waits are the limits of the route, and the upstream's where it has none of its own.
func (x *exchange) waits(u *upstream.Upstream) upstream.Waits {
	w, r := u.Waits(), x.call.Match.Route
	if r.FirstByte != nil {
		w.FirstByte = *r.FirstByte
	}
	if r.Gap != nil {
		w.Gap, w.StreamGap = *r.Gap, *r.Gap
	}
	return w
}

// mayRepeat reports whether a call that has failed so may be sent once more.
func (x *exchange) mayRepeat(f upstream.Fault) bool {
	applied := retry.Unapplied
	if f.Applied {
		applied = retry.Unknown
	}
	return f.MayRepeat && retry.Decide(x.method(), 0, applied, 0, x.attempt.n).Again
}

func (x *exchange) method() string { return string(x.call.Head.Method.Of(x.call.Head.Buf)) }
