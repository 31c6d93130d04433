package portal_test

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/account"
	"github.com/candor-gateway/candor/internal/portal"
	"github.com/candor-gateway/candor/internal/store/memory"
	"github.com/candor-gateway/candor/internal/token"
)

// accounts are those of a test, beside a store of sessions.
type accounts struct {
	portal.Store
	mu  sync.Mutex
	all map[account.ID]account.Account
	err error
}

// Account finds one.
func (a *accounts) Account(_ context.Context, id account.ID) (account.Account, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	one, found := a.all[id]
	if !found && a.err == nil {
		return one, token.ErrNotFound
	}
	return one, a.err
}

func (a *accounts) change(id account.ID, change func(*account.Account)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	one := a.all[id]
	change(&one)
	a.all[id] = one
}

// sessionStore is a real store, which has no accounts of a test.
type sessionStore struct{ *memory.Store }

// Account finds none.
func (sessionStore) Account(context.Context, account.ID) (account.Account, error) {
	return account.Account{}, token.ErrNotFound
}

// stage is a site whose handlers do with sessions what the path says.
type stage struct {
	*testing.T
	sessions *portal.Sessions
	accounts *accounts
	memory   *memory.Store
	mu       sync.Mutex
	now      time.Time
	from     netip.Addr
	server   *httptest.Server
}

func newStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{T: t, now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), memory: memory.New(), from: netip.MustParseAddr("192.0.2.1")}
	s.accounts = &accounts{Store: sessionStore{s.memory}, all: map[account.ID]account.Account{
		7: {ID: 7, Email: "ada@example.com", Member: "ada"},
		8: {ID: 8, Email: "eve@example.com"},
	}}
	s.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := s.sessions.Serve(w, r, s.from, func(w http.ResponseWriter, r *http.Request) { s.act(w, r) }); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
		}
	}))
	t.Cleanup(s.server.Close)
	s.open()
	return s
}

// open makes sessions over the store, as a start does.
func (s *stage) open() {
	public, err := url.Parse(s.server.URL)
	if err != nil {
		s.Fatal(err)
	}
	s.sessions = portal.New(portal.Options{
		Store: s.accounts, URL: public, Key: [32]byte{1}, Now: s.clock,
		Roles: func(email string) account.Roles {
			if email == "eve@example.com" {
				return account.Roles(0).With(account.Operator)
			}
			return 0
		},
	})
}

func (s *stage) clock() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

func (s *stage) wait(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now = s.now.Add(d)
}

// act does what the path says, and tells who is there.
func (s *stage) act(w http.ResponseWriter, r *http.Request) {
	ctx, q := r.Context(), r.URL.Query()
	say := func(err error) {
		if err != nil {
			fmt.Fprintln(w, err)
		}
	}
	switch r.URL.Path {
	case "/in":
		a := s.accounts.all[7]
		if q.Has("eve") {
			a = s.accounts.all[8]
		}
		say(portal.Begin(ctx, &a, !q.Has("unverified"), s.clock()))
		portal.Remember(ctx, w, r, &a)
	case "/late": // the sign-in was decided by what was read before something changed
		a := s.accounts.all[7]
		a.Voided = 0
		say(portal.Begin(ctx, &a, true, s.clock().Add(-time.Second)))
	case "/renew":
		s.accounts.change(7, func(a *account.Account) { a.Voided = s.clock().UnixMilli() })
		a := s.accounts.all[7]
		say(portal.Renew(ctx, &a))
	case "/out":
		portal.End(ctx)
	case "/hold":
		id, err := portal.Hold(ctx, []byte(q.Get("what")), portal.Client{App: "shop", Redirect: "https://shop.example/"})
		say(err)
		fmt.Fprint(w, id)
		return
	case "/held":
		request, found := portal.Held(ctx, q.Get("id"))
		of, _ := portal.HeldOf(ctx, q.Get("id"))
		fmt.Fprint(w, string(request), " ", found, " ", of.App)
		return
	case "/drop":
		portal.Drop(ctx, q.Get("id"))
	case "/depart":
		say(portal.Depart(ctx, portal.Journey{State: q.Get("state"), Nonce: "n"}))
	case "/return":
		j, found := portal.Return(ctx, q.Get("state"))
		fmt.Fprint(w, j.Nonce, " ", found)
		return
	case "/known":
		a := s.accounts.all[7]
		fmt.Fprint(w, s.sessions.Known(r, &a))
		return
	}
	if who, is := portal.Current(ctx); is {
		fmt.Fprint(w, who.Email, " ", who.Roles)
	}
}

// browser is one that keeps its cookies.
type browser struct {
	*stage
	jar *cookiejar.Jar
}

func (s *stage) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.Fatal(err)
	}
	return &browser{s, jar}
}

// get is what a path answers.
func (b *browser) get(path string) string {
	b.Helper()
	body, _ := b.ask(path)
	return body
}

func (b *browser) ask(path string) (string, http.Header) {
	b.Helper()
	request, err := http.NewRequestWithContext(b.Context(), http.MethodGet, b.server.URL+path, nil)
	if err != nil {
		b.Fatal(err)
	}
	client := &http.Client{Jar: b.jar, Transport: b.server.Client().Transport}
	answer, err := client.Do(request)
	if err != nil {
		b.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		b.Fatal(err)
	}
	return strings.TrimSpace(string(text)), answer.Header
}

func (b *browser) expect(path, want string) {
	b.Helper()
	if got := b.get(path); got != want {
		b.Errorf("%s answers %q, want %q", path, got, want)
	}
}

// cookies are the names of those that the browser has, and their values.
func (b *browser) cookies() map[string]string {
	at, err := url.Parse(b.server.URL)
	if err != nil {
		b.Fatal(err)
	}
	all := map[string]string{}
	for _, c := range b.jar.Cookies(at) {
		name, _, _ := strings.Cut(c.Name, at.Port())
		all[name] = c.Value
	}
	return all
}

func (b *browser) names() []string { return slices.Sorted(maps.Keys(b.cookies())) }
