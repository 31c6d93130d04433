package server

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/portal"
)

// TestFormsOfOtherSites: what a page elsewhere makes a browser send does nothing.
func TestFormsOfOtherSites(t *testing.T) {
	l := newLobby(t, "accounts: true")
	forms := map[string]url.Values{
		"/sign-in":  {"email": {"ada@example.com"}, "password": {adasPassword}}, // login CSRF
		"/sign-out": {},
		"/account":  {"do": {"sign-out-everywhere"}},
	}
	for name, fields := range map[string][]string{
		"another site":        {"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"},
		"a neighbour":         {"Sec-Fetch-Site", "same-site", "Origin", "http://evil.www.example"},
		"an old browser":      {"Sec-Fetch-Site", "", "Origin", "https://evil.example"},
		"an old neighbour":    {"Sec-Fetch-Site", "", "Origin", "http://www.example.evil"},
		"another port":        {"Sec-Fetch-Site", "", "Origin", "http://www.example:8080"},
		"a sandboxed frame":   {"Sec-Fetch-Site", "cross-site", "Origin", "null"},
		"nothing but a null":  {"Sec-Fetch-Site", "", "Origin", "null"},
		"an origin with user": {"Sec-Fetch-Site", "", "Origin", "http://www.example@evil.example"},
	} {
		for path, form := range forms {
			v := l.visitor()
			if path != "/sign-in" {
				v.signIn()
			}
			before := v.who()
			p := v.ask(http.MethodPost, path, form, fields...)
			if p.status != 403 || !strings.Contains(p.body, "This came from another site") || !strings.Contains(p.body, p.head.Get("X-Request-Id")) {
				t.Errorf("%s, POST %s: %d %s", name, path, p.status, p.body)
			}
			if after := v.who(); after != before {
				t.Errorf("%s, POST %s made %q of %q", name, path, after, before)
			}
		}
	}
	for name, fields := range map[string][]string{
		"our own page":              {},
		"an old browser's":          {"Sec-Fetch-Site", ""},
		"no browser":                {"Sec-Fetch-Site", "", "Origin", ""},
		"a balancer's other scheme": {"Sec-Fetch-Site", "same-origin", "Origin", "https://www.example"},
	} {
		if p := l.visitor().ask(http.MethodPost, "/sign-in", forms["/sign-in"], fields...); p.status != 303 {
			t.Errorf("%s: %d %s", name, p.status, p.body)
		}
	}
}

// TestOpenRedirects: nobody is led elsewhere by a link to the sign-in.
func TestOpenRedirects(t *testing.T) {
	l := newLobby(t, "accounts: true")
	for _, next := range []string{
		"https://evil.example/", "//evil.example", `/\evil.example`, `\\evil.example`, "/account/../../evil", "/account@evil.example", "/account?x", "javascript:alert(1)", "/sign-out",
		"http:evil.example", "/%2fevil.example", "/account\r\nSet-Cookie: a=b", "account", " /account",
	} {
		v := l.visitor()
		for _, to := range []string{v.signIn("next", next), v.get("/sign-in?next=" + url.QueryEscape(next)).to(), v.get("/sign-in?request=&next=" + url.QueryEscape(next)).to()} {
			if to != "/account" {
				t.Errorf("%q leads to %q", next, to)
			}
		}
	}
}

// TestPlantedSessions: a cookie that somebody else has put into a browser is never that of who signs in there.
func TestPlantedSessions(t *testing.T) {
	l := newLobby(t, "accounts: true")
	thief := l.visitor()
	id := thief.hold()
	at, err := url.Parse("http://www.example/")
	if err != nil {
		t.Fatal(err)
	}
	for name, cookies := range map[string][]*http.Cookie{
		"of a real session": thief.cookies(), "made up": {{Name: "candor_80", Value: strings.Repeat("A", 43)}}, "of signs": {{Name: "candor_80", Value: "' OR 1=1 --"}},
	} {
		victim := l.visitor()
		victim.client.Jar.SetCookies(at, cookies)
		victim.signIn()
		victim.is("ada@example.com")
		thief.is("")
		for _, c := range victim.cookies() {
			if c.Name == "candor_80" && c.Value == cookies[0].Value {
				t.Errorf("%s: the planted cookie is that of who has signed in", name)
			}
		}
	}
	l.wait(portal.Twice + time.Second) // so long a form that was sent twice finds what waited
	if got := thief.get("/test/who?request=" + id).body; got != "|||" {
		t.Errorf("the thief's own: %s", got)
	}
}

// TestFloodOfSessions: who lets many requests wait is stopped, and who signs in is not.
func TestFloodOfSessions(t *testing.T) {
	l := newLobby(t, "accounts: true")
	last := page{}
	for range 201 {
		last = l.visitor().get("/test/hold")
	}
	if last.status != 429 || last.head.Get("Retry-After") == "" || !strings.Contains(last.body, "Too many sign-ins were begun from your network") {
		t.Errorf("%d %s", last.status, last.body)
	}
	l.visitor().signIn()
}
