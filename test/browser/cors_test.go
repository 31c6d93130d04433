package browser

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/callid"
	"github.com/candor-gateway/candor/internal/server"
	"github.com/candor-gateway/candor/internal/testkit"
	"github.com/candor-gateway/candor/test/wire/stage"
)

// crossed is an API three times: for every origin; for one, whose scripts may send cookies; and for none.
const crossed = `
limits: {{limits}}
upstreams:
  up: {targets: ["{{upstream}}"], errors: pass}
  wrapped: {targets: ["{{upstream}}"], errors: wrap}
  slow: {targets: ["{{upstream}}"], timeouts: {first_byte: 150ms}}
  refused: "{{refused}}"
scopes: [read, write]
products: {basic: [read, write]}
apps: [{name: demo, products: [basic]}, {name: any, products: [basic]}, {name: named, products: [basic]}]
quotas: {one: {app: 1/day}}
apis:
  - {name: any, hosts: [127.0.0.1], base: /any, upstream: up, cors: {origins: ["*"], headers: ["*"], methods: ["*"]}, routes: {{routes}}}
  - {name: named, hosts: [127.0.0.1], base: /named, upstream: up, cors: {origins: ["{{origin}}"], headers: ["*"], methods: ["*"], credentials: true}, routes: {{routes}}}
  - {name: none, hosts: [127.0.0.1], base: /none, upstream: up, routes: {{routes}}}
  - {name: strict, hosts: [127.0.0.1], base: /strict, upstream: up, cors: {origins: ["{{origin}}"]}, routes: {{routes}}}
`

// routes are those of each of them.
const routes = `[
      {path: /me, methods: [GET]},
      {path: /write, methods: [POST], scopes: [write]},
      {path: /json, methods: [POST], body: {types: [application/json], json: check, max: 1KiB}},
      {path: /few, methods: [GET], quota: one},
      {path: /rest, methods: [GET], version: {header: LinkedIn-Version, active: 12 months}},
      {path: /wrapped, methods: [GET], upstream: wrapped},
      {path: /slow, methods: [GET], upstream: slow},
      {path: /refused, methods: [GET], upstream: refused},
      {path: /public, methods: [GET], credentials: public}]`

// crossing is a gateway, and a page on another origin whose script calls it.
type crossing struct {
	*page
	gate   *stage.Gate
	up     *stage.Upstream
	origin string
	tokens map[string]string
	ids    map[string]string // of calls that failed, and what the log must say of each
}

// cross opens the page, with a gateway of a profile in which limits hold.
func cross(t *testing.T, profile, limits string) *crossing {
	t.Helper()
	c := &crossing{page: open(t), up: stage.StartUpstream(t, nil), origin: origin(t), ids: map[string]string{}}
	c.gate = stage.StartGate(t, crossed, stage.Words{
		"data": t.TempDir(), "profile": profile, "limits": limits, "origin": c.origin, "routes": routes, "upstream": c.up.URL,
		"refused": "http://" + testkit.Nowhere, "front": `, cors: {origins: ["*"]}`,
	}, server.Options{NewID: func(unixMilli int64) callid.ID { return callid.New(unixMilli, rand.Uint64(), rand.Uint64()) }, Sandbox: server.Sandbox{Stage: stage.Asked(fault)}})
	const life = 2 * time.Hour
	revoked := c.gate.Mint("demo", "eve", life, "read")
	c.tokens = map[string]string{
		"good": c.gate.Mint("demo", "ada", life, "read").Token, "revoked": revoked.Token,
		"expired": c.gate.Mint("demo", "exa", 30*time.Minute, "read").Token, "altered": revoked.Token[:40],
		"any": c.gate.Mint("any", "ada", life, "read").Token, "named": c.gate.Mint("named", "ada", life, "read").Token,
	}
	if err := c.gate.RevokeGrant(t.Context(), revoked.Grant.ID, access.ByMember); err != nil {
		t.Fatal(err)
	}
	c.do(chromedp.Navigate(c.origin), chromedp.Evaluate[chromedp.Void](
		`for (let i = 0; i < 10; i++) document.cookie = "c" + i + "=" + "x".repeat(4000) + "; path=/named/cookies"; undefined`)) // of every port of the host
	c.said()
	return c
}

