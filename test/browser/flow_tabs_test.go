package browser

import (
	"strconv"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/candor-gateway/candor/internal/testkit"
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

// TestTwoClicks: whoever presses a button again, while the app takes its time, comes to the app as after one press.
func TestTwoClicks(t *testing.T) {
	p, r := open(t), newRealm(t, "standard")
	for _, c := range []struct {
		name, at, press, then string
		signs                 bool
	}{
		{"at-login", "Sign in", "Cancel", "at-login got no access", false},
		{"at-consent", "Sign in", "Cancel", "at-consent got no access", true},
		{"shop", "Allow shop?", "Allow", "shop knows ada", false},
	} {
		a := newApp(r, c.name, "r_profile")
		a.slow = make(chan struct{})
		goOn := sync.OnceFunc(func() { close(a.slow) })
		t.Cleanup(goOn)
		p.begins(a)
		p.heading(c.at)
		if c.signs {
			p.signsIn("ada")
			p.heading("Allow " + c.name + "?")
		}
		p.keepsPressing(c.press)
		testkit.Until(t, "a second answer", func() bool { return len(a.ledBack()) > 1 })
		goOn()
		p.heading(c.then)
	}
}

// keepsPressing presses a button again and again, as long as the page stands. A script of its own does, since Chromium lets nobody act from outside while it waits
// for the next page.
func (p *page) keepsPressing(text string) {
	p.t.Helper()
	p.do(chromedp.Evaluate[chromedp.Void](`{
		const button = [...document.querySelectorAll("button")].find(b => b.innerText === ` + strconv.Quote(text) + `)
		setInterval(() => button.click(), 300)
	}`))
}

// TestBack: who goes back after the answer is told that it was given, and no second code is made.
func TestBack(t *testing.T) {
	p, r := open(t), newRealm(t, "standard")
	shop := newApp(r, "photo-shop", "r_profile")
	p.allows(shop, "ada")
	p.do(chromedp.NavigateBack())
	p.heading("You have answered this already")
	if n := len(shop.ledBack()); n != 1 {
		t.Errorf("the app was led to %d times", n)
	}
}
