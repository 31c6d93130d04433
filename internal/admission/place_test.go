package admission_test

import (
	"testing"

	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/problem"
)

// open is an API that says how browsers of other origins may call it.
var open = route.APISpec{
	Name: "open", Hosts: []string{"api.example.com"}, Base: "/open", Upstream: "people", CORS: &route.CORSSpec{Origins: []string{"*"}, Methods: []string{"GET"}},
	Routes: []route.Spec{{Name: "open", Path: "/x", Methods: []string{"GET"}}},
}

// asking is an API that answers preflights itself.
var asking = route.APISpec{
	Name: "asking", Hosts: []string{"api.example.com"}, Base: "/asks", Upstream: "people", Preflight: route.PassPreflights,
	Routes: []route.Spec{
		{Name: "asks", Path: "/x", Methods: []string{"GET"}},
		{Name: "asks.versioned", Path: "/versioned", Version: &route.VersionSpec{Header: "LinkedIn-Version", Months: 12}},
		{Name: "asks.optional", Path: "/optional", Credentials: &route.Credentials{Need: route.Optional}},
		{Name: "asks.listed", Path: "/listed", Methods: []string{"GET"}},
		{Name: "listed", Path: "/listed", Methods: []string{"OPTIONS"}, Credentials: &route.Credentials{Need: route.Public}},
		{Name: "asks.hidden", Path: "/hidden", Products: []string{"ads"}, Restricted: true, Hidden: true},
	},
}

// some is an API that names the origin that may call it.
var some = route.APISpec{
	Name: "some", Hosts: []string{"api.example.com"}, Base: "/some", Upstream: "people",
	CORS:   &route.CORSSpec{Origins: []string{"https://a.example"}, Methods: []string{"GET"}, Headers: []string{"X-A"}},
	Routes: []route.Spec{{Name: "ws", Path: "/ws", Credentials: &route.Credentials{Need: route.Public}, Upgrade: &route.Upgrade{Protocols: []string{route.WebSocket}}}},
}

