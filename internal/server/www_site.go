package server

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"reflect"
	"strings"

	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/forwarded"
	"github.com/candor-gateway/candor/internal/pages"
	"github.com/candor-gateway/candor/problem"
)

// site is what www serves by one configuration.
type site struct {
	pages    *reference
	facts    siteFacts
	auth     *authorization // nil: none
	entrance *entrance      // nil: nobody signs in
	lookup   func() *lookup // into the request log
}

// siteFacts are what a site is made from.
type siteFacts struct {
	pages   pages.Options
	host    string // by which people reach it; "" is any
	proxies forwarded.Proxies
}

// newSite makes the site of a configuration; nil where www is off.
func (s *Server) newSite(ctx context.Context, cfg *config.Config) (*site, error) {
	if cfg.WWW == nil {
		return nil, nil
	}
	facts := siteFacts{pages: PageOptions(cfg), proxies: cfg.WWW.TrustedProxies}
	if public, err := url.Parse(cfg.WWW.PublicURL); err == nil {
		facts.host = strings.ToLower(public.Hostname())
	}
	entrance, err := s.newEntrance(ctx, cfg)
	if err != nil {
		return nil, err
	}
	next := &site{facts: facts, auth: s.newAuthorization(cfg), entrance: entrance, lookup: s.lookup}
	if was := s.www.site.Load(); was != nil && reflect.DeepEqual(was.facts.pages, facts.pages) {
		next.pages = was.pages // to make them takes longer than all else of a reload
		return next, nil
	}
	next.pages, err = newReference(s.o.Pages, facts.pages, s.o.Sandbox.Pages != nil)
	return next, err
}

// PageOptions are the words in which a configuration has the pages of the errors.
func PageOptions(cfg *config.Config) pages.Options {
	o := pages.Options{
		Profile: cfg.Profile, Overrides: cfg.Problems, Support: cfg.Support, Authentication: cfg.Docs.Authentication,
		Errors: cfg.ErrorPages(), Fabric: cfg.Fabric,
	}
	for i := range cfg.APIs {
		if cfg.APIs[i].Profile != cfg.APIs[0].Profile {
			return o
		}
		o.Profile = cfg.APIs[i].Profile
	}
	return o
}

// checkHost refuses a name that is not the site's: a page elsewhere can have its own name lead here (DNS rebinding). An address cannot be made to, nor can
// localhost; so health checks pass. Without a known name all pass, and no answer repeats what a caller sent.
func (f *siteFacts) checkHost(r *http.Request) *problem.Problem {
	name := r.Host
	if n, _, err := net.SplitHostPort(name); err == nil {
		name = n
	}
	name = strings.TrimSuffix(strings.ToLower(strings.Trim(name, "[]")), ".")
	if _, err := netip.ParseAddr(name); err == nil || f.host == "" || name == f.host || name == "" || name == "localhost" {
		return nil
	}
	return &problem.Problem{Type: problem.MisdirectedRequest, Excerpt: []byte(r.Host)}
}

// client is who calls: the peer, or whom a balancer that is trusted names, from the right the first that is none of them.
func (f *siteFacts) client(r *http.Request) netip.Addr {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return netip.Addr{}
	}
	return f.proxies.Client(peer.Addr().Unmap(), r.Header.Values("X-Forwarded-For"))
}
