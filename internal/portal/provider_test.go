package portal_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/portal"
	"github.com/candor-gateway/candor/internal/testkit"
)

const callback = "https://auth.example.com/sign-in/callback"

func newProvider(t *testing.T, at *testkit.Provider, change ...func(*portal.ProviderSpec)) *portal.Provider {
	t.Helper()
	spec := portal.ProviderSpec{
		Issuer: at.URL, ClientID: testkit.ProviderClient, Secret: testkit.ProviderSecret, Claim: "sub", Scopes: []string{"openid", "email"}, Callback: callback,
	}
	for _, c := range change {
		c(&spec)
	}
	now := time.Now()
	p := portal.NewProvider(&spec, func() time.Time {
		now = now.Add(4 * time.Second) // whoever asks has waited
		return now
	})
	t.Cleanup(p.Close)
	return p
}

// comeBack is what a browser brings that is sent to the provider.
func comeBack(t *testing.T, to string) url.Values {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, to, nil)
	if err != nil {
		t.Fatal(err)
	}
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	answer, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	back, err := answer.Location()
	if err != nil || !strings.HasPrefix(back.String(), callback+"?") {
		t.Fatalf("%d, sent to %v: %v", answer.StatusCode, back, err)
	}
	return back.Query()
}

// walk is a whole sign-in.
func walk(t *testing.T, p *portal.Provider) (portal.Identity, error) {
	t.Helper()
	to, j, err := p.Begin(t.Context(), false)
	if err != nil {
		return portal.Identity{}, err
	}
	back := comeBack(t, to)
	if back.Get("state") != j.State {
		t.Errorf("state %q, want %q", back.Get("state"), j.State)
	}
	return p.Finish(t.Context(), &j, back)
}

// TestProvider: who has signed in at the provider is whom it names.
func TestProvider(t *testing.T) {
	userinfo := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != "Bearer opaque" {
				w.WriteHeader(http.StatusUnauthorized)
			}
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(body))
		}
	}
	for name, c := range map[string]struct {
		claims map[string]any
		info   string
		claim  string
		want   portal.Identity
	}{
		"by sub":             {want: portal.Identity{Subject: "ada", Member: "ada", Email: "ada@example.com", Verified: true}},
		"by another claim":   {claims: map[string]any{"uid": "u-7"}, claim: "uid", want: portal.Identity{Subject: "ada", Member: "u-7", Email: "ada@example.com", Verified: true}},
		"verified as text":   {claims: map[string]any{"email_verified": "true"}, want: portal.Identity{Subject: "ada", Member: "ada", Email: "ada@example.com", Verified: true}},
		"not verified":       {claims: map[string]any{"email_verified": "false"}, want: portal.Identity{Subject: "ada", Member: "ada", Email: "ada@example.com"}},
		"nothing of it":      {claims: map[string]any{"email_verified": nil}, want: portal.Identity{Subject: "ada", Member: "ada", Email: "ada@example.com"}},
		"no address":         {claims: map[string]any{"email": nil}, want: portal.Identity{Subject: "ada", Member: "ada", Verified: true}},
		"address from there": {claims: map[string]any{"email": nil, "email_verified": nil}, info: `{"sub":"ada","email":"a@b.example","email_verified":true}`, want: portal.Identity{Subject: "ada", Member: "ada", Email: "a@b.example", Verified: true}},
		"claim from there":   {claims: map[string]any{"email": nil}, info: `{"sub":"ada","uid":"u-9"}`, claim: "uid", want: portal.Identity{Subject: "ada", Member: "u-9", Verified: true}},
	} {
		t.Run(name, func(t *testing.T) {
			at := testkit.NewProvider(t)
			at.Claim(c.claims)
			if c.info != "" {
				at.Tell(map[string]any{"userinfo_endpoint": at.URL + "/userinfo"})
				at.Instead("/userinfo", userinfo(c.info))
			}
			got, err := walk(t, newProvider(t, at, func(s *portal.ProviderSpec) {
				if c.claim != "" {
					s.Claim = c.claim
				}
			}))
			c.want.Issuer = at.URL
			if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
				t.Error(err, diff)
			}
		})
	}
}

