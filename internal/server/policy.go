package server

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/downstream"
	"github.com/candor-gateway/candor/internal/forwarded"
	"github.com/candor-gateway/candor/internal/gateway"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/quota"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/internal/upstream"
)

// policy makes of a configuration what calls are served by. Nothing that is at work is changed: a reload that fails here fails whole. What is read from files,
// as the upstreams are, comes before, so that a store learns of no configuration that cannot be served.
func (s *Server) policy(ctx context.Context, cfg *config.Config, ups []*upstream.Upstream, byName map[string]int) (*gateway.Policy, known, error) {
	k, err := s.bring(ctx, cfg)
	if err != nil {
		return nil, k, err
	}
	table, err := s.routes(ctx, cfg, k, byName)
	if err != nil {
		return nil, k, err
	}
	k.revisions = s.nextRevisions(cfg)
	of := s.spec(cfg, k, table, ups)
	k.revisions.number(&of)
	p, err := gateway.NewPolicy(of)
	return p, k, err
}

// bring asks the store only for what it does not know yet: a disk that is full keeps nobody from a reload that brings in nothing new.
func (s *Server) bring(ctx context.Context, cfg *config.Config) (known, error) {
	if was := s.cfg; was != nil && s.known.names != nil && reflect.DeepEqual(was.Scopes, cfg.Scopes) && reflect.DeepEqual(was.Products, cfg.Products) &&
		reflect.DeepEqual(was.Apps, cfg.Apps) {
		return s.known, nil
	}
	return s.core.bring(ctx, cfg, s.o.Now())
}

// spec is what of a configuration a policy is made from.
func (s *Server) spec(cfg *config.Config, k known, table *route.Table, ups []*upstream.Upstream) gateway.Spec {
	of := gateway.Spec{
		Admission: admission.Policy{
			Routes: table, Tokens: s.core.verifier, Quota: s.limiter, Apps: k.apps, Names: k.names, Issuers: s.book(cfg, k),
			InFlight: int64(cfg.Limits.InFlight), Body: cfg.Limits.Body, JSONBody: cfg.Limits.JSONBody,
		},
		Upstreams: ups,
		Heads: http1.Limits{
			RequestLine: cfg.Limits.RequestLine, Head: cfg.Limits.Head, Fields: cfg.Limits.Fields,
			ChunkLine: cfg.Limits.ChunkLine, Trailers: cfg.Limits.Trailers,
		},
		Times: gateway.Times{
			Handshake: cfg.Timeouts.Handshake, FirstByte: cfg.Timeouts.FirstByte, Head: cfg.Timeouts.Head, Idle: cfg.Timeouts.Idle,
			BodyGap: cfg.Timeouts.BodyGap, WriteStall: cfg.Timeouts.WriteStall, AnyPace: cfg.Timeouts.AnyPace,
		},
		Bodies: cfg.Limits.Buffered, Upgrades: upgrades(cfg), Resources: resources(cfg),
		Texts:  cfg.Texts(),
		Fabric: cfg.Fabric,
	}
	for i := range cfg.Listeners {
		l := &cfg.Listeners[i]
		of.Listeners = append(of.Listeners, gateway.ListenerSpec{
			Name: l.Address, Profile: l.Profile, Headers: l.Headers, CORS: l.CORS, Errors: l.Errors, Health: l.Health,
			Front: frontOf(l),
		})
	}
	return of
}

func frontOf(l *config.Listener) gateway.Front {
	front := gateway.Front{Trust: forwarded.Trust{Proxies: l.TrustedProxies, Source: l.ClientAddress}}
	if l.ProxyProtocol {
		front.Greeting = downstream.Proxy
	}
	return front
}

// upgrades is how many connections may be switched to another protocol: half of them at most, so that calls find room beside them.
func upgrades(cfg *config.Config) int {
	if cfg.Limits.Upgrades > 0 {
		return cfg.Limits.Upgrades
	}
	return max(1, connections(cfg)/2)
}

