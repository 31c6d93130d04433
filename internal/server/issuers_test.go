package server_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/testkit"
)

// told is an upstream that answers with what it was told of the caller.
func told(t *testing.T) string {
	up := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := r.Header
		_, _ = fmt.Fprintf(w, "app %q, member %q, scopes %q, authorization %q", h.Get("Candor-App"), h.Get("Candor-Member"), h.Get("Candor-Scopes"), h.Get("Authorization"))
	}))
	t.Cleanup(up.Close)
	return up.URL
}

// takes are the changes by which the API of the stage takes tokens of an issuer.
func takes(t *testing.T, is *testkit.Issuer, more string) []string {
	return []string{
		"{{people}}", told(t),
		"apps: [{name: demo", "issuers: {theirs: {issuer: " + is.URL + ", audience: https://api.example.com, introspection: {url: " + is.URL + "/introspect, client_id: candor, client_secret: s3cr3t-0f-c4nd0r}" + more + "}}\n" +
			"apps: [{name: shop, external: theirs|listed, products: [ads], quotas: {people: {app: 2/day}}}, {name: demo",
		"    upstream: people\n    routes:\n", "    upstream: people\n    tokens: [own, theirs]\n    routes:\n      - {name: ads, path: /ads, products: [ads], scopes: [r_profile]}\n",
	}
}

// TestTokensOfOthers: what the API is told of a caller, and what a caller is told, by the token that they show.
func TestTokensOfOthers(t *testing.T) {
	is := testkit.NewIssuer(t)
	is.Vouches("opaque", map[string]any{"scope": "r_profile r_other"})
	i := newStage(t).start(takes(t, is, "")...)
	for name, c := range map[string]struct {
		path, token string
		want        answer
	}{
		"a JWT":                    {"/v2/me", is.Token(nil), answer{Status: 200, Body: `app "shop", member "alice", scopes "r_profile", authorization ""`}},
		"an app for itself":        {"/v2/me", is.Token(map[string]any{"sub": "shop"}), answer{Status: 200, Body: `app "shop", member "", scopes "r_profile", authorization ""`}},
		"no JWT":                   {"/v2/me", "opaque", answer{Status: 200, Body: `app "shop", member "alice", scopes "r_profile", authorization ""`}},
		"one of ours":              {"/v2/me", i.mint("demo", "bob"), answer{Status: 200, Body: `app "demo", member "bob", scopes "r_profile", authorization ""`}},
		"no JWT, and not active":   {"/v2/me", "another", answer{Status: 401, Problem: "invalid_access_token"}},
		"without the scope":        {"/v2/me", is.Token(map[string]any{"scope": "r_ads"}), answer{Status: 403, Problem: "access_denied"}},
		"without the product":      {"/v2/ads", is.Token(nil), answer{Status: 403, Problem: "access_denied"}},
		"with the product":         {"/v2/ads", is.Token(map[string]any{"client_id": "listed"}), answer{Status: 200, Body: `app "listed", member "alice", scopes "r_profile", authorization ""`}},
		"expired":                  {"/v2/me", is.Token(map[string]any{"exp": 1}), answer{Status: 401, Problem: "expired_access_token"}},
		"of a path that is none":   {"/v2/none", is.Token(nil), answer{Status: 404, Problem: "resource_not_found"}},
		"of no API":                {"/v9", is.Token(nil), answer{Status: 404, Problem: "resource_not_found"}},
		"of no API, a bad one":     {"/v9", is.Token(map[string]any{"aud": "x"}), answer{Status: 401, Problem: "invalid_access_token"}},
		"a placeholder":            {"/v2/me", "undefined", answer{Status: 401, Problem: "invalid_access_token"}},
		"with a character too bad": {"/v2/me", is.Token(nil) + "\"", answer{Status: 401, Problem: "invalid_access_token"}},
	} {
		for _, time := range []string{"first", "again"} {
			got := i.get(c.path, c.token)
			if c.want.Problem != "" {
				got.Body = ""
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s, %s (-want +got):\n%s", name, time, diff)
			}
		}
	}
}

// TestQuotasOfOthers: an app that is listed has its own limits, one that is not those of the route, and each is counted by itself.
func TestQuotasOfOthers(t *testing.T) {
	is := testkit.NewIssuer(t)
	i := newStage(t).start(append(takes(t, is, ""), "quotas: {people: {app: 100/day}}\napis", "quotas: {people: {app: 3/day}}\napis")...)
	for _, c := range []struct {
		app  string
		good int
	}{{"listed", 2}, {"one", 3}, {"two", 3}} {
		token, passed := is.Token(map[string]any{"client_id": c.app}), 0
		for range 5 {
			if i.get("/v2/me", token).Status == 200 {
				passed++
			}
		}
		if passed != c.good {
			t.Errorf("%s: %d calls passed, want %d", c.app, passed, c.good)
		}
	}
}

