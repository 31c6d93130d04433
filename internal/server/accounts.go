package server

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/account"
	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/token"
)

var _ admin.Accounts = (*Accounts)(nil)

// Accounts is where accounts are created and changed, and members restricted and erased, whether an instance runs or not. What it writes is in the store before the verifier
// hears of it.
type Accounts struct {
	core   *core
	hasher *account.Hasher
	rand   io.Reader
	now    func() time.Time
	// policy is the configuration at work, and what is known of apps.
	policy func() (*config.Config, known)
	// forget removes what the request log has of a member's calls.
	forget func(ctx context.Context, member string) error
	// write does what changes the store, as long as the store is this process's to change.
	write func(change func() error) error
}

// Accounts are those of the running instance.
func (s *Server) Accounts() *Accounts {
	return &Accounts{core: s.core, hasher: s.passwords, rand: rand.Reader, now: s.o.Now, policy: s.policyNow, write: s.writeAccounts, forget: s.forgetMember}
}

func (s *Server) policyNow() (*config.Config, known) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cfg, s.known
}

// writeAccounts lets nobody write once the store may be the next instance's, nor where nothing is kept.
func (s *Server) writeAccounts(change func() error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.draining.Load():
		return &admin.Fault{Status: 503, Message: "this instance is about to end; ask again in a moment"}
	case s.cfg.Data != "" && !s.core.kept:
		return keepsNothing(s.cfg, "an account")
	}
	return change()
}

// StoppedAccounts are those of an instance that does not run.
type StoppedAccounts struct{ *Accounts }

// OpenAccounts opens the store of an instance that does not run, as Start would. One that runs holds the lock: *sqlite.HeldError.
func OpenAccounts(ctx context.Context, cfg *config.Config, now time.Time) (*StoppedAccounts, error) {
	if !needsTokens(cfg) {
		return nil, keepsNothing(cfg, "an account")
	}
	c, k, err := openStopped(ctx, cfg, now)
	if err != nil {
		return nil, err
	}
	return &StoppedAccounts{&Accounts{
		core: c, hasher: newHasher(account.Ours), rand: rand.Reader,
		now:    func() time.Time { return now },
		policy: func() (*config.Config, known) { return cfg, k },
		write:  func(change func() error) error { return change() },
		forget: forgetStopped(cfg),
	}}, nil
}

// Close lets go of the store.
func (s *StoppedAccounts) Close() error { return s.core.close() }

// newHasher makes one for this machine.
func newHasher(cost account.Cost) *account.Hasher {
	return account.NewHasher(runtime.GOMAXPROCS(0), cost)
}

// CreateMember makes a member's account, or a member of an account that there is; it and what follows is admin.Accounts'.
func (a *Accounts) CreateMember(ctx context.Context, asked admin.AccountRequest) (admin.AccountAnswer, error) {
	if err := checkMember(asked.Member); err != nil {
		return admin.AccountAnswer{}, err
	}
	return a.create(ctx, account.Member, asked)
}

// CreateStaff makes an account with a role, or gives the role to the one that there is.
func (a *Accounts) CreateStaff(ctx context.Context, role string, asked admin.AccountRequest) (admin.AccountAnswer, error) {
	if asked.Member != "" {
		return admin.AccountAnswer{}, refusal(400, "the member of an account is said by candor member create")
	}
	return a.create(ctx, roleOf(role), asked)
}

func roleOf(name string) account.Role {
	if name == admin.Operator {
		return account.Operator
	}
	return account.Developer
}

func (a *Accounts) create(ctx context.Context, role account.Role, asked admin.AccountRequest) (answer admin.AccountAnswer, err error) {
	if asked.Email, err = emailOf(asked.Email); err != nil {
		return answer, err
	}
	there, err := a.core.store.AccountByEmail(ctx, asked.Email)
	if err != nil && !errors.Is(err, token.ErrNotFound) {
		return answer, err
	}
	hash, told, err := a.firstPassword(ctx, &there, &asked)
	if err != nil {
		return answer, err
	}
	var is account.Account
	err = a.write(func() (err error) {
		if there.ID != 0 {
			is, err = a.core.store.ChangeAccount(ctx, there.ID, func(is *account.Account) error { return enrol(is, role, &asked, hash) })
			return err
		}
		is = account.Account{Email: asked.Email, Created: a.now().Unix()}
		if err = enrol(&is, role, &asked, hash); err == nil {
			is, err = a.core.store.CreateAccount(ctx, is)
		}
		return err
	})
	if err != nil {
		return answer, a.mended(ctx, err, &asked)
	}
	answer.NewPassword = told
	return a.tell(ctx, answer, &is, there.ID != 0)
}

