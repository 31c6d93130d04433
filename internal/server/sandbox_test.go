package server_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/account"
	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/server"
	"github.com/candor-gateway/candor/problem"
)

// An order gives what a member's consent would have given, and says what is wrong with it.
func TestOrders(t *testing.T) {
	r := newRealm(t, "standard")
	if _, err := r.Accounts().ChangeMember(t.Context(), "bob", admin.MemberChange{Restricted: new(true)}); err != nil {
		t.Fatal(err)
	}
	right := server.Order{App: "shop", Member: "ada", Scopes: []string{"r_profile"}, RedirectURI: shopBack}
	with := func(change func(*server.Order)) server.Order { o := right; change(&o); return o }
	for _, of := range []struct {
		name  string
		order server.Order
		at    time.Time
		want  string
	}{
		{"right", right, time.Now(), ""},
		{"of long ago", right, time.Now().Add(-366 * 24 * time.Hour), ""},
		{"no app", with(func(o *server.Order) { o.App = "none" }), time.Now(), "order a code: there is no app none"},
		{"a scope of another", with(func(o *server.Order) { o.Scopes = []string{"r_other"} }), time.Now(), "order a code: the app shop has no scope r_other"},
		{"a code without a life", with(func(o *server.Order) { o.CodeLife = time.Millisecond }), time.Now(), "order a code: it cannot live 1ms"},
		{"a member who is restricted", with(func(o *server.Order) { o.Member = "bob" }), time.Now(), "order tokens of bob for shop: The member is restricted"},
	} {
		t.Run(of.name, func(t *testing.T) {
			issued, err := r.OrderTokens(t.Context(), of.order, of.at)
			switch {
			case of.want != "" && (err == nil || !strings.HasPrefix(err.Error(), of.want)):
				t.Errorf("%v, want %s", err, of.want)
			case of.want == "" && (err != nil || issued.Token == "" || issued.Refresh == ""):
				t.Errorf("%v: %v", issued, err)
			}
		})
	}
	code, err := r.OrderCode(t.Context(), right, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	form := map[string][]string{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {shopBack}, "client_id": {r.shop.ClientID}, "client_secret": {r.shop.Secret},
	}
	if got := r.browser(t).do("POST", "/oauth/v2/accessToken", form); got.status != 200 {
		t.Errorf("a code that was ordered: %d %s", got.status, got.body)
	}
}

// Without an authorization server there is nothing to order.
func TestNoOrders(t *testing.T) {
	s := newStage(t)
	i := s.start()
	if _, err := i.OrderCode(t.Context(), server.Order{App: "shop"}, time.Now()); err == nil || err.Error() != "order a code: there is no authorization server" {
		t.Error(err)
	}
}

// Accounts are what they are kept as, also where they were otherwise before.
func TestKeep(t *testing.T) {
	r := newRealm(t, "standard")
	h := account.NewHasher(1, account.Ours)
	hash, err := h.Hash(t.Context(), "a password of hers", [account.SaltBytes]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	all := []account.Account{
		{Email: "ada@example.com", Member: "ada", Roles: account.Roles(0).With(account.Member), Password: hash},
		{Email: "new@example.com", Roles: account.Roles(0).With(account.Developer), Password: hash},
	}
	for range 2 {
		if err := r.Accounts().Keep(t.Context(), all); err != nil {
			t.Fatal(err)
		}
	}
	for _, email := range []string{"ada@example.com", "new@example.com"} {
		b := r.browser(t)
		if got := b.do("POST", "/sign-in", map[string][]string{"email": {email}, "password": {"a password of hers"}}); got.status != 303 {
			t.Errorf("%s: %d %s", email, got.status, got.body)
		}
	}
	taken := []account.Account{{Email: "third@example.com", Member: "ada", Password: hash}}
	if err := r.Accounts().Keep(t.Context(), taken); err == nil || !strings.HasPrefix(err.Error(), "keep the account of third@example.com: ") {
		t.Errorf("a second account of a member: %v", err)
	}
}

// Pages that are not ours are served at their paths, nothing is before it may be, and an endpoint fails as it is told.
func TestSandboxSeams(t *testing.T) {
	s := newStage(t)
	ready := make(chan struct{})
	o := s.options()
	o.Sandbox = server.Sandbox{
		Pages: map[string]http.Handler{"/": oneWord("home"), "/more/": oneWord("more")}, Ready: ready,
		Fault: func(_ http.Header, q *http.Request) (string, *problem.OAuthProblem) {
			if q.Header.Get("X-Fail") == "" {
				return "", nil
			}
			return "on purpose", &problem.OAuthProblem{Cause: problem.OAuthUnavailable, RetryAfter: 5}
		},
	}
	r := &realm{instance: s.startBy(s.config(realmConfig("standard")...), o), s: s}
	b := r.browser(t)
	b.client.Timeout = 200 * time.Millisecond
	if res, err := b.client.Get("http://www.example/"); err == nil {
		res.Body.Close()
		t.Errorf("answered before it was ready: %s", res.Status)
	}
	close(ready)
	b = r.browser(t)
	var got []string
	for _, path := range []string{"/", "/more/of/it", "/more", "/errors/throttled.md"} {
		a := b.do("GET", path, nil)
		got = append(got, strings.TrimSpace(a.head.Get("Content-Type")+" "+a.body[:min(len(a.body), 4)]))
	}
	if d := cmp.Diff([]string{"text/plain home", "text/plain more", "application/problem+json {\"ty", "text/markdown; charset=utf-8 ---"}, got); d != "" {
		t.Error(d)
	}
	for _, at := range []struct{ method, path string }{{"POST", "/oauth/v2/accessToken"}, {"GET", "/oauth/v2/userinfo"}} {
		if a := b.do(at.method, at.path, nil, "X-Fail", "yes"); a.status != 503 || a.head.Get("Retry-After") != "5" {
			t.Errorf("%s: %d %v", at.path, a.status, a.head)
		}
	}
}

// oneWord is a page of one word.
type oneWord string

// ServeHTTP is http.Handler's.
func (s oneWord) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain")
	_, _ = w.Write([]byte(s))
}