// fault is a fault of ours, on one path.
func fault(c *admission.Call) {
	if strings.HasSuffix(string(c.Head.Path.Of(c.Head.Buf)), "/fault") {
		panic("a fault of ours")
	}
}

// origin is a site with one empty page. Its port makes it another origin than the gateway's.
func origin(t *testing.T) string {
	t.Helper()
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprint(w, `<!doctype html><title>Another origin</title><link rel=icon href="data:,">`)
	}))
	t.Cleanup(site.Close)
	return site.URL
}

// call is what a script asks of fetch.
type call struct {
	Path    string            `json:"-"`
	Method  string            `json:"method,omitempty"`
	Headers map[string]string `json:"headers,omitempty"`
	Body    string            `json:"body,omitempty"`
	Cookies string            `json:"credentials,omitempty"`
}

// with is a call with a header more.
func (c call) with(name, value string) call {
	c.Headers = maps.Clone(c.Headers)
	if c.Headers == nil {
		c.Headers = map[string]string{}
	}
	c.Headers[name] = value
	return c
}

// seen is what the script sees of an answer. Error is all that it sees where the browser keeps the answer from it.
type seen struct {
	Error   string
	Status  int
	Headers map[string]string
	Body    string
}

// fetch lets the page's script make a call.
func (c *crossing) fetch(url string, of call) seen {
	c.t.Helper()
	options, err := json.Marshal(of)
	if err != nil {
		c.t.Fatal(err)
	}
	return ask(c.page, chromedp.Evaluate[seen](fmt.Sprintf(`fetch(%q, %s).then(
		async r => ({Status: r.status, Headers: Object.fromEntries(r.headers), Body: await r.text()}),
		e => ({Error: String(e)}))`, url, options), chromedp.EvalAwaitPromise))
}

// failure is a call that fails, and what a script must be able to read of it.
type failure struct {
	problem string // and what tells apart those of one problem
	status  int
	call
	field  string // one that the script must be able to read beside the ids
	host   string // instead of 127.0.0.1
	only   string // this API alone: the other cannot say it to this origin
	script stage.Script
}

