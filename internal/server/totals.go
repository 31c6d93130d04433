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
	let  map[string]*[upstream.LenientCount]int64 // what of answers was let pass, by the upstream's name
	// again is what became of calls that could be sent again, by the same.
	again map[string]*[upstream.RetriedCount]int64
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
		t.add(u)
		t.again = addRetried(t.again, u)
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

// add keeps what was let pass of an upstream's answers.
func (t *totals) add(u *upstream.Upstream) {
	if t.let == nil {
		t.let = map[string]*[upstream.LenientCount]int64{}
	}
	addLet(t.let, u)
}

func addLet(to map[string]*[upstream.LenientCount]int64, u *upstream.Upstream) {
	name := u.Spec().Name
	if to[name] == nil {
		to[name] = new([upstream.LenientCount]int64)
	}
	for bit := range to[name] {
		to[name][bit] += u.Stats().Lenient[bit].Load()
	}
}

// lenient is how often each upstream's answers needed what it is let.
func (s *Server) lenient() admin.Family {
	return admin.Family{
		Name: "candor_upstream_lenient_total", Help: "Answers that break HTTP and were let pass, by upstream and by what its lenient: calls it.",
		Labels: []string{"upstream", "kind"}, Total: true,
		Each: func(yield func([]string, float64)) {
			for name, counts := range s.letPass() {
				for bit, word := range upstream.LenientWords() {
					yield([]string{name, word}, float64(counts[bit]))
				}
			}
		},
	}
}

// letPass is what was let pass of the answers of all upstreams that there are or were.
func (s *Server) letPass() map[string]*[upstream.LenientCount]int64 {
	s.totals.mu.Lock()
	defer s.totals.mu.Unlock()
	sums := map[string]*[upstream.LenientCount]int64{}
	for name, counts := range s.totals.let {
		sums[name] = new(*counts)
	}
	for _, u := range s.gateway.Policy().Upstreams {
		addLet(sums, u)
	}
	return sums
}

// Leniencies are what was let pass of answers so far, as lenient: calls it.
func (s *Server) Leniencies() (words []string) {
	for bit, word := range upstream.LenientWords() {
		for _, counts := range s.letPass() {
			if counts[bit] > 0 && !slices.Contains(words, word) {
				words = append(words, word)
			}
		}
	}
	return words
}