// varies are the parts of an answer that differ from call to call.
var varies = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// TestAnswersOfOthers: whole answers, in both profiles, and what the log is told beside.
func TestAnswersOfOthers(t *testing.T) {
	for _, c := range []struct {
		name, profile, problem, want, note string
		token                              func(*testkit.Issuer) string
	}{
		{
			"audience", "standard", "invalid_access_token",
			`{"type":"tag:candor-gateway.dev,2026:invalid_access_token","title":"Invalid access token","status":401,"detail":"The access token is not valid: it is meant for another API","instance":"urn:uuid:ID","serviceErrorCode":65600,"code":"INVALID_ACCESS_TOKEN","fix":"Ask the issuer for a token for this API: its audience is https://api.example.com.","action":"fix_request","applied":"no","requestId":"ID"}`,
			`its aud is "https://api.example.com/", expected "https://api.example.com" (they differ by the slash at the end)`,
			func(is *testkit.Issuer) string { return is.Token(map[string]any{"aud": "https://api.example.com/"}) },
		},
		{
			"audience", "linkedin", "invalid_access_token",
			`{"status":401,"serviceErrorCode":65600,"code":"INVALID_ACCESS_TOKEN","message":"Invalid access token","fix":"Ask the issuer for a token for this API: its audience is https://api.example.com.","action":"fix_request","applied":"no","requestId":"ID"}`,
			`its aud is "x", expected "https://api.example.com"`,
			func(is *testkit.Issuer) string { return is.Token(map[string]any{"aud": "x"}) },
		},
		{
			"issuer", "standard", "invalid_access_token",
			`{"type":"tag:candor-gateway.dev,2026:invalid_access_token","title":"Invalid access token","status":401,"detail":"The access token is not valid: its issuer is none that this API takes","instance":"urn:uuid:ID","serviceErrorCode":65600,"code":"INVALID_ACCESS_TOKEN","fix":"Get a token from an issuer of this API; compare the iss of this one with it, letter by letter, to the slash at its end.","action":"fix_request","applied":"no","requestId":"ID"}`,
			"(they differ by the slash at the end)",
			func(is *testkit.Issuer) string { return is.Token(map[string]any{"iss": is.URL + "/"}) },
		},
		{
			"not active", "linkedin", "invalid_access_token",
			`{"status":401,"serviceErrorCode":65600,"code":"INVALID_ACCESS_TOKEN","message":"Invalid access token","fix":"Get a new token: its issuer says that this one is not active, which is unknown, expired or revoked.","action":"fix_request","applied":"no","requestId":"ID"}`,
			"",
			func(*testkit.Issuer) string { return "opaque-and-unknown" },
		},
		{
			"issuer down", "standard", "token_verification_failed",
			`{"type":"tag:candor-gateway.dev,2026:token_verification_failed","title":"Token verification failed","status":500,"detail":"The access token could not be verified","instance":"urn:uuid:ID","serviceErrorCode":0,"code":"TOKEN_VERIFICATION_FAILED","fix":"Try again with growing waits, with the same token: nothing is known against it.","action":"retry","applied":"no","requestId":"ID"}`,
			"connection refused",
			func(is *testkit.Issuer) string {
				is.Close()
				return "opaque"
			},
		},
	} {
		t.Run(c.name+" "+c.profile, func(t *testing.T) {
			is := testkit.NewIssuer(t)
			s := newStage(t)
			i := s.start(append(takes(t, is, ""), "version: 1\n", "version: 1\nprofile: "+c.profile+"\n")...)
			got := i.get("/v2/me", c.token(is))
			if body := varies.ReplaceAllString(got.Body, "ID"); got.Problem != c.problem || body != c.want {
				t.Errorf("%d %s\ngot  %s\nwant %s", got.Status, got.Problem, body, c.want)
			}
			testkit.Until(t, "the line in the log", func() bool { return strings.Contains(s.out.String(), c.problem) })
			if line, _ := entries(t, s.out.String())[0]["note"].(string); !strings.Contains(line, c.note) {
				t.Errorf("the log says %q, want %q in it", line, c.note)
			}
			if all := s.out.String() + s.log.String(); strings.Contains(all, "s3cr3t") || strings.Contains(all, "eyJ") || strings.Contains(all, "opaque") {
				t.Errorf("a secret is in the log: %s", all)
			}
		})
	}
}

