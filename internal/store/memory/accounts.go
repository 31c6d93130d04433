package memory

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/account"
	"github.com/candor-gateway/candor/internal/token"
)

// Account finds an account; token.ErrNotFound where there is none.
func (s *Store) Account(_ context.Context, id account.ID) (account.Account, error) {
	return s.account(func(a *account.Account) bool { return a.ID == id })
}

// AccountByEmail finds the account of an e-mail address; token.ErrNotFound where there is none.
func (s *Store) AccountByEmail(_ context.Context, email string) (account.Account, error) {
	return s.account(func(a *account.Account) bool { return a.Email == email })
}

// AccountByMember finds the account of a member, by the operator's own id; token.ErrNotFound where there is none.
func (s *Store) AccountByMember(_ context.Context, subject string) (account.Account, error) {
	return s.account(func(a *account.Account) bool { return a.Member == subject && subject != "" })
}

// AccountBySubject finds the account that signs in at an OpenID provider; token.ErrNotFound where there is none.
func (s *Store) AccountBySubject(_ context.Context, issuer, subject string) (account.Account, error) {
	return s.account(func(a *account.Account) bool { return a.Issuer == issuer && a.Subject == subject && issuer != "" })
}

// Accounts are all, in the order in which they were made.
func (s *Store) Accounts(context.Context) ([]account.Account, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.accounts), nil
}

// CreateAccount adds an account, and its member where there is none yet; see sqlite's.
func (s *Store) CreateAccount(_ context.Context, a account.Account) (account.Account, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	a.ID = 0
	if err := s.isFree(&a); err != nil {
		return account.Account{}, err
	}
	s.accountN++
	a.ID = s.accountN
	if a.Member != "" {
		s.ensureMember(a.Member)
	}
	s.accounts = append(s.accounts, a)
	return a, nil
}

// ChangeAccount lets change alter an account, all of it or nothing; see sqlite's.
func (s *Store) ChangeAccount(_ context.Context, id account.ID, change func(*account.Account) error) (account.Account, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.accounts, func(a account.Account) bool { return a.ID == id })
	if i < 0 {
		return account.Account{}, errNoAccount()
	}
	is := s.accounts[i]
	if err := change(&is); err != nil {
		return account.Account{}, err
	}
	is.ID, is.Created = id, s.accounts[i].Created
	if err := s.isFree(&is); err != nil {
		return account.Account{}, err
	}
	if is.Member != "" {
		s.ensureMember(is.Member)
	}
	s.accounts[i] = is
	return is, nil
}

// Members are those who have an account or are restricted, without who was erased.
func (s *Store) Members(context.Context) (all []*access.Member, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, m := range s.members {
		has := slices.ContainsFunc(s.accounts, func(a account.Account) bool { return a.Member == m.subject })
		if (m.restricted || has) && s.subjects[m.subject] == m {
			all = append(all, m.export())
		}
	}
	return all, nil
}

// EraseMember forgets who a member is; see sqlite's.
func (s *Store) EraseMember(_ context.Context, subject string, _ time.Time) (id access.MemberID, killed []access.GrantID, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.subjects[subject]
	if m == nil {
		return 0, nil, fmt.Errorf("find member %q: %w", subject, token.ErrNotFound)
	}
	change := s.next()
	for _, g := range s.grants {
		if g.member == m && g.revoked == access.NotRevoked {
			g.revoked, g.change = access.ByOperator, change
			killed = append(killed, g.id)
		}
	}
	for code, c := range s.codes {
		if c.of == m {
			delete(s.codes, code)
		}
	}
	s.accounts = slices.DeleteFunc(s.accounts, func(a account.Account) bool {
		if a.Member != subject {
			return false
		}
		maps.DeleteFunc(s.sessions, func(_ [32]byte, one account.Session) bool { return one.Account == a.ID })
		s.keys = slices.DeleteFunc(s.keys, func(k account.DeveloperKey) bool { return k.Account == a.ID })
		return true
	})
	delete(s.subjects, subject)
	m.subject, m.restricted, m.change = account.Erased(int64(m.id)), true, change
	return m.id, killed, nil
}

func (s *Store) account(is func(*account.Account) bool) (account.Account, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.accounts {
		if is(&s.accounts[i]) {
			return s.accounts[i], nil
		}
	}
	return account.Account{}, errNoAccount()
}

func errNoAccount() error { return fmt.Errorf("find an account: %w", token.ErrNotFound) }

// isFree refuses what another account has; the caller holds mu.
func (s *Store) isFree(a *account.Account) error {
	for _, u := range []struct {
		what account.Taken
		same func(*account.Account) bool
	}{
		{account.TakenEmail, func(o *account.Account) bool { return o.Email == a.Email }},
		{account.TakenMember, func(o *account.Account) bool { return o.Member == a.Member && a.Member != "" }},
		{account.TakenSubject, func(o *account.Account) bool { return o.Issuer == a.Issuer && o.Subject == a.Subject && a.Issuer != "" }},
	} {
		for i := range s.accounts {
			if o := &s.accounts[i]; o.ID != a.ID && u.same(o) {
				return &account.TakenError{What: u.what, By: o.ID}
			}
		}
	}
	return nil
}
