package gateway

import (
	"strconv"

	"github.com/candor-gateway/candor/internal/downstream"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/problem"
)

// misunderstood answers a call that could not be read. Only the complete, valid lines of its head count.
func (x *exchange) misunderstood(f downstream.Fault) downstream.After {
	x.call.Problem = x.headProblem(f)
	if f.Cause == downstream.Invalid || f.Cause == downstream.HeadTime {
		x.call.LocateByLines()
	}
	return x.refuse()
}

// refuse writes the call's problem as an answer.
func (x *exchange) refuse() downstream.After {
	v := x.speak()
	p, h := &x.call.Problem, x.call.Head
	d := v.Catalogue.Negotiate(h.Get(http1.Accept))
	x.entry.Problem = p.Type.Name()
	x.scratch.text = v.Catalogue.Append(x.scratch.text[:0], d, p, x.idText())
	out := x.beginOwn(v.Catalogue.Status(p))
	out = append(out, "Content-Type: "...)
	out = append(out, d.ContentType()...)
	out = append(out, "\r\nContent-Length: "...)
	out = strconv.AppendInt(out, int64(len(x.scratch.text)), 10)
	out = append(out, "\r\nCandor-Problem: "...)
	out = append(out, p.Type.Name()...)
	if x.entry.ByUpstream {
		out = append(out, "; by=upstream"...)
	}
	out = append(out, "\r\n"...)
	out = v.appendIDs(out, x.call.ID)
	out = x.appendProblemFields(out, v, p)
	out = x.appendCORS(out, nil)
	out = append(out, x.kept...)
	out = append(out, "Cache-Control: no-store\r\nVary: Accept, Sec-Fetch-Mode"...)
	if _, vary := x.call.CORS.Origin(x.call.Head.Get(http1.Origin)); vary {
		out = append(out, ", Origin"...)
	}
	out = append(out, "\r\n"...)
	return x.finish(out)
}

// beginOwn begins an answer of ours with its status line and Date.
func (x *exchange) beginOwn(status int) []byte {
	x.entry.Status = status
	out := append(appendStatus(x.scratch.head[:0], status), "Date: "...)
	return append(x.g.appendDate(out, x.call.At), "\r\n"...)
}

// finish writes an answer of ours, with the body in scratch.text, and logs the call.
func (x *exchange) finish(head []byte) downstream.After {
	x.scratch.head = head
	x.from.Answer(head, x.scratch.text)
	x.log()
	return downstream.Keep
}

// appendProblemFields appends what belongs to single problems: WWW-Authenticate, Allow, Retry-After, RateLimit.
func (x *exchange) appendProblemFields(out []byte, v *Voice, p *problem.Problem) []byte {
	mark := len(out)
	out = append(out, "WWW-Authenticate: "...)
	with := len(out)
	if out = v.Catalogue.AppendChallenge(out, p); len(out) == with {
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
		out = x.appendRateLimit(out)
	}
	return out
}

// exposed are the fields that a script of another origin may read, beside the ids and what the API names.
const exposed = "Candor-Problem, Retry-After, RateLimit, RateLimit-Policy, WWW-Authenticate"

// appendCORS appends the CORS fields of an answer to a call from another origin; h is the head of the upstream's answer, nil for an answer of ours. Where
// every origin is told the same it is told without an Origin too: a cache may keep an answer of the upstream for a call that has one (Fetch standard, "CORS
// protocol and HTTP caches").
func (x *exchange) appendCORS(out []byte, h *http1.ResponseHead) []byte {
	cors := x.call.CORS
	origin := x.call.Head.Get(http1.Origin)
	if cors == nil || len(origin) == 0 && h == nil {
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
	out = append(append(out, "Access-Control-Expose-Headers: "...), x.voice.exposed...)
	if h != nil {
		out = appendExposed(out, h)
	}
	return append(out, "\r\n"...)
}

// idText is the id as bodies say it, in scratch.
func (x *exchange) idText() []byte {
	return x.call.ID.AppendUUID(x.scratch.id[:0])
}

func appendStatus(dst []byte, status int) []byte {
	dst = append(dst, "HTTP/1.1 "...)
	dst = strconv.AppendInt(dst, int64(status), 10)
	dst = append(dst, ' ')
	dst = append(dst, reasonOf(status)...)
	return append(dst, "\r\n"...)
}
