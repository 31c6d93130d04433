package redact

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
)

func TestAppendTarget(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"empty", "", ""},
		{"nothing to hide", "/v2/people/id=77?q=viewer&start=0", "/v2/people/id=77?q=viewer&start=0"},
		{"bad escapes stay", "/a%zz?b=%&c=%2", "/a%zz?b=%&c=%2"},
		{"access_token", "/me?access_token=abc", "/me?access_token=REDACTED"},
		{"in the middle", "/me?a=1&oauth2_access_token=abc&b=2", "/me?a=1&oauth2_access_token=REDACTED&b=2"},
		{"several", "/cb?code=x&state=y&code_verifier=z", "/cb?code=REDACTED&state=REDACTED&code_verifier=REDACTED"},
		{"empty value", "/me?token=&b=2", "/me?token=&b=2"},
		{"no value", "/me?token&b=2", "/me?token&b=2"},
		{"value with =", "/me?token=a=b==&b=2", "/me?token=REDACTED&b=2"},
		{"value with escaped &", "/me?token=a%26b&b=2", "/me?token=REDACTED&b=2"},
		{"value with ; and ?", "/me?token=a;b=c?d&e=2", "/me?token=REDACTED&e=2"},
		{"escaped name", "/me?access%5Ftoken=abc", "/me?access%5Ftoken=REDACTED"},
		{"wholly escaped name", "/me?%63%6f%64%65=abc", "/me?%63%6f%64%65=REDACTED"},
		{"name escaped twice", "/me?access%255ftoken=abc", "/me?access%255ftoken=REDACTED"},
		{"escaped =", "/me?token%3Dabc&b=1", "/me?token%3DREDACTED&b=1"},
		{"case and dash", "/me?X-Amz-Signature=abc&API-Key=d", "/me?X-Amz-Signature=REDACTED&API-Key=REDACTED"},
		{"brackets", "/me?user[password]=abc&ids[]=3", "/me?user[password]=REDACTED&ids[]=3"},
		{"semicolons separate", "/me?a=1;token=abc", "/me?a=1;token=REDACTED"},
		{"a second ?", "/me?a?token=abc", "/me?a?token=REDACTED"},
		{"fragment", "/me#access_token=abc", "/me#access_token=REDACTED"},
		{"path parameter", "/a;token=abc/def/b?c=1", "/a;token=REDACTED?c=1"},
		{"escaped ? in the path", "/cb%3Fcode=abc", "/cb%3Fcode=REDACTED"},
		{"URL in a value", "/go?to=https%3A%2F%2Fx%2Fcb%3Fcode%3Dabc%26page%3D9&b=1", "/go?to=https%3A%2F%2Fx%2Fcb%3Fcode%3DREDACTED%26page%3D9&b=1"},
		{"longest name judged", "/me?" + strings.Repeat("a", 64) + "=abc", "/me?" + strings.Repeat("a", 64) + "=abc"},
		{"too long a name", "/me?" + strings.Repeat("a", 65) + "=abc", "/me?" + strings.Repeat("a", 65) + "=REDACTED"},
		{"absolute-form", "http://api.example.com/me?token=abc", "http://api.example.com/me?token=REDACTED"},
		{"userinfo", "http://ann:pw@api.example.com/me", "http://REDACTED@api.example.com/me"},
		{"userinfo with @", "http://ann:p@w@api.example.com/me?a@b", "http://REDACTED@api.example.com/me?a@b"},
		{"userinfo, no path", "http://ann:pw@api.example.com", "http://REDACTED@api.example.com"},
		{"empty userinfo", "http://@api.example.com/", "http://@api.example.com/"},
		{"authority-form", "ann:pw@api.example.com:443", "REDACTED@api.example.com:443"},
		{"userinfo in a value", "/go?to=https%3A%2F%2Fann%3Apw%40x%2Fy&b=1", "/go?to=https%3A%2F%2FREDACTED%40x%2Fy&b=1"},
		{"@ in a path", "/users/@ann", "/users/@ann"},
		{"our token anywhere", "/t/cdr_at_AAEC-_x/y?q=cdr_rt_zz.", "/t/cdr_at_REDACTED/y?q=cdr_rt_REDACTED."},
		{"cut prefix", "/t/cdr_a", "/t/cdr_a"},
	} {
		if got := string(AppendTarget([]byte("> "), []byte(c.in))); got != "> "+c.want {
			t.Errorf("%s: AppendTarget(%q)\n got %q\nwant %q", c.name, c.in, got[2:], c.want)
		}
	}
}

