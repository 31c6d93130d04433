package server

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/candor-gateway/candor/internal/account"
	"github.com/candor-gateway/candor/internal/testkit"
)

func providerOf(at *testkit.Provider) string {
	return "provider: {issuer: \"" + at.URL + "\", client_id: " + testkit.ProviderClient + ", client_secret: " + testkit.ProviderSecret + ", name: Example login}"
}

// throughProvider goes there and comes back to what it returns, which is not asked for yet.
func (v *visitor) throughProvider(query string) string {
	v.Helper()
	out := v.get("/sign-in/provider" + query)
	if out.status != http.StatusSeeOther {
		v.Fatalf("to the provider: %d %s", out.status, out.body)
	}
	back := v.get(out.to())
	if !strings.HasPrefix(back.to(), "http://www.example/sign-in/callback?") {
		v.Fatalf("back from the provider: %d to %s", back.status, back.to())
	}
	return strings.TrimPrefix(back.to(), "http://www.example")
}

// TestSignInAtProvider: the way in by the operator's provider, to what waits, and again.
func TestSignInAtProvider(t *testing.T) {
	at := testkit.NewProvider(t)
	l := newLobby(t, providerOf(at)+", operators: [Bob@example.com]")
	at.Claim(map[string]any{"sub": "s-bob", "email": "bob@example.com"})
	v := l.visitor()
	id := v.hold()
	p := v.get("/sign-in?request=" + id)
	if p.status != 200 || !strings.Contains(p.body, "/sign-in/provider?next=&amp;request="+id) || !strings.Contains(p.body, "Example login") || strings.Contains(p.body, `name="password"`) {
		t.Errorf("%d %s", p.status, p.body)
	}
	if to := v.get(v.throughProvider("?request=" + id)).to(); to != "/oauth/v2/consent?request="+id {
		t.Errorf("to %s", to)
	}
	if got := v.get("/test/who?request=" + id).body; got != "bob@example.com|s-bob|member operator|a request" {
		t.Error(got)
	}
	again := l.visitor()
	if to := again.get(again.throughProvider("?next=/account")).to(); to != "/account" {
		t.Errorf("to %s", to)
	}
	if p := again.get("/account"); strings.Contains(p.body, `name="password"`) || !strings.Contains(p.body, "bob@example.com") {
		t.Errorf("who has no password here: %s", p.body)
	}
	all, err := l.core.store.Accounts(t.Context())
	if err != nil || len(all) != 3 {
		t.Errorf("%d accounts, %v", len(all), err)
	}
	if to := v.get("/sign-in/provider?request=" + id).to(); !strings.Contains(to, "prompt=login") {
		t.Errorf("who is signed in and is to sign in again: %s", to)
	}
	if p := v.post("/sign-in", "email", "ada@example.com", "password", adasPassword); p.status != 200 || !strings.Contains(p.body, "Example login") {
		t.Errorf("a password where there are none: %d", p.status)
	}
}

// TestAddressNotSeen: an address that the provider has not seen to be theirs makes nobody an operator, nor gives an account of others.
func TestAddressNotSeen(t *testing.T) {
	at := testkit.NewProvider(t)
	l := newLobby(t, "accounts: true, "+providerOf(at)+", operators: [boss@example.com, eve@example.com]")
	for _, email := range []string{"boss@example.com", "eve@example.com"} {
		at.Claim(map[string]any{"sub": "s-mallory", "email": email, "email_verified": false})
		v := l.visitor()
		v.get(v.throughProvider(""))
		if got := v.who(); got != "|s-mallory|member|" {
			t.Error(got)
		}
	}
	at.Claim(map[string]any{"sub": "s-eve", "email": "eve@example.com", "email_verified": true})
	v := l.visitor()
	v.get(v.throughProvider(""))
	if got := v.who(); got != "eve@example.com|s-eve|member developer operator|" {
		t.Errorf("one who has been made by a command: %s", got)
	}
	at.Claim(map[string]any{"sub": "s-other"})
	other := l.visitor()
	if p := other.get(other.throughProvider("")); p.status != 403 || !strings.Contains(p.body, "the e-mail address that it told belongs to another account") {
		t.Errorf("%d %s", p.status, p.body)
	}
	other.is("")
}

