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

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/account"
	"github.com/candor-gateway/candor/internal/portal"
	"github.com/candor-gateway/candor/internal/store/memory"
)

// store is a real one.
type store interface {
	portal.Store
	portal.AccountStore
	portal.IdentityStore
	EnsureMember(ctx context.Context, subject string, now time.Time) (*access.Member, error)
	RestrictMember(ctx context.Context, id access.MemberID, restricted bool) error
	EraseMember(ctx context.Context, subject string, now time.Time) (access.MemberID, []access.GrantID, error)
	Close() error
}

// stage is a site whose handlers do with sessions what the path says.
type stage struct {
	*testing.T
	sessions  *portal.Sessions
	passwords *portal.Passwords
	store     store
	mu        sync.Mutex
	now       time.Time
	from      netip.Addr
	server    *httptest.Server
}

// password is ada's.
const password = "correct horse battery"

func newStage(t *testing.T) *stage {
	t.Helper()
	s := &stage{T: t, now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC), store: memory.New(), from: netip.MustParseAddr("192.0.2.1")}
	s.passwords = &portal.Passwords{Hasher: account.NewHasher(2, account.Ours), Attempts: account.NewAttempts(), Store: s.store, Salt: func() [account.SaltBytes]byte { return [account.SaltBytes]byte{1} }}
	hash, err := s.passwords.Hasher.Hash(t.Context(), password, [account.SaltBytes]byte{})
	if err != nil {
		t.Fatal(err)
	}
	s.create(account.Account{Email: "ada@example.com", Member: "ada", Password: hash})
	s.create(account.Account{Email: "eve@example.com"})
	s.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := s.sessions.Serve(w, r, s.from, func(w http.ResponseWriter, r *http.Request) { s.act(w, r) }); err != nil {
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
		}
	}))
	t.Cleanup(s.server.Close)
	s.open()
	return s
}

func (s *stage) create(a account.Account) account.Account {
	s.Helper()
	made, err := s.store.CreateAccount(s.Context(), a)
	if err != nil {
		s.Fatal(err)
	}
	return made
}

// account is that of an address.
func (s *stage) account(ctx context.Context, email string) account.Account {
	s.Helper()
	a, err := s.store.AccountByEmail(ctx, email)
	if err != nil {
		s.Error(err)
	}
	return a
}

func (s *stage) ada(ctx context.Context) account.Account { return s.account(ctx, "ada@example.com") }

func (s *stage) restrict(member string) {
	s.Helper()
	m, err := s.store.EnsureMember(s.Context(), member, s.clock())
	if err == nil {
		err = s.store.RestrictMember(s.Context(), m.ID, true)
	}
	if err != nil {
		s.Fatal(err)
	}
}

func (s *stage) erase(member string) {
	s.Helper()
	if _, _, err := s.store.EraseMember(s.Context(), member, s.clock()); err != nil {
		s.Fatal(err)
	}
}

// void ends all sessions of ada.
func (s *stage) void(ctx context.Context) account.Account {
	s.Helper()
	a, err := s.store.ChangeAccount(ctx, 1, func(a *account.Account) error {
		a.Voided = s.clock().UnixMilli()
		return nil
	})
	if err != nil {
		s.Error(err)
	}
	return a
}

// open makes sessions over the store, as a start does.
func (s *stage) open() {
	public, err := url.Parse(s.server.URL)
	if err != nil {
		s.Fatal(err)
	}
	s.sessions = portal.New(portal.Options{
		Store: s.store, URL: public, Key: [32]byte{1}, Now: s.clock,
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
		a := s.ada(ctx)
		if q.Has("eve") {
			a = s.account(ctx, "eve@example.com")
		}
		say(portal.Begin(ctx, &a, !q.Has("unverified"), s.clock()))
		portal.Remember(ctx, w, r, &a)
	case "/late": // the sign-in was decided by what was read before something changed
		a := s.ada(ctx)
		a.Voided = 0
		say(portal.Begin(ctx, &a, true, s.clock().Add(-time.Second)))
	case "/renew":
		a := s.void(ctx)
		say(portal.Renew(ctx, &a))
	case "/out":
		portal.End(ctx)
	case "/leave":
		portal.Leave(ctx)
	case "/sign-in":
		say(s.passwords.SignIn(w, r, q.Get("email"), q.Get("password")))
	case "/change":
		say(s.passwords.Change(ctx, q.Get("password"), q.Get("new")))
	case "/everywhere":
		say(portal.Everywhere(ctx, s.store))
	case "/hold":
		w.Header().Set("X-Answer", "yes")
		id, err := portal.Hold(ctx, []byte(q.Get("what")), portal.Client{App: "shop", Redirect: "https://shop.example/"})
		say(err)
		fmt.Fprint(w, id)
		return
	case "/held":
		request, found := portal.Held(ctx, q.Get("id"), q.Get("how"))
		of, _ := portal.HeldOf(ctx, q.Get("id"))
		fmt.Fprint(w, string(request), " ", found, " ", of.App)
		return
	case "/answer":
		portal.Answer(ctx, q.Get("id"), q.Get("how"))
	case "/answered":
		fmt.Fprint(w, portal.Answered(ctx, q.Get("id")))
		return
	case "/depart":
		say(portal.Depart(ctx, portal.Journey{State: q.Get("state"), Nonce: "n"}))
	case "/return":
		j, found := portal.Return(ctx, q.Get("state"))
		fmt.Fprint(w, j.Nonce, " ", found)
		return
	case "/known":
		a := s.ada(ctx)
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
