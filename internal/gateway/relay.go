package gateway

import (
	"strconv"

	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/upstream"
)

// reply is how an answer's body goes to the client.
type reply uint8

const (
	bodiless   reply = iota
	asLength         // by the upstream's Content-Length
	asChunks         // its length is not known before its end
	untilClose       // the same, to a client of HTTP/1.0
)

// relay passes the upstream's answer on, or answers in its place. Head and first bytes of the body leave in one write.
func (x *exchange) relay(up *upstream.Conn) after {
	x.entry.Stations.FirstByte = x.since()
	x.entry.UpstreamStatus = up.Head.Status
	x.entry.ByUpstream = true
	if x.wraps(up) {
		return x.wrap(up)
	}
	return x.pass(up, nil)
}

// pass passes an answer on; begun is what was read of its body already.
func (x *exchange) pass(up *upstream.Conn, begun []byte) after {
	how := x.replyAs(&up.Head)
	x.closing = x.unsent() || how == untilClose || !x.call.Head.Persistent() || x.g.phase.Load() != serving
	out := appendPiece(x.appendAnswer(x.out[:0], up, how), begun, how)
	for {
		data, f := up.InHand()
		if f.Cause != upstream.OK {
			return x.endUpstream(failed, f)
		}
		out = appendPiece(out, data, how)
		if len(data) == 0 || up.Ended() {
			break
		}
	}
	if up.Ended() {
		out = appendEnd(out, up, how)
	}
	x.out = out
	x.entry.Status = up.Head.Status
	if !x.write(out) {
		return x.endUpstream(clientLeft, upstream.Fault{})
	}
	for !up.Ended() {
		if end, ok := x.relayPiece(up, how); !ok {
			return end
		}
	}
	return x.endUpstream(relayed, upstream.Fault{})
}

// relayPiece passes one more piece of the body on.
func (x *exchange) relayPiece(up *upstream.Conn, how reply) (after, bool) {
	data, f := x.nextPiece(up)
	if f.Cause == upstream.Cancelled {
		x.entry.Note = "left while the answer was awaited"
		return x.endUpstream(clientLeft, f), false
	}
	if f.Cause != upstream.OK {
		return x.endUpstream(brokeLate, f), false
	}
	out := data
	if how == asChunks {
		x.out = x.out[:0]
		if len(data) > 0 {
			x.out = http1.AppendChunk(x.out, data)
		}
		if up.Ended() {
			x.out = appendEnd(x.out, up, how)
		}
		out = x.out
	}
	if len(out) > 0 && !x.write(out) {
		return x.endUpstream(clientLeft, f), false
	}
	return keeps, true
}

// nextPiece waits for a piece; a client that leaves in the meantime cancels it.
func (x *exchange) nextPiece(up *upstream.Conn) ([]byte, upstream.Fault) {
	x.conn.wait.On(up, x.g.o.Clock.Mono())
	data, f := up.Piece()
	if !x.conn.wait.Over() {
		return nil, upstream.Fault{Cause: upstream.Cancelled}
	}
	return data, f
}

func appendPiece(out, data []byte, how reply) []byte {
	switch {
	case len(data) == 0 || how == bodiless:
		return out
	case how == asChunks:
		return http1.AppendChunk(out, data)
	}
	return append(out, data...)
}

func appendEnd(out []byte, up *upstream.Conn, how reply) []byte {
	if how == asChunks {
		return http1.AppendLastChunk(out, up.Trailers())
	}
	return out
}

// replyAs chooses the framing of the answer (RFC 9112 §6.3).
func (x *exchange) replyAs(h *http1.ResponseHead) reply {
	switch {
	case h.Body == http1.NoBody:
		return bodiless
	case h.Body == http1.LengthBody:
		return asLength
	case x.call.Head.Minor == 0:
		return untilClose
	}
	return asChunks
}

// appendAnswer appends the head of a forwarded answer.
func (x *exchange) appendAnswer(out []byte, up *upstream.Conn, how reply) []byte {
	h := &up.Head
	out = append(out, "HTTP/1.1 "...)
	out = strconv.AppendInt(out, int64(h.Status), 10)
	out = append(out, ' ')
	out = append(append(out, h.Reason.Of(h.Buf)...), "\r\n"...)
	limits := x.limitsAnswer(h)
	out = x.appendAnswerFields(out, h, how, limits)
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
	switch {
	case how == asLength, how == bodiless && h.First[http1.ContentLength] >= 0 && h.Status != 204 && h.Status >= 200:
		out = append(out, "Content-Length: "...)
		out = append(strconv.AppendInt(out, h.Length, 10), "\r\n"...)
	case how == asChunks:
		out = append(out, "Transfer-Encoding: chunked\r\n"...)
	}
	return append(x.appendConnection(out), "\r\n"...)
}

// appendAnswerFields appends the field lines that pass. limits says that RateLimit is ours to say.
func (x *exchange) appendAnswerFields(out []byte, h *http1.ResponseHead, how reply, limits bool) []byte {
	return h.AppendFields(out, func(f *http1.Field) bool {
		return f.Drop || notAnswered[f.ID] || x.says(f, h.Buf) || limits && rateLimits[f.ID] || f.ID == http1.Trailer && how != asChunks
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
