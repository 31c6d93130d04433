package admission_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/callid"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/token"
	"github.com/candor-gateway/candor/problem"
)

// TestCredentials: what a credential is worth, in the order of docs/contract.md.
func TestCredentials(t *testing.T) {
	noOther := problem.Problem{Type: problem.EmptyAccessToken, Detail: problem.DetailNoAuthorization}
	invalid := func(d problem.Detail, at, sent int) problem.Problem {
		return problem.Problem{Type: problem.InvalidAccessToken, Detail: d, At: at, Sent: int64(sent)}
	}
	placeholder := func(word string) problem.Problem {
		p := invalid(problem.DetailTokenPlaceholder, 0, len(word))
		p.Excerpt = []byte(word)
		return p
	}
	variable := func(sent string) problem.Problem { return invalid(problem.DetailTokenPlaceholder, 0, len(sent)) }
	marked := problem.Problem{Type: problem.UnknownAuthScheme, Name: "Bearer", Detail: problem.DetailSchemeMarks}
	for _, c := range []struct {
		name  string
		lines []string
		want  problem.Problem
	}{
		{
			"two fields",
			[]string{bearer("good"), bearer("good")},
			problem.Problem{Type: problem.AmbiguousCredentials, Detail: problem.DetailTwoAuthorization},
		},
		{
			"two fields, one empty",
			[]string{"Authorization:", bearer("good")},
			problem.Problem{Type: problem.AmbiguousCredentials, Detail: problem.DetailTwoAuthorization},
		},
		{"another scheme", []string{"Authorization: Basic eDp5"}, problem.Problem{Type: problem.UnknownAuthScheme, Name: "Bearer", Excerpt: []byte("Basic")}},
		{"a scheme alone", []string{"Authorization: basic"}, problem.Problem{Type: problem.UnknownAuthScheme, Name: "Bearer", Excerpt: []byte("basic")}},
		{"one word may be a secret: it is not quoted", []string{"Authorization: s3cr3t-k3y  "}, problem.Problem{Type: problem.UnknownAuthScheme, Name: "Bearer", Detail: problem.DetailNoScheme}},
		{"a token without a scheme is not quoted", []string{"Authorization: {good}"}, problem.Problem{Type: problem.UnknownAuthScheme, Detail: problem.DetailNoScheme, Name: "Bearer"}},
		{"no scheme at all", []string{"Authorization: \"x\" y"}, problem.Problem{Type: problem.UnknownAuthScheme, Name: "Bearer"}},
		{"another scheme that begins alike", []string{"Authorization: Bearers x"}, problem.Problem{Type: problem.UnknownAuthScheme, Name: "Bearer", Excerpt: []byte("Bearers")}},
		{"none", nil, noOther},
		{"an empty field", []string{"Authorization:  "}, problem.Problem{Type: problem.EmptyAccessToken, Detail: problem.DetailEmptyAuthorization}},
		{"the scheme and blanks", []string{"Authorization: Bearer  \t "}, problem.Problem{Type: problem.EmptyAccessToken, Detail: problem.DetailBearerOnly}},
		{"never ours", []string{"Authorization: Bearer AQXdSP_W41_UPs5ioT_t8HESyODB4FqbkJ8LrV_5mff4gPODzOYR"}, invalid(problem.DetailTokenNotOurs, 0, 52)},
		{"of another Candor", []string{bearer("foreign")}, invalid(problem.DetailTokenOtherKeys, 0, 71)},
		{"truncated", []string{bearer("cut")}, invalid(problem.DetailTokenTruncated, 41, 40)},
		{"too long", []string{bearer("long")}, invalid(problem.DetailTokenTooLong, 72, 72)},
		{"altered", []string{bearer("altered")}, invalid(problem.DetailTokenAltered, 0, 71)},
		{"a refresh token", []string{bearer("refresh")}, invalid(problem.DetailTokenWrongKind, 0, 71)},
		{"what JavaScript writes for nothing", []string{"Authorization: Bearer undefined"}, placeholder("undefined")},
		{"what Java writes for nothing", []string{"Authorization: Bearer null"}, placeholder("null")},
		{"what Python writes for nothing", []string{"Authorization: bearer None"}, placeholder("None")},
		{"an object", []string{"Authorization: Bearer [object Object]"}, placeholder("[object Object]")},
		{"a variable of a shell", []string{"Authorization: Bearer $TOKEN"}, variable("$TOKEN")},
		{"a variable of Postman", []string{"Authorization: Bearer {{access_token}}"}, variable("{{access_token}}")},
		{"a variable of the documentation", []string{"Authorization: Bearer <token>"}, variable("<token>")},
		{"the word of the documentation", []string{"Authorization: Bearer YOUR_ACCESS_TOKEN"}, placeholder("YOUR_ACCESS_TOKEN")},
		{"an encoded blank behind Bearer", []string{"Authorization: Bearer%20x"}, marked},
		{"a word that is no known scheme is not quoted", []string{"Authorization: s3cr3t-k3y x"}, problem.Problem{Type: problem.UnknownAuthScheme, Name: "Bearer"}},
		{"Bearer twice", []string{"Authorization: Bearer " + "Bearer {good}"}, invalid(problem.DetailTokenBearerTwice, 0, 78)},
		{"Bearer twice and nothing", []string{"Authorization: Bearer bearer"}, invalid(problem.DetailTokenBearerTwice, 0, 6)},
		{"a colon behind Bearer", []string{"Authorization: Bearer: x"}, marked},
		{"a colon and no blank behind Bearer", []string{"Authorization: bearer:x"}, marked},
		{"quotes around all", []string{"Authorization: \"Bearer x\""}, marked},
		{"no b64token", []string{"Authorization: Bearer cdr_at_A B"}, invalid(problem.DetailTokenSyntax, 9, 10)},
		{"from the future", []string{bearer("future")}, invalid(problem.DetailTokenFromFuture, 0, 71)},
		{"of a grant that nobody knows", []string{bearer("absent")}, invalid(problem.DetailTokenUnknownGrant, 0, 71)},
		{"past its end", []string{bearer("expired")}, problem.Problem{Type: problem.ExpiredAccessToken, ExpiredAt: noon - day}},
		{"past its end, to be refreshed", []string{bearer("refreshable")}, problem.Problem{Type: problem.ExpiredAccessToken, ExpiredAt: noon - day, Refreshable: true}},
		{"past its end, whatever became of it", []string{bearer("deadexpired")}, problem.Problem{Type: problem.ExpiredAccessToken, ExpiredAt: noon - day}},
		{"taken back by the member", []string{bearer("revoked")}, problem.Problem{Type: problem.RevokedAccessToken, Detail: problem.DetailRevokedByMember}},
		{"another scope set was granted", []string{bearer("superseded")}, problem.Problem{Type: problem.RevokedAccessToken, Detail: problem.DetailRevokedByScopeChange}},
		{"a refresh token was used again", []string{bearer("reused")}, problem.Problem{Type: problem.RevokedAccessToken, Detail: problem.DetailRevokedByReuse}},
		{"of a restricted member", []string{bearer("restricted")}, problem.Problem{Type: problem.RestrictedMember}},
		{"the store is down: never a 401", []string{bearer("unstored")}, problem.Problem{Type: problem.TokenVerificationFailed, Detail: problem.DetailStoreDown}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStage(t)
			call := s.check(t, head("GET /v2/any", c.lines...), admission.Refuses, c.want)
			if call.Caller != (admission.Caller{}) || call.Products() != 0 {
				t.Error("a refused credential leaves an identity behind")
			}
			if c.want.Type == noOther.Type || c.want.Type == problem.AmbiguousCredentials {
				return
			}
			s.check(t, head("GET /v2/feed", c.lines...), admission.Refuses, c.want) // optional: a bad one is refused all the same
		})
	}
}

