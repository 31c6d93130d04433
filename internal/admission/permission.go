package admission

import (
	"bytes"
	"strings"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/ascii"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/problem"
)

// resource refuses a path that is nothing, or nothing for this caller: both get the same answer.
func (c *Call) resource() Verdict {
	m := &c.Match
	if as := m.As(c.products); as == route.Nothing || as == route.WrongMethod {
		return Forwards
	}
	path := c.Head.Path.Of(c.Head.Buf)
	c.Problem = problem.Problem{
		Type:  problem.ResourceNotFound,
		Word:  c.Policy.Routes.Missing(m, path, c.products),
		Hides: m.API != nil && m.API.Profile == problem.LinkedIn,
	}
	if c.trial || c.mode(route.CheckPath) == route.Enforce { // nobody is told of what is only observed, and a hint costs more than all else
		c.Problem.Nearest = c.Policy.Routes.Nearest(m, path, c.products)
	}
	return Refuses
}

// method refuses what the path does not take.
func (c *Call) method() Verdict {
	m := &c.Match
	method := c.Method()
	if m.As(c.products) != route.WrongMethod {
		if m.Unlisted(method) {
			c.Tolerated |= route.AnyMethod
		}
		return Forwards
	}
	if m.WouldTake(method) {
		c.WouldPass |= route.AnyMethod
	}
	c.Problem = problem.Problem{Type: problem.NotImplemented, Detail: problem.DetailUnknownMethod, Method: method}
	if c.Policy.Routes.Knows(m, method, c.products) {
		c.Problem = problem.Problem{Type: problem.MethodNotAllowed, Method: method}
	}
	c.Problem.Allow = c.Policy.Routes.AppendAllow(c.allow[:0], m, c.products)
	c.wrongCase(&c.Problem)
	return Refuses
}

// wrongCase tells a method that would be taken in capitals from one that nobody knows (RFC 9110 §9.1: methods are case-sensitive), and from one that would
// not be taken in capitals either.
func (c *Call) wrongCase(p *problem.Problem) {
	var buf [32]byte
	capitals := capitalsOf(&buf, p.Method)
	switch {
	case capitals == nil, bytes.Equal(capitals, p.Method):
	case lists(p.Allow, capitals) && p.Type == problem.MethodNotAllowed:
		p.Detail = problem.DetailMethodCaseHere
	case lists(p.Allow, capitals):
		p.Detail = problem.DetailMethodCase
	case p.Type == problem.NotImplemented && c.Policy.Routes.Knows(&c.Match, capitals, c.products):
		p.Detail = problem.DetailMethodCaseOnly
	}
}

// capitalsOf is a method in capitals, nil if it is longer than any.
func capitalsOf(buf *[32]byte, method []byte) []byte {
	if len(method) > len(buf) {
		return nil
	}
	for i, b := range method {
		buf[i] = ascii.Upper(b)
	}
	return buf[:len(method)]
}

// lists reports whether a method is one of a list for Allow.
func lists(allow, method []byte) bool {
	for one := range bytes.SplitSeq(allow, []byte(", ")) {
		if bytes.Equal(one, method) {
			return true
		}
	}
	return false
}

// version judges the version that a versioned route asks for.
func (c *Call) version() Verdict {
	r := c.Match.Route
	if r.Version == nil || c.Preflight {
		return Forwards
	}
	sent := c.sentVersion()
	switch r.Version.Judge(sent, c.At) {
	case route.VersionActive:
		return Forwards
	case route.VersionMissing:
		c.Problem = problem.Problem{Type: problem.VersionMissing, Name: r.Version.Header, Active: r.Version.Active(c.At)}
	case route.VersionInactive:
		c.Problem = problem.Problem{Type: problem.NonexistentVersion, Name: r.Version.Header, Version: sent, Active: r.Version.Active(c.At), Status: r.Version.Status}
	}
	return Refuses
}

// sentVersion is the value of the field in which the route's version is sent, nil for none.
func (c *Call) sentVersion() []byte {
	h, name := c.Head, c.Match.Route.Version.Header
	for i := range h.Fields {
		if f := h.Fields[i].Name; f.Len() == len(name) && bytes.EqualFold(f.Of(h.Buf), []byte(name)) {
			return h.Fields[i].Value.Of(h.Buf)
		}
	}
	return nil
}

// permission asks whether this app, for this member, may do this.
func (c *Call) permission() Verdict {
	by := &c.Caller
	if !by.Known() {
		return Forwards
	}
	if by.App == nil || by.App.Disabled {
		c.Problem = problem.Problem{Type: problem.AppDisabled}
		return Refuses
	}
	if together := c.Match.Route.Together; len(together) > 0 {
		return c.allowedBy(together)
	}
	return c.allowed(c.Match.Route)
}

// allowedBy asks every route of a path, none of which takes the call's method: behind us it may do what any of them does.
func (c *Call) allowedBy(routes []*route.Route) Verdict {
	for _, r := range routes {
		if v := c.allowed(r); v != Forwards {
			return v
		}
	}
	return Forwards
}

// allowed asks whether the caller may use a route.
func (c *Call) allowed(r *route.Route) Verdict {
	by := &c.Caller
	if !r.OpenTo(c.products) {
		c.deny(r, problem.AppLacksProduct, r.ProductNames)
		return Refuses
	}
	if access.Satisfied(r.Scopes, by.Scopes) {
		return Forwards
	}
	reason := problem.NotAskedFor
	switch {
	case by.Kind == access.ExternalToken: // its issuer gives scopes, and has not told us why not this one
		reason = problem.ScopeMissing
	case !access.Satisfied(r.Scopes, by.App.Scopes):
		reason = problem.AppLacksProduct
	}
	c.deny(r, reason, r.RequiredText)
	return Refuses
}

func (c *Call) deny(r *route.Route, reason problem.Reason, required []string) {
	c.Problem = problem.Problem{
		Type: problem.AccessDenied, Reason: reason, Required: required, Granted: c.grantedNames(),
		NoMember: c.Caller.Member == nil, Method: c.Method(), Resource: r.Display, Example: r.Example, Docs: r.Docs,
	}
	if r.Version != nil {
		c.Problem.Resource, c.Problem.Version = r.Entity, c.sentVersion()
	}
}

// grantedNames are the caller's scopes by name, parts of their own text.
func (c *Call) grantedNames() []string {
	names, rest := c.granted[:0], c.Caller.ScopeText
	for rest != "" && len(names) < cap(names) {
		var name string
		if name, rest, _ = strings.Cut(rest, " "); name != "" {
			names = append(names, name)
		}
	}
	return names
}
