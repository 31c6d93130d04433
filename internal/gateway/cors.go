package gateway

import (
	"bytes"

	"github.com/candor-gateway/candor/internal/downstream"
	"github.com/candor-gateway/candor/internal/http1"
)

// appendExposed joins the names that the upstream exposes to ours, which stand before them. What is no name is left out: a browser throws away the whole
// list for it.
func appendExposed(out []byte, h *http1.ResponseHead) []byte {
	if h.First[http1.AccessControlExposeHeaders] < 0 {
		return out
	}
	for i := range h.Fields {
		if h.Fields[i].ID == http1.AccessControlExposeHeaders {
			out = appendNames(out, h.Fields[i].Value.Of(h.Buf))
		}
	}
	return out
}

func appendNames(out, list []byte) []byte {
	for len(list) > 0 {
		var name []byte
		name, list, _ = bytes.Cut(list, comma)
		if name = bytes.Trim(name, " \t"); http1.IsToken(name) {
			out = append(append(out, ", "...), name...)
		}
	}
	return out
}

var comma = []byte{','}

// question are the fields that a browser sends with a preflight, and those that proxies in front add.
var question = set(http1.Host, http1.Origin, http1.AccessControlRequestMethod, http1.AccessControlRequestHeaders,
	http1.UserAgent, http1.Accept, http1.AcceptCharset, http1.AcceptEncoding, http1.AcceptLanguage, http1.Referer, http1.CacheControl, http1.Pragma,
	http1.SecFetchMode, http1.SecFetchSite, http1.SecFetchDest, http1.SecFetchUser, http1.Traceparent, http1.Tracestate, http1.Via, http1.MaxForwards,
	http1.Forwarded, http1.XForwardedFor, http1.XForwardedHost, http1.XForwardedPort, http1.XForwardedProto, http1.XForwardedPrefix, http1.XRealIP)

// asks reports whether a field belongs to a preflight that is forwarded bare. The list is of what passes: whoever could add a key under a name that we do
// not know would have more than a question answered.
func asks(f *http1.Field, buf []byte) bool {
	if f.ID != http1.Other {
		return question[f.ID]
	}
	name := f.Name.Of(buf)
	return len(name) > len(asksPrefix) && http1.EqualFold(name[:len(asksPrefix)], asksPrefix)
}

// asksPrefix is that of fields such as Access-Control-Request-Private-Network.
const asksPrefix = "access-control-request-"

// dropBody reads the body of a preflight that is forwarded bare, and forgets it.
func (x *exchange) dropBody() bool {
	b := x.from.Body()
	b.Limit(x.call.MaxBody())
	for !b.Ended() {
		if _, f := b.Piece(); f.Cause != downstream.OK {
			x.call.Problem = x.bodyProblem(f)
			return false
		}
	}
	return true
}

// maxNoted bounds what the log repeats of an origin.
const maxNoted = 256

// notePreflight says in the log what a denied preflight lacked.
func (x *exchange) notePreflight() {
	p := &x.call.Problem
	text := append([]byte("origin "), p.Excerpt[:min(len(p.Excerpt), maxNoted)]...)
	text = append(text, ": "...)
	x.entry.Note = string(x.voice.Catalogue.AppendDetail(text, p))
}
