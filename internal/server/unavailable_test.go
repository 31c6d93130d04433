package server_test

import (
	"database/sql"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/admin"
)

// keptTables are those of the store that change while it is at work.
var keptTables = []string{"grants", "members", "revoked_tokens", "codes", "lines", "accounts", "sessions"}

// spoilt is the database of a realm in the hands of somebody else, who lets nothing be written, or nothing be read.
type spoilt struct {
	t  *testing.T
	db *sql.DB
}

func (r *realm) spoilt(t *testing.T) *spoilt {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(r.s.words["data"], "state.db")+"?_pragma=busy_timeout(10000)&_pragma=legacy_alter_table(1)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return &spoilt{t, db}
}

func (s *spoilt) do(statement string) {
	s.t.Helper()
	if _, err := s.db.ExecContext(s.t.Context(), statement); err != nil {
		s.t.Fatalf("%s: %v", statement, err)
	}
}

// unwritable lets no row of these tables change, of all where none is named, until what it returns is called.
func (s *spoilt) unwritable(tables ...string) (mend func()) {
	s.t.Helper()
	if len(tables) == 0 {
		tables = keptTables
	}
	each := func(how string) {
		for _, table := range tables {
			for _, change := range []string{"INSERT", "UPDATE", "DELETE"} {
				s.do(fmt.Sprintf(how, table+"_"+change, change, table))
			}
		}
	}
	each(`CREATE TRIGGER no_%[1]s BEFORE %[2]s ON %[3]s BEGIN SELECT RAISE(ABORT, 'disk I/O error'); END`)
	return func() { each(`DROP TRIGGER no_%[1]s -- %[2]s %[3]s`) }
}

// unreadable takes a table away.
func (s *spoilt) unreadable(table string) (mend func()) {
	s.t.Helper()
	s.do(`ALTER TABLE ` + table + ` RENAME TO taken_away`)
	return func() { s.do(`ALTER TABLE taken_away RENAME TO ` + table) }
}

// isUnavailable is what an endpoint answers while the store fails, in both profiles.
func isUnavailable(t *testing.T, what string, got said) {
	t.Helper()
	if got.Status != 503 || got.Head.Get("Retry-After") == "" || got.text("error") != "temporarily_unavailable" || !strings.HasSuffix(got.text("error_uri"), "#oauth_unavailable") {
		t.Errorf("%s: %d %v %v", what, got.Status, got.Head, got.Body)
	}
	for _, name := range []string{"access_token", "refresh_token", "active", "sub"} {
		if got.Body[name] != nil {
			t.Errorf("%s: it gives %s all the same: %v", what, name, got.Body)
		}
	}
}

func is(t *testing.T, what string, got said, status int) said {
	t.Helper()
	if got.Status != status {
		t.Errorf("%s: %d %v, want %d", what, got.Status, got.Body, status)
	}
	return got
}

func (r *realm) revokes(t *testing.T, app *admin.AppAnswer, token string) said {
	t.Helper()
	return r.posts(t, "/oauth/v2/revoke", app.ClientID+":"+app.Secret, url.Values{"token": {token}}.Encode())
}

func (r *realm) introspects(t *testing.T, app *admin.AppAnswer, token string) said {
	t.Helper()
	form := url.Values{"token": {token}}
	if r.profile == "linkedin" {
		form.Set("client_id", app.ClientID)
		form.Set("client_secret", app.Secret)
		return r.posts(t, "/oauth/v2/introspectToken", "", form.Encode())
	}
	return r.posts(t, "/oauth/v2/introspectToken", app.ClientID+":"+app.Secret, form.Encode())
}

