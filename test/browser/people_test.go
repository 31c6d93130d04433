package browser

import (
	"flag"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/pages/people"
	"github.com/candor-gateway/candor/internal/testkit"
)

var shots = flag.String("shots", "", "a folder for pictures of the pages that people sign in by")

// evil is what somebody may write who wants to be more than text: markup, an order turned around, and no place to break a line at.
const evil = `<img src=x onerror="document.title='ran'"><script>document.title='ran'</script>"'` + "\u202eevil\u202c\x00" + `';DROP TABLE apps;--`

var unbroken = strings.Repeat("W", 4096)

// views are those pages in their states, by name.
func views() map[string]people.View {
	site := people.Site{Name: "Example Health", Support: "help@example.com"}
	since := time.Date(2026, 3, 12, 9, 30, 0, 0, time.UTC)
	scopes := []people.Scope{{Name: "r_people", Says: "Read the names and pictures of people you know"}, {Name: "w_posts", Says: "Write posts in your name"}, {Name: "r_raw"}}
	const id, callback = "01a2105d-5d6c-7dfd-8870-12d98d29c354", "https://shop.example.com/callback"
	mismatch := people.AuthorizationProblem{
		Site: site, Title: "Redirect_uri doesn't match", What: "Photo shop asked to be answered at an address that is not registered for it.", Field: "redirect_uri",
		Sent: callback + "/", Registered: []string{"https://shop.example.com/oauth/callback", callback}, Fix: "Send one of the registered addresses byte for byte, or have this one registered.",
		Cause: "oauth_redirect_mismatch", ID: id, Home: people.Link{Label: "Permitted services", Href: people.ServicesPath},
	}
	seen := mismatch
	seen.Sent, seen.Registered = callback+"\u202e x\x00", []string{callback + strings.Repeat("/path", 400)}
	all := callViews(site)
	maps.Copy(all, map[string]people.View{
		"sign-in": people.SignIn{Site: site, Password: true},
		"sign-in-app": people.SignIn{
			Site: site, Password: true, Email: "ada@example.com", Request: "r1", For: "Photo shop", Redirect: callback, Provider: people.Link{Label: "Example login", Href: "/sign-in/provider"},
		},
		"sign-in-wrong":          people.SignIn{Site: site, Password: true, Email: "ada@example.com", Problem: "E-mail and password do not belong together.", ID: id},
		"sign-in-wait":           people.SignIn{Site: site, Password: true, Email: "ada@example.com", Problem: "There were too many tries.", Wait: 150, ID: id},
		"sign-in-provider":       people.SignIn{Site: site, Provider: people.Link{Label: "Example login", Href: "/sign-in/provider"}, Request: "r1", For: "Photo shop", Problem: "Example login did not say who you are.", ID: id},
		"sign-in-none":           people.SignIn{},
		"sign-out":               people.SignOut{Site: site, Email: "ada@example.com"},
		"signed-out":             people.SignedOut{Site: site},
		"consent":                people.Consent{Site: site, App: "Photo shop", Maker: "Shop Ltd", AppHost: "shop.example.com", Redirect: callback, Email: "ada@example.com", Scopes: scopes, Request: "r1"},
		"consent-local":          people.Consent{Site: site, App: "Notes", Redirect: "com.example.notes:/callback", Email: "ada@example.com", Request: "r1", Warn: true},
		"consent-evil":           people.Consent{Site: people.Site{Name: evil, Support: evil}, App: evil, Maker: evil, AppHost: evil, Redirect: callback, Email: evil, Scopes: []people.Scope{{Name: evil, Says: evil}}, Request: evil},
		"consent-long":           people.Consent{Site: people.Site{Name: unbroken, Support: unbroken}, App: unbroken, Maker: unbroken, AppHost: unbroken, Email: unbroken, Scopes: []people.Scope{{Name: unbroken, Says: unbroken}, {Name: unbroken}}, Request: unbroken},
		"services":               people.Services{Site: site, Email: "ada@example.com", Done: "Notes has no access any more.", All: []people.Service{{App: "Photo shop", Maker: "Shop Ltd", Since: since, LastUse: since.AddDate(0, 5, 3), Scopes: scopes, Live: true, Grant: "41"}, {App: "Calendar", Since: since, Live: true, Grant: "42"}, {App: "Notes", Maker: "Notes Ltd", Scopes: scopes[:1], Grant: "43"}}},
		"services-none":          people.Services{Site: site, Email: "ada@example.com"},
		"services-long":          people.Services{Site: site, Email: unbroken, Done: unbroken, All: []people.Service{{App: unbroken, Maker: unbroken, Scopes: scopes, Live: true, Grant: "1"}, {App: evil, Maker: evil, Scopes: scopes, Grant: "2"}}},
		"account":                people.Account{Site: site, Email: "ada@example.com", Password: true, Rule: "At least 12 characters."},
		"account-wrong":          people.Account{Site: site, Email: "ada@example.com", Password: true, Rule: "At least 12 characters.", Problem: "The new password is too short.", Field: people.FieldNew, ID: id},
		"account-provider":       people.Account{Site: site, Email: "ada@example.com", Done: "All other browsers are signed out."},
		"mismatch":               mismatch,
		"mismatch-unseen":        seen,
		"client-unknown":         people.AuthorizationProblem{Site: site, Title: "Client_id doesn't match", What: "No app has this client_id.", Field: "client_id", Sent: unbroken, Fix: "Send the client_id that was shown when the app was made.", Cause: "oauth_unknown_client", ID: id},
		"authorization-operator": people.AuthorizationProblem{Site: site, What: "What keeps the apps cannot be reached at this moment.", Who: people.Operator, ID: id},
		"message":                people.Message{Site: site, Title: evil, Text: evil, Link: people.Link{Label: evil, Href: "javascript:document.title='ran'"}},
		"too-long":               people.TooLong(site, id),
		"answered":               people.Answered(site, id),
		"signed-out-meanwhile":   people.SignedOutMeanwhile(site, id),
	})
	return all
}

