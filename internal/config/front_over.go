package config

import (
	"slices"

	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/internal/upstream"
)

// Over is a configuration of a file whose every check is only observed, and whose every call goes to the URL as it came: what the file would refuse is noted. What
// belongs to no API of the file passes all the same. file is not changed; its keys and its store are for whoever starts this to read.
func (f *Front) Over(file *Config) (*Config, error) {
	to, err := f.target()
	if err != nil {
		return nil, err
	}
	c, err := f.Config()
	if err != nil {
		return nil, err
	}
	c.Problems, c.Support, c.Docs, c.Fabric = file.Problems, file.Support, file.Docs, file.Fabric
	c.Scopes, c.Products, c.Apps, c.Quotas = file.Scopes, file.Products, file.Apps, file.Quotas
	c.Limits.Body, c.Limits.JSONBody = file.Limits.Body, file.Limits.JSONBody
	var apis []route.APISpec
	for i := range file.APIs {
		apis = append(apis, observed(&file.APIs[i], file.Upstreams))
	}
	c.Upstreams = nil
	for i := range file.Upstreams {
		u := f.upstream(to)
		u.Name = file.Upstreams[i].Name
		c.Upstreams = append(c.Upstreams, u)
	}
	if !slices.ContainsFunc(apis, func(a route.APISpec) bool { return len(a.Hosts) == 0 && a.Base == "" }) {
		rest := c.APIs[0]
		rest.Name, rest.Upstream = unused(apis), c.Upstreams[0].Name
		rest.Routes[0].Upstream, rest.Routes[0].Resource = rest.Upstream, rest.Name+"/all"
		apis = append(apis, rest)
	}
	c.APIs = apis
	return c, nil
}

// unused is a name that no API has.
func unused(apis []route.APISpec) string {
	name := frontName
	for slices.ContainsFunc(apis, func(a route.APISpec) bool { return a.Name == name }) {
		name += "-rest"
	}
	return name
}

// observed is an API whose checks are observed where they would be enforced. To answer a preflight is the API's affair, and so is how long a WebSocket lasts.
func observed(api *route.APISpec, ups []upstream.Spec) route.APISpec {
	a, accept := *api, route.AcceptAll
	a.Untouched, a.Unguarded, a.Accept = true, true, accept
	a.Headers = route.HeaderNames{RequestID: commonID}
	a.Modes = observing(a.Modes)
	if a.Upstream == "" {
		a.Upstream = ups[0].Name
	}
	a.Routes = slices.Clone(api.Routes)
	for i := range a.Routes {
		r := &a.Routes[i]
		modes := a.Modes
		if r.Modes != nil {
			modes = observing(*r.Modes)
		}
		r.Modes, r.Accept, r.Upgrade, r.CallTimeout, r.FirstByte, r.Gap = &modes, &accept, nil, 0, nil, nil
	}
	return a
}

func observing(m route.Modes) route.Modes {
	for check := range m {
		if m[check] == route.Enforce {
			m[check] = route.Observe
		}
	}
	return m
}

// WithoutCallers observes no check that asks who calls: nothing could be verified.
func (c *Config) WithoutCallers() {
	blind := []route.Check{route.CheckCredential, route.CheckPermission, route.CheckQuota}
	for i := range c.APIs {
		for _, check := range blind {
			c.APIs[i].Modes[check] = route.Off
		}
		for j := range c.APIs[i].Routes {
			for _, check := range blind {
				c.APIs[i].Routes[j].Modes[check] = route.Off
			}
		}
	}
}
