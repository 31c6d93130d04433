package memory

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/candor-gateway/candor/internal/account"
	"github.com/candor-gateway/candor/internal/token"
)

// AddDeveloperKey adds a key to an account and gives it an ID; see sqlite's.
func (s *Store) AddDeveloperKey(_ context.Context, k account.DeveloperKey) (account.DeveloperKey, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.ContainsFunc(s.accounts, func(a account.Account) bool { return a.ID == k.Account }) {
		return account.DeveloperKey{}, errNoAccount()
	}
	good := 0
	for _, other := range s.keys {
		if other.Account != k.Account || other.Revoked != 0 {
			continue
		}
		if other.Name == k.Name {
			return account.DeveloperKey{}, account.ErrKeyExists
		}
		good++
	}
	if good >= account.MostDeveloperKeys {
		return account.DeveloperKey{}, account.ErrTooManyKeys
	}
	s.keyN++
	k.ID, k.Used, k.Revoked = s.keyN, 0, 0
	s.keys = append(s.keys, k)
	return k, nil
}

// DeveloperKeys are those of an account, in the order in which they were made, with the last of those that were revoked.
func (s *Store) DeveloperKeys(_ context.Context, of account.ID) (all []account.DeveloperKey, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.keys {
		if k.Account == of {
			all = append(all, k)
		}
	}
	return all, nil
}

// DeveloperKey finds a key by the hash of its text, also one that was revoked; token.ErrNotFound where there is none.
func (s *Store) DeveloperKey(_ context.Context, hash [32]byte) (account.DeveloperKey, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k, err := s.developerKey(func(k *account.DeveloperKey) bool { return k.Hash == hash })
	if err != nil {
		return account.DeveloperKey{}, err
	}
	return *k, nil
}

// RevokeDeveloperKey ends the good key of a name at a time in unix seconds; token.ErrNotFound where there is none.
func (s *Store) RevokeDeveloperKey(_ context.Context, of account.ID, name string, at int64) (account.DeveloperKey, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k, err := s.developerKey(func(k *account.DeveloperKey) bool { return k.Account == of && k.Name == name && k.Revoked == 0 })
	if err != nil {
		return account.DeveloperKey{}, err
	}
	k.Revoked = at
	is := *k
	s.forgetRevoked(of)
	return is, nil
}

// UseDeveloperKey notes when a key was used last, in unix seconds. That there is none is no error.
func (s *Store) UseDeveloperKey(_ context.Context, id, at int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if k, err := s.developerKey(func(k *account.DeveloperKey) bool { return k.ID == id }); err == nil {
		k.Used = max(k.Used, at)
	}
	return nil
}

// developerKey is the one that is meant; the caller holds mu.
func (s *Store) developerKey(is func(*account.DeveloperKey) bool) (*account.DeveloperKey, error) {
	for i := range s.keys {
		if is(&s.keys[i]) {
			return &s.keys[i], nil
		}
	}
	return nil, fmt.Errorf("find a developer key: %w", token.ErrNotFound)
}

// forgetRevoked keeps of those of an account that were revoked only the last ones; the caller holds mu.
func (s *Store) forgetRevoked(of account.ID) {
	var revoked []account.DeveloperKey
	for _, k := range s.keys {
		if k.Account == of && k.Revoked != 0 {
			revoked = append(revoked, k)
		}
	}
	slices.SortFunc(revoked, func(a, b account.DeveloperKey) int {
		return cmp.Or(cmp.Compare(b.Revoked, a.Revoked), cmp.Compare(b.ID, a.ID))
	})
	for _, k := range revoked[min(len(revoked), account.MostDeveloperKeys):] {
		s.keys = slices.DeleteFunc(s.keys, func(other account.DeveloperKey) bool { return other.ID == k.ID })
	}
}
