package admission

import (
	"bytes"

	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/problem"
)

// overrides are the fields by which frameworks take another method than the call's, also with '_' for '-'; "" for all others.
var overrides = [http1.NameCount]string{
	http1.XHTTPMethodOverride: "X-HTTP-Method-Override",
	http1.XHTTPMethod:         "X-HTTP-Method",
	http1.XMethodOverride:     "X-Method-Override",
}

// overridden refuses a field that overrides the method. Where the method is not enforced it passes as it came, unless some route of the path enforces a credential.
func (c *Call) overridden() Verdict {
	v := c.override()
	if v == Refuses && c.Match.MayOverride() && c.observes(route.CheckMethod) {
		return Forwards
	}
	return v
}

// override refuses an override of the method but the tunnelled query: the call would be authorised as one method and done as another. Where no route of the
// upstream looks at credentials nothing is authorised, and one passes that makes of the call no other than what its path takes.
func (c *Call) override() Verdict {
	h, tunnels := c.Head, 0
	for i := range h.Fields {
		f := &h.Fields[i]
		if overrides[f.Like] == "" || c.harmless(f.Value.Of(h.Buf)) {
			continue
		}
		if c.Tunnelled && f.ID == http1.XHTTPMethodOverride && tunnels == 0 {
			tunnels++
			continue
		}
		if c.Match.AsksNoMore() && c.tolerates(route.OverrideHeaders) || c.untouched() {
			continue
		}
		c.Problem = problem.Problem{Type: problem.InvalidInput, Detail: problem.DetailOverrideRefused, Name: overrideOf(f, h.Buf)}
		return Refuses
	}
	return Forwards
}

// overrideOf is the name of a field that overrides the method. It is that of the field that was sent: whoever spelled it with '_' finds it so.
func overrideOf(f *http1.Field, buf []byte) string {
	if f.ID != f.Like {
		return string(f.Name.Of(buf))
	}
	return overrides[f.ID]
}

func (c *Call) harmless(method []byte) bool {
	if c.Match.Route.PathIsFinal {
		return false
	}
	var buf [32]byte
	capitals := capitalsOf(&buf, bytes.TrimSpace(method))
	return capitals != nil && (len(capitals) == 0 || c.Policy.Routes.Takes(&c.Match, capitals))
}
