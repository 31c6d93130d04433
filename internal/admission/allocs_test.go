package admission_test

import (
	"net/netip"
	"testing"

	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/callid"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/problem"
)

// kinds is a call of each verdict, and of each problem that Admit can find.
var kinds = []struct {
	name, request string
	verdict       admission.Verdict
	of            problem.Type
}{
	{"accepted", head("GET /v2/me?projection=(id)", bearer("good"), "User-Agent: curl/8.5.0", "Accept: application/json", "X-Request-Id: 7"), admission.Forwards, problem.None},
	{"accepted, with a body", head("POST /v2/notes", bearer("good"), "Content-Type: application/json", "Content-Length: 9"), admission.Forwards, problem.None},
	{"accepted, versioned", head("GET /rest/posts", bearer("good"), "LinkedIn-Version: 202603"), admission.Forwards, problem.None},
	{"accepted, token in the query", head("GET /v2/linked?a=1&access_token={good}"), admission.Forwards, problem.None},
	{"accepted, tunnelled", head("POST /v2/find", bearer("good"), "X-HTTP-Method-Override: GET", form, "Content-Length: 3"), admission.Forwards, problem.None},
	{"accepted, public", head("GET /pub/news"), admission.Forwards, problem.None},
	{"accepted, in a hidden place", head("GET /v2/ads/1/2", bearer("partner")), admission.Forwards, problem.None},
	{"preflight, forwarded", head("OPTIONS /asks/x", "Origin: https://a", "Access-Control-Request-Method: GET"), admission.Forwards, problem.None},
	{"preflight of a public route", head("OPTIONS /pub/news", "Origin: https://a", "Access-Control-Request-Method: GET"), admission.Forwards, problem.None},
	{"preflight, refused", head("OPTIONS /v2/me", "Origin: https://a", "Access-Control-Request-Method: GET"), admission.Refuses, problem.PreflightDenied},
	{"preflight, answered but lacking", head("OPTIONS /some/x", "Origin: https://a.example", "Access-Control-Request-Method: GET", "Access-Control-Request-Headers: x-a, x-b"), admission.Answers, problem.PreflightDenied},
	{"preflight, answered", head("OPTIONS /open/x", "Origin: https://a", "Access-Control-Request-Method: GET"), admission.Answers, problem.None},
	{"a WebSocket", head("GET /some/ws", "Origin: https://a.example", upgrade, "Upgrade: h2c, WebSocket"), admission.Forwards, problem.None},
	{"of a page elsewhere", head("GET /some/ws", "Origin: https://b.example", upgrade, webSocket), admission.Refuses, problem.PreflightDenied},
	{"with a body", head("GET /some/ws", upgrade, webSocket, "Content-Length: 5"), admission.Refuses, problem.NotImplemented},
	{"where none is opened", head("GET /v2/any", bearer("good"), upgrade, webSocket), admission.Refuses, problem.NotImplemented},
	{"OPTIONS *", head("OPTIONS *"), admission.Answers, problem.None},
	{"a grant to be asked for", head("GET /v2/any", bearer("stored")), admission.Waits, problem.None},
	{"bad URL", head("GET /v2/%zz"), admission.Refuses, problem.InvalidURL},
	{"URI too long", head("GET /v2/me?q={20KB}"), admission.Refuses, problem.URITooLong},
	{"expectation", head("GET /v2/me", "Expect: tea"), admission.Refuses, problem.ExpectationFailed},
	{"other host", "GET /v2/me HTTP/1.1\r\nHost: other.example\r\n\r\n", admission.Refuses, problem.MisdirectedRequest},
	{"two credentials", head("GET /v2/me?access_token=x", bearer("good")), admission.Refuses, problem.AmbiguousCredentials},
	{"other scheme", head("GET /v2/me", "Authorization: Basic eDp5"), admission.Refuses, problem.UnknownAuthScheme},
	{"token in the URL", head("GET /v2/me?access_token=x"), admission.Refuses, problem.TokenInURL},
	{"no token", head("GET /v2/me"), admission.Refuses, problem.EmptyAccessToken},
	{"forged token", head("GET /v2/me", bearer("altered")), admission.Refuses, problem.InvalidAccessToken},
	{"expired token", head("GET /v2/me", bearer("expired")), admission.Refuses, problem.ExpiredAccessToken},
	{"revoked token", head("GET /v2/me", bearer("revoked")), admission.Refuses, problem.RevokedAccessToken},
	{"restricted member", head("GET /v2/me", bearer("restricted")), admission.Refuses, problem.RestrictedMember},
	{"unknown path", head("GET /v2/people/5", bearer("good")), admission.Refuses, problem.ResourceNotFound},
	{"no API", head("GET /v3/people/5", bearer("good")), admission.Refuses, problem.ResourceNotFound},
	{"hidden path", head("GET /v2/ads/1", bearer("good")), admission.Refuses, problem.ResourceNotFound},
	{"unknown method", head("BREW /v2/me", bearer("good")), admission.Refuses, problem.NotImplemented},
	{"other method", head("DELETE /v2/me", bearer("good")), admission.Refuses, problem.MethodNotAllowed},
	{"override", head("GET /v2/me", bearer("good"), "X-HTTP-Method: PUT"), admission.Refuses, problem.InvalidInput},
	{"no version", head("GET /rest/posts", bearer("good")), admission.Refuses, problem.VersionMissing},
	{"old version", head("GET /rest/posts", bearer("good"), "LinkedIn-Version: 202401"), admission.Refuses, problem.NonexistentVersion},
	{"disabled app", head("GET /v2/me", bearer("gone")), admission.Refuses, problem.AppDisabled},
	{"no product", head("GET /v2/reports", bearer("good")), admission.Refuses, problem.AccessDenied},
	{"no scope", head("POST /v2/posts", bearer("good")), admission.Refuses, problem.AccessDenied},
	{"loop", head("GET /v2/me", bearer("good"), circle), admission.Refuses, problem.LoopDetected},
	{"no length", head("POST /v2/notes", bearer("good")), admission.Refuses, problem.LengthRequired},
	{"too large", head("POST /v2/notes", bearer("good"), "Content-Length: 51"), admission.Refuses, problem.PayloadTooLarge},
	{"other media type", head("POST /v2/notes", bearer("good"), "Content-Length: 5", "Content-Type: a/b"), admission.Refuses, problem.UnsupportedMediaType},
	{"throttled", head("GET /v2/few", bearer("good")), admission.Refuses, problem.Throttled},
}