// upstreams keeps those whose spec is as it was, with their pools, and makes the others.
func (s *Server) upstreams(cfg *config.Config) ([]*upstream.Upstream, map[string]int, error) {
	lim := http1.ResponseDefaults()
	lim.Head, lim.Fields = cfg.Limits.UpstreamHead, cfg.Limits.UpstreamFields
	lim.ChunkLine, lim.Trailers = cfg.Limits.ChunkLine, cfg.Limits.Trailers
	byName := map[string]int{}
	var ups []*upstream.Upstream
	for i := range cfg.Upstreams {
		spec := cfg.Upstreams[i]
		u := s.sameUpstream(spec, lim)
		if u == nil {
			var err error
			if u, err = upstream.New(spec, lim, s.clock, &s.buffers); err != nil {
				return nil, nil, err
			}
			s.readyUpstream(u)
		}
		byName[spec.Name] = i
		ups = append(ups, u)
	}
	return ups, byName, nil
}

func (s *Server) sameUpstream(spec upstream.Spec, lim http1.Limits) *upstream.Upstream {
	if s.gateway == nil {
		return nil
	}
	for _, u := range s.gateway.Policy().Upstreams {
		if u.MadeFrom(spec, lim) {
			return u
		}
	}
	return nil
}

func (s *Server) routes(ctx context.Context, cfg *config.Config, k known, byName map[string]int) (*route.Table, error) {
	if err := s.moveNames(ctx, cfg); err != nil {
		return nil, err
	}
	var names []string
	for i := range cfg.APIs {
		if cfg.APIs[i].Modes[route.CheckPath] != route.Enforce {
			names = append(names, route.UnlistedName(cfg.APIs[i].Name))
		}
		for j := range cfg.APIs[i].Routes {
			names = append(names, cfg.APIs[i].Shown(&cfg.APIs[i].Routes[j]))
		}
	}
	if err := s.numberRoutes(ctx, names); err != nil {
		return nil, err
	}
	table, mistakes := route.Build(cfg.APIs, route.Deps{
		Names: k.names, Upstreams: byName, Numbers: s.numbers, Sites: sites(cfg.Upstreams), Places: cfg.Places(),
		Quota: s.quotas(cfg, k.apps),
	})
	if len(mistakes) > 0 {
		return nil, located(cfg, mistakes)
	}
	return table, nil
}

// sites are the upstreams that lead to the same place as one before them.
func sites(ups []upstream.Spec) map[int]int {
	same := map[int]int{}
	for i := range ups {
		same[i] = slices.IndexFunc(ups, func(u upstream.Spec) bool { return u.Site() == ups[i].Site() })
	}
	return same
}

// numberRoutes gives every route the number that it keeps forever.
func (s *Server) numberRoutes(ctx context.Context, names []string) error {
	if _, err := s.core.store.Numbers(ctx, kindRoute, names); err != nil {
		return fmt.Errorf("number the routes: %w", err)
	}
	all, err := s.core.store.Names(ctx, kindRoute)
	if err != nil {
		return fmt.Errorf("read the numbers of the routes: %w", err)
	}
	for _, name := range all {
		s.numbers.Number(name)
	}
	return nil
}

// located says of each mistake where it stands in the file.
func located(cfg *config.Config, mistakes []error) error {
	var all config.Mistakes
	for _, err := range mistakes {
		var m *route.Mistake
		if !errors.As(err, &m) {
			return errors.Join(mistakes...)
		}
		all = append(all, cfg.Mistake(m.Error(), m.Where()...))
	}
	return all
}

// quotas gives the limits of a resource by the name of a quota, with those that single apps have instead.
func (s *Server) quotas(cfg *config.Config, apps access.Apps) func(name, resource string) *quota.Set {
	limits := map[string][]quota.Limit{}
	for _, q := range cfg.Quotas {
		limits[q.Name] = q.Limits
	}
	ids := map[string]access.AppID{}
	for _, a := range apps {
		if a != nil {
			ids[a.Name] = a.ID
		}
	}
	return func(name, resource string) *quota.Set {
		of, ok := limits[name]
		if !ok {
			return nil
		}
		own := map[access.AppID][]quota.Limit{}
		for _, a := range cfg.Apps {
			for _, q := range a.Quotas {
				if q.Name == name {
					own[ids[a.Name]] = q.Limits
				}
			}
		}
		return s.limiter.Set(resource, of, own)
	}
}
