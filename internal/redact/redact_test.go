package redact

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/ascii"
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
		{"our token in escapes", "/t/%63dr%5Fat_AA%41EC/y?q=x%2563dr_rt_zz", "/t/%63dr%5Fat_REDACTED/y?q=x%2563dr_rt_REDACTED"},
		{"JWT in a path", "/t/eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln/y", "/t/REDACTED/y"},
		{"JWT under another name", "/t?x=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln&b=1", "/t?x=REDACTED&b=1"},
		{"JWT behind a word", "/t?x=Bearer%20eyJhbGci.eyJzdWIi.c2ln&b=1", "/t?x=Bearer%20REDACTED&b=1"},
		{"JWT without a signature", "/t?x=eyJhbGci.eyJzdWIi.&b=1", "/t?x=REDACTED&b=1"},
		{"JWE", "/eyJhbGci..iv.text.tag", "/eyJhbGci..iv.text.tag"},
		{"JWE of five parts", "/eyJhbGci.key.iv.text.tag", "/REDACTED"},
		{"JWT in escapes", "/t?x=%65yJhbGci%2EeyJzdWIi%252Ec2ln", "/t?x=REDACTED"},
		{"JWT in a matrix parameter", "/t;v=eyJhbGci.eyJzdWIi.c2ln/u", "/t;v=REDACTED/u"},
		{"JWT as a name", "/t?eyJhbGci.eyJzdWIi.c2ln", "/t?REDACTED"},
		{"JWT in a fragment", "/t#eyJhbGci.eyJzdWIi.c2ln", "/t#REDACTED"},
		{"a cursor is none", "/t?cursor=eyJpZCI6MTB9&n=10", "/t?cursor=eyJpZCI6MTB9&n=10"},
		{"a file is none", "/t/eyJ.html", "/t/REDACTED"}, // who knows
		{"JSON", `/t?filter={"user":"ann","password":"x\"y","n":1}&b=1`, `/t?filter={"user":"ann","password":"REDACTED","n":1}&b=1`},
		{"JSON in escapes", "/t?f=%7B%22client%5Fsecret%22%3A%20%22a%26b%22%2C%22n%22%3A1%7D&b=1", "/t?f=%7B%22client%5Fsecret%22%3A%20%22REDACTED%22%2C%22n%22%3A1%7D&b=1"},
		{"JSON, a number", `/t?f={"pin":1234,"n":1}&b=1`, `/t?f={"pin":REDACTED&b=1`},
		{"JSON, an object", `/t?f={"credentials":{"a":"x"}}&b=1`, `/t?f={"credentials":REDACTED&b=1`},
		{"JSON, not ended", `/t?f={"token":"abc`, `/t?f={"token":REDACTED`},
		{"JSON with &", `/t?f={"token":"a&b"}&b=1`, `/t?f={"token":"REDACTED"}&b=1`},
		{"JSON in JSON", `/t?f={"x":"{\"token\":\"abc\",\"n\":1}"}`, `/t?f={"x":"{\"token\":\"REDACTED\",\"n\":1}"}`},
		{"JSON in a path", `/t/{"api_key":"abc"}/x`, `/t/{"api_key":"REDACTED"}/x`},
		{"single quotes", `/t?f={'access_token':'abc','n':1}`, `/t?f={'access_token':'REDACTED','n':1}`},
		{"no quotes", "/t?q=(login:(pwd:abc,n:1))&b=1", "/t?q=(login:(pwd:REDACTED&b=1"},
		{"colons that name no secret", "/t?at=12:30:05&ids=List(urn:li:person:1)&f=%7B%22a%22:1%7D", "/t?at=12:30:05&ids=List(urn:li:person:1)&f=%7B%22a%22:1%7D"},
		{"Bearer in a value", "/pub?x=Bearer%20S3CRET&b=1", "/pub?x=Bearer%20REDACTED&b=1"},
		{"Basic in a value, escaped twice", "/pub?x=%42asic%2520S3CRET&b=1", "/pub?x=%42asic%2520REDACTED&b=1"},
		{"bearer with a plus", "/pub?x=bearer+S3CRET", "/pub?x=bearer+REDACTED"},
		{"Bearer in JSON", `/pub?x={"h":"Bearer S3CRET","n":1}&b=1`, `/pub?x={"h":"Bearer REDACTED","n":1}&b=1`},
		{"a bearer of something else", "/pub?x=bearers%20of&y=basics&z=basic", "/pub?x=bearers%20of&y=basics&z=basic"},
		{"XML", "/pub?q=%3Ca%3E%3Cpassword%3ES3CRET%3C/password%3E%3Cb%3E1%3C/b%3E&b=1", "/pub?q=%3Ca%3E%3Cpassword%3EREDACTED%3C/password%3E%3Cb%3E1%3C/b%3E&b=1"},
		{"XML, not escaped", "/pub?q=<password>S3CRET</password>&b=1", "/pub?q=<password>REDACTED</password>&b=1"},
		{"XML with a namespace and attributes", "/pub?q=<w:Password%20Type='x'>S3<![CDATA[CRET]]></w:Password>", "/pub?q=<w:Password%20Type='x'>REDACTED</w:Password>"},
		{"XML that does not end", "/pub?q=<pin>S3CRET&b=1", "/pub?q=<pin>REDACTED&b=1"},
		{"XML, an empty element", "/pub?q=<password/>S&b=1", "/pub?q=<password/>S&b=1"},
		{"the name in a value", "/pub?name=password&value=S3CRET&b=1", "/pub?name=password&value=REDACTED&b=1"},
		{"the name in a value, in brackets", "/pub?f[0][name]=api%5Fkey&f[0][value]=S3CRET", "/pub?f[0][name]=api%5Fkey&f[0][value]=REDACTED"},
		{"the name in JSON", `/pub?f={"name":"password","value":"S3CRET"}&b=1`, `/pub?f={"name":"password","value":"REDACTED"}&b=1`},
		{"the name of something else", "/pub?name=password&name=ann&value=blue", "/pub?name=password&name=ann&value=blue"},
		{"a key by its look", "/k/sk_live_51HS3CRETvalue99abcdef/x?y", "/k/sk_live_REDACTED/x?y"},
		{"keys of others", "/ghp_S3CRETvalue99/AKIAS3CRETVALUE99/xoxb-1-S3CRETvalue99", "/ghp_REDACTED/AKIAREDACTED/xoxb-REDACTED"},
		{"a key in a value", "/x?a=sk_live_S3CRETvalue99&b=1", "/x?a=sk_live_REDACTED&b=1"},
		{"a key in escapes", "/k/%73k_live_51HS3CRETvalue99", "/k/%73k_live_REDACTED"},
		{"too short for a key", "/k/sk_live_/sk_test_doc/AKIA", "/k/sk_live_/sk_test_doc/AKIA"},
		{"behind a word that announces one", "/reset/S3CRETvalue99?a=1", "/reset/REDACTED?a=1"},
		{"behind such words", "/v1/Password-Reset/S3CRETvalue99/token/ab12cd/x", "/v1/Password-Reset/REDACTED/token/REDACTED/x"},
		{"letters alone, too long for a word", "/verify/SECRETonlyLETTERSabcdefghijklmnop", "/verify/REDACTED"},
		{"a code of digits", "/verify-email/482913", "/verify-email/REDACTED"},
		{"a UUID behind such a word", "/activate/550e8400-e29b-41d4-a716-446655440000", "/activate/REDACTED"},
		{"with a slash in escapes", "/cb%2Freset%2FS3CRETvalue99%2Fx", "/cb%2Freset%2FREDACTED%2Fx"},
		{"absolute, behind such a word", "http://a.example/reset/S3CRETvalue99", "http://a.example/reset/REDACTED"},
		{"behind an address of it", "/reset/S3CRETvalue99;a=1", "/reset/REDACTED;a=1"},
		{"words behind such a word", "/oauth/token/introspect/reset/password/verify/email/tokens/v2/reset/1", "/oauth/token/introspect/reset/password/verify/email/tokens/v2/reset/1"},
		{"long words behind such a word", "/reset/confirmation-of-the-address", "/reset/confirmation-of-the-address"},
		{"ids behind other words", "/users/507f1f77bcf86cd799439011/orders/ch_3MmlLrLkdIwHu7ix0snN0B15", "/users/507f1f77bcf86cd799439011/orders/ch_3MmlLrLkdIwHu7ix0snN0B15"},
		{"nothing behind the colon", "/t?f=token:", "/t?f=token:"},
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
	"signature", "id_token", "id_token_hint", "X-Amz-Security-Token", "X-Goog-Credential", "subscription-key", "Ocp-Apim-Subscription-Key",
	"subscriptionKey", "auth_key", "authkey", "sharedkey", "shared-key", "psk", "pw", "pwd", "pass", "passcode", "cvv", "cvc2", "card_number", "cardNumber",
	"cc-number", "creditCardNumber", "pan", "ssn", "pin", "otp", "totp", "jwt", "hmac", "sas", "sid", "PHPSESSID", "JSESSIONID", "session_id", "appkey",
	"x-functions-key", "hapikey", "AWSAccessKeyId", "verification_code", "sms-code", "reset_code", "SAMLResponse", "RelayState", "wresult", "ticket",
	"user_pwd", "userpwd", "userPwd", "pwd1", "pass1", "new_pass", "newPass", "userpass", "pass_word", "pass-word", "pass_phrase", "otpcode", "smsOtp", "sess", "sess_key",
	"oauth_code", "pin1", "userPin", "kennwort", "Kennwort2", "mot_de_passe", "contrasena", "senha", "wachtwoord", "basic", "old-pw", "token3", "code2",
	"oauth_consumer_key", "license_key", "licenseKey", "client-assertion", "device_code", "login_hint",
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
	for _, n := range []string{
		"q", "start", "count", "projection", "ids", "monkey", "statement", "zip_code", "encode",
		"sort_key", "cache-key", "keyword", "keys", "turkey", "country_code", "postcode", "promo_codes", "panel", "pane", "span", "company", "pinned", "author",
		"authors", "passenger", "compass", "status", "states", "assignee", "design", "tandem", "lesson", "cards", "ordinal",
		"bypass", "compass2", "spin", "zipCode", "address1", "line2", "basics", "option", "assess", "name", "value", "sortKey", "laptop", "footprint",
	} {
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

// spell writes s with each character in escapes as many times over as the source says.
func spell(s string, times []byte) string {
	var b strings.Builder
	for i := range len(s) {
		b.WriteString(escape(s[i:i+1], int(times[i%len(times)])%4))
	}
	return b.String()
}

// decoded undoes escapes as often as anybody might, and a '%' that begins none stays.
func decoded(b []byte) []byte {
	for range maxLevels {
		var out []byte
		for i := 0; i < len(b); i++ {
			if b[i] == '%' && i+2 < len(b) && ascii.IsHex(b[i+1]) && ascii.IsHex(b[i+2]) {
				out = append(out, ascii.Unhex(b[i+1])<<4|ascii.Unhex(b[i+2]))
				i += 2
				continue
			}
			out = append(out, b[i])
		}
		b = out
	}
	return b
}

// FuzzTokens puts tokens of ours and JWTs amid any bytes, spelled in any way: nothing of their secret parts is ever in the output.
func FuzzTokens(f *testing.F) {
	f.Add([]byte("/me?a=1&"), false, []byte{0}, []byte("&b=2"))
	f.Add([]byte("/t/"), true, []byte{0, 1}, []byte("/x"))
	f.Add([]byte("/t;v="), true, []byte{1, 2, 3}, []byte(";w=1"))
	f.Add([]byte(`/t?f={"a":"`), true, []byte{0, 0, 2}, []byte(`"}`))
	f.Add([]byte("http://a:b@c/?x=http%3A//"), false, []byte{3}, []byte("@d"))
	f.Add([]byte("/cdr_"), false, []byte{0}, []byte(""))
	f.Add([]byte("/eyJ."), true, []byte{0}, []byte(""))
	f.Fuzz(func(t *testing.T, before []byte, jwt bool, times, after []byte) {
		secret := "S3cr3tS3cr3tS3cr3t_S3cr3t-S3cr3t"
		token := "cdr_at_" + secret
		if jwt {
			token = "eyJhbGciOiJIUzI1NiJ9." + secret + "." + secret
		}
		if len(times) == 0 {
			return
		}
		const piece = "S3cr3tS3cr3t"
		if bytes.Contains(decoded(before), []byte(piece)) || bytes.Contains(decoded(after), []byte(piece)) {
			return
		}
		if n := len(before); bytes.LastIndexByte(before, '%') >= n-2*maxLevels-2 && n > 0 { // it would make another character of the first
			return
		}
		target := bytes.Join([][]byte{before, []byte(spell(token, times)), after}, nil)
		for _, out := range [][]byte{AppendTarget(nil, target), AppendQuery(nil, target)} {
			if bytes.Contains(decoded(out), []byte(piece)) {
				t.Fatalf("%q became %q", target, out)
			}
		}
	})
}

// BenchmarkAppendTarget: the time of the last one, of a hostile target, may grow with its length alone.
func BenchmarkAppendTarget(b *testing.B) {
	for _, c := range []struct{ name, target string }{
		{"plain", "/v2/people/me"},
		{"usual", "/v2/people/id=abc123?projection=(id,firstName,lastName)&start=0&count=10"},
		{"escapes", "/v2/people?q=%7B%22name%22%3A%22ann%22%7D&start=0&count=10"},
		{"secret", "/v2/people/me?access_token=AQXdSP_W41_UPs5ioT_t8HESyODB4FqbkJ8LrV_5mff4gPODzOYR&start=0"},
		{"hostile", "/?" + strings.Repeat("eyJ", 1300) + strings.Repeat("pw:'\"", 500)},
	} {
		b.Run(c.name, func(b *testing.B) {
			target, buf := []byte(c.target), make([]byte, 0, 8192)
			b.ReportAllocs()
			for b.Loop() {
				buf = AppendTarget(buf[:0], target)
			}
		})
	}
}

// What is hidden is told as it stood there.
func TestHidden(t *testing.T) {
	t.Parallel()
	for target, want := range map[string][]string{
		"/plain?page=2":                      nil,
		"/a?access_token=abc%2Fd&x=1&key=zz": {"abc%2Fd", "zz"},
		"http://u:p@h.example/":              {"u:p"},
		"/hooks/sk_live_0123456789abcdef":    {"0123456789abcdef"}, // whose maker may be known
	} {
		var got []string
		for _, one := range Hidden([]byte(target)) {
			got = append(got, string(one))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("of %s (-want +got):\n%s", target, diff)
		}
	}
}
