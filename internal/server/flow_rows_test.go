package server_test

import (
	"strings"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/admin"
)

const (
	badCode    = "Unable to retrieve access token: appid/redirect uri/code verifier does not match authorization code. Or authorization code expired. Or external member binding exists"
	badRefresh = "The provided authorization grant or refresh token is invalid, expired or revoked"
)

// TestExchangeRows is the contract of the token endpoint for members' tokens: each failure in both profiles.
func TestExchangeRows(t *testing.T) {
	t.Parallel()
	type row struct {
		status      int
		error       string
		description string // a part of it
	}
	var (
		linkedinCode    = row{400, "invalid_redirect_uri", badCode}
		linkedinRefresh = row{400, "invalid_request", badRefresh}
	)
	rows := []struct {
		name     string
		do       func(*testing.T, *realm, *browser) said
		linkedin row
		standard row
		cause    string // the member of that name
		page     string // of error_uri
	}{
		{
			"a code of nobody", func(t *testing.T, r *realm, _ *browser) said { return r.redeems(t, "abc") },
			row{401, "invalid_request", "Unable to retrieve access token: authorization code not found"},
			row{400, "invalid_grant", "none that was issued here: it does not begin as one of ours"},
			"", "oauth_code_unknown",
		},
		{
			"a code with its end cut off", func(t *testing.T, r *realm, b *browser) said { return r.redeems(t, r.code(b, "ada", r.link())[:60]) },
			row{401, "invalid_request", "authorization code not found"},
			row{400, "invalid_grant", "its end is missing"},
			"", "oauth_code_unknown",
		},
		{"an access token as a code", func(t *testing.T, r *realm, b *browser) said {
			return r.redeems(t, r.redeems(t, r.code(b, "ada", r.link())).text("access_token"))
		}, row{401, "invalid_request", "authorization code not found"}, row{400, "invalid_grant", "a token of another kind"}, "", "oauth_code_unknown"},
		{"a code past its end", func(t *testing.T, r *realm, b *browser) said {
			code := r.code(b, "ada", r.link())
			r.wait(31 * time.Minute)
			return r.redeems(t, code)
		}, linkedinCode, row{400, "invalid_grant", "The authorization code expired at 20"}, "code_expired", "oauth_code_expired"},
		{"a code that was used", func(t *testing.T, r *realm, b *browser) said {
			code := r.code(b, "ada", r.link())
			r.redeems(t, code)
			return r.redeems(t, code)
		}, linkedinCode, row{400, "invalid_grant", "used before"}, "code_used", "oauth_code_used"},
		{"a code of another app", func(t *testing.T, r *realm, b *browser) said {
			return r.exchange(t, &r.other, "grant_type", "authorization_code", "code", r.code(b, "ada", r.link()), "redirect_uri", shopBack)
		}, linkedinCode, row{400, "invalid_grant", "issued to another application"}, "code_other_app", "oauth_code_other_app"},
		{"another redirect URI", func(t *testing.T, r *realm, b *browser) said {
			return r.redeems(t, r.code(b, "ada", r.link()), "redirect_uri", "https://shop.example/")
		}, linkedinCode, row{400, "invalid_grant", "The redirect_uri 'https://shop.example/' is not that of the authorization request, '" + shopBack + "'"}, "redirect_mismatch", "oauth_code_redirect"},
		{"another verifier", func(t *testing.T, r *realm, b *browser) said {
			return r.phoneRedeems(t, r.code(b, "ada", r.phoneLink()), "code_verifier", strings.Repeat("v", 43))
		}, linkedinCode, row{400, "invalid_grant", "its SHA-256 is not the code_challenge"}, "verifier_mismatch", "oauth_code_verifier"},
		{"no verifier", func(t *testing.T, r *realm, b *browser) said {
			return r.phoneRedeems(t, r.code(b, "ada", r.phoneLink()), "code_verifier", "")
		}, linkedinCode, row{400, "invalid_grant", "it is missing"}, "verifier_mismatch", "oauth_code_verifier"},
		{"a verifier out of nowhere", func(t *testing.T, r *realm, b *browser) said {
			return r.redeems(t, r.code(b, "ada", r.link()), "code_verifier", verifier)
		}, linkedinCode, row{400, "invalid_grant", "asked for without a code_challenge"}, "verifier_mismatch", "oauth_code_verifier"},
		{"after five failures", func(t *testing.T, r *realm, b *browser) said {
			code := r.code(b, "ada", r.link())
			for range 5 {
				r.redeems(t, code, "redirect_uri", "https://shop.example/")
			}
			return r.redeems(t, code)
		}, linkedinCode, row{400, "invalid_grant", "used up by 5 failed attempts"}, "code_used", "oauth_code_failed"},
		{"other scopes were allowed since", func(t *testing.T, r *realm, b *browser) said {
			code := r.code(b, "ada", r.link())
			r.redeems(t, r.code(b, "ada", r.link("scope", "openid")))
			return r.redeems(t, code)
		}, linkedinCode, row{400, "invalid_grant", "other scopes since"}, "scope_changed", "oauth_code_scope_changed"},
		{"a member who was restricted since", func(t *testing.T, r *realm, b *browser) said {
			code := r.code(b, "bob", r.link())
			changeMember(t, r.Accounts(), "bob", admin.MemberChange{Restricted: new(true)})
			defer changeMember(t, r.Accounts(), "bob", admin.MemberChange{Restricted: new(false)})
			return r.redeems(t, code)
		}, linkedinCode, row{400, "invalid_grant", "The member is restricted"}, "member_restricted", "oauth_code_restricted"},
		{
			"no code", func(t *testing.T, r *realm, _ *browser) said { return r.redeems(t, "") },
			row{400, "invalid_request", `A required parameter "code" is missing`},
			row{400, "invalid_request", "A required parameter 'code' is missing"},
			"", "oauth_missing",
		},
		{
			"no redirect URI", func(t *testing.T, r *realm, _ *browser) said { return r.redeems(t, "x", "redirect_uri", "") },
			row{400, "invalid_request", `A required parameter "redirect_uri" is missing`},
			row{400, "invalid_request", "A required parameter 'redirect_uri' is missing"},
			"", "oauth_missing",
		},
		{"a wrong secret", func(t *testing.T, r *realm, b *browser) said {
			wrong := r.shop
			wrong.Secret = "wrong"
			return r.exchange(t, &wrong, "grant_type", "authorization_code", "code", r.code(b, "ada", r.link()), "redirect_uri", shopBack)
		}, row{401, "invalid_client", "Client authentication failed"}, row{401, "invalid_client", "Client authentication failed"}, "", "oauth_wrong_secret"},
		{"a public app with a secret", func(t *testing.T, r *realm, _ *browser) said {
			return r.phoneRedeems(t, "x", "client_secret", "guessed")
		}, row{401, "invalid_client", "Client authentication failed"}, row{401, "invalid_client", "Client authentication failed"}, "", "oauth_wrong_secret"},
		{"a secret that is not sent", func(t *testing.T, r *realm, _ *browser) said {
			return r.exchange(t, &r.phone, "client_id", r.shop.ClientID, "grant_type", "refresh_token", "refresh_token", "x")
		}, row{400, "invalid_request", `A required parameter "client_secret" is missing`}, row{401, "invalid_client", "'client_secret' is missing"}, "", "oauth_no_authentication"},

		{
			"a refresh token of nobody", func(t *testing.T, r *realm, _ *browser) said { return r.refreshes(t, &r.shop, "abc") },
			linkedinRefresh,
			row{400, "invalid_grant", "none that was issued to this application: it does not begin as one of ours"},
			"", "oauth_refresh_unknown",
		},
		{"a code as a refresh token", func(t *testing.T, r *realm, b *browser) said {
			return r.refreshes(t, &r.shop, r.code(b, "ada", r.link()))
		}, linkedinRefresh, row{400, "invalid_grant", "a token of another kind"}, "", "oauth_refresh_unknown"},
		{"a refresh token of another app", func(t *testing.T, r *realm, b *browser) said {
			return r.refreshes(t, &r.other, r.redeems(t, r.code(b, "ada", r.link())).text("refresh_token"))
		}, linkedinRefresh, row{400, "invalid_grant", "issued to another"}, "", "oauth_refresh_unknown"},
		{"a refresh token past its end", func(t *testing.T, r *realm, b *browser) said {
			got := r.redeems(t, r.code(b, "ada", r.link()))
			r.wait(366 * 24 * time.Hour)
			return r.refreshes(t, &r.shop, got.text("refresh_token"))
		}, linkedinRefresh, row{400, "invalid_grant", "The refresh token expired at 20"}, "refresh_expired", "oauth_refresh_expired"},
		{"a refresh token and other scopes since", func(t *testing.T, r *realm, b *browser) said {
			got := r.redeems(t, r.code(b, "ada", r.link("scope", "r_profile")))
			r.redeems(t, r.code(b, "ada", r.link("scope", "email")))
			return r.refreshes(t, &r.shop, got.text("refresh_token"))
		}, linkedinRefresh, row{400, "invalid_grant", "other scopes since"}, "scope_changed", "oauth_refresh_scope_changed"},
		{"a refresh token that was given back", func(t *testing.T, r *realm, b *browser) said {
			got := r.redeems(t, r.code(b, "ada", r.link()))
			if a := r.posts(t, "/oauth/v2/revoke", r.shop.ClientID+":"+r.shop.Secret, "token="+got.text("refresh_token")); a.Status != 200 {
				t.Errorf("given back: %+v", a)
			}
			if is := r.calls(got.text("access_token")); is != "Unauthorized revoked_access_token" {
				t.Errorf("the API answers %s", is)
			}
			return r.refreshes(t, &r.shop, got.text("refresh_token"))
		}, linkedinRefresh, row{400, "invalid_grant", "taken back"}, "grant_revoked", "oauth_refresh_revoked"},
		{"a refresh token whose code was used twice", func(t *testing.T, r *realm, b *browser) said {
			code := r.code(b, "ada", r.link())
			got := r.redeems(t, code)
			r.wait(11 * time.Second)
			r.redeems(t, code)
			if is := r.calls(got.text("access_token")); is != "Unauthorized revoked_access_token" {
				t.Errorf("the API answers %s", is)
			}
			return r.refreshes(t, &r.shop, got.text("refresh_token"))
		}, linkedinRefresh, row{400, "invalid_grant", "taken back"}, "grant_revoked", "oauth_refresh_revoked"},
		{"a refresh token that was replaced", func(t *testing.T, r *realm, b *browser) said {
			got := r.phoneRedeems(t, r.code(b, "ada", r.phoneLink()))
			next := r.refreshes(t, &r.phone, got.text("refresh_token"))
			if a := r.refreshes(t, &r.phone, next.text("refresh_token")); a.Status != 200 {
				t.Errorf("the successor: %+v", a)
			}
			r.wait(62 * time.Second)
			return r.refreshes(t, &r.phone, got.text("refresh_token"))
		}, linkedinRefresh, row{400, "invalid_grant", "had been replaced and was used again"}, "refresh_reused", "oauth_refresh_reused"},
		{"a refresh token of a restricted member", func(t *testing.T, r *realm, b *browser) said {
			got := r.redeems(t, r.code(b, "bob", r.link()))
			changeMember(t, r.Accounts(), "bob", admin.MemberChange{Restricted: new(true)})
			if is := r.calls(got.text("access_token")); is != "Unauthorized restricted_member" {
				t.Errorf("the API answers %s", is)
			}
			bad := r.refreshes(t, &r.shop, got.text("refresh_token"))
			changeMember(t, r.Accounts(), "bob", admin.MemberChange{Restricted: new(false)})
			if is := r.calls(got.text("access_token")); is != "OK" {
				t.Errorf("lifted: the API answers %s", is)
			}
			if a := r.refreshes(t, &r.shop, got.text("refresh_token")); a.Status != 200 {
				t.Errorf("lifted: %+v", a)
			}
			return bad
		}, linkedinRefresh, row{400, "invalid_grant", "The member is restricted"}, "member_restricted", "oauth_refresh_restricted"},
		{"a wider scope", func(t *testing.T, r *realm, b *browser) said {
			got := r.redeems(t, r.code(b, "ada", r.link()))
			if a := r.refreshes(t, &r.shop, got.text("refresh_token"), "scope", "r_profile"); a.Status != 200 || a.text("scope") != "r_profile" {
				t.Errorf("the same: %+v", a)
			}
			return r.refreshes(t, &r.shop, got.text("refresh_token"), "scope", "r_profile openid")
		}, row{400, "invalid_scope", `Scope "openid" is not authorized for your application`}, row{400, "invalid_scope", "The scope 'openid' is not among those that the member allowed: r_profile"}, "", "oauth_scope_wider"},
	}
	for _, profile := range []string{"linkedin", "standard"} {
		t.Run(profile, func(t *testing.T) {
			t.Parallel()
			r := newRealm(t, profile)
			for _, c := range rows {
				got, want := c.do(t, r, r.browser(t)), c.standard
				if profile == "linkedin" {
					want = c.linkedin
				}
				if got.Status != want.status || got.text("error") != want.error || !strings.Contains(got.text("error_description"), want.description) || got.text("cause") != c.cause ||
					got.text("error_uri") != "http://www.example/errors/oauth#"+c.page || got.text("requestId") == "" {
					t.Errorf("%s: %d %v\nwant %+v, cause %q, %s", c.name, got.Status, got.Body, want, c.cause, c.page)
				}
			}
		})
	}
}

