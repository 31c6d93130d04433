package admission_test

import (
	"testing"

	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/problem"
)

// circle says that the call came through here too often.
const circle = "Candor-Hops: 8"

// What asks for a WebSocket.
const (
	upgrade   = "Connection: Upgrade"
	webSocket = "Upgrade: websocket"
)

// TestOrder reads like docs/contract.md, "The order of the checks": at each step a call that fails there, and one that fails at the next step too. The earlier one is told.
func TestOrder(t *testing.T) {
	long := "GET /v2/me?q={20KB}"
	for _, c := range []struct {
		name    string
		request string
		want    problem.Problem
	}{
		{
			"400 of the head", "GET /v2/me HTTP/1.1\nHost: a\r\n\r\n",
			problem.Problem{Type: problem.MalformedRequest, Detail: problem.DetailBareLF, Part: "request head", At: 20, Line: 1, Excerpt: []byte("HTTP/1.1\n")},
		},
		{
			"400 of the URL", head("GET /v2/%zz"),
			problem.Problem{Type: problem.InvalidURL, Detail: problem.DetailBadEscape, Part: "path", At: 5, Excerpt: []byte("%zz")},
		},
		{
			"400 of the URL before 414", head("GET /v2/%zz?q={20KB}"),
			problem.Problem{Type: problem.InvalidURL, Detail: problem.DetailBadEscape, Part: "path", At: 5, Excerpt: []byte("%zz")},
		},
		{"414", head(long), problem.Problem{Type: problem.URITooLong, Part: "request head", Line: 1, At: 8193, Name: "request_line", Limit: 8 << 10}},
		{"431", head(long, "X: {20KB}"), problem.Problem{Type: problem.HeadersTooLarge, Part: "request head", Line: 3, At: 12242, Name: "head", Limit: 32 << 10, Field: []byte("X")}},
		{
			"417 before 421", "GET /v2/me HTTP/1.1\r\nHost: other.example\r\nExpect: tea\r\n\r\n",
			problem.Problem{Type: problem.ExpectationFailed, Part: "request head", At: 9, Line: 3, Field: []byte("Expect"), Excerpt: []byte("tea")},
		},
		{"421", "GET /v2/me HTTP/1.1\r\nHost: other.example\r\n\r\n", problem.Problem{Type: problem.MisdirectedRequest, Excerpt: []byte("other.example")}},
		{
			"421 for who takes us for a proxy", "GET http://other.example/v2/me HTTP/1.1\r\nHost: other.example\r\n\r\n",
			problem.Problem{Type: problem.MisdirectedRequest, Detail: problem.DetailNoProxy, Excerpt: []byte("other.example")},
		},
		{
			"421 before ambiguous", "GET /v2/me?access_token=x HTTP/1.1\r\nHost: other.example\r\nAuthorization: Bearer y\r\n\r\n",
			problem.Problem{Type: problem.MisdirectedRequest, Excerpt: []byte("other.example")},
		},
		{
			"ambiguous before the scheme", head("GET /v2/nothing?access_token=x", "Authorization: Basic eDp5"),
			problem.Problem{Type: problem.AmbiguousCredentials, Detail: problem.DetailHeaderAndURL, Name: "Authorization", Other: "access_token"},
		},
		{"401 before 404", head("GET /v2/nothing"), problem.Problem{Type: problem.EmptyAccessToken, Detail: problem.DetailNoAuthorization}},
		{"401 before 501", head("BREW /v2/me"), problem.Problem{Type: problem.EmptyAccessToken, Detail: problem.DetailNoAuthorization}},
		{"401 before 405", head("DELETE /v2/me"), problem.Problem{Type: problem.EmptyAccessToken, Detail: problem.DetailNoAuthorization}},
		{"404", head("GET /v2/xyzzy%20plugh", bearer("good")), problem.Problem{Type: problem.ResourceNotFound, Word: []byte("xyzzy%20plugh")}},
		{"404 before 501", head("BREW /v2/xyzzy", bearer("good")), problem.Problem{Type: problem.ResourceNotFound, Word: []byte("xyzzy")}},
		{
			"404 before 405, with a hint", head("DELETE /v2/pots", bearer("good")),
			problem.Problem{Type: problem.ResourceNotFound, Word: []byte("pots"), Nearest: "/v2/posts"},
		},
		{"501", head("BREW /v2/me", bearer("good")), problem.Problem{Type: problem.NotImplemented, Detail: problem.DetailUnknownMethod, Method: []byte("BREW"), Allow: []byte("GET, HEAD")}},
		{
			"501 of a method in small letters", head("get /v2/me", bearer("good")),
			problem.Problem{Type: problem.NotImplemented, Detail: problem.DetailMethodCase, Method: []byte("get"), Allow: []byte("GET, HEAD")},
		},
		{
			"501 of a method in small letters that would be 405 in capitals", head("patch /v2/me", bearer("good")),
			problem.Problem{Type: problem.NotImplemented, Detail: problem.DetailMethodCaseOnly, Method: []byte("patch"), Allow: []byte("GET, HEAD")},
		},
		{"405", head("DELETE /v2/me", bearer("good")), problem.Problem{Type: problem.MethodNotAllowed, Method: []byte("DELETE"), Allow: []byte("GET, HEAD")}},
		{
			"405 before an override", head("DELETE /v2/me", bearer("good"), "X-HTTP-Method: GET"),
			problem.Problem{Type: problem.MethodNotAllowed, Method: []byte("DELETE"), Allow: []byte("GET, HEAD")},
		},
		{
			"405 before the version", head("DELETE /rest/posts", bearer("good")),
			problem.Problem{Type: problem.MethodNotAllowed, Method: []byte("DELETE"), Allow: []byte("GET, HEAD, POST")},
		},
		{
			"an override before the version", head("GET /rest/posts", bearer("good"), "X-Method-Override: DELETE"),
			problem.Problem{Type: problem.InvalidInput, Detail: problem.DetailOverrideRefused, Name: "X-Method-Override"},
		},
		{"400 of the version", head("GET /rest/posts", bearer("good")), problem.Problem{Type: problem.VersionMissing, Name: "LinkedIn-Version", Active: "202504 to 202603"}},
		{"400 of the version before app_disabled", head("GET /rest/posts", bearer("gone")), problem.Problem{Type: problem.VersionMissing, Name: "LinkedIn-Version", Active: "202504 to 202603"}},
		{
			"426", head("GET /rest/posts", bearer("good"), "linkedin-version: 202401"),
			problem.Problem{Type: problem.NonexistentVersion, Name: "LinkedIn-Version", Version: []byte("202401"), Active: "202504 to 202603", Status: 426},
		},
		{
			"426 before app_disabled", head("GET /rest/posts", bearer("gone"), "LinkedIn-Version: 20240101"),
			problem.Problem{Type: problem.NonexistentVersion, Name: "LinkedIn-Version", Version: []byte("20240101"), Active: "202504 to 202603", Status: 426},
		},
		{"app_disabled", head("GET /v2/any", bearer("gone")), problem.Problem{Type: problem.AppDisabled}},
		{"app_disabled before 403", head("POST /v2/posts", bearer("gone")), problem.Problem{Type: problem.AppDisabled}},
		{"an app that no policy has is disabled", head("GET /v2/any", bearer("noapp")), problem.Problem{Type: problem.AppDisabled}},
		{"403 of a product before 508", head("GET /v2/reports", bearer("good"), circle), problem.Problem{
			Type: problem.AccessDenied, Reason: problem.AppLacksProduct, Method: []byte("GET"), Resource: "/v2/reports",
			Required: []string{"ads"}, Granted: []string{"r_profile", "openid"},
		}},
		{"403 of a scope that the app could ask for", head("POST /v2/posts", bearer("good"), circle), problem.Problem{
			Type: problem.AccessDenied, Reason: problem.NotAskedFor, Method: []byte("POST"), Resource: "/v2/posts",
			Required: []string{"w_posts"}, Granted: []string{"r_profile", "openid"},
		}},
		{"403 of a scope that no product of the app has", head("GET /v2/adscope", bearer("app")), problem.Problem{
			Type: problem.AccessDenied, Reason: problem.AppLacksProduct, Method: []byte("GET"), Resource: "/v2/adscope",
			Required: []string{"r_ads"}, Granted: []string{"r_profile", "openid"}, NoMember: true,
		}},
		{"403 of HEAD, of one scope of two", head("HEAD /v2/me", bearer("openid")), problem.Problem{
			Type: problem.AccessDenied, Reason: problem.NotAskedFor, Method: []byte("HEAD"), Resource: "/v2/me",
			Required: []string{"r_profile", "r_basic openid"}, Granted: []string{"openid"}, Example: "GET /v2/me",
		}},
		{"403 of a versioned route before 508", head("POST /rest/drafts", bearer("good"), "LinkedIn-Version: 20260215", circle), problem.Problem{
			Type: problem.AccessDenied, Reason: problem.NotAskedFor, Method: []byte("POST"), Resource: "drafts", Version: []byte("20260215"),
			Required: []string{"w_posts"}, Granted: []string{"r_profile", "openid"},
		}},
		{"403 before the 501 of a WebSocket", head("GET /v2/reports", bearer("good"), upgrade, webSocket), problem.Problem{
			Type: problem.AccessDenied, Reason: problem.AppLacksProduct, Method: []byte("GET"), Resource: "/v2/reports",
			Required: []string{"ads"}, Granted: []string{"r_profile", "openid"},
		}},
		{"401 before it", head("GET /v2/any", upgrade, webSocket), problem.Problem{Type: problem.EmptyAccessToken, Detail: problem.DetailNoAuthorization}},
		{"404 before it", head("GET /v2/ads/1", bearer("good"), upgrade, webSocket), problem.Problem{Type: problem.ResourceNotFound, Word: []byte("ads")}},
		{"501 of a WebSocket before 508", head("GET /v2/any", bearer("good"), upgrade, webSocket, circle), problem.Problem{Type: problem.NotImplemented, Detail: problem.DetailUpgrade}},
		{"508", head("GET /v2/any", bearer("good"), circle), problem.Problem{Type: problem.LoopDetected, Limit: 8, Sent: 8}},
		{"508 before 411", head("POST /v2/notes", bearer("good"), circle), problem.Problem{Type: problem.LoopDetected, Limit: 8, Sent: 8}},
		{"411", head("POST /v2/notes", bearer("good")), problem.Problem{Type: problem.LengthRequired, Method: []byte("POST")}},
		{
			"411 before 415", head("POST /v2/notes", bearer("good"), "Transfer-Encoding: chunked", "Content-Type: text/plain"),
			problem.Problem{Type: problem.LengthRequired, Detail: problem.DetailLengthNotChunked, Method: []byte("POST")},
		},
		{
			"413", head("POST /v2/notes", bearer("good"), "Content-Length: 51", "Content-Type: application/json"),
			problem.Problem{Type: problem.PayloadTooLarge, Limit: 50, Sent: 51},
		},
		{"413 before 415", head("POST /v2/notes", bearer("good"), "Content-Length: 51"), problem.Problem{Type: problem.PayloadTooLarge, Limit: 50, Sent: 51}},
		{
			"415", head("POST /v2/notes", bearer("good"), "Content-Length: 50", "Content-Type: text/plain"),
			problem.Problem{Type: problem.UnsupportedMediaType, Excerpt: []byte("text/plain"), Allow: []byte("application/json")},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			newStage(t).check(t, c.request, admission.Refuses, c.want)
		})
	}
}

