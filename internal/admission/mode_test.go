package admission_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/jsontext"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/problem"
)

// modesOf reads "observe", or "enforce quota=off body=observe": the first word is for all checks that are not named.
func modesOf(words string) *route.Modes {
	m := route.Modes{}
	for word := range strings.FieldsSeq(words) {
		name, mode, named := strings.Cut(word, "=")
		if !named {
			m = route.All(modeOf(name))
			continue
		}
		for c := range route.CheckCount {
			if c.String() == name {
				m[c] = modeOf(mode)
			}
		}
	}
	return &m
}

func modeOf(word string) route.Mode {
	for _, m := range []route.Mode{route.Enforce, route.Observe, route.Off} {
		if m.String() == word {
			return m
		}
	}
	panic(word)
}

// moded is an API at /m whose routes are all in these modes, with cors: for one origin at /c.
func moded(words string) []route.APISpec {
	m := *modesOf(words)
	public, hosts := route.Credentials{Need: route.Public}, []string{"api.example.com"}
	routes := []route.Spec{
		{Name: "me", Path: "/me", Methods: []string{"GET"}, Scopes: [][]string{{"r_profile"}}, Quota: "few"},
		{Name: "create", Path: "/me", Methods: []string{"POST"}, Scopes: [][]string{{"w_posts"}}},
		{Name: "notes", Path: "/notes", Methods: []string{"POST"}, Body: route.BodySpec{Types: []string{"application/json"}, CheckJSON: true, LengthRequired: true}},
		{Name: "linked", Path: "/linked", Methods: []string{"GET"}, TokenInQuery: new(bool)},
		{Name: "dated", Path: "/dated", Methods: []string{"GET"}, Version: &route.VersionSpec{Header: "V", Months: 12}},
		{Name: "open", Path: "/open", Methods: []string{"GET"}, Credentials: &public},
		{Name: "find", Path: "/find", Methods: []string{"GET"}, Tunnel: true},
	}
	*routes[3].TokenInQuery = true
	return []route.APISpec{
		{Name: "m", Hosts: hosts, Base: "/m", Upstream: "people", Modes: m, Routes: routes},
		{Name: "c", Hosts: hosts, Base: "/c", Upstream: "people", Modes: m, CORS: &route.CORSSpec{Origins: []string{"https://a.example"}, Methods: []string{"GET"}}, Routes: []route.Spec{
			{Name: "me", Path: "/me", Methods: []string{"GET"}},
		}},
	}
}

// would are the observations of a call: "credential empty_access_token".
func would(c *admission.Call) (all []string) {
	for _, o := range c.Would() {
		text := o.Check.String() + " " + o.Type.Name()
		if o.Detail != problem.NoDetail {
			text += " " + o.Detail.Name()
		}
		all = append(all, text)
	}
	return all
}

