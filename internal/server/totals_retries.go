package server

import (
	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/upstream"
)

// retries is what became of each upstream's calls that could be sent again.
func (s *Server) retries() admin.Family {
	return admin.Family{
		Name: "candor_upstream_retries_total", Help: "Failed calls that were sent to an upstream again, or were not though their route asks for it, by upstream and by what came of it.",
		Labels: []string{"upstream", "outcome"}, Total: true,
		Each: func(yield func([]string, float64)) {
			for name, counts := range s.retried() {
				for outcome, word := range upstream.RetriedWords() {
					yield([]string{name, word}, float64(counts[outcome]))
				}
			}
		},
	}
}

// retried are the counts of all upstreams that there are or were, by their names.
func (s *Server) retried() map[string]*[upstream.RetriedCount]int64 {
	s.totals.mu.Lock()
	defer s.totals.mu.Unlock()
	sums := map[string]*[upstream.RetriedCount]int64{}
	for name, counts := range s.totals.again {
		sums[name] = new(*counts)
	}
	for _, u := range s.gateway.Policy().Upstreams {
		sums = addRetried(sums, u)
	}
	return sums
}

// addRetried adds what an upstream counted.
func addRetried(to map[string]*[upstream.RetriedCount]int64, u *upstream.Upstream) map[string]*[upstream.RetriedCount]int64 {
	if to == nil {
		to = map[string]*[upstream.RetriedCount]int64{}
	}
	name := u.Spec().Name
	if to[name] == nil {
		to[name] = new([upstream.RetriedCount]int64)
	}
	for outcome := range to[name] {
		to[name][outcome] += u.Stats().Retried[outcome].Load()
	}
	return to
}
