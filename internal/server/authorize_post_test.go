package server_test

import (
	"net/url"
	"strings"
	"testing"
)

// TestAuthorizationByPost: a form of another site bears no cookie of ours (SameSite=Lax). It is answered by a GET, which does, so that who is signed in stays so.
func TestAuthorizationByPost(t *testing.T) {
	r := newRealm(t, "standard")
	b := r.browser(t)
	r.redeems(t, r.code(b, "ada", r.link()))
	_, query, _ := strings.Cut(r.link("state", "a # & b"), "?")
	asked, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	withoutCookies := r.browser(t)
	cross := []string{"Origin", "https://shop.example", "Sec-Fetch-Site", "cross-site"}
	p := withoutCookies.do("POST", "/oauth/v2/authorization", asked, cross...)
	if to := p.to(t); to.Path != "/oauth/v2/authorization" || to.Host != "" || p.head.Get("Set-Cookie") != "" {
		t.Fatalf("led to %s, with the cookie %q", to, p.head.Get("Set-Cookie"))
	}
	if q := b.get(p.head.Get("Location")).to(t).Query(); q.Get("code") == "" || q.Get("state") != "a # & b" {
		t.Errorf("in the end %v", q)
	}
	for name, c := range map[string]struct {
		body, kind string
		status     int
	}{
		"bytes that no URL has": {"client_id=\x00\r\n#é &x", form, 303},
		"JSON":                  {"{}", "application/json", 400},
		"too large for a URL":   {query + "&x=" + strings.Repeat("x", 17<<10), form, 400},
	} {
		p := withoutCookies.send("POST", "/oauth/v2/authorization", c.body, append(cross, "Content-Type", c.kind)...)
		if to := p.head.Get("Location"); p.status != c.status || p.head.Get("Set-Cookie") != "" || c.status == 303 && to != "/oauth/v2/authorization?client_id=%00%0D%0A%23%C3%A9%20&x" {
			t.Errorf("%s: %d %v %.300s", name, p.status, p.head, p.body)
		}
	}
}
