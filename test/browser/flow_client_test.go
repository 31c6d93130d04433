package browser

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"golang.org/x/oauth2"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/testkit"
)

// TestMismatch: a request whose app cannot be told ends at a page that shows what was sent beside what is registered, and where they begin to differ.
func TestMismatch(t *testing.T) {
	p, r := open(t), newRealm(t, "linkedin")
	shop := newApp(r, "photo-shop", "r_profile")
	right := shop.conf.RedirectURL
	shop.conf.RedirectURL = strings.Replace(right, "/callback", "/cal-back", 1)
	p.begins(shop)
	p.heading("Redirect_uri doesn't match")
	p.tells(shop.conf.RedirectURL, right, "whoever makes the app")
	if marks := ask(p, chromedp.Evaluate[[]string](`[...document.querySelectorAll("mark")].map(m => m.previousSibling.textContent + "|" + m.textContent)`)); len(marks) != 2 ||
		marks[0] != shop.URL+"/cal|-" || marks[1] != shop.URL+"/cal|l" {
		t.Errorf("marked: %q", marks)
	}
	p.known(url.Values{"error_uri": {ask(p, chromedp.Evaluate[string](`document.querySelector("main a").href`))}})

	shop.conf.RedirectURL, shop.conf.ClientID = right, "nobody"
	p.begins(shop)
	p.heading("Client_id doesn't match")
	p.tells("nobody", "client_id")
	if came := shop.ledBack(); len(came) > 0 {
		t.Errorf("the app was led to, with %v", came)
	}
}

// TestFramed: no page of the walk shows itself in a page of an app.
func TestFramed(t *testing.T) {
	p, r := open(t), newRealm(t, "standard")
	shop := newApp(r, "photo-shop", "r_profile")
	framing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprintf(w, `<!doctype html><title>An app</title><link rel=icon href="data:,"><iframe src=%q></iframe>`, q.URL.Query().Get("in"))
	}))
	t.Cleanup(framing.Close)
	p.begins(shop)
	p.signsIn("ada")
	p.heading("Allow photo-shop?")
	for _, path := range []string{ask(p, chromedp.Location()), r.www + "/sign-in", r.www + "/services", r.www + "/account", r.www + "/sign-out", shop.link(), r.www + "/oauth/v2/authorization"} {
		p.goes(framing.URL + "/?in=" + url.QueryEscape(path))
		testkit.Until(t, "a refusal to frame "+path, func() bool { return strings.Contains(strings.Join(p.said(), " "), "frame-ancestors") })
	}
}

// TestPublicApp: a page that keeps no secret gets its token by itself, from where it is registered, and from nowhere else.
func TestPublicApp(t *testing.T) {
	p, r := open(t), newRealm(t, "standard")
	a := registered(r, admin.AppRequest{Name: "spa", Owners: []string{"maker@example.com"}, Products: []string{"all"}, Public: true}, []string{"r_profile"})
	verifier := oauth2.GenerateVerifier()
	a.more = []oauth2.AuthCodeOption{oauth2.S256ChallengeOption(verifier)}
	a.itself = true
	p.begins(a)
	p.signsIn("ada")
	p.heading("Allow spa?")
	p.presses("Allow")
	p.heading("spa was led back")
	code := a.ledBack()[0].Get("code")
	fetch := func(code string) string {
		form := url.Values{"grant_type": {"authorization_code"}, "client_id": {a.made.ClientID}, "code": {code}, "redirect_uri": {a.conf.RedirectURL}, "code_verifier": {verifier}}
		return ask(p, chromedp.Evaluate[string](`fetch(`+strconv.Quote(a.conf.Endpoint.TokenURL)+`, {method: "POST", headers: {"Content-Type": "application/x-www-form-urlencoded"}, body: `+
			strconv.Quote(form.Encode())+`}).then(async a => a.status + " " + await a.text(), e => "refused: " + e)`, chromedp.EvalAwaitPromise))
	}
	if got := fetch("cdr_ac_nothing"); !strings.HasPrefix(got, "400 ") || !strings.Contains(got, "invalid_grant") {
		t.Errorf("a wrong code: %s", got)
	}
	if got := fetch(code); !strings.HasPrefix(got, "200 ") || !strings.Contains(got, `"access_token"`) {
		t.Errorf("its code: %s", got)
	}
	p.said()
	p.goes(origin(t))
	if got := fetch(code); !strings.HasPrefix(got, "refused: ") {
		t.Errorf("another origin reads %s", got)
	}
	if said := strings.Join(p.said(), "\n"); !strings.Contains(said, "CORS policy") {
		t.Errorf("the console says %s", said)
	}
}

// TestWithoutScripts: everything works where scripts are off.
func TestWithoutScripts(t *testing.T) {
	p, r := open(t), newRealm(t, "standard")
	if _, err := chromedp.Call(p.Context, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true}); err != nil {
		t.Fatal(err)
	}
	shop := newApp(r, "photo-shop", "r_profile")
	p.allows(shop, "ada")
	p.goes(r.www + "/services")
	p.heading("Permitted services")
	p.presses("Take access back from photo-shop")
	p.awaits("photo-shop has no access any more.")
	p.follows("Sign out")
	p.heading("Sign out")
	p.presses("Sign out")
	p.heading("You are signed out")
}

// TestByKeys: from the app and back to it without a pointer.
func TestByKeys(t *testing.T) {
	p, r := open(t), newRealm(t, "standard")
	shop := newApp(r, "photo-shop", "r_profile")
	p.goes(shop.URL)
	p.tabs("Sign in")
	p.do(chromedp.KeyEvent(kb.Enter))
	p.heading("Sign in")
	p.tabs("email")
	p.do(chromedp.KeyEvent("ada@example.com"))
	p.tabs("password")
	p.do(chromedp.KeyEvent("not the password"), chromedp.KeyEvent(kb.Enter))
	p.awaits("The e-mail address or the password is wrong.")
	p.do(chromedp.KeyEvent(kb.Enter)) // the problem has the focus; Tab leads to what it names
	p.tabs("password")
	p.do(chromedp.KeyEvent(password))
	p.tabs("Sign in")
	p.do(chromedp.KeyEvent(kb.Enter))
	p.heading("Allow photo-shop?")
	p.tabs("Allow")
	p.do(chromedp.KeyEvent(" "))
	p.heading("photo-shop knows ada")
}

// tabs presses Tab until something has the focus.
func (p *page) tabs(to string) {
	p.t.Helper()
	const most = 12
	var seen []string
	for range most {
		p.do(chromedp.KeyEvent(kb.Tab))
		at := ask(p, chromedp.Evaluate[string](focused))
		if seen = append(seen, at); at == to {
			return
		}
	}
	p.t.Fatalf("Tab does not lead to %q, but %q", to, seen)
}