// failures are the rows that a script can provoke; {good} and the like are tokens of the crossing.
var failures = []failure{
	{problem: "invalid_url", status: 400, call: call{Path: "/public%zz"}},
	{problem: "uri_too_long", status: 414, call: call{Path: "/public?" + strings.Repeat("x", 9000)}},
	{problem: "headers_too_large", status: 431, call: call{Path: "/public"}.with("X-Large", strings.Repeat("x", 40_000)), only: "any"}, // Chromium sends Origin behind it
	{problem: "headers_too_large, many", status: 431, call: call{Path: "/public", Headers: many(130)}, only: "any"},
	{problem: "headers_too_large, cookies", status: 431, call: call{Path: "/cookies"}, only: "named"},      // behind Origin, as browsers send them
	{problem: "misdirected_request", status: 421, call: call{Path: "/me"}, host: "localhost", only: "any"}, // by the listener, which allows every origin
	{problem: "ambiguous_credentials", status: 400, call: call{Path: "/me?access_token={good}"}.with("Authorization", "Bearer {good}"), field: "www-authenticate"},
	{problem: "empty_access_token", status: 401, call: call{Path: "/me"}, field: "www-authenticate"},
	{problem: "empty_access_token, of a POST", status: 401, call: call{Path: "/json", Method: "POST", Body: "{}"}, field: "www-authenticate"},
	{problem: "unknown_auth_scheme", status: 401, call: call{Path: "/me"}.with("Authorization", "Digest x"), field: "www-authenticate"},
	{problem: "token_in_url", status: 401, call: call{Path: "/me?access_token={good}"}, field: "www-authenticate"},
	{problem: "invalid_access_token", status: 401, call: call{Path: "/me"}.with("Authorization", "Bearer {altered}"), field: "www-authenticate"},
	{problem: "expired_access_token", status: 401, call: call{Path: "/me"}.with("Authorization", "Bearer {expired}"), field: "www-authenticate"},
	{problem: "revoked_access_token", status: 401, call: call{Path: "/me"}.with("Authorization", "Bearer {revoked}"), field: "www-authenticate"},
	{problem: "access_denied", status: 403, call: call{Path: "/write", Method: "POST", Body: "x"}.with("Authorization", "Bearer {good}"), field: "www-authenticate"},
	{problem: "resource_not_found", status: 404, call: call{Path: "/nothing"}.with("Authorization", "Bearer {good}")},
	{problem: "method_not_allowed", status: 405, call: call{Path: "/me", Method: "POST"}.with("Authorization", "Bearer {good}")},
	{problem: "not_implemented", status: 501, call: call{Path: "/me", Method: "BREW"}.with("Authorization", "Bearer {good}")},
	{problem: "version_missing", status: 400, call: call{Path: "/rest"}.with("Authorization", "Bearer {good}")},
	{problem: "nonexistent_version", status: 426, call: call{Path: "/rest"}.with("Authorization", "Bearer {good}").with("LinkedIn-Version", "202001")},
	{problem: "loop_detected", status: 508, call: call{Path: "/me"}.with("Authorization", "Bearer {good}").with("Candor-Hops", "9")},
	{problem: "payload_too_large", status: 413, call: call{Path: "/json", Method: "POST", Body: strings.Repeat("x", 3_000)}.with("Authorization", "Bearer {good}").with("Content-Type", "application/json")},
	{problem: "payload_too_large, far", status: 413, call: call{Path: "/json", Method: "POST", Body: strings.Repeat("x", 3_000_000)}.with("Authorization", "Bearer {good}").with("Content-Type", "application/json")},
	{problem: "unsupported_media_type", status: 415, call: call{Path: "/json", Method: "POST", Body: "x"}.with("Authorization", "Bearer {good}").with("Content-Type", "text/csv")},
	{problem: "invalid_body", status: 400, call: call{Path: "/json", Method: "POST", Body: `{"a":}`}.with("Authorization", "Bearer {good}").with("Content-Type", "application/json")},
	{problem: "throttled", status: 429, call: call{Path: "/few"}.with("Authorization", "Bearer {api}"), field: "retry-after"},
	{problem: "upstream_unreachable", status: 502, call: call{Path: "/refused"}.with("Authorization", "Bearer {good}")},
	{problem: "upstream_broke", status: 502, call: call{Path: "/me"}.with("Authorization", "Bearer {good}"), script: stage.Script{{Do: "head"}, {Do: "write", Data: "HTTP/1.1 200"}, {Do: "reset"}}},
	{problem: "upstream_invalid", status: 502, call: call{Path: "/me"}.with("Authorization", "Bearer {good}"), script: stage.Script{{Do: "head"}, {Do: "write", Data: "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"}}},
	{problem: "gateway_timeout", status: 504, call: call{Path: "/slow"}.with("Authorization", "Bearer {good}"), script: stage.Script{{Do: "hold"}}},
	{problem: "internal_error", status: 500, call: call{Path: "/fault"}, only: "any"}, // made before the API is known: by the listener
	{problem: "empty_access_token, of HEAD", status: 401, call: call{Path: "/me", Method: "HEAD"}, field: "www-authenticate"},
	{problem: "upstream_client_error; by=upstream", status: 418, call: call{Path: "/wrapped"}.with("Authorization", "Bearer {good}"), script: foreign},
	{problem: "", status: 418, call: call{Path: "/me"}.with("Authorization", "Bearer {good}"), field: "retry-after", script: foreign},
}

// foreign is an error of an API, which thinks of another origin.
var foreign = stage.Script{{Do: "head"}, {Do: "write", Data: "HTTP/1.1 418 I'm a teapot\r\nAccess-Control-Allow-Origin: https://other.example\r\nRetry-After: 7\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nshort"}}

// many are this many headers.
func many(n int) map[string]string {
	h := map[string]string{}
	for i := range n {
		h[fmt.Sprint("X-", i)] = "x"
	}
	return h
}

// TestFailuresReachScripts: whatever fails, a script of another origin reads the body, the ids and what belongs to the problem, and is never left with a
// TypeError that says nothing; with cookies and without.
func TestFailuresReachScripts(t *testing.T) {
	for _, profile := range []string{"standard", "linkedin"} {
		t.Run(profile, func(t *testing.T) {
			c := cross(t, profile, "{}")
			c.up.Play("few")
			for _, api := range []string{"any", "named"} {
				c.fetch("http://"+c.gate.Plain+"/"+api+"/few", call{}.with("Authorization", "Bearer "+c.tokens[api]))
			}
			for _, f := range failures {
				for _, api := range []string{"any", "named"} {
					if f.only == "" || f.only == api {
						c.fails(&f, api)
					}
				}
			}
			c.logged()
		})
	}
}

