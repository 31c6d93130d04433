package server_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/admin"
)

// TestFlow: a member allows an app, which gets what they allowed, refreshes it, and loses it where they take it back.
func TestFlow(t *testing.T) {
	t.Parallel()
	for _, profile := range []string{"standard", "linkedin"} {
		t.Run(profile, func(t *testing.T) {
			t.Parallel()
			r := newRealm(t, profile)
			b := r.browser(t)
			b.get(r.link("scope", "r_profile openid email", "nonce", "n", "state", "st\x01a&te", "login_hint", "ada@example.com"))
			b.follow()
			if !strings.Contains(b.last.body, `value="ada@example.com"`) || !strings.Contains(b.last.body, "shop") {
				t.Fatalf("the sign-in page does not know for whom it is: %s", b.last.body)
			}
			page := b.signsIn("ada")
			for _, want := range []string{"shop", "maker@example.com", "Read your profile", "Know your e-mail address", "ada@example.com", "shop.example"} {
				if page.status != 200 || !strings.Contains(page.body, want) {
					t.Errorf("the question lacks %q: %d %s", want, page.status, page.body)
				}
			}
			if policy := page.head.Get("Content-Security-Policy"); !strings.Contains(policy, "form-action 'self' https://shop.example;") && !strings.HasSuffix(policy, "form-action 'self' https://shop.example") {
				t.Errorf("the policy is %s", policy)
			}
			back := b.submit("/oauth/v2/consent", "decision", "allow").to(t)
			q := back.Query()
			if got, want := back.Scheme+"://"+back.Host+back.Path, "https://shop.example/back"; got != want || q.Get("of") != "candor" || q.Get("state") != "st\x01a&te" || q.Get("iss") != "http://www.example/oauth" {
				t.Errorf("led back to %s", back)
			}
			got := r.redeems(t, q.Get("code"))
			sep := map[string]string{"standard": " ", "linkedin": ","}[profile]
			want := map[string]any{
				"access_token": got.text("access_token"), "expires_in": 5184000.0, "refresh_token": got.text("refresh_token"), "refresh_token_expires_in": 31536000.0,
				"scope": strings.Join([]string{"email", "openid", "r_profile"}, sep), "id_token": got.text("id_token"),
			}
			if profile == "standard" {
				want["token_type"] = "Bearer"
			}
			if diff := cmp.Diff(want, got.Body); diff != "" || got.Status != 200 || !strings.HasPrefix(got.text("refresh_token"), "cdr_rt_") {
				t.Fatalf("%d (-want +got)\n%s", got.Status, diff)
			}
			token, refresh := got.text("access_token"), got.text("refresh_token")
			if is := r.calls(token); is != "OK" {
				t.Errorf("the API answers %s", is)
			}
			again := r.refreshes(t, &r.shop, refresh)
			if again.Status != 200 || again.text("refresh_token") != refresh || again.text("access_token") == token || r.calls(again.text("access_token")) != "OK" || r.calls(token) != "OK" {
				t.Errorf("refreshed: %+v", again)
			}
			list := b.get("/services")
			for _, want := range []string{"shop", "Read your profile"} {
				if !strings.Contains(list.body, want) {
					t.Errorf("services lack %q: %s", want, list.body)
				}
			}
			b.submit("/services")
			if page := b.follow(); !strings.Contains(page.body, "shop has no access any more") || strings.Contains(page.body, "Read your profile") {
				t.Errorf("after it was taken back: %s", page.body)
			}
			if is := r.calls(token); is != "Unauthorized revoked_access_token" {
				t.Errorf("the API answers %s", is)
			}
			if dead := r.refreshes(t, &r.shop, refresh); dead.text("cause") != "grant_revoked" {
				t.Errorf("refreshed after it was taken back: %+v", dead)
			}
		})
	}
}

// TestConsentIsSkipped: for an app that keeps a secret, where the same was allowed before.
func TestConsentIsSkipped(t *testing.T) {
	t.Parallel()
	r := newRealm(t, "standard")
	b := r.browser(t)
	r.redeems(t, r.code(b, "ada", r.link()))
	if q := b.get(r.link()).to(t).Query(); q.Get("code") == "" {
		t.Errorf("asked again: %v", q)
	}
	if q := b.get(r.link("prompt", "none")).to(t).Query(); q.Get("code") == "" {
		t.Errorf("asked again: %v", q)
	}
	b.get(r.link("scope", "r_profile openid"))
	if page := b.follow(); !strings.Contains(page.body, `value="allow"`) {
		t.Errorf("not asked for other scopes: %s", page.body)
	}
	b.get(r.link("prompt", "consent"))
	if page := b.follow(); !strings.Contains(page.body, `value="allow"`) {
		t.Errorf("not asked again: %s", page.body)
	}
	r.phoneRedeems(t, r.code(b, "ada", r.phoneLink()))
	b.get(r.phoneLink())
	if page := b.follow(); !strings.Contains(page.body, `value="allow"`) || !strings.Contains(page.body, "anybody can write one") {
		t.Errorf("a public app: not asked again: %s", page.body)
	}
}

