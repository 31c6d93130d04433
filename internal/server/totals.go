package server

import (
	"slices"
	"sync"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/gateway"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/internal/upstream"
)

// totals keeps what the upstreams counted that a reload did without: a total only ever grows. The zero value is ready.
type totals struct {
	mu   sync.Mutex // held over a change of policy, so that nothing is missing or counted twice meanwhile
	gone [counts]int64
}

// What is counted of connections to upstreams.
const (
	dialled = iota
	failed
	reused
	counts
)

func countOf(u *upstream.Upstream, which int) int64 {
	stats := u.Stats()
	return [counts]int64{dialled: stats.Dialled.Load(), failed: stats.Failed.Load(), reused: stats.Reused.Load()}[which]
}

// swap makes p the policy of every call from now on, and closes the upstreams that it does without.
func (t *totals) swap(g *gateway.Gateway, p *gateway.Policy) {
	t.mu.Lock()
	defer t.mu.Unlock()
	before := g.Policy().Upstreams
	g.SetPolicy(p)
	for _, u := range before {
		if slices.Contains(p.Upstreams, u) {
			continue
		}
		u.Close()
		for which := range t.gone {
			t.gone[which] += countOf(u, which)
		}
	}
}

// upstreamSum is a count over all upstreams that there are or were.
func (s *Server) upstreamSum(which int) float64 {
	s.totals.mu.Lock()
	defer s.totals.mu.Unlock()
	sum := s.totals.gone[which]
	for _, u := range s.gateway.Policy().Upstreams {
		sum += countOf(u, which)
	}
	return float64(sum)
}

// tolerated is how often each tolerance of requests was used.
func (s *Server) tolerated() admin.Family {
	return admin.Family{
		Name: "candor_http_tolerated_total", Help: "Calls in which something was let pass that is not as HTTP would have it, by what http.accept calls it.",
		Labels: []string{"kind"}, Total: true,
		Each: func(yield func([]string, float64)) {
			for bit, word := range route.AcceptWords() {
				yield([]string{word}, float64(s.calls.Tolerated(bit)))
			}
		},
	}
}