// TestReloadOfIssuers: an issuer that stays keeps its keys over a reload, though it is down by then; one that changes is another one.
func TestReloadOfIssuers(t *testing.T) {
	is := testkit.NewIssuer(t)
	s := newStage(t)
	changes := takes(t, is, "")
	i := s.start(changes...)
	if got := i.status("/v2/me", is.Token(nil)); got.Status != 200 {
		t.Fatal(got)
	}
	is.Close()
	if err := i.Reload(t.Context(), s.config(append(changes, "r_ads: Ads", "r_ads: All ads")...)); err != nil {
		t.Fatal(err)
	}
	if got := i.status("/v2/me", is.Token(map[string]any{"sub": "bob"})); got.Status != 200 {
		t.Errorf("behind a reload that leaves it alone: %v", got)
	}
	changes = append(changes, "audience: https://api.example.com", "identity: qualified, audience: https://api.example.com")
	if err := i.Reload(t.Context(), s.config(changes...)); err != nil {
		t.Fatal(err)
	}
	if got := i.status("/v2/me", is.Token(nil)); got.Status != 500 {
		t.Errorf("behind one that changes it: %v", got)
	}
	if err := i.Reload(t.Context(), s.config(append(changes, "tokens: [own, theirs]", "tokens: [own]")...)); err != nil {
		t.Fatal(err)
	}
	if got := i.status("/v2/me", is.Token(nil)); got.Status != 401 {
		t.Errorf("where its tokens are not taken: %v", got)
	}
}

// TestQualifiedIdentity: where claims of several issuers may be the same, the API is told whose they are.
func TestQualifiedIdentity(t *testing.T) {
	is := testkit.NewIssuer(t)
	i := newStage(t).start(takes(t, is, ", identity: qualified")...)
	if got, want := i.get("/v2/me", is.Token(nil)).Body, `app "theirs|shop", member "theirs|alice", scopes "r_profile", authorization ""`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestIssuersTokensAlone: an API that takes no token of ours refuses those that it would else take.
func TestIssuersTokensAlone(t *testing.T) {
	is := testkit.NewIssuer(t)
	i := newStage(t).start(append(takes(t, is, ""), "tokens: [own, theirs]", "tokens: [theirs]")...)
	if got := i.status("/v2/me", i.mint("demo", "bob")); got.Problem != "invalid_access_token" {
		t.Errorf("ours: %v", got)
	}
	if got := i.status("/v2/me", is.Token(nil)); got.Status != 200 {
		t.Errorf("theirs: %v", got)
	}
}

// TestGuessesAtOthersTokens: who guesses waits, and whoever has a token that its issuer vouches for does not, bad as it may be.
func TestGuessesAtOthersTokens(t *testing.T) {
	is := testkit.NewIssuer(t)
	i := newStage(t).start(append(takes(t, is, ""), "log: {access", "limits: {failed_credentials: 3}\nlog: {access")...)
	if s := time.Now().Second(); s > 50 { // the count begins again with each minute
		<-time.After(time.Duration(61-s) * time.Second)
	}
	for range 5 {
		if got := i.status("/v2/me", is.Token(map[string]any{"aud": "x"})); got.Problem != "invalid_access_token" {
			t.Errorf("for another API: %v", got)
		}
	}
	last := answer{}
	for range 5 {
		last = i.status("/v2/me", is.Token(nil)+"x")
	}
	if last.Problem != "too_many_failures" {
		t.Errorf("changed tokens: %v", last)
	}
	if got := i.status("/v2/me", is.Token(nil)); got.Status != 200 {
		t.Errorf("a good one from the same address: %v", got)
	}
}

// TestNumbersOfOthersStay: an app that nobody lists is counted as the same one after a restart.
func TestNumbersOfOthersStay(t *testing.T) {
	is := testkit.NewIssuer(t)
	s := newStage(t)
	changes := append(takes(t, is, ""), "quotas: {people: {app: 100/day}}\napis", "quotas: {people: {app: 2/day}}\napis")
	first := s.start(changes...)
	first.get("/v2/me", is.Token(map[string]any{"client_id": "before"}))
	first.get("/v2/me", is.Token(nil))
	first.get("/v2/me", is.Token(nil))
	if err := first.end(); err != nil {
		t.Fatal(err)
	}
	if got := s.start(changes...).status("/v2/me", is.Token(nil)); got.Problem != "throttled" {
		t.Errorf("after a restart: %v", got)
	}
}
