package heads

import (
	"strconv"

	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/problem"
)

// Refusal is what the head of a refusal says of its body and of where the problem came from.
type Refusal struct {
	ContentType string
	Page        bool // for a browser to show
	Length      int
	ByUpstream  bool   // it stands in the place of the upstream's own error
	Proxy       string // how the upstream has failed, as a proxy error type of RFC 9209; "" it has not
	Kept        []byte // lines of the upstream's head that stay
}

// proxyName is who speaks in Proxy-Status: a word for the program, which tells nothing of the site.
const proxyName = "candor"

// AppendProblem appends the head of the answer that the call's problem is, but for Connection and the empty line.
func (o Of) AppendProblem(out []byte, status int, r *Refusal) []byte {
	p := &o.Call.Problem
	out = append(append(o.begin(out, status), "Content-Type: "...), r.ContentType...)
	out = strconv.AppendInt(append(out, "\r\nContent-Length: "...), int64(r.Length), 10)
	out = append(append(out, "\r\nCandor-Problem: "...), p.Type.Name()...)
	if r.ByUpstream {
		out = append(out, "; by=upstream"...)
	}
	out = o.Voice.appendIDs(append(out, "\r\n"...), o.Call.ID)
	out = appendSome(out, "Proxy-Status: "+proxyName+"; error=", r.Proxy)
	out = o.appendProblemFields(out, p)
	out = o.appendCORS(out, nil)
	out = append(out, r.Kept...)
	if r.Page {
		out = append(out, "Content-Security-Policy: default-src 'none'\r\n"...)
	}
	out = append(out, "Cache-Control: no-store\r\nVary: Accept, Sec-Fetch-Mode"...)
	if _, vary := o.Call.CORS.Origin(o.Call.Head.Get(http1.Origin)); vary {
		out = append(out, ", Origin"...)
	}
	return append(out, "\r\n"...)
}

// appendProblemFields appends what belongs to single problems: WWW-Authenticate, Allow, Retry-After, RateLimit.
func (o Of) appendProblemFields(out []byte, p *problem.Problem) []byte {
	mark := len(out)
	out = append(out, "WWW-Authenticate: "...)
	with := len(out)
	if out = o.Voice.Catalogue.AppendChallenge(out, p); len(out) == with {
		out = out[:mark]
	} else {
		out = append(out, "\r\n"...)
	}
	if p.Type == problem.MethodNotAllowed {
		out = append(out, "Allow: "...)
		out = append(out, p.Allow...)
		out = append(out, "\r\n"...)
	}
	if p.RetryAfter > 0 {
		out = append(out, "Retry-After: "...)
		out = strconv.AppendInt(out, int64(p.RetryAfter), 10)
		out = append(out, "\r\n"...)
	}
	if p.Type == problem.Throttled {
		out = o.appendRateLimit(out)
	}
	return out
}

// AppendNoContent appends the head of what is ours to say and no error, but for Connection and the empty line: OPTIONS * and preflights, both 204 (RFC 9110
// §9.3.7; Fetch standard).
func (o Of) AppendNoContent(out []byte) []byte {
	out = o.Voice.appendIDs(o.begin(out, 204), o.Call.ID)
	if o.Call.Preflight {
		return o.appendPreflight(out)
	}
	out = append(out, "Allow: "...)
	return append(o.Call.Policy.Routes.AppendMethods(out), "\r\n"...)
}

// AppendText appends the head of a plain text of ours, but for Connection and the empty line.
func (o Of) AppendText(out []byte, length int) []byte {
	out = append(o.begin(out, 200), "Content-Type: text/plain; charset=utf-8\r\nContent-Length: "...)
	return append(strconv.AppendInt(out, int64(length), 10), "\r\nCache-Control: no-store\r\n"...)
}

// AppendPublic appends the head of a document of ours that everybody may read, pages of every origin too, but for Connection and the empty line.
func (o Of) AppendPublic(out []byte, contentType string, length int) []byte {
	out = append(append(o.begin(out, 200), "Content-Type: "...), contentType...)
	out = strconv.AppendInt(append(out, "\r\nContent-Length: "...), int64(length), 10)
	out = o.Voice.appendIDs(append(out, "\r\n"...), o.Call.ID)
	return append(out, "Access-Control-Allow-Origin: *\r\nCache-Control: public, max-age=3600\r\n"...)
}

// begin begins the head of an answer of ours with its status line and Date. No browser may guess at its type.
func (o Of) begin(out []byte, status int) []byte {
	return append(o.Dates.AppendDate(appendStatus(out, status), o.Call.At), "X-Content-Type-Options: nosniff\r\n"...)
}

func appendStatus(dst []byte, status int) []byte {
	dst = append(dst, "HTTP/1.1 "...)
	dst = strconv.AppendInt(dst, int64(status), 10)
	dst = append(dst, ' ')
	dst = append(dst, reasonOf(status)...)
	return append(dst, "\r\n"...)
}

// appendSome appends a field, or nothing where it has no value.
func appendSome[T string | []byte](out []byte, name string, value T) []byte {
	if len(value) == 0 {
		return out
	}
	return append(append(append(out, name...), value...), "\r\n"...)
}
