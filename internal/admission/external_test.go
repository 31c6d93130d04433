package admission_test

import (
	"context"
	"log/slog"
	"testing"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/issuer"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/internal/testkit"
	"github.com/candor-gateway/candor/problem"
)

// abroad is an API that takes tokens of another issuer, beside ours.
func abroad(tb testing.TB) (*stage, *testkit.Issuer) {
	tb.Helper()
	is := testkit.NewIssuer(tb)
	both := route.APISpec{
		Name: "both", Hosts: []string{"api.example.com"}, Base: "/both", Upstream: "people", Credentials: route.Credentials{Kinds: access.Bearer, Issuers: 1},
		Routes: []route.Spec{{Name: "x", Path: "/x", Methods: []string{"GET"}, Scopes: [][]string{{"r_profile"}}, Quota: "endless"}},
	}
	s := stageOf(tb, -1, append(apis(), both))
	i := issuer.New(issuer.Spec{
		Name: "theirs", Issuer: is.URL, Audience: issuer.Audience{Claim: "aud", Values: []string{"https://api.example.com"}},
		Types: issuer.Types(), Claims: issuer.DefaultClaims(), Leeway: issuer.DefaultLeeway,
	}, slog.New(slog.DiscardHandler))
	tb.Cleanup(i.Close)
	s.Issuers = issuer.NewBook([]*issuer.Issuer{i}, issuer.Apps{
		Names:  access.NewNames([]string{"r_profile", "r_basic", "openid", "w_posts", "r_ads"}, nil),
		Number: func(context.Context, string) (access.AppID, error) { return 1 << 30, nil },
	}, &issuer.Table{})
	return s, is
}

func asks(token string) []byte { return []byte(head("GET /both/x", "Authorization: Bearer "+token)) }

// TestExternalWaits: what is not known yet is verified where a call waits, and nowhere else; a bad one each time, a good one once.
func TestExternalWaits(t *testing.T) {
	s, is := abroad(t)
	good := is.Token(map[string]any{"exp": noon + 3600})
	for _, c := range []struct {
		what, token string
		first       admission.Verdict
		of          problem.Type
		then        admission.Verdict
	}{
		{"good", good, admission.Waits, problem.None, admission.Forwards},
		{"good, again", good, admission.Forwards, problem.None, admission.Forwards},
		{"bad", good[:len(good)-4] + "AAAA", admission.Waits, problem.InvalidAccessToken, admission.Refuses},
		{"bad, again", good[:len(good)-4] + "AAAA", admission.Waits, problem.InvalidAccessToken, admission.Refuses},
		{"expired", is.Token(map[string]any{"exp": noon - 61}), admission.Waits, problem.ExpiredAccessToken, admission.Refuses},
		{"no scope", is.Token(map[string]any{"exp": noon + 3600, "scope": ""}), admission.Waits, problem.AccessDenied, admission.Refuses},
		{"no JWT", "opaque", admission.Waits, problem.InvalidAccessToken, admission.Refuses},
		{"a variable that nobody filled in", "${TOKEN}", admission.Refuses, problem.InvalidAccessToken, admission.Refuses},
		{"quoted", `"` + good + `"`, admission.Refuses, problem.InvalidAccessToken, admission.Refuses},
		{"one of ours", s.token(theGood), admission.Forwards, problem.None, admission.Forwards},
		{"one of ours, altered", alter(s.token(theGood)), admission.Refuses, problem.InvalidAccessToken, admission.Refuses},
	} {
		if v, _ := s.one(asks(c.token)); v != c.first {
			t.Errorf("%s: first %d, want %d", c.what, v, c.first)
		}
		call, v := s.judge(t, asks(c.token))
		if v != c.then || call.Problem.Type != c.of {
			t.Errorf("%s: %d, %s; want %d, %s", c.what, v, call.Problem.Type, c.then, c.of)
		}
		call.Done(admission.Sent)
	}
}

// theGood is the grant, where a token has its name.
const theGood = good

// TestExternalCaller: a token of another issuer makes a caller like any other, and a connection that rests on it ends with it.
func TestExternalCaller(t *testing.T) {
	s, is := abroad(t)
	c, v := s.judge(t, asks(is.Token(map[string]any{"exp": noon + 3600, "scope": "r_profile w_posts unknown"})))
	by := &c.Caller
	if v != admission.Forwards || by.Kind != access.ExternalToken || by.App.Name != "shop" || by.Member.Subject != "alice" || by.ScopeText != "r_profile w_posts" || by.Grant != nil {
		t.Errorf("%d, %+v", v, by)
	}
	standing := c.Standing()
	if standing.Ends != (noon+3660)*1e9 || !standing.Stands() || standing.News() != 0 {
		t.Errorf("%+v", standing)
	}
	c.Done(admission.Sent)
}

// TestExternalNoAllocs: a call with a token that is known costs no memory, and neither does one that has to wait.
func TestExternalNoAllocs(t *testing.T) {
	s, is := abroad(t)
	known, unknown := asks(is.Token(map[string]any{"exp": noon + 3600})), asks(is.Token(map[string]any{"exp": noon + 3601}))
	c, _ := s.judge(t, known)
	c.Done(admission.Sent)
	for _, one := range []struct {
		what    string
		request []byte
		want    admission.Verdict
	}{{"known", known, admission.Forwards}, {"unknown", unknown, admission.Waits}} {
		if v, of := s.one(one.request); v != one.want {
			t.Errorf("%s: %d, %s", one.what, v, of)
		}
		if n := testing.AllocsPerRun(100, func() { s.one(one.request) }); n != 0 {
			t.Errorf("%s: %v allocations", one.what, n)
		}
	}
}

// BenchmarkAdmitExternal is Admit with a token of another issuer that is known.
func BenchmarkAdmitExternal(b *testing.B) {
	s, is := abroad(b)
	request := asks(is.Token(map[string]any{"exp": noon + 3600, "padding": "so that the token is as long as those that are in use: about eight hundred bytes, most of which are names and roles of somebody whom nobody here knows and of whom nothing is looked at, but for the hash of the whole, which is what this costs most of; so here are some more of them, and some more still, until the whole is as long as one of them"}))
	for {
		v, of := s.one(request)
		if v == admission.Forwards {
			break
		}
		if v != admission.Waits {
			b.Fatal(of)
		}
		if err := s.call.Fetch(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		if v, _ := s.decide(); v != admission.Forwards {
			b.Fatal("refused")
		}
	}
}
