package memory

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/candor-gateway/candor/internal/account"
	"github.com/candor-gateway/candor/internal/token"
)

// Session finds the session of a hash; token.ErrNotFound where there is none. One that has ended is found until it is swept.
func (s *Store) Session(_ context.Context, hash [32]byte) (account.Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one, found := s.sessions[hash]
	if !found {
		return account.Session{}, fmt.Errorf("find a session: %w", token.ErrNotFound)
	}
	one.Data = slices.Clone(one.Data)
	return one, nil
}

// KeepSession adds a session or replaces the one of the same hash. Of an account's, or of nobody's, only so many are kept.
func (s *Store) KeepSession(_ context.Context, one account.Session) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	one.Data = slices.Clone(one.Data)
	s.sessions[one.Hash] = one
	s.makeRoom(one)
	return nil
}

// makeRoom ends, of those of one's account, the session that ends first, if they are too many; the caller holds mu.
func (s *Store) makeRoom(one account.Session) {
	most := account.MostSessions
	if one.Account == 0 {
		most = account.MostAnonymous
	}
	var first account.Session
	of := 0
	for other := range maps.Values(s.sessions) {
		if other.Account != one.Account {
			continue
		}
		of++
		if other.Hash != one.Hash && (first.Ends == 0 || other.Ends < first.Ends) {
			first = other
		}
	}
	if of > most {
		delete(s.sessions, first.Hash)
	}
}

// BrowserKey is the secret with which cookies are marked by which a browser is known.
func (s *Store) BrowserKey(context.Context) ([32]byte, error) { return s.browsers, nil }

// DropSession ends a session; that there is none is no error.
func (s *Store) DropSession(_ context.Context, hash [32]byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.sessions, hash)
	return nil
}
