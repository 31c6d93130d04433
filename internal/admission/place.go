package admission

import (
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/problem"
)

// place finds the API and the route. What is wrong with the URL itself is said at once; what the route would refuse waits for the credential.
func (c *Call) place() Verdict {
	h := c.Head
	if h.Form == http1.AuthorityForm || h.Form == http1.AsteriskForm && !c.asksServer() {
		return c.soft()
	}
	c.match(h.Method.Of(h.Buf))
	if c.tunnels() {
		c.Tunnelled = true
		c.match(get)
		c.Tunnelled = c.Match.Route != nil && c.Match.Route.Tunnel
		if !c.Tunnelled {
			c.match(h.Method.Of(h.Buf))
		}
	}
	c.scripts()
	if v := c.url(); v != Forwards {
		return v
	}
	if v := c.soft(); v != Forwards {
		return v
	}
	if c.Match.Pending == route.WrongHost {
		c.Problem = problem.Problem{Type: problem.MisdirectedRequest, Excerpt: h.Authority.Of(h.Buf)}
		if h.Form == http1.AbsoluteForm { // clients send a whole URL to what they take for a proxy
			c.Problem.Detail = problem.DetailNoProxy
		}
		return Refuses
	}
	return Forwards
}

func (c *Call) match(method []byte) {
	h := c.Head
	c.Policy.Routes.Match(h.Authority.Of(h.Buf), method, h.Path.Of(h.Buf), &c.Match)
}

// soft refuses a call whose request line or Expect field was wrong in a way that left the framing whole.
func (c *Call) soft() Verdict {
	if c.Head.Soft.Kind == http1.OK {
		return Forwards
	}
	if c.Head.Soft.Kind == http1.ExpectationFailed && (c.tolerates(route.Expect) || c.untouched()) {
		return Forwards
	}
	FromFault(&c.Problem, c.Head.Soft, c.Head.Buf, c.Policy.Heads)
	return Refuses
}

// tunnels reports whether this is a POST that asks to be taken for a GET.
func (c *Call) tunnels() bool {
	h := c.Head
	return h.Count(http1.XHTTPMethodOverride) == 1 && string(h.Method.Of(h.Buf)) == "POST" &&
		string(h.Get(http1.XHTTPMethodOverride)) == "GET"
}

// asksServer reports whether an OPTIONS * is for a server that is left untouched, whose every path is the route that it then gets.
func (c *Call) asksServer() bool {
	c.match(c.Head.Method.Of(c.Head.Buf))
	if c.untouched() {
		return true
	}
	c.Match = route.Match{}
	return false
}

// withoutRoute answers what no route decides about: OPTIONS *, CONNECT and preflights (docs/contract.md).
func (c *Call) withoutRoute() Verdict {
	h := c.Head
	if c.untouched() {
		c.watchPreflight()
		return Forwards
	}
	switch h.Form {
	case http1.AsteriskForm:
		return Answers
	case http1.AuthorityForm:
		c.Problem = problem.Problem{Type: problem.MethodNotAllowed, Detail: problem.DetailConnect, Method: h.Method.Of(h.Buf)}
		return Refuses
	case http1.OriginForm, http1.AbsoluteForm:
	}
	if c.asksBefore() {
		return c.preflight()
	}
	if c.CORS != nil {
		c.leaveScripts()
	}
	return Forwards
}

// spelling refuses a path that, as a careless reader behind us would see it, belongs to a route that asks for more. The answer does not say which: Stricter
// is for the log alone.
func (c *Call) spelling() Verdict {
	h := c.Head
	path := h.Path.Of(h.Buf)
	if c.untouched() {
		return Forwards
	}
	if r := c.Match.Route; r != nil && r.Rewrite != nil {
		c.behind = r.Rewrite.AppendPath(c.behind[:0], path)
		path = c.behind
	}
	if c.Stricter, c.plain = c.Policy.Routes.Stricter(h.Authority.Of(h.Buf), path, &c.Match, c.plain); c.Stricter == nil {
		return Forwards
	}
	return c.refuseURL(route.Respelled(h.Path.Of(h.Buf)))
}

// rewriting refuses a path of which none can be made for the upstream. What the template is, is nobody's business: a hidden route is no route for most.
func (c *Call) rewriting() Verdict {
	h, r := c.Head, c.Match.Route
	if r == nil || r.Rewrite == nil {
		return Forwards
	}
	path := h.Path.Of(h.Buf)
	c.behind = r.Rewrite.AppendPath(c.behind[:0], path)
	if f := r.Rewrite.Check(path, c.behind); f.Bad() {
		return c.refuseURL(f)
	}
	return Forwards
}

func (c *Call) refuseURL(f route.URLFault) Verdict {
	c.Problem = problem.Problem{Type: problem.InvalidURL, Detail: f.Detail, Part: f.Part, At: f.At, Excerpt: f.Excerpt}
	return Refuses
}

// Locate finds the API of a call whose problem is known already, so that the answer speaks as that API does.
func (c *Call) Locate() {
	if f := c.Head.Form; f == http1.OriginForm || f == http1.AbsoluteForm {
		c.match(c.Head.Method.Of(c.Head.Buf))
	}
	c.scripts()
}

// LocateByLines is Locate for a head that has a framing fault: only the complete, valid lines before it count.
func (c *Call) LocateByLines() {
	h := c.Head
	host := h.Get(http1.Host)
	if host == nil || h.Path.Empty() {
		return
	}
	c.Policy.Routes.Match(host, h.Method.Of(h.Buf), h.Path.Of(h.Buf), &c.Match)
	c.scripts()
}
