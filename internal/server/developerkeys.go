package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/candor-gateway/candor/internal/account"
	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/token"
)

var _ admin.DeveloperKeys = (*Accounts)(nil)

// developerKeyStore is what a store keeps of developers' keys.
type developerKeyStore interface {
	AddDeveloperKey(ctx context.Context, k account.DeveloperKey) (account.DeveloperKey, error)
	DeveloperKeys(ctx context.Context, of account.ID) ([]account.DeveloperKey, error)
	DeveloperKey(ctx context.Context, hash [32]byte) (account.DeveloperKey, error)
	RevokeDeveloperKey(ctx context.Context, of account.ID, name string, at int64) (account.DeveloperKey, error)
	UseDeveloperKey(ctx context.Context, id, at int64) error
}

// DeveloperKeys are those of an account; it and what follows is admin.DeveloperKeys'.
func (a *Accounts) DeveloperKeys(ctx context.Context, email string) (all []admin.DeveloperKey, err error) {
	is, err := a.developer(ctx, email)
	if err != nil {
		return nil, err
	}
	kept, err := a.core.store.DeveloperKeys(ctx, is.ID)
	for i := range kept {
		all = append(all, shownKey(&kept[i]))
	}
	return all, err
}

// CreateDeveloperKey makes a key.
func (a *Accounts) CreateDeveloperKey(ctx context.Context, email string, asked admin.DeveloperKeyRequest) (answer admin.DeveloperKeyAnswer, err error) {
	if err = account.CheckKeyName(asked.Name); err != nil {
		return answer, refusal(400, "%w", err)
	}
	is, err := a.developer(ctx, email)
	if err != nil {
		return answer, err
	}
	var random [account.DeveloperKeyBytes]byte
	if _, err = io.ReadFull(a.rand, random[:]); err != nil {
		return answer, fmt.Errorf("make a developer key: %w", err)
	}
	text := account.DeveloperKeyText(random)
	made := account.DeveloperKey{Account: is.ID, Name: asked.Name, Hash: account.DeveloperKeyHash(text), Created: a.now().Unix()}
	err = a.write(func() (err error) {
		made, err = a.core.store.AddDeveloperKey(ctx, made)
		return err
	})
	switch {
	case errors.Is(err, account.ErrKeyExists):
		return answer, refusal(409, "%s has a developer key %q already; choose another --name, or revoke that one with candor developer key revoke %s %s", is.Email, asked.Name, is.Email, asked.Name)
	case errors.Is(err, account.ErrTooManyKeys):
		return answer, refusal(409, "%s has %d developer keys, which is the most; candor developer key list %s shows them, and candor developer key revoke ends one", is.Email, account.MostDeveloperKeys, is.Email)
	case err != nil:
		return answer, err
	}
	return admin.DeveloperKeyAnswer{DeveloperKey: shownKey(&made), Email: is.Email, Key: text, Note: a.noteOfKeys(&is)}, nil
}

// RevokeDeveloperKey ends the good key of a name, at once: each use asks the store.
func (a *Accounts) RevokeDeveloperKey(ctx context.Context, email, name string) (told admin.DeveloperKey, err error) {
	is, err := a.developer(ctx, email)
	if err != nil {
		return told, err
	}
	var was account.DeveloperKey
	err = a.write(func() (err error) {
		was, err = a.core.store.RevokeDeveloperKey(ctx, is.ID, name, a.now().Unix())
		return err
	})
	if errors.Is(err, token.ErrNotFound) {
		return told, refusal(404, "%s has no developer key %q that is good; candor developer key list %s shows those that it has", is.Email, name, is.Email)
	}
	if err != nil {
		return told, err
	}
	return shownKey(&was), nil
}

// developer is the account of a developer, by its e-mail address.
func (a *Accounts) developer(ctx context.Context, email string) (is account.Account, err error) {
	if email, err = emailOf(email); err != nil {
		return is, err
	}
	is, err = a.core.store.AccountByEmail(ctx, email)
	if err != nil && !errors.Is(err, token.ErrNotFound) {
		return is, err
	}
	if cfg, _ := a.policy(); is.ID == 0 || !isDeveloper(cfg, &is) {
		return account.Account{}, refusal(404, "there is no developer %s; candor developer create %s makes one", email, email)
	}
	return is, nil
}

// noteOfKeys says why a key opens nothing yet.
func (a *Accounts) noteOfKeys(is *account.Account) string {
	cfg, _ := a.policy()
	switch {
	case cfg.WWW == nil:
		return "there is no page at which it could be used, since www: is off"
	case len(a.owned()[is.Email]) == 0:
		return is.Email + " owns no app yet, so there is nothing to look up; name the address under owners: of an app, or with candor app owner add"
	case cfg.Data == "":
		return "with data: none it lives in the running instance alone, and is gone when that ends"
	}
	return ""
}

func shownKey(k *account.DeveloperKey) admin.DeveloperKey {
	return admin.DeveloperKey{Name: k.Name, CreatedAt: time.Unix(k.Created, 0).UTC(), LastUsedAt: timeOf(k.Used), RevokedAt: timeOf(k.Revoked)}
}
