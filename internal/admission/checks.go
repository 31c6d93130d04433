package admission

import (
	"bytes"

	"github.com/candor-gateway/candor/internal/ascii"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/problem"
)

// maxHops is how often a call may come through gateways of our kind.
const maxHops = 8

// loop refuses a call that goes in a circle, by the count that each of us raises. Via would say the same (RFC 9110 §7.6.3), but changes how some servers
// answer.
func (c *Call) loop() Verdict {
	if c.Head.First[http1.CandorHops] >= 0 {
		c.Hops = c.passes()
	}
	if c.Hops < maxHops {
		return Forwards
	}
	c.Problem = problem.Problem{Type: problem.LoopDetected, Limit: maxHops, Sent: int64(c.Hops)}
	return Refuses
}

// passes is how often the call has come through before: the greatest number of all Candor-Hops fields and their elements. What is no number counts as the
// bound, since whoever makes that of our number would else do so in each round.
func (c *Call) passes() (most int) {
	h := c.Head
	for i := range h.Fields {
		if h.Fields[i].ID != http1.CandorHops {
			continue
		}
		for element := range bytes.SplitSeq(h.Fields[i].Value.Of(h.Buf), comma) {
			most = max(most, hops(bytes.Trim(element, " \t")))
		}
	}
	return most
}

var comma = []byte(",")

// hops reads a number, cut off at 99.
func hops(digits []byte) (n int) {
	for _, d := range digits {
		if d < '0' || d > '9' {
			return maxHops
		}
		n = min(n*10+int(d-'0'), 99)
	}
	if len(digits) == 0 {
		return maxHops
	}
	return n
}

// length checks what the head says of the body's length against the route.
func (c *Call) length() Verdict {
	if c.Preflight {
		return Forwards
	}
	h, body := c.Head, &c.Match.Route.Body
	if h.Body == http1.NoBody {
		return c.withoutLength()
	}
	if h.Body == http1.ChunkedBody && body.LengthRequired {
		return c.lengthRequired(problem.DetailLengthNotChunked)
	}
	if limit := c.mayHave(); h.Body == http1.LengthBody && limit > 0 && h.Length > limit {
		c.Problem = problem.Problem{Type: problem.PayloadTooLarge, Limit: limit, Sent: h.Length}
		return Refuses
	}
	return Forwards
}

// withoutLength: POST, PUT and PATCH over HTTP/1.1 say how long their body is, even an empty one, where the route asks for it (RFC 9110 §15.5.12).
func (c *Call) withoutLength() Verdict {
	h, r := c.Head, c.Match.Route
	if h.Minor == 0 || !r.Body.LengthRequired && r.API.Profile != problem.LinkedIn {
		return Forwards
	}
	switch string(h.Method.Of(h.Buf)) {
	case "POST", "PUT", "PATCH":
		return c.lengthRequired(problem.NoDetail)
	}
	return Forwards
}

func (c *Call) lengthRequired(d problem.Detail) Verdict {
	c.Problem = problem.Problem{Type: problem.LengthRequired, Detail: d, Method: c.Head.Method.Of(c.Head.Buf)}
	return Refuses
}

// mediaType compares Content-Type with what the route takes (RFC 9110 §8.3: type and subtype without case, parameters apart).
func (c *Call) mediaType() Verdict {
	h, body := c.Head, &c.Match.Route.Body
	if c.Preflight || h.Body == http1.NoBody {
		return Forwards
	}
	if c.Tunnelled {
		return c.takenBy(&form)
	}
	if h.Body == http1.LengthBody && h.Length == 0 {
		return Forwards
	}
	if c.readsJSON() && h.Get(http1.ContentEncoding) != nil && !ascii.EqualFold(h.Get(http1.ContentEncoding), "identity") {
		c.Problem = problem.Problem{Type: problem.UnsupportedMediaType, Detail: problem.DetailEncodingUnsupported, Excerpt: h.Get(http1.ContentEncoding)}
		return Refuses
	}
	return c.takenBy(body)
}

// readsJSON reports whether a body must come uncompressed, since it is looked at: an enforced answer is only given for a check that is enforced itself.
func (c *Call) readsJSON() bool {
	r := c.Match.Route
	return r.Body.CheckJSON && (r.Modes[route.CheckBody] == route.Enforce || r.Modes[route.CheckMediaType] != route.Enforce)
}

// takenBy asks that every Content-Type is taken: of two, nobody knows which one counts behind us.
func (c *Call) takenBy(body *route.Body) Verdict {
	h := c.Head
	if h.First[http1.ContentType] < 0 && !body.Takes(nil) {
		return c.wrongType(nil, body.TypesText)
	}
	for i := range h.Fields {
		if h.Fields[i].ID != http1.ContentType {
			continue
		}
		if sent := h.Fields[i].Value.Of(h.Buf); !body.Takes(sent) {
			return c.wrongType(sent, body.TypesText)
		}
	}
	return Forwards
}

func (c *Call) wrongType(sent []byte, takes string) Verdict {
	p := problem.Problem{Type: problem.UnsupportedMediaType, Excerpt: sent, Allow: append(c.allow[:0], takes[:min(len(takes), len(c.allow))]...)}
	if sent == nil {
		p.Detail = problem.DetailTypeMissing
	}
	c.Problem = p
	return Refuses
}

// form is what a tunnelled query comes as.
var form = route.Body{Types: []string{"application/x-www-form-urlencoded"}, TypesText: "application/x-www-form-urlencoded"}

// enter takes the call's place among those in flight.
func (c *Call) enter() Verdict {
	q := c.Policy.Quota
	if c.trial {
		return Forwards
	}
	if !q.Enter(c.Policy.InFlight) {
		c.Problem = problem.Problem{Type: problem.InfrastructureProtection, Detail: problem.DetailInFlight, Quota: "calls in flight", RetryAfter: 1}
		return Refuses
	}
	c.entered = true
	return Forwards
}

// limits takes the call's share of every quota, narrow before wide. Where the credential is not enforced there may be nobody whose share it could be.
func (c *Call) limits() Verdict {
	r := c.Match.Route
	if c.Preflight || r.Quota == nil || !c.Caller.Known() && r.Modes[route.CheckCredential] != route.Enforce || c.take() {
		return Forwards
	}
	if r.Modes[route.CheckQuota] == route.Enforce {
		c.Done(Sent)
	}
	limit, resets, _ := c.Quota.Refused()
	c.Problem = problem.Problem{
		Type: problem.Throttled, Quota: limit.Quota(), Limit: limit.N, Window: limit.Window.String(),
		ResetsAt: resets, RetryAfter: c.Quota.RetryAfter(c.ID.Jitter()),
	}
	return Refuses
}

func (c *Call) take() bool {
	app, member := c.Caller.ids()
	if c.trial {
		return c.Policy.Quota.Peek(c.Match.Route.Quota, app, member, c.At, &c.Quota)
	}
	return c.Policy.Quota.Take(c.Match.Route.Quota, app, member, c.At, &c.Quota)
}
