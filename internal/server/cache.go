package server

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/cache"
	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/gateway"
	"github.com/candor-gateway/candor/internal/route"
)

// newCache makes the store of answers. It takes next to no memory as long as no route has a cache.
func newCache(cfg *config.Config) *cache.Store {
	var secret [32]byte
	_, _ = rand.Read(secret[:]) // it never fails
	return cache.New(cfg.Cache.Size, secret)
}

// forgetChanged forgets the answers of routes that are served otherwise than before. One that is brought back as it was has the keys that it had; but what has
// changed meanwhile nobody has dropped.
func (s *Server) forgetChanged(before, now *gateway.Policy) {
	changed := func(route uint32) bool { return before.Changed[route] != now.Changed[route] }
	for route := range before.Changed {
		if changed(route) {
			s.cache.Clear(changed)
			return
		}
	}
}

var _ admin.Cache = (*Server)(nil)

// CacheFigures are what the cache keeps, and what came of it.
func (s *Server) CacheFigures(context.Context) (admin.CacheFigures, error) {
	told := admin.CacheFigures{Size: s.cache.Size(), Bytes: s.cache.Bytes(), Answers: s.cache.Len(), Routes: []admin.CachedRoute{}}
	modes, kept, counts := map[uint32]route.CacheMode{}, s.cache.Kept(), map[uint32]cache.Figures{}
	for _, r := range s.gateway.Policy().Admission.Routes.Routes() {
		if r.Cache != nil {
			modes[r.Number], counts[r.Number] = r.Cache.Mode, cache.Figures{}
		}
	}
	maps.Insert(counts, s.cache.Counts.Each)
	for n, f := range counts {
		told.Routes = append(told.Routes, admin.CachedRoute{
			Route: s.numbers.Name(n), Mode: modes[n].String(), Answers: kept[n].Answers, Bytes: kept[n].Bytes,
			Hits: f[cache.Hit], Revalidated: f[cache.Revalidated], Stale: f[cache.Stale], Coalesced: f[cache.Coalesced], Misses: f[cache.Miss],
			Stored: f[cache.Stored], Evicted: f[cache.Evicted],
		})
	}
	slices.SortFunc(told.Routes, func(a, b admin.CachedRoute) int { return cmp.Compare(a.Route, b.Route) })
	return told, nil
}

// ClearCache forgets the answers of an API or of a route, or all.
func (s *Server) ClearCache(_ context.Context, of admin.CacheClear) (admin.CacheCleared, error) {
	match := func(uint32) bool { return true }
	switch routes := s.gateway.Policy().Admission.Routes; {
	case of.API != "" && of.Route != "":
		return admin.CacheCleared{}, &admin.Fault{Status: 400, Message: "An API and a route were both named", Fix: "Name one of them, or none for all answers."}
	case of.API != "":
		if f := unknownName("API", of.API, apiNames(routes)); f != nil {
			return admin.CacheCleared{}, f
		}
		match = func(n uint32) bool { return strings.HasPrefix(s.numbers.Name(n), of.API+"/") }
	case of.Route != "":
		if f := unknownName("route", of.Route, routeNames(routes)); f != nil {
			return admin.CacheCleared{}, f
		}
		match = func(n uint32) bool { return s.numbers.Name(n) == of.Route }
	}
	n := s.cache.Clear(match)
	s.log.Info("the cache was cleared", "of", cmp.Or(of.API, of.Route, "all"), "answers", n)
	return admin.CacheCleared{Cleared: int64(n)}, nil
}

func apiNames(t *route.Table) (names []string) {
	for _, a := range t.APIs() {
		names = append(names, a.Name)
	}
	return names
}

func routeNames(t *route.Table) (names []string) {
	for _, r := range t.Routes() {
		names = append(names, r.Name)
	}
	return names
}

// unknownName is a name that is none of those that there are; nil: it is one.
func unknownName(what, name string, known []string) error {
	if slices.Contains(known, name) {
		return nil
	}
	f := &admin.Fault{Status: 404, Message: fmt.Sprintf("There is no %s %q", what, name), Fix: "candor cache, or GET /v1/cache, names those that have a cache."}
	if near := config.Nearest(name, known); near != "" {
		f.Fix = "Did you mean " + near + "?"
	}
	return f
}

func (s *Server) cacheNumbers() []admin.Number {
	return []admin.Number{
		{Name: "candor_cache_size_bytes", Help: "Bytes that the cache of answers may take: cache.size.", Value: func() float64 { return float64(s.cache.Size()) }},
		{Name: "candor_cache_bytes", Help: "Bytes that the cache of answers takes.", Value: func() float64 { return float64(s.cache.Bytes()) }},
		{Name: "candor_cache_answers", Help: "Answers that the cache keeps.", Value: func() float64 { return float64(s.cache.Len()) }},
	}
}

// cacheFamilies are what became of the calls of routes with a cache, and of the answers that were kept. There are rows for each route that has or had a cache,
// so there are never more than there are routes.
func (s *Server) cacheFamilies() []admin.Family {
	of := func(name, help string, result cache.Result) admin.Family {
		return admin.Family{Name: name, Help: help, Labels: []string{"route"}, Total: true, Each: func(yield func([]string, float64)) {
			for n, f := range s.cache.Counts.Each {
				yield([]string{s.numbers.Name(n)}, float64(f[result]))
			}
		}}
	}
	return []admin.Family{
		{
			Name: "candor_cache_requests_total", Help: "Calls of routes with a cache, by route and by what answered them: hit, revalidated, stale, coalesced, or the API (miss).",
			Labels: []string{"route", "result"}, Total: true,
			Each: func(yield func([]string, float64)) {
				for n, f := range s.cache.Counts.Each {
					for r := cache.Hit; r <= cache.Miss; r++ {
						yield([]string{s.numbers.Name(n), r.Name()}, float64(f[r]))
					}
				}
			},
		},
		of("candor_cache_stored_total", "Answers that the cache kept, by route.", cache.Stored),
		of("candor_cache_evicted_total", "Answers that made room for others in the cache, by route.", cache.Evicted),
	}
}
