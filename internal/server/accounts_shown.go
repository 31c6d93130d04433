package server

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/candor-gateway/candor/internal/account"
	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/token"
)

// Members are those who have an account or are restricted.
func (a *Accounts) Members(ctx context.Context) ([]admin.Account, error) {
	members, err := a.core.store.Members(ctx)
	if err != nil {
		return nil, err
	}
	accounts, err := a.core.store.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	byMember := make(map[string]*account.Account, len(accounts))
	for i := range accounts {
		byMember[accounts[i].Member] = &accounts[i]
	}
	apps := a.owned()
	all := make([]admin.Account, 0, len(members))
	for _, m := range members {
		one := admin.Account{Roles: []string{account.Member.String()}, Apps: []string{}}
		if its := byMember[m.Subject]; its != nil {
			one = shownAccount(its, apps)
		}
		one.Member, one.Restricted = m.Subject, m.Restricted.Load()
		all = append(all, one)
	}
	return all, nil
}

// Member is one, with an account or without.
func (a *Accounts) Member(ctx context.Context, id string) (is admin.Account, err error) {
	m, err := a.core.store.Member(ctx, id)
	if errors.Is(err, token.ErrNotFound) {
		return is, noMember(id)
	}
	if err != nil {
		return is, err
	}
	its, err := a.core.store.AccountByMember(ctx, id)
	switch {
	case errors.Is(err, token.ErrNotFound):
		is = admin.Account{Roles: []string{account.Member.String()}, Apps: []string{}}
	case err != nil:
		return is, err
	default:
		is = shownAccount(&its, a.owned())
	}
	is.Member, is.Restricted = id, m.Restricted.Load()
	return is, nil
}

// Staff are the accounts with a role.
func (a *Accounts) Staff(ctx context.Context, role string) (all []admin.Account, err error) {
	accounts, err := a.core.store.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	apps := a.owned()
	for i := range accounts {
		if accounts[i].Roles.Has(roleOf(role)) {
			all = append(all, shownAccount(&accounts[i], apps))
		}
	}
	return all, nil
}

// tell is an account after it was created or changed.
func (a *Accounts) tell(ctx context.Context, answer admin.AccountAnswer, is *account.Account, there bool) (admin.AccountAnswer, error) {
	answer.Account = shownAccount(is, a.owned())
	if is.Member != "" {
		m, err := a.core.store.Member(ctx, is.Member)
		if err != nil {
			return answer, err
		}
		answer.Restricted = m.Restricted.Load()
	}
	cfg, _ := a.policy()
	answer.Note = strings.Join(notes(cfg, is, there), "; ")
	return answer, nil
}

// notes are what the operator should know of an account.
func notes(cfg *config.Config, is *account.Account, there bool) (all []string) {
	if there {
		all = append(all, is.Email+" had an account before, which this is")
	}
	switch {
	case cfg.WWW == nil:
		all = append(all, "there is no page to sign in at, since www: is off")
	case !cfg.WWW.Accounts:
		all = append(all, "nobody signs in by password yet; www.accounts: true lets them")
	}
	if cfg.Data == "" {
		all = append(all, "with data: none it lives in the running instance alone, and is gone when that ends")
	}
	return all
}

// owned are the names of the apps of each owner, of both origins, in order.
func (a *Accounts) owned() map[string][]string {
	cfg, k := a.policy()
	all := map[string][]string{}
	note := func(app string, owners []string) {
		for _, email := range owners {
			all[email] = append(all[email], app)
		}
	}
	for i := range cfg.Apps {
		note(cfg.Apps[i].Name, cfg.Apps[i].Owners)
	}
	for i := range k.created {
		note(k.created[i].Name, k.created[i].Owners)
	}
	for _, apps := range all {
		slices.Sort(apps)
	}
	return all
}

// shownAccount is an account as the operator is told of it.
func shownAccount(is *account.Account, apps map[string][]string) admin.Account {
	return admin.Account{
		Member: is.Member, Email: is.Email, Roles: strings.Fields(is.Roles.String()), Password: is.Password != "", Issuer: is.Issuer, Subject: is.Subject,
		Apps: orEmpty(apps[is.Email]), CreatedAt: timeOf(is.Created),
	}
}
