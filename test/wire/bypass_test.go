package wire

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/server"
	"github.com/candor-gateway/candor/test/wire/stage"
)

// guarded has a route for each check, beside a catch-all that checks nothing and goes to the same upstream. A shape says where it stands, and how it is rewritten.
const guarded = `
upstreams: {up: "{{upstream}}"}
scopes: [read, rule]
products: {basic: [read], crown: [rule]}
apps: [{name: demo, products: [basic]}]
apis:
  - name: site
    base: "{{base}}"
    credentials: public
    request: {{request}}
    http: {accept: {{accept}}}
    routes:
      - {path: /**}
      - {path: /credential, credentials: bearer{{credential}}}
      - {path: /deep/**, credentials: bearer{{credential}}}
      - {path: "/items/{id}/secret", credentials: bearer{{credential}}}
      - {path: /permission, credentials: bearer, scopes: [rule]{{credential}}}
      - {path: /hidden, credentials: bearer, products: [crown], restricted: true, hidden: true{{hidden}}}
      - {path: /method, methods: [GET]{{method}}}
      - {path: /version, version: {header: LinkedIn-Version, active: [202601]}{{version}}}
      - {path: /length, methods: [POST], body: {length: required}{{length}}}
      - {path: /size, methods: [POST], body: {max: 8}{{length}}}
      - {path: /type, methods: [POST], body: {types: [application/json]}{{media_type}}}
      - {path: /body, methods: [POST], body: {json: check}{{body}}}
  - name: prefix
    base: "{{base}}/api"
    credentials: public
    request: {{request}}
    http: {accept: {{accept}}}
    routes: ["/open/**", "/open/{id}/x", {path: /admin, credentials: bearer{{credential}}}]
`

// shape is one way in which guarded is put before the upstream.
type shape struct {
	name, base, request string
	alone               bool // each route enforces nothing but its own check, and observes the others
}

var shapes = []shape{
	{"as it is", "", "{}", false},
	{"behind a prefix that is cut", "/cut", "{strip_prefix: /cut}", false},
	{"by a template", "/old", "{rewrite: \"/new{/}\"}", false},
	{"every other check observed", "", "{}", true},
	{"behind a prefix, every other check observed", "/cut", "{strip_prefix: /cut}", true},
}

// all are the checks that a mode can have.
var all = []string{"path", "method", "credential", "version", "permission", "length", "media_type", "quota", "body"}

func (s shape) words(up *stage.Upstream, accept string) stage.Words {
	w := stage.Words{"upstream": up.URL, "accept": accept, "base": s.base, "request": s.request}
	only := func(own ...string) string {
		if !s.alone {
			return ""
		}
		modes := make([]string, 0, len(all))
		for _, check := range all {
			if !slices.Contains(own, check) {
				modes = append(modes, check+": observe")
			}
		}
		return ", mode: {" + strings.Join(modes, ", ") + "}"
	}
	for _, own := range all {
		w[own] = only(own)
	}
	w["credential"] = only("credential", "permission") // who may not is refused only where it is known who calls
	w["hidden"] = only("credential", "permission", "path")
	return w
}

// checks are what each of those routes refuses, and the segments of its path.
var checks = []struct{ name, method, path, fields, body string }{
	{"credential", "GET", "/credential", "", ""},
	{"credential below", "GET", "/deep/x", "", ""},
	{"credential behind a value", "GET", "/items/7/secret", "", ""},
	{"permission", "GET", "/permission", "Authorization: Bearer {{token}}\r\n", ""},
	{"path that is hidden", "GET", "/hidden", "Authorization: Bearer {{token}}\r\n", ""},
	{"method", "DELETE", "/method", "", ""},
	{"unknown method", "PURGE", "/method", "", ""},
	{"TRACE", "TRACE", "/method", "", ""},
	{"version", "GET", "/version", "", ""},
	{"length", "POST", "/length", "Transfer-Encoding: chunked\r\n", "0\r\n\r\n"},
	{"size", "POST", "/size", "Content-Length: 9\r\n", "123456789"},
	{"media type", "POST", "/type", "Content-Type: text/plain\r\nContent-Length: 1\r\n", "1"},
	{"body", "POST", "/body", "Content-Type: application/json\r\nContent-Length: 1\r\n", "{"},
	{"another API", "GET", "/api/admin", "", ""},
}

