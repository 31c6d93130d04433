package server

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/account"
	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/token"
)

// ChangeMember restricts a member, or lifts that, and sets a password.
func (a *Accounts) ChangeMember(ctx context.Context, id string, asked admin.MemberChange) (answer admin.AccountAnswer, err error) {
	switch {
	case asked.SetPassword && asked.Restricted != nil:
		return answer, refusal(400, "set a password and restrict in two steps: one of them could fail where the other has succeeded")
	case asked.SetPassword:
		return a.setPassword(ctx, id, asked.Password)
	case asked.Restricted == nil:
		return answer, refusal(400, "nothing is said of what is to change: restricted, or set_password")
	}
	m, err := a.core.store.Member(ctx, id)
	if errors.Is(err, token.ErrNotFound) {
		return answer, noMember(id)
	}
	if err != nil {
		return answer, err
	}
	if err = a.write(func() error { return a.core.restrict(ctx, m.ID, *asked.Restricted) }); err != nil {
		return answer, err
	}
	answer.Account, err = a.Member(ctx, id)
	return answer, err
}

// restrict restricts a member, or lifts that, durably, and at once.
func (c *core) restrict(ctx context.Context, id access.MemberID, restricted bool) error {
	return c.verifier.Alone(func() error {
		if err := c.store.RestrictMember(ctx, id, restricted); err != nil {
			return err
		}
		c.verifier.Restrict(id, restricted)
		return nil
	})
}

// setPassword gives an account another password. Its sessions end: whoever had the one before may have begun them.
func (a *Accounts) setPassword(ctx context.Context, who, password string) (answer admin.AccountAnswer, err error) {
	is, err := a.named(ctx, who)
	if err != nil {
		return answer, err
	}
	hash, told, err := a.newPassword(ctx, password, is.Email)
	if err != nil {
		return answer, err
	}
	err = a.write(func() (err error) {
		is, err = a.core.store.ChangeAccount(ctx, is.ID, func(is *account.Account) error {
			is.Password, is.Voided = hash, a.now().UnixMilli()
			return nil
		})
		return err
	})
	if err != nil {
		return answer, err
	}
	answer.NewPassword = told
	return a.tell(ctx, answer, &is, false)
}

// named is the account of a member, or of an e-mail address.
func (a *Accounts) named(ctx context.Context, who string) (account.Account, error) {
	byMember, err := a.core.store.AccountByMember(ctx, who)
	if err != nil && !errors.Is(err, token.ErrNotFound) {
		return account.Account{}, err
	}
	byEmail, err := a.core.store.AccountByEmail(ctx, strings.ToLower(who))
	if err != nil && !errors.Is(err, token.ErrNotFound) {
		return account.Account{}, err
	}
	switch {
	case byMember.ID != 0 && byEmail.ID != 0 && byMember.ID != byEmail.ID:
		return account.Account{}, refusal(409, "%q is a member's id and another account's e-mail address; name the member by its e-mail address, %s, or the other by its id", who, byMember.Email)
	case byMember.ID != 0:
		return byMember, nil
	case byEmail.ID != 0:
		return byEmail, nil
	}
	if _, err = a.core.store.Member(ctx, who); err == nil {
		return account.Account{}, refusal(404, "the member %q has no account; candor member create %s --email EMAIL makes one", who, who)
	}
	if !errors.Is(err, token.ErrNotFound) {
		return account.Account{}, err
	}
	return account.Account{}, noMember(who)
}

// EraseMember forgets who a member is: its account goes, what it granted is dead at once, and the store has no name of it.
func (a *Accounts) EraseMember(ctx context.Context, id string) (gone admin.Erased, err error) {
	gone.Member = id
	there, err := a.core.store.AccountByMember(ctx, id)
	if err != nil && !errors.Is(err, token.ErrNotFound) {
		return gone, err
	}
	_, k := a.policy()
	if owned := createdAppsOf(&k, there.Email); len(owned) > 0 {
		return gone, refusal(409, "%s is an owner of %s; make it somebody else's first, with candor app owner add and candor app owner remove", there.Email, strings.Join(owned, ", "))
	}
	err = a.write(func() (err error) {
		killed, err := a.core.eraseMember(ctx, id, a.now())
		gone.Grants = len(killed)
		return err
	})
	if errors.Is(err, token.ErrNotFound) {
		return gone, noMember(id)
	}
	gone.Account = there.ID != 0
	if err != nil {
		return gone, err
	}
	if err = a.forget(ctx, id); err != nil {
		return gone, fmt.Errorf("the member is erased, but what the request log has of its calls is there still; candor requests forget --member %s removes it: %w", id, err)
	}
	return gone, nil
}

// eraseMember forgets who a member is, durably, and ends at once all that it granted.
func (c *core) eraseMember(ctx context.Context, subject string, now time.Time) (killed []access.GrantID, err error) {
	return killed, c.verifier.Alone(func() error {
		var id access.MemberID
		id, killed, err = c.store.EraseMember(ctx, subject, now)
		if id != 0 { // it is erased, though what came after has failed
			c.verifier.Erase(id, account.Erased(int64(id)))
		}
		return err
	})
}

// createdAppsOf names the apps that commands created and somebody owns. Those of the configuration are said there.
func createdAppsOf(k *known, email string) (names []string) {
	for i := range k.created {
		if slices.Contains(k.created[i].Owners, email) {
			names = append(names, k.created[i].Name)
		}
	}
	return names
}