// TestTokensWithoutAStore: while nothing can be written, no endpoint gives or takes anything, and says so; afterwards all goes on as if nobody had asked.
func TestTokensWithoutAStore(t *testing.T) {
	for _, profile := range []string{"standard", "linkedin"} {
		t.Run(profile, func(t *testing.T) {
			r := newRealm(t, profile)
			b, s := r.browser(t), r.spoilt(t)
			before := r.redeems(t, r.code(b, "ada", r.link("scope", "r_profile")))
			phone := r.refreshes(t, &r.phone, r.phoneRedeems(t, r.code(b, "ada", r.phoneLink())).text("refresh_token")) // whose next use is to be kept
			code := r.code(b, "ada", r.link("scope", "r_profile"))
			access := before.text("access_token")

			mend := s.unwritable()
			for range 6 { // more than a code may be tried with wrong facts
				isUnavailable(t, "a code", r.redeems(t, code))
			}
			is(t, "a refresh that changes nothing", r.refreshes(t, &r.shop, before.text("refresh_token")), 200)
			isUnavailable(t, "a refresh of a public app", r.refreshes(t, &r.phone, phone.text("refresh_token")))
			isUnavailable(t, "an app for itself", r.exchange(t, &r.shop, "grant_type", "client_credentials"))
			isUnavailable(t, "a revocation", r.revokes(t, &r.shop, access))
			isUnavailable(t, "a revocation of a refresh token", r.revokes(t, &r.shop, before.text("refresh_token")))
			if got := r.calls(access); got != "OK" {
				t.Errorf("a token that could not be revoked: %s", got)
			}
			is(t, "a code of nobody", r.redeems(t, "made up"), map[string]int{"standard": 400, "linkedin": 401}[profile])
			mend()
			unread := s.unreadable("lines")
			isUnavailable(t, "a refresh", r.refreshes(t, &r.shop, before.text("refresh_token")))
			unread()

			given := is(t, "the code", r.redeems(t, code), 200)
			if got := r.calls(given.text("access_token")); got != "OK" {
				t.Errorf("its token: %s", got)
			}
			is(t, "the refresh", r.refreshes(t, &r.shop, before.text("refresh_token")), 200)
			second := is(t, "the refresh of a public app", r.refreshes(t, &r.phone, phone.text("refresh_token")), 200)
			is(t, "the next", r.refreshes(t, &r.phone, second.text("refresh_token")), 200)
			is(t, "an app for itself", r.exchange(t, &r.shop, "grant_type", "client_credentials"), 200)
			is(t, "the revocation", r.revokes(t, &r.shop, access), 200)
			if got := r.calls(access); got == "OK" {
				t.Error("a revoked token is good")
			}
			if got := r.calls(given.text("access_token")); got != "OK" {
				t.Errorf("another token of the grant: %s", got)
			}
			is(t, "the revocation of the refresh token", r.revokes(t, &r.shop, before.text("refresh_token")), 200)
			if got := r.calls(given.text("access_token")); got == "OK" {
				t.Error("a token of a revoked grant is good")
			}
		})
	}
}

// TestLookingWithoutAStore: where the store is to be asked, nobody is told that a token is none.
func TestLookingWithoutAStore(t *testing.T) {
	for _, profile := range []string{"standard", "linkedin"} {
		t.Run(profile, func(t *testing.T) {
			r := newRealm(t, profile)
			b := r.browser(t)
			old := r.redeems(t, r.code(b, "ada", r.link("scope", "openid email"))).text("access_token")
			live := r.redeems(t, r.code(b, "bob", r.link("scope", "openid email", "prompt", "login"))).text("access_token")
			userinfo := func(token string) said {
				return r.asks(t, asks{"GET", "/oauth/v2/userinfo", "", "Bearer " + token, ""})
			}
			s := r.spoilt(t)

			mend := s.unreadable("accounts")
			isUnavailable(t, "userinfo", userinfo(live))
			mend()
			is(t, "userinfo", userinfo(live), 200)

			r.wait(500 * 24 * time.Hour) // so that nothing of it is in memory after a restart
			if err := r.end(); err != nil {
				t.Fatal(err)
			}
			r.open()
			mend = s.unreadable("grants")
			isUnavailable(t, "introspection", r.introspects(t, &r.shop, old))
			isUnavailable(t, "userinfo of an old token", userinfo(old))
			is(t, "a token of nobody", r.introspects(t, &r.shop, "made up"), 200)
			mend()
			if got := is(t, "introspection", r.introspects(t, &r.shop, old), 200); got.Body["active"] != false {
				t.Errorf("%v", got.Body)
			}
			is(t, "userinfo of an old token", userinfo(old), 401)
		})
	}
}