// TestAuthorizationRows is the contract of the authorization endpoint: what is told to the app, and what on a page.
func TestAuthorizationRows(t *testing.T) {
	t.Parallel()
	for _, profile := range []string{"linkedin", "standard"} {
		r := newRealm(t, profile)
		change(t, r, "other", admin.AppChange{Disabled: new(true)})
		in := r.browser(t)
		r.code(in, "ada", r.link())
		pick := func(linkedin, standard string) string {
			if profile == "linkedin" {
				return linkedin
			}
			return standard
		}
		for name, c := range map[string]struct {
			link     string
			error    string // to the app; "": a page
			says     string
			signedIn bool // it is told once somebody is
		}{
			"no client":             {r.link("client_id", ""), "", "client_id", false},
			"a broken escape":       {r.link() + "&client_secret=geheim&x=%zz", "", "client_secret=REDACTED", false},
			"an unknown client":     {r.link("client_id", "<script>alert(1)</script>"), "", pick("Client_id doesn&#39;t match", "No application has this client_id"), false},
			"another redirect URI":  {r.link("redirect_uri", "https://shop.example/back?of=Candor"), "", pick("Redirect_uri doesn&#39;t match", "none of those that are registered"), false},
			"a disabled app":        {r.link("client_id", r.other.ClientID), pick("access_denied", "unauthorized_client"), "This application is disabled", false},
			"a parameter twice":     {r.link() + "&scope=openid", "invalid_request", "The parameter 'scope' came more than once", false},
			"request":               {r.link("request", "x"), "request_not_supported", "'request' is not supported", false},
			"request_uri":           {r.link("request_uri", "x"), "request_uri_not_supported", "'request_uri' is not supported", false},
			"token":                 {r.link("response_type", "token"), "unsupported_response_type", "The response_type 'token' is not supported; supported: code", false},
			"no response type":      {r.link("response_type", ""), "invalid_request", pick(`A required parameter "response_type" is missing`, "A required parameter 'response_type' is missing"), false},
			"public without PKCE":   {r.phoneLink("code_challenge", "", "code_challenge_method", ""), "invalid_request", "is missing; a public app cannot do without", false},
			"plain PKCE":            {r.phoneLink("code_challenge_method", "plain"), "invalid_request", "The code_challenge_method 'plain' is not supported; supported: S256", false},
			"a scope of other apps": {r.link("scope", "r_profile r_other"), pick("unauthorized_scope_error", "invalid_scope"), pick(`Scope "r_other" is not authorized for your application`, "The scope 'r_other' is not among those of this application"), profile == "standard"},
			"nobody, prompt=none":   {r.link("prompt", "none"), "login_required", "prompt=none forbids", false},
		} {
			b := r.browser(t)
			if c.signedIn {
				b.get(c.link)
				if page := b.follow(); !strings.Contains(page.body, `type="password"`) {
					t.Errorf("%s, %s: led back before anybody has signed in: %d %v", profile, name, page.status, page.head)
				}
				b = in
			}
			got := b.get(c.link)
			if c.error == "" {
				status := pick("401", "400")
				if name == "no client" || name == "a broken escape" {
					status = "400"
				}
				if got.status != map[string]int{"400": 400, "401": 401}[status] || !strings.Contains(got.body, c.says) || strings.Contains(got.body, "<script>") || got.head.Get("Location") != "" ||
					!strings.Contains(got.body, got.head.Get("X-Request-Id")) {
					t.Errorf("%s, %s: %d %s", profile, name, got.status, got.body)
				}
				continue
			}
			q := got.to(t).Query()
			if q.Get("error") != c.error || !strings.Contains(q.Get("error_description"), c.says) || q.Get("state") != "a state" || q.Get("iss") != "http://www.example/oauth" || q.Get("requestId") != got.head.Get("X-Request-Id") || q.Get("error_uri") == "" {
				t.Errorf("%s, %s: %v", profile, name, q)
			}
		}
	}
}