// TestOrderOfLimits goes on where TestOrder ends: 415, then the calls in flight, then quotas.
func TestOrderOfLimits(t *testing.T) {
	s := newStage(t)
	s.InFlight = 1
	if _, v := s.admit(t, head("GET /v2/few", bearer("good"))); v != admission.Forwards {
		t.Fatal("the first call must be forwarded")
	}
	first := s.call // under way
	full := problem.Problem{Type: problem.InfrastructureProtection, Detail: problem.DetailInFlight, Quota: "calls in flight", RetryAfter: 1}
	t.Run("415 before calls in flight", func(t *testing.T) {
		s.check(t, head("POST /v2/notes", bearer("good"), "Content-Length: 1"), admission.Refuses,
			problem.Problem{Type: problem.UnsupportedMediaType, Detail: problem.DetailTypeMissing, Allow: []byte("application/json")})
	})
	t.Run("calls in flight before quota", func(t *testing.T) {
		s.check(t, head("GET /v2/few", bearer("good")), admission.Refuses, full)
	})
	t.Run("quota", func(t *testing.T) {
		first.Done(admission.Sent)
		s.check(t, head("GET /v2/few", bearer("good")), admission.Refuses, problem.Problem{
			Type: problem.Throttled, Quota: "member", Limit: 1, Window: "DAY", ResetsAt: noon + day/2, RetryAfter: day/2 + s.call.ID.Jitter(),
		})
	})
}

