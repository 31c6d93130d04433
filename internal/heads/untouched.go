package heads

import (
	"net/netip"
	"strconv"

	"github.com/candor-gateway/candor/internal/http1"
)

// appendUntouched appends the head for an API that is left untouched: method, target and end-to-end fields as they came, in their places. Host is written where
// the upstream has one of its own, the peer is put at the end of X-Forwarded-For, and Candor-Hops is raised. Who called by which name, Via, traces and ids are
// nobody's business here.
func (o Of) appendUntouched(out []byte, to *Target, length int64) []byte {
	h := o.Call.Head
	out = append(append(out, h.Method.Of(h.Buf)...), ' ')
	out = append(o.appendWholeTarget(out, to), " HTTP/1.1\r\n"...)
	if h.First[http1.Host] < 0 {
		out = append(append(append(out, "Host: "...), to.Host...), "\r\n"...)
	}
	list := lastOf(h, http1.XForwardedFor)
	framed := false
	for i := range h.Fields {
		f := &h.Fields[i]
		switch {
		case f.ID == http1.Host && to.Fixed:
			out = append(append(append(out, h.Buf[f.Line.Off:f.Value.Off]...), to.Host...), h.Buf[f.Value.End:f.Line.End]...)
		case f.ID == http1.ContentLength && length >= 0, f.ID == http1.TransferEncoding && length == Chunked:
			framed = true
			out = append(out, f.Line.Of(h.Buf)...)
		case f.ID == http1.Expect && h.Minor > 0: // an upstream may ask for what is on its way already, and is not heard
			out = append(out, f.Line.Of(h.Buf)...)
		case f.ID == http1.ContentLength, f.Drop, isCandor(f, h.Buf), isProxy(f, h.Buf), to.replaces(f):
		case i == list && !to.Origin.Silent:
			out = appendPeer(append(out, h.Buf[f.Line.Off:f.Value.End]...), to.Origin.From, !f.Value.Empty())
		default:
			out = append(out, f.Line.Of(h.Buf)...)
		}
	}
	if list < 0 && !to.Origin.Silent {
		out = appendPeer(append(out, "X-Forwarded-For: "...), to.Origin.From, false)
	}
	out = strconv.AppendInt(append(out, "Candor-Hops: "...), int64(o.Call.Hops)+1, 10)
	out = append(out, "\r\n"...)
	out = appendOptions(append(out, to.Validates...), h, to)
	if !framed {
		out = appendFraming(out, length)
	}
	return append(out, "\r\n"...)
}

// appendWholeTarget appends the target in the form in which it came. One that names a server names the upstream.
func (o Of) appendWholeTarget(out []byte, to *Target) []byte {
	h := o.Call.Head
	switch h.Form {
	case http1.AbsoluteForm:
		if !to.Fixed {
			out = append(out, h.Buf[h.Target.Off:h.Authority.End]...)
		} else {
			out = append(append(append(out, to.Scheme...), "://"...), to.Host...)
		}
		return append(append(out, to.Prefix...), h.Buf[h.Authority.End:h.Target.End]...)
	case http1.OriginForm:
		out = append(out, to.Prefix...)
	case http1.AsteriskForm, http1.AuthorityForm:
	}
	return append(out, h.Target.Of(h.Buf)...)
}

// appendPeer ends a line of X-Forwarded-For with who called us.
func appendPeer(out []byte, from netip.Addr, listed bool) []byte {
	if listed {
		out = append(out, ", "...)
	}
	return append(from.AppendTo(out), "\r\n"...)
}

// lastOf is the index of the last field n, -1 for none.
func lastOf(h *http1.Head, n http1.Name) int {
	last := -1
	for i := range h.Fields {
		if h.Fields[i].ID == n {
			last = i
		}
	}
	return last
}

// candorPrefix is that of all fields that are ours alone to say, in any case and with '_' for '-'.
const candorPrefix = "candor-"

func isCandor(f *http1.Field, buf []byte) bool {
	name := f.Name.Of(buf)
	return len(name) > len(candorPrefix) && name[0]|0x20 == 'c' && http1.SameName(name[:len(candorPrefix)], candorPrefix)
}

// appendFraming appends how long the body is, where no field of the call's own says it.
func appendFraming(out []byte, length int64) []byte {
	switch {
	case length >= 0:
		out = strconv.AppendInt(append(out, "Content-Length: "...), length, 10)
		return append(out, "\r\n"...)
	case length == Chunked:
		return append(out, "Transfer-Encoding: chunked\r\n"...)
	}
	return out
}

// appendPassedUntouched appends the head of an answer as it came, but for what belongs to one hop alone. The id of the call is added where there is none.
func (o Of) appendPassedUntouched(out []byte, h *http1.ResponseHead) []byte {
	out = o.appendAnswerUntouched(out, h)
	if h.First[http1.XRequestID] < 0 {
		out = o.Voice.appendIDs(out, o.Call.ID)
	}
	return out
}

// appendAnswerUntouched appends its status line and fields.
func (o Of) appendAnswerUntouched(out []byte, h *http1.ResponseHead) []byte {
	out = appendStatusOf(out, h)
	chunked := h.Body != http1.NoBody && h.Body != http1.LengthBody && o.Call.Head.Minor > 0
	said := false
	for i := range h.Fields {
		f := &h.Fields[i]
		switch {
		case f.ID == http1.ContentLength && !f.Drop && !said && saysLength(h):
			said = true
			out = appendLengthOf(out, h, f)
		case f.ID == http1.ContentLength, f.Drop, notAnswered[f.ID], isCandor(f, h.Buf), f.ID == http1.Trailer && !chunked:
		default:
			out = h.AppendLine(out, f)
		}
	}
	return out
}

// saysLength reports whether an answer tells its length: that of its body, or of the one that it stands for (HEAD, 304).
func saysLength(h *http1.ResponseHead) bool {
	return h.Body == http1.LengthBody || h.Body == http1.NoBody && h.First[http1.ContentLength] >= 0 && h.Status != 204 && h.Status >= 200
}

// appendLengthOf appends a Content-Length as it came, where it says one number once.
func appendLengthOf(out []byte, h *http1.ResponseHead, f *http1.Field) []byte {
	if n, err := strconv.ParseInt(string(f.Value.Of(h.Buf)), 10, 64); err == nil && n == h.Length {
		return h.AppendLine(out, f)
	}
	out = strconv.AppendInt(append(append(out, f.Name.Of(h.Buf)...), ": "...), h.Length, 10)
	return append(out, "\r\n"...)
}
