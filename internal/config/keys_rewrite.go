package config

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/candor-gateway/candor/internal/route"
)

// Tables of what an upstream gets otherwise than the caller sent it: of an API, and of a route in its place.

// requestKeys are those of request:. prefix is what strip_prefix: true cuts, and why there may be none.
func requestKeys(prefix, none string) object[route.RewriteSpec] {
	type spec = route.RewriteSpec
	return object[spec]{
		what: "request",
		fields: []field[spec]{
			key("strip_prefix", func(s *spec) *string { return &s.Strip }, stripPrefix(prefix, none)),
			key("rewrite", func(s *spec) *spec { return s }, template),
			requestEdit,
		},
	}
}

// responseKeys are those of response:.
var responseKeys = object[route.RewriteSpec]{
	what: "response",
	fields: []field[route.RewriteSpec]{
		responseEdit,
		key("location", func(s *route.RewriteSpec) *bool { return &s.KeepLocation }, mapped),
		key("cookies", func(s *route.RewriteSpec) *bool { return &s.KeepCookies }, mapped),
	},
}

var mapped = oneOf(word[bool]{"auto", false}, word[bool]{"keep", true})

// stripPrefix is a literal path, true for the one that is there, or off.
func stripPrefix(prefix, none string) kind[string] {
	return kind[string]{
		read: func(r *reader, n *yaml.Node, v *string) {
			if *v = ""; isOff(n) {
				return
			}
			s, ok := r.scalar(n, "true, off or a path, as in /v2")
			switch {
			case !ok:
			case s != "true":
				if *v = strings.TrimSuffix(s, "/"); baseRule(*v) != "" {
					*v = "" // a route that takes it over is not at fault, too
					r.note(n, fmt.Sprintf("expected true, off or a literal path, as in /v2, not %s%s", r.quote(n), r.meantPrefix(n, s)))
				}
			case prefix == "":
				r.note(n, none)
			default:
				*v = prefix
			}
		},
		write: offOrText,
	}
}

// meantPrefix is what else is to be said of a prefix that is none: what was likely meant.
func (r *reader) meantPrefix(n *yaml.Node, s string) string {
	if _, variable := r.written[n]; variable { // what came of it may be a key
		return ""
	}
	switch word := strings.ToLower(s); {
	case slices.Contains([]string{"true", "yes", "on", "auto"}, word):
		return "; did you mean true?"
	case slices.Contains([]string{"off", "no", "none", "false"}, word):
		return "; did you mean off?"
	case baseRule("/"+strings.TrimSuffix(s, "/")) == "":
		return "; did you mean /" + strings.TrimSuffix(s, "/") + "?"
	}
	return "; rewrite: takes other paths apart"
}

func offOrText(v string) *yaml.Node { return textNode(cmp.Or(v, "off")) }

// template is read by internal/route. What came of a variable may be a key, and is never shown.
var template = kind[route.RewriteSpec]{
	read: func(r *reader, n *yaml.Node, v *route.RewriteSpec) {
		if v.Template, v.Shown = "", ""; isOff(n) {
			return
		}
		checked("a path, as in /v1/users/{id}, or off", curly).read(r, n, &v.Template)
		if written, variable := r.written[n]; variable {
			v.Shown = written
			if strings.Contains(written, ":-") {
				v.Shown = shownSecret(written, v.Template)
			}
		}
	},
	write: func(v route.RewriteSpec) *yaml.Node {
		if strings.Contains(v.Shown, "${") {
			return shownValue(route.NewText(v.Template, v.Shown))
		}
		return offOrText(cmp.Or(v.Shown, v.Template))
	},
}

// apiRequest is request: of an API. strip_prefix: true is its base.
func apiRequest() field[route.APISpec] {
	keys := func(a *route.APISpec) object[route.RewriteSpec] {
		return requestKeys(a.Base, "true cuts the API's base:, and this API has none; name the path to cut, as in strip_prefix: /v2")
	}
	return field[route.APISpec]{
		name:  "request",
		read:  func(r *reader, n *yaml.Node, a *route.APISpec) { keys(a).read(r, n, a.Rewrite) },
		write: func(a *route.APISpec) *yaml.Node { return keys(a).write(a.Rewrite) },
	}
}

// routeRequest is request: of a route, each key in the place of its API's. strip_prefix: true is what of its path stands before the first value.
func routeRequest(api *route.APISpec) field[route.Spec] {
	keys := func(s *route.Spec) object[route.RewriteSpec] {
		return requestKeys(route.LiteralPrefix(api.Base+s.Path), "true cuts the literal beginning of the route's path, and this one has none")
	}
	return field[route.Spec]{
		name: "request",
		read: func(r *reader, n *yaml.Node, s *route.Spec) { keys(s).read(r, n, s.Rewrite) },
		write: func(s *route.Spec) *yaml.Node {
			if reflect.DeepEqual(s.Rewrite, api.Rewrite) {
				return nil
			}
			return keys(s).write(s.Rewrite)
		},
	}
}

func apiResponse() field[route.APISpec] {
	return field[route.APISpec]{
		name:  "response",
		read:  func(r *reader, n *yaml.Node, a *route.APISpec) { responseKeys.read(r, n, a.Rewrite) },
		write: func(a *route.APISpec) *yaml.Node { return responseKeys.write(a.Rewrite) },
	}
}

func routeResponse(api *route.APISpec) field[route.Spec] {
	return field[route.Spec]{
		name: "response",
		read: func(r *reader, n *yaml.Node, s *route.Spec) { responseKeys.read(r, n, s.Rewrite) },
		write: func(s *route.Spec) *yaml.Node {
			if reflect.DeepEqual(s.Rewrite, api.Rewrite) {
				return nil
			}
			return responseKeys.write(s.Rewrite)
		},
	}
}

// ownRewrite is what a route takes of its API, to change as it likes.
func ownRewrite(api *route.APISpec) *route.RewriteSpec {
	own := *api.Rewrite
	return &own
}

// underHTTP says where the tolerances of an API or a route are.
const underHTTP = "stands under http:, as in http: {accept: [double_slash]}"

const underRequest = "stands under request:, as in request: {strip_prefix: true}"
