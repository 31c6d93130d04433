package server

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/account"
	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/portal"
	"github.com/candor-gateway/candor/internal/store/sqlite"
	"github.com/candor-gateway/candor/internal/testkit"
	"github.com/candor-gateway/candor/problem"
)

const adasPassword = "correct horse battery"

// lobby is an instance at whose www people sign in, over a data folder that outlives it.
type lobby struct {
	*testing.T
	*Server
	dir      string
	public   string // the URL
	log, out *testkit.Lines
	mu       sync.Mutex
	now      time.Time // it stands still unless a test waits: what is counted in seconds or by the hour comes out the same each time
	closed   bool
}

// newLobby has ada, a member with a password, and eve, who has none. more is what the configuration says under www.
func newLobby(t *testing.T, more string, public ...string) *lobby {
	t.Helper()
	l := &lobby{T: t, dir: t.TempDir(), public: "http://www.example", now: time.Now(), log: &testkit.Lines{}, out: &testkit.Lines{}}
	for _, other := range public {
		l.public = other
	}
	store, err := sqlite.Open(t.Context(), filepath.Join(l.dir, "data"))
	if err != nil {
		t.Fatal(err)
	}
	hash, err := account.NewHasher(1, account.Least).Hash(t.Context(), adasPassword, [account.SaltBytes]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range []account.Account{{Email: "ada@example.com", Member: "ada", Password: hash}, {Email: "eve@example.com", Roles: account.Roles(0).With(account.Developer)}} {
		if _, err = store.CreateAccount(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	if err = store.Close(); err != nil {
		t.Fatal(err)
	}
	l.open(more)
	t.Cleanup(l.close)
	return l
}

func (l *lobby) config(more string) *config.Config {
	l.Helper()
	text := "version: 1\ndata: " + filepath.Join(l.dir, "data") + "\nlisteners: [\"127.0.0.1:0\"]\nadmin: off\ndrain: {delay: 0s, finish: 5s}\nupstreams: {people: \"http://127.0.0.1:1\"}\n" +
		"apis: [{credentials: public, routes: [/me]}]\nwww: {address: \"127.0.0.1:0\", public_url: \"" + l.public + "\", " + more + "}\n"
	cfg, err := config.Parse(filepath.Join(l.dir, "candor.yaml"), []byte(text), func(string) (string, bool) { return "", false })
	if err != nil {
		l.Fatal(err)
	}
	return cfg
}

// open starts the instance, whose www has rows that do what tests need.
func (l *lobby) open(more string) {
	l.Helper()
	s, err := Start(l.Context(), l.config(more), Options{Log: slog.New(slog.NewTextHandler(l.log, nil)), Stdout: l.out, Passwords: account.Least, Pages: PagesMadeOnce, Now: func() time.Time {
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.now
	}})
	if err != nil {
		l.Fatal(err)
	}
	s.www.paths = append(slices.Clone(s.www.paths),
		wwwPath{"/test/hold", "test", both, anybody(func(v *visit, r *http.Request) *problem.Problem {
			id, err := portal.Hold(r.Context(), []byte("a request"), portal.Client{App: "Shop", Redirect: "https://shop.example/cb"})
			if err != nil {
				return v.tooManySessions(err)
			}
			return v.send(r, signInAt("request", id))
		}), noEntrance, false},
		wwwPath{"/test/who", "test", reading, person(func(v *visit, r *http.Request) *problem.Problem {
			who, _ := portal.Current(r.Context())
			held, _ := portal.Held(r.Context(), r.URL.Query().Get("request"), "")
			_, _ = fmt.Fprintf(v, "%s|%s|%s|%s", who.Email, who.Member, who.Roles, held)
			return nil
		}), noEntrance, false},
		wwwPath{"/test/panic", "test", reading, person(func(v *visit, _ *http.Request) *problem.Problem {
			_, _ = io.WriteString(v, "half an answer")
			panic("a slip")
		}), noEntrance, false})
	l.Server, l.closed = s, false
}

func (l *lobby) close() {
	if l.closed {
		return
	}
	l.closed = true
	if err := l.Shutdown(context.Background()); err != nil {
		l.Error(err)
	}
}

func (l *lobby) wait(d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.now = l.now.Add(d)
}

// visitor is somebody with a browser, which calls the site www.example.
type visitor struct {
	*lobby
	client *http.Client
}

func (l *lobby) visitor() *visitor {
	l.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		l.Fatal(err)
	}
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		if address == "www.example:80" {
			address = l.WWWAddr()
		}
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &visitor{l, &http.Client{Jar: jar, Transport: &http.Transport{DialContext: dial, DisableKeepAlives: true}, CheckRedirect: stay}}
}

// page is what a visitor sees.
type page struct {
	status int
	head   http.Header
	body   string
}

// to is where it leads.
func (p page) to() string { return p.head.Get("Location") }

func (v *visitor) ask(method, path string, form url.Values, fields ...string) page {
	v.Helper()
	at := path
	if strings.HasPrefix(path, "/") {
		at = "http://www.example" + path
	}
	r, err := http.NewRequestWithContext(v.Context(), method, at, strings.NewReader(form.Encode()))
	if err != nil {
		v.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Origin", "http://www.example")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for i := 0; i < len(fields); i += 2 {
		if r.Header.Del(fields[i]); fields[i+1] != "" {
			r.Header.Set(fields[i], fields[i+1])
		}
	}
	answer, err := v.client.Do(r)
	if err != nil {
		v.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		v.Fatal(err)
	}
	return page{answer.StatusCode, answer.Header, string(body)}
}

func (v *visitor) get(path string) page { v.Helper(); return v.ask(http.MethodGet, path, nil) }

func (v *visitor) post(path string, pairs ...string) page {
	v.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return v.ask(http.MethodPost, path, form)
}

// signIn signs ada in, and returns where that leads.
func (v *visitor) signIn(more ...string) string {
	v.Helper()
	p := v.post("/sign-in", append([]string{"email", "ada@example.com", "password", adasPassword}, more...)...)
	if p.status != http.StatusSeeOther {
		v.Errorf("signed in: %d %s", p.status, p.body)
	}
	return p.to()
}

// who is who the site takes the visitor for.
func (v *visitor) who() string { v.Helper(); return v.get("/test/who").body }

func (v *visitor) is(want string) {
	v.Helper()
	if got, _, _ := strings.Cut(v.who(), "|"); got != want {
		v.Errorf("is %q, want %q", got, want)
	}
}

// hold lets a request of an app wait, and is its id.
func (v *visitor) hold() string {
	v.Helper()
	_, id, found := strings.Cut(v.get("/test/hold").to(), "/sign-in?request=")
	if !found {
		v.Fatal("nothing is held")
	}
	return id
}

func (v *visitor) cookies() []*http.Cookie {
	at, _ := url.Parse("http://www.example/")
	return v.client.Jar.Cookies(at)
}
