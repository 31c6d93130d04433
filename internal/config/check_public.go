package config

import (
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/route"
)

// publicRule is for the address of an API, which is its name as a resource (RFC 9728 §1.2): https, or http for this machine alone.
func publicRule(s string) string {
	const expected = "expected https://host and a path, as in https://api.example.com/v2"
	if s == "" {
		return ""
	}
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || !isHostPort(u.Host) || u.User != nil:
		return "is not a valid URL of an API: " + expected
	case u.RawQuery != "" || u.ForceQuery || strings.Contains(s, "#"):
		return "has a query or a fragment; " + expected
	case strings.HasSuffix(s, "/"):
		return "ends with a slash; clients compare it character by character, so leave that out"
	case strings.ContainsFunc(s, func(c rune) bool { return c <= ' ' || c > '~' || c == '"' || c == '\\' }) || u.Path != "" && baseRule(u.Path) != "":
		return "has a path that is none of an API: " + expected
	case u.Scheme == "http" && !access.IsLoopback(u.Hostname()):
		return "begins with http://, by which tokens would be sent in the clear; " + expected
	}
	return ""
}

// checkPublic judges the addresses of APIs: each is that of one, under a host of its own, and said to clients of our authorization server.
func (r *reader) checkPublic() {
	seen := map[string]int{}
	for i := range r.cfg.APIs {
		api := &r.cfg.APIs[i]
		u, err := url.Parse(api.PublicURL)
		if api.PublicURL == "" || err != nil || publicRule(api.PublicURL) != "" {
			continue
		}
		before, twice := seen[api.PublicURL]
		switch {
		case twice:
			r.wrongAt(fmt.Sprintf("this is the API on line %d; two cannot have one address", r.line("apis", before)), "apis", i, "public_url")
		case !reachedBy(api, u.Hostname()):
			r.wrongAt(fmt.Sprintf("calls for %s do not reach this API: its hosts: are %s", quoted(u.Hostname()), strings.Join(api.Hosts, ", ")), "apis", i, "public_url")
		case r.cfg.OAuth == nil:
			r.warn("public_url: tells clients of our authorization server, which is off; say oauth: {} or leave it out", "apis", i, "public_url")
		case !api.Credentials.Kinds.Has(access.OwnToken):
			r.warn("public_url: tells clients of our authorization server, whose tokens this API does not take; say tokens: [own] or leave it out", "apis", i, "public_url")
		}
		seen[api.PublicURL] = i
	}
}

// reachedBy reports whether calls for a host are for an API.
func reachedBy(api *route.APISpec, name string) bool {
	return len(api.Hosts) == 0 || slices.ContainsFunc(api.Hosts, func(host string) bool {
		if h, _, err := net.SplitHostPort(host); err == nil {
			host = h
		}
		host = strings.Trim(host, "[]")
		if below, wild := strings.CutPrefix(host, "*"); wild {
			return strings.HasSuffix(strings.ToLower(name), below)
		}
		return strings.EqualFold(host, name)
	})
}
