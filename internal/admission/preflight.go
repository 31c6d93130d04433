package admission

import (
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/problem"
)

// asksBefore reports whether the call is a CORS preflight (Fetch standard, "CORS-preflight request"). With two of a field nobody knows which one counts
// behind us: it is a call like any other.
func (c *Call) asksBefore() bool {
	h := c.Head
	return string(h.Method.Of(h.Buf)) == "OPTIONS" && h.Count(http1.Origin) == 1 && h.Count(http1.AccessControlRequestMethod) == 1
}

// preflight decides about a preflight (docs/contract.md): where the API has cors: by that block alone, else by the route that the preflight asks for.
func (c *Call) preflight() Verdict {
	if c.CORS != nil {
		return c.answerPreflight()
	}
	asOptions := c.Match
	c.match(c.Head.Get(http1.AccessControlRequestMethod))
	if v := c.url(); v != Forwards { // of this route, which may tolerate less
		return v
	}
	r := c.Match.Route
	if r == nil || r.Hidden { // for nobody in particular a hidden route is no route
		return c.preflightOfNothing(&asOptions)
	}
	switch {
	case asOptions.Route != nil && asOptions.Route.Options && asOptions.Route.Credentials.Need == route.Public:
		c.Match = asOptions // who lists OPTIONS for everybody means it
	case r.Credentials.Need == route.Public:
	case r.Credentials.Need == route.Required && r.API.Preflight == route.RefusePreflights:
		return c.denyPreflight(problem.DetailPreflightOff)
	default:
		return c.passBare()
	}
	c.Preflight = true
	return Forwards
}

// answerPreflight answers from the API's block. What the browser will not let the script do is told with our lists, so that its console can name it; a
// foreign origin is told nothing, and refused.
func (c *Call) answerPreflight() Verdict {
	h := c.Head
	c.Preflight = true
	p := c.CORS.Preflight(h.Get(http1.Origin), h.Get(http1.AccessControlRequestMethod), h.Get(http1.AccessControlRequestHeaders))
	if p.Denied == problem.NoDetail {
		return Answers
	}
	c.denyPreflight(p.Denied)
	if p.Denied == problem.DetailPreflightOrigin {
		return Refuses
	}
	if p.Denied == problem.DetailPreflightMethod {
		c.Problem.Method = p.Lacking
	} else {
		c.Problem.Field = p.Lacking
	}
	return Answers
}

// preflightOfNothing: an unknown and a hidden path, and a method that a path lacks, are refused alike where a credential is enforced. Elsewhere the call is
// one like any other.
func (c *Call) preflightOfNothing(asOptions *route.Match) Verdict {
	if c.Match.Credentials.Need != route.Required {
		c.Match = *asOptions
		return Forwards
	}
	if api := c.Match.API; api != nil && api.Preflight == route.PassPreflights {
		return c.denyPreflight(problem.DetailPreflightRoute)
	}
	return c.denyPreflight(problem.DetailPreflightOff)
}

// passBare lets the API itself answer: without a body, and without anything that could make it take the call for more than a question.
func (c *Call) passBare() Verdict {
	c.sent = sent{}
	c.findTokens()
	if c.sent.tokens > 1 { // one is cut from what is forwarded
		return c.refuseAmbiguous()
	}
	c.Preflight, c.Bare = true, true
	return Forwards
}

func (c *Call) denyPreflight(d problem.Detail) Verdict {
	c.Problem = problem.Problem{Type: problem.PreflightDenied, Detail: d, Excerpt: c.Head.Get(http1.Origin)}
	return Refuses
}
