package portal_test

import (
	"context"
	"errors"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/account"
	"github.com/candor-gateway/candor/internal/portal"
)

// signIn tries a pair.
func (b *browser) signIn(email, password string) string {
	b.Helper()
	return b.get("/sign-in?email=" + url.QueryEscape(email) + "&password=" + url.QueryEscape(password))
}

// TestSignIn: who may, and that a refusal tells nobody who has an account: neither its text, nor what it costs.
func TestSignIn(t *testing.T) {
	wrong, long := portal.ErrWrong.Error(), strings.Repeat("x", 2000)
	for name, c := range map[string]struct{ email, password, want string }{
		"right":             {"ada@example.com", password, ada},
		"spelled otherwise": {"Ada@EXAMPLE.com", password, ada},
		"wrong":             {"ada@example.com", "wrong", wrong},
		"empty":             {"ada@example.com", "", wrong},
		"long":              {"ada@example.com", long, wrong},
		"unknown":           {"nobody@example.com", password, wrong},
		"no address":        {"ada", password, wrong},
		"SQL":               {"' OR 1=1 --", password, wrong},
		"no password kept":  {"eve@example.com", "", wrong},
	} {
		t.Run(name, func(t *testing.T) {
			b := newStage(t).browser()
			before := b.passwords.Hasher.Done()
			if got := b.signIn(c.email, c.password); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
			if n := b.passwords.Hasher.Done() - before; n != 1 {
				t.Errorf("%d hashes were computed, want 1", n)
			}
			want := ""
			if c.want == ada {
				want = ada
			}
			b.expect("/", want)
		})
	}
}

