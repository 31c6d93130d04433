package downstream

import (
	"time"

	"github.com/candor-gateway/candor/internal/http1"
)

// body is how far the content of a call has come.
type body struct {
	call    *call
	framing http1.Framing
	left    int64 // of a body with Content-Length
	chunks  http1.Chunked
	ended   bool
	unknown bool  // its end cannot be found
	asked   bool  // 100 was written, or the body was begun without it
	taken   int64 // decoded bytes
	most    int64 // at most so many; 0: no bound
	pace    pace
}

func (b *body) begin(h *http1.Head) {
	b.framing, b.left = h.Body, h.Length
	b.chunks.Reset()
	b.ended = h.Body == http1.NoBody || h.Body == http1.LengthBody && h.Length == 0
	b.unknown, b.asked = false, false
	b.taken, b.most = 0, 0
	if b.pace.waited > 0 {
		b.pace = pace{}
	}
}

// Framing is Body's.
func (b *body) Framing() http1.Framing { return b.framing }

// Limit is Body's.
func (b *body) Limit(most int64) { b.most = most }

// Ended is Body's.
func (b *body) Ended() bool { return b.ended }

// Taken is Body's.
func (b *body) Taken() int64 { return b.taken }

// Trailers is Body's.
func (b *body) Trailers() []byte { return b.chunks.Trailers() }

// Forget is Body's.
func (b *body) Forget() { b.unknown = true }

// InHand is Body's.
func (b *body) InHand() ([]byte, Fault) {
	data, f := b.decode()
	if f.Cause != OK {
		return nil, f
	}
	b.taken += int64(len(data))
	if b.most > 0 && b.taken > b.most {
		b.unknown = true
		return nil, Fault{Cause: TooLarge, Limit: b.most}
	}
	return data, Fault{}
}

// decode takes what is in hand out of its framing, up to the first piece.
func (b *body) decode() ([]byte, Fault) {
	for !b.ended {
		in := b.call.window()
		if b.framing == http1.LengthBody {
			n := int(min(int64(len(in)), b.left))
			b.call.use(n)
			b.left -= int64(n)
			b.ended = b.left == 0
			return in[:n], Fault{}
		}
		n, span, done, f := b.chunks.Next(in, b.call.conn.limits())
		if f.Kind != http1.OK {
			b.unknown = true
			return nil, Fault{Cause: Invalid, HTTP: f, Line: b.chunks.Line()}
		}
		b.call.use(n)
		b.ended = done
		if !span.Empty() {
			return span.Of(in), Fault{}
		}
		if n == 0 {
			break
		}
	}
	return nil, Fault{}
}

// skip drops what is in hand of the body and reports whether that was all of it.
func (b *body) skip() bool {
	for !b.ended {
		data, f := b.decode()
		if f.Cause != OK || len(data) == 0 {
			break
		}
	}
	return b.ended
}

// Piece is Body's.
func (b *body) Piece() ([]byte, Fault) {
	for {
		data, f := b.InHand()
		if f.Cause != OK || len(data) > 0 || b.ended {
			return data, f
		}
		if !b.Ask() {
			return nil, Fault{Cause: Gone}
		}
		if f := b.fill(); f.Cause != OK {
			return nil, f
		}
	}
}

// Ask is Body's.
func (b *body) Ask() bool {
	if b.asked {
		return true
	}
	b.asked = true
	return !b.call.head.Expect100 || b.call.write([]byte("HTTP/1.1 100 Continue\r\n\r\n"))
}

// fill reads more of the body, under the limits of gap and rate.
func (b *body) fill() Fault {
	c := b.call.conn
	gap := c.user.Times().BodyGap
	b.pace.count(b.taken + int64(b.call.mw-b.call.mr))
	limit := gap
	if !c.user.Times().AnyPace {
		limit = b.pace.left(gap)
	}
	if limit == 0 && b.pace.slow > 0 {
		return b.tooSlow()
	}
	from := c.side.Clock.Mono()
	n, end := c.read(b.call.roomBehind(c.side.Buffers), from, limit)
	b.pace.waited += max(1, time.Duration(c.side.Clock.Mono()-from))
	b.call.tookBehind(n)
	switch {
	case n > 0:
		return Fault{}
	case end == timedOut && limit != gap:
		return b.tooSlow()
	case end == timedOut:
		b.unknown = true
		return Fault{Cause: BodyGap, Limit: gap.Milliseconds()}
	case c.stop.Load():
		return Fault{Cause: Stopped}
	}
	return Fault{Cause: Gone}
}

func (b *body) tooSlow() Fault {
	b.unknown = true
	return Fault{Cause: BodyRate}
}

// Stop is Body's.
func (b *body) Stop(done <-chan struct{}) { b.call.conn.stopReading(done) }