// names are those that must be hidden whatever else the room learns.
var names = []string{
	"access_token", "oauth2_access_token", "refresh_token", "code", "code_verifier", "state", "nonce",
	"client_secret", "client_assertion", "password", "token", "api_key", "apikey", "key", "secret", "sig",
	"signature", "id_token", "id_token_hint", "X-Amz-Security-Token", "X-Goog-Credential",
}

func TestEveryName(t *testing.T) {
	for _, n := range names {
		for _, spelled := range []string{n, strings.ToUpper(n), escape(n, 1), escape(n, 2)} {
			want := "a=1&" + spelled + "=REDACTED&b=2"
			if got := string(AppendQuery(nil, []byte("a=1&"+spelled+"=abc&b=2"))); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		}
	}
	for _, n := range []string{"q", "start", "count", "projection", "ids", "monkey", "statement", "zip_code", "encode"} {
		in := n + "=abc"
		if got := string(AppendQuery(nil, []byte(in))); got != in {
			t.Errorf("got %q, want %q", got, in)
		}
	}
}

// escape percent-encodes every byte of s, times over.
func escape(s string, times int) string {
	for range times {
		var b strings.Builder
		for i := range len(s) {
			fmt.Fprintf(&b, "%%%02x", s[i])
		}
		s = b.String()
	}
	return s
}

func TestFingerprint(t *testing.T) {
	if got := Fingerprint([]byte("abc")); got != "ba7816bf" {
		t.Errorf("got %s, want ba7816bf (FIPS 180-4: SHA-256 of abc)", got)
	}
}

func TestNoAllocs(t *testing.T) {
	target := []byte("http://ann:pw@x/go?access%5Ftoken=abc&to=https%3A%2F%2Fx%3Fcode%3Dabc&q=cdr_at_abc")
	buf := make([]byte, 0, 512)
	for _, c := range []struct {
		name string
		f    func()
	}{
		{"AppendTarget", func() { buf = AppendTarget(buf[:0], target) }},
		{"AppendQuery", func() { buf = AppendQuery(buf[:0], target) }},
		{"AppendFingerprint", func() { buf = AppendFingerprint(buf[:0], target) }},
	} {
		if n := testing.AllocsPerRun(100, c.f); n != 0 {
			t.Errorf("%s: %v allocations, want 0", c.name, n)
		}
	}
}

// FuzzAppendTarget puts a secret under a secret name amid any bytes and holds
// that it is never in the output, and that what is not hidden is not changed.
func FuzzAppendTarget(f *testing.F) {
	f.Add([]byte("/me?a=1"), uint8(0), uint8(0), []byte("&b=2"))
	f.Add([]byte("http://a:b@c/%3Fcode%3D1"), uint8(3), uint8(1), []byte("#x"))
	f.Add([]byte("/go?to=x%3Fstate%3D"), uint8(5), uint8(2), []byte("%26"))
	f.Add([]byte("cdr_at_"), uint8(9), uint8(3), []byte(";token="))
	f.Fuzz(func(t *testing.T, before []byte, which, spelling uint8, after []byte) {
		const secret = "s3cr3t/+-_.~VALUE"
		if bytes.Contains(before, []byte(secret)) || bytes.Contains(after, []byte(secret)) {
			return
		}
		name := escape(names[int(which)%len(names)], int(spelling)%4)
		target := bytes.Join([][]byte{before, []byte("?&" + name + "=" + secret), after}, nil)
		for _, out := range [][]byte{AppendTarget(nil, target), AppendQuery(nil, target)} {
			if bytes.Contains(out, []byte(secret)) {
				t.Fatalf("the secret of %q stands in %q", target, out)
			}
			checkKept(t, target, out)
		}
	})
}

// checkKept holds that out is target but for what Mark replaced.
func checkKept(t *testing.T, target, out []byte) {
	t.Helper()
	rest := target
	for i, kept := range bytes.Split(out, []byte(Mark)) {
		at := bytes.Index(rest, kept)
		if at < 0 || i == 0 && at != 0 {
			t.Fatalf("%q became %q: %q is not from there", target, out, kept)
		}
		rest = rest[at+len(kept):]
	}
}

func BenchmarkAppendTarget(b *testing.B) {
	target := []byte("/v2/people/id=abc123?projection=(id,firstName,lastName)&start=0&count=10")
	buf := make([]byte, 0, 512)
	b.ReportAllocs()
	for b.Loop() {
		buf = AppendTarget(buf[:0], target)
	}
}
