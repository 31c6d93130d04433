package admission_test

import (
	"testing"

	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/problem"
)

const form = "Content-Type: application/x-www-form-urlencoded"

// TestOverrides: a header that makes another method of the call behind us is refused, but for the tunnelled query.
func TestOverrides(t *testing.T) {
	refused := problem.Problem{Type: problem.InvalidInput, Detail: problem.DetailOverrideRefused, Name: "X-HTTP-Method-Override"}
	named := func(name string) problem.Problem {
		p := refused
		p.Name = name
		return p
	}
	wrongMethod := problem.Problem{Type: problem.MethodNotAllowed, Method: []byte("POST"), Allow: []byte("GET, HEAD, PUT")}
	for _, c := range []struct {
		name, request string
		want          problem.Problem
		tunnelled     bool
	}{
		{"tunnelled", head("POST /v2/find", bearer("good"), "X-HTTP-Method-Override: GET", form, "Content-Length: 3"), problem.Problem{}, true},
		{
			"tunnelled, in chunks, the form with a charset", head("POST /v2/find", bearer("good"), "x-http-method-override: GET", form+";charset=UTF-8", "Transfer-Encoding: chunked"),
			problem.Problem{},
			true,
		},
		{
			"a tunnelled query is a form", head("POST /v2/find", bearer("good"), "X-HTTP-Method-Override: GET", "Content-Type: application/json", "Content-Length: 3"),
			problem.Problem{Type: problem.UnsupportedMediaType, Excerpt: []byte("application/json"), Allow: []byte("application/x-www-form-urlencoded")},
			true,
		},
		{
			"authorised as GET", head("POST /v2/me", bearer("good"), "X-HTTP-Method-Override: GET", form, "Content-Length: 3"),
			problem.Problem{Type: problem.MethodNotAllowed, Method: []byte("POST"), Allow: []byte("GET, HEAD")},
			false,
		},
		{"not where the route does not say so", head("POST /v2/any", bearer("good"), "X-HTTP-Method-Override: GET", form, "Content-Length: 3"), refused, false},
		{"no other method", head("POST /v2/find", bearer("good"), "X-HTTP-Method-Override: PUT", form, "Content-Length: 3"), wrongMethod, false},
		{"GET in small letters is another method", head("POST /v2/find", bearer("good"), "X-HTTP-Method-Override: get", form, "Content-Length: 3"), wrongMethod, false},
		{"not from another method", head("PUT /v2/find", bearer("good"), "X-HTTP-Method-Override: GET", "Content-Length: 3"), refused, false},
		{"not twice", head("POST /v2/find", bearer("good"), "X-HTTP-Method-Override: GET", "X-HTTP-Method-Override: GET", form, "Content-Length: 3"), wrongMethod, false},
		{"not beside another spelling", head("POST /v2/find", bearer("good"), "X-HTTP-Method-Override: GET", "X_HTTP_Method-Override: PUT", form, "Content-Length: 3"), named("X_HTTP_Method-Override"), true},
		{"not beside another header", head("POST /v2/find", bearer("good"), "X-HTTP-Method-Override: GET", "X-Method-Override: PUT", form, "Content-Length: 3"), named("X-Method-Override"), true},
		{"X-HTTP-Method", head("GET /v2/any", bearer("good"), "X-HTTP-Method: GET"), named("X-HTTP-Method"), false},
		{"X-Method-Override", head("GET /v2/any", bearer("good"), "X-Method-Override: DELETE"), named("X-Method-Override"), false},
		{"with underscores", head("GET /v2/any", bearer("good"), "X_Http_Method_Override: DELETE"), named("X_Http_Method_Override"), false},
		{"also on a public route", head("GET /v2/health", "X-HTTP-Method: DELETE"), named("X-HTTP-Method"), false},
		{"an empty one too", head("GET /v2/any", bearer("good"), "X-HTTP-Method-Override:"), refused, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			verdict := admission.Refuses
			if c.want.Type == problem.None {
				verdict = admission.Forwards
			}
			call := newStage(t).check(t, c.request, verdict, c.want)
			if call.Tunnelled != c.tunnelled || c.tunnelled && string(call.Method()) != "GET" {
				t.Errorf("tunnelled %v, as %s", call.Tunnelled, call.Method())
			}
		})
	}
}

// TestOverridesOfPublicUpstream: where no route of an upstream looks at credentials an override passes, unless it asks for what its path does not take.
func TestOverridesOfPublicUpstream(t *testing.T) {
	refused := func(name string) problem.Problem {
		return problem.Problem{Type: problem.InvalidInput, Detail: problem.DetailOverrideRefused, Name: name}
	}
	specs := []route.APISpec{{Name: "open", Hosts: []string{"api.example.com"}, Upstream: "people", Credentials: route.Credentials{Need: route.Public}, Routes: []route.Spec{
		{Name: "all", Path: "/**"},
		{Name: "few", Path: "/few", Methods: []string{"GET", "POST", "PUT"}},
	}}}
	for _, c := range []struct {
		name, request string
		want          problem.Problem
	}{
		{"every method", head("POST /p", "X-HTTP-Method-Override: DELETE"), problem.Problem{}},
		{"in other fields", head("POST /p", "X-HTTP-Method: DELETE", "X_Method_Override: PURGE"), problem.Problem{}},
		{"TRACE is taken nowhere", head("POST /p", "X-HTTP-Method: trace"), refused("X-HTTP-Method")},
		{"a method of the path", head("POST /few", "X-HTTP-Method-Override: put"), problem.Problem{}},
		{"none of the path", head("POST /few", "X-HTTP-Method-Override: PUT", "X-Method-Override: DELETE"), refused("X-Method-Override")},
		{"HEAD with GET", head("GET /few", "X-HTTP-Method-Override: HEAD"), problem.Problem{}},
		{"two in one", head("POST /few", "X-HTTP-Method-Override: PUT, DELETE"), refused("X-HTTP-Method-Override")},
		{"an empty one", head("POST /few", "X-HTTP-Method-Override:"), problem.Problem{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			verdict := admission.Refuses
			if c.want.Type == problem.None {
				verdict = admission.Forwards
			}
			stageOf(t, 3, specs).check(t, c.request, verdict, c.want)
		})
	}
}