// TestProviderFaults: whatever the provider does wrong, nobody signs in, and it is said what it was.
func TestProviderFaults(t *testing.T) {
	status := func(code int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(code)
			_, _ = w.Write([]byte(body))
		}
	}
	later := time.Now().Add(time.Hour).Unix()
	for name, c := range map[string]struct {
		at   func(*testkit.Provider)
		spec func(*portal.ProviderSpec)
		kind portal.ProviderFault
		says string
	}{
		"down":          {at: func(p *testkit.Provider) { p.Close() }, kind: portal.Unreachable, says: "read the metadata of"},
		"metadata gone": {at: func(p *testkit.Provider) { p.Instead("/.well-known/openid-configuration", status(404, "no")) }, kind: portal.Unreachable, says: "404"},
		"metadata long": {at: func(p *testkit.Provider) {
			p.Instead("/.well-known/openid-configuration", status(200, strings.Repeat("x", 2<<20)))
		}, kind: portal.Unreachable, says: "longer than 1024 KiB"},
		"metadata moved": {at: func(p *testkit.Provider) {
			p.Instead("/.well-known/openid-configuration", http.RedirectHandler("/x", http.StatusFound).ServeHTTP)
		}, kind: portal.Unreachable, says: "it redirects"},
		"another issuer": {at: func(p *testkit.Provider) { p.Tell(map[string]any{"issuer": p.URL + "/"}) }, kind: portal.WrongAnswer, says: "to the slash at the end"},
		"declined": {at: func(p *testkit.Provider) {
			p.SendBack(url.Values{"error": {"access_denied"}, "error_description": {"not today"}})
		}, kind: portal.Declined, says: `"access_denied": "not today"`},
		"mix-up": {at: func(p *testkit.Provider) { p.SendBack(url.Values{"iss": {"https://evil.example"}}) }, kind: portal.WrongAnswer, says: `"https://evil.example", expected`},
		"without iss": {at: func(p *testkit.Provider) {
			p.Tell(map[string]any{"authorization_response_iss_parameter_supported": true})
		}, kind: portal.WrongAnswer, says: "no iss"},
		"wrong secret":   {spec: func(s *portal.ProviderSpec) { s.Secret = "x" }, kind: portal.Refused, says: "invalid_client"},
		"token endpoint": {at: func(p *testkit.Provider) { p.Instead("/token", status(503, "{}")) }, kind: portal.Unreachable, says: "answered 503"},
		"no ID token": {at: func(p *testkit.Provider) {
			p.Instead("/token", status(200, `{"access_token":"x","token_type":"Bearer"}`))
		}, kind: portal.WrongAnswer, says: "no id_token"},
		"unsigned": {at: func(p *testkit.Provider) {
			p.Instead("/token", status(200, `{"access_token":"x","id_token":"eyJhbGciOiJub25lIn0.e30."}`))
		}, kind: portal.WrongAnswer, says: "its ID token"},
		"other keys":        {at: func(p *testkit.Provider) { p.Instead("/keys", status(200, `{"keys":[]}`)) }, kind: portal.WrongAnswer, says: "failed to verify"},
		"for another":       {at: func(p *testkit.Provider) { p.Claim(map[string]any{"aud": "other"}) }, kind: portal.WrongAnswer, says: "audience"},
		"party is another":  {at: func(p *testkit.Provider) { p.Claim(map[string]any{"aud": []string{"candor", "other"}, "azp": "other"}) }, kind: portal.WrongAnswer, says: `"other" (azp)`},
		"of another issuer": {at: func(p *testkit.Provider) { p.Claim(map[string]any{"iss": "https://evil.example"}) }, kind: portal.WrongAnswer, says: "https://evil.example"},
		"over":              {at: func(p *testkit.Provider) { p.Claim(map[string]any{"exp": 1}) }, kind: portal.WrongAnswer, says: "expired"},
		"not yet":           {at: func(p *testkit.Provider) { p.Claim(map[string]any{"nbf": later}) }, kind: portal.WrongAnswer, says: "nbf"},
		"another nonce":     {at: func(p *testkit.Provider) { p.Claim(map[string]any{"nonce": "x"}) }, kind: portal.WrongAnswer, says: "nonce"},
		"no nonce":          {at: func(p *testkit.Provider) { p.Claim(map[string]any{"nonce": nil}) }, kind: portal.WrongAnswer, says: "nonce"},
		"another at_hash":   {at: func(p *testkit.Provider) { p.Claim(map[string]any{"at_hash": "x"}) }, kind: portal.WrongAnswer, says: "ID token"},
		"no such claim":     {spec: func(s *portal.ProviderSpec) { s.Claim = "uid" }, kind: portal.WrongAnswer, says: "the claim uid"},
		"claim is no id":    {at: func(p *testkit.Provider) { p.Claim(map[string]any{"sub": "a b"}) }, kind: portal.WrongAnswer, says: "visible ASCII"},
		"of somebody else": {at: func(p *testkit.Provider) {
			p.Claim(map[string]any{"email": nil})
			p.Tell(map[string]any{"userinfo_endpoint": p.URL + "/userinfo"})
			p.Instead("/userinfo", status(200, `{"sub":"eve","email":"eve@example.com"}`))
		}, kind: portal.WrongAnswer, says: "somebody else"},
	} {
		t.Run(name, func(t *testing.T) {
			at := testkit.NewProvider(t)
			if c.at != nil {
				c.at(at)
			}
			p := newProvider(t, at)
			if c.spec != nil {
				p = newProvider(t, at, c.spec)
			}
			who, err := walk(t, p)
			fault, is := errors.AsType[*portal.ProviderError](err)
			if !is || fault.Kind != c.kind || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v %+v, want %d: %s", err, who, c.kind, c.says)
			}
			if err != nil && (strings.Contains(err.Error(), testkit.ProviderSecret) || len(err.Error()) > 1000) {
				t.Errorf("the error tells too much: %s", err)
			}
		})
	}
}

