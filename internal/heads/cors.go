package heads

import (
	"bytes"

	"github.com/candor-gateway/candor/internal/ascii"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/problem"
)

// Exposed are the fields that a script of another origin may read, beside the ids and what the API names.
const Exposed = "Candor-Problem, Retry-After, RateLimit, RateLimit-Policy, WWW-Authenticate"

// appendCORS appends the CORS fields of an answer to a call from another origin; h is the head of the upstream's answer, nil for an answer of ours. Where
// every origin is told the same it is told without an Origin too where one may matter: a cache may keep an answer of the upstream for a call that has one
// (Fetch standard, "CORS protocol and HTTP caches"), and a head that broke off may have lost it.
func (o Of) appendCORS(out []byte, h *http1.ResponseHead) []byte {
	cors := o.Call.CORS
	origin := o.Call.Head.Get(http1.Origin)
	if cors == nil || len(origin) == 0 && h == nil && !o.Call.Broken {
		return out
	}
	allowed, _ := cors.Origin(origin)
	if len(allowed) == 0 {
		return out
	}
	out = append(append(append(out, "Access-Control-Allow-Origin: "...), allowed...), "\r\n"...)
	if cors.Credentials() {
		out = append(out, "Access-Control-Allow-Credentials: true\r\n"...)
	}
	out = append(append(out, "Access-Control-Expose-Headers: "...), o.Voice.exposed...)
	if h != nil {
		out = appendExposed(out, h)
	}
	return append(out, "\r\n"...)
}

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
		if name = bytes.Trim(name, " \t"); ascii.IsToken(name) {
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
	return len(name) > len(asksPrefix) && ascii.EqualFold(name[:len(asksPrefix)], asksPrefix)
}

// asksPrefix is that of fields such as Access-Control-Request-Private-Network.
const asksPrefix = "access-control-request-"

// appendPreflight answers from the API's cors block alone, the same for known, unknown and hidden paths. One that the browser will not be content with is
// told our lists all the same, and is in the log as what it is.
func (o Of) appendPreflight(out []byte) []byte {
	h := o.Call.Head
	if denied := &o.Call.Problem; denied.Type != problem.None {
		out = append(append(append(out, "Candor-Problem: "...), denied.Type.Name()...), "\r\nCache-Control: no-store\r\n"...)
	}
	p := o.Call.CORS.Preflight(h.Get(http1.Origin), h.Get(http1.AccessControlRequestMethod), h.Get(http1.AccessControlRequestHeaders))
	out = appendSome(out, "Access-Control-Allow-Origin: ", p.Origin)
	if p.Credentials {
		out = append(out, "Access-Control-Allow-Credentials: true\r\n"...)
	}
	out = appendSome(out, "Access-Control-Allow-Methods: ", p.Methods)
	out = appendSome(out, "Access-Control-Allow-Headers: ", p.Headers)
	out = appendSome(out, "Access-Control-Max-Age: ", p.MaxAge)
	return append(out, "Vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers\r\n"...)
}