// enrol gives an account a role, and what goes with it.
func enrol(is *account.Account, role account.Role, asked *admin.AccountRequest, hash string) error {
	if asked.Member != "" && is.Member != "" && is.Member != asked.Member {
		return refusal(409, "the account of %s is that of the member %q already; choose another --email for %q", is.Email, is.Member, asked.Member)
	}
	if asked.Member != "" {
		is.Member = asked.Member
	}
	is.Roles = is.Roles.With(role)
	if hash == "" {
		return nil
	}
	if is.Password != "" { // since it was looked at
		return hasPassword(is.Email)
	}
	is.Password = hash
	return nil
}

func hasPassword(email string) error {
	return refusal(409, "%s has an account with a password already; leave the password out, or change it with candor member set-password %s", email, email)
}

// firstPassword is what a new account has of a password, and what is told of it where it was made here. One that is there keeps its own, or needs none.
func (a *Accounts) firstPassword(ctx context.Context, there *account.Account, asked *admin.AccountRequest) (hash, told string, err error) {
	switch {
	case there.Password != "" && asked.Password != "":
		return "", "", hasPassword(there.Email)
	case asked.Password == "" && (there.Password != "" || there.Issuer != ""):
		return "", "", nil
	}
	return a.newPassword(ctx, asked.Password, asked.Email)
}

// newPassword is what is kept of a password, which is made if there is none, and told then.
func (a *Accounts) newPassword(ctx context.Context, password, email string) (hash, told string, err error) {
	if password == "" {
		var random [account.RandomBytes]byte
		if _, err = io.ReadFull(a.rand, random[:]); err != nil {
			return "", "", fmt.Errorf("make a password: %w", err)
		}
		told = account.PasswordText(random)
		password = told
	}
	if err = account.CheckPassword(password, email); err != nil {
		return "", "", refusal(400, "%w", err)
	}
	var salt [account.SaltBytes]byte
	if _, err = io.ReadFull(a.rand, salt[:]); err != nil {
		return "", "", fmt.Errorf("make a salt: %w", err)
	}
	hash, err = a.hasher.Hash(ctx, password, salt)
	if errors.Is(err, account.ErrBusy) {
		err = refusal(503, "%w; ask again in a moment", err)
	}
	return hash, told, err
}

// mended says what to do about what another account has.
func (a *Accounts) mended(ctx context.Context, err error, asked *admin.AccountRequest) error {
	taken, is := errors.AsType[*account.TakenError](err)
	if !is {
		return err
	}
	if taken.What == account.TakenMember {
		by, err := a.core.store.Account(ctx, taken.By)
		if err != nil {
			return err
		}
		return refusal(409, "the member %q has an account already, %s; candor member show %s tells of it", asked.Member, by.Email, asked.Member)
	}
	return refusal(409, "%s has got an account meanwhile; ask again", asked.Email) // two asked at once
}

func emailOf(said string) (string, error) {
	email, err := access.Email(said)
	if err != nil {
		return "", refusal(400, "%w", err)
	}
	return email, nil
}

func checkMember(id string) error {
	if err := token.CheckSubject(id); err != nil {
		return refusal(400, "%w", err)
	}
	return nil
}

// noMember says that there is none of that id.
func noMember(id string) error {
	if strings.Contains(id, "@") {
		return refusal(404, "there is neither a member %q nor an account of that e-mail address; candor member list has all that have one", id)
	}
	return refusal(404, "there is no member %q: it has no account, and no token was ever made for it; candor member list has all that have an account", id)
}
