package gateway

import (
	"context"
	"strconv"
	"time"

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

// prepare builds what is sent first: the head, and what is in hand of the body. It reports false where the body cannot be had.
func (x *exchange) prepare(u *upstream.Upstream) bool {
	c, b := &x.attempt.call, &x.body
	*c = upstream.Call{
		Idempotent: retry.Idempotent(x.method()), ToHEAD: x.headOnly(), Now: x.begun, Until: x.callEnd(), Stall: x.policy.Times.WriteStall, Near: x.conn.number,
		Waits: x.waits(u), Watch: &x.conn.wait, Caller: x, Bytes: c.Bytes[:0],
	}
	switch {
	case x.attempt.checked != nil:
		c.Bytes = append(x.appendRequest(c.Bytes, u, int64(len(x.attempt.checked))), x.attempt.checked...)
		c.Whole = true
	case b.framing == http1.LengthBody:
		c.Bytes = x.appendInHand(x.appendRequest(c.Bytes, u, x.call.Head.Length))
		c.Whole = b.ended
	case b.framing == http1.ChunkedBody:
		c.Bytes = x.appendInHand(x.appendRequest(c.Bytes, u, chunkedLength))
		c.Whole = b.ended
	default:
		c.Bytes = x.appendRequest(c.Bytes, u, noLength)
		c.Whole = true
	}
	return !b.unknown
}

// appendInHand appends what is in hand of the body, in the framing that the upstream gets.
func (x *exchange) appendInHand(out []byte) []byte {
	b := &x.body
	for !b.ended {
		data, ok := x.inHand()
		if !ok || b.tooLarge(x, len(data)) {
			return out
		}
		if len(data) == 0 {
			break // more must be read, or that was the end
		}
		if b.framing == http1.ChunkedBody {
			out = http1.AppendChunk(out, data)
		} else {
			out = append(out, data...)
		}
	}
	if b.ended && b.framing == http1.ChunkedBody {
		out = http1.AppendLastChunk(out, b.chunks.Trailers())
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
	if !x.askForBody() {
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
	out := append(x.text[:0], "HTTP/1.1 "...)
	out = strconv.AppendInt(out, int64(h.Status), 10)
	out = append(out, ' ')
	out = append(append(out, h.Reason.Of(h.Buf)...), "\r\n"...)
	out = x.appendAnswerFields(out, h, bodiless, false)
	x.text = append(out, "\r\n"...)
	return x.conn.write(x.text, x)
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
