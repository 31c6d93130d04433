package server_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/testkit"
	"github.com/candor-gateway/candor/problem"
)

// TestOAuthMetrics: the operator can count what the authorization server gives and refuses, and how people sign in.
func TestOAuthMetrics(t *testing.T) {
	r := newRealm(t, "standard")
	b := r.browser(t)
	code := r.code(b, "ada", r.link("scope", "r_profile"))
	tokens := r.redeems(t, code)
	r.redeems(t, r.code(b, "ada", r.link("scope", "r_profile")))
	r.refreshes(t, &r.shop, tokens.text("refresh_token"))
	r.exchange(t, &r.shop, "grant_type", "client_credentials")
	r.exchange(t, &r.shop, "grant_type", "client_credentials", "scope", "made_up_by_the_caller")
	r.exchange(t, &admin.AppAnswer{App: r.shop.App, Secret: "a secret of nobody's"}, "grant_type", "client_credentials")
	r.exchange(t, &r.shop, "grant_type", "made_up_by_the_caller")
	b.get(r.link("prompt", "none", "scope", "r_profile r_ads"))
	b.get(r.link("redirect_uri", "https://made.up.example"))
	stranger := r.browser(t)
	stranger.get("/sign-in")
	for range 2 {
		stranger.submit("/sign-in", "email", "eve@example.com", "password", "her password")
	}
	stranger.get(r.link("scope", "r_profile"))
	stranger.follow()
	stranger.submit("/sign-in", "decision", "cancel")
	stranger.follow()
	if got := r.asks(t, asks{"GET", "/oauth/v2/userinfo", "", "Bearer made_up_by_the_caller", ""}); got.Status != 401 {
		t.Errorf("%v", got)
	}

	want := map[string]string{
		`candor_oauth_tokens_issued_total{grant_type="authorization_code"}`: "2", `candor_oauth_tokens_issued_total{grant_type="refresh_token"}`: "1",
		`candor_oauth_tokens_issued_total{grant_type="client_credentials"}`: "1", "candor_oauth_codes_issued_total": "2",
		`candor_oauth_failures_total{cause="oauth_scope"}`: "1", `candor_oauth_failures_total{cause="oauth_wrong_secret"}`: "1", `candor_oauth_failures_total{cause="oauth_grant_type"}`: "1",
		`candor_oauth_failures_total{cause="oauth_consent_required"}`: "1", `candor_oauth_failures_total{cause="oauth_authorize_redirect"}`: "1",
		`candor_oauth_failures_total{cause="oauth_cancelled_login"}`: "1", `candor_oauth_failures_total{cause="oauth_token_invalid"}`: "1",
		`candor_oauth_failures_total{cause="oauth_code_expired"}`: "0",
		`candor_sign_ins_total{outcome="signed_in"}`:              "1", `candor_sign_ins_total{outcome="wrong_password"}`: "2", `candor_sign_ins_total{outcome="delayed"}`: "0",
		`candor_sign_ins_total{outcome="busy"}`: "0", "candor_passwords_hashing": "0", "candor_passwords_waiting": "0",
		"candor_passwords_hashed_total": "5", // two of them when the accounts were made
	}
	names := slices.Collect(maps.Keys(want))
	var got map[string]string
	defer func() {
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
	}()
	testkit.Until(t, "all is counted: an answer can be there a moment before", func() bool {
		got = r.metrics(names...)
		return cmp.Equal(want, got)
	})
	all, err := r.ask("http://"+r.AdminAddr()+"/metrics", "")
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(all.Body, "\ncandor_oauth_failures_total{"); n != len(problem.OAuthCauses()) {
		t.Errorf("%d causes are counted, and there are %d", n, len(problem.OAuthCauses()))
	}
	for _, secret := range []string{"made_up", "made.up", "eve@", "ada@", `"ada"`, tokens.text("access_token"), code, r.shop.ClientID, r.shop.Secret} {
		if strings.Contains(all.Body, secret) {
			t.Errorf("the metrics tell of %q", secret)
		}
	}
}
