package server_test

import (
	"net/url"
	"strings"
	"testing"
)

// TestRequestByForm: an app's page may send the request as a form. With such a one browsers send no cookies, and the session that they keep for us stays.
func TestRequestByForm(t *testing.T) {
	r := newRealm(t, "standard")
	b := r.browser(t)
	r.redeems(t, r.code(b, "ada", r.link()))
	link, err := url.Parse(r.link("state", `a "state" + & #`))
	if err != nil {
		t.Fatal(err)
	}
	form := link.Query()
	stranger := r.browser(t) // it has no cookies to send
	const path = "/oauth/v2/authorization"
	got := stranger.do("POST", path, form, "Origin", "https://shop.example", "Sec-Fetch-Site", "cross-site")
	if to := got.to(t); to.Path != path || to.Query().Encode() != form.Encode() || got.head.Get("Set-Cookie") != "" {
		t.Errorf("to %s with %q", to, got.head.Get("Set-Cookie"))
	}
	b.get(got.head.Get("Location")) // as the browser of ada follows it
	if q := b.last.to(t).Query(); q.Get("code") == "" || q.Get("state") != `a "state" + & #` {
		t.Errorf("led back with %v", q)
	}
	if same := b.do("POST", path, form).to(t).Query(); same.Get("code") == "" {
		t.Errorf("from a page of ours: %v", same)
	}
	form.Set("state", strings.Repeat("x", 8100))
	long := stranger.do("POST", path, form, "Origin", "https://shop.example", "Sec-Fetch-Site", "cross-site")
	if !strings.HasPrefix(long.head.Get("Location"), "/sign-in?request=") {
		t.Errorf("a long one: %d %v", long.status, long.head)
	}
	twice := stranger.do("POST", path, url.Values{"client_id": {"a", "b"}}, "Origin", "https://shop.example", "Sec-Fetch-Site", "cross-site")
	if stranger.get(twice.head.Get("Location")).status < 400 {
		t.Error("a parameter that comes twice is taken")
	}
}
