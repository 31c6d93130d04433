package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestFieldMistakes: names that are not to be touched say why, and values are never quoted.
func TestFieldMistakes(t *testing.T) {
	const at = "upstreams: {a: {targets: [\"http://x\"], request_id: X-Trace}}\napis:\n  - {headers: {app: X-App}, routes: [/**], "
	for _, c := range []struct{ in, want string }{
		{"request: {headers: {set: {Host: x}}}", `"Host" is what host: of the upstream says`},
		{"request: {headers: {set: {content-length: 1}}}", `"content-length" is about the connection, or where a message ends: Candor writes that itself`},
		{"request: {headers: {remove: [Transfer_Encoding]}}", `"Transfer_Encoding" is about the connection, or where a message ends: Candor writes that itself`},
		{"request: {headers: {remove: [Connection]}}", `"Connection" is about the connection, or where a message ends: Candor writes that itself`},
		{"request: {headers: {add: {Proxy-Authorization: x}}}", `"Proxy-Authorization" is about the connection, or where a message ends: Candor writes that itself`},
		{"request: {headers: {set: {candor_app: x}}}", `"candor_app" is Candor's own to say`},
		{"request: {headers: {set: {X-Request-Id: x}}}", `"X-Request-Id" is the id of a call: request_id: of the upstream and headers: of the API name its field`},
		{"request: {headers: {set: {X-Forwarded-Proto: https}}}", `"X-Forwarded-Proto" tells where a call came from: see trusted_proxies: of the listener and forwarded: of the upstream`},
		{"request: {headers: {set: {Via: x}}}", `"Via" is what via: of the upstream says`},
		{"request: {headers: {set: {X-HTTP-Method-Override: DELETE}}}", `"X-HTTP-Method-Override" would make another call of it than the one that was checked; it can only be removed`},
		{"request: {headers: {add: {x_original_url: /admin}}}", `"x_original_url" would make another call of it than the one that was checked; it can only be removed`},
		{"request: {headers: {remove: [X-Original-URL, X-HTTP-Method-Override, Authorization, Cookie]}}", ""},
		{"request: {headers: {set: {Authorization: Basic x}, add: {X-A: [\"1\", \"2\"]}, remove: [Cookie]}}", ""},
		{"request: {headers: {set: {x_app: x}}}", `"x_app" is one of headers: of the API "a", which are Candor's own to say`},
		{"request: {headers: {remove: [X-Trace]}}", `"X-Trace" is request_id: of the upstream "a"`},
		{"request: {headers: {set: {\"X A\": x}}}", `"X A" is not a valid header name`},
		{"request: {headers: {set: {\"X\\r\\nA\": x}}}", `"X\r\nA" is not a valid header name`},
		{"request: {headers: {set: {X-A: \"secret\\r\\nX-B: 1\"}}}", `this value has a line end or another control character, which no header field can hold`},
		{"request: {headers: {set: {X-A: \"secret\\0\"}}}", `this value has a line end or another control character, which no header field can hold`},
		{"request: {headers: {set: {X-A: \"${LINES}\"}}}", `this value has a line end or another control character, which no header field can hold`},
		{"request: {headers: {set: {X-A: \" secret\"}}}", `this value begins or ends with a blank, which no header field can`},
		{"request: {headers: {set: {X-A: \"\"}}}", `this value is empty; to take a field away, name it in remove:`},
		{"request: {headers: {set: {X-A: }}}", `expected a value for a header, as in test, ${VAR} or file:secrets/key`},
		{"request: {headers: {set: {X-A: (hidden)}}}", `the value was hidden by --print; write it here, best as a variable: ${API_KEY}`},
		{"request: {headers: {set: [X-A]}}", `expected a mapping from header names to values, as in {X-Env: test}, not a list`},
		{"request: {headers: {set: {X-A: b}, remove: [x_a]}}", `"x_a" stands in set: and in remove:; set takes away what came, and add leaves it`},
		{"request: {headers: {set: {X-A: b, x-a: c}}}", `"x-a" has several values in set:, which gives a field one; add: takes a list`},
		{"request: {headers: {set: {X-A: [b, c]}}}", `"X-A" has several values in set:, which gives a field one; add: takes a list`},
		{"request: {headers: {remove: [\"*\"]}}", `"*" stands for no other names: each is written out, as in X-Debug`},
		{"response: {headers: {remove: [X-*]}}", `"X-*" stands for no other names: each is written out, as in X-Debug`},
		{"response: {headers: {set: {Access-Control-Allow-Origin: \"*\"}}}", `"Access-Control-Allow-Origin" is what cors: of the API says`},
		{"response: {headers: {remove: [Date]}}", `"Date" is a fact about the answer`},
		{"response: {headers: {set: {RateLimit: x}}}", `"RateLimit" is what quotas: say`},
		{"response: {headers: {set: {Content-Length: 5}}}", `"Content-Length" is about the connection, or where a message ends: Candor writes that itself`},
		{"response: {headers: {set: {Cache-Control: no-store, Strict-Transport-Security: max-age=1}, add: {Link: x, Vary: Cookie}, remove: [Server, X-Powered-By, Set-Cookie]}}", ""},
	} {
		var got []string
		_, err := Parse("candor.yaml", []byte(at+c.in+"}\n"), func(name string) (string, bool) { return "secret\r\nX-B: 1", name == "LINES" })
		if err != nil {
			for line := range strings.Lines(err.Error()) {
				_, say, _ := strings.Cut(strings.TrimSpace(line), ": ")
				got = append(got, say)
			}
		}
		var want []string
		if c.want != "" {
			want = []string{c.want}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.in, diff)
		}
		if err != nil && strings.Contains(err.Error(), "secret") && !strings.Contains(c.want, "file:secrets") {
			t.Errorf("%s: the mistake quotes the value: %v", c.in, err)
		}
	}
}

