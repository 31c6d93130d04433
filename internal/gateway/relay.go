package gateway

import (
	"strconv"

	"github.com/candor-gateway/candor/internal/downstream"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/upstream"
)

// relay passes the upstream's answer on, or answers in its place. Head and first bytes of the body leave in one write.
func (x *exchange) relay(up *upstream.Conn) downstream.After {
	x.entry.Stations.FirstByte = x.since()
	x.entry.UpstreamStatus = up.Head.Status
	x.entry.ByUpstream = true
	if x.wraps(up) {
		return x.wrap(up)
	}
	return x.pass(up, nil)
}

// pass passes an answer on; begun is what was read of its body already.
func (x *exchange) pass(up *upstream.Conn, begun []byte) downstream.After {
	as := framingOf(&up.Head)
	x.scratch.head = x.appendAnswer(x.scratch.head[:0], &up.Head, as)
	x.from.Begin(x.scratch.head, as, !x.unsent())
	x.from.Piece(begun)
	for {
		data, f := up.InHand()
		if f.Cause != upstream.OK {
			return x.endUpstream(failed, f)
		}
		x.from.Piece(data)
		if len(data) == 0 || up.Ended() {
			break
		}
	}
	x.entry.Status = up.Head.Status
	for written := x.passOn(up); written; written = x.passOn(up) {
		if up.Ended() {
			return x.endUpstream(relayed, upstream.Fault{})
		}
		data, f := x.nextPiece(up)
		switch f.Cause {
		case upstream.OK:
			x.from.Piece(data)
		case upstream.Cancelled:
			x.entry.Note = "left while the answer was awaited"
			return x.endUpstream(clientLeft, f)
		default:
			return x.endUpstream(brokeLate, f)
		}
	}
	return x.endUpstream(clientLeft, upstream.Fault{})
}

// passOn writes what there is of the answer, and its end once that was read.
func (x *exchange) passOn(up *upstream.Conn) bool {
	if up.Ended() {
		return x.from.End(up.Trailers())
	}
	return x.from.Flush()
}

// nextPiece waits for a piece; a client that leaves in the meantime cancels it.
func (x *exchange) nextPiece(up *upstream.Conn) ([]byte, upstream.Fault) {
	wait := x.from.Wait()
	wait.On(up, x.g.o.Clock.Mono())
	data, f := up.Piece()
	if !wait.Over() {
		return nil, upstream.Fault{Cause: upstream.Cancelled}
	}
	return data, f
}

// framingOf is the framing of an answer whose body goes on as it comes.
func framingOf(h *http1.ResponseHead) downstream.Framing {
	switch h.Body {
	case http1.NoBody:
		return downstream.None
	case http1.LengthBody:
		return downstream.Length
	default:
		return downstream.Unknown
	}
}

// appendAnswer appends the head of a forwarded answer, but for what is said of its framing and of the connection.
func (x *exchange) appendAnswer(out []byte, h *http1.ResponseHead, as downstream.Framing) []byte {
	out = append(out, "HTTP/1.1 "...)
	out = strconv.AppendInt(out, int64(h.Status), 10)
	out = append(out, ' ')
	out = append(append(out, h.Reason.Of(h.Buf)...), "\r\n"...)
	limits := x.limitsAnswer(h)
	out = x.appendAnswerFields(out, h, as == downstream.Unknown && x.call.Head.Minor > 0, limits)
	out = x.voice.appendIDs(out, x.call.ID)
	if h.First[http1.Date] < 0 {
		out = append(out, "Date: "...)
		out = append(x.g.appendDate(out, x.call.At), "\r\n"...)
	}
	if limits {
		out = x.appendRateLimit(out)
	}
	out = x.appendCORS(out, h)
	if _, vary := x.call.CORS.Origin(x.call.Head.Get(http1.Origin)); vary {
		out = append(out, "Vary: Origin\r\n"...)
	}
	if as == downstream.Length || as == downstream.None && h.First[http1.ContentLength] >= 0 && h.Status != 204 && h.Status >= 200 {
		out = append(out, "Content-Length: "...)
		out = append(strconv.AppendInt(out, h.Length, 10), "\r\n"...)
	}
	return out
}

// appendAnswerFields appends the field lines that pass. trailers: there may be some behind the body; limits: RateLimit is ours to say.
func (x *exchange) appendAnswerFields(out []byte, h *http1.ResponseHead, trailers, limits bool) []byte {
	return h.AppendFields(out, func(f *http1.Field) bool {
		return f.Drop || notAnswered[f.ID] || x.says(f, h.Buf) || limits && rateLimits[f.ID] || f.ID == http1.Trailer && !trailers
	})
}

// says tells the fields that this API says itself.
func (x *exchange) says(f *http1.Field, buf []byte) bool {
	switch {
	case f.ID == http1.XRequestID && x.voice.LinkedIn, x.voice.sets(f, buf):
		return true
	case linkedInIDs[f.ID]:
		return x.voice.LinkedIn
	}
	return crossOrigin[f.ID] && x.call.CORS != nil
}
