package admission_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/callid"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/problem"
)

// tried are the findings of a call that is only tried: "credential refuses empty_access_token".
func (s *stage) tried(tb testing.TB, request string) (findings []string, v admission.Verdict) {
	tb.Helper()
	raw := []byte(s.words(request))
	c := &s.call
	c.Head.Reset()
	if f := http1.ParseRequest(raw, s.Heads, c.Head); f.Kind != http1.OK {
		tb.Fatal(f)
	}
	c.Begin(s.Policy)
	c.At, c.ID = noon*1e9, callid.New(noon*1000, 1, 2)
	all, v := c.Try(tb.Context(), true)
	for i := range all {
		f := all[i].Check + " " + all[i].Finding.String()
		if p := all[i].Problem; p.Type != problem.None {
			f += " " + p.Type.Name()
		}
		findings = append(findings, f)
	}
	return findings, v
}

// TestTry: every check says what it finds, in their order, and what a trial cannot know.
func TestTry(t *testing.T) {
	for _, c := range []struct {
		name, modes, request string
		verdict              admission.Verdict
		want                 string
	}{
		{"good", "enforce", head("GET /m/me", bearer("good")), admission.Forwards, `preflight nothing asked, credential passes, path passes, method passes, version nothing asked, permission passes, length passes, media_type nothing asked, quota passes, body nothing asked`},
		{"nobody", "enforce", head("GET /m/me"), admission.Refuses, `preflight nothing asked, credential refuses empty_access_token, path passes, method passes, version nothing asked, permission cannot tell, length passes, media_type nothing asked, quota cannot tell, body nothing asked`},
		{"observed", "observe", head("DELETE /m/me", bearer("altered")), admission.Forwards, `preflight nothing asked, credential would refuse invalid_access_token, path passes, method would refuse method_not_allowed, version nothing asked, permission cannot tell, length passes, media_type nothing asked, quota cannot tell, body nothing asked`},
		{"off", "off", head("POST /m/notes"), admission.Forwards, `preflight nothing asked, credential off, path off, method off, version off, permission off, length off, media_type off, quota off, body off`},
		{"a body", "enforce", head("POST /m/notes", bearer("good")), admission.Forwards, `preflight nothing asked, credential passes, path passes, method passes, version nothing asked, permission passes, length cannot tell, media_type cannot tell, quota nothing asked, body cannot tell`},
		{"a body's head", "enforce", head("POST /m/notes", bearer("good"), "Content-Length: 51", "Content-Type: text/plain"), admission.Refuses, `preflight nothing asked, credential passes, path passes, method passes, version nothing asked, permission passes, length refuses payload_too_large, media_type refuses unsupported_media_type, quota nothing asked, body cannot tell`},
		{"an unknown path", "enforce", head("GET /m/nothing"), admission.Refuses, `preflight nothing asked, credential refuses empty_access_token, path refuses resource_not_found`},
		{"a path of another spelling", "enforce", head("GET /m//me"), admission.Refuses, `url refuses invalid_url`},
		{"another host", "enforce", "GET /m/me HTTP/1.1\r\nHost: other.example\r\n\r\n", admission.Refuses, `url refuses misdirected_request`},
		{"a store that is down", "enforce", head("GET /m/me", bearer("unstored")), admission.Forwards, `preflight nothing asked, credential cannot tell, path passes, method passes, version nothing asked, permission cannot tell, length passes, media_type nothing asked, quota cannot tell, body nothing asked`},
		{"a preflight", "enforce", head("OPTIONS /m/me", "Origin: https://a", "Access-Control-Request-Method: GET"), admission.Refuses, `preflight refuses preflight_denied, credential refuses empty_access_token, path passes, method passes, version nothing asked, permission cannot tell, length passes, media_type nothing asked, quota cannot tell, body nothing asked`},
		{"a preflight that cors: answers", "enforce", head("OPTIONS /c/me", "Origin: https://a.example", "Access-Control-Request-Method: GET"), admission.Answers, `preflight passes`},
		{"an override", "enforce", head("GET /m/me", bearer("good"), "X-HTTP-Method: DELETE"), admission.Refuses, `preflight nothing asked, credential passes, path passes, method passes, method refuses invalid_input, version nothing asked, permission passes, length passes, media_type nothing asked, quota passes, body nothing asked`},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := stageOf(t, 1, append(apis(), moded(c.modes)...))
			for range 3 { // nothing is counted
				got, v := s.tried(t, c.request)
				if diff := cmp.Diff(strings.ReplaceAll(c.want, ", ", "\n"), strings.Join(got, "\n")); diff != "" || v != c.verdict {
					t.Fatalf("verdict %d (-want +got):\n%s", v, diff)
				}
				if s.Quota.InFlight() != 0 {
					t.Fatal("it is counted as in flight")
				}
				if (v == admission.Refuses) != (s.call.Problem.Type != problem.None) {
					t.Errorf("the answer is %s", s.call.Problem.Type)
				}
			}
		})
	}
}
