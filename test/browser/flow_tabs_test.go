package browser

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// TestTwoApps: two tabs with an app each do not get into each other's way.
func TestTwoApps(t *testing.T) {
	p, r := open(t), newRealm(t, "standard")
	shop, notes := newApp(r, "photo-shop", "r_profile"), newApp(r, "notes", "w_posts", "r_profile")
	other := p.tab()
	p.begins(shop)
	p.heading("Sign in")
	other.front()
	other.begins(notes)
	other.heading("Sign in")
	p.front()
	p.signsIn("ada")
	p.heading("Allow photo-shop?")
	other.front()
	other.signsIn("ada")
	other.heading("Allow notes?")
	p.front()
	p.presses("Allow")
	p.heading("photo-shop knows ada")
	other.front()
	other.presses("Allow")
	other.heading("notes knows ada")
}

// TestAnotherMember: where somebody else has signed in since the question was shown, it is asked anew, and nobody gives what another was asked for.
func TestAnotherMember(t *testing.T) {
	p, r := open(t), newRealm(t, "standard")
	shop := newApp(r, "photo-shop", "r_profile")
	p.begins(shop)
	p.signsIn("ada")
	p.heading("Allow photo-shop?")
	other := p.tab()
	other.front()
	other.begins(shop)
	other.heading("Allow photo-shop?")
	other.presses("Use another account")
	other.signsIn("bob")
	other.heading("Allow photo-shop?")
	p.front()
	p.tells("ada@example.com")
	p.presses("Allow")
	p.awaits("bob@example.com")
	p.heading("Allow photo-shop?")
	if came := shop.ledBack(); len(came) > 0 {
		t.Errorf("the app got %v", came)
	}
	p.presses("Allow")
	p.heading("photo-shop knows bob")
}

// TestTwoClicks: whoever presses Allow twice comes to the app, which gets one code.
func TestTwoClicks(t *testing.T) {
	p, r := open(t), newRealm(t, "standard")
	for _, name := range []string{"one", "two", "three", "four", "five"} {
		shop := newApp(r, name, "r_profile")
		p.begins(shop)
		if name == "one" {
			p.signsIn("ada")
		}
		p.heading("Allow " + name + "?")
		p.do(chromedp.DoubleClick(css(`button[value=allow]`)))
		p.heading(name + " knows ada")
	}
}
