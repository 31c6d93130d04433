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

// preflight decides about a preflight (docs/contract.md): where the API has cors: by that block alone, else by the route that the preflight asks for. One that is
// only observed is refused by nobody here: the API answers it.
func (c *Call) preflight() Verdict {
	if c.CORS == nil {
		return c.preflightByRoute(false)
	}
	v := c.answerPreflight()
	if v == Answers && c.Problem.Type == problem.None || !c.relaxed() {
		return v
	}
	c.Preflight, c.CORS = false, nil // what the API says of it passes
	return c.preflightByRoute(true)
}

// leaveScripts leaves it to the API what scripts of an origin may read that cors: lacks, where preflights are not enforced.
func (c *Call) leaveScripts() {
	if c.Match.API == nil || c.Match.API.Modes[route.CheckPreflight] == route.Enforce {
		return
	}
	if origin := c.Head.Get(http1.Origin); len(origin) > 0 {
		if allowed, _ := c.CORS.Origin(origin); len(allowed) == 0 {
			c.CORS = nil
		}
	}
}

// relaxed reports whether the denial that is set does not hold, by the mode that the API gives preflights: cors: answers known, unknown and hidden paths alike.
func (c *Call) relaxed() bool {
	api := c.Match.API
	if api == nil || api.Modes[route.CheckPreflight] == route.Enforce {
		return false
	}
	if api.Modes[route.CheckPreflight] == route.Observe {
		c.note(route.CheckPreflight)
	}
	c.Problem = problem.Problem{}
	return true
}

// preflightByRoute decides by the route that a preflight asks for; cors: may have denied it already, which was noted.
func (c *Call) preflightByRoute(denied bool) Verdict {
	asOptions := c.Match
	c.match(c.Head.Get(http1.AccessControlRequestMethod))
	if v := c.url(); v != Forwards { // of this route, which may tolerate less
		return v
	}
	r := c.Match.Route
	if r == nil || r.Hidden { // for nobody in particular a hidden route is no route
		return c.preflightOfNothing(&asOptions, denied)
	}
	switch {
	case asOptions.Route != nil && asOptions.Route.Options && asOptions.Route.Credentials.Need == route.Public:
		c.Match = asOptions // who lists OPTIONS for everybody means it
	case r.Credentials.Need == route.Public:
	case r.Modes[route.CheckCredential] != route.Enforce:
		c.wouldDeny(denied)
	case r.Credentials.Need == route.Required && r.API.Preflight == route.RefusePreflights:
		if v := c.denyPreflight(problem.DetailPreflightOff); !c.waves(denied) {
			return v
		}
		return c.passBare()
	default:
		return c.passBare()
	}
	c.Preflight = true
	return Forwards
}

// wouldDeny notes a preflight that would be refused once credentials are enforced.
func (c *Call) wouldDeny(denied bool) {
	r := c.Match.Route
	if denied || r.Credentials.Need != route.Required || r.API.Preflight != route.RefusePreflights || c.mode(route.CheckPreflight) != route.Observe {
		return
	}
	c.denyPreflight(problem.DetailPreflightOff)
	c.observes(route.CheckPreflight)
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
func (c *Call) preflightOfNothing(asOptions *route.Match, denied bool) Verdict {
	api := c.Match.API
	if !c.Match.Demands() {
		c.Match = *asOptions
		return Forwards
	}
	v := c.denyPreflight(problem.DetailPreflightOff)
	if api != nil && api.Preflight == route.PassPreflights {
		c.Problem.Detail = problem.DetailPreflightRoute
	}
	if denied || c.relaxed() {
		c.Problem, c.Match = problem.Problem{}, *asOptions
		return Forwards
	}
	return v
}

// waves reports whether the denial that is set does not hold, by the mode of the route that the preflight asks for. One that was noted is not noted again.
func (c *Call) waves(denied bool) bool {
	if denied && c.mode(route.CheckPreflight) != route.Enforce {
		c.Problem = problem.Problem{}
		return true
	}
	return c.observes(route.CheckPreflight)
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