// TestProviderSaysNo: each fault has a page with the id, whose cause is in the log, and nobody is signed in.
func TestProviderSaysNo(t *testing.T) {
	for name, c := range map[string]struct {
		at        func(*testkit.Provider)
		status    int
		says, log string
	}{
		"declined": {func(p *testkit.Provider) {
			p.SendBack(url.Values{"error": {"access_denied"}, "error_description": {"<b>not you"}})
		}, 403, "Example login did not sign you in", "access_denied"},
		"mix-up":      {func(p *testkit.Provider) { p.SendBack(url.Values{"iss": {"https://evil.example"}}) }, 502, "Example login gave an answer that cannot be used", "evil.example"},
		"wrong nonce": {func(p *testkit.Provider) { p.Claim(map[string]any{"nonce": "x"}) }, 502, "Example login gave an answer that cannot be used", "nonce"},
		"not an id":   {func(p *testkit.Provider) { p.Claim(map[string]any{"sub": "a b"}) }, 502, "Example login gave an answer that cannot be used", "claim sub"},
		"refuses us": {func(p *testkit.Provider) {
			p.Instead("/token", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) })
		}, 502, "Example login did not take us", "OpenID provider"},
		"out of order": {func(p *testkit.Provider) {
			p.Instead("/token", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) })
		}, 502, "Example login cannot be reached", "answered 500"},
	} {
		t.Run(name, func(t *testing.T) {
			at := testkit.NewProvider(t)
			l := newLobby(t, providerOf(at))
			c.at(at)
			v := l.visitor()
			back := v.throughProvider("")
			p := v.get(back)
			id := p.head.Get("X-Request-Id")
			if p.status != c.status || !strings.Contains(p.body, c.says) || !strings.Contains(p.body, id) || strings.Contains(p.body, "<b>") {
				t.Errorf("%d %s", p.status, p.body)
			}
			if log := l.log.String(); !strings.Contains(log, c.log) || !strings.Contains(log, id) {
				t.Errorf("the log does not say why: %s", log)
			}
			v.is("")
			if p := v.get(back); p.status != 400 {
				t.Errorf("come back twice: %d", p.status)
			}
		})
	}
}

// TestProviderDown: it keeps nobody from the pages, and a password does without it.
func TestProviderDown(t *testing.T) {
	at := testkit.NewProvider(t)
	l := newLobby(t, "accounts: true, "+providerOf(at))
	at.Close()
	v := l.visitor()
	if p := v.get("/sign-in/provider"); p.status != 502 || !strings.Contains(p.body, "Example login cannot be reached") || len(v.cookies()) != 0 {
		t.Errorf("%d %s", p.status, p.body)
	}
	v.signIn()
	v.is("ada@example.com")
}

// TestStrayedFromProvider: what somebody else began, or what is over, signs nobody in.
func TestStrayedFromProvider(t *testing.T) {
	at := testkit.NewProvider(t)
	l := newLobby(t, providerOf(at))
	thief, victim := l.visitor(), l.visitor()
	stolen := thief.throughProvider("")
	victim.throughProvider("")
	for name, back := range map[string]string{
		"of another browser": stolen, "nothing": "/sign-in/callback", "no state": "/sign-in/callback?code=x", "an empty state": "/sign-in/callback?code=x&state=",
		"made up": "/sign-in/callback?code=x&state=ABC", "twice": stolen + "&state=x", "two codes": stolen + "&code=x",
	} {
		if p := victim.get(back); p.status != 400 || !strings.Contains(p.body, "This sign-in is not known here") {
			t.Errorf("%s: %d %s", name, p.status, p.body)
		}
		victim.is("")
	}
	for _, method := range []string{http.MethodPost, http.MethodHead} {
		if p := thief.ask(method, stolen, nil); p.status != 405 {
			t.Errorf("%s: %d", method, p.status)
		}
	}
	if to := thief.get(stolen).to(); to != "/account" {
		t.Errorf("in its own browser: to %s", to)
	}
	if a, err := l.core.store.AccountByMember(t.Context(), "ada"); err != nil || a.Subject != "ada" || !a.Roles.Has(account.Member) {
		t.Errorf("the account that was made for the member is %+v, %v", a, err)
	}
	if p := l.visitor().get("/sign-in/provider?request=ABC"); p.status != 400 || !strings.Contains(p.body, "belongs to another browser") {
		t.Errorf("a request of nobody: %d", p.status)
	}
}
