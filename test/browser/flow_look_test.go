package browser

import (
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/candor-gateway/candor/internal/portal"
)

// TestWalkLooks: nothing keeps anybody from reading a page of the walk as the program shows it, light or dark, wide or narrow.
func TestWalkLooks(t *testing.T) {
	p, r := open(t), newRealm(t, "linkedin")
	shop, notes := newApp(r, "photo-shop", "r_profile", "openid"), newApp(r, "notes", "r_profile", "w_posts")
	p.begins(shop)
	p.heading("Sign in")
	p.looks("sign-in")
	p.do(chromedp.SendKeys(css("#email"), "ada@example.com"), chromedp.SendKeys(css("#password"), "wrong"+kb.Enter))
	p.awaits("The e-mail address or the password is wrong.")
	p.looks("wrong-password")
	p.do(chromedp.SendKeys(css("#password"), password+kb.Enter))
	p.heading("Allow photo-shop?")
	p.looks("consent")
	p.presses("Allow")
	p.heading("photo-shop knows ada")
	p.do(chromedp.NavigateBack())
	p.heading("You have answered this already")
	p.looks("answered")
	p.begins(notes)
	p.heading("Allow notes?")
	p.presses("Allow")
	p.heading("notes knows ada")
	for path, heading := range map[string]string{"/services": "Permitted services", "/account": "Your account", "/sign-out": "Sign out", "/oauth/v2/authorization": "The app's request cannot be taken"} {
		p.goes(r.www + path)
		p.heading(heading)
		p.looks("at" + strings.ReplaceAll(path, "/", "-"))
	}
	p.goes(r.www + "/services")
	p.presses("Take access back from notes")
	p.awaits("notes has no access any more.")
	p.looks("taken-back")
	shop.conf.RedirectURL += "/"
	p.begins(shop)
	p.heading("Redirect_uri doesn't match")
	p.looks("mismatch")
	shop.conf.ClientID = "nobody"
	p.begins(shop)
	p.heading("Client_id doesn't match")
	p.looks("client")
	p.goes(r.www + "/services")
	p.heading("Permitted services")
	r.wait(portal.Idle + time.Minute)
	p.presses("Take access back from photo-shop")
	p.heading("You have been signed out")
	p.looks("signed-out-meanwhile")
	p.goes(r.www + "/sign-out")
	p.heading("You are signed out")
	p.looks("signed-out")
}

// looks finds what is wrong with the page that is shown, and takes pictures of it.
func (p *page) looks(name string) {
	p.t.Helper()
	name = "walk-" + name
	for _, scheme := range []string{"dark", "light"} {
		p.in(scheme)
		for width, size := range map[int64]string{1200: "wide", 360: "narrow"} {
			p.do(chromedp.EmulateViewport(width, 800))
			report(p.t, name+" "+scheme+" "+size, p.barriers())
			p.shoot(name+"-"+scheme+"-"+size, width)
		}
	}
	p.do(chromedp.EmulateViewport(320, 800))
	if ask(p, chromedp.Evaluate[bool](`document.documentElement.scrollWidth > innerWidth`)) { // WCAG 2.2, 1.4.10
		p.t.Errorf("%s: is wider than a narrow screen", name)
	}
	p.do(chromedp.EmulateViewport(1200, 800))
}
