package portal

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/account"
	"github.com/candor-gateway/candor/internal/token"
)

// IdentityStore has the accounts of who signs in at a provider.
type IdentityStore interface {
	AccountBySubject(ctx context.Context, issuer, subject string) (account.Account, error)
	AccountByEmail(ctx context.Context, email string) (account.Account, error)
	AccountByMember(ctx context.Context, subject string) (account.Account, error)
	CreateAccount(ctx context.Context, a account.Account) (account.Account, error)
	ChangeAccount(ctx context.Context, id account.ID, change func(*account.Account) error) (account.Account, error)
}

// AccountOf is the account of who has signed in at the provider: that which signed in there before, or else that which the operator has made for the member or for
// the address (if the provider has seen that it is theirs), or else a new one. What others have is not given: *account.TakenError.
func AccountOf(ctx context.Context, store IdentityStore, who *Identity, now time.Time) (account.Account, error) {
	a, err := store.AccountBySubject(ctx, who.Issuer, who.Subject)
	switch {
	case err == nil:
		return follow(ctx, store, &a, who)
	case !errors.Is(err, token.ErrNotFound):
		return a, fmt.Errorf("find the account of an identity: %w", err)
	}
	a, err = made(ctx, store, who)
	switch {
	case err == nil:
		return follow(ctx, store, &a, who)
	case !errors.Is(err, token.ErrNotFound):
		return a, fmt.Errorf("find the account of an identity: %w", err)
	}
	a, err = store.CreateAccount(ctx, account.Account{
		Email: who.address(), Member: who.Member, Roles: account.Roles(0).With(account.Member), Issuer: who.Issuer, Subject: who.Subject, Created: now.Unix(),
	})
	if err != nil {
		return a, fmt.Errorf("add the account of an identity: %w", err)
	}
	return a, nil
}

// made is the account that the operator has made for somebody who has not signed in at the provider yet.
func made(ctx context.Context, store IdentityStore, who *Identity) (account.Account, error) {
	a, err := store.AccountByMember(ctx, who.Member)
	email, trusted := who.verified()
	if !errors.Is(err, token.ErrNotFound) || !trusted {
		return a, err
	}
	return store.AccountByEmail(ctx, email)
}

// follow lets an account be what the provider says now. An address for which there is a password here stays: the operator has said it.
func follow(ctx context.Context, store IdentityStore, a *account.Account, who *Identity) (account.Account, error) {
	is := *a
	if err := who.claim(&is); err != nil {
		return is, err
	}
	if is == *a {
		return is, nil
	}
	is, err := store.ChangeAccount(ctx, a.ID, func(a *account.Account) error { return who.claim(a) })
	if err != nil {
		return is, fmt.Errorf("change the account of an identity: %w", err)
	}
	return is, nil
}

// claim writes into an account what the provider says. Another identity's account is not taken over.
func (who *Identity) claim(a *account.Account) error {
	switch {
	case a.Issuer != "" && (a.Issuer != who.Issuer || a.Subject != who.Subject) && a.Member == who.Member:
		return &account.TakenError{What: account.TakenMember, By: a.ID}
	case a.Issuer != "" && (a.Issuer != who.Issuer || a.Subject != who.Subject), a.Issuer == "" && a.Member != "" && a.Member != who.Member:
		return &account.TakenError{What: account.TakenEmail, By: a.ID}
	}
	a.Issuer, a.Subject, a.Member, a.Roles = who.Issuer, who.Subject, who.Member, a.Roles.With(account.Member)
	if a.Password == "" {
		a.Email = who.address()
	}
	return nil
}

// verified is the address, if it is one and known to be theirs.
func (who *Identity) verified() (email string, known bool) {
	email, err := access.Email(who.Email)
	return email, err == nil && who.Verified
}

// Has reports whether an address is known to be theirs.
func (who *Identity) Has(email string) bool {
	own, known := who.verified()
	return known && own == email
}

// address is what stands for one in the account. One that the provider has not seen to be theirs may be somebody else's, who owns apps by it: instead there are words
// that are no address, and those of nobody else.
func (who *Identity) address() string {
	if email, known := who.verified(); known {
		return email
	}
	return fmt.Sprintf("%s (%s)", who.Subject, who.Issuer)
}