// TestPrompts: what a client says of the pages.
func TestPrompts(t *testing.T) {
	t.Parallel()
	r := newRealm(t, "standard")
	b := r.browser(t)
	led := func(link string) url.Values { t.Helper(); return b.get(link).to(t).Query() }
	if q := led(r.link("prompt", "none")); q.Get("error") != "login_required" || q.Get("state") != "a state" {
		t.Errorf("nobody, without pages: %v", q)
	}
	first := r.code(b, "ada", r.link("scope", "openid"))
	got := r.redeems(t, first)
	if q := led(r.link("prompt", "none", "scope", "r_profile")); q.Get("error") != "consent_required" {
		t.Errorf("new scopes, without pages: %v", q)
	}
	r.wait(time.Minute)
	for name, link := range map[string]string{
		"prompt=login": r.link("scope", "openid", "prompt", "login"), "select_account": r.link("scope", "openid", "prompt", "select_account"),
		"max_age": r.link("scope", "openid", "max_age", "30"), "a hint": r.link("scope", "openid", "id_token_hint", got.text("id_token")),
	} {
		b.get(link)
		page := b.follow()
		asked := strings.Contains(page.body, `type="password"`)
		if asked == (name == "a hint") {
			t.Errorf("%s: %d %v %.300s", name, page.status, page.head, page.body)
			continue
		}
		if asked {
			if q := b.signsIn("ada").to(t).Query(); q.Get("code") == "" {
				t.Errorf("%s: after the sign-in %v", name, q)
			}
			r.wait(time.Minute)
		}
	}
	b.get(r.link("scope", "openid", "prompt", "login"))
	b.follow()
	b.signsIn("ada")
	if page := b.get(r.link("scope", "openid", "prompt", "login")); !strings.HasPrefix(page.head.Get("Location"), "/sign-in?") {
		t.Errorf("prompt=login within a second of a sign-in: %d %v", page.status, page.head)
	}
	other := r.browser(t)
	r.code(other, "bob", r.link("scope", "openid"))
	if q := other.get(r.link("scope", "openid", "prompt", "none", "id_token_hint", got.text("id_token"))).to(t).Query(); q.Get("error") != "login_required" {
		t.Errorf("hinted at somebody else: %v", q)
	}
	if q := other.get(r.link("scope", "openid", "id_token_hint", "x.y.z")).to(t).Query(); q.Get("error") != "invalid_request" {
		t.Errorf("a hint that is none: %v", q)
	}
}

// TestCancelled: at the sign-in, and at the question.
func TestCancelled(t *testing.T) {
	t.Parallel()
	for profile, want := range map[string][2]string{"standard": {"access_denied", "access_denied"}, "linkedin": {"user_cancelled_login", "user_cancelled_authorize"}} {
		r := newRealm(t, profile)
		b := r.browser(t)
		b.get(r.link())
		b.follow()
		b.submit("/sign-in", "decision", "cancel")
		if q := b.follow().to(t).Query(); q.Get("error") != want[0] || q.Get("state") != "a state" || !strings.HasSuffix(q.Get("error_uri"), "/errors/oauth#oauth_cancelled_login") || q.Get("iss") == "" {
			t.Errorf("%s, at the sign-in: %v", profile, q)
		}
		b.get(r.link())
		b.follow()
		b.signsIn("ada")
		asked := b.last
		if q := b.submit("/oauth/v2/consent", "decision", "cancel").to(t).Query(); q.Get("error") != want[1] || q.Get("state") != "a state" {
			t.Errorf("%s, at the question: %v", profile, q)
		}
		b.last = asked
		if page := b.submit("/oauth/v2/consent", "decision", "allow"); page.status != 400 || page.head.Get("Location") != "" {
			t.Errorf("%s, allowed after it was cancelled: %d %v", profile, page.status, page.head)
		}
	}
}

// TestSignInTwice: a browser that sends the form twice drops the answer to the first, with the cookie in it, and comes to the consent by the second.
func TestSignInTwice(t *testing.T) {
	r := newRealm(t, "standard")
	first, second := r.browser(t), r.browser(t)
	first.get(r.link())
	second.last = first.follow()
	at := &url.URL{Scheme: "http", Host: "www.example", Path: "/"}
	second.client.Jar.SetCookies(at, first.client.Jar.Cookies(at))
	for _, b := range []*browser{first, second} {
		if p := b.signsIn("ada"); p.status != 200 || !strings.Contains(p.body, `value="allow"`) {
			t.Errorf("it is led to %d %.2000s", p.status, p.body)
		}
	}
}

// TestAnswerToWhatWasShown: an app that asks for all of its scopes gets no more than the member has read, though it has got others since.
func TestAnswerToWhatWasShown(t *testing.T) {
	t.Parallel()
	r := newRealm(t, "standard")
	b := r.browser(t)
	b.get(r.link("scope", "", "client_id", r.other.ClientID))
	b.follow()
	b.signsIn("ada")
	if strings.Contains(b.last.body, "r_ads") {
		t.Fatal("the question knows what the app has not got yet")
	}
	change(t, r, "other", admin.AppChange{Products: &[]string{"profile", "ads"}})
	if page := b.submit("/oauth/v2/consent", "decision", "allow"); page.status != 200 || !strings.Contains(page.body, "r_ads") {
		t.Errorf("not asked again: %d %v", page.status, page.head)
	}
	q := b.submit("/oauth/v2/consent", "decision", "allow").to(t).Query()
	if got := r.exchange(t, &r.other, "grant_type", "authorization_code", "code", q.Get("code"), "redirect_uri", shopBack); got.text("scope") != "email openid r_ads r_profile" {
		t.Errorf("%+v", got)
	}
}
