package gateway

import (
	"time"

	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/buffer"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/problem"
)

// requestBody is how far the body of the client's call has come.
type requestBody struct {
	framing http1.Framing
	left    int64 // of a body with Content-Length
	chunks  http1.Chunked
	ended   bool
	unknown bool // its end cannot be found: a framing fault came before
	asked   bool // 100 was written, or the body was begun without it
	taken   int64

	at       int            // in exchange.in: the first byte that is not used
	more     *buffer.Buffer // what was read after that was used up
	mr, mw   int
	since    int64 // mono ns of the first wait for it
	awaited  bool
	problems problem.Problem // set by piece where it says false
	gone     bool            // the client went away in the middle of it
}

// The least rate of a body: it may dawdle for ten seconds, after that it must have come at 240 B/s on the whole.
const (
	rateGrace = 10 * time.Second
	rateLeast = 240
)

func (b *requestBody) begin(h *http1.Head) {
	more := b.more
	*b = requestBody{framing: h.Body, left: h.Length, more: more}
	b.chunks.Reset()
	b.ended = h.Body == http1.NoBody || h.Body == http1.LengthBody && h.Length == 0
}

// window is what is in hand of the raw body and what follows it.
func (x *exchange) window() []byte {
	if in := x.in.B[x.r+x.call.Head.Len+x.body.at : x.w]; len(in) > 0 {
		return in
	}
	if x.body.more == nil {
		return nil
	}
	return x.body.more.B[x.body.mr:x.body.mw]
}

func (x *exchange) use(n int) {
	if x.r+x.call.Head.Len+x.body.at < x.w {
		x.body.at += n
		return
	}
	x.body.mr += n
}

// inHand takes the next decoded piece out of what is in hand; none if more must be read, or at the end. It says false on a framing fault.
func (x *exchange) inHand() (data []byte, ok bool) {
	b := &x.body
	for !b.ended {
		in := x.window()
		if b.framing == http1.LengthBody {
			n := int(min(int64(len(in)), b.left))
			x.use(n)
			b.left -= int64(n)
			b.ended = b.left == 0
			return in[:n], true
		}
		n, span, done, f := b.chunks.Next(in, x.heads())
		if f.Kind != http1.OK {
			b.unknown = true
			admission.FromFault(&b.problems, f, b.chunks.Line(), x.heads())
			return nil, false
		}
		x.use(n)
		b.ended = done
		if !span.Empty() {
			return span.Of(in), true
		}
		if n == 0 {
			break
		}
	}
	return nil, true
}

// skipInHand drops what is in hand of the body and says whether that was all of it.
func (b *requestBody) skipInHand(x *exchange) bool {
	for !b.ended {
		data, ok := x.inHand()
		if !ok || len(data) == 0 {
			break
		}
	}
	return b.ended
}

// piece returns the next decoded piece of the body, lent until the next call; none at its end. It says false where the body cannot be had: body.problems
// says why, or body.gone.
func (x *exchange) piece() (data []byte, ok bool) {
	b := &x.body
	for {
		data, ok = x.inHand()
		if !ok || b.tooLarge(x, len(data)) {
			return nil, false
		}
		if len(data) > 0 || b.ended {
			return data, true
		}
		if !x.askForBody() || !x.fillBody() {
			return nil, false
		}
	}
}

// tooLarge counts what came against the route's limit, whatever Content-Length said.
func (b *requestBody) tooLarge(x *exchange, n int) bool {
	b.taken += int64(n)
	limit := x.call.MaxBody()
	if limit <= 0 || b.taken <= limit {
		return false
	}
	b.unknown = true
	b.problems = problem.Problem{Type: problem.PayloadTooLarge, Limit: limit}
	return true
}

// askForBody writes 100 where the client waits for it (RFC 9110 §10.1.1), once.
func (x *exchange) askForBody() bool {
	b := &x.body
	if b.asked {
		return true
	}
	b.asked = true
	if !x.call.Head.Expect100 {
		return true
	}
	if !x.conn.write([]byte("HTTP/1.1 100 Continue\r\n\r\n"), x) {
		b.gone = true
		return false
	}
	return true
}

// fillBody reads more of the body, under the limits of gap and rate.
func (x *exchange) fillBody() bool {
	b, c := &x.body, x.conn
	switch {
	case b.more == nil:
		b.more = x.g.buffers().Get(buffer.Small)
	case b.mr == len(b.more.B) && b.mr < buffer.Large: // it comes fast; a body that drips holds no more memory than a head
		x.g.buffers().Put(b.more)
		b.more = x.g.buffers().Get(buffer.Large)
		b.mr, b.mw = 0, 0
	}
	if b.mr == b.mw {
		b.mr, b.mw = 0, 0
	}
	if b.mw == len(b.more.B) {
		b.mw = copy(b.more.B, b.more.B[b.mr:b.mw])
		b.mr = 0
	}
	now := x.g.o.Clock.Mono()
	if !b.awaited {
		b.since, b.awaited = now, true
	}
	n, end := c.read(b.more.B[b.mw:], now, x.policy.Times.BodyGap)
	b.mw += n
	x.read += int64(n)
	switch {
	case n > 0:
		return !b.tooSlow(x)
	case end == timedOut:
		b.late(problem.DetailBodyGap, x.policy.Times.BodyGap)
	default:
		b.gone = !c.stop.Load() // else we were told to stop, and the client is there
	}
	return false
}

func (b *requestBody) tooSlow(x *exchange) bool {
	spent := time.Duration(x.g.o.Clock.Mono() - b.since)
	if spent <= rateGrace || b.taken+int64(b.mw-b.mr) >= int64(spent/time.Second)*rateLeast {
		return false
	}
	b.late(problem.DetailBodyRate, rateGrace)
	return true
}

func (b *requestBody) late(d problem.Detail, limit time.Duration) {
	b.unknown = true
	b.problems = problem.Problem{Type: problem.RequestTimeout, Detail: d, Name: "body_gap", Limit: limit.Milliseconds()}
}

// settle moves to what follows this call in the buffers: pipelined bytes are kept.
func (x *exchange) settle() {
	b := &x.body
	x.r += x.call.Head.Len + b.at
	if b.more != nil && b.mr < b.mw && x.r >= x.w {
		x.in, b.more = b.more, x.in
		x.r, x.w = b.mr, b.mw
	}
	if x.r >= x.w {
		x.r, x.w = 0, 0
	}
	if b.more != nil {
		x.g.buffers().Put(b.more)
		b.more = nil
	}
	x.call.Head.Reset()
	x.started, x.read = 0, 0
}
