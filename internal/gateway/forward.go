package gateway

import (
	"context"
	"time"

	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/upstream"
	"github.com/candor-gateway/candor/problem"
)

// forward sends an admitted call to its upstream and relays the answer.
func (x *exchange) forward(ctx context.Context) after {
	x.speak()
	x.entry.Stations.Admit = x.since()
	if !x.checkBody() {
		return x.bodyFailed()
	}
	u := x.policy.Upstreams[x.call.Match.Route.Upstream]
	x.out = x.prepare(x.out[:0], u)
	if x.body.unknown {
		return x.bodyFailed()
	}
	for {
		up, f := x.connect(ctx, u)
		if f.Cause != upstream.OK {
			return x.failed(nil, f)
		}
		x.up = up
		f = x.exchangeWith(up)
		if f.Cause == upstream.OK {
			return x.relay(up)
		}
		if !x.mayRepeat(up, f) {
			return x.failed(up, f)
		}
		if !up.Wrote {
			x.attempts = 0 // it was dead before a byte was written: that was no attempt
		}
		up.Close()
	}
}

// prepare builds what is sent first: the head, and what is in hand of the body. x.whole says whether that is all.
func (x *exchange) prepare(out []byte, u *upstream.Upstream) []byte {
	b := &x.body
	switch {
	case x.checked != nil:
		x.whole = true
		return append(x.appendRequest(out, u, int64(len(x.checked))), x.checked...)
	case b.framing == http1.LengthBody:
		out = x.appendRequest(out, u, x.call.Head.Length)
	case b.framing == http1.ChunkedBody:
		out = x.appendRequest(out, u, chunkedLength)
	default:
		x.whole = true
		return x.appendRequest(out, u, noLength)
	}
	for !b.ended {
		data, ok := x.inHand()
		if !ok || len(data) == 0 {
			break
		}
		if b.tooLarge(x, len(data)) {
			break
		}
		out = x.frame(out, data)
	}
	if x.whole = b.ended; x.whole && b.framing == http1.ChunkedBody {
		out = http1.AppendLastChunk(out, b.chunks.Trailers())
	}
	return out
}

// frame appends a piece of the body in the framing that the upstream gets.
func (x *exchange) frame(out, data []byte) []byte {
	if x.body.framing == http1.ChunkedBody {
		return http1.AppendChunk(out, data)
	}
	return append(out, data...)
}

// appendChunked appends a piece of a chunked body, and its end behind the last one.
func (x *exchange) appendChunked(out, data []byte) []byte {
	if len(data) > 0 {
		out = http1.AppendChunk(out, data)
	}
	if x.body.ended {
		out = http1.AppendLastChunk(out, x.body.chunks.Trailers())
	}
	return out
}

// connect takes a pooled connection or makes one.
func (x *exchange) connect(ctx context.Context, u *upstream.Upstream) (*upstream.Conn, upstream.Fault) {
	x.attempts++
	if x.attempts == 1 {
		if up := u.Take(x.begun, x.whole && x.idempotent(), x.conn.number, x.whole); up != nil {
			up.Begin()
			return up, upstream.Fault{}
		}
	}
	up, f := x.dial(ctx, u)
	if up != nil {
		up.Begin()
	}
	x.entry.Stations.Connect = x.since()
	return up, f
}

// dial makes a connection, unless the client leaves meanwhile.
func (x *exchange) dial(ctx context.Context, u *upstream.Upstream) (*upstream.Conn, upstream.Fault) {
	c := x.conn
	ctx, giveUp := context.WithCancel(ctx)
	defer giveUp()
	c.dialling.Store(&giveUp)
	c.waiting.Store(x.begun)
	up, f := u.Dial(ctx)
	c.waiting.Store(0)
	if c.dialling.Swap(nil) == nil && up != nil {
		up.Close()
		return nil, upstream.Fault{Cause: upstream.Cancelled}
	}
	return up, f
}

// exchangeWith sends the call and waits for the head of its final answer.
func (x *exchange) exchangeWith(up *upstream.Conn) upstream.Fault {
	c := x.conn
	c.up.Store(up)
	c.waiting.Store(x.begun)
	f := x.send(up)
	if f.Cause == upstream.OK {
		f = x.finalHead(up)
	}
	if !x.stopWaiting() {
		return upstream.Fault{Cause: upstream.Cancelled}
	}
	return f
}

// send sends what is ready of the call and waits for the head of an answer. A write that broke is no answer: what the upstream has said is read first.
func (x *exchange) send(up *upstream.Conn) upstream.Fault {
	stall := x.policy.Times.WriteStall
	if x.whole {
		return up.Exchange(x.out, x.begun, stall, x.callEnd(), x.headOnly())
	}
	switch f := up.Send(x.out, x.begun, stall); {
	case f.Cause == upstream.Broke:
		up.SentWhole(x.g.o.Clock.Mono())
	case f.Cause != upstream.OK:
		return f
	case !x.askForBody(): // here and not where the body is read: an answer may be written beside that
		return upstream.Fault{Cause: upstream.Cancelled}
	default:
		x.upload = x.startUpload(up)
	}
	return up.Await(x.callEnd(), x.headOnly())
}