// TestFieldSecrets: a value that came of a variable or a file, or stands under the name of a secret, is sent and never shown.
func TestFieldSecrets(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "key"), []byte("from-a-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	env := func(name string) (string, bool) {
		if name != "KEY" {
			return "", false
		}
		return "from-the-environment", true
	}
	file := filepath.Join(dir, "candor.yaml")
	c, err := Parse(file, []byte(`upstreams: {a: "http://x"}
apis:
  - routes: [/**]
    request: {headers: {set: {X-A: "${KEY}", X-B: "Bearer ${KEY}", X-C: "file:key", X-D: "plain $${KEY}", Authorization: Basic from-this-file, X-E: "${NONE:-from-this-file}"}}}
`), env)
	if err != nil {
		t.Fatal(err)
	}
	set := c.APIs[0].Rewrite.Request.Set
	var sent []string
	for _, f := range set {
		sent = append(sent, f.Name+": "+f.Value.Value())
	}
	if diff := cmp.Diff([]string{
		"X-A: from-the-environment", "X-B: Bearer from-the-environment", "X-C: from-a-file", "X-D: plain ${KEY}", "Authorization: Basic from-this-file", "X-E: from-this-file",
	}, sent); diff != "" {
		t.Errorf("what is sent (-want +got):\n%s", diff)
	}
	text, err := c.AppendYAML(nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, shown := range map[string]string{"--print": string(text), "%v": fmt.Sprintf("%v %+v %#v", set, set, set)} {
		if strings.Contains(shown, "from-") {
			t.Errorf("%s shows a secret:\n%s", name, shown)
		}
	}
	for _, line := range []string{`X-A: "${KEY}"`, `X-B: "Bearer ${KEY}"`, "X-C: file:" + filepath.Join(dir, "key"), `X-D: "plain $${KEY}"`, "Authorization: (hidden)", "X-E: (hidden)"} {
		if !strings.Contains(string(text), line) {
			t.Errorf("--print lacks %s:\n%s", line, text)
		}
	}
	if _, err := Parse(file, []byte("upstreams: {a: \"http://x\"}\napis: [{routes: [/**], request: {headers: {set: {X-A: \"file:none\"}}}}]\n"), env); err == nil || !strings.Contains(err.Error(), "the file of this value cannot be read") {
		t.Error(err)
	}
}
