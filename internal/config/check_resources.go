package config

import "fmt"

// checkResources judges the resources that routes name: a resource is shared by its name, and api/route is that of a route that names none.
func (r *reader) checkResources() {
	own := r.ownResources()
	shown := define("route", "apis", own, func(s *string) string { return *s })
	byName := map[string]string{}
	for i := range r.cfg.APIs {
		for j := range r.cfg.APIs[i].Routes {
			s := &r.cfg.APIs[i].Routes[j]
			if name := r.cfg.APIs[i].Shown(s); s.Resource == name {
				byName[s.Name] = name
			}
		}
	}
	for i := range r.cfg.APIs {
		for j := range r.cfg.APIs[i].Routes {
			at := []any{"apis", i, "routes", j, "resource"}
			s := &r.cfg.APIs[i].Routes[j]
			switch other := byName[s.Resource]; {
			case !r.cfg.Said(at...) || resourceRule(s.Resource) != "":
			case isShown(s.Resource):
				r.known(s.Resource, &shown, at...)
			case other != "" && other != r.cfg.APIs[i].Shown(s):
				r.warn(fmt.Sprintf("the resource %s is not that of the route %s, which counts by itself; write resource: %s to count both together",
					quoted(s.Resource), other, other), at...)
			}
		}
	}
}

// ownResources are the names of all routes as they are shown.
func (r *reader) ownResources() (names []string) {
	for i := range r.cfg.APIs {
		for j := range r.cfg.APIs[i].Routes {
			names = append(names, r.cfg.APIs[i].Shown(&r.cfg.APIs[i].Routes[j]))
		}
	}
	return names
}