// peoples serves views below /at/, and what they load. What its forms send it notes, and answers by Then.
type peoples struct {
	*httptest.Server
	t    *testing.T
	All  map[string]people.View
	Then string       // where a form leads; "": to a page that says so
	sent []url.Values // with the path as path
}

func servePeople(t *testing.T) *peoples {
	t.Helper()
	s := &peoples{t: t, All: views()}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch v := s.All[strings.TrimPrefix(r.URL.Path, "/at/")]; {
		case people.ServeFile(w, r):
		case r.Method == http.MethodPost, r.URL.RawQuery != "":
			s.note(w, r)
		case v != nil:
			if err := people.Send(w, http.StatusOK, v); err != nil {
				t.Error(err)
			}
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(s.Close)
	return s
}

func (s *peoples) note(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		s.t.Error(err)
	}
	r.Form.Set("path", r.URL.Path)
	s.sent = append(s.sent, r.Form)
	if s.Then != "" {
		http.Redirect(w, r, s.Then, http.StatusSeeOther)
		return
	}
	if err := people.Send(w, http.StatusOK, people.Message{Title: "It came"}); err != nil {
		s.t.Error(err)
	}
}

// TestPeople: nothing keeps anybody from reading these pages, light or dark, wide or narrow, and what others wrote on them does nothing.
func TestPeople(t *testing.T) {
	p, s := open(t), servePeople(t)
	for _, name := range slices.Sorted(maps.Keys(views())) {
		p.look(name, s.URL+"/at/"+name)
		p.shoot(name+"-dark", 1200)
		p.in("light")
		p.shoot(name, 1200)
		p.do(chromedp.EmulateViewport(320, 800))
		if ask(p, chromedp.Evaluate[bool](`document.documentElement.scrollWidth > innerWidth`)) { // WCAG 2.2, 1.4.10
			t.Errorf("%s: is wider than a narrow screen", name)
		}
		p.shoot(name+"-narrow", 360)
		if title := ask(p, chromedp.Title()); title == "" || title == "ran" {
			t.Errorf("%s: the title is %q", name, title)
		}
		for _, said := range p.said() {
			t.Errorf("%s: the console says %s", name, said)
		}
	}
}

// shoot takes a picture, where a folder for it was named.
func (p *page) shoot(name string, width int64) {
	p.t.Helper()
	if *shots == "" {
		return
	}
	p.do(chromedp.EmulateViewport(width, 800))
	const quality = 100 // a PNG
	if err := os.WriteFile(filepath.Join(*shots, name+".png"), ask(p, chromedp.FullScreenshot(quality)), 0o600); err != nil {
		p.t.Error(err)
	}
}

// focused says what has the focus.
const focused = `(e => e === document.body ? "" : e.id || e.innerText || e.name)(document.activeElement)`

