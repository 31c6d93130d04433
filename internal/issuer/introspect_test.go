package issuer

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

func introspects(o *other) func(*Spec) {
	return func(s *Spec) {
		s.Introspection = &Introspection{URL: o.URL + "/introspect", ClientID: "candor", Secret: "s3cr+t"}
	}
}

// TestIntrospection: what an issuer says of a token that is no JWT.
func TestIntrospection(t *testing.T) {
	o := newOther(t)
	b := o.book(t, introspects(o))
	said := func(changes map[string]any) map[string]any {
		c := o.claims(changes)
		if _, said := changes["active"]; !said {
			c["active"] = true
		}
		return c
	}
	for name, c := range map[string]struct {
		says  map[string]any
		state State
		why   Why
	}{
		"active":              {said(nil), Good, NoFault},
		"without iss and exp": {said(map[string]any{"iss": nil, "exp": nil}), Good, NoFault},
		"active is a word":    {said(map[string]any{"active": "true"}), Invalid, NotActive},
		"not active":          {map[string]any{"active": false}, Invalid, NotActive},
		"nothing":             {map[string]any{}, Invalid, NotActive},
		"of another issuer":   {said(map[string]any{"iss": "https://evil.example"}), Invalid, WrongIssuer},
		"for another API":     {said(map[string]any{"aud": "x"}), Invalid, WrongAudience},
		"without aud":         {said(map[string]any{"aud": nil}), Invalid, WrongAudience},
		"past its end":        {said(map[string]any{"exp": noon - 60}), Expired, NoFault},
		"not yet":             {said(map[string]any{"nbf": noon + 61}), Invalid, NotYet},
		"bound":               {said(map[string]any{"cnf": map[string]any{}}), Invalid, Bound},
		"a refresh token":     {said(map[string]any{"token_use": "refresh_token"}), Invalid, Type},
		"nobody's":            {said(map[string]any{"client_id": nil}), Invalid, BadClaim},
	} {
		o.mu.Lock()
		o.says[name] = c.says
		o.mu.Unlock()
		r := verify(t, b, name)
		r.is(t, name, c.state, c.why)
		if found := b.Lookup([]byte(name), 1, noon*1e9) != nil; found != (c.state == Good) {
			t.Errorf("%s: found again: %v", name, found)
		}
	}
	if b.Lookup([]byte("active"), 1, noon*1e9+int64(keepIntrospect)) != nil {
		t.Error("it is remembered for longer than it should be")
	}
}

// TestIntrospectionTogether: the same token is asked about once, whoever comes with it.
func TestIntrospectionTogether(t *testing.T) {
	o := newOther(t)
	b := o.book(t, introspects(o))
	release, reached := make(chan struct{}), make(chan struct{}, 100)
	o.set("/introspect", func(w http.ResponseWriter, _ *http.Request) {
		reached <- struct{}{}
		<-release
		fmt.Fprint(w, `{"active":false}`)
	})
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			r := verify(t, b, "opaque")
			r.is(t, "then", Invalid, NotActive)
		})
	}
	<-reached
	close(release)
	all.Wait()
	if n := o.count("/introspect"); n > 20 || n < 1 {
		t.Errorf("asked %d times", n)
	}
}

