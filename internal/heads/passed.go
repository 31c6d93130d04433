package heads

import (
	"strconv"

	"github.com/candor-gateway/candor/internal/http1"
)

// AppendPassed appends the head of an answer that is passed on, but for Transfer-Encoding, Connection and the empty line.
func (o Of) AppendPassed(out []byte, h *http1.ResponseHead) []byte {
	if o.untouched() {
		return o.appendPassedUntouched(out, h)
	}
	chunked := h.Body != http1.NoBody && h.Body != http1.LengthBody && o.Call.Head.Minor > 0
	limits := o.limitsAnswer(h)
	out = o.appendAnswerFields(appendStatusOf(out, h), h, chunked, limits)
	out = o.appendRestated(out, h, false)
	if e := o.toCaller(); e != nil {
		out = append(out, e.Lines...)
	}
	out = o.Voice.appendIDs(out, o.Call.ID)
	if h.First[http1.Date] < 0 {
		out = o.Dates.AppendDate(out, o.Call.At)
	}
	if limits {
		out = o.appendRateLimit(out)
	}
	out = o.appendCORS(out, h)
	if _, vary := o.Call.CORS.Origin(o.Call.Head.Get(http1.Origin)); vary {
		out = append(out, "Vary: Origin\r\n"...)
	}
	if saysLength(h) {
		out = append(out, "Content-Length: "...)
		out = append(strconv.AppendInt(out, h.Length, 10), "\r\n"...)
	}
	return out
}

// AppendSwitch appends the head of an answer that switches the connection to another protocol, but for Connection and the empty line.
func (o Of) AppendSwitch(out []byte, h *http1.ResponseHead, protocol string) []byte {
	out = append(o.AppendPassed(out, h), "Upgrade: "...)
	return append(append(out, protocol...), "\r\n"...)
}

// AppendInterim appends the head of an interim answer (1xx), whole, with its own fields alone.
func (o Of) AppendInterim(out []byte, h *http1.ResponseHead) []byte {
	if o.untouched() {
		return append(o.appendAnswerUntouched(out, h), "\r\n"...)
	}
	return append(o.appendRestated(o.appendAnswerFields(appendStatusOf(out, h), h, false, false), h, false), "\r\n"...)
}

// AppendKept appends the fields of an upstream's error that stay when a problem of ours takes its place.
func (o Of) AppendKept(out []byte, h *http1.ResponseHead) []byte {
	edit := o.toCaller()
	out = h.AppendFields(out, func(f *http1.Field) bool {
		// An upstream that answers scripts itself says so here too: without its CORS fields they could not read the error.
		return f.Drop || !keptFields[f.ID] && (o.Call.CORS != nil || !crossOrigin[f.ID]) || o.restates(f, h.Buf) || edits(edit, f, h.Buf)
	})
	return o.appendRestated(out, h, true)
}

// appendStatusOf appends the status line of an answer, with our version and its own reason.
func appendStatusOf(out []byte, h *http1.ResponseHead) []byte {
	out = strconv.AppendInt(append(out, "HTTP/1.1 "...), int64(h.Status), 10)
	out = append(out, ' ')
	return append(append(out, h.Reason.Of(h.Buf)...), "\r\n"...)
}

// appendAnswerFields appends the field lines that pass. trailers: there may be some behind the body; limits: RateLimit is ours to say.
func (o Of) appendAnswerFields(out []byte, h *http1.ResponseHead, trailers, limits bool) []byte {
	edit := o.toCaller()
	return h.AppendFields(out, func(f *http1.Field) bool {
		return f.Drop || notAnswered[f.ID] || o.saysItself(f, h.Buf) || limits && rateLimits[f.ID] || f.ID == http1.Trailer && !trailers || o.restates(f, h.Buf) || edits(edit, f, h.Buf)
	})
}

// saysItself tells the fields that this API says itself.
func (o Of) saysItself(f *http1.Field, buf []byte) bool {
	switch {
	case f.ID == http1.XRequestID && o.Voice.LinkedIn, o.Voice.sets(f, buf):
		return true
	case linkedInIDs[f.ID]:
		return o.Voice.LinkedIn
	}
	return crossOrigin[f.ID] && o.Call.CORS != nil
}