// isUnavailable is what a page answers while the store fails.
func (s seen) isUnavailable(t *testing.T, what string) {
	t.Helper()
	if s.status != http.StatusServiceUnavailable || s.head.Get("Retry-After") == "" || s.head.Get("Location") != "" || len(s.head["Set-Cookie"]) > 0 {
		t.Errorf("%s: %d %v", what, s.status, s.head)
	}
}

// isTold is what an app is told while the store fails.
func (s seen) isTold(t *testing.T, what string) {
	t.Helper()
	q := s.to(t).Query()
	if q.Get("error") != "temporarily_unavailable" || q.Get("state") != "a state" || q.Get("code") != "" || !strings.HasSuffix(q.Get("error_uri"), "#oauth_unavailable") {
		t.Errorf("%s: %v", what, q)
	}
}

// TestPagesWithoutAStore: whoever is at a page while the store fails is told to try again, and can: what they were at is still there.
func TestPagesWithoutAStore(t *testing.T) {
	for _, profile := range []string{"standard", "linkedin"} {
		t.Run(profile, func(t *testing.T) { pagesWithoutAStore(t, profile) })
	}
}

func pagesWithoutAStore(t *testing.T, profile string) {
	r := newRealm(t, profile)
	s := r.spoilt(t)
	link := r.link("scope", "r_profile")

	stranger := r.browser(t)
	mend := s.unwritable()
	stranger.get(link).isUnavailable(t, "a request that has to wait")
	mend()
	stranger.get(link)
	stranger.follow()
	form := stranger.last
	mend = s.unwritable()
	stranger.submit("/sign-in", "email", "ada@example.com", "password", adasPassword).isUnavailable(t, "the sign-in")
	mend()
	unread := s.unreadable("accounts")
	stranger.last = form
	stranger.submit("/sign-in", "email", "ada@example.com", "password", adasPassword).isUnavailable(t, "the sign-in, with no account to be read")
	unread()
	stranger.last = form
	stranger.signsIn("ada")

	consent := stranger.last
	if !strings.Contains(consent.body, `value="allow"`) {
		t.Fatalf("no consent is asked for: %d %.500s", consent.status, consent.body)
	}
	mend = s.unwritable()
	stranger.submit("/oauth/v2/consent", "decision", "allow").isUnavailable(t, "the consent")
	mend()
	stranger.last = consent
	code := stranger.submit("/oauth/v2/consent", "decision", "allow").to(t).Query().Get("code")
	tokens := is(t, "the code", r.redeems(t, code), 200)

	stranger.get(r.link("scope", "r_profile r_ads"))
	stranger.follow()
	mend = s.unwritable("codes")
	stranger.submit("/oauth/v2/consent", "decision", "allow").isTold(t, "a consent whose code cannot be kept")
	stranger.get(link).isTold(t, "a request of an app that has access")
	mend()
	unread = s.unreadable("grants")
	stranger.get(link).isTold(t, "a request, while it cannot be read what was granted")
	unread()
	unread = s.unreadable("members")
	stranger.get(link).isUnavailable(t, "a request of nobody knows whom")
	unread()
	is(t, "a code afterwards", r.redeems(t, stranger.get(link).to(t).Query().Get("code")), 200)

	unread = s.unreadable("grants")
	stranger.get("/services").isUnavailable(t, "the services")
	unread()
	page := stranger.get("/services")
	mend = s.unwritable()
	stranger.submit("/services").isUnavailable(t, "a service that is taken back")
	mend()
	if got := r.calls(tokens.text("access_token")); got != "OK" {
		t.Errorf("the token of a service that could not be taken back: %s", got)
	}
	stranger.last = page
	stranger.submit("/services")
	if got := r.calls(tokens.text("access_token")); got == "OK" {
		t.Error("the token of a service that was taken back is good")
	}
	const failed = `candor_sign_ins_total{outcome="unavailable"}`
	if got := r.metrics(failed)[failed]; got != "2" {
		t.Errorf("%s sign-ins are counted as failed for want of the store", got)
	}
}