// TestCaller: a good credential names who calls, once for all rooms; where none is looked at, or none was sent, there is nobody.
func TestCaller(t *testing.T) {
	s := newStage(t)
	granted, text := access.ScopeSet{}.With(0).With(2), "r_profile openid"
	bob := "bob"
	for _, c := range []struct {
		name, request string
		want          admission.Caller // but for Member and Grant
		member        string
		grant         access.GrantID
	}{
		{"an app for a member", head("GET /v2/any", bearer("good")), admission.Caller{Kind: access.OwnToken, App: s.Apps.Get(demo), Scopes: granted, ScopeText: text}, bob, good},
		{"an app for itself", head("GET /v2/any", bearer("app")), admission.Caller{Kind: access.OwnToken, App: s.Apps.Get(demo), Scopes: granted, ScopeText: text}, "", appOnly},
		{"a token in the query", head("GET /v2/linked?access_token={good}"), admission.Caller{Kind: access.OwnToken, App: s.Apps.Get(demo), Scopes: granted, ScopeText: text}, bob, good},
		{"a grant that was asked for", head("GET /v2/any", bearer("stored")), admission.Caller{Kind: access.OwnToken, App: s.Apps.Get(demo)}, "", stored},
		{"optional, and sent", head("GET /v2/feed", bearer("good")), admission.Caller{Kind: access.OwnToken, App: s.Apps.Get(demo), Scopes: granted, ScopeText: text}, bob, good},
		{"optional, and not sent", head("GET /v2/feed"), admission.Caller{}, "", 0},
		{"public", head("GET /pub/news", bearer("good")), admission.Caller{}, "", 0},
	} {
		call, verdict := s.admit(t, c.request)
		call.Done(admission.Sent)
		got, member, grant := call.Caller, "", access.GrantID(0)
		if got.Member != nil {
			member = got.Member.Subject
		}
		if got.Grant != nil {
			grant = got.Grant.ID
		}
		got.Member, got.Grant = nil, nil
		if verdict != admission.Forwards || got != c.want || member != c.member || grant != c.grant || call.Caller.Known() != (c.grant != 0) {
			t.Errorf("%s: verdict %d, %+v of member %q by grant %d; want %+v, %q, %d", c.name, verdict, got, member, grant, c.want, c.member, c.grant)
		}
	}
}