// tolerated are spellings that some tolerance opens, each of which makes another path of it.
var tolerated = []func(path string) string{
	func(p string) string { return "/" + p },
	func(p string) string { return "//" + p },
	func(p string) string { return p + "//" },
	func(p string) string { return "//host" + p },
	func(p string) string { return "/." + p },
	func(p string) string { return p + "/." },
	func(p string) string { return "/x/.." + p },
	func(p string) string { return "/x/%2e%2e" + p },
	func(p string) string { return "/x/.%2E" + p },
	func(p string) string { return "/x/..;y" + p },
	func(p string) string { return p + "/x/.." },
	func(p string) string { return "/.." + p },
	func(p string) string { return "/%2F" + p[1:] },
	func(p string) string { return p + "%2F" },
	func(p string) string { return "/x%2F.." + p },
	func(p string) string { return "/x/..%2F" + p[1:] },
	func(p string) string { return "/%2F.." + p },
	func(p string) string { return `/\` + p[1:] },
	func(p string) string { return p + `\` },
	func(p string) string { return p + "%5C" },
	func(p string) string { return `/x\..` + p },
	func(p string) string { return `/\host` + p },
	func(p string) string { return p + "%00" },
	func(p string) string { return p + "%00.png" },
	func(p string) string { return p + "%0a" },
	func(p string) string { return "/" + strings.ToUpper(p) },
	func(p string) string { return "/x/.." + strings.ToUpper(p) + ";x" },
	func(p string) string { return "/./" + "%" + fmt.Sprintf("%02x", p[1]) + p[2:] },
	func(p string) string { return "/%u" + fmt.Sprintf("%04x", p[1]) + p[2:] },
	func(p string) string { return strings.Join(strings.SplitAfter(p, "/"), "/") },
}

// careless are the spellings that no tolerance is needed for, and that many servers take for the same.
var careless = []func(path string) string{
	strings.ToUpper,
	func(p string) string { return p + "/" },
	func(p string) string { return p + ";x" },
	func(p string) string { return p + "%20" },
	func(p string) string { return p + "%C2%A0" },                  // a blank that does not break
	func(p string) string { return p + "%E2%80%8B" },               // one without width
	func(p string) string { return p[:1] + circled(p[1]) + p[2:] }, // as in ⓒredential
	func(p string) string { return p[:1] + bold(p[1]) + p[2:] },    // as in 𝐜redential
	func(p string) string { return "/" + "%" + fmt.Sprintf("%02x", p[1]) + p[2:] },
	func(p string) string { return "/%25" + fmt.Sprintf("%02x", p[1]) + p[2:] },
}

// circled and bold are a small letter as Unicode has it for other purposes, in escapes.
func circled(letter byte) string { return url.PathEscape(string('ⓐ' + rune(letter-'a'))) }
func bold(letter byte) string    { return url.PathEscape(string('𝐚' + rune(letter-'a'))) }

// TestNothingPassesACheck: in no spelling, with none, each and all of the tolerances, does a call reach the upstream that the route of its path refuses.
func TestNothingPassesACheck(t *testing.T) {
	tolerances := []string{"[]", "[path_raw]", "[path_escape]", "[backslash]", "[double_slash]", "[encoded_slash]", "[dot_segments]", "[any_method]", "[expect, query_raw]", "all"}
	for i, shape := range shapes {
		for _, accept := range tolerances {
			if i > 0 && accept != "[]" && accept != "all" {
				continue // what each opens alone is seen in the first
			}
			t.Run(shape.name+" "+accept, func(t *testing.T) { shape.holds(t, accept) })
		}
	}
}

func (s shape) holds(t *testing.T, accept string) {
	up := stage.StartUpstream(t, nil)
	gate := stage.StartGate(t, guarded, s.words(up, accept), server.Options{})
	token := gate.Mint("demo", "ada", 2*time.Hour, "read").Token
	up.Play(stage.ID)
	tried := 0
	for _, c := range checks {
		paths := []string{c.path}
		for _, spell := range slices.Concat(tolerated, careless) {
			paths = append(paths, spell(c.path))
		}
		for _, path := range paths {
			for _, more := range []string{"", "X-HTTP-Method-Override: GET\r\n", "Expect: magic\r\n", "X-Original-URL: " + s.base + c.path + "\r\n"} {
				tried++
				passes(t, gate, up, c.method+" "+s.base+path, strings.ReplaceAll(c.fields, "{{token}}", token)+more, c.body)
			}
		}
	}
	if tried < 1000 {
		t.Errorf("only %d calls", tried)
	}
}

// passes sends a call that must not reach the upstream.
func passes(t *testing.T, gate *stage.Gate, up *stage.Upstream, line, fields, body string) {
	t.Helper()
	c := stage.Dial(t, gate.Plain, nil)
	defer c.Close()
	c.Send(line + " HTTP/1.1\r\nHost: api\r\nConnection: close\r\n" + fields + "\r\n" + body)
	a, err := c.Answer(false)
	if reached := up.Calls(); len(reached) > 0 || err != nil || a.Status < 400 {
		t.Errorf("%s, with %q: %d, %v; the upstream got %d calls", line, fields, a.Status, err, len(reached))
		up.Play(stage.ID)
	}
}

// TestWhatIsTolerated: what no route refuses goes up byte for byte, where it is tolerated and only there.
func TestWhatIsTolerated(t *testing.T) {
	up := stage.StartUpstream(t, nil)
	gates := map[string]*stage.Gate{}
	for _, accept := range []string{"[]", "all"} {
		gates[accept] = stage.StartGate(t, guarded, shapes[0].words(up, accept), server.Options{})
	}
	for _, c := range []struct{ target, words string }{
		{"/gitlab/v4/projects/group%2Fproject", "encoded_slash"},
		{"/@scope%2fname", "encoded_slash"},
		{"/queues/%2F/name", "encoded_slash"},
		{"/items/group%2Fproject", "encoded_slash"},
		{"/a//b", "double_slash"},
		{"//a", "double_slash"},
		{"//method", "double_slash"}, // GET is what /method takes
		{"/a/./b/../c", "dot_segments"},
		{`/a\b%5Cc`, "backslash"},
		{"/100%/%zz/%0a", "path_escape"},
		{"/caf\xc3\xa9?q=\xe9#x", `query_raw","path_raw`},
		{"/api/open//x", "double_slash"},
		{"/a//b/%2F?x=%", `query_raw","double_slash","encoded_slash`},
	} {
		for accept, gate := range gates {
			up.Play(stage.ID)
			client := stage.Dial(t, gate.Plain, nil)
			client.Send("GET " + c.target + " HTTP/1.1\r\nHost: api\r\nConnection: close\r\n\r\n")
			a, err := client.Answer(false)
			client.Close()
			calls := up.Calls()
			if accept == "[]" {
				if err != nil || a.Status != 400 || len(calls) > 0 || a.Field("Candor-Problem") != "invalid_url" {
					t.Errorf("%s without tolerances: %d, %v, %d calls", c.target, a.Status, err, len(calls))
				}
				if strings.Contains(a.Raw, "slash") && strings.Contains(a.Raw, "accept") {
					t.Errorf("%s: the caller is told: %s", c.target, a.Raw)
				}
				continue
			}
			if err != nil || a.Status != 200 || len(calls) != 1 || !strings.HasPrefix(string(calls[0].Bytes), "GET "+c.target+" HTTP/1.1\r\n") {
				t.Errorf("%s: %d, %v, %d calls: %s", c.target, a.Status, err, len(calls), a.Body)
			}
			if !gate.Logs(stage.ID, `"tolerated":["`+c.words+`"]`) {
				t.Errorf("%s: the log does not say %s: %s", c.target, c.words, gate.Logged(stage.ID))
			}
		}
		if words := strings.TrimPrefix(c.words, `query_raw","`); !gates["[]"].Logs(stage.ID, words) {
			t.Errorf("%s: the log does not say that %s would let it pass: %s", c.target, c.words, gates["[]"].Logged(stage.ID))
		}
	}
}