// TestIntrospectionFails: nothing is held against a token that nobody could be asked about, and no secret is told.
func TestIntrospectionFails(t *testing.T) {
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		say    string
	}{
		"our secret is wrong": {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(401) }, "answered 401"},
		"it is down":          {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(502) }, "answered 502"},
		"it leads elsewhere":  {redirect("/evil"), "redirects are not followed"},
		"it is a page":        {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "<html>") }, "cannot be read"},
		"it says two things":  {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"active":false,"active":true}`) }, "cannot be read"},
		"it is huge":          {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, pad(70<<10)) }, "longer than 64 KiB"},
	} {
		o := newOther(t)
		o.set("/introspect", c.answer)
		r := verify(t, o.book(t, introspects(o)), "opaque-token")
		r.is(t, name, Failed, IssuerDown)
		if !strings.Contains(r.Note, c.say) || strings.Contains(r.Note, "opaque-token") || strings.Contains(r.Note, "s3cr") {
			t.Errorf("%s: the log is told %q, want %q in it", name, r.Note, c.say)
		}
	}
}

// TestCaller: who calls, as tokens of many makes say it.
func TestCaller(t *testing.T) {
	o := newOther(t)
	for name, c := range map[string]struct {
		claims              map[string]any
		change              func(*Spec)
		app, member, scopes string
	}{
		"plain":            {nil, nil, "app", "alice", "read"},
		"azp":              {map[string]any{"client_id": nil, "azp": "spa"}, nil, "spa", "alice", "read"},
		"both":             {map[string]any{"azp": "spa"}, nil, "app", "alice", "read"},
		"the app itself":   {map[string]any{"sub": "app"}, nil, "app", "", "read"},
		"no member":        {map[string]any{"sub": nil}, nil, "app", "", "read"},
		"scp is a list":    {map[string]any{"scope": nil, "scp": []string{"write", "read", "admin"}}, nil, "app", "alice", "read write"},
		"no scopes":        {map[string]any{"scope": nil}, nil, "app", "alice", ""},
		"scopes of nobody": {map[string]any{"scope": "admin root"}, nil, "app", "alice", ""},
		"claims by other names": {map[string]any{"appid": "entra", "oid": "o-1", "roles": []string{"write"}}, func(s *Spec) {
			s.Claims = Claims{App: []string{"appid"}, Member: []string{"oid"}, Scopes: []string{"roles"}}
		}, "entra", "o-1", "write"},
		"qualified": {nil, func(s *Spec) { s.Qualified = true }, "theirs|app", "theirs|alice", "read"},
		"a claim in the place of aud": {map[string]any{"aud": nil, "client_id": "cognito"}, func(s *Spec) {
			s.Audience = Audience{Claim: "client_id", Values: []string{"x", "cognito"}}
		}, "cognito", "alice", "read"},
	} {
		if c.change == nil {
			c.change = func(*Spec) {}
		}
		r := verify(t, o.book(t, c.change), o.token(c.claims))
		if r.State != Good {
			t.Errorf("%s: %+v", name, r)
			continue
		}
		member := ""
		if r.Token.Member != nil {
			member = r.Token.Member.Subject
		}
		if r.Token.App.Name != c.app || member != c.member || r.Token.ScopeText != c.scopes {
			t.Errorf("%s: app %q, member %q, scopes %q; want %q, %q, %q", name, r.Token.App.Name, member, r.Token.ScopeText, c.app, c.member, c.scopes)
		}
	}
}

// TestApps: one that the configuration lists has its products and its number, under the name that its issuer has for it; any other a number of its own.
func TestApps(t *testing.T) {
	o := newOther(t)
	b := o.book(t)
	listed := verify(t, b, o.token(map[string]any{"client_id": "listed"})).Token
	if listed.App.ID != 7 || listed.App.Name != "listed" || listed.App.Products != 1 {
		t.Errorf("listed: %+v", listed.App)
	}
	one := verify(t, b, o.token(nil)).Token
	same := verify(t, b, o.token(map[string]any{"sub": "bob"})).Token
	other := verify(t, b, o.token(map[string]any{"client_id": "another"})).Token
	if one.App.ID != same.App.ID || one.App.ID == other.App.ID || one.App.Products != 0 {
		t.Errorf("not listed: %+v, %+v, %+v", one.App, same.App, other.App)
	}
	if one.Member.ID == same.Member.ID || one.Member.ID != other.Member.ID {
		t.Errorf("members: %d, %d, %d", one.Member.ID, same.Member.ID, other.Member.ID)
	}
	if n := int64(one.Member.ID); n <= 1<<61 {
		t.Errorf("the member's number %d may be one of ours", n)
	}
}

// TestTable: good ones are found until they end, five minutes at most, by their own issuers alone, and are bounded in number.
func TestTable(t *testing.T) {
	o := newOther(t)
	b := o.book(t)
	b.good.most = 3
	long, short := o.token(nil), o.token(map[string]any{"exp": noon + 20, "nbf": noon})
	for _, cred := range []string{long, short} {
		r := verify(t, b, cred)
		r.is(t, "then", Good, NoFault)
	}
	at := func(s int64) int64 { return (noon + s) * int64(time.Second) }
	for _, c := range []struct {
		what, cred string
		of         uint64
		at         int64
		want       bool
	}{
		{"at once", long, 1, at(0), true},
		{"of another issuer", long, 2, at(0), false},
		{"within five minutes", long, 1, at(299), true},
		{"behind them", long, 1, at(300), false},
		{"with its leeway", short, 1, at(79), true},
		{"past its end", short, 1, at(80), false},
		{"cut", long[:len(long)-1], 1, at(0), false},
	} {
		if got := b.Lookup([]byte(c.cred), c.of, c.at) != nil; got != c.want {
			t.Errorf("%s: %v", c.what, got)
		}
	}
	for n := range 5 {
		verify(t, b, o.token(map[string]any{"sub": fmt.Sprint(n)}))
	}
	if n := b.good.known.Load().Size(); n != 3 || len(b.good.recent) != 3 {
		t.Errorf("%d are remembered, in a ring of %d", n, len(b.good.recent))
	}
	if next := o.book(t); next.Lookup([]byte(long), 1, at(0)) != nil {
		t.Error("found under a book that knows nothing of it")
	}
	cred := []byte(long)
	if n := testing.AllocsPerRun(100, func() { b.Lookup(cred, 1, at(0)) }); n != 0 {
		t.Errorf("a look-up allocates %v times", n)
	}
}

func BenchmarkLookup(b *testing.B) {
	good := &Table{}
	book := NewBook(nil, Apps{}, good)
	creds := make([][]byte, 1000)
	for n := range creds {
		creds[n] = []byte(fmt.Sprintf("%s%08d", pad(792), n))
		book.keep(creds[n], &Token{from: 1}, 0, time.Minute)
	}
	b.ReportAllocs()
	for n := 0; b.Loop(); n++ {
		if book.Lookup(creds[n%len(creds)], 1, 1) == nil {
			b.Fatal("not found")
		}
	}
}

func TestURLFault(t *testing.T) {
	for url, good := range map[string]bool{
		"https://login.example.com": true, "https://login.example.com/realms/x/": true, "http://127.0.0.1:8080": true, "http://localhost/x": true, "http://[::1]:1": true,
		"http://login.example.com": false, "http://10.0.0.1": false, "ftp://x": false, "": false, "login.example.com": false, "https://": false,
		"https://user@x": false, "https://x?y": false, "https://x#y": false, "http://localhost.evil.example": false,
	} {
		if fault := URLFault(url); (fault == "") != good {
			t.Errorf("%s: %q", url, fault)
		}
	}
}

// FuzzRead: what is read of a token before anything is verified never panics, and what is taken was written once.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{"", "..", "a.b.c", "eyJhbGciOiJSUzI1NiJ9.e30.", "eyJhbGciOiJub25lIn0.eyJpc3MiOiJ4In0.", raw(`{"alg":"RS256","kid":"a"}`, `{"iss":"x","exp":1e9}`)} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, cred []byte) {
		u, err := read(cred)
		if err != nil {
			return
		}
		if parts(cred) != 3 || len(cred) > maxToken || len(u.kid) > MaxClaim {
			t.Fatalf("%q was taken", cred)
		}
		spec := Spec{Claims: DefaultClaims(), Audience: Audience{Claim: "aud", Values: []string{"x"}}}
		by, r := spec.judge(u.claims, noon, false)
		if r.State == Good && (!canName(by.app) || by.member != "" && !canName(by.member) || by.ends <= noon) {
			t.Fatalf("%+v was taken", by)
		}
	})
}