// TestOneTokenRevoked: the token is dead, its grant lives.
func TestOneTokenRevoked(t *testing.T) {
	s := newStage(t)
	s.verifier.RevokeToken(token.ID{byte(good), 1}, noon+day)
	s.check(t, head("GET /v2/any", bearer("good")), admission.Refuses, problem.Problem{Type: problem.RevokedAccessToken, Detail: problem.DetailRevokedToken})
	other := string(s.keys.Mint(nil, token.Access, good, noon, day, [12]byte{9}))
	s.check(t, head("GET /v2/any", "Authorization: Bearer "+other), admission.Forwards, problem.Problem{})
}

// TestTokenInQuery: where a token in the URL is refused, where it is taken, and exactly what is cut from what is forwarded.
func TestTokenInQuery(t *testing.T) {
	inURL := func(name string) problem.Problem { return problem.Problem{Type: problem.TokenInURL, Name: name} }
	twice := problem.Problem{Type: problem.AmbiguousCredentials, Detail: problem.DetailTwoInURL}
	for _, c := range []struct {
		name, line string
		want       problem.Problem
		left       string // of the query; where it is taken
	}{
		{"refused", "GET /v2/any?a=1&access_token={good}", inURL("access_token"), ""},
		{"refused under its older name", "GET /v2/any?oauth2_access_token=x", inURL("oauth2_access_token"), ""},
		{"refused under a name in escapes", "GET /v2/any?%61ccess%5ftoken=x", inURL("access_token"), ""},
		{"refused though empty", "GET /v2/any?access_token=", inURL("access_token"), ""},
		{"refused without an equals sign", "GET /v2/any?access_token", inURL("access_token"), ""},
		{"refused on an optional route", "GET /v2/feed?access_token={good}", inURL("access_token"), ""},
		{"refused where there is no route", "GET /v2/xyzzy?access_token={good}", inURL("access_token"), ""},
		{"twice", "GET /v2/any?access_token=x&access_token=y", twice, ""},
		{"under both names, though it is taken", "GET /v2/linked?oauth2_access_token={good}&b=1&access_token={good}", twice, ""},
		{"another name is none", "GET /v2/any?xaccess_token=x&access_tokens=y&Access_Token=z", problem.Problem{Type: problem.EmptyAccessToken, Detail: problem.DetailNoAuthorization}, ""},
		{"a broken escape is none", "GET /v2/any?%6ccess_token=x&access_toke%6=y&a%", problem.Problem{Type: problem.EmptyAccessToken, Detail: problem.DetailNoAuthorization}, ""},
		{"taken, alone", "GET /v2/linked?access_token={good}", problem.Problem{}, ""},
		{"taken, first", "GET /v2/linked?access_token={good}&b=1&c", problem.Problem{}, "b=1&c"},
		{"taken, last", "GET /v2/linked?b=1&c=2&oauth2_access_token={good}", problem.Problem{}, "b=1&c=2"},
		{"taken, in the middle", "GET /v2/linked?b=1&access_tok%65n={good}&c=2", problem.Problem{}, "b=1&c=2"},
		{"taken, beside empty parameters", "GET /v2/linked?&access_token={good}&", problem.Problem{}, "&"},
		{"taken, empty", "GET /v2/linked?access_token=&b=1", problem.Problem{Type: problem.EmptyAccessToken, Detail: problem.DetailNoAuthorization}, ""},
		{"taken, bad", "GET /v2/linked?access_token=x", problem.Problem{Type: problem.InvalidAccessToken, Detail: problem.DetailTokenNotOurs, Sent: 1}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStage(t)
			verdict := admission.Refuses
			if c.want.Type == problem.None {
				verdict = admission.Forwards
			}
			call := s.check(t, head(strings.ReplaceAll(c.line, "{good}", s.token(good))), verdict, c.want)
			if verdict == admission.Refuses {
				return
			}
			query := string(call.Head.Query.Of(call.Head.Buf))
			if left := query[:call.InQuery.Off] + query[call.InQuery.End:]; left != c.left {
				t.Errorf("%q is left of the query, want %q", left, c.left)
			}
		})
	}
}

