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

// TestOurs: what no route decides about.
func TestOurs(t *testing.T) {
	asks := func(line, method string) string {
		return head(line, "Origin: https://app.example", "Access-Control-Request-Method: "+method)
	}
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
			problem.Problem{Type: problem.ExpectationFailed, Line: 3, At: 51, Field: []byte("Expect"), Excerpt: []byte("tea")},
			"",
		},
		{
			"CONNECT", "CONNECT api.example.com:443 HTTP/1.1\r\nHost: api.example.com:443\r\n\r\n", admission.Refuses,
			problem.Problem{Type: problem.MethodNotAllowed, Detail: problem.DetailConnect, Method: []byte("CONNECT")},
			"",
		},
		{"a preflight where the API has cors", asks("OPTIONS /open/x", "GET"), admission.Answers, problem.Problem{}, "open"},
		{"of a path that is not there", asks("OPTIONS /open/y", "GET"), admission.Answers, problem.Problem{}, "open"},
		{"a preflight where it has none goes to the upstream", asks("OPTIONS /v2/me", "GET"), admission.Forwards, problem.Problem{}, "me"},
		{"of a route with a version", asks("OPTIONS /rest/posts", "POST"), admission.Forwards, problem.Problem{}, "posts"},
		{"of a restricted route it is an unknown path", asks("OPTIONS /v2/reports", "GET"), admission.Refuses, noToken, ""},
		{"of a hidden route too", asks("OPTIONS /v2/ads/1", "GET"), admission.Refuses, noToken, ""},
		{"of a method that the path lacks too", asks("OPTIONS /v2/me", "PUT"), admission.Refuses, noToken, ""},
		{"of a path that is not there too", asks("OPTIONS /v2/xyz", "GET"), admission.Refuses, noToken, ""},
		{"of no API", asks("OPTIONS /nothing", "GET"), admission.Refuses, noToken, ""},
		{"no Origin: a call like any other", head("OPTIONS /open/x", "Access-Control-Request-Method: GET"), admission.Refuses, noToken, ""},
		{"no method asked for: a call like any other", head("OPTIONS /open/x", "Origin: https://a"), admission.Refuses, noToken, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			call := newStage(t, open).check(t, c.request, c.verdict, c.want)
			if (call.Match.Route != nil) != (c.verdict == admission.Forwards) || c.verdict != admission.Refuses && c.route != "" && !call.Preflight {
				t.Errorf("route %+v, preflight %v", call.Match.Route, call.Preflight)
			}
			if c.route == "open" && call.CORS == nil {
				t.Error("the API's cors are lost")
			}
			if call.Token.Grant != nil {
				t.Error("a preflight has no identity")
			}
		})
	}
}

// TestPreflightThatNothingAnswers is an unknown path for a caller with a token, too.
func TestPreflightThatNothingAnswers(t *testing.T) {
	s := newStage(t)
	s.check(t, head("OPTIONS /v2/reports", bearer("good"), "Origin: https://a", "Access-Control-Request-Method: GET"), admission.Refuses,
		problem.Problem{Type: problem.ResourceNotFound, Word: []byte("reports"), Nearest: "/v2/reports"})
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
			if f := http1.ParseRequest([]byte(c.request), &lim, &call.Head); f.Kind == http1.OK {
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
		http1.ParseRequest([]byte(head("GET /open/nowhere")), &lim, &call.Head)
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
