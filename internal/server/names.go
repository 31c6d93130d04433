package server

import (
	"context"
	"fmt"
	"slices"

	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/quota"
)

// moveNames brings what an earlier version kept under a route's own name to api/route: its number, and what was counted in windows that are not over, or
// a day's count would begin again with the upgrade. A name that is in the registry without its API is one of then, when it was unique; the first route that
// bears it now is taken for its heir. A route that comes back later takes its own over by then.
func (s *Server) moveNames(ctx context.Context, cfg *config.Config) error {
	known, err := s.core.store.Names(ctx, kindRoute)
	if err != nil {
		return fmt.Errorf("read the numbers of the routes: %w", err)
	}
	m := movesOf(cfg, known)
	if len(m.names) == 0 {
		return nil
	}
	moved := m.counters(s.limiter.Snapshot(nil, s.o.Now().UnixNano()))
	if err := s.core.store.SaveCounters(ctx, slices.Values(moved)); err != nil { // first: the names are renamed once
		return fmt.Errorf("move the counters of the routes: %w", err)
	}
	if err := s.core.store.Rename(ctx, kindRoute, m.names); err != nil {
		return fmt.Errorf("move the numbers of the routes: %w", err)
	}
	s.limiter.Restore(moved, s.o.Now().UnixNano())
	for from, to := range m.names {
		s.numbers.Rename(from, to)
	}
	return nil
}

// moves are new names by the old ones.
type moves struct {
	names     map[string]string
	resources map[string]string // of those that count under their own name
}

func movesOf(cfg *config.Config, known []string) moves {
	m := moves{map[string]string{}, map[string]string{}}
	has := make(map[string]bool, len(known))
	for _, name := range known {
		has[name] = true
	}
	for i := range cfg.APIs {
		api := &cfg.APIs[i]
		for j := range api.Routes {
			r := &api.Routes[j]
			to := api.Shown(r)
			if _, taken := m.names[r.Name]; taken || !has[r.Name] || has[to] {
				continue
			}
			m.names[r.Name] = to
			if r.Resource == to || r.Resource == "" {
				m.resources[r.Name] = to
			}
		}
	}
	return m
}

// counters are copies of those that move, under the new names. The old ones stay until they end: a route may share them by resource:.
func (m *moves) counters(all []quota.Counter) (moved []quota.Counter) {
	for _, c := range all {
		if to, moves := m.resources[c.Resource]; moves {
			c.Resource = to
			moved = append(moved, c)
		}
	}
	return moved
}