// TestProfileOfAnApp: one app can be spoken to in other words than all others, at each endpoint.
func TestProfileOfAnApp(t *testing.T) {
	t.Parallel()
	r := newRealm(t, "standard")
	change(t, r, "other", admin.AppChange{AppRights: admin.AppRights{Profile: new("linkedin")}})
	b := r.browser(t)
	got := r.exchange(t, &r.other, "grant_type", "authorization_code", "redirect_uri", shopBack, "code", r.code(b, "ada", r.link("client_id", r.other.ClientID, "scope", "r_profile,openid")))
	if got.text("scope") != "openid,r_profile" || got.text("token_type") != "" {
		t.Errorf("%+v", got)
	}
	if bad := r.refreshes(t, &r.other, "x"); bad.text("error_description") != badRefresh {
		t.Errorf("%+v", bad)
	}
	if q := b.get(r.link("client_id", r.other.ClientID, "scope", "r_ads")).to(t).Query(); q.Get("error") != "unauthorized_scope_error" {
		t.Errorf("%v", q)
	}
	if bad := r.refreshes(t, &r.shop, "x"); bad.text("error") != "invalid_grant" {
		t.Errorf("of another: %+v", bad)
	}
	if _, err := r.ChangeApp(t.Context(), "other", admin.AppChange{AppRights: admin.AppRights{Profile: new("latin")}}); err == nil || !strings.Contains(err.Error(), "choose linkedin or standard") {
		t.Errorf("%v", err)
	}
}