// fails lets the script make one call to one of the APIs, and looks at what it sees.
func (c *crossing) fails(f *failure, api string) {
	c.t.Helper()
	if f.script != nil {
		c.up.Play("/"+api+f.Path, f.script)
	}
	fill := strings.NewReplacer("{good}", c.tokens["good"], "{altered}", c.tokens["altered"], "{expired}", c.tokens["expired"],
		"{revoked}", c.tokens["revoked"], "{api}", c.tokens[api])
	of := f.call
	of.Headers = map[string]string{}
	for name, value := range f.Headers {
		of.Headers[name] = fill.Replace(value)
	}
	if api == "named" {
		of.Cookies = "include"
	}
	at := c.gate.Plain
	if f.host != "" {
		at = strings.Replace(at, "127.0.0.1", f.host, 1)
	}
	c.reads(f, f.problem+" of "+api, c.fetch("http://"+at+"/"+api+fill.Replace(f.Path), of))
}

// logged looks whether the log has what the scripts were told. It is written now and then, so that is not asked for each call.
func (c *crossing) logged() {
	c.t.Helper()
	for id, says := range c.ids {
		if !c.gate.Logs(id, says) {
			c.t.Errorf("the log does not say %s of the call %s: %v", says, id, c.gate.Logged(id))
		}
	}
}

// reads compares what a script saw with what it should.
func (c *crossing) reads(f *failure, name string, got seen) {
	c.t.Helper()
	problem, _, _ := strings.Cut(f.problem, ",")
	toHEAD := f.Method == "HEAD"
	if got.Status != f.status || got.Headers["candor-problem"] != problem || (len(got.Body) == 0) != toHEAD {
		c.t.Errorf("%s: the script sees %+v", name, got)
		return
	}
	if _, ok := got.Headers[f.field]; !ok && f.field != "" {
		c.t.Errorf("%s: the script does not see %s: %v", name, f.field, got.Headers)
	}
	if problem == "" || toHEAD {
		return
	}
	var body struct{ RequestID, Code, Fix string }
	if err := json.Unmarshal([]byte(got.Body), &body); err != nil || body.Code == "" || body.Fix == "" || body.RequestID == "" {
		c.t.Errorf("%s: the body is %s", name, got.Body)
	}
	if id := got.Headers["x-request-id"]; id != body.RequestID && got.Headers["x-li-request-id"] != strings.ReplaceAll(body.RequestID, "-", "") {
		c.t.Errorf("%s: the script sees no id of the call: %v", name, got.Headers)
	}
	plain, _, _ := strings.Cut(problem, ";")
	c.ids[body.RequestID] = fmt.Sprintf(`"problem":%q`, plain)
}