// TestRestrictedSignIn: only who has the password learns that a member was restricted.
func TestRestrictedSignIn(t *testing.T) {
	b := newStage(t).browser()
	b.restrict("ada")
	for given, want := range map[string]string{password: portal.ErrRestricted.Error(), "wrong": portal.ErrWrong.Error()} {
		if got := b.signIn("ada@example.com", given); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	b.expect("/", "")
}

// TestGuessing: who guesses has to wait, the owner at a browser of theirs has not, and neither has who sits elsewhere.
func TestGuessing(t *testing.T) {
	s := newStage(t)
	home := s.browser()
	home.signIn("ada@example.com", password)
	home.get("/out")
	s.from = netip.MustParseAddr("198.51.100.9")
	thief := s.browser()
	last := ""
	for range 6 {
		last = thief.signIn("ada@example.com", "guess")
	}
	if !strings.HasPrefix(last, "too many attempts") {
		t.Errorf("the sixth guess: %s", last)
	}
	before := s.passwords.Hasher.Done()
	if got := thief.signIn("ada@example.com", password); !strings.HasPrefix(got, "too many attempts") || s.passwords.Hasher.Done() != before {
		t.Errorf("the right password in the time of waiting: %s", got)
	}
	if got := home.signIn("ada@example.com", password); got != ada {
		t.Errorf("a known browser in the same network: %s", got)
	}
	s.from = netip.MustParseAddr("198.51.100.10")
	if got := s.browser().signIn("ada@example.com", password); got != ada {
		t.Errorf("from elsewhere: %s", got)
	}
	s.from = netip.MustParseAddr("198.51.100.9")
	s.wait(time.Minute)
	if got := thief.signIn("ada@example.com", password); got != ada {
		t.Errorf("after the time of waiting: %s", got)
	}
}

// TestBusy: where too many passwords are hashed the next are refused, which is no failure of theirs.
func TestBusy(t *testing.T) {
	s := newStage(t)
	s.passwords.Hasher = account.NewHasher(1, account.Ours)
	var wg sync.WaitGroup
	var mu sync.Mutex
	got := map[string]int{}
	for range 40 {
		wg.Go(func() {
			said := s.browser().signIn("ada@example.com", password)
			mu.Lock()
			defer mu.Unlock()
			got[said]++
		})
	}
	wg.Wait()
	if got[ada]+got[account.ErrBusy.Error()]+got["too many attempts; the next in 2s"] != 40 || got[ada] == 0 {
		t.Errorf("%v", got)
	}
}

// TestChange: another password, and what it ends.
func TestChange(t *testing.T) {
	const next = "another horse, another battery"
	s := newStage(t)
	b, other := s.browser(), s.browser()
	b.expect("/change?password=x&new=y", portal.ErrSignedOut.Error())
	b.signIn("ada@example.com", password)
	other.signIn("ada@example.com", password)
	change := func(current, next string) string {
		return b.get("/change?password=" + url.QueryEscape(current) + "&new=" + url.QueryEscape(next))
	}
	for name, c := range map[string]struct{ current, next, want string }{
		"a wrong one": {"wrong", next, portal.ErrWrong.Error()},
		"a short one": {password, "short", "a password has at least 12 characters, this one has 5"},
	} {
		if got, _, _ := strings.Cut(change(c.current, c.next), "\n"); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
	other.expect("/", ada)
	if got := change(password, next); got != ada {
		t.Error(got)
	}
	b.expect("/", ada)
	other.expect("/", "")
	if got := other.signIn("ada@example.com", password); got != portal.ErrWrong.Error() {
		t.Errorf("with the password before: %s", got)
	}
	if got := other.signIn("ada@example.com", next); got != ada {
		t.Error(got)
	}
	other.expect("/everywhere", "")
	b.expect("/", "")
	other.expect("/", "")
	b.expect("/everywhere", portal.ErrSignedOut.Error())
}

// TestLeave: somebody else goes on with what waits, under another secret.
func TestLeave(t *testing.T) {
	b := newStage(t).browser()
	id := b.get("/hold?what=x")
	b.get("/in")
	before := b.cookies()["candor_"]
	b.expect("/leave", "")
	b.expect("/held?id="+id, "x true shop")
	if b.cookies()["candor_"] == before {
		t.Error("the secret is as it was")
	}
	b.expect("/in?eve=", eve)
	b.expect("/held?id="+id, "x true shop")
}

// TestIdentities: whose account it is that somebody has who comes from the provider.
func TestIdentities(t *testing.T) {
	const issuer = "https://login.example.com"
	bob := portal.Identity{Issuer: issuer, Subject: "s-bob", Member: "bob", Email: "Bob@example.com", Verified: true}
	roles := account.Roles(0).With(account.Member)
	with := func(change func(*portal.Identity)) portal.Identity {
		who := bob
		change(&who)
		return who
	}
	for name, c := range map[string]struct {
		before []portal.Identity
		who    portal.Identity
		want   account.Account
		taken  account.Taken
	}{
		"new":                  {who: bob, want: account.Account{ID: 3, Email: "bob@example.com", Member: "bob"}},
		"again":                {before: []portal.Identity{bob}, who: bob, want: account.Account{ID: 3, Email: "bob@example.com", Member: "bob"}},
		"address not verified": {who: with(func(i *portal.Identity) { i.Verified = false }), want: account.Account{ID: 3, Email: "s-bob (https://login.example.com)", Member: "bob"}},
		"no address":           {who: with(func(i *portal.Identity) { i.Email = "" }), want: account.Account{ID: 3, Email: "s-bob (https://login.example.com)", Member: "bob"}},
		"address of ada, not verified": {
			who:  with(func(i *portal.Identity) { i.Email, i.Verified = "ada@example.com", false }),
			want: account.Account{ID: 3, Email: "s-bob (https://login.example.com)", Member: "bob"},
		},
		"another address":            {before: []portal.Identity{bob}, who: with(func(i *portal.Identity) { i.Email = "b@example.com" }), want: account.Account{ID: 3, Email: "b@example.com", Member: "bob"}},
		"another member":             {before: []portal.Identity{bob}, who: with(func(i *portal.Identity) { i.Member = "robert" }), want: account.Account{ID: 3, Email: "bob@example.com", Member: "robert"}},
		"made for the address":       {who: with(func(i *portal.Identity) { i.Email = "eve@example.com" }), want: account.Account{ID: 2, Email: "eve@example.com", Member: "bob"}},
		"made for the member":        {who: with(func(i *portal.Identity) { i.Member, i.Email = "ada", "" }), want: account.Account{ID: 1, Email: "ada@example.com", Member: "ada"}},
		"the address is of a member": {who: with(func(i *portal.Identity) { i.Email = "ada@example.com" }), taken: account.TakenEmail},
		"the address is of another":  {before: []portal.Identity{bob}, who: with(func(i *portal.Identity) { i.Subject, i.Member = "s-other", "other" }), taken: account.TakenEmail},
		"the member is of another":   {before: []portal.Identity{bob}, who: with(func(i *portal.Identity) { i.Subject, i.Email = "s-other", "" }), taken: account.TakenMember},
		"the address went elsewhere": {
			before: []portal.Identity{bob}, who: with(func(i *portal.Identity) { i.Email = "eve@example.com" }), taken: account.TakenEmail,
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStage(t)
			of := func(who portal.Identity) (account.Account, error) {
				return portal.AccountOf(context.WithoutCancel(t.Context()), s.store, &who, s.now)
			}
			for _, who := range c.before {
				if _, err := of(who); err != nil {
					t.Fatal(err)
				}
			}
			got, err := of(c.who)
			if taken, is := errors.AsType[*account.TakenError](err); is || c.taken != "" {
				if taken == nil || taken.What != c.taken {
					t.Errorf("%+v, %v, want that the %s is taken", got, err, c.taken)
				}
				return
			}
			if err != nil || got.ID != c.want.ID || got.Email != c.want.Email || got.Member != c.want.Member || got.Subject != c.who.Subject || got.Issuer != issuer || got.Roles != roles {
				t.Errorf("%+v, %v, want %+v", got, err, c.want)
			}
			if kept, err := s.store.Account(t.Context(), got.ID); err != nil || kept != got {
				t.Errorf("kept is %+v, %v", kept, err)
			}
		})
	}
}