// ready is a stage on which a call of each kind meets what it is meant to meet.
func ready(tb testing.TB) *stage {
	tb.Helper()
	return readyOn(tb, everyAPI())
}

// everyAPI is what the calls of all kinds need.
func everyAPI() []route.APISpec { return append(apis(), open, asking, some) }

func readyOn(tb testing.TB, specs []route.APISpec) *stage {
	tb.Helper()
	s := stageOf(tb, -1, specs)
	c, _ := s.admit(tb, head("GET /v2/few", bearer("good"))) // the next is throttled
	c.Done(admission.Sent)
	return s
}

// one is the way of one call as the gateway goes it, but for what stands around Admit.
func (s *stage) one(request []byte) (admission.Verdict, problem.Type) {
	c := &s.call
	c.Head.Reset()
	if f := http1.ParseRequest(request, s.Heads, c.Head); f.Kind != http1.OK {
		return admission.Refuses, problem.MalformedRequest
	}
	return s.decide()
}

// decide asks Admit about the head that is parsed already.
func (s *stage) decide() (admission.Verdict, problem.Type) {
	c := &s.call
	c.Begin(s.Policy)
	c.ID, c.At, c.Peer.Addr = callid.New(noon*1000, 1, 2), noon*1e9, netip.AddrFrom4([4]byte{192, 0, 2, 1})
	v := c.Admit()
	c.Done(admission.Sent)
	return v, c.Problem.Type
}

// TestNoAllocs: whatever Admit decides, it allocates nothing.
func TestNoAllocs(t *testing.T) {
	seen := map[admission.Verdict]bool{}
	for _, k := range kinds {
		s := ready(t)
		request := []byte(s.words(k.request))
		v, of := s.one(request)
		if v != k.verdict || of != k.of {
			t.Errorf("%s: verdict %d, %s; want %d, %s", k.name, v, of, k.verdict, k.of)
		}
		seen[v] = true
		if n := testing.AllocsPerRun(100, func() { s.one(request) }); n != 0 {
			t.Errorf("%s: %v allocations", k.name, n)
		}
	}
	if len(seen) != 4 {
		t.Errorf("of the four verdicts these were met: %v", seen)
	}
	t.Run("in flight, and failed credentials", func(t *testing.T) {
		s := newStage(t)
		s.InFlight = 1
		s.Quota.Enter(0)
		good, bad := []byte(s.words(head("GET /v2/any", bearer("good")))), []byte(s.words(head("GET /v2/any", bearer("altered"))))
		for range 4 {
			s.one(bad)
		}
		for _, c := range []struct {
			request []byte
			want    problem.Type
		}{{good, problem.InfrastructureProtection}, {bad, problem.TooManyFailures}} {
			if _, of := s.one(c.request); of != c.want {
				t.Errorf("%s, want %s", of, c.want)
			}
			if n := testing.AllocsPerRun(100, func() { s.one(c.request) }); n != 0 {
				t.Errorf("%v allocations", n)
			}
		}
	})
	t.Run("a store that is down", func(t *testing.T) {
		s := newStage(t)
		c, _ := s.admit(t, head("GET /v2/any", bearer("unstored")))
		if n := testing.AllocsPerRun(100, func() { c.Admit() }); n != 0 || c.Problem.Type != problem.TokenVerificationFailed {
			t.Errorf("%v allocations, %s", n, c.Problem.Type)
		}
	})
}
