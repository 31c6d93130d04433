// Package memory is a store that keeps nothing past the process: the one of `data: none`. It does what the stores on disk
// do, as the conformance suite in storetest holds it to.
package memory

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/account"
	"github.com/candor-gateway/candor/internal/quota"
	"github.com/candor-gateway/candor/internal/token"
)

var (
	_ token.Store   = (*Store)(nil)
	_ token.Granter = (*Store)(nil)
	_ quota.Store   = (*Store)(nil)
)

// Store is safe for concurrent use. What it returns is the caller's own.
type Store struct {
	mu       sync.Mutex
	seq      int64
	numbers  map[string][]string // by kind, in the order of their numbers
	apps     []*app              // the app of number n at n-1
	members  []*member           // the member of number n at n-1
	subjects map[string]*member
	grants   []*grant // in the order in which they were made
	byID     map[access.GrantID]*grant
	tokens   map[token.ID]*revoked
	codes    map[access.CodeID]*code
	made     int64 // codes
	lines    map[access.LineID]*access.Line
	counters map[quota.Counter]quota.Counter // by identity
	sessions map[[32]byte]account.Session
	browsers [32]byte
	// scopeUses are by what a use is of: its own counts are 0.
	scopeUses map[access.ScopeUse]access.ScopeCounts
	accounts  []account.Account // in the order in which they were made
	accountN  account.ID        // the last that was given
	keys      []account.DeveloperKey
	keyN      int64 // the last that was given
}

// app is what is kept of an app of the configuration, and all of one that was created.
type app struct {
	name, clientID string
	created        *access.CreatedApp // nil: of the configuration
}

type member struct {
	id         access.MemberID
	subject    string
	restricted bool
	change     int64
}

type grant struct {
	id      access.GrantID
	spec    token.GrantSpec
	created int64
	member  *member
	used    int64
	revoked access.Reason
	change  int64
}

type revoked struct{ ends, change int64 }

// New makes an empty store.
func New() *Store {
	s := &Store{
		numbers:   make(map[string][]string),
		subjects:  make(map[string]*member),
		byID:      make(map[access.GrantID]*grant),
		tokens:    make(map[token.ID]*revoked),
		codes:     make(map[access.CodeID]*code),
		lines:     make(map[access.LineID]*access.Line),
		counters:  make(map[quota.Counter]quota.Counter),
		sessions:  make(map[[32]byte]account.Session),
		scopeUses: make(map[access.ScopeUse]access.ScopeCounts),
	}
	rand.Read(s.browsers[:]) // never fails
	return s
}

// Close does nothing.
func (s *Store) Close() error { return nil }

// next numbers a change; the caller holds mu.
func (s *Store) next() int64 {
	s.seq++
	return s.seq
}

// Numbers gives the names that have none yet the next numbers of their kind, from 0 in the order given, and returns the
// numbers of all names of the kind.
func (s *Store) Numbers(_ context.Context, kind string, names []string) (map[string]uint32, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, name := range names {
		if !slices.Contains(s.numbers[kind], name) {
			s.numbers[kind] = append(s.numbers[kind], name)
		}
	}
	numbers := make(map[string]uint32, len(s.numbers[kind]))
	for i, name := range s.numbers[kind] {
		numbers[name] = uint32(i)
	}
	return numbers, nil
}

// Rename gives the numbers of names of a kind to other names, all of them or none. A name that has no number is left out; a
// new one must have none yet.
func (s *Store) Rename(_ context.Context, kind string, names map[string]string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, to := range names {
		if slices.Contains(s.numbers[kind], to) {
			return fmt.Errorf("rename a %s: %q has a number already", kind, to)
		}
	}
	for i, name := range s.numbers[kind] {
		if to, renamed := names[name]; renamed {
			s.numbers[kind][i] = to
		}
	}
	return nil
}

// Names returns the names of a kind in the order of their numbers.
func (s *Store) Names(_ context.Context, kind string) ([]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.numbers[kind]), nil
}

// EnsureMember finds or makes the member with the operator's own id.
func (s *Store) EnsureMember(_ context.Context, subject string, _ time.Time) (*access.Member, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ensureMember(subject).export(), nil
}

// ensureMember is EnsureMember; the caller holds mu.
func (s *Store) ensureMember(subject string) *member {
	m := s.subjects[subject]
	if m == nil {
		m = &member{id: access.MemberID(len(s.members) + 1), subject: subject, change: s.next()}
		s.members = append(s.members, m)
		s.subjects[subject] = m
	}
	return m
}

// Member finds the member with the operator's own id; token.ErrNotFound where there is none.
func (s *Store) Member(_ context.Context, subject string) (*access.Member, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.subjects[subject]
	if m == nil {
		return nil, fmt.Errorf("find member %q: %w", subject, token.ErrNotFound)
	}
	return m.export(), nil
}

// RestrictMember marks a member as restricted, or no longer.
func (s *Store) RestrictMember(_ context.Context, id access.MemberID, restricted bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.member(id)
	if m == nil {
		return fmt.Errorf("restrict member %d: %w", id, token.ErrNotFound)
	}
	m.restricted, m.change = restricted, s.next()
	return nil
}

func (s *Store) member(id access.MemberID) *member {
	if id < 1 || id > access.MemberID(len(s.members)) {
		return nil
	}
	return s.members[id-1]
}

func (m *member) export() *access.Member {
	out := &access.Member{ID: m.id, Subject: m.subject}
	out.Restricted.Store(m.restricted)
	return out
}

func (g *grant) export() *access.Grant {
	out := &access.Grant{ID: g.id, App: g.spec.App, Scopes: g.spec.Scopes, ScopeText: g.spec.ScopeText, Created: uint32(min(g.created, math.MaxUint32))}
	out.Revoke(g.revoked)
	out.RefreshUntil(g.spec.RefreshUntil())
	out.Use(g.used)
	if g.member != nil {
		out.Member = g.member.export()
	}
	return out
}

func newGrantID() access.GrantID {
	var b [8]byte
	rand.Read(b[:]) // never fails
	return access.GrantID(binary.BigEndian.Uint64(b[:])>>1 | 1)
}