// TestRefreshTokensAreLookedInto: an app is told what has become of a refresh token of its own, and of no other.
func TestRefreshTokensAreLookedInto(t *testing.T) {
	t.Parallel()
	for _, profile := range []string{"linkedin", "standard"} {
		r := newRealm(t, profile)
		b := r.browser(t)
		got := r.redeems(t, r.code(b, "ada", r.link()))
		looks := func(app *admin.AppAnswer) map[string]any {
			a := r.posts(t, "/oauth/v2/introspectToken", app.ClientID+":"+app.Secret, "token="+got.text("refresh_token"))
			return a.Body
		}
		if own := looks(&r.shop); own["active"] != true || own["client_id"] != r.shop.ClientID || own["scope"] != "r_profile" || own["token_type"] != nil {
			t.Errorf("%s, its own: %v", profile, own)
		}
		if foreign := looks(&r.other); len(foreign) != 1 || foreign["active"] != false {
			t.Errorf("%s, another's: %v", profile, foreign)
		}
		r.posts(t, "/oauth/v2/revoke", r.shop.ClientID+":"+r.shop.Secret, "token="+got.text("refresh_token"))
		if dead := looks(&r.shop); dead["active"] != false || (profile == "linkedin") != (dead["status"] == "revoked") {
			t.Errorf("%s, given back: %v", profile, dead)
		}
	}
}
