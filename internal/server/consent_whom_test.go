package server_test

import (
	"html"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/testkit"
)

var providerLink = regexp.MustCompile(`href="(/sign-in/provider[^"]*)"`)

// TestConsentOfWhoWasAsked: members of whom no address is known are told apart too. One was asked, another has signed in since in another tab, and is asked anew.
func TestConsentOfWhoWasAsked(t *testing.T) {
	at := testkit.NewProvider(t)
	s := newStage(t)
	r := &realm{s: s, profile: "standard", ahead: &atomic.Int64{}}
	cfg := realmConfig("standard")
	for i := range cfg {
		cfg[i] = strings.Replace(cfg[i], "accounts: true}", "accounts: true, provider: {issuer: \""+at.URL+"\", client_id: "+testkit.ProviderClient+", client_secret: "+testkit.ProviderSecret+", name: Example login}}", 1)
	}
	r.instance = s.startBy(s.config(cfg...), s.options())
	r.shop = create(t, r, admin.AppRequest{Name: "shop", Owners: []string{"maker@example.com"}, Products: []string{"profile"}, RedirectURIs: []string{shopBack}})
	b := r.browser(t)
	signsIn := func(subject, path string) seen {
		t.Helper()
		at.Claim(map[string]any{"sub": subject, "email": "someone@example.com", "email_verified": false})
		b.get(path)
		page := b.follow()
		m := providerLink.FindStringSubmatch(page.body)
		if m == nil {
			t.Fatalf("there is no way to the provider: %s", shown(page))
		}
		b.get(html.UnescapeString(m[1]))
		for range 2 { // to the provider, and back with what it answers
			b.get(b.last.head.Get("Location"))
		}
		return b.follow()
	}
	asked := signsIn("s-ada", r.link())
	if !strings.Contains(asked.body, `value="allow"`) {
		t.Fatalf("ada is not asked: %s", shown(asked))
	}
	b.get("/sign-out")
	b.submit("/sign-out", "request", requestField.FindStringSubmatch(asked.body)[1])
	signsIn("s-mallory", b.last.head.Get("Location"))
	b.last = asked
	if p := b.submit("/oauth/v2/consent", "decision", "allow"); p.status != 200 || !strings.Contains(p.body, `value="allow"`) {
		t.Fatalf("what ada was asked is answered for mallory: %s", shown(p))
	}
	if p := b.submit("/oauth/v2/consent", "decision", "allow"); shown(p) != "303 https://shop.example/back" {
		t.Errorf("who was asked now is not led on: %s", shown(p))
	}
}
