package memory

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/quota"
	"github.com/candor-gateway/candor/internal/token"
)

// Grant finds a grant, dead or alive; token.ErrNotFound where there is none.
func (s *Store) Grant(_ context.Context, id access.GrantID) (*access.Grant, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.byID[id]
	if g == nil {
		return nil, fmt.Errorf("find grant %d: %w", id, token.ErrNotFound)
	}
	return g.export(), nil
}

// EnsureGrant finds the live grant with exactly these scopes or makes one; see token.Granter.
func (s *Store) EnsureGrant(_ context.Context, spec token.GrantSpec, now time.Time) (token.Granted, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	done, err := s.ensureGrant(spec, now)
	if err == nil {
		s.killCodes(spec.App, spec.Member, access.ScopeChanged, func(c *code) bool { return c.Scopes != spec.Scopes })
	}
	return done, err
}

// ensureGrant is EnsureGrant; the caller holds mu.
func (s *Store) ensureGrant(spec token.GrantSpec, now time.Time) (token.Granted, error) {
	m := s.member(spec.Member)
	if spec.App < 1 || int(spec.App) > len(s.apps) || (m == nil && spec.Member != 0) {
		return token.Granted{}, fmt.Errorf("add a grant of app %d and member %d: %w", spec.App, spec.Member, token.ErrNotFound)
	}
	var done token.Granted
	change := s.next()
	for _, g := range s.grants {
		same := g.spec.Scopes == spec.Scopes
		switch {
		case g.revoked != access.NotRevoked || g.spec.App != spec.App || g.spec.Member != spec.Member:
		case same:
			g.change = change
			if spec.Ends.After(g.spec.Ends) {
				g.spec.Ends = spec.Ends
			}
			if spec.Refreshed.After(g.spec.Refreshed) {
				g.spec.Refreshed = spec.Refreshed
			}
			done.Grant = g.export()
		case m != nil:
			g.revoked, g.change = access.ScopeChanged, change
			done.Superseded = append(done.Superseded, g.id)
		}
	}
	if done.Grant == nil {
		g := &grant{id: newGrantID(), spec: spec, created: now.Unix(), member: m, change: change}
		s.grants = append(s.grants, g)
		s.byID[g.id] = g
		done.Grant, done.New = g.export(), true
	}
	return done, nil
}

// RevokeGrant kills a grant, with the codes of its app and member that were not used yet. One that is dead already keeps its first reason.
func (s *Store) RevokeGrant(_ context.Context, id access.GrantID, why access.Reason) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.byID[id]
	if g == nil {
		return fmt.Errorf("revoke grant %d: %w", id, token.ErrNotFound)
	}
	s.revokeGrant(g, why)
	return nil
}

func (s *Store) revokeGrant(g *grant, why access.Reason) {
	s.killCodes(g.spec.App, g.spec.Member, why, func(*code) bool { return true })
	if g.revoked == access.NotRevoked {
		g.revoked, g.change = why, s.next()
	}
}

// RevokeToken notes, until it ends, that one token was taken back.
func (s *Store) RevokeToken(_ context.Context, t token.RevokedToken) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.revokeToken(t)
	return nil
}

func (s *Store) revokeToken(t token.RevokedToken) {
	ends := t.Ends
	if known := s.tokens[t.ID]; known != nil {
		ends = max(ends, known.ends)
	}
	s.tokens[t.ID] = &revoked{ends, s.next()}
}

// SaveUses notes when grants were used last, in unix seconds; see sqlite's.
func (s *Store) SaveUses(_ context.Context, uses iter.Seq2[access.GrantID, int64]) error {
	saved := maps.Collect(uses) // it may take its time
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, at := range saved {
		if g := s.byID[id]; g != nil {
			g.used = max(g.used, at)
		}
	}
	return nil
}

// LoadLive returns what can still matter at now.
func (s *Store) LoadLive(_ context.Context, now time.Time) (token.Live, error) {
	return s.live(
		func(g *grant) bool { return g.spec.Until() > now.Unix() },
		func(*revoked) bool { return true }, // by a clock that runs ahead they seem to have ended
	), nil
}

// Changes returns what has changed after the change since, a Live's Seq.
func (s *Store) Changes(_ context.Context, since int64) (token.Live, error) {
	return s.live(
		func(g *grant) bool { return g.change > since || (g.member != nil && g.member.change > since) },
		func(t *revoked) bool { return t.change > since },
	), nil
}

func (s *Store) live(grants func(*grant) bool, tokens func(*revoked) bool) token.Live {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := token.Live{Seq: s.seq}
	byChange := slices.SortedFunc(slices.Values(s.grants), func(a, b *grant) int {
		return cmp.Or(cmp.Compare(a.change, b.change), cmp.Compare(a.id, b.id))
	})
	for _, g := range byChange {
		if grants(g) {
			l.Grants = append(l.Grants, g.export())
		}
	}
	for id, t := range s.tokens {
		if tokens(t) {
			l.Tokens = append(l.Tokens, token.RevokedToken{ID: id, Ends: t.ends})
		}
	}
	slices.SortFunc(l.Tokens, func(a, b token.RevokedToken) int {
		return cmp.Compare(s.tokens[a.ID].change, s.tokens[b.ID].change)
	})
	return l
}

// Sweep deletes what has ended by now, revoked tokens, codes, lines and counters, and tells how many.
func (s *Store) Sweep(_ context.Context, now time.Time) (n int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, t := range s.tokens {
		if t.ends <= now.Unix() {
			delete(s.tokens, id)
			n++
		}
	}
	for hash, one := range s.sessions {
		if one.Ends <= now.Unix() {
			delete(s.sessions, hash)
			n++
		}
	}
	for id, c := range s.counters {
		if c.Ends <= now.UnixNano() {
			delete(s.counters, id)
			n++
		}
	}
	return n + s.sweepExchanges(now) + s.sweepScopeUses(now.Unix()), nil
}

// SaveCounters inserts each counter or replaces the one of the same identity.
func (s *Store) SaveCounters(_ context.Context, counters iter.Seq[quota.Counter]) error {
	saved := slices.Collect(counters) // it may take its time
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range saved {
		id := c
		id.Used, id.Ends = 0, 0
		s.counters[id] = c
	}
	return nil
}

// LoadCounters returns what was saved.
func (s *Store) LoadCounters(context.Context) ([]quota.Counter, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []quota.Counter
	for _, c := range s.counters {
		all = append(all, c)
	}
	return all, nil
}