// stopWaiting ends the wait that the sweep watches; false where the client went away during it.
func (x *exchange) stopWaiting() bool {
	x.conn.waiting.Store(0)
	return x.conn.up.Swap(nil) != nil
}

// maxInterims bounds the 1xx of one answer.
const maxInterims = 8

// finalHead goes on from the head that is there to that of the final answer; interim ones are passed on or dropped.
func (x *exchange) finalHead(up *upstream.Conn) upstream.Fault {
	for n := 0; up.Head.Status < 200; n++ {
		if f := x.interimHead(up, n); f.Cause != upstream.OK {
			return f
		}
		up.Next()
		if f := up.Await(x.callEnd(), x.headOnly()); f.Cause != upstream.OK {
			return f
		}
	}
	return upstream.Fault{}
}

// interimHead judges the n-th interim answer, from 0, and passes it on to whom it can be passed on.
func (x *exchange) interimHead(up *upstream.Conn, n int) upstream.Fault {
	switch status := up.Head.Status; {
	case status == 101:
		return upstream.Fault{Cause: upstream.UnaskedSwitch}
	case n == maxInterims:
		return upstream.Fault{Cause: upstream.TooManyInterims}
	case status != 100 && x.call.Head.Minor == 1 && !x.interim(up):
		return upstream.Fault{Cause: upstream.Cancelled}
	}
	return upstream.Fault{}
}

// callEnd is when the call's own limit passes, in mono ns; 0: it has none.
func (x *exchange) callEnd() int64 {
	if limit := x.callLimit(); limit > 0 {
		return x.begun + int64(limit)
	}
	return 0
}

func (x *exchange) callLimit() time.Duration {
	if r := x.call.Match.Route; r.CallTimeout > 0 {
		return r.CallTimeout
	}
	return x.policy.Times.Call
}

// idempotent says whether the method may be sent twice (RFC 9110 §9.2.2).
func (x *exchange) idempotent() bool {
	switch string(x.call.Head.Method.Of(x.call.Head.Buf)) {
	case "GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE":
		return true
	}
	return false
}

// mayRepeat says whether the call may be sent once more: a pooled connection proved dead, no byte of an answer came, and the upstream cannot have done it or
// may do it twice.
func (x *exchange) mayRepeat(up *upstream.Conn, f upstream.Fault) bool {
	lost := f.Cause == upstream.Broke || f.Cause == upstream.Ended
	return lost && up.Reused && !up.Got && x.whole && x.attempts == 1 && (!up.Wrote || x.idempotent())
}

// failed ends a call that got no answer, with the problem that it is.
func (x *exchange) failed(up *upstream.Conn, f upstream.Fault) after {
	x.endUpload()
	x.entry.Note = noteOf(f)
	wrote := up != nil && up.Wrote
	p := &x.call.Problem
	*p = problem.Problem{Type: problem.ClientGone}
	switch {
	case f.Cause != upstream.Cancelled:
		x.fromFault(p, f)
	case !x.body.gone && x.body.problems.Type != problem.None:
		*p = x.body.problems // the upload could not have the body
	}
	if wrote {
		p.Applied = problem.AppliedUnknown
	}
	if up != nil {
		x.heard(up)
		up.Abort()
	}
	x.done(wrote)
	if p.Type == problem.ClientGone {
		return x.left()
	}
	return x.refuse()
}

// bodyFailed ends a call whose body could not be had before anything was sent.
func (x *exchange) bodyFailed() after {
	x.done(false)
	if x.body.gone {
		return x.left()
	}
	x.call.Problem = x.body.problems
	return x.refuse()
}

// left ends a call whose client went away: nobody reads an answer.
func (x *exchange) left() after {
	x.entry.Problem = problem.ClientGone.Name()
	x.log()
	return closes
}

// done gives back what the call took. What becomes of its upstream connection is decided at the same place.
func (x *exchange) done(wrote bool) {
	x.up = nil
	if wrote {
		x.call.Done(admission.Sent)
		return
	}
	x.call.Done(admission.Unsent)
}

// since is the time since the head was whole, in µs, as the log says it.
func (x *exchange) since() int64 { return max(1, (x.g.o.Clock.Mono()-x.begun)/1e3) }

// heard notes who the upstream was.
func (x *exchange) heard(up *upstream.Conn) {
	x.entry.Upstream = up.Address()
	x.entry.Reused = up.Reused
	x.entry.Attempts = x.attempts
}
