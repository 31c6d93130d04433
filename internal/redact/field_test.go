package redact

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestAppendField(t *testing.T) {
	for _, tt := range []struct{ name, line, want string }{
		{"Content-Length", "Content-Length: 5, 6", "Content-Length: 5, 6"},
		{"Content-Length", "Content-Length : 5", "Content-Length : 5"},
		{"Content-Length", "Content-Length", "Content-Length"},
		{"Set-Cookie", "Set-Cookie geheim", "REDACTED"},
		{"Set-Cookie", "Set-Cookie: sid=geheim; Path=/", "Set-Cookie: REDACTED"},
		{"set-cookie", "set-cookie:\tsid=geheim", "set-cookie:\tREDACTED"},
		{"Set-Cookie", "Set-Cookie:", "Set-Cookie:"},
		{"Set-Cookie", " geheim, a folded line", "REDACTED"},
		{"X-A", " a folded line", " a folded line"},
		{"X-Auth", "X-Auth: geheim", "X-Auth: REDACTED"},
		{"X-Api-Key", "X-Api-Key: geheim", "X-Api-Key: REDACTED"},
		{"X-Access-Token", "X-Access-Token: geheim", "X-Access-Token: REDACTED"},
		{"Authorization", "Authorization: Bearer geheim", "Authorization: REDACTED"},
		{"Location", "Location: https://a.example/cb?code=geheim&x=1", "Location: https://a.example/cb?code=REDACTED&x=1"},
		{"X-A", "X-A: cdr_at_geheim", "X-A: cdr_at_REDACTED"},
		{"WWW-Authenticate", `WWW-Authenticate: Bearer realm="candor"`, `WWW-Authenticate: Bearer realm="candor"`},
		{
			"www-authenticate", `www-authenticate: Bearer realm="a", error="invalid_token", scope="r w", resource_metadata="http://127.0.0.1:8080/.well-known/x"`,
			`www-authenticate: Bearer realm="a", error="invalid_token", scope="r w", resource_metadata="http://127.0.0.1:8080/.well-known/x"`,
		},
		{"WWW-Authenticate", `WWW-Authenticate: Basic realm=a, Digest realm="b", nonce="geheim"`, `WWW-Authenticate: Basic realm=a, Digest realm="b", nonce=REDACTED`},
		{"WWW-Authenticate", `WWW-Authenticate: Bearer realm="http://ann:geheim@a.example/?token=geheim"`, `WWW-Authenticate: Bearer realm="http://REDACTED@a.example/?token=REDACTED`},
		{"Proxy-Authenticate", "Proxy-Authenticate: Bearer token=geheim", "Proxy-Authenticate: Bearer token=REDACTED"},
		{"WWW-Authenticate", "WWW-Authenticate: Bearer cdr_at_geheim", "WWW-Authenticate: Bearer cdr_at_REDACTED"},
		{"Sec-WebSocket-Protocol", "Sec-WebSocket-Protocol: geheim", "Sec-WebSocket-Protocol: REDACTED"},
		{"Authentication", "Authentication: geheim", "Authentication: REDACTED"},
		{"Proxy-Authentication", "Proxy-Authentication: geheim", "Proxy-Authentication: REDACTED"},
		{"Auth", "Auth: geheim", "Auth: REDACTED"},
		{"Sec-WebSocket-Version", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: 13"},
		{"", "HTTP/1.1  200 OK", "HTTP/1.1  200 OK"},
		{"", "Set-Cookie : geheim", "Set-Cookie : REDACTED"},
		{"", "Set-Cookie\x00: geheim", "REDACTED"},
		{"", "<html>", "<html>"},
		{"", "cdr_at_geheim", "cdr_at_REDACTED"},
		{"", "", ""},
		{"X-A-Name-Of-More-Than-Sixty-Four-Bytes-Which-Is-Too-Long-To-Be-Judged", "x", "REDACTED"},
	} {
		if diff := cmp.Diff(tt.want, string(AppendField(nil, []byte(tt.name), []byte(tt.line)))); diff != "" {
			t.Errorf("%s of %q: -want +got\n%s", tt.line, tt.name, diff)
		}
	}
}

// It is asked of calls on their way.
func TestIsSecretFieldAllocatesNothing(t *testing.T) {
	names := [][]byte{[]byte("X-Auth"), []byte("X-User-Token"), []byte("Sec-Fetch-Mode"), []byte("X-Authentication-Of"), []byte("SEC-WebSocket-Protocol")}
	want := []bool{true, true, false, true, true}
	if n := testing.AllocsPerRun(100, func() {
		for i, name := range names {
			if IsSecretField(name) != want[i] {
				t.Errorf("%s: %t", name, !want[i])
			}
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
