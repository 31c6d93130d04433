package config

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/candor-gateway/candor/internal/route"
)

// mode is what becomes of a call that a check would refuse.
var mode = oneOf(
	word[route.Mode]{route.Enforce.String(), route.Enforce},
	word[route.Mode]{route.Observe.String(), route.Observe},
	word[route.Mode]{route.Off.String(), route.Off},
)

// modeKeys are the checks, each with its mode.
var modeKeys = func() object[route.Modes] {
	o := object[route.Modes]{what: "mode"}
	for c := range route.CheckCount {
		o.fields = append(o.fields, key(c.String(), func(m *route.Modes) *route.Mode { return &m[c] }, mode))
	}
	return o
}()

// modes is one word for all checks, or a mode for each that is named.
var modes = kind[route.Modes]{
	read: func(r *reader, n *yaml.Node, v *route.Modes) {
		switch {
		case n.Kind == yaml.MappingNode:
			modeKeys.read(r, n, v)
		case n.Kind == yaml.ScalarNode && !isNull(n):
			all := route.Enforce
			mode.read(r, n, &all)
			*v = route.All(all)
		default:
			r.note(n, fmt.Sprintf("expected enforce, observe or off, or a mapping from checks to those, as in {quota: observe}, not %s; the checks are %s",
				shapeOrNothing(n), strings.Join(modeKeys.names(), ", ")))
		}
	},
	write: func(v route.Modes) *yaml.Node {
		if v == route.All(v[0]) {
			return textNode(v[0].String())
		}
		n := modeKeys.write(&v)
		n.Style = yaml.FlowStyle
		return n
	},
}

// settleModes: permission follows the credential where nobody has named it, and a route that says nothing has what its API says.
func (r *reader) settleModes(api *route.APISpec, i int) {
	named := r.cfg.Said("apis", i, "mode", route.CheckPermission.String())
	if !named && r.byCheck("apis", i, "mode") {
		api.Modes[route.CheckPermission] = api.Modes[route.CheckCredential]
	}
	for j := range api.Routes {
		at := []any{"apis", i, "routes", j, "mode"}
		m := api.Routes[j].Modes
		switch {
		case !r.cfg.Said(at...):
			*m = api.Modes
		case r.byCheck(at...) && !named && !r.cfg.Said(append(at, route.CheckPermission.String())...):
			m[route.CheckPermission] = m[route.CheckCredential]
		}
	}
}

// byCheck reports whether a mapping stands at a place of the file.
func (r *reader) byCheck(path ...any) bool {
	_, value, whole := find(r.cfg.root, path)
	return whole && value.Kind == yaml.MappingNode
}