// TestKeyboard: Tab goes through a page as it is read, and begins at what went wrong.
func TestKeyboard(t *testing.T) {
	p, s := open(t), servePeople(t)
	for name, want := range map[string][]string{
		"sign-in":          {"email", "password", "Sign in", "help@example.com"},
		"sign-in-app":      {"Continue with Example login", "email", "password", "Sign in", "Cancel", "help@example.com"},
		"sign-in-wrong":    {"E-mail and password do not belong together.", "email", "password", "Sign in", "help@example.com"},
		"sign-in-wait":     {"email", "password", "Sign in", "help@example.com"},
		"consent":          {"Permitted services", "Allow", "Cancel", "Use another account", "help@example.com"},
		"services":         {"Services", "Account", "Sign out", "Take access back from Photo shop", "Take access back from Calendar", "help@example.com"},
		"call":             {"Services", "Usage", "Account", "Sign out", "access_denied in the error reference", "GET /v2/adAccounts?q=search HTTP/1.1 Host: api.example.com User-Agent: shop/2", "HTTP/1.1 403 Content-Type: application/json  {}", "id", "Look it up", "Usage of photo-shop", "help@example.com"},
		"usage":            {"Services", "Usage", "Account", "Sign out", "app", "Show", "throttled", "The same as a table", "GET /v2/me", "Earlier ones", "id", "Look it up", "help@example.com"},
		"account":          {"Services", "Account", "Sign out", "password", "new", "again", "Change password", "Permitted services", "Sign out everywhere", "help@example.com"},
		"account-provider": {"Services", "Account", "Sign out", "Permitted services", "Sign out everywhere", "help@example.com"},
	} {
		p.do(chromedp.Navigate(s.URL + "/at/" + name))
		if name == "sign-in-wrong" || name == "sign-in-wait" { // Chromium sets it some time after the page is there
			testkit.Until(t, "the focus of "+name+" is at what went wrong", func() bool { return ask(p, chromedp.Evaluate[string](focused)) == "problem" })
		} else if begins := ask(p, chromedp.Evaluate[string](focused)); begins == "problem" {
			t.Errorf("%s: the focus begins at %q", name, begins)
		}
		var got []string
		for range want {
			p.do(chromedp.KeyEvent(kb.Tab))
			got = append(got, strings.ReplaceAll(ask(p, chromedp.Evaluate[string](focused)), "\n", " "))
			if ring := ask(p, chromedp.Evaluate[string](`getComputedStyle(document.activeElement).outlineStyle`)); ring != "solid" {
				t.Errorf("%s: the focus is not seen: %s", name, ring)
			}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	p.do(chromedp.Navigate(s.URL+"/at/sign-in-wrong"), chromedp.KeyEvent(kb.Tab), chromedp.KeyEvent(kb.Enter))
	if at := ask(p, chromedp.Evaluate[string](focused)); at != "password" {
		t.Errorf("what went wrong leads to %q", at)
	}
}

// TestForms: what is typed and chosen arrives, by keys alone.
func TestForms(t *testing.T) {
	p, s := open(t), servePeople(t)
	came := chromedp.WaitVisible(chromedp.Search(`//h1[text()="It came"]`))
	for _, f := range []struct {
		page string
		do   []step
		want url.Values
	}{
		{"sign-in-app", []step{chromedp.SendKeys(css("#password"), "correct horse"+kb.Enter)}, url.Values{
			"path": {"/sign-in"}, "email": {"ada@example.com"}, "password": {"correct horse"}, "request": {"r1"},
		}},
		{"sign-in-app", []step{chromedp.Click(css(`button[value=cancel]`))}, url.Values{
			"path": {"/sign-in"}, "email": {"ada@example.com"}, "password": {""}, "request": {"r1"}, "decision": {"cancel"},
		}},
		{"sign-in-provider", []step{chromedp.Click(css(`button[value=cancel]`))}, url.Values{"path": {"/sign-in"}, "request": {"r1"}, "decision": {"cancel"}}},
		{"consent", []step{chromedp.SendKeys(css(`button[value=allow]`), kb.Enter)}, url.Values{"path": {"/oauth/v2/consent"}, "request": {"r1"}, "for": {"ada@example.com"}, "shown": {""}, "decision": {"allow"}}},
		{"consent", []step{chromedp.Click(css(`button[value=cancel]`))}, url.Values{"path": {"/oauth/v2/consent"}, "request": {"r1"}, "for": {"ada@example.com"}, "shown": {""}, "decision": {"cancel"}}},
		{"consent", []step{chromedp.Click(css(`form[action="/sign-out"] button`))}, url.Values{"path": {"/sign-out"}, "request": {"r1"}}},
		{"services", []step{chromedp.Click(css(`section:nth-of-type(2) button`))}, url.Values{"path": {"/services"}, "grant": {"42"}}},
		{"account", []step{chromedp.SendKeys(css("#password"), "a"), chromedp.SendKeys(css("#new"), "b"), chromedp.SendKeys(css("#again"), "c"+kb.Enter)}, url.Values{
			"path": {"/account"}, "email": {"ada@example.com"}, "password": {"a"}, "new": {"b"}, "again": {"c"}, "do": {"change-password"},
		}},
		{"account-provider", []step{chromedp.Click(css(`button`))}, url.Values{"path": {"/account"}, "do": {"sign-out-everywhere"}}},
		{"usage", []step{chromedp.SendKeys(css("#id"), "01a2105d"+kb.Enter)}, url.Values{"path": {"/requests"}, "id": {"01a2105d"}}},
		{"usage", []step{chromedp.SetValue(css("#app"), "calendar"), chromedp.Click(css(".choice button"))}, url.Values{"path": {"/usage"}, "app": {"calendar"}}},
		{"sign-out", []step{chromedp.Click(css(`button`))}, url.Values{"path": {"/sign-out"}}},
	} {
		s.sent = nil
		p.do(append(append([]step{chromedp.Navigate(s.URL + "/at/" + f.page)}, f.do...), came)...)
		if diff := cmp.Diff([]url.Values{f.want}, s.sent); diff != "" {
			t.Errorf("%s (-want +got):\n%s", f.page, diff)
		}
	}
	if said := p.said(); len(said) > 0 {
		t.Errorf("the console says %v", said)
	}
}
