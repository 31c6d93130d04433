package demo

import (
	"crypto/rand"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// serve runs a demo at an address of its own. Where it does not ask anybody, nobody is there.
func serve(t *testing.T, standard bool) (*App, *http.Client) {
	t.Helper()
	s := httptest.NewUnstartedServer(nil)
	d, err := New(Options{
		URL: "http://" + s.Listener.Addr().String(), API: "http://127.0.0.1:9", WWW: "http://127.0.0.1:9", Standard: standard,
		Confidential: Client{Name: "demo", ID: "86demo", Secret: "a-secret-of-many-letters", Scopes: []string{"openid", "email"}},
		Public:       Client{Name: "phone", ID: "86phone", Scopes: []string{"openid"}},
		Member:       Person{"ada@example.com", "ada-types-this"}, Client: NewClient(), Rand: rand.Reader,
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Config.Handler = d
	s.Start()
	t.Cleanup(s.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := s.Client()
	c.Jar = jar
	return d, c
}

func text(t *testing.T, res *http.Response, err error) string {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestPages(t *testing.T) {
	d, c := serve(t, false)
	for _, at := range []struct {
		name, path string
		status     int
		want       string
	}{
		{"start", "/", 200, "ada-types-this"},
		{"failures", "/failures", 200, "unauthorized_scope_error"},
		{"one failure", "/failures/code-replay", 200, "400 invalid_redirect_uri (oauth_code_used)"},
		{"no failure", "/failures/none", 404, "There is no such failure"},
		{"no walk yet", "/walk", 200, "As an app with a secret"},
		{"a callback that nobody asked for", "/callback?code=x&state=y", 400, "Nobody here has asked for this"},
		{"style", "/demo.css", 200, "color-scheme"},
		{"nothing", "/nothing", 404, "not found"},
	} {
		t.Run(at.name, func(t *testing.T) {
			res, err := c.Get(d.o.URL + at.path)
			got := text(t, res, err)
			if res.StatusCode != at.status || !strings.Contains(got, at.want) {
				t.Errorf("%d, want %d with %q:\n%s", res.StatusCode, at.status, at.want, got)
			}
		})
	}
}

// A page elsewhere neither reads what is here nor presses a button.
func TestForeignPages(t *testing.T) {
	d, c := serve(t, false)
	for _, of := range []struct {
		name, host, origin string
		status             int
	}{
		{"its own", "", d.o.URL, 303}, {"a program", "", "", 303}, {"another name for us", "evil.example", "", 421}, {"a form elsewhere", "", "https://evil.example", 403},
	} {
		t.Run(of.name, func(t *testing.T) {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, d.o.URL+"/walk", strings.NewReader("app=public"))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Content-Type", formType)
			if of.origin != "" {
				r.Header.Set("Origin", of.origin)
			}
			if of.host != "" {
				r.Host = of.host
			}
			res, err := c.Transport.RoundTrip(r)
			if got := text(t, res, err); res.StatusCode != of.status {
				t.Errorf("%d, want %d: %s", res.StatusCode, of.status, got)
			}
		})
	}
}

// The answer is to be that of the server that was asked, to this browser, once.
func TestCallback(t *testing.T) {
	d, c := serve(t, false)
	res, err := c.PostForm(d.o.URL+"/walk", form("app", "public"))
	page := text(t, res, err)
	if !strings.Contains(page, "code_challenge_method") || !strings.Contains(page, "Go to the authorization server as phone") {
		t.Fatalf("no request is shown:\n%s", page)
	}
	var state string
	d.browsers.mu.Lock()
	for _, b := range d.browsers.known {
		state = b.pending[0].state
	}
	d.browsers.mu.Unlock()
	back := d.o.URL + "/callback?code=stolen&state=" + state
	res, err = c.Get(back + "&iss=https%3A%2F%2Fother.example")
	if page = text(t, res, err); !strings.Contains(page, "another server has answered") || strings.Contains(page, "Exchange the code") {
		t.Errorf("an answer of another server:\n%s", page)
	}
	res, err = c.Get(back + "&iss=http%3A%2F%2F127.0.0.1%3A9%2Foauth")
	if page = text(t, res, err); res.StatusCode != 400 {
		t.Errorf("a second answer: %d\n%s", res.StatusCode, page)
	}
}

// Of browsers and of what they do only so much is kept.
func TestBounds(t *testing.T) {
	d, _ := serve(t, false)
	for range maxBrowsers + 5 {
		id, err := d.random()
		if err != nil {
			t.Fatal(err)
		}
		b := d.browsers.make(id)
		r := &run{client: &d.o.Confidential}
		for range maxPending + 5 {
			if err := d.authorize(b, r, once[0]); err != nil {
				t.Fatal(err)
			}
		}
		for range maxSteps + 5 {
			r.add(Step{})
		}
		if len(b.pending) != maxPending || len(r.steps) != maxSteps {
			t.Fatalf("%d requests wait, %d steps", len(b.pending), len(r.steps))
		}
	}
	if len(d.browsers.known) != maxBrowsers || len(d.browsers.order) != maxBrowsers {
		t.Errorf("%d browsers, %d in order", len(d.browsers.known), len(d.browsers.order))
	}
}

// What is shown tells tokens apart and gives none away.
func TestHide(t *testing.T) {
	d, _ := serve(t, false)
	m := d.tokenRequest(&d.o.Confidential, form("token", "cdr_at_AAAABBBBCCCCDDDDEEEEFFFF")).basic(&d.o.Confidential).with("X-Other", "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl")
	got := d.shown(&m)
	for _, secret := range []string{"a-secret-of", "AAAABBBBCCCC", "eyJzdWIi", "ODZkZW1v"} {
		if strings.Contains(got, secret) {
			t.Errorf("%q is shown:\n%s", secret, got)
		}
	}
	if !strings.Contains(got, "\n&token=cdr_at_AAAAB…FFFF") {
		t.Errorf("the token cannot be told from others:\n%s", got)
	}
}

// Each failure has an id of its own, a word of the contract, and something to do.
func TestFailuresAreWhole(t *testing.T) {
	var ids []string
	for i := range failures {
		f := &failures[i]
		if slices.Contains(ids, f.ID) {
			t.Errorf("%s is there twice", f.ID)
		}
		ids = append(ids, f.ID)
		if f.Title == "" || f.Says == "" || f.Group == "" || f.Wants.linkedin == whatever || f.Wants.standard == whatever || f.run == nil && len(f.Asks) != 1 {
			t.Errorf("%s lacks something: %+v", f.ID, f)
		}
	}
}
