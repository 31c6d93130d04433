package config

import (
	"errors"
	"fmt"

	"github.com/candor-gateway/candor/internal/route"
)

func (r *reader) checkAPIs() {
	if len(r.cfg.APIs) == 0 && r.cfg.Said("apis") && !r.failed("apis") {
		r.wrongAt("the list is empty; without an API no call can be forwarded", "apis")
	}
	names := map[string]int{}
	for i := range r.cfg.APIs {
		api := &r.cfg.APIs[i]
		if before, twice := names[api.Name]; twice && api.Name != "" {
			r.wrongAt(fmt.Sprintf("the API %s is here twice; the first is on line %d. Give this one another name:", quoted(api.Name), r.line("apis", before)), "apis", i, "name")
		}
		names[api.Name] = i
		r.known(api.Upstream, &r.upstreams, "apis", i, "upstream")
		if len(api.Routes) == 0 && r.cfg.Said("apis", i, "routes") && !r.failed("apis", i, "routes") {
			r.wrongAt("the list is empty; an API needs a route, as in [{path: /**}]", "apis", i, "routes")
		}
		before := map[string]int{}
		for j := range api.Routes {
			r.checkRoute(api, i, j, before)
		}
		r.checkPreflight(i)
	}
	r.checkRoutes()
	r.checkResources()
	r.checkCallers()
}

// checkRoutes asks internal/route, which knows patterns and what two of them mean together.
func (r *reader) checkRoutes() {
	mistakes, warnings := route.Check(r.cfg.APIs)
	for _, err := range mistakes {
		var m *route.Mistake
		if errors.As(err, &m) && !r.noted(m.Where()...) {
			r.wrongAt(m.Text, m.Where()...)
		}
	}
	for _, m := range warnings {
		r.warn(m.Text, m.Where()...)
	}
}

// checkRoute checks one route; before holds where each name of the API was met.
func (r *reader) checkRoute(api *route.APISpec, i, j int, before map[string]int) {
	s := &api.Routes[j]
	at := func(keys ...any) []any { return append([]any{"apis", i, "routes", j}, keys...) }
	if first, twice := before[s.Name]; twice && s.Name != "" {
		r.wrongAt(fmt.Sprintf("this API has the route %s twice; the first is on line %d. Give this one another name:", quoted(s.Name), r.line("apis", i, "routes", first)), at("name")...)
	}
	before[s.Name] = j
	switch {
	case s.Upstream == "" && !r.failed("upstreams") && !r.failed(at("upstream")...) && !r.failed("apis", i, "upstream"):
		r.wrongAt("this route has no upstream; name one here or for its API with upstream:", at()...)
	case r.cfg.Said(at("upstream")...):
		r.known(s.Upstream, &r.upstreams, at("upstream")...)
	}
	for k, set := range s.Scopes {
		for l, name := range set {
			r.known(name, &r.scopes, at("scopes", k, l)...)
		}
	}
	for k, name := range s.Products {
		r.known(name, &r.products, at("products", k)...)
	}
	r.known(s.Quota, &r.quotas, at("quota")...)
	r.checkMethods(s.Methods, at("methods")...)
	r.checkSense(s, at)
}

// checkSense notes what cannot be meant: a check that could never hold, or never fail.
func (r *reader) checkSense(s *route.Spec, at func(...any) []any) {
	switch public := *s.Credentials == route.Public; {
	case public && len(s.Scopes) > 0:
		r.wrongAt("a public route looks at no credential, so it can ask for no scopes; use credentials: bearer", at("scopes")...)
	case public && len(s.Products) > 0:
		r.wrongAt("a public route looks at no credential, so it can ask for no products; use credentials: bearer", at("products")...)
	}
	if s.Restricted && len(s.Products) == 0 {
		r.wrongAt("a restricted route is for apps with a product; name it with products:", at("restricted")...)
	}
	if s.Hidden && !s.Restricted {
		r.wrongAt("only a restricted route can be hidden; add restricted: true and products:", at("hidden")...)
	}
	if *s.Credentials == route.Public && s.Quota != "" {
		r.warn("a public route knows no app and no member, so its quota counts nothing", at("quota")...)
	}
}

// checkCallers warns where nobody could ever get through.
func (r *reader) checkCallers() {
	if len(r.cfg.Apps) > 0 {
		return
	}
	for i := range r.cfg.APIs {
		for j := range r.cfg.APIs[i].Routes {
			if *r.cfg.APIs[i].Routes[j].Credentials == route.Bearer {
				r.warn("routes ask for a token, but there are no apps: to hold one; add apps:, or say credentials: public", "apis", i)
				return
			}
		}
	}
}
