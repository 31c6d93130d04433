package browser

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"github.com/candor-gateway/candor/internal/testkit"
)

func bodyOf(t *testing.T, q *http.Request) string {
	t.Helper()
	a, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Body.Close()
	text, err := io.ReadAll(a.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// tab is another page of the same browser.
func (p *page) tab() *page { return p.another() }

// stranger is a page of a browser that shares nothing with this one: no cookie, no cache.
func (p *page) stranger() *page { return p.another(chromedp.WithNewBrowserContext()) }

func (p *page) another(o ...chromedp.ContextOption) *page {
	p.t.Helper()
	ctx, stop := chromedp.NewContext(p.Context, o...)
	p.t.Cleanup(stop)
	n := &page{Context: ctx, t: p.t, axe: p.axe}
	if err := chromedp.Listen(ctx, n.note); err != nil {
		p.t.Fatal(err)
	}
	return n
}

// front shows a page where there are several: one behind another may be slow, or stand still.
func (p *page) front() {
	p.t.Helper()
	id := chromedp.FromContext(p.Context).Target.TargetID
	if _, err := chromedp.CallBrowser(p.Context, target.ActivateTarget, target.ActivateTargetParams{TargetID: id}); err != nil {
		p.t.Fatal(err)
	}
}

// heading waits until the page has one.
func (p *page) heading(want string) {
	p.t.Helper()
	var got string
	if !testkit.Comes(func() bool { got = p.h1(); return got == want }) {
		p.t.Fatalf("the page says %q, and not %q; it is %s\n%s\n%v", got, want, ask(p, chromedp.Location()), p.text(), p.said())
	}
}

// h1 is the heading; "" where the page is none yet.
func (p *page) h1() string {
	text, err := chromedp.Run(p.Context, chromedp.Evaluate[string](`document.readyState === "loading" ? "" : document.querySelector("h1")?.innerText ?? ""`))
	if err != nil { // the page goes as it is asked
		return ""
	}
	return text
}

// text is all that can be read on the page.
func (p *page) text() string {
	p.t.Helper()
	return ask(p, chromedp.Evaluate[string](`document.body.innerText`))
}

// tells fails where the page does not say each of these.
func (p *page) tells(words ...string) {
	p.t.Helper()
	text := p.text()
	for _, w := range words {
		if !strings.Contains(text, w) {
			p.t.Errorf("the page does not say %q:\n%s", w, text)
		}
	}
}

// presses presses the button with this text.
func (p *page) presses(text string) {
	p.t.Helper()
	p.do(chromedp.Click(chromedp.Search(`//button[normalize-space()="` + text + `"]`)))
}

// follows follows the link with this text.
func (p *page) follows(text string) {
	p.t.Helper()
	p.do(chromedp.Click(chromedp.Search(`//a[normalize-space()="` + text + `"]`)))
}

// signsIn fills in the form of a sign-in.
func (p *page) signsIn(who string) {
	p.t.Helper()
	p.heading("Sign in")
	p.do(chromedp.SendKeys(css("#email"), who+"@example.com"), chromedp.SendKeys(css("#password"), password))
	p.presses("Sign in")
}

// begins goes to an app and begins to sign in.
func (p *page) begins(a *app) {
	p.t.Helper()
	p.do(chromedp.Navigate(a.URL))
	p.follows("Sign in")
}

// allows gives an app access, from the beginning, in a browser in which nobody is signed in.
func (p *page) allows(a *app, who string) {
	p.t.Helper()
	p.begins(a)
	p.signsIn(who)
	p.heading("Allow " + a.made.Name + "?")
	p.presses("Allow")
	p.heading(a.made.Name + " knows " + who)
}

func (p *page) goes(to string) {
	p.t.Helper()
	p.do(chromedp.Navigate(to))
}

// has reports whether something on the page is selected so.
func (p *page) has(selector string) bool {
	p.t.Helper()
	return ask(p, chromedp.Evaluate[bool](`!!document.querySelector(`+strconv.Quote(selector)+`)`))
}

// awaits waits until the page says something.
func (p *page) awaits(words string) {
	p.t.Helper()
	var text string
	if !testkit.Comes(func() bool {
		text, _ = chromedp.Run(p.Context, chromedp.Evaluate[string](`document.readyState === "loading" ? "" : document.body.innerText`))
		return strings.Contains(text, words)
	}) {
		p.t.Fatalf("the page does not say %q:\n%s", words, text)
	}
}