// TestForwards: what passes, and as whom.
func TestForwards(t *testing.T) {
	for _, c := range []struct {
		name, request string
		route, app    string
	}{
		{"a member's token", head("GET /v2/me?x=1", bearer("good")), "me", "demo"},
		{"HEAD where GET is", head("HEAD /v2/me", bearer("good")), "me", "demo"},
		{"the scheme in any case, and blanks", head("GET /v2/me", "authorization:   bEaReR   {good}  "), "me", "demo"},
		{"two scopes of one set", head("GET /v2/me", bearer("partner")), "me", "partner"},
		{"a token of the app alone", head("GET /v2/few", bearer("app")), "few", "demo"},
		{"a hidden route of whom it is for", head("GET /v2/ads/1/2", bearer("partner")), "ads", "partner"},
		{"a public route, without", head("GET /v2/health"), "health", ""},
		{"a public route looks at no credential", head("GET /v2/health?access_token=x", "Authorization: Nonsense", "Authorization: Bearer bad"), "health", ""},
		{"an optional one, without", head("GET /v2/feed"), "feed", ""},
		{"an optional one, with", head("GET /v2/feed", bearer("good")), "feed", "demo"},
		{"an active version", head("GET /rest/posts", bearer("good"), "LinkedIn-Version: 202504"), "posts", "demo"},
		{"an active version by its day", head("GET /rest/posts", bearer("good"), "LinkedIn-Version: 20260331"), "posts", "demo"},
		{"a body of its type", head("POST /v2/notes", bearer("good"), "Content-Length: 50", "Content-Type: Application/JSON ; charset=utf-8"), "notes", "demo"},
		{"an empty body needs no type", head("POST /v2/notes", bearer("good"), "Content-Length: 0"), "notes", "demo"},
		{"content on GET", head("GET /v2/any", bearer("good"), "Content-Length: 3"), "any", "demo"},
		{"a limit of the route's own", head("PUT /v2/blobs", bearer("good"), "Content-Length: 1048576"), "blobs", "demo"},
		{"a chunked body is bounded later", head("PUT /v2/blobs", bearer("good"), "Transfer-Encoding: chunked"), "blobs", "demo"},
		{"no length in HTTP/1.0", "POST /rest/posts HTTP/1.0\r\nHost: api.example.com\r\nLinkedIn-Version: 202603\r\nAuthorization: Bearer {good}\r\n\r\n", "posts", "demo"},
		{"a bodiless POST in the standard profile", head("POST /v2/any", bearer("good")), "any", "demo"},
		{"came through here twice", head("GET /v2/any", bearer("good"), "Via: 1.1 candor", "Via: 1.1 x, 1.1 candor"), "any", "demo"},
		{"an API whose routes are all public", head("GET /pub/news", "Authorization: Bearer {revoked}"), "news", ""},
		{"absolute-form", "GET http://api.example.com/v2/any HTTP/1.1\r\nHost: api.example.com\r\nAuthorization: Bearer {good}\r\n\r\n", "any", "demo"},
		{"a grant that only the store knows", head("GET /v2/any", bearer("stored")), "any", "demo"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStage(t)
			call := s.check(t, c.request, admission.Forwards, problem.Problem{})
			app := ""
			if call.Caller.App != nil {
				app = call.Caller.App.Name
			}
			if r := call.Match.Route; r == nil || r.Name != r.API.Name+"/"+c.route || app != c.app || call.Caller.Known() != (app != "") {
				t.Errorf("forwarded as %q (grant %v) to %+v, want %q to %s", app, call.Caller.Grant, r, c.app, c.route)
			}
		})
	}
}
