package storetest

import (
	"errors"
	"sync"
	"sync/atomic"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/account"
)

func ada() account.Account {
	return account.Account{
		Email: "ada@example.com", Member: "ada", Roles: account.Roles(0).With(account.Member).With(account.Developer), Password: "hash",
		Issuer: "https://id.example", Subject: "4711", Created: Noon.Unix(), Voided: 1,
	}
}

func (f *fixture) createAccount(a account.Account) account.Account {
	f.Helper()
	made, err := f.CreateAccount(f.Context(), a)
	f.must(err)
	return made
}

func (f *fixture) accounts() []account.Account {
	f.Helper()
	all, err := f.Accounts(f.Context())
	f.must(err)
	return all
}

func accountsAreKept(f *fixture) {
	f.equal("none yet", len(f.accounts()), 0)
	member := f.member("ada")
	want := ada()
	want.ID = 77 // is given
	made := f.createAccount(want)
	want.ID = made.ID
	f.equal("as it was made", made, want)
	bare := f.createAccount(account.Account{Email: "eve@example.com"})
	f.equal("without anything", bare, account.Account{ID: want.ID + 1, Email: "eve@example.com"})
	bob := f.createAccount(account.Account{Email: "bob@example.com", Member: "bob"})
	f.equal("all", f.accounts(), []account.Account{want, bare, bob})
	f.equal("the member that was there", f.member("ada").ID, member.ID)
	made2, err := f.Member(f.Context(), "bob")
	f.must(err)
	f.equal("a member that was not", made2.ID, member.ID+1)

	for name, find := range map[string]func() (account.Account, error){
		"by id":      func() (account.Account, error) { return f.Account(f.Context(), want.ID) },
		"by e-mail":  func() (account.Account, error) { return f.AccountByEmail(f.Context(), "ada@example.com") },
		"by member":  func() (account.Account, error) { return f.AccountByMember(f.Context(), "ada") },
		"by subject": func() (account.Account, error) { return f.AccountBySubject(f.Context(), "https://id.example", "4711") },
	} {
		got, err := find()
		f.must(err)
		f.equal(name, got, want)
	}
	for name, find := range map[string]func() (account.Account, error){
		"no id":      func() (account.Account, error) { return f.Account(f.Context(), 99) },
		"no e-mail":  func() (account.Account, error) { return f.AccountByEmail(f.Context(), "ADA@example.com") },
		"no member":  func() (account.Account, error) { return f.AccountByMember(f.Context(), "") },
		"no subject": func() (account.Account, error) { return f.AccountBySubject(f.Context(), "", "") },
		"another's issuer": func() (account.Account, error) {
			return f.AccountBySubject(f.Context(), "https://other.example", "4711")
		},
	} {
		_, err := find()
		f.notFound(name, err)
	}
}

func accountsChangeWhole(f *fixture) {
	made, other := f.createAccount(ada()), f.createAccount(account.Account{Email: "eve@example.com"})
	want := account.Account{ID: made.ID, Email: "ada@new.example", Member: "countess", Roles: account.Roles(0).With(account.Operator), Password: "p", Created: made.Created, Voided: 2}
	got, err := f.ChangeAccount(f.Context(), made.ID, func(a *account.Account) error {
		f.equal("as it was", *a, made)
		*a = want
		a.ID, a.Created = 99, 5
		return nil
	})
	f.must(err)
	f.equal("as it is", got, want)
	f.equal("as they are kept", f.accounts(), []account.Account{want, other})
	_, err = f.AccountByMember(f.Context(), "ada")
	f.notFound("by the member that it was", err)

	no := errors.New("no")
	_, err = f.ChangeAccount(f.Context(), made.ID, func(a *account.Account) error {
		*a = account.Account{}
		return no
	})
	f.equal("the error of a change", err == no, true) //nolint:errorlint // as it is
	_, err = f.ChangeAccount(f.Context(), 99, func(*account.Account) error { return nil })
	f.notFound("change nobody", err)
	f.equal("after changes that failed", f.accounts(), []account.Account{want, other})
}

func accountsAreUnique(f *fixture) {
	first := f.createAccount(ada())
	eve := f.createAccount(account.Account{Email: "eve@example.com", Issuer: "https://other.example", Subject: "4711"})
	f.createAccount(account.Account{Email: "none@example.com", Subject: "4711"})
	f.createAccount(account.Account{Email: "none too@example.com", Subject: "4711"})
	before := f.accounts()
	for _, c := range []struct {
		give func(*account.Account)
		what account.Taken
	}{
		{func(a *account.Account) { a.Email = "ada@example.com" }, account.TakenEmail},
		{func(a *account.Account) { a.Member = "ada" }, account.TakenMember},
		{func(a *account.Account) { a.Issuer = "https://id.example" }, account.TakenSubject},
	} {
		a := account.Account{Email: "new@example.com", Member: "new", Subject: "4711"}
		c.give(&a)
		_, err := f.CreateAccount(f.Context(), a)
		f.taken(err, c.what, first.ID)
		_, err = f.ChangeAccount(f.Context(), eve.ID, func(a *account.Account) error {
			c.give(a)
			return nil
		})
		f.taken(err, c.what, first.ID)
	}
	f.equal("after what was refused", f.accounts(), before)
	_, err := f.Member(f.Context(), "new")
	f.notFound("the member of an account that was refused", err)
}