func TestObserved(t *testing.T) {
	const origin, foreign = "Origin: https://a.example", "Origin: https://evil.example"
	ask := "Access-Control-Request-Method: GET"
	for _, c := range []struct {
		name, modes, request string
		route                string // that the call is forwarded by; else the problem
		app                  string
		would                []string
	}{
		{"nothing to note", "observe", head("GET /m/me", bearer("good")), "m/me", "demo", nil},
		{"no credential", "observe", head("GET /m/me"), "m/me", "", []string{"credential empty_access_token no_authorization"}},
		{"a bad credential names nobody", "observe", head("GET /m/me", bearer("expired")), "m/me", "", []string{"credential expired_access_token"}},
		{"two credentials", "observe", head("GET /m/me?access_token=x", bearer("good")), "m/me", "", []string{"credential ambiguous_credentials header_and_url"}},
		{"another scheme", "observe", head("GET /m/me", "Authorization: Basic eDp5"), "m/me", "", []string{"credential unknown_auth_scheme"}},
		{"a token of a grant that the store does not know", "observe", head("GET /m/me", bearer("absent")), "m/me", "", []string{"credential invalid_access_token token_unknown_grant"}},
		{"a store that is down", "observe", head("GET /m/me", bearer("unstored")), "m/me", "", []string{"credential token_verification_failed store_down"}},
		{"less than the route asks for", "observe", head("POST /m/me", bearer("good")), "m/create", "demo", []string{"permission access_denied"}},
		{"a disabled app", "observe", head("GET /m/me", bearer("gone")), "m/me", "gone", []string{"permission app_disabled"}},
		{"permission enforced", "observe credential=enforce permission=enforce", head("POST /m/me", bearer("good")), "access_denied", "demo", nil},
		{"an unknown path", "observe", head("GET /m/nothing", bearer("good")), "m/", "demo", []string{"path resource_not_found"}},
		{"the base itself", "observe", head("GET /m", bearer("good")), "m/", "demo", []string{"path resource_not_found"}},
		{"an unknown path without a credential", "observe", head("GET /m/nothing"), "m/", "", []string{"credential empty_access_token no_authorization", "path resource_not_found"}},
		{"an unknown path, the credential enforced", "enforce path=observe", head("GET /m/nothing"), "empty_access_token", "", nil},
		{"an unknown path, enforced", "observe path=enforce", head("GET /m/nothing"), "resource_not_found", "", []string{"credential empty_access_token no_authorization"}},
		{"a path of no API", "observe", head("GET /nowhere", bearer("good")), "resource_not_found", "demo", nil},
		{"a method that the path lacks", "observe", head("DELETE /m/notes", bearer("good")), "m/notes", "demo", []string{"method method_not_allowed"}},
		{"a method of nobody", "observe", head("BREW /m/notes", bearer("good")), "m/notes", "demo", []string{"method not_implemented unknown_method"}},
		{"a method that the path lacks, enforced", "observe method=enforce", head("DELETE /m/notes", bearer("good")), "method_not_allowed", "demo", nil},
		{"such a call must be allowed by every route of the path", "enforce method=observe", head("DELETE /m/me", bearer("good")), "access_denied", "demo", []string{"method method_not_allowed"}},
		{"an override", "observe", head("GET /m/notes", bearer("good"), "X-HTTP-Method: DELETE"), "m/notes", "demo", []string{"method method_not_allowed", "method invalid_input override_refused"}},
		{"an override, the credential enforced", "observe credential=enforce permission=enforce", head("GET /m/dated", bearer("good"), "V: 202603", "X-HTTP-Method: DELETE"), "invalid_input", "demo", nil},
		{"an override, the credential off", "observe credential=off permission=off", head("GET /m/dated", "V: 202603", "X-HTTP-Method: DELETE"), "m/dated", "", []string{"method invalid_input override_refused"}},
		{"no version", "observe", head("GET /m/dated", bearer("good")), "m/dated", "demo", []string{"version version_missing"}},
		{"no length, another type", "observe", head("POST /m/notes", bearer("good"), "Transfer-Encoding: chunked", "Content-Type: text/plain"), "m/notes", "demo", []string{
			"length length_required length_not_chunked", "media_type unsupported_media_type",
		}},
		{"too much", "observe", head("POST /m/notes", bearer("good"), "Content-Length: 101", "Content-Type: application/json"), "m/notes", "demo", []string{"length payload_too_large"}},
		{"a body that is held to be checked has less", "observe body=enforce", head("POST /m/notes", bearer("good"), "Content-Length: 51", "Content-Type: application/json"), "m/notes", "demo", []string{"length payload_too_large"}},
		{"compressed", "observe", head("POST /m/notes", bearer("good"), "Content-Length: 5", "Content-Type: application/json", "Content-Encoding: gzip"), "m/notes", "demo", []string{"media_type unsupported_media_type encoding_unsupported"}},
		{"compressed, and only the body is observed", "enforce body=observe", head("POST /m/notes", bearer("good"), "Content-Length: 5", "Content-Type: application/json", "Content-Encoding: gzip"), "m/notes", "demo", nil},
		{"a loop is no check", "observe", head("GET /m/dated", bearer("good"), "V: 202603", circle), "loop_detected", "demo", nil},
		{"faults of the URL are no check", "off", head("GET /m/%zz"), "invalid_url", "", nil},
		{"hosts are no check", "observe", "GET /m/me HTTP/1.1\r\nHost: other.example\r\n\r\n", "misdirected_request", "", nil},
		{"all at once, in their order", "observe", head("DELETE /m/dated?access_token=x", "Authorization: Basic eDp5", "X-HTTP-Method: PUT"), "m/dated", "", []string{
			"credential ambiguous_credentials header_and_url", "method method_not_allowed", "method invalid_input override_refused", "version version_missing",
		}},
		{"an enforced check after observed ones", "observe version=enforce", head("GET /m/dated"), "version_missing", "", []string{"credential empty_access_token no_authorization"}},
		{"off notes nothing", "off", head("DELETE /m/me?access_token=x", "Authorization: Basic eDp5"), "m/me", "", nil},
		{"a public route has nothing to note", "observe", head("GET /m/open", "Authorization: Basic eDp5"), "m/open", "", nil},
		{"tunnelled, and of another type", "observe", head("POST /m/find", bearer("good"), "X-HTTP-Method-Override: GET", "Content-Type: text/plain", "Content-Length: 3"), "m/find", "demo", []string{"media_type unsupported_media_type"}},
		{"a preflight", "observe", head("OPTIONS /m/me", origin, ask), "m/me", "", []string{"preflight preflight_denied preflight_off"}},
		{"a preflight, the credential enforced", "enforce preflight=observe", head("OPTIONS /m/me", origin, ask), "m/me bare", "", []string{"preflight preflight_denied preflight_off"}},
		{"a preflight, off", "enforce preflight=off", head("OPTIONS /m/me", origin, ask), "m/me bare", "", nil},
		{"a preflight of nothing, the credential enforced", "enforce preflight=observe", head("OPTIONS /m/nothing", origin, ask), "empty_access_token", "", []string{"preflight preflight_denied preflight_off"}},
		{"a preflight that cors: lacks", "observe", head("OPTIONS /c/me", foreign, ask), "c/me", "", []string{"preflight preflight_denied preflight_origin"}},
		{"a preflight that cors: lacks, the credential enforced", "enforce preflight=observe", head("OPTIONS /c/me", foreign, ask), "c/me bare", "", []string{"preflight preflight_denied preflight_origin"}},
		{"a preflight that cors: lacks, enforced", "observe preflight=enforce", head("OPTIONS /c/me", foreign, ask), "preflight_denied", "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := stageOf(t, 3, append(apis(), moded(c.modes)...))
			call, v := s.admit(t, c.request)
			got := call.Problem.Type.Name()
			if v == admission.Forwards {
				got = call.Match.Route.Name
				if call.Bare {
					got += " bare"
				}
				if call.Problem.Type != problem.None {
					t.Errorf("forwarded with the problem %s", call.Problem.Type)
				}
			}
			app := ""
			if call.Caller.App != nil {
				app = call.Caller.App.Name
			}
			if got != c.route || app != c.app {
				t.Errorf("verdict %d: %q as %q, want %q as %q", v, got, app, c.route, c.app)
			}
			if diff := cmp.Diff(c.would, would(call)); diff != "" {
				t.Errorf("observed (-want +got):\n%s", diff)
			}
			if len(c.would) > 0 && call.First.Type.Name() != strings.Fields(c.would[0])[1] {
				t.Errorf("the first is %s", call.First.Type)
			}
			call.Done(admission.Sent)
			if n := s.Quota.InFlight(); n != 0 {
				t.Errorf("%d calls in flight at the end", n)
			}
		})
	}
}