// TestFailedCredentials: guessing is bounded for each address; a good credential is never refused for it, and what was no guess keeps its own answer.
func TestFailedCredentials(t *testing.T) {
	s := newStage(t)
	empty := problem.Problem{Type: problem.EmptyAccessToken, Detail: problem.DetailNoAuthorization}
	invalid := func(d problem.Detail, at, sent int) problem.Problem {
		return problem.Problem{Type: problem.InvalidAccessToken, Detail: d, At: at, Sent: int64(sent)}
	}
	noGuesses := []struct {
		line string
		want problem.Problem
	}{
		{"X-None: 1", empty},
		{"Authorization:", problem.Problem{Type: problem.EmptyAccessToken, Detail: problem.DetailEmptyAuthorization}},
		{"Authorization: Bearer ", problem.Problem{Type: problem.EmptyAccessToken, Detail: problem.DetailBearerOnly}},
		{"Authorization: Basic eDp5", problem.Problem{Type: problem.UnknownAuthScheme, Name: "Bearer", Excerpt: []byte("Basic")}},
		{"Authorization: {good}", problem.Problem{Type: problem.UnknownAuthScheme, Name: "Bearer", Detail: problem.DetailNoScheme}},
		{bearer("revoked"), problem.Problem{Type: problem.RevokedAccessToken, Detail: problem.DetailRevokedByMember}},
		{bearer("superseded"), problem.Problem{Type: problem.RevokedAccessToken, Detail: problem.DetailRevokedByScopeChange}},
		{bearer("expired"), problem.Problem{Type: problem.ExpiredAccessToken, ExpiredAt: noon - day}},
		{bearer("restricted"), problem.Problem{Type: problem.RestrictedMember}},
		{bearer("absent"), invalid(problem.DetailTokenUnknownGrant, 0, token.Length)},
		{bearer("future"), invalid(problem.DetailTokenFromFuture, 0, token.Length)},
		{bearer("refresh"), invalid(problem.DetailTokenWrongKind, 0, token.Length)},
		{bearer("long"), invalid(problem.DetailTokenTooLong, token.Length+1, token.Length+1)},
	}
	for range 4 {
		for _, c := range noGuesses {
			s.check(t, head("GET /v2/any", c.line), admission.Refuses, c.want)
		}
	}
	for range 3 {
		s.check(t, head("GET /v2/any", bearer("altered")), admission.Refuses, invalid(problem.DetailTokenAltered, 0, token.Length))
	}
	over := problem.Problem{Type: problem.TooManyFailures, RetryAfter: 60}
	for _, line := range []string{bearer("altered"), bearer("cut"), bearer("foreign"), "Authorization: Bearer x", "Authorization: Bearer \"{good}\""} {
		s.check(t, head("GET /v2/any", line), admission.Refuses, over)
	}
	s.check(t, head("GET /v2/linked?access_token=x"), admission.Refuses, over)
	for _, c := range noGuesses { // past the bound, too
		s.check(t, head("GET /v2/any", c.line), admission.Refuses, c.want)
	}
	s.check(t, head("GET /v2/any", bearer("good")), admission.Forwards, problem.Problem{})
	s.check(t, head("GET /v2/any", bearer("unstored")), admission.Refuses, problem.Problem{Type: problem.TokenVerificationFailed, Detail: problem.DetailStoreDown})
	request := []byte(s.words(head("GET /v2/any", bearer("altered"))))
	for _, from := range []struct {
		address string
		shared  bool
		at      int64
		want    problem.Type
	}{
		{"192.0.2.2", false, 0, problem.InvalidAccessToken},
		{"192.0.2.1", true, 0, problem.InvalidAccessToken}, // a balancer's, whose callers cannot be told apart
		{"::ffff:192.0.2.1", false, 0, problem.TooManyFailures},
		{"192.0.2.1", false, 59, problem.TooManyFailures},
		{"192.0.2.1", false, 60, problem.InvalidAccessToken},
	} {
		c := &s.call
		c.Head.Reset()
		if f := http1.ParseRequest(request, s.Heads, c.Head); f.Kind != http1.OK {
			t.Fatal(f)
		}
		c.Begin(s.Policy)
		c.At, c.Peer = (noon+from.at)*1e9, admission.Peer{Addr: netip.MustParseAddr(from.address), Shared: from.shared}
		if v := c.Admit(); v != admission.Refuses || c.Problem.Type != from.want {
			t.Errorf("from %s after %d s: %d, %s; want %s", from.address, from.at, v, c.Problem.Type, from.want)
		}
	}
}

