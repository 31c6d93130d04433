package wire

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/server"
	"github.com/candor-gateway/candor/test/wire/stage"
)

// guarded has a route for each check, beside a catch-all that checks nothing and goes to the same upstream.
const guarded = `
upstreams: {up: "{{upstream}}"}
scopes: [read, rule]
products: {basic: [read], crown: [rule]}
apps: [{name: demo, products: [basic]}]
apis:
  - name: site
    credentials: public
    http: {accept: {{accept}}}
    routes:
      - {path: /**}
      - {path: /credential, credentials: bearer}
      - {path: /deep/**, credentials: bearer}
      - {path: "/items/{id}/secret", credentials: bearer}
      - {path: /permission, credentials: bearer, scopes: [rule]}
      - {path: /hidden, credentials: bearer, products: [crown], restricted: true, hidden: true}
      - {path: /method, methods: [GET]}
      - {path: /version, version: {header: LinkedIn-Version, active: [202601]}}
      - {path: /length, methods: [POST], body: {length: required}}
      - {path: /size, methods: [POST], body: {max: 8}}
      - {path: /type, methods: [POST], body: {types: [application/json]}}
      - {path: /body, methods: [POST], body: {json: check}}
  - name: prefix
    base: /api
    credentials: public
    http: {accept: {{accept}}}
    routes: ["/open/**", "/open/{id}/x", {path: /admin, credentials: bearer}]
`

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

// tolerated are spellings that some tolerance opens, each of which makes another path of it. Those of a weaker guard, for who calls alone, stand apart.
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

// callers are the spellings that the guard knows without any tolerance, of routes that ask who calls.
var callers = []func(path string) string{
	strings.ToUpper,
	func(p string) string { return p + "/" },
	func(p string) string { return p + ";x" },
	func(p string) string { return p + "%20" },
	func(p string) string { return "/" + "%" + fmt.Sprintf("%02x", p[1]) + p[2:] },
	func(p string) string { return "/%25" + fmt.Sprintf("%02x", p[1]) + p[2:] },
}

// TestNothingPassesACheck: in no spelling, with none, each and all of the tolerances, does a call reach the upstream that the route of its path refuses.
func TestNothingPassesACheck(t *testing.T) {
	for _, accept := range []string{"[]", "[path_raw]", "[path_escape]", "[backslash]", "[double_slash]", "[encoded_slash]", "[dot_segments]", "[any_method]", "[expect, query_raw]", "all"} {
		t.Run(accept, func(t *testing.T) {
			up := stage.StartUpstream(t, nil)
			gate := stage.StartGate(t, guarded, stage.Words{"upstream": up.URL, "accept": accept}, server.Options{})
			token := gate.Mint("demo", "ada", 2*time.Hour, "read").Token
			up.Play(stage.ID)
			tried := 0
			for _, c := range checks {
				paths := []string{c.path}
				for _, spell := range tolerated {
					paths = append(paths, spell(c.path))
				}
				if c.name[0] == 'c' || c.name[0] == 'p' || c.name == "another API" {
					for _, spell := range callers {
						paths = append(paths, spell(c.path))
					}
				}
				for _, path := range paths {
					for _, more := range []string{"", "X-HTTP-Method-Override: GET\r\n", "Expect: magic\r\n", "X-Original-URL: " + c.path + "\r\n"} {
						tried++
						passes(t, gate, up, c.method+" "+path, strings.ReplaceAll(c.fields, "{{token}}", token)+more, c.body)
					}
				}
			}
			if tried < 1000 {
				t.Errorf("only %d calls", tried)
			}
		})
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
		gates[accept] = stage.StartGate(t, guarded, stage.Words{"upstream": up.URL, "accept": accept}, server.Options{})
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
