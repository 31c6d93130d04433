package admission

import (
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/route"
)

// tolerates reports whether the call's route lets something pass, and notes what came of that: that it was let pass, or that it would be.
func (c *Call) tolerates(a route.Accept) bool {
	r := c.Match.Route
	if r == nil || !r.MayAccept().Has(a) {
		return false
	}
	if !r.Accept.Has(a) {
		c.WouldPass |= a
		return false
	}
	c.Tolerated |= a
	return true
}

// url refuses a path or query that is not what it should be, unless that is tolerated.
func (c *Call) url() Verdict {
	h, table := c.Head, c.Policy.Routes
	path, query := h.Path.Of(h.Buf), h.Query.Of(h.Buf)
	f := table.CheckURL(&c.Match, path, query)
	c.Tolerated |= c.Match.Tolerated
	if !f.Bad() || c.untouched() { // what no tolerance is for, such as '#' in a path, is the API's own affair there
		return Forwards
	}
	c.wouldPass(path, query)
	return c.refuseURL(f)
}

// wouldPass notes what would have to be tolerated for a wrong URL to pass: nothing, where the path would then be taken for another spelling.
func (c *Call) wouldPass(path, query []byte) {
	h, table := c.Head, c.Policy.Routes
	needed := table.Needs(&c.Match, path, query)
	if c.Match.Route == nil || needed == 0 {
		return
	}
	switch h.Soft.Kind {
	case http1.OK:
	case http1.ExpectationFailed:
		needed |= route.Expect &^ c.Match.Accept()
	default:
		return
	}
	m := c.Match
	m.Tolerated |= needed
	var stricter *route.Route
	if stricter, c.plain = table.Stricter(h.Authority.Of(h.Buf), path, &m, c.plain); stricter == nil {
		c.WouldPass |= needed
	}
}
