package portal_test

import (
	"bytes"
	"crypto/sha256"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/account"
	"github.com/candor-gateway/candor/internal/portal"
	"github.com/candor-gateway/candor/internal/store/sqlite"
)

const ada, eve = "ada@example.com", "eve@example.com operator"

// TestNothingToKeep: who only reads gets no cookie.
func TestNothingToKeep(t *testing.T) {
	b := newStage(t).browser()
	for _, path := range []string{"/", "/held?id=x", "/answer?id=x&how=x", "/return?state=x", "/out", "/known"} {
		b.get(path)
	}
	if got := b.names(); len(got) != 0 {
		t.Errorf("cookies of a reader: %v", got)
	}
}

// TestSignedIn: how long somebody is, and how it ends.
func TestSignedIn(t *testing.T) {
	everywhere := func(b *browser) { b.void(b.Context()) }
	for name, c := range map[string]struct {
		then func(*browser)
		want string
	}{
		"at once":           {func(*browser) {}, ada},
		"almost idle":       {func(b *browser) { b.wait(portal.Idle - time.Second) }, ada},
		"idle":              {func(b *browser) { b.wait(portal.Idle) }, ""},
		"after a restart":   {func(b *browser) { b.open() }, ada},
		"signed out":        {func(b *browser) { b.get("/out") }, ""},
		"everywhere":        {everywhere, ""},
		"erased":            {func(b *browser) { b.erase("ada") }, ""},
		"in again":          {func(b *browser) { everywhere(b); b.get("/in") }, ada},
		"in too late":       {func(b *browser) { everywhere(b); b.get("/late") }, ""},
		"another password":  {func(b *browser) { b.get("/renew") }, ada},
		"changed elsewhere": {func(b *browser) { other := b.browser(); other.get("/in"); other.get("/renew") }, ""},
		"as somebody else":  {func(b *browser) { b.get("/in?eve=") }, eve},
		"address not known": {func(b *browser) { b.get("/in?eve=&unverified=") }, "eve@example.com"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newStage(t).browser()
			b.expect("/in", ada)
			c.then(b)
			b.expect("/", c.want)
		})
	}
}

// TestUsedSessions: they live on while they are used, two weeks at most.
func TestUsedSessions(t *testing.T) {
	b := newStage(t).browser()
	b.expect("/in", ada)
	const step = 11 * time.Hour
	for used := step; used < portal.Absolute; used += step {
		b.wait(step)
		b.expect("/", ada)
	}
	b.wait(step)
	b.expect("/", "")
}

// TestRestricted: a restricted member is signed out.
func TestRestricted(t *testing.T) {
	b := newStage(t).browser()
	b.expect("/in", ada)
	b.restrict("ada")
	b.expect("/", "")
}

// TestSecretsChange: the secret of a session is another after each step that changes what it is good for, and the one before is good for nothing.
func TestSecretsChange(t *testing.T) {
	for _, step := range []string{"/in", "/renew", "/out", "/in?eve="} {
		b := newStage(t).browser()
		b.get("/hold?what=x")
		if step != "/in" {
			b.get("/in")
		}
		before := b.cookies()["candor_"]
		b.get(step)
		if after := b.cookies()["candor_"]; before == "" || after == before {
			t.Errorf("%s leaves the secret as it was", step)
		}
		old := b.browser()
		old.expect("/", "")
		old.set("candor_", before)
		old.expect("/", "")
	}
}

// set gives the browser a cookie.
func (b *browser) set(name, value string) {
	at, err := url.Parse(b.server.URL)
	if err != nil {
		b.Fatal(err)
	}
	b.jar.SetCookies(at, []*http.Cookie{{Name: name + at.Port(), Value: value, Path: "/"}})
}

// TestFixation: a secret that somebody else has put into a browser is never that of its session.
func TestFixation(t *testing.T) {
	s := newStage(t)
	thief := s.browser()
	id := thief.get("/hold?what=mine")
	for name, planted := range map[string]string{"made up": strings.Repeat("A", 43), "long": strings.Repeat("A", 4000), "of a real session": thief.cookies()["candor_"]} {
		victim := s.browser()
		victim.set("candor_", planted)
		victim.expect("/in", ada)
		if victim.cookies()["candor_"] == planted {
			t.Errorf("%s: the planted secret is that of who has signed in", name)
		}
		thief.expect("/", "")
	}
	thief.wait(portal.Twice)
	thief.expect("/held?id="+id, "false")
}

// TestNoSecretIsKept: what the store has is no cookie.
func TestNoSecretIsKept(t *testing.T) {
	b := newStage(t).browser()
	b.get("/in")
	secret := b.cookies()["candor_"]
	one, err := b.store.Session(t.Context(), sha256.Sum256([]byte(secret)))
	if err != nil || one.Account != 1 || strings.Contains(string(one.Data), secret) {
		t.Errorf("%+v, %v", one, err)
	}
}