// TestObservedQuota: what is only observed counts, refuses nobody, and counts nothing of callers that it does not know.
func TestObservedQuota(t *testing.T) {
	s := stageOf(t, 3, append(apis(), moded("observe")...))
	for i, want := range [][]string{nil, {"quota throttled"}, {"quota throttled"}} {
		c, v := s.admit(t, head("GET /m/me", bearer("good")))
		if diff := cmp.Diff(want, would(c)); diff != "" || v != admission.Forwards {
			t.Errorf("call %d: verdict %d\n%s", i, v, diff)
		}
		c.Done(admission.Sent)
	}
	for range 3 {
		c, _ := s.admit(t, head("GET /m/me"))
		if diff := cmp.Diff([]string{"credential empty_access_token no_authorization"}, would(c)); diff != "" {
			t.Error(diff)
		}
		c.Done(admission.Sent)
	}
}

// TestObservedGuesses: tokens that are not ours are nobody's guesses where the API takes others.
func TestObservedGuesses(t *testing.T) {
	s := stageOf(t, 1, append(apis(), moded("observe")...))
	for range 5 {
		c, _ := s.admit(t, head("GET /m/me", bearer("altered")))
		if got := would(c); len(got) != 1 || got[0] != "credential invalid_access_token token_altered" {
			t.Fatalf("observed: %q", got)
		}
		c.Done(admission.Sent)
	}
	s.check(t, head("GET /v2/me", bearer("altered")), admission.Refuses, problem.Problem{Type: problem.InvalidAccessToken, Detail: problem.DetailTokenAltered, Sent: 71})
}

