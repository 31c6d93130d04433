package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestNearlyRight: what is nearly right is told with what was meant.
func TestNearlyRight(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"an address with a length", least + "listeners: [{address: \":1\", trusted_proxies: [10.0.0.5/8, \"fe80::1/64\"]}]\n", []string{
			`4:47: "10.0.0.5/8" names an address within a network; did you mean the network, 10.0.0.0/8, or the address alone, 10.0.0.5?`,
			`4:59: "fe80::1/64" names an address within a network; did you mean the network, fe80::/64, or the address alone, fe80::1?`,
		}},
		{"words for a host", "upstreams: {people: {targets: [\"http://10.0.0.5:9000\"], host: upstream}}\napis:\n  - {credentials: public, routes: [/**]}\n", []string{
			`1:63: "upstream" is no host: did you mean target, which is that of the upstream's URL?`,
		}},
		{"a prefix that is none, told once", "upstreams: {a: \"http://x\"}\napis: [{credentials: public, request: {strip_prefix: v2}, routes: [/v2/x, {path: /y, request: {strip_prefix: none}}]}]\n", []string{
			`2:54: expected true, off or a literal path, as in /v2, not "v2"; did you mean /v2?`,
			`2:110: expected true, off or a literal path, as in /v2, not "none"; did you mean off?`,
		}},
		{"names for TLS", "upstreams:\n" +
			"  a: {targets: [\"https://x\"], tls: {name: \"api.internal:8443\"}}\n  b: {targets: [\"https://x\"], tls: {name: off}}\n" +
			"  c: {targets: [\"https://x\"], tls: {name: \"https://x\"}}\n  d: {targets: [\"https://x\"], tls: {name: API.internal}}\n" +
			"  e: {targets: [\"https://x\"], tls: {name: \"2001:db8::1\"}}\n  f: {targets: [\"https://x\"], tls: {name: \"\"}}\n" +
			"apis:\n  - {credentials: public, upstream: a, routes: [/**]}\n", []string{
			`2:43: "api.internal:8443" has a port, and a certificate names none: leave the port out`,
			`3:43: "off" is no name of a certificate: expected auto (the host of the upstream's URL), or a name or an address without a port, as in api.internal`,
			`4:43: "https://x" is no name of a certificate: expected auto (the host of the upstream's URL), or a name or an address without a port, as in api.internal`,
			`7:43: "" is no name of a certificate: expected auto (the host of the upstream's URL), or a name or an address without a port, as in api.internal`,
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, mistakesOf(t, c.text)); diff != "" {
				t.Errorf("mistakes (-want +got):\n%s", diff)
			}
		})
	}
}

// TestTemplatesWithSecrets: a key in a template is sent, and shown nowhere: neither by --print, which loads again, nor by a mistake.
func TestTemplatesWithSecrets(t *testing.T) {
	env := func(name string) (string, bool) {
		value, ok := map[string]string{"KEY": "s3cr3t", "BAD": "s3cr3t x", "CURLY": "a{s3cr3t}"}[name]
		return value, ok
	}
	of := func(template string) string {
		return "upstreams: {a: \"http://x\"}\napis: [{credentials: public, request: {rewrite: \"" + template + "\"}, routes: [{path: /**}]}]\n"
	}
	for template, c := range map[string]struct{ sent, shown string }{
		"/y/${KEY}?k=${KEY}&{?}": {"/y/s3cr3t?k=s3cr3t&{?}", `"/y/${KEY}?k=${KEY}&{?}"`},
		"/y?k=${NONE:-s3cr3t}":   {"/y?k=s3cr3t", "(hidden)"},
		"/y?k=v":                 {"/y?k=v", "/y?k=v"},
	} {
		parsed, err := Parse("candor.yaml", []byte(of(template)), env)
		if err != nil {
			t.Fatal(err)
		}
		if got := parsed.APIs[0].Rewrite.Template; got != c.sent {
			t.Errorf("%s: %q is sent, want %q", template, got, c.sent)
		}
		text, err := parsed.AppendYAML(nil)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), "rewrite: "+c.shown) || strings.Contains(string(text), "s3cr3t") {
			t.Errorf("%s: --print lacks %s, or shows more:\n%s", template, c.shown, text)
		}
	}
	_, err := Parse("candor.yaml", []byte("upstreams: {a: \"http://x\"}\napis: [{credentials: public, request: {strip_prefix: \"v2${KEY}\"}, routes: [/**]}]\n"), env)
	if want := `2:54: expected true, off or a literal path, as in /v2, not "v2${KEY}"` + "\n"; err == nil || !strings.HasSuffix(err.Error()+"\n", want) {
		t.Errorf("%v, want … %s", err, want)
	}
	for template, want := range map[string]string{
		"/y/../${BAD}": `2:75: "/y/../${BAD}" has a character at position 13, with its variables filled in; that cannot stand in a path`,
		"/${CURLY}":    `2:72: "/${CURLY}" has {…} at position 3, with its variables filled in, which is no value of /**; expected one of {**}, {/}`,
		"${KEY}":       `2:69: "${KEY}" does not begin with '/'; expected a path, as in /v1/users/{id}`,
	} {
		_, err := Parse("candor.yaml", []byte(of(template)), env)
		if err == nil || strings.Contains(err.Error(), "s3cr3t") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", template, err)
		}
	}
}
