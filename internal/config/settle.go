package config

import (
	"net/url"
	"slices"
	"strings"

	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/internal/upstream"
	"github.com/candor-gateway/candor/problem"
)

// settle fills in what depends on more of the file than stands above it.
func (r *reader) settle() {
	for i := range r.cfg.Listeners {
		r.settleListener(i)
	}
	if w := r.cfg.WWW; w != nil {
		w.PublicURL = strings.TrimSuffix(w.PublicURL, "/")
		settleSignIn(&w.SignIn)
	}
	for i := range r.cfg.Apps {
		r.settleExternal(&r.cfg.Apps[i])
	}
	for i := range r.cfg.Upstreams {
		u := &r.cfg.Upstreams[i]
		u.Prefix = prefixOf(u.Targets)
		if !r.cfg.Said("upstreams", u.Name, "errors") && r.cfg.onlyLinkedIn(u.Name) {
			u.Wrap = upstream.WrapAll
		}
	}
	for i := range r.cfg.APIs {
		api := &r.cfg.APIs[i]
		if api.Name == "" && !r.cfg.Said("apis", i, "name") {
			api.Name = api.Upstream
		}
		r.settleModes(api, i)
		versionHeader(api.Version, api.Profile)
		for j := range r.cfg.APIs[i].Routes {
			r.settleRoute(api, i, j)
		}
	}
}

// prefixOf is the path of an upstream's URL.
func prefixOf(targets []string) string {
	if len(targets) == 0 {
		return ""
	}
	to, err := url.Parse(targets[0])
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(to.EscapedPath(), "/")
}

// settleListener: what no API can be found for is said as the only API would say it.
func (r *reader) settleListener(i int) {
	l := &r.cfg.Listeners[i]
	if len(r.cfg.APIs) != 1 {
		return
	}
	api := &r.cfg.APIs[0]
	if !r.cfg.Said("listeners", i, "profile") {
		l.Profile = api.Profile
	}
	if !r.cfg.Said("listeners", i, "cors") {
		l.CORS = api.CORS
	}
	if !r.cfg.Said("listeners", i, "errors") {
		l.Errors = api.Errors
	}
	if !r.cfg.Said("listeners", i, "headers") {
		l.Headers = route.HeaderNames{RequestID: api.Headers.RequestID}
	}
}

// onlyLinkedIn: an upstream's error answers are wrapped unless told otherwise where all its calls
// come through APIs of the linkedin profile.
func (c *Config) onlyLinkedIn(upstream string) bool {
	found := false
	for i := range c.APIs {
		api := &c.APIs[i]
		uses := slices.ContainsFunc(api.Routes, func(s route.Spec) bool { return s.Upstream == upstream })
		if uses && api.Profile != problem.LinkedIn {
			return false
		}
		found = found || uses
	}
	return found
}

func (r *reader) settleRoute(api *route.APISpec, i, j int) {
	s := &api.Routes[j]
	if s.Name == "" && s.Path != "" && !r.cfg.Said("apis", i, "routes", j, "name") {
		s.Name = routeName(s)
	}
	if s.Resource == "" && !r.cfg.Said("apis", i, "routes", j, "resource") {
		s.Resource = api.Shown(s)
	}
	r.settleRetry(s, i, j)
	s.VersionOff = s.Version == nil
	versionHeader(s.Version, api.Profile)
	if s.Body.CheckJSON && s.Modes[route.CheckBody] == route.Enforce && !r.cfg.Said("apis", i, "routes", j, "body", "max") {
		s.Body.Max = r.cfg.Limits.JSONBody
	}
}