func (f *fixture) taken(err error, what account.Taken, by account.ID) {
	f.Helper()
	var taken *account.TakenError
	if !errors.As(err, &taken) {
		f.Errorf("%s: %v", what, err)
		return
	}
	f.equal("what is taken", *taken, account.TakenError{What: what, By: by})
}

func manyCallersCreateOneAccount(f *fixture) {
	var made atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := f.CreateAccount(f.Context(), ada()); err == nil {
				made.Add(1)
			}
		})
	}
	wg.Wait()
	f.equal("made once", made.Load(), int32(1))
	id := f.accounts()[0].ID
	for range 8 {
		wg.Go(func() {
			_, err := f.ChangeAccount(f.Context(), id, func(a *account.Account) error {
				a.Voided++
				return nil
			})
			if err != nil {
				f.Error(err)
			}
		})
	}
	wg.Wait()
	f.equal("changed one after the other", f.accounts()[0].Voided, int64(9))
}

func membersAreListed(f *fixture) {
	f.member("nobody")
	restricted := f.member("restricted")
	f.must(f.RestrictMember(f.Context(), restricted.ID, true))
	f.createAccount(ada())
	f.createAccount(account.Account{Email: "eve@example.com"})
	f.equal("members", f.listed(), []string{"restricted (restricted)", "ada"})
	_, _, err := f.EraseMember(f.Context(), "ada", Noon)
	f.must(err)
	f.equal("after one is erased", f.listed(), []string{"restricted (restricted)"})
}

func (f *fixture) listed() (all []string) {
	f.Helper()
	members, err := f.Members(f.Context())
	f.must(err)
	for _, m := range members {
		name := m.Subject
		if m.Restricted.Load() {
			name += " (restricted)"
		}
		all = append(all, name)
	}
	return all
}

// memberIsErased: nothing leads from the member's name to what is left, and what is left is worth nothing.
func memberIsErased(f *fixture) {
	f.apps("demo", "other")
	old := f.ensure(spec(f.member("ada").ID, 1)).Grant
	now := f.ensure(spec(f.member("ada").ID, 1, 2)).Grant // ends old
	code := f.code(5, f.member("ada"), 1)
	theirs := f.ensure(spec(f.member("bob").ID, 1)).Grant
	alone := f.ensure(spec(0, 1)).Grant
	hers := f.createAccount(ada())
	bob := f.createAccount(account.Account{Email: "bob@example.com", Member: "bob"})
	f.must(f.KeepSession(f.Context(), account.Session{Hash: [32]byte{1}, Account: hers.ID, Data: []byte("ada"), Ends: Noon.Unix() + 60}))
	f.must(f.KeepSession(f.Context(), account.Session{Hash: [32]byte{2}, Account: bob.ID, Data: []byte("bob"), Ends: Noon.Unix() + 60}))
	before, err := f.LoadLive(f.Context(), Noon)
	f.must(err)

	id, killed, err := f.EraseMember(f.Context(), "ada", Noon)
	f.must(err)
	f.equal("the member", id, now.Member.ID)
	f.equal("what died", killed, []access.GrantID{now.ID})
	f.equal("accounts", f.accounts(), []account.Account{bob})
	_, err = f.Member(f.Context(), "ada")
	f.notFound("the member", err)
	_, err = f.Session(f.Context(), [32]byte{1})
	f.notFound("the session", err)
	_, err = f.Session(f.Context(), [32]byte{2})
	f.must(err)
	want := facts{App: 1, Subject: account.Erased(int64(id)), Restricted: true, Scopes: now.Scopes, ScopeText: now.ScopeText, Reason: access.ByOperator}
	f.equal("the grant", factsOf(f.grant(now.ID)), want)
	f.equal("one that was dead", f.grant(old.ID).Reason(), access.ScopeChanged)
	f.equal("another's", f.grant(theirs.ID).Revoked(), false)
	f.equal("an app's own", f.grant(alone.ID).Revoked(), false)
	f.equal("a code", f.shown(code.ID) == nil, true)
	news, err := f.Changes(f.Context(), before.Seq)
	f.must(err)
	f.equal("the change is told", len(news.Grants), 2)

	_, _, err = f.EraseMember(f.Context(), "ada", Noon)
	f.notFound("a second time", err)
	again := f.member("ada")
	f.equal("the name is free again", again.ID > id && !again.Restricted.Load(), true)
	f.createAccount(ada())
}
