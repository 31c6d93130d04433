package browser

import (
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestSignInAndAllow: from an app to sign-in, consent and back to another origin, with a token that works; the second time nothing is asked.
func TestSignInAndAllow(t *testing.T) {
	for _, profile := range []string{"standard", "linkedin"} {
		t.Run(profile, func(t *testing.T) {
			p, r := open(t), newRealm(t, profile)
			shop := newApp(r, "photo-shop", "r_profile", "openid")
			p.begins(shop)
			p.heading("Sign in")
			p.tells("You go on to photo-shop afterwards.")
			p.signsIn("ada")
			p.heading("Allow photo-shop?")
			p.tells("made by maker@example.com", "Read your name and your picture", "Know who you are", "ada@example.com")
			p.presses("Allow")
			p.heading("photo-shop knows ada")
			p.begins(shop)
			p.heading("photo-shop knows ada")
			if n := len(shop.ledBack()); n != 2 {
				t.Errorf("the app was led to %d times", n)
			}
			for _, said := range p.said() {
				t.Errorf("the console says %s", said)
			}
		})
	}
}

// TestCancel: who wants not to is led back, and the app is told at which step.
func TestCancel(t *testing.T) {
	for _, c := range []struct{ profile, login, authorize string }{
		{"standard", "access_denied", "access_denied"},
		{"linkedin", "user_cancelled_login", "user_cancelled_authorize"},
	} {
		t.Run(c.profile, func(t *testing.T) {
			p, r := open(t), newRealm(t, c.profile)
			shop := newApp(r, "photo-shop", "r_profile")
			p.begins(shop)
			p.heading("Sign in")
			p.presses("Cancel")
			p.heading("photo-shop got no access")
			p.begins(shop)
			p.signsIn("ada")
			p.heading("Allow photo-shop?")
			p.presses("Cancel")
			p.heading("photo-shop got no access")
			var got [][2]string
			for _, q := range shop.ledBack() {
				got = append(got, [2]string{q.Get("error"), q.Get("state")})
				p.known(q)
			}
			if diff := cmp.Diff([][2]string{{c.login, "a state"}, {c.authorize, "a state"}}, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// known fails where an answer names no page of the reference that is there.
func (p *page) known(q url.Values) {
	p.t.Helper()
	p.goes(q.Get("error_uri"))
	at, err := url.Parse(q.Get("error_uri"))
	if err != nil || at.Fragment == "" || !p.has("#"+at.Fragment) {
		p.t.Errorf("%q is no page of the reference", q.Get("error_uri"))
	}
}