// TestCookies: what people call us by decides how they are.
func TestCookies(t *testing.T) {
	for public, want := range map[string]string{
		"https://auth.example.com":      "__Host-candor=; Path=/; HttpOnly; Secure; SameSite=Lax",
		"https://auth.example.com:8443": "__Host-candor=; Path=/; HttpOnly; Secure; SameSite=Lax",
		"http://auth.example.com":       "candor_80=; Path=/; HttpOnly; SameSite=Lax",
		"http://localhost:8081":         "candor_8081=; Path=/; HttpOnly; SameSite=Lax",
	} {
		s := newStage(t)
		at, err := url.Parse(public)
		if err != nil {
			t.Fatal(err)
		}
		sessions := portal.New(portal.Options{Store: s.store, URL: at, Now: s.clock})
		w := httptest.NewRecorder()
		err = sessions.Serve(w, httptest.NewRequest(http.MethodGet, "http://10.0.0.1/hold?what=x", nil), s.from, s.act)
		set := w.Result().Cookies()
		if err != nil || len(set) != 1 || len(set[0].Value) != 43 {
			t.Fatal(err, set)
		}
		set[0].Value = ""
		if got := set[0].String(); got != want {
			t.Errorf("%s: %s, want %s", public, got, want)
		}
	}
}

// TestStoreDown: what cannot be found out or kept is said, and nothing of an answer is sent.
func TestStoreDown(t *testing.T) {
	s := newStage(t)
	kept, err := sqlite.Open(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s.store = kept
	s.create(account.Account{Email: "ada@example.com"})
	s.open()
	b := s.browser()
	b.expect("/in", ada)
	if err := kept.Close(); err != nil {
		t.Fatal(err)
	}
	for browser, says := range map[*browser]string{b: "find a session: ", s.browser(): "keep a session: "} {
		got, head := browser.ask("/hold?what=secret")
		if !strings.HasPrefix(got, says) || strings.Contains(got, "secret") || head.Get("X-Answer") != "" || head.Get("Set-Cookie") != "" {
			t.Errorf("%q with %v, want %s", got, head, says)
		}
	}
}

// TestManyAtOnce: requests of one session undo nothing of each other.
func TestManyAtOnce(t *testing.T) {
	b := newStage(t).browser()
	b.get("/in")
	var wg sync.WaitGroup
	ids := make([]string, 8)
	for i := range ids {
		wg.Go(func() { ids[i] = b.get("/hold?what=x") })
	}
	wg.Wait()
	for _, id := range ids {
		b.expect("/held?id="+id, "x true shop")
	}
	b.expect("/", ada)
}

// TestFlood: who begins many sessions is stopped, and nobody else is.
func TestFlood(t *testing.T) {
	s := newStage(t)
	last := ""
	for range 201 {
		last = s.browser().get("/hold?what=x")
	}
	if want := portal.ErrTooMany.Error(); last != want {
		t.Errorf("the last of many: %q, want %q", last, want)
	}
	if got := s.browser().get("/depart?state=x"); got != portal.ErrTooMany.Error() {
		t.Errorf("a sign-in at the provider: %q", got)
	}
	s.browser().expect("/in", ada)
	s.from = netip.MustParseAddr("192.0.2.2")
	other := s.browser()
	other.expect("/held?id="+other.get("/hold?what=x"), "x true shop")
	s.from = netip.MustParseAddr("192.0.2.1")
	s.wait(time.Hour)
	if got := s.browser().get("/hold?what=x"); got == last {
		t.Errorf("an hour later: %q", got)
	}
}

// TestKnownBrowsers: a browser is known to the accounts that have signed in at it, until all sessions of one are voided.
func TestKnownBrowsers(t *testing.T) {
	s := newStage(t)
	b := s.browser()
	b.expect("/known", "false")
	b.get("/in")
	b.get("/in?eve=")
	b.get("/out")
	b.expect("/known", "true")
	if diff := cmp.Diff([]string{"candor_browser_"}, b.names()); diff != "" {
		t.Error(diff)
	}
	mark := b.cookies()["candor_browser_"]
	for name, value := range map[string]string{"cut": mark[:22], "another": "A" + mark[1:], "garbage": "%%", "long": strings.Repeat(mark, 9), "none": ""} {
		other := s.browser()
		other.set("candor_browser_", value)
		if got := other.get("/known"); got != "false" && value != mark {
			t.Errorf("%s: known %s", name, got)
		}
	}
	s.void(t.Context())
	b.expect("/known", "false")
}

// TestDamagedSession: what cannot be read is none.
func TestDamagedSession(t *testing.T) {
	b := newStage(t).browser()
	b.expect("/in", ada)
	hash := sha256.Sum256([]byte(b.cookies()["candor_"]))
	one, err := b.store.Session(t.Context(), hash)
	if err != nil {
		t.Fatal(err)
	}
	one.Data = bytes.Replace(one.Data, []byte(`{"account"`), []byte(`["account"`), 1)
	if err := b.store.KeepSession(t.Context(), one); err != nil {
		t.Fatal(err)
	}
	b.expect("/", "")
	b.expect("/in", ada)
	b.expect("/", ada)
}