// TestJourneysAreOneSignIn: what comes back is good for the journey that it is of alone, and once.
func TestJourneysAreOneSignIn(t *testing.T) {
	p := newProvider(t, testkit.NewProvider(t))
	to, j, err := p.Begin(t.Context(), true)
	if err != nil || !strings.Contains(to, "&prompt=login") {
		t.Fatal(to, err)
	}
	_, other, err := p.Begin(t.Context(), false)
	if err != nil || other.State == j.State || other.Nonce == j.Nonce || other.Verifier == j.Verifier {
		t.Fatalf("two journeys are alike: %v", err)
	}
	back := comeBack(t, to)
	for name, with := range map[string]url.Values{"no code": {}, "two journeys mixed": back} {
		if who, err := p.Finish(t.Context(), &other, with); err == nil {
			t.Errorf("%s: %+v signed in", name, who)
		}
	}
	if _, err := p.Finish(t.Context(), &j, back); err == nil {
		t.Error("a code is good twice")
	}
}

// TestProviderComesBack: what failed once is asked again.
func TestProviderComesBack(t *testing.T) {
	at := testkit.NewProvider(t)
	p := newProvider(t, at)
	at.Instead("/.well-known/openid-configuration", http.NotFound)
	if _, err := walk(t, p); err == nil {
		t.Fatal("signed in without metadata")
	}
	at.Instead("/.well-known/openid-configuration", nil)
	if _, err := walk(t, p); err != nil {
		t.Error(err)
	}
	down := testkit.NewProvider(t)
	spec := portal.ProviderSpec{Issuer: down.URL, ClientID: "x", Callback: callback}
	still := portal.NewProvider(&spec, func() time.Time { return time.Unix(1, 0) })
	t.Cleanup(still.Close)
	asked := 0
	down.Instead("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		asked++
		w.WriteHeader(http.StatusBadGateway)
	})
	for range 3 {
		if _, _, err := still.Begin(t.Context(), false); err == nil {
			t.Fatal("began without metadata")
		}
	}
	if down.Close(); asked != 1 {
		t.Errorf("a provider that has just failed is asked %d times", asked)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if _, _, err := newProvider(t, at).Begin(ended, false); err == nil {
		t.Error("a request that is over asks the provider")
	}
}