// TestObservedTokenStays: a credential that is only observed goes up as it came, a good one too.
func TestObservedTokenStays(t *testing.T) {
	for modes, cut := range map[string]bool{"enforce": true, "observe": false} {
		c, v := stageOf(t, 3, append(apis(), moded(modes)...)).admit(t, head("GET /m/linked?access_token={good}"))
		if v != admission.Forwards || !c.Caller.Known() || (c.InQuery.End > 0) != cut || c.Match.Route.ForwardCredential == cut {
			t.Errorf("%s: verdict %d, known %t, cut %v, forwarded %t", modes, v, c.Caller.Known(), c.InQuery, c.Match.Route.ForwardCredential)
		}
	}
}

// TestRulesOfBodies: what is enforced bounds a body, what is observed only looks.
func TestRulesOfBodies(t *testing.T) {
	for modes, want := range map[string]admission.BodyRules{
		"enforce":              {Max: 50, Check: true, Held: 50},
		"observe":              {Noted: 100, Watch: true, Held: 50},
		"enforce body=observe": {Max: 100, Watch: true, Held: 50},
		"enforce body=off":     {Max: 100},
		"observe body=enforce": {Max: 50, Noted: 50, Check: true, Held: 50},
		"off":                  {},
	} {
		c, v := stageOf(t, 3, append(apis(), moded(modes)...)).admit(t, head("POST /m/notes", bearer("good"), "Content-Length: 5", "Content-Type: application/json"))
		if diff := cmp.Diff(want, c.BodyRules()); diff != "" || v != admission.Forwards {
			t.Errorf("%s: verdict %d\n%s", modes, v, diff)
		}
		bad := jsontext.Check([]byte("{a}"))
		passes, enforced := c.JudgeBody(bad), (*modesOf(modes))[route.CheckBody] == route.Enforce
		if passes == enforced || enforced != (c.Problem.Type == problem.InvalidBody) {
			t.Errorf("%s: a bad body passes: %t, with %s", modes, passes, c.Problem.Type)
		}
	}
}

// TestObservedIsBounded: however many checks would refuse, the call has room for what is noted, and allocates nothing for it.
func TestObservedIsBounded(t *testing.T) {
	s := stageOf(t, -1, append(apis(), moded("observe")...))
	request := []byte(s.words(head("DELETE /m/notes?access_token=x", "Authorization: Basic eDp5", "X-HTTP-Method: PUT", "Content-Length: 101", "Content-Type: text/plain")))
	c, _ := s.judge(t, request)
	for range 20 {
		c.TooLarge(route.CheckLength, 1, 2)
	}
	if n := len(c.Would()); n != 8 {
		t.Errorf("%d observations", n)
	}
	c.Done(admission.Sent)
	if n := testing.AllocsPerRun(100, func() {
		call := &s.call
		call.Head.Reset()
		http1.ParseRequest(request, s.Heads, call.Head)
		call.Begin(s.Policy)
		call.Admit()
		call.Done(admission.Sent)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