// TestWaits: a fact that is not in memory is asked for once, by Fetch alone, and what came of it decides.
func TestWaits(t *testing.T) {
	for _, c := range []struct {
		grant   access.GrantID
		verdict admission.Verdict
		err     error
	}{
		{stored, admission.Forwards, nil}, {absent, admission.Refuses, nil}, {unstored, admission.Refuses, errDown},
	} {
		t.Run(fmt.Sprint(c.grant), func(t *testing.T) {
			s := newStage(t)
			request := []byte(head("GET /v2/any", "Authorization: Bearer "+s.token(c.grant)))
			call := &admission.Call{Head: &http1.Head{}}
			call.Head.Reset()
			if f := http1.ParseRequest(request, s.Heads, call.Head); f.Kind != http1.OK {
				t.Fatal(f)
			}
			call.Begin(s.Policy)
			call.At, call.ID = noon*1e9, callid.New(0, 0, 0)
			if v := call.Admit(); v != admission.Waits || s.store.asked != 0 {
				t.Fatalf("%d after %d questions, want Waits without one", v, s.store.asked)
			}
			if err := call.Fetch(t.Context()); !errors.Is(err, c.err) {
				t.Errorf("Fetch: %v, want %v", err, c.err)
			}
			if v := call.Admit(); v != c.verdict || s.store.asked != 1 {
				t.Errorf("%d after %d questions, want %d after one", v, s.store.asked, c.verdict)
			}
			call.Done(admission.Sent)
		})
	}
	t.Run("given up", func(t *testing.T) {
		s := newStage(t)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		c := &s.call
		if f := http1.ParseRequest([]byte(s.words(head("GET /v2/any", bearer("unstored")))), s.Heads, c.Head); f.Kind != http1.OK {
			t.Fatal(f)
		}
		c.Begin(s.Policy)
		c.At = noon * 1e9
		if v := c.Admit(); v != admission.Waits {
			t.Fatalf("%d, want Waits", v)
		}
		if err := c.Fetch(ctx); err == nil {
			t.Error("a Fetch that was given up must say so")
		}
	})
}
