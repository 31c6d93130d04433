package config

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/candor-gateway/candor/internal/route"
)

func (r *reader) checkAPIs() {
	if len(r.cfg.APIs) == 0 && r.cfg.Said("apis") && !r.failed("apis") {
		r.wrongAt("the list is empty; without an API no call can be forwarded", "apis")
	}
	for i := range r.cfg.APIs {
		api := &r.cfg.APIs[i]
		r.known(api.Upstream, &r.upstreams, "apis", i, "upstream")
		if len(api.Routes) == 0 && r.cfg.Said("apis", i, "routes") && !r.failed("apis", i, "routes") {
			r.wrongAt("the list is empty; an API needs a route, as in [{path: /**}]", "apis", i, "routes")
		}
		r.checkStrip(api.Rewrite, "apis", i)
		r.checkRetryOf(api, i)
		for j := range api.Routes {
			r.checkRoute(api, i, j)
			r.checkStrip(api.Routes[j].Rewrite, "apis", i, "routes", j)
		}
		r.checkPreflight(i)
	}
	r.checkRoutes()
	r.checkResources()
	r.checkEdits()
	r.checkCallers()
	r.checkPublic()
}

// checkStrip warns of a prefix that is cut for nothing: a template that does not take the path as a whole says itself what is left of it.
func (r *reader) checkStrip(w *route.RewriteSpec, where ...any) {
	at := func(key string) []any { return append(slices.Clip(where), "request", key) }
	if w == nil || w.Strip == "" || !strings.HasPrefix(w.Template, "/") || strings.Contains(w.Template, "{/}") || !r.cfg.Said(at("strip_prefix")...) || !r.cfg.Said(at("rewrite")...) ||
		r.noted(append(slices.Clip(where), "request")...) {
		return
	}
	r.warn("strip_prefix: cuts nothing here, since rewrite: makes the whole path; leave one out, or let the template take what is left with {/}, as in /v1{/}", at("strip_prefix")...)
}

// checkRoutes asks internal/route, which knows patterns and what two of them mean together.
func (r *reader) checkRoutes() {
	mistakes, warnings := route.Examine(r.cfg.APIs, r.sites(), r.cfg.Places())
	for _, err := range mistakes {
		var m *route.Mistake
		if !errors.As(err, &m) || r.noted(m.Where()...) {
			continue
		}
		say := m.Text
		if m.First != nil {
			say += fmt.Sprintf(" (the first is on line %d)", r.line(m.First...))
		}
		r.wrongAt(say, m.Where()...)
	}
	for _, m := range warnings {
		say := m.Text
		if m.First != nil {
			say += fmt.Sprintf(" (that one is on line %d)", r.line(m.First...))
		}
		r.warn(say, m.Where()...)
	}
}

// sites is, for the name of an upstream, the first that leads to the same servers.
func (r *reader) sites() map[string]string {
	first, sites := map[string]string{}, map[string]string{}
	for i := range r.cfg.Upstreams {
		u := &r.cfg.Upstreams[i]
		place := cmp.Or(u.Site(), u.Name)
		if _, met := first[place]; !met {
			first[place] = u.Name
		}
		sites[u.Name] = first[place]
	}
	return sites
}

// checkRoute checks what a route names that other parts of the file define.
func (r *reader) checkRoute(api *route.APISpec, i, j int) {
	s := &api.Routes[j]
	at := func(keys ...any) []any { return append([]any{"apis", i, "routes", j}, keys...) }
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
	r.checkRetry(s, at()...)
	if s.Hidden && !s.Restricted {
		r.wrongAt("only a restricted route can be hidden; add restricted: true and products:", at("hidden")...)
	}
}
