package memory

import (
	"cmp"
	"context"
	"slices"

	"github.com/candor-gateway/candor/internal/access"
)

// SaveScopeUses adds to what became of scopes in their hours.
func (s *Store) SaveScopeUses(_ context.Context, uses []access.ScopeUse) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, u := range uses {
		counts := u.ScopeCounts
		u.ScopeCounts = access.ScopeCounts{}
		s.scopeUses[u] = s.scopeUses[u].Add(counts)
	}
	return nil
}

// ScopeUses sums up, by app and scope in this order, what became of scopes in the hours that began at since or later. Hour is 0 of all.
func (s *Store) ScopeUses(_ context.Context, since int64) (all []access.ScopeUse, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	sums := map[access.ScopeUse]access.ScopeCounts{}
	for u, counts := range s.scopeUses {
		if u.Hour >= since {
			u.Hour = 0
			sums[u] = sums[u].Add(counts)
		}
	}
	for u, counts := range sums {
		u.ScopeCounts = counts
		all = append(all, u)
	}
	slices.SortFunc(all, func(a, b access.ScopeUse) int {
		return cmp.Or(cmp.Compare(a.App, b.App), cmp.Compare(a.Scope, b.Scope))
	})
	return all, nil
}

// sweepScopeUses forgets hours that nobody asks for any more; the caller holds mu.
func (s *Store) sweepScopeUses(now int64) (n int) {
	for u := range s.scopeUses {
		if u.Hour <= now-access.ScopeKept {
			delete(s.scopeUses, u)
			n++
		}
	}
	return n
}
