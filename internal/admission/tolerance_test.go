package admission_test

import (
	"testing"

	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/problem"
)

// laxAPI tolerates everything: /x has no enforced checks, /two has a route beside it that asks for a token.
func laxAPI() route.APISpec {
	off, public, own := route.All(route.Off), route.Credentials{Need: route.Public}, route.AcceptAnywhere
	everything := route.AcceptAll
	lax := func(name, path string, methods ...string) route.Spec {
		return route.Spec{Name: name, Path: path, Methods: methods, Credentials: &public, Modes: &off, Accept: &everything}
	}
	return route.APISpec{Name: "lax", Base: "/lax", Upstream: "people", Accept: own, Routes: []route.Spec{
		lax("x", "/x"),
		lax("two", "/two", "POST"),
		{Name: "strict", Path: "/two", Methods: []string{"DELETE"}, Accept: &own},
		{Name: "id", Path: "/projects/{id}", Credentials: &public, Accept: &own},
	}}
}

// TestTolerances: what is let pass is noted, and what would have to be is, of a call that is refused.
func TestTolerances(t *testing.T) {
	for _, c := range []struct {
		name, request    string
		tolerated, would route.Accept
		refused          problem.Type
	}{
		{"nothing", head("GET /lax/x"), 0, 0, problem.None},
		{"an override", head("POST /lax/x", "X-HTTP-Method-Override: DELETE", "Content-Length: 0"), route.OverrideHeaders, 0, problem.None},
		{"two overrides, spelled otherwise", head("POST /lax/x", "X_HTTP_Method: PUT", "X-Method-Override: DELETE", "Content-Length: 0"), route.OverrideHeaders, 0, problem.None},
		{"an override on a path that has a stricter route", head("POST /lax/two", "X-HTTP-Method-Override: DELETE", "Content-Length: 0"), 0, 0, problem.InvalidInput},
		{"an override where the method counts", head("POST /lax/projects/1", "X-HTTP-Method-Override: DELETE", "Content-Length: 0"), 0, 0, problem.InvalidInput},
		{"two Authorization fields", head("GET /lax/x", bearer("good"), bearer("good")), route.TwoAuthorization, 0, problem.None},
		{"two where one counts", head("DELETE /lax/two", bearer("good"), bearer("good")), 0, 0, problem.AmbiguousCredentials},
		{"a segment with a slash", head("GET /lax/projects/group%2Fproject?x=[]"), route.EncodedSlash | route.QueryRaw, 0, problem.None},
		{"the same twice is one use", head("GET /lax/projects/a%2Fb%2Fc"), route.EncodedSlash, 0, problem.None},
		{"a path that nobody knows", head("GET /lax//projects/1"), route.DoubleSlash, 0, problem.EmptyAccessToken},
		{"what is tolerated of the path, and no token", head("DELETE /lax/two?q=#"), route.QueryRaw, 0, problem.EmptyAccessToken},
		{"nothing is tolerated elsewhere", head("GET /v2/open//x"), 0, 0, problem.InvalidURL},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStage(t, laxAPI())
			call, v := s.admit(t, c.request)
			defer call.Done(admission.Sent)
			if call.Problem.Type != c.refused || (v == admission.Refuses) != (c.refused != problem.None) {
				t.Errorf("verdict %d, %s, want %s", v, call.Problem.Type.Name(), c.refused.Name())
			}
			if call.Tolerated != c.tolerated || call.WouldPass != c.would {
				t.Errorf("tolerated %q, would pass with %q; want %q and %q", call.Tolerated, call.WouldPass, c.tolerated, c.would)
			}
		})
	}
}

// TestToleratesNothingOfTheCallBefore: what was noted of one call is not that of the next.
func TestToleratesNothingOfTheCallBefore(t *testing.T) {
	s := newStage(t, laxAPI())
	for _, request := range []string{head("GET /lax/projects/a%2Fb"), head("TRACE /v2/me")} {
		c, _ := s.admit(t, request)
		c.Done(admission.Sent)
	}
	if c, _ := s.admit(t, head("GET /lax/x")); c.Tolerated != 0 || c.WouldPass != 0 {
		t.Errorf("tolerated %q, would pass with %q", c.Tolerated, c.WouldPass)
	}
}

func TestTolerancesAllocateNothing(t *testing.T) {
	s := newStage(t, laxAPI())
	for _, request := range []string{
		head("GET /lax/projects/group%2Fproject"), head("GET /lax/projects//x"), head("POST /lax/x", "X-HTTP-Method-Override: DELETE", "Content-Length: 0"), head("TRACE /lax/x"),
	} {
		raw := []byte(request)
		if n := testing.AllocsPerRun(100, func() {
			c, _ := s.judge(t, raw)
			c.Done(admission.Sent)
		}); n != 0 {
			t.Errorf("%.40q: %v allocations", request, n)
		}
	}
}
