package gateway

import (
	"strconv"

	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/problem"
)

// maxDrain is how much of a refused body is read and dropped to keep the connection.
const maxDrain = 64 << 10

// misunderstood answers a head with a framing fault: nothing that follows is read as a request. Only its complete, valid lines count.
func (x *exchange) misunderstood() after {
	x.body.unknown = true
	c := &x.call
	if c.Problem.Type == problem.RequestTimeout {
		c.Problem.Limit = x.policy.Times.Head.Milliseconds()
	}
	c.LocateByLines()
	return x.refuse()
}

// refuse writes the call's problem as an answer and says what becomes of the connection.
func (x *exchange) refuse() after {
	v := x.speak()
	p, h := &x.call.Problem, &x.call.Head
	d := v.Catalogue.Negotiate(h.Get(http1.Accept))
	x.entry.Problem = p.Type.Name()
	x.text = v.Catalogue.Append(x.text[:0], d, p, x.idText())
	out, end := x.beginOwn(v.Catalogue.Status(p))
	out = append(out, "Content-Type: "...)
	out = append(out, d.ContentType()...)
	out = append(out, "\r\nContent-Length: "...)
	out = strconv.AppendInt(out, int64(len(x.text)), 10)
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
	return x.finish(out, end)
}

// beginOwn begins an answer of ours with its status line and Date; end is what becomes of the connection after it.
func (x *exchange) beginOwn(status int) (out []byte, end after) {
	end = x.ending()
	x.closing = end != keeps && end != drains
	x.entry.Status = status
	out = append(appendStatus(x.out[:0], status), "Date: "...)
	return append(x.g.appendDate(out, x.call.At), "\r\n"...), end
}

// finish ends a head of ours, writes it with the body in x.text, and logs the call.
func (x *exchange) finish(out []byte, end after) after {
	out = x.appendConnection(out)
	out = append(out, "\r\n"...)
	if !x.headOnly() {
		out = append(out, x.text...)
	}
	x.out = out
	if !x.write(out) {
		end = aborts
	}
	x.log()
	return end
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

// ending says what becomes of the connection after an answer that was written before the body was read (CONTRACT §3, "No refusal is lost").
func (x *exchange) ending() after {
	h, b := &x.call.Head, &x.body
	persistent := h.Persistent() && x.g.phase.Load() == serving && x.call.Head.Form != http1.AuthorityForm
	expects := h.Expect100 || h.Soft.Kind == http1.ExpectationFailed
	switch {
	case b.unknown || expects && !b.asked && !b.ended:
		return lingers // whether a body comes that nobody asked for is not known: what follows may be a call or its content
	case b.ended || b.skipInHand(x):
		if persistent {
			return keeps
		}
		return lingers
	case persistent && b.framing == http1.LengthBody && b.left <= maxDrain:
		return drains
	}
	return lingers
}

func (x *exchange) headOnly() bool { return string(x.call.Head.Method.Of(x.call.Head.Buf)) == "HEAD" }

// appendConnection says what becomes of the connection, where the version does not say it already (RFC 9112 §9.3).
func (x *exchange) appendConnection(out []byte) []byte {
	switch {
	case x.closing:
		return append(out, "Connection: close\r\n"...)
	case x.call.Head.Minor == 0:
		return append(out, "Connection: keep-alive\r\n"...)
	}
	return out
}

// idText is the id as bodies say it, in scratch.
func (x *exchange) idText() []byte {
	x.conn.id = x.call.ID.AppendUUID(x.conn.id[:0])
	return x.conn.id
}

func appendStatus(dst []byte, status int) []byte {
	dst = append(dst, "HTTP/1.1 "...)
	dst = strconv.AppendInt(dst, int64(status), 10)
	dst = append(dst, ' ')
	dst = append(dst, reasonOf(status)...)
	return append(dst, "\r\n"...)
}
