package admission_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/route"
)

// untouchedAPIs are those of moded left untouched, as candor observe has those of a file, with more preflights.
func untouchedAPIs(words string) []route.APISpec {
	all := moded(words)
	m, public := all[0].Modes, route.Credentials{Need: route.Public}
	passing := route.APISpec{
		Name: "p", Hosts: all[0].Hosts, Base: "/p", Upstream: "people", Modes: m, Preflight: route.PassPreflights,
		Routes: []route.Spec{{Name: "me", Path: "/me", Methods: []string{"GET"}}},
	}
	open := route.APISpec{
		Name: "o", Hosts: all[0].Hosts, Base: "/o", Upstream: "people", Modes: m, Credentials: public, Routes: []route.Spec{
			{Name: "me", Path: "/me", Methods: []string{"GET"}, Credentials: &public},
			{Name: "options", Path: "/me", Methods: []string{"OPTIONS"}, Credentials: &public},
		},
	}
	all = append(all, passing, open)
	for i := range all {
		all[i].Untouched, all[i].Unguarded = true, true
	}
	return all
}

// TestUntouchedPreflights: each of them goes on as it came, and what would become of it is noted once, as a preflight alone.
func TestUntouchedPreflights(t *testing.T) {
	const origin, foreign = "Origin: https://a.example", "Origin: https://evil.example"
	get, put := "Access-Control-Request-Method: GET", "Access-Control-Request-Method: PUT"
	for _, c := range []struct {
		name, modes, request string
		would                []string
	}{
		{"of a route that wants a credential", "observe", head("OPTIONS /m/me", origin, get), []string{"preflight preflight_denied preflight_off"}},
		{"the credential off", "observe credential=off permission=off", head("OPTIONS /m/me", origin, get), nil},
		{"preflights off", "observe preflight=off", head("OPTIONS /m/open", origin, get), nil},
		{"all off", "off", head("OPTIONS /m/me", origin, get), nil},
		{"of a public route", "observe", head("OPTIONS /m/open", origin, get), nil},
		{"of an unknown path", "observe", head("OPTIONS /m/nothing", origin, get), []string{"preflight preflight_denied preflight_off"}},
		{"of an unknown path, the credential off", "observe credential=off permission=off", head("OPTIONS /m/nothing", origin, get), []string{"path resource_not_found"}},
		{"of an unknown path that may be, the credential off", "observe path=off credential=off permission=off", head("OPTIONS /m/nothing", origin, get), nil},
		{"of a method that the path lacks", "observe", head("OPTIONS /m/me", origin, put), []string{"preflight preflight_denied preflight_off"}},
		{"that the API answers", "observe", head("OPTIONS /p/me", origin, get), nil},
		{"that the API answers, of an unknown path", "observe", head("OPTIONS /p/nothing", origin, get), []string{"preflight preflight_denied preflight_route"}},
		{"that the API answers, of an unknown path that may be", "observe path=off", head("OPTIONS /p/nothing", origin, get), nil},
		{"where OPTIONS is for everybody", "observe", head("OPTIONS /o/me", origin, get), nil},
		{"that is none", "observe", head("OPTIONS /o/me", origin), nil},
		{"with two origins", "observe", head("OPTIONS /c/me", origin, foreign, get), []string{"credential empty_access_token no_authorization", "method method_not_allowed"}},
		{"that cors: answers", "observe", head("OPTIONS /c/me", origin, get), nil},
		{"that cors: answers, of an unknown path", "observe", head("OPTIONS /c/nothing", origin, get), nil},
		{"of an origin that cors: lacks", "observe", head("OPTIONS /c/me", foreign, get), []string{"preflight preflight_denied preflight_origin"}},
		{"of a method that cors: lacks", "observe", head("OPTIONS /c/me", origin, put), []string{"preflight preflight_denied preflight_method"}},
		{"of a header that cors: lacks", "observe", head("OPTIONS /c/me", origin, get, "Access-Control-Request-Headers: x-a"), []string{"preflight preflight_denied preflight_header"}},
		{"with a body of a type that no route takes", "observe", head("OPTIONS /c/me", origin, get, "Content-Length: 500", "Content-Type: text/x"), nil},
		{"a call of a script", "observe", head("GET /c/me", foreign, bearer("good")), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := stageOf(t, 3, append(apis(), untouchedAPIs(c.modes)...))
			call, v := s.admit(t, c.request)
			if v != admission.Forwards || call.Bare || call.CORS != nil || call.Match.Route == nil {
				t.Errorf("verdict %d, bare %v, cors %v, route %v", v, call.Bare, call.CORS, call.Match.Route)
			}
			if diff := cmp.Diff(c.would, would(call)); diff != "" {
				t.Errorf("observed (-want +got):\n%s", diff)
			}
			if len(c.would) > 0 && call.First.Type != call.Would()[0].Type {
				t.Errorf("the first is %s", call.First.Type)
			}
		})
	}
}
