package portal

import (
	"context"
	"errors"
	"fmt"

	"github.com/candor-gateway/candor/internal/account"
)

// ErrSignedOut says that nobody is signed in any more.
var ErrSignedOut = errors.New("nobody is signed in")

// RuleError says why a password cannot be had, in words for people.
type RuleError struct{ err error }

// Error is the rule.
func (e *RuleError) Error() string { return e.err.Error() }

// Change gives who is signed in another password, and ends all sessions of theirs but this one. An error is ErrSignedOut, ErrWrong for a wrong current password,
// *RuleError, *WaitError, account.ErrBusy or a fault of the store.
func (p *Passwords) Change(ctx context.Context, current, next string) error {
	v := visitOf(ctx)
	if v == nil || v.who.Account == 0 {
		return ErrSignedOut
	}
	a, err := p.Store.Account(ctx, v.who.Account)
	if err != nil {
		return fmt.Errorf("find the account: %w", err)
	}
	if err = p.try(ctx, v, a.Email, true, a.Password, current); err != nil { // who is signed in is known
		return err
	}
	if err = account.CheckPassword(next, a.Email); err != nil {
		return &RuleError{err}
	}
	hash, err := p.Hasher.Hash(ctx, next, p.Salt())
	if err != nil {
		return err
	}
	return v.void(ctx, p.Store, func(is *account.Account) error {
		if is.Password != a.Password { // another request was faster: what was current is not
			return ErrWrong
		}
		is.Password = hash
		return nil
	})
}

// Everywhere ends all sessions of who is signed in, this one too.
func Everywhere(ctx context.Context, store AccountStore) error {
	v := visitOf(ctx)
	if v == nil || v.who.Account == 0 {
		return ErrSignedOut
	}
	if err := v.void(ctx, store, func(*account.Account) error { return nil }); err != nil {
		return err
	}
	v.end()
	return nil
}

// void changes an account and ends its sessions, but that of this request, which gets another secret.
func (v *visit) void(ctx context.Context, store AccountStore, change func(*account.Account) error) error {
	a, err := store.ChangeAccount(ctx, v.who.Account, func(a *account.Account) error {
		if v.state.Began <= a.Voided {
			return ErrSignedOut // meanwhile, elsewhere
		}
		a.Voided = max(a.Voided+1, v.state.Began, v.sessions.o.Now().UnixMilli())
		return change(a)
	})
	if err != nil {
		return err
	}
	return Renew(ctx, &a)
}
