package browser

import (
	"context"
	"fmt"
	"html"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/candor-gateway/candor/internal/account"
	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/server"
	"github.com/candor-gateway/candor/internal/testkit"
)

// password is that of all members.
const password = "correct horse battery"

// realm is an instance at which members sign in and give apps access. Its site is at 127.0.0.1 and the apps are at localhost, which is another site for a browser.
type realm struct {
	*server.Server
	t       *testing.T
	www     string        // where people are
	people  string        // an API that takes the tokens
	ahead   *atomic.Int64 // of the real time
	profile string
}

// realmConfig is the configuration of a realm.
const realmConfig = `
data: {{data}}
profile: {{profile}}
listeners: ["127.0.0.1:0"]
admin: off
log: {access: off}
drain: {delay: 0s}
www: {address: "{{www}}", public_url: "http://{{www}}", accounts: true}
oauth: {}
support: {default: help@example.com}
upstreams: {people: "{{up}}"}
scopes: {r_profile: Read your name and your picture, w_posts: Write posts in your name, openid: Know who you are}
products: {all: {scopes: [r_profile, w_posts, openid]}}
apis: [{base: /v2, name: people, upstream: people, routes: [{name: me, path: /me, methods: [GET], scopes: [r_profile]}]}]
`

// newRealm starts one in a profile, with the members ada and bob.
func newRealm(t *testing.T, profile string) *realm {
	t.Helper()
	up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = fmt.Fprint(w, r.Header.Get("Candor-Member")) }))
	t.Cleanup(up.Close)
	at, err := testkit.FreeAddress()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	text := strings.NewReplacer("{{data}}", filepath.Join(dir, "data"), "{{profile}}", profile, "{{www}}", at, "{{up}}", up.URL).Replace(realmConfig)
	cfg, err := config.Parse(filepath.Join(dir, "candor.yaml"), []byte(text), func(string) (string, bool) { return "", false })
	if err != nil {
		t.Fatal(err)
	}
	r := &realm{t: t, www: "http://" + at, ahead: &atomic.Int64{}, profile: profile}
	r.wait(time.Minute) // so that the gateway, too, reads no other clock
	r.Server, err = server.Start(t.Context(), cfg, server.Options{
		Passwords: account.Least,
		Log:       slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError})), Now: func() time.Time { return time.Now().Add(time.Duration(r.ahead.Load())) },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.ShutdownWithoutDelay(context.Background()); err != nil {
			t.Error(err)
		}
	})
	r.people = "http://" + r.APIAddrs()[0] + "/v2/me"
	for _, who := range []string{"ada", "bob"} {
		if _, err := r.Accounts().CreateMember(t.Context(), admin.AccountRequest{Member: who, Email: who + "@example.com", Password: password}); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// wait lets time pass in the realm.
func (r *realm) wait(d time.Duration) { r.ahead.Add(int64(d)) }

// calls is what the API answers to a token: who the member is, or the number of what is wrong.
func (r *realm) calls(ctx context.Context, token string) string {
	r.t.Helper()
	q, err := http.NewRequestWithContext(ctx, http.MethodGet, r.people, http.NoBody)
	if err != nil {
		r.t.Fatal(err)
	}
	q.Header.Set("Authorization", "Bearer "+token)
	return bodyOf(r.t, q)
}

// app is a client as people make them: a web site on an origin of its own, which signs people in.
type app struct {
	*httptest.Server
	r      *realm
	made   admin.AppAnswer
	conf   oauth2.Config
	more   []oauth2.AuthCodeOption // what else it asks at the authorization endpoint
	itself bool                    // the page fetches the token, and not its server
	slow   chan struct{}           // it takes nobody back until this is closed; nil: it does at once

	mu     sync.Mutex
	came   []url.Values // with which browsers were led back
	tokens []*oauth2.Token
}

// newApp makes an app of a name, confidential, that asks for these scopes.
func newApp(r *realm, name string, scopes ...string) *app {
	return registered(r, admin.AppRequest{Name: name, Owners: []string{"maker@example.com"}, Products: []string{"all"}}, scopes)
}

// registered makes one as asked.
func registered(r *realm, asked admin.AppRequest, scopes []string) *app {
	r.t.Helper()
	a := &app{r: r}
	a.Server = httptest.NewServer(a)
	r.t.Cleanup(a.Close)
	a.URL = strings.Replace(a.URL, "127.0.0.1", "localhost", 1)
	asked.RedirectURIs = []string{a.URL + "/callback"}
	var err error
	if a.made, err = r.CreateApp(r.t.Context(), asked); err != nil {
		r.t.Fatal(err)
	}
	a.conf = oauth2.Config{
		ClientID: a.made.ClientID, ClientSecret: a.made.Secret, RedirectURL: asked.RedirectURIs[0], Scopes: scopes,
		Endpoint: oauth2.Endpoint{AuthURL: r.www + "/oauth/v2/authorization", TokenURL: r.www + "/oauth/v2/accessToken", AuthStyle: oauth2.AuthStyleInHeader},
	}
	return a
}

// ServeHTTP is its site: / asks to sign in, /begin leads there, and /callback says what came of it.
func (a *app) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	switch q.URL.Path {
	case "/":
		a.show(w, a.made.Name, `<p><a href="/begin">Sign in</a></p>`)
	case "/begin":
		http.Redirect(w, q, a.link(), http.StatusFound)
	case "/callback":
		a.back(w, q)
	default:
		http.NotFound(w, q)
	}
}

// link is where it sends people to.
func (a *app) link() string { return a.conf.AuthCodeURL("a state", a.more...) }

// back takes who was led back.
func (a *app) back(w http.ResponseWriter, q *http.Request) {
	came := q.URL.Query()
	a.mu.Lock()
	a.came = append(a.came, came)
	a.mu.Unlock()
	if a.slow != nil {
		select {
		case <-a.slow:
		case <-q.Context().Done():
			return
		}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if came.Get("error") != "" {
		a.show(w, a.made.Name+" got no access", "<p>"+html.EscapeString(came.Get("error")+": "+came.Get("error_description")))
		return
	}
	if a.itself {
		a.show(w, a.made.Name+" was led back", "")
		return
	}
	token, err := a.conf.Exchange(q.Context(), came.Get("code"))
	if err != nil {
		a.show(w, a.made.Name+" got no token", "<p>"+html.EscapeString(err.Error()))
		return
	}
	a.tokens = append(a.tokens, token)
	a.show(w, a.made.Name+" knows "+a.r.calls(q.Context(), token.AccessToken), "")
}

func (a *app) show(w http.ResponseWriter, heading, text string) {
	w.Header().Set("Content-Type", "text/html")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = fmt.Fprintf(w, `<!doctype html><html lang=en><title>%s</title><link rel=icon href="data:,"><h1>%[1]s</h1>%s`, html.EscapeString(heading), text)
}

// ledBack are the parameters with which browsers were led to it, so far.
func (a *app) ledBack() []url.Values {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]url.Values(nil), a.came...)
}

// token is the last that it got.
func (a *app) token() string {
	a.r.t.Helper()
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.tokens) == 0 {
		a.r.t.Fatal(a.made.Name + " got no token")
	}
	return a.tokens[len(a.tokens)-1].AccessToken
}
