package heads

import (
	"strconv"

	"github.com/candor-gateway/candor/internal/ascii"
	"github.com/candor-gateway/candor/internal/http1"
)

// notStored are the fields of an answer that are made for each copy, or that were for one call alone: ids, what is left of a limit, how old it was.
var notStored = set(http1.ContentLength, http1.TransferEncoding, http1.Connection, http1.KeepAlive, http1.ProxyConnection, http1.Trailer, http1.Age,
	http1.XRequestID, http1.XLiUUID, http1.XLiFabric, http1.XLiRequestID, http1.RateLimit, http1.RateLimitPolicy,
	http1.CandorProblem, http1.CandorApp, http1.CandorMember, http1.CandorScopes, http1.CandorHops)

// notStoredOther are those among the names that nothing else asks for (RFC 9111 §3.1).
var notStoredOther = [...]string{"proxy-authentication-info", "x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"}

// IsStored reports whether a field of an answer is kept with it.
func IsStored(f *http1.Field, buf []byte, cookies bool) bool {
	if f.Drop || notStored[f.ID] || f.ID == http1.SetCookie && !cookies {
		return false
	}
	if f.ID != http1.Other {
		return true
	}
	for _, name := range notStoredOther {
		if ascii.EqualFold(f.Name.Of(buf), name) {
			return false
		}
	}
	return true
}

// AppendStored appends the head of an answer as it is kept, but for the fields that drop reports, its length and the empty line. Without a Date it gets that of
// unix ns at, when it came (RFC 9110 §6.6.1).
func (d *Dates) AppendStored(out []byte, h *http1.ResponseHead, at int64, drop func(*http1.Field) bool) []byte {
	out = h.AppendFields(appendStatusOf(out, h), drop)
	if h.First[http1.Date] < 0 {
		out = d.AppendDate(out, at)
	}
	return out
}

// AppendAge appends how old an answer from the store is, in seconds (RFC 9111 §5.1).
func AppendAge(out []byte, age int64) []byte {
	return append(strconv.AppendInt(append(out, "Age: "...), age, 10), "\r\n"...)
}

// unmodified is the reason of a 304.
const unmodified = "Not Modified"

// AppendUnmodified makes of the kept head of an answer that of a 304 for it (RFC 9110 §15.4.5): the fields that tells does not report are left out. Its fields
// are put into fields.
func AppendUnmodified(h *http1.ResponseHead, to *http1.ResponseHead, buf []byte, fields []http1.Field, tells func(name []byte) bool) ([]byte, []http1.Field) {
	buf = append(append(buf, h.Buf...), unmodified...)
	fields = append(fields, h.Fields...)
	for i := range fields {
		if f := &fields[i]; f.ID == http1.ContentLength || !tells(f.Name.Of(buf)) {
			f.Drop = true
		}
	}
	*to = *h
	to.Buf, to.Fields = buf, fields
	to.Status, to.Body, to.Length = 304, http1.NoBody, 0
	to.First[http1.ContentLength] = -1
	to.Reason = http1.Span{Off: int32(len(buf) - len(unmodified)), End: int32(len(buf))}
	return buf, fields
}

// AppendTarget appends what the upstream gets as the target, without the prefix of its own.
func (o Of) AppendTarget(out []byte) []byte {
	if o.untouched() {
		return append(out, o.Call.Head.Target.Of(o.Call.Head.Buf)...)
	}
	return o.appendTarget(out)
}
