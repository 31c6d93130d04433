package portal

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/account"
	"github.com/candor-gateway/candor/internal/token"
)

// Why somebody was not signed in.
var (
	// ErrWrong is one for a wrong password and for an account that nobody has: who asks learns not which.
	ErrWrong = errors.New("e-mail address or password is wrong")
	// ErrRestricted is told to who has proved to be that member.
	ErrRestricted = errors.New("the member was restricted")
)

// WaitError says that too many attempts failed.
type WaitError struct{ For time.Duration }

// Error is for tests; people are told by pages.
func (e *WaitError) Error() string { return fmt.Sprintf("too many attempts; the next in %s", e.For) }

// AccountStore has the accounts of who signs in by password.
type AccountStore interface {
	Account(ctx context.Context, id account.ID) (account.Account, error)
	AccountByEmail(ctx context.Context, email string) (account.Account, error)
	ChangeAccount(ctx context.Context, id account.ID, change func(*account.Account) error) (account.Account, error)
}

// Passwords sign people in by e-mail address and password.
type Passwords struct {
	Hasher   *account.Hasher
	Attempts *account.Attempts
	Store    AccountStore
	Salt     func() [account.SaltBytes]byte
}

// SignIn begins a session, if the password is that of the address. An error is ErrWrong, ErrRestricted, *WaitError, account.ErrBusy or a fault of the store.
func (p *Passwords) SignIn(w http.ResponseWriter, r *http.Request, email, password string) error {
	ctx := r.Context()
	v := visitOf(ctx)
	if v == nil {
		return errOutside
	}
	read := v.sessions.o.Now()
	a, err := p.find(ctx, &email)
	if err != nil {
		return err
	}
	known := a.ID != 0 && v.sessions.Known(r, &a)
	if err = p.try(ctx, v, email, known, a.Password, password); err != nil {
		return err
	}
	return v.sessions.Admit(w, r, &a, true, read)
}

// find is the account of an address, or none. The address is spelled as attempts are counted for it.
func (p *Passwords) find(ctx context.Context, email *string) (account.Account, error) {
	spelled, err := access.Email(*email)
	if err != nil {
		return account.Account{}, nil //nolint:nilerr // of nobody: that costs as much as one that is somebody's
	}
	*email = spelled
	a, err := p.Store.AccountByEmail(ctx, spelled)
	if errors.Is(err, token.ErrNotFound) {
		return account.Account{}, nil
	}
	if err != nil {
		return account.Account{}, fmt.Errorf("find an account: %w", err)
	}
	return a, nil
}

// try holds one password against a hash, if it may be tried.
func (p *Passwords) try(ctx context.Context, v *visit, email string, known bool, phc, password string) error {
	key := account.Key{Email: email, Network: account.NetworkOf(v.from), Known: known}
	if wait := p.Attempts.Begin(key, v.now.Unix()); wait > 0 {
		return &WaitError{wait}
	}
	right, err := p.Hasher.Verify(ctx, phc, password)
	switch {
	case err != nil:
		p.Attempts.Undo(key)
		return err
	case !right:
		return ErrWrong
	}
	p.Attempts.Succeeded(key)
	return nil
}

// Admit begins the session of an account that somebody has proved to be theirs. verified says that its e-mail address is, too; read is when the account was read.
func (s *Sessions) Admit(w http.ResponseWriter, r *http.Request, a *account.Account, verified bool, read time.Time) error {
	ctx := r.Context()
	restricted, err := s.Restricted(ctx, a)
	if err != nil {
		return err
	}
	if restricted {
		return ErrRestricted
	}
	if err = Begin(ctx, a, verified, read); err != nil {
		return err
	}
	Remember(ctx, w, r, a)
	return nil
}
