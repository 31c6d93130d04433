package gateway

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/route"
)

// TestFieldsEdited: what is set takes the place of every spelling of its name, what is added stands beside, and nothing else changes.
func TestFieldsEdited(t *testing.T) {
	public := route.Credentials{Need: route.Public}
	line := func(name, value string) route.FieldSpec {
		return route.FieldSpec{Name: name, Value: route.NewText(value, "(hidden)")}
	}
	p := newPlan()
	p.Spec.RequestID = ""
	p.API.Preflight = route.PassPreflights
	p.API.Rewrite = &route.RewriteSpec{
		Request: route.EditSpec{
			Set: []route.FieldSpec{line("Authorization", "Basic ours"), line("X-Env", "test")}, Add: []route.FieldSpec{line("X-Tag", "a"), line("X-Tag", "b")}, Remove: []string{"X-Debug"},
		},
		Response: route.EditSpec{Set: []route.FieldSpec{line("Cache-Control", "no-store")}, Add: []route.FieldSpec{line("Vary", "Cookie")}, Remove: []string{"Server", "Set-Cookie"}},
	}
	p.API.Routes = []route.Spec{{Name: "open", Path: "/open", Credentials: &public}, {Name: "me", Path: "/me"}, {Name: "own", Path: "/own", Rewrite: &route.RewriteSpec{}}}
	s := p.build(t)
	const edited = "Authorization: Basic ours\r\nX-Env: test\r\nX-Tag: a\r\nX-Tag: b\r\n"
	came := "x_env: theirs\r\nX-Env: theirs\r\nX-Tag: c\r\nX_Debug: 1\r\nx-debug: 2\r\nX-Other: 3\r\n"
	for name, c := range map[string]struct{ in, want string }{
		"a public route":       {"GET /open HTTP/1.1\r\nHost: a.example\r\nAuthorization: Basic theirs\r\n" + came, "Host: a.example\r\nX-Tag: c\r\nX-Other: 3\r\n" + hop + edited},
		"a protected one":      {"GET /me HTTP/1.1\r\nHost: a.example\r\nAuthorization: Bearer " + s.token + "\r\n" + came, "Host: a.example\r\nX-Tag: c\r\nX-Other: 3\r\n" + hop + identity + edited},
		"one with its own":     {"GET /own HTTP/1.1\r\nHost: a.example\r\nAuthorization: Bearer " + s.token + "\r\nX-Debug: 1\r\n", "Host: a.example\r\nX-Debug: 1\r\n" + hop + identity},
		"a bare preflight":     {"OPTIONS /me HTTP/1.1\r\nHost: a.example\r\nOrigin: https://x\r\nAccess-Control-Request-Method: GET\r\nX-Env: theirs\r\n", "Host: a.example\r\nOrigin: https://x\r\nAccess-Control-Request-Method: GET\r\n" + hop},
		"named by Connection":  {"GET /open HTTP/1.1\r\nHost: a.example\r\nConnection: x-tag\r\nX-Tag: c\r\n", "Host: a.example\r\n" + hop + edited},
		"a caller of HTTP/1.0": {"GET /open HTTP/1.0\r\nHost: a.example\r\nX-Env: theirs\r\n", "Host: a.example\r\n" + hop + edited},
	} {
		x := s.admitted(t, c.in+"\r\n", "192.0.2.7", false)
		if x == nil {
			t.Fatalf("%s: the call was not admitted", name)
		}
		_, got, _ := strings.Cut(string(x.prepared(s.upstream)), " HTTP/1.1\r\n")
		if diff := cmp.Diff(c.want+"\r\n", got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
		x.call.Done(admission.Unsent)
	}
	if x := s.admitted(t, "GET /open HTTP/1.1\r\nHost: a.example\r\nConnection: x-env\r\n\r\n", "192.0.2.7", false); x != nil {
		t.Error("Connection may name what is set")
	}

	x := s.admitted(t, "GET /open HTTP/1.1\r\nHost: a.example\r\n\r\n", "192.0.2.7", false)
	defer x.call.Done(admission.Unsent)
	var h http1.ResponseHead
	lim := http1.ResponseDefaults()
	if f := http1.ParseResponse([]byte("HTTP/1.1 404 Nope\r\nDate: x\r\nServer: y\r\nVary: Accept\r\ncache_control: z\r\nCache-Control: max-age=1\r\nSet-Cookie: a\r\nX-A: 1\r\n\r\n"), &lim, true, false, &h); f.Kind != http1.OK {
		t.Fatal(f)
	}
	want := "HTTP/1.1 404 Nope\r\nDate: x\r\nVary: Accept\r\nX-A: 1\r\nCache-Control: no-store\r\nVary: Cookie\r\nX-Request-Id: " + noonUUID + "\r\n"
	if diff := cmp.Diff(want, string(x.heads().AppendPassed(nil, &h))); diff != "" {
		t.Errorf("passed on (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff("Vary: Accept\r\n", string(x.heads().AppendKept(nil, &h))); diff != "" {
		t.Errorf("kept of a wrapped error (-want +got):\n%s", diff)
	}
}
