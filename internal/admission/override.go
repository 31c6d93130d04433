package admission

import (
	"bytes"

	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/problem"
)

// overrides are the fields by which frameworks take another method than the call's.
var overrides = [...]struct {
	like http1.Name // also with '_'
	name string
}{
	{http1.XHTTPMethodOverride, "X-HTTP-Method-Override"},
	{http1.XHTTPMethod, "X-HTTP-Method"},
	{http1.XMethodOverride, "X-Method-Override"},
}

// overridden refuses an override of the method but the tunnelled query: the call would be authorised as one method and done as another. Where no route of the
// upstream looks at credentials nothing is authorised, and one passes that makes of the call no other than what its path takes.
func (c *Call) overridden() Verdict {
	h, tunnels := c.Head, 0
	for i := range h.Fields {
		name := overrideOf(&h.Fields[i], h.Buf)
		if name == "" || c.harmless(h.Fields[i].Value.Of(h.Buf)) {
			continue
		}
		if c.Tunnelled && h.Fields[i].ID == http1.XHTTPMethodOverride && tunnels == 0 {
			tunnels++
			continue
		}
		c.Problem = problem.Problem{Type: problem.InvalidInput, Detail: problem.DetailOverrideRefused, Name: name}
		return Refuses
	}
	return Forwards
}

// overrideOf is the name of a field that overrides the method, "" of any other. It is that of the field that was sent: whoever spelled it with '_' finds it so.
func overrideOf(f *http1.Field, buf []byte) string {
	for i := range overrides {
		switch o := &overrides[i]; {
		case f.ID == o.like:
			return o.name
		case f.Like == o.like:
			return string(f.Name.Of(buf))
		}
	}
	return ""
}

func (c *Call) harmless(method []byte) bool {
	if c.Match.Route.PathIsFinal {
		return false
	}
	var buf [32]byte
	capitals := capitalsOf(&buf, bytes.TrimSpace(method))
	return capitals != nil && (len(capitals) == 0 || c.Policy.Routes.Takes(&c.Match, capitals))
}
