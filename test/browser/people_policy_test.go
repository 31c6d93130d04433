package browser

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/candor-gateway/candor/internal/pages/people"
	"github.com/candor-gateway/candor/internal/testkit"
)

// callback is an app on an origin of its own, where a consent leads; below /on it leads further, to another origin.
func callback(t *testing.T, further string) string {
	t.Helper()
	app := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/on" {
			http.Redirect(w, r, further, http.StatusFound)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprint(w, `<!doctype html><title>The app</title><link rel=icon href="data:,">`)
	}))
	t.Cleanup(app.Close)
	return app.URL
}

// TestConsentLeadsToTheApp: Chromium lets the form go on to the origin of the redirect URI, and to no other. Where the app itself leads on to a third origin at once,
// Chromium counts that as the form's as well, and stays on the page.
func TestConsentLeadsToTheApp(t *testing.T) {
	elsewhere := callback(t, "")
	app := callback(t, elsewhere+"/end")
	p, s := open(t), servePeople(t)
	for _, c := range []struct {
		name, redirect, then string
		leads                bool
	}{
		{"the app", app + "/callback", app + "/callback?code=1", true},
		{"an address that no policy can name", "http://[::1]:1/callback", app + "/callback?code=1", true},
		{"another origin", app + "/callback", elsewhere + "/callback?code=1", false},
		{"no redirect was said", "", app + "/callback?code=1", false},
		{"the app leads on itself", app + "/on", app + "/on?code=1", false},
	} {
		s.Then = c.then
		s.All["consent"] = people.Consent{App: "Photo shop", Redirect: c.redirect, Request: "r1"}
		p.do(chromedp.Navigate(s.URL+"/at/consent"), chromedp.Click(css("button[value=allow]")))
		var leads, blocked bool
		testkit.Until(t, "an end of "+c.name, func() bool {
			blocked = blocked || strings.Contains(strings.Join(p.said(), " "), "form-action")
			leads = ask(p, chromedp.Title()) == "The app"
			return leads || blocked
		})
		if leads != c.leads || blocked == c.leads {
			t.Errorf("%s: leads there: %v, blocked: %v", c.name, leads, blocked)
		}
	}
}

// TestPeoplePolicy: the style holds, what somebody may have put on a page does nothing, and no other page frames it.
func TestPeoplePolicy(t *testing.T) {
	p, s := open(t), servePeople(t)
	p.do(chromedp.Navigate(s.URL + "/at/sign-in"))
	if styled := ask(p, chromedp.Evaluate[string](`getComputedStyle(document.querySelector("label")).display`)); styled != "block" {
		t.Errorf("the policy keeps out the style: %s", styled)
	}
	for name, markup := range map[string]string{
		"script-src": `<details open ontoggle='window.ran = true'></details>`,
		"style-src":  `<p style='position:fixed;inset:0'>Sign in here instead</p>`,
		"img-src":    `<img src='https://elsewhere.example/x.png'>`,
		"base-uri":   `<base href='https://elsewhere.example/'>`,
	} {
		which := ask(p, chromedp.Evaluate[string](fmt.Sprintf(`new Promise(done => {
			addEventListener("securitypolicyviolation", e => done(e.effectiveDirective + (window.ran ? " ran" : "")), {once: true})
			document.body.insertAdjacentHTML("beforeend", %q)
		})`, markup), chromedp.EvalAwaitPromise))
		if !strings.HasPrefix(which, name) || strings.HasSuffix(which, "ran") {
			t.Errorf("%s: %s", name, which)
		}
	}
}

// TestNoFrames: a page in another's frame could be clicked unseen.
func TestNoFrames(t *testing.T) {
	p, s := open(t), servePeople(t)
	framing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprintf(w, `<!doctype html><title>Another site</title><link rel=icon href="data:,"><iframe src="%s/at/consent"></iframe>`, s.URL)
	}))
	t.Cleanup(framing.Close)
	p.do(chromedp.Navigate(framing.URL))
	testkit.Until(t, "a refusal to frame", func() bool { return strings.Contains(strings.Join(p.said(), " "), "frame-ancestors") })
}