// TestScarceRoomReachesScripts: the same of what is said before a call is looked at, or was read.
func TestScarceRoomReachesScripts(t *testing.T) {
	for limits, f := range map[string]struct {
		problem string
		call    call
		apis    []string
	}{
		"{in_flight: 1}":   {"infrastructure_protection", call{Path: "/public"}.with("X-Asks", "before"), []string{"any", "named"}}, // preflights are answered all the same
		"{connections: 1}": {"service_unavailable", call{Path: "/public"}, []string{"any"}},                                         // nothing is read: what every origin is told; a preflight fails
	} {
		t.Run(f.problem, func(t *testing.T) {
			c := cross(t, "standard", limits)
			c.up.Play("/any/public", stage.Script{{Do: "head"}, {Do: "sync"}, {Do: "write", Data: stage.Ok}})
			other := stage.Dial(t, c.gate.Plain, nil)
			defer other.Close()
			other.Send("GET /any/public HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
			if !c.up.Await(func(calls []stage.Call) bool { return len(calls) == 1 }) {
				t.Fatal("the first call did not reach the upstream")
			}
			for _, api := range f.apis {
				c.fails(&failure{problem: f.problem, status: 503, call: f.call, field: "retry-after"}, api)
			}
			c.up.Go()
			c.logged()
		})
	}
}

// TestGuessesReachScripts: the same of who has guessed too often.
func TestGuessesReachScripts(t *testing.T) {
	c := cross(t, "standard", "{failed_credentials: 1}")
	guess := call{Path: "/me"}.with("Authorization", "Bearer {altered}")
	c.fails(&failure{problem: "invalid_access_token", status: 401, call: guess}, "any")
	for _, api := range []string{"any", "named"} {
		c.fails(&failure{problem: "too_many_failures", status: 429, call: guess, field: "retry-after"}, api)
	}
	c.logged()
}

// TestPreflightsSayWhy: a script is told nothing of a preflight that fails, so the console and the network panel must do, and our log.
func TestPreflightsSayWhy(t *testing.T) {
	c := cross(t, "standard", "{}")
	p := watch(c.page)
	elsewhere := strings.Replace(c.origin, "127.0.0.1", "localhost", 1)
	for _, f := range []struct {
		name, from string
		api        string
		call
		status  int64  // of the preflight
		console string // what Chromium says
		log     string // what ours says
	}{
		{"a foreign origin", elsewhere, "strict", call{Method: "PUT"}, 403, "No 'Access-Control-Allow-Origin' header is present", `"detail":"preflight_origin"`},
		{"a foreign origin, with credentials", elsewhere, "named", call{Method: "PUT", Cookies: "include"}, 403, "No 'Access-Control-Allow-Origin' header is present", `"detail":"preflight_origin"`},
		{"a method that is not listed", c.origin, "strict", call{Method: "PROPFIND"}, 204, "Method PROPFIND is not allowed by Access-Control-Allow-Methods", `"detail":"preflight_method"`},
		{"a method in small letters", c.origin, "strict", call{Method: "patch"}, 204, "Method patch is not allowed by Access-Control-Allow-Methods", `"detail":"preflight_method"`},
		{"a header that is not listed", c.origin, "strict", call{}.with("X-Trace", "1"), 204, "Request header field x-trace is not allowed by Access-Control-Allow-Headers", `"detail":"preflight_header"`},
		{"credentials that are not allowed", c.origin, "strict", call{Method: "PUT", Cookies: "include"}, 204, "must be 'true' when the request's credentials mode is 'include'", `"status":204`},
		{"an API without cors:", c.origin, "none", call{}.with("Authorization", "Bearer x"), 403, "No 'Access-Control-Allow-Origin' header is present", `"detail":"preflight_off"`},
	} {
		p.do(chromedp.Navigate(f.from))
		p.said()
		p.panel()
		if got := c.fetch("http://"+c.gate.Plain+"/"+f.api+"/me", f.call); got.Error == "" {
			t.Errorf("%s: the script sees %+v", f.name, got)
			continue
		}
		said, answers := "", []*network.EventResponseReceivedExtraInfo(nil)
		if !testkit.Comes(func() bool { // the browser tells of them on a line of its own
			said += strings.Join(p.said(), "\n")
			answers = append(answers, p.panel()...)
			return strings.Contains(said, f.console) && len(answers) > 0
		}) {
			t.Errorf("%s: the console says %s, and the network panel has %+v", f.name, said, answers)
			continue
		}
		h := answers[0].Headers
		if denied := f.log != `"status":204`; answers[0].StatusCode != f.status || denied && h["Candor-Problem"] != "preflight_denied" {
			t.Errorf("%s: the network panel has %d %v", f.name, answers[0].StatusCode, h)
		}
		if id := fmt.Sprint(h["X-Request-Id"]); !c.gate.Logs(id, f.log) {
			t.Errorf("%s: the log does not say %s of %s: %v", f.name, f.log, id, c.gate.Logged(id))
		}
	}
}

// watched is a page whose network panel is open.
type watched struct {
	*page
	answers []*network.EventResponseReceivedExtraInfo
}

func watch(p *page) *watched {
	p.t.Helper()
	w := &watched{page: p}
	err := chromedp.Listen(p.Context, func(event any) {
		if e, ok := event.(*network.EventResponseReceivedExtraInfo); ok {
			p.mu.Lock()
			defer p.mu.Unlock()
			w.answers = append(w.answers, e)
		}
	})
	if err != nil {
		p.t.Fatal(err)
	}
	if _, err := chromedp.Call(p.Context, network.Enable, network.EnableParams{}); err != nil {
		p.t.Fatal(err)
	}
	return w
}

// panel is what the network panel has of answers since it was last asked.
func (w *watched) panel() []*network.EventResponseReceivedExtraInfo {
	w.mu.Lock()
	defer w.mu.Unlock()
	answers := w.answers
	w.answers = nil
	return answers
}
