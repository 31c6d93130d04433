package browser

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/candor-gateway/candor/internal/portal"
)

// TestTakeBack: one click takes an app's access back, and its next call is refused for that.
func TestTakeBack(t *testing.T) {
	p, r := open(t), newRealm(t, "linkedin")
	shop, notes := newApp(r, "photo-shop", "r_profile"), newApp(r, "notes", "r_profile", "w_posts")
	p.allows(shop, "ada")
	p.begins(notes)
	p.heading("Allow notes?")
	p.presses("Allow")
	p.heading("notes knows ada")
	p.goes(r.www + "/services")
	p.heading("Permitted services")
	p.tells("photo-shop", "notes", "Write posts in your name")
	p.do(chromedp.Click(chromedp.Search(`//section[.//h2[normalize-space()="photo-shop"]]//button`)))
	p.awaits("photo-shop has no access any more.")
	if p.has("section:nth-of-type(2)") {
		t.Errorf("it is shown still:\n%s", p.text())
	}
	if got := r.calls(t.Context(), shop.token()); !strings.Contains(got, "65601") {
		t.Errorf("its next call is answered %s", got)
	}
	if got := r.calls(t.Context(), notes.token()); got != "ada" {
		t.Errorf("the other's next call is answered %s", got)
	}
	p.begins(shop)
	p.heading("Allow photo-shop?")
}

// TestSignOut: whoever signs out is asked again, and what they gave apps stays.
func TestSignOut(t *testing.T) {
	p, r := open(t), newRealm(t, "standard")
	shop := newApp(r, "photo-shop", "r_profile")
	p.allows(shop, "ada")
	p.goes(r.www + "/services")
	p.follows("Sign out")
	p.heading("Sign out")
	p.presses("Sign out")
	p.heading("You are signed out")
	p.goes(r.www + "/services")
	p.heading("Sign in")
	if got := r.calls(t.Context(), shop.token()); got != "ada" {
		t.Errorf("a call is answered %s", got)
	}
	p.begins(shop)
	p.signsIn("ada")
	p.heading("photo-shop knows ada") // which was allowed before
}

// TestChangePassword: a new password signs out all other browsers, and not this one.
func TestChangePassword(t *testing.T) {
	p, r := open(t), newRealm(t, "standard")
	elsewhere := p.stranger()
	for _, b := range []*page{p, elsewhere} {
		b.front()
		b.goes(r.www + "/sign-in")
		b.signsIn("ada")
		b.heading("Permitted services")
	}
	p.front()
	p.follows("Account")
	p.heading("Your account")
	p.do(chromedp.SendKeys(css("#password"), "not the password"), chromedp.SendKeys(css("#new"), "a quite new password"), chromedp.SendKeys(css("#again"), "a quite new password"+kb.Enter))
	p.awaits("The password that you have now is another.")
	p.do(chromedp.SendKeys(css("#password"), password), chromedp.SendKeys(css("#new"), "a quite new password"), chromedp.SendKeys(css("#again"), "a quite new password"+kb.Enter))
	p.awaits("Your password is changed, and all other browsers are signed out.")
	p.goes(r.www + "/services")
	p.heading("Permitted services")
	elsewhere.front()
	elsewhere.goes(r.www + "/services")
	elsewhere.signsIn("ada")
	elsewhere.awaits("The e-mail address or the password is wrong.")
}

// TestExpired: whoever comes back too late is told so on a page that leads on, at each place where one can be.
func TestExpired(t *testing.T) {
	p, r := open(t), newRealm(t, "standard")
	shop := newApp(r, "photo-shop", "r_profile")
	p.begins(shop)
	p.heading("Sign in")
	r.wait(2 * portal.Waiting)
	p.signsIn("ada")
	p.heading("This page has been open too long")
	p.tells("Go back to the app and begin there again.")
	p.allows(shop, "ada")

	p.goes(r.www + "/services")
	p.heading("Permitted services")
	r.wait(portal.Idle + time.Minute)
	p.presses("Take access back from photo-shop")
	p.heading("You have been signed out")
	p.follows("Sign in")
	p.signsIn("ada")
	p.heading("Permitted services")
	p.tells("photo-shop")

	notes := newApp(r, "notes", "r_profile")
	p.begins(notes)
	p.heading("Allow notes?")
	r.wait(portal.Idle + time.Minute)
	p.presses("Allow")
	p.heading("This page has been open too long")
	p.begins(notes)
	p.signsIn("ada")
	p.heading("Allow notes?")
}
