package admission

import (
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/problem"
)

// untouched reports whether the call is for an API that gets everything as it came.
func (c *Call) untouched() bool { return c.Match.API != nil && c.Match.API.Untouched }

// watchPreflight notes what would become of a preflight of an API that is left untouched, which answers them all itself. What is said of it as a preflight is
// all that is said: where it is answered or refused no other check looks at it.
func (c *Call) watchPreflight() {
	if !c.asksBefore() {
		return
	}
	mode := c.Match.API.Modes[route.CheckPreflight]
	if c.CORS = c.Match.API.CORS; c.CORS != nil {
		c.answerPreflight()
		c.CORS = nil
	} else if mode = c.watchPreflightByRoute(); c.Problem.Type == problem.None && !c.Preflight {
		return // a call like any other
	}
	if c.Problem.Type != problem.None && mode == route.Observe {
		c.note(route.CheckPreflight)
	}
	c.Problem = problem.Problem{}
	c.Preflight, c.judged = true, true
}

// watchPreflightByRoute judges a preflight by the route that it asks for, as preflightByRoute does where all is enforced. It answers the mode of preflights there.
func (c *Call) watchPreflightByRoute() route.Mode {
	asOptions := c.Match
	c.match(c.Head.Get(http1.AccessControlRequestMethod))
	m, r := &c.Match, c.Match.Route
	demands := m.Credentials.Need == route.Required && c.mode(route.CheckCredential) != route.Off
	switch refuses := m.API.Preflight == route.RefusePreflights; {
	case !c.leads() && !demands:
	case !c.leads() && refuses:
		c.denyPreflight(problem.DetailPreflightOff)
	case !c.leads():
		c.denyPreflight(problem.DetailPreflightRoute)
	case asOptions.Route != nil && asOptions.Route.Options && asOptions.Route.Credentials.Need == route.Public: // who lists OPTIONS for everybody means it
		c.Preflight = true
	case demands && refuses:
		c.denyPreflight(problem.DetailPreflightOff)
	default:
		c.Preflight = true
	}
	mode := route.Observe
	if r != nil {
		mode = c.mode(route.CheckPreflight)
	}
	c.Match = asOptions
	return mode
}

// leads reports whether the path and the method are those of a route that is no secret, or need not be.
func (c *Call) leads() bool {
	m := &c.Match
	switch {
	case m.Route == nil || m.Route.Hidden:
		return false
	case m.Pending == route.UnknownPath:
		return c.mode(route.CheckPath) == route.Off
	case m.Pending == route.WrongMethod:
		return c.mode(route.CheckMethod) == route.Off
	}
	return true
}

// scripts finds what scripts may read of the answer: of an API that is left untouched, what that says itself.
func (c *Call) scripts() {
	api := c.Match.API
	switch {
	case api == nil:
	case api.Untouched:
		c.CORS = nil
	default:
		c.CORS = api.CORS
	}
}
