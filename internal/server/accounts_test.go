package server_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/candor-gateway/candor/internal/account"
	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/server"
	"github.com/candor-gateway/candor/internal/store/sqlite"
)

const itsPassword = "correct horse battery"

// unlikeAccount compares without what the clock says.
func unlikeAccount(want, got any) string {
	return cmp.Diff(want, got, cmpopts.IgnoreFields(admin.Account{}, "CreatedAt"))
}

func adaShown() admin.Account {
	return admin.Account{Member: "ada", Email: "ada@example.com", Roles: []string{"member"}, Password: true, Apps: []string{}}
}

func createMember(t *testing.T, a admin.Accounts, asked admin.AccountRequest) admin.AccountAnswer {
	t.Helper()
	made, err := a.CreateMember(t.Context(), asked)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

func changeMember(t *testing.T, a admin.Accounts, id string, asked admin.MemberChange) admin.AccountAnswer {
	t.Helper()
	is, err := a.ChangeMember(t.Context(), id, asked)
	if err != nil {
		t.Fatal(err)
	}
	return is
}

// keptAccount is an account as the store has it, looked at from outside.
func (s *stage) keptAccount(email string) account.Account {
	s.t.Helper()
	st, err := sqlite.Open(s.t.Context(), s.words["data"])
	if err != nil {
		s.t.Fatal(err)
	}
	defer st.Close()
	is, err := st.AccountByEmail(s.t.Context(), email)
	if err != nil {
		s.t.Fatal(err)
	}
	return is
}

func (s *stage) opens(kept account.Account, password string, want bool) {
	s.t.Helper()
	if ok, err := account.NewHasher(1, account.Ours).Verify(s.t.Context(), kept.Password, password); err != nil || ok != want {
		s.t.Errorf("the password opens the account: %t (%v), want %t", ok, err, want)
	}
}

// TestAMemberLives: each change is at work at once, and a restart undoes none.
func TestAMemberLives(t *testing.T) {
	s := newStage(t)
	i := s.start()
	bearer := i.mint("demo", "ada")
	is := func(when string, want answer) {
		t.Helper()
		if got := i.status("/v2/me", bearer); got != want {
			t.Errorf("%s: %+v, want %+v", when, got, want)
		}
	}
	again := func() {
		t.Helper()
		if err := i.end(); err != nil {
			t.Fatal(err)
		}
		i = s.start()
	}
	good, restricted, revoked := answer{Status: 200}, answer{Status: 401, Problem: "restricted_member"}, answer{Status: 401, Problem: "revoked_access_token"}
	made := createMember(t, i.Accounts(), admin.AccountRequest{Member: "ada", Email: "Ada@Example.com"})
	if diff := unlikeAccount(adaShown(), made.Account); diff != "" || made.Note != "there is no page to sign in at, since www: is off" {
		t.Errorf("note %q, -want +got\n%s", made.Note, diff)
	}
	s.opens(s.keptAccount("ada@example.com"), made.NewPassword, true)
	is("with an account", good)

	changeMember(t, i.Accounts(), "ada", admin.MemberChange{Restricted: new(true)})
	is("restricted", restricted)
	again()
	is("restricted, after a restart", restricted)
	if told := changeMember(t, i.Accounts(), "ada", admin.MemberChange{Restricted: new(false)}); told.Restricted {
		t.Error("it is told that it is restricted")
	}
	is("lifted", good)

	before := s.keptAccount("ada@example.com")
	told := changeMember(t, i.Accounts(), "ADA@example.com", admin.MemberChange{SetPassword: true, Password: itsPassword})
	after := s.keptAccount("ada@example.com")
	if told.NewPassword != "" || after.Voided <= before.Voided || after.Voided > time.Now().UnixMilli() {
		t.Errorf("told %q, sessions void until %d", told.NewPassword, after.Voided)
	}
	s.opens(after, itsPassword, true)
	s.opens(after, made.NewPassword, false)
	told = changeMember(t, i.Accounts(), "ada", admin.MemberChange{SetPassword: true})
	s.opens(s.keptAccount("ada@example.com"), told.NewPassword, true)
	is("with another password", good)

	gone, err := i.Accounts().EraseMember(t.Context(), "ada")
	if diff := cmp.Diff(admin.Erased{Member: "ada", Account: true, Grants: 1}, gone); err != nil || diff != "" {
		t.Errorf("%v, -want +got\n%s", err, diff)
	}
	is("erased", revoked)
	again()
	is("erased, after a restart", revoked)
	if _, err := i.Accounts().Member(t.Context(), "ada"); err == nil {
		t.Error("the member is still known")
	}
	old := bearer
	bearer = i.mint("demo", "ada")
	is("somebody else of that id", good)
	bearer = old
	is("and the one that was erased", revoked)
}

// TestWhoHasAnAccount: one person is member, developer and operator, and everybody is listed where they belong.
func TestWhoHasAnAccount(t *testing.T) {
	s := newStage(t)
	i := s.start("{name: partner,", "{name: partner, owners: [eve@example.com],")
	a := i.Accounts()
	create(t, i, shop)
	i.mint("demo", "nobody")
	i.mint("demo", "bob")
	changeMember(t, a, "bob", admin.MemberChange{Restricted: new(true)})
	createMember(t, a, admin.AccountRequest{Member: "ada", Email: "ada@example.com", Password: itsPassword})
	ada, err := a.CreateStaff(t.Context(), admin.Developer, admin.AccountRequest{Email: "ADA@example.com"})
	if err != nil || ada.NewPassword != "" || !strings.HasPrefix(ada.Note, "ada@example.com had an account before, which this is") {
		t.Errorf("%+v %v", ada, err)
	}
	s.opens(s.keptAccount("ada@example.com"), itsPassword, true)
	for _, role := range []string{admin.Developer, admin.Operator} {
		if _, err = a.CreateStaff(t.Context(), role, admin.AccountRequest{Email: "eve@example.com"}); err != nil {
			t.Fatal(err)
		}
	}
	createMember(t, a, admin.AccountRequest{Member: "eve", Email: "eve@example.com"})
	wantAda, wantEve := adaShown(), admin.Account{Member: "eve", Email: "eve@example.com", Roles: []string{"member", "developer", "operator"}, Password: true, Apps: []string{"partner"}}
	wantAda.Roles, wantAda.Apps = []string{"member", "developer"}, []string{"shop"}
	bob := admin.Account{Member: "bob", Roles: []string{"member"}, Restricted: true, Apps: []string{}}
	for name, c := range map[string]struct {
		list func() ([]admin.Account, error)
		want []admin.Account
	}{
		"members":    {func() ([]admin.Account, error) { return a.Members(t.Context()) }, []admin.Account{bob, wantAda, wantEve}},
		"developers": {func() ([]admin.Account, error) { return a.Staff(t.Context(), admin.Developer) }, []admin.Account{wantAda, wantEve}},
		"operators":  {func() ([]admin.Account, error) { return a.Staff(t.Context(), admin.Operator) }, []admin.Account{wantEve}},
	} {
		got, err := c.list()
		if diff := unlikeAccount(c.want, got); err != nil || diff != "" {
			t.Errorf("%s: %v, -want +got\n%s", name, err, diff)
		}
	}
	for _, want := range []admin.Account{bob, wantAda, {Member: "nobody", Roles: []string{"member"}, Apps: []string{}}} {
		got, err := a.Member(t.Context(), want.Member)
		if diff := unlikeAccount(want, got); err != nil || diff != "" {
			t.Errorf("%s: %v, -want +got\n%s", want.Member, err, diff)
		}
	}
}

// TestAccountMistakes: what the operator can mend is said so, by a running instance and over a stopped one alike, and leaves nothing behind.
func TestAccountMistakes(t *testing.T) {
	s := newStage(t)
	i := s.start()
	create(t, i, shop)
	i.mint("demo", "bare")
	ada := admin.AccountRequest{Member: "ada", Email: "ada@example.com", Password: itsPassword}
	createMember(t, i.Accounts(), ada)
	createMember(t, i.Accounts(), admin.AccountRequest{Member: "ada@example.com", Email: "odd@example.com"})
	member := func(id, email, password string) func(admin.Accounts) error {
		return func(a admin.Accounts) error {
			_, err := a.CreateMember(t.Context(), admin.AccountRequest{Member: id, Email: email, Password: password})
			return err
		}
	}
	change := func(id string, c admin.MemberChange) func(admin.Accounts) error {
		return func(a admin.Accounts) error { _, err := a.ChangeMember(t.Context(), id, c); return err }
	}
	erase := func(id string) func(admin.Accounts) error {
		return func(a admin.Accounts) error { _, err := a.EraseMember(t.Context(), id); return err }
	}
	const nobody = `there is no member "eve": it has no account, and no token was ever made for it; candor member list has all that have an account`
	mistakes := map[string]struct {
		do     func(admin.Accounts) error
		status int
		want   string
	}{
		"no id":                   {member("", "eve@example.com", ""), 400, "a member's id has 1 to 128 characters, this one 0"},
		"a blank in the id":       {member("e ve", "eve@example.com", ""), 400, `a member's id is visible ASCII without spaces; byte 2 of "e ve" is not`},
		"no e-mail address":       {member("eve", "eve", ""), 400, `"eve" is no e-mail address; expected one like ada@example.com`},
		"a short password":        {member("eve", "eve@example.com", "secret"), 400, "a password has at least 12 characters, this one has 6"},
		"the address as password": {member("eve", "eve@example.com", "Eve@example.com"), 400, "the password must not be the e-mail address"},
		"a member twice":          {member("ada", "eve@example.com", ""), 409, `the member "ada" has an account already, ada@example.com; candor member show ada tells of it`},
		"an address twice":        {member("eve", "ada@example.com", ""), 409, `the account of ada@example.com is that of the member "ada" already; choose another --email for "eve"`},
		"a password twice":        {member("ada", "ada@example.com", "another password"), 409, "ada@example.com has an account with a password already; leave the password out, or change it with candor member set-password ada@example.com"},
		"restrict nobody":         {change("eve", admin.MemberChange{Restricted: new(true)}), 404, nobody},
		"change nothing":          {change("ada", admin.MemberChange{}), 400, "nothing is said of what is to change: restricted, or set_password"},
		"change two things":       {change("ada", admin.MemberChange{Restricted: new(true), SetPassword: true}), 400, "set a password and restrict in two steps: one of them could fail where the other has succeeded"},
		"nobody's password":       {change("eve", admin.MemberChange{SetPassword: true}), 404, nobody},
		"no account's password":   {change("bare", admin.MemberChange{SetPassword: true}), 404, `the member "bare" has no account; candor member create bare --email EMAIL makes one`},
		"nobody's address":        {change("eve@example.com", admin.MemberChange{SetPassword: true}), 404, `there is neither a member "eve@example.com" nor an account of that e-mail address; candor member list has all that have one`},
		"an address that is an id": {
			change("ada@example.com", admin.MemberChange{SetPassword: true}), 409,
			`"ada@example.com" is a member's id and another account's e-mail address; name the member by its e-mail address, odd@example.com, or the other by its id`,
		},
		"a short new password": {change("ada", admin.MemberChange{SetPassword: true, Password: "secret"}), 400, "a password has at least 12 characters, this one has 6"},
		"erase nobody":         {erase("eve"), 404, nobody},
		"erase an owner":       {erase("ada"), 409, "ada@example.com is an owner of shop; make it somebody else's first, with candor app owner add and candor app owner remove"},
		"a member of staff": {func(a admin.Accounts) error {
			_, err := a.CreateStaff(t.Context(), admin.Operator, ada)
			return err
		}, 400, "the member of an account is said by candor member create"},
		"show nobody": {func(a admin.Accounts) error { _, err := a.Member(t.Context(), "eve"); return err }, 404, nobody},
	}
	check := func(a admin.Accounts, where string) {
		t.Helper()
		for name, c := range mistakes {
			err := c.do(a)
			f := (*admin.Fault)(nil)
			if !errors.As(err, &f) {
				t.Errorf("%s, %s: %v", name, where, err)
				continue
			}
			if diff := cmp.Diff(&admin.Fault{Status: c.status, Message: c.want}, f); diff != "" {
				t.Errorf("%s, %s: -want +got\n%s", name, where, diff)
			}
		}
	}
	before, err := i.Accounts().Members(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	check(i.Accounts(), "running")
	if err = i.end(); err != nil {
		t.Fatal(err)
	}
	stopped, err := server.OpenAccounts(t.Context(), s.config(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	defer stopped.Close()
	check(stopped, "stopped")
	after, err := stopped.Members(t.Context())
	if diff := cmp.Diff(before, after); err != nil || diff != "" {
		t.Errorf("%v, -before +after\n%s", err, diff)
	}
	s.opens(s.keptAccount("ada@example.com"), itsPassword, true)
}

// TestAccountsNeedAStore, and one that is this instance's to write to.
func TestAccountsNeedAStore(t *testing.T) {
	s := newStage(t)
	public := append([]string{"scopes: [r_profile], quota: people}", "credentials: public}", "quotas: {people: {app: 100/day}}\n", ""}, noApps...)
	const want = "there is nothing that an account could be kept in: by "
	asked := admin.AccountRequest{Member: "ada", Email: "ada@example.com"}
	i := s.start(public...)
	if _, err := i.Accounts().CreateMember(t.Context(), asked); err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Error(err)
	}
	if err := i.end(); err != nil {
		t.Fatal(err)
	}
	if _, err := server.OpenAccounts(t.Context(), s.config(public...), time.Now()); err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Error(err)
	}
	i = s.start("data: {{data}}", "data: none")
	made := createMember(t, i.Accounts(), asked)
	if note := "there is no page to sign in at, since www: is off; with data: none it lives in the running instance alone, and is gone when that ends"; made.Note != note {
		t.Errorf("note %q, want %q", made.Note, note)
	}
	a := i.Accounts()
	if err := i.end(); err != nil {
		t.Fatal(err)
	}
	f := (*admin.Fault)(nil)
	if _, err := a.EraseMember(t.Context(), "ada"); !errors.As(err, &f) || f.Status != 503 {
		t.Errorf("once it has ended: %v", err)
	}
}

// TestNotesOfAnAccount: what stands in the way of signing in is said, and nothing where nothing does.
func TestNotesOfAnAccount(t *testing.T) {
	for www, want := range map[string]string{
		"":                                  "there is no page to sign in at, since www: is off",
		"www: {address: \"127.0.0.1:0\"}\n": "nobody signs in by password yet; www.accounts: true lets them",
		"www: {address: \"127.0.0.1:0\", public_url: \"http://127.0.0.1:8081\", accounts: true}\n": "",
	} {
		i := newStage(t).start("version: 1\n", "version: 1\n"+www)
		if made := createMember(t, i.Accounts(), admin.AccountRequest{Member: "ada", Email: "ada@example.com"}); made.Note != want {
			t.Errorf("%s: note %q, want %q", www, made.Note, want)
		}
	}
}