// TestOurs: what no route decides about.
func TestOurs(t *testing.T) {
	asks := func(line, method string) string {
		return head(line, "Origin: https://app.example", "Access-Control-Request-Method: "+method)
	}
	denied := problem.Problem{Type: problem.PreflightDenied, Detail: problem.DetailPreflightOff, Excerpt: []byte("https://app.example")}
	nothing := denied
	nothing.Detail = problem.DetailPreflightRoute
	noToken := problem.Problem{Type: problem.EmptyAccessToken, Detail: problem.DetailNoAuthorization}
	for _, c := range []struct {
		name, request string
		verdict       admission.Verdict
		want          problem.Problem
		route         string
	}{
		{"OPTIONS *", head("OPTIONS *"), admission.Answers, problem.Problem{}, ""},
		{
			"OPTIONS * with an Expect that nobody knows", head("OPTIONS *", "Expect: tea"), admission.Refuses,
			problem.Problem{Type: problem.ExpectationFailed, Part: "request head", Line: 3, At: 9, Field: []byte("Expect"), Excerpt: []byte("tea")},
			"",
		},
		{
			"CONNECT", "CONNECT api.example.com:443 HTTP/1.1\r\nHost: api.example.com:443\r\n\r\n", admission.Refuses,
			problem.Problem{Type: problem.MethodNotAllowed, Detail: problem.DetailConnect, Method: []byte("CONNECT")},
			"",
		},
		{"a preflight where the API has cors", asks("OPTIONS /open/x", "GET"), admission.Answers, problem.Problem{}, "open"},
		{"of a path that is not there", asks("OPTIONS /open/y", "GET"), admission.Answers, problem.Problem{}, "open"},
		{"a preflight where it has none", asks("OPTIONS /v2/me", "GET"), admission.Refuses, denied, ""},
		{"whatever it brings", head("OPTIONS /v2/me", bearer("good"), "Cookie: a=b", "Content-Length: 2", "Origin: https://app.example", "Access-Control-Request-Method: GET"), admission.Refuses, denied, ""},
		{"of a restricted route", asks("OPTIONS /v2/reports", "GET"), admission.Refuses, denied, ""},
		{"of a hidden route", asks("OPTIONS /v2/ads/1", "GET"), admission.Refuses, denied, ""},
		{"of a method that the path lacks", asks("OPTIONS /v2/me", "PUT"), admission.Refuses, denied, ""},
		{"of a path that is not there", asks("OPTIONS /v2/xyz", "GET"), admission.Refuses, denied, ""},
		{"of no API", asks("OPTIONS /nothing", "GET"), admission.Refuses, denied, ""},
		{"of a public route: it passes as it came", asks("OPTIONS /pub/news", "GET"), admission.Forwards, problem.Problem{}, "news"},
		{"where the API lets it pass", asks("OPTIONS /asks/x", "GET"), admission.Forwards, problem.Problem{}, "bare"},
		{"of a route with a version", asks("OPTIONS /asks/versioned", "GET"), admission.Forwards, problem.Problem{}, "bare"},
		{"of an optional route", asks("OPTIONS /asks/optional", "GET"), admission.Forwards, problem.Problem{}, "bare"},
		{"of a route that lists OPTIONS for everybody", asks("OPTIONS /asks/listed", "GET"), admission.Forwards, problem.Problem{}, "listed"},
		{"there a hidden route passes none", asks("OPTIONS /asks/hidden", "GET"), admission.Refuses, nothing, ""},
		{"nor does a path that is not there", asks("OPTIONS /asks/nothing", "GET"), admission.Refuses, nothing, ""},
		{"nor a method that the path lacks", asks("OPTIONS /asks/x", "PUT"), admission.Refuses, nothing, ""},
		{
			"two tokens in the URL", asks("OPTIONS /asks/x?access_token=1&access_token=2", "GET"), admission.Refuses,
			problem.Problem{Type: problem.AmbiguousCredentials, Detail: problem.DetailTwoInURL},
			"",
		},
		{
			"of another origin than those of the block", head("OPTIONS /some/x", "Origin: https://b.example", "Access-Control-Request-Method: GET"), admission.Refuses,
			problem.Problem{Type: problem.PreflightDenied, Detail: problem.DetailPreflightOrigin, Excerpt: []byte("https://b.example")},
			"",
		},
		{
			"of another method", head("OPTIONS /some/x", "Origin: https://a.example", "Access-Control-Request-Method: PUT"), admission.Answers,
			problem.Problem{Type: problem.PreflightDenied, Detail: problem.DetailPreflightMethod, Excerpt: []byte("https://a.example"), Method: []byte("PUT")},
			"",
		},
		{
			"of another header", head("OPTIONS /some/x", "Origin: https://a.example", "Access-Control-Request-Method: GET", "Access-Control-Request-Headers: x-a,x-b"), admission.Answers,
			problem.Problem{Type: problem.PreflightDenied, Detail: problem.DetailPreflightHeader, Excerpt: []byte("https://a.example"), Field: []byte("x-b")},
			"",
		},
		{"two Origins: a call like any other", asks("OPTIONS /open/x", "GET\r\nOrigin: https://b"), admission.Refuses, noToken, ""},
		{"two methods asked for: a call like any other", asks("OPTIONS /open/x", "GET\r\nAccess-Control-Request-Method: PUT"), admission.Refuses, noToken, ""},
		{"no Origin: a call like any other", head("OPTIONS /open/x", "Access-Control-Request-Method: GET"), admission.Refuses, noToken, ""},
		{"no method asked for: a call like any other", head("OPTIONS /open/x", "Origin: https://a"), admission.Refuses, noToken, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			call := newStage(t, open, asking, some).check(t, c.request, c.verdict, c.want)
			if c.verdict == admission.Forwards && call.Match.Route == nil || c.verdict != admission.Refuses && c.route != "" && !call.Preflight {
				t.Errorf("route %+v, preflight %v", call.Match.Route, call.Preflight)
			}
			if call.Bare != (c.route == "bare") {
				t.Errorf("bare: %v", call.Bare)
			}
			if c.route == "open" && call.CORS == nil {
				t.Error("the API's cors are lost")
			}
			if call.Caller.Known() {
				t.Error("a preflight has no identity")
			}
		})
	}
}

// TestLocate: an answer speaks as the API of its call does, also where the call was refused before a route was looked for.
func TestLocate(t *testing.T) {
	lim := http1.Defaults()
	for _, c := range []struct{ name, request, api string }{
		{"a framing fault behind Host", "GET /rest/posts HTTP/1.1\r\nHost: api.example.com\r\nX y: 1\r\n\r\n", "rest"},
		{"before Host nothing is known", "GET /rest/posts HTTP/1.1\r\nX y: 1\r\nHost: api.example.com\r\n\r\n", ""},
		{"in the request line nothing is known", "GET  /rest/posts HTTP/1.1\r\nHost: api.example.com\r\n\r\n", ""},
		{"another host", "GET /rest/posts HTTP/1.1\r\nHost: b.example\r\nX y: 1\r\n\r\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStage(t)
			call := &s.call
			call.Head.Reset()
			if f := http1.ParseRequest([]byte(c.request), &lim, call.Head); f.Kind == http1.OK {
				t.Fatal("the request must be wrong")
			}
			call.Begin(s.Policy)
			call.LocateByLines()
			if got := nameOf(call.Match.API); got != c.api {
				t.Errorf("%q, want %q", got, c.api)
			}
		})
	}
	t.Run("a whole head", func(t *testing.T) {
		s := newStage(t, open)
		call := &s.call
		call.Head.Reset()
		http1.ParseRequest([]byte(head("GET /open/nowhere")), &lim, call.Head)
		call.Begin(s.Policy)
		if call.Locate(); nameOf(call.Match.API) != "open" || call.CORS == nil {
			t.Errorf("%q, cors %v", nameOf(call.Match.API), call.CORS)
		}
	})
}

func nameOf(api *route.API) string {
	if api == nil {
		return ""
	}
	return api.Name
}
