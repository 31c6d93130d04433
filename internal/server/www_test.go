package server_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/gateway"
	"github.com/candor-gateway/candor/internal/server"
	"github.com/candor-gateway/candor/internal/testkit"
	"github.com/candor-gateway/candor/problem"
)

// www is what a configuration says for pages; its words are replaced in a stage's.
const www = "www: {address: \"127.0.0.1:0\", public_url: \"http://www.example\"}\n"

func withWWW(more string) []string { return []string{"log: {access", more + "log: {access"} }

// fields are those that every answer of www has.
var fields = map[string]string{
	"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer",
	"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
}

var anID = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

// TestWWW: what is served, and what is refused in words of ours.
func TestWWW(t *testing.T) {
	s := newStage(t)
	i := s.start(withWWW(www)...)
	ask := func(line string, more ...string) string {
		return line + " HTTP/1.1\r\nHost: www.example\r\n" + strings.Join(more, "") + "\r\n"
	}
	const browser = "Accept: text/html,*/*;q=0.8\r\n"
	for _, c := range []struct {
		name, request string
		status        int
		problem       string
		head          map[string]string
		says          string
	}{
		{"the index", ask("GET /errors", browser), 200, "", map[string]string{"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-cache", "Vary": "Accept"}, "<h1>Error reference</h1>"},
		{"a page", ask("GET /errors/throttled", browser), 200, "", map[string]string{"Content-Type": "text/html; charset=utf-8"}, "<h1>Too many requests</h1>"},
		{"a page as JSON", ask("GET /errors/throttled.json"), 200, "", map[string]string{"Content-Type": "application/json"}, `"problem": "throttled"`},
		{"a page as Markdown", ask("GET /errors/throttled", "Accept: text/markdown\r\n"), 200, "", map[string]string{"Content-Type": "text/markdown; charset=utf-8"}, "problem: throttled"},
		{"an escape that needs none", ask("GET /errors/throttle%64"), 200, "", nil, "Too many requests"},
		{"a query that nobody reads", ask("GET /errors/throttled?utm=1"), 200, "", nil, "Too many requests"},
		{"the absolute form", ask("GET http://www.example/errors"), 200, "", nil, "Error reference"},
		{"home", ask("GET /"), 302, "", map[string]string{"Location": "/errors", "Cache-Control": "no-store"}, "/errors"},
		{"a slash too many", ask("GET /errors/"), 308, "", map[string]string{"Location": "/errors"}, ""},
		{"no such path", ask("GET /sign-in", browser), 404, "resource_not_found", map[string]string{"Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store"}, `<a href="/errors">`},
		{"no such path, to a program", ask("GET /x/y"), 404, "resource_not_found", map[string]string{"Content-Type": "application/problem+json", "Cache-Control": "no-store", "Vary": "Accept"}, `the path leaves what is known at 'x'`},
		{"no such page", ask("GET /errors/throtled"), 404, "resource_not_found", nil, "the nearest one that is known is /errors/throttled"},
		{"a page below a page", ask("GET /errors/throttled/x"), 404, "resource_not_found", nil, `"fix":"Correct the path`},
		{"a token in the path", ask("GET /cdr_at_geheim"), 404, "resource_not_found", nil, "'cdr_at_REDACTED'"},
		{"two slashes", ask("GET //errors"), 404, "resource_not_found", nil, ""},
		{"a method", ask("POST /errors", "Content-Length: 0\r\n"), 405, "method_not_allowed", map[string]string{"Allow": "GET, HEAD"}, "POST is not supported here; supported: GET, HEAD"},
		{"a method that nobody knows", ask("get /errors"), 405, "method_not_allowed", map[string]string{"Allow": "GET, HEAD"}, ""},
		{"OPTIONS of the whole", ask("OPTIONS *"), 204, "", map[string]string{"Allow": "GET, HEAD"}, ""},
		{"OPTIONS of a page", ask("OPTIONS /errors"), 405, "method_not_allowed", nil, ""},
		{"another host", "GET /errors HTTP/1.1\r\nHost: evil.example:80\r\n\r\n", 421, "misdirected_request", nil, "evil.example:80"},
		{"another host, as a page", "GET /errors HTTP/1.1\r\nHost: evil.example\r\n" + browser + "\r\n", 421, "misdirected_request", nil, "<h1>Misdirected request</h1>"},
		{"another host of the absolute form", ask("GET http://evil.example/errors"), 421, "misdirected_request", nil, ""},
		{"the host with a port, in capitals", "GET /errors HTTP/1.1\r\nHost: WWW.Example.:8081\r\n\r\n", 200, "", nil, ""},
		{"by address", "GET /errors HTTP/1.1\r\nHost: [::1]:8081\r\n\r\n", 200, "", nil, ""},
		{"by address without a port", "GET /errors HTTP/1.1\r\nHost: 10.0.0.1\r\n\r\n", 200, "", nil, ""},
		{"localhost", "GET /errors HTTP/1.1\r\nHost: localhost:8081\r\n\r\n", 200, "", nil, ""},
		{"an old probe", "GET /errors HTTP/1.0\r\n\r\n", 200, "", nil, ""},
		{"a long URL", ask("GET /errors?" + strings.Repeat("x", 16<<10)), 414, "uri_too_long", nil, "The request line is longer than the limit of 16 KiB"},
		{"a large head", ask("GET /errors", "X: "+strings.Repeat("x", 33<<10)+"\r\n"), 431, "headers_too_large", nil, "larger than the limit of 32 KiB"},
		{"a large head, as a page", ask("GET /errors", browser, "X: "+strings.Repeat("x", 33<<10)+"\r\n"), 431, "headers_too_large", nil, "<h1>Headers too large</h1>"},
		{"a large body", ask("GET /errors", "Content-Length: 65537\r\n"), 413, "payload_too_large", nil, "The body has 65537 bytes; the limit is 64 KiB"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := dialTo(t, i.WWWAddr()).say(c.request)
			a, err := http.ReadResponse(w.r, &http.Request{Method: c.request[:strings.IndexByte(c.request, ' ')]})
			if err != nil {
				t.Fatal(err)
			}
			defer a.Body.Close()
			body, err := io.ReadAll(a.Body)
			if err != nil {
				t.Fatal(err)
			}
			if a.StatusCode != c.status || a.Header.Get("Candor-Problem") != c.problem || !strings.Contains(string(body), c.says) {
				t.Errorf("%d %s, want %d %s with %q:\n%s", a.StatusCode, a.Header.Get("Candor-Problem"), c.status, c.problem, c.says, body)
			}
			id := a.Header.Get("X-Request-Id")
			if !anID.MatchString(id) || c.problem != "" && len(body) > 0 && !strings.Contains(string(body), id) {
				t.Errorf("the id %q is not in %s", id, body)
			}
			if policy := a.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "frame-ancestors 'none'") || strings.Contains(policy, "script") {
				t.Errorf("the policy is %s", policy)
			}
			for _, want := range []map[string]string{fields, c.head} {
				for name, value := range want {
					if got := a.Header.Get(name); got != value {
						t.Errorf("%s: %q, want %q", name, got, value)
					}
				}
			}
		})
	}
}

// TestWWWAsALibraryRefuses: what never comes to a page is refused, and the listener lives on.
func TestWWWAsALibraryRefuses(t *testing.T) {
	i := newStage(t).start(withWWW(www)...)
	for request, want := range map[string]int{
		"nonsense\r\n\r\n":                        400,
		"GET /errors HTTP/1.1\r\n\r\n":            400,
		"GET /errors HTTP/3.0\r\nHost: x\r\n\r\n": 505,
		"GET /errors HTTP/1.1\r\nHost: x\r\nX: " + strings.Repeat("x", 80<<10) + "\r\n\r\n": 431,
	} {
		w := dialTo(t, i.WWWAddr())
		_, _ = io.WriteString(w.Conn, request) // the last one is answered before all of it is read
		if a := w.answer(); a.Status != want || !a.Close {
			t.Errorf("%.40q: %+v, want %d", request, a, want)
		}
	}
	if a, err := i.ask("http://"+i.WWWAddr()+"/errors", ""); err != nil || a.Status != 200 {
		t.Errorf("%+v %v", a, err)
	}
}

// TestWWWAnyHost: where nobody has said how people reach it, each name will do, and none is repeated.
func TestWWWAnyHost(t *testing.T) {
	i := newStage(t).start(withWWW("www: 127.0.0.1:0\n")...)
	w := dialTo(t, i.WWWAddr()).say("GET /errors HTTP/1.1\r\nHost: any.example\r\n\r\n")
	if a := w.answer(); a.Status != 200 || strings.Contains(a.Body, "any.example") {
		t.Errorf("%+v", a)
	}
	if a := i.get("/v2/me", ""); strings.Contains(a.Body, `"help"`) {
		t.Errorf("an answer links to nowhere: %s", a.Body)
	}
}

// failing is a stage on which every call fails with one problem.
type failing struct{ now *atomic.Uint32 }

func (f failing) Asked(c *admission.Call) *gateway.Staged {
	c.Problem = problem.Example(problem.Type(f.now.Load()))
	return &gateway.Staged{Refuses: true}
}

func (failing) Judged(context.Context, *admission.Call, admission.Verdict) *gateway.Staged {
	return nil
}

// TestHelpResolves follows the link of every answer that can be given, in both dialects of both profiles.
func TestHelpResolves(t *testing.T) {
	for _, profile := range []string{"standard", "linkedin"} {
		s := newStage(t)
		var now atomic.Uint32
		o := s.options()
		o.Sandbox.Stage = failing{&now}
		i := s.startBy(s.config(withWWW("profile: "+profile+"\n"+www)...), o)
		for _, of := range problem.Types() {
			now.Store(uint32(of))
			for _, accept := range []string{"application/problem+json", "application/vnd.candor.contract+json"} {
				w := i.dial().say("GET / HTTP/1.1\r\nHost: api\r\nAccept: " + accept + "\r\n\r\n")
				a := w.answer()
				var body struct{ Help, Type string }
				if err := json.Unmarshal([]byte(a.Body), &body); err != nil {
					t.Fatal(err)
				}
				want := "http://www.example/errors/" + of.Name()
				if body.Help != want || body.Type != "" && body.Type != want {
					t.Errorf("%s in %s: help %q, type %q", of, profile, body.Help, body.Type)
				}
				page := followed(t, i, body.Help)
				if page.Status != 200 || !strings.Contains(page.Body, "<code>"+of.Name()+"</code>") {
					t.Errorf("%s in %s: the page %s is %d", of, profile, body.Help, page.Status)
				}
			}
		}
		if err := i.end(); err != nil {
			t.Error(err)
		}
	}
}

// followed follows a link to www.example.
func followed(t *testing.T, i *instance, link string) answer {
	t.Helper()
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	return dialTo(t, i.WWWAddr()).say("GET " + u.Path + " HTTP/1.1\r\nHost: " + u.Host + "\r\n\r\n").answer()
}

// TestHelpOfTheOperator: pages of the operator's own go before those of www.
func TestHelpOfTheOperator(t *testing.T) {
	i := newStage(t).start(withWWW(www + "docs: {errors: \"https://docs.example/e\"}\n")...)
	if a := i.get("/v2/me", ""); !strings.Contains(a.Body, `"help":"https://docs.example/e/empty_access_token"`) {
		t.Errorf("%s", a.Body)
	}
}

// TestWWWOverTLS: with the certificates of listeners, and those of a reload.
func TestWWWOverTLS(t *testing.T) {
	s := newStage(t)
	secure := withWWW("www: {address: \"127.0.0.1:0\", public_url: \"https://www.example\", tls: {certificates: [{cert: {{cert}}, key: {{key}}}]}}\n")
	i := s.start(secure...)
	serves := func() string {
		a, err := i.Client.Get("https://" + i.WWWAddr() + "/errors")
		if err != nil {
			t.Fatal(err)
		}
		_ = a.Body.Close()
		if a.StatusCode != 200 || a.ProtoMajor != 1 {
			t.Errorf("%d %s", a.StatusCode, a.Proto)
		}
		return a.TLS.PeerCertificates[0].Subject.CommonName
	}
	if got := serves(); got != "first" {
		t.Errorf("the certificate is %s", got)
	}
	s.words["cert"], s.words["key"] = certificate(t, "second")
	if err := i.Reload(t.Context(), s.config(secure...)); err != nil {
		t.Fatal(err)
	}
	if got := serves(); got != "second" {
		t.Errorf("after the reload the certificate is %s", got)
	}
	s.words["key"], _ = certificate(t, "third")
	if _, err := config.Parse("candor.yaml", []byte(s.text(secure...)), nil); err == nil || !strings.Contains(err.Error(), "this file holds a certificate and no key") {
		t.Errorf("a certificate in the place of a key: %v", err)
	}
}

// TestReloadOfWWW: pages, hosts and links are those of the configuration in force.
func TestReloadOfWWW(t *testing.T) {
	s := newStage(t)
	i := s.start(withWWW(www)...)
	next := withWWW("www: {address: \"127.0.0.1:0\", public_url: \"http://other.example/\"}\nproblems: {throttled: {message: Slow down}}\nsupport: {default: help@example.com}\n")
	if err := i.Reload(t.Context(), s.config(next...)); err != nil {
		t.Fatal(err)
	}
	if a := followed(t, i, "http://other.example/errors/throttled"); a.Status != 200 || !strings.Contains(a.Body, "Slow down") || !strings.Contains(a.Body, "mailto:help@example.com") {
		t.Errorf("%+v", a)
	}
	if a := followed(t, i, "http://www.example/errors/throttled"); a.Status != 421 {
		t.Errorf("%+v", a)
	}
	if a := i.get("/v2/me", ""); !strings.Contains(a.Body, `"help":"http://other.example/errors/empty_access_token"`) {
		t.Errorf("%s", a.Body)
	}
	for name, change := range map[string][]string{
		"off":             nil,
		"another address": withWWW("www: \"127.0.0.1:1\"\n"),
		"TLS":             withWWW("www: {address: \"127.0.0.1:0\", tls: {certificates: [{cert: {{cert}}, key: {{key}}}]}}\n"),
	} {
		if err := i.Reload(t.Context(), s.config(change...)); err == nil || !strings.Contains(err.Error(), "www cannot be") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestWWWInTheLog: a line a visit, with the caller that a trusted balancer names, and nothing secret.
func TestWWWInTheLog(t *testing.T) {
	s := newStage(t)
	i := s.start(withWWW("www: {address: \"127.0.0.1:0\", public_url: \"http://www.example\", trusted_proxies: [127.0.0.0/8, 10.0.0.0/8]}\n")...)
	one := dialTo(t, i.WWWAddr()) // one connection: a line is written behind the answer and before the next request is read
	ask := func(line, more string) {
		one.say(line + " HTTP/1.1\r\nHost: www.example\r\n" + more + "\r\n").answer()
	}
	ask("GET /errors/throttled", "X-Forwarded-For: 6.6.6.6, 203.0.113.7, 10.1.1.1\r\nX-Request-Id: mine\r\n")
	ask("GET /errors/throttled", "X-Forwarded-For: nonsense\r\n")
	ask("GET /nothing?access_token=geheim", "User-Agent: probe\r\n")
	ask("POST /errors", "Content-Length: 3\r\n\r\nabc")
	if err := i.end(); err != nil {
		t.Fatal(err)
	}
	type line struct{ Listener, Client, Route, Target, Status, Problem, Detail, RequestID, Agent, In string }
	var got []line
	for _, e := range entries(t, s.out.String()) {
		text := func(name string) string {
			if e[name] == nil {
				return ""
			}
			return fmt.Sprint(e[name])
		}
		got = append(got, line{text("listener"), text("client"), text("route"), text("target"), text("status"), text("problem"), text("detail"), text("request_id"), text("user_agent"), text("in")})
	}
	at := i.WWWAddr()
	want := []line{
		{at, "203.0.113.7", "www/errors", "/errors/throttled", "200", "", "", "mine", "", "0"},
		{at, "127.0.0.1", "www/errors", "/errors/throttled", "200", "", "", "", "", "0"},
		{at, "127.0.0.1", "", "/nothing?access_token=REDACTED", "404", "resource_not_found", "unknown_path", "", "probe", "0"},
		{at, "127.0.0.1", "www/errors", "/errors", "405", "method_not_allowed", "other_method", "", "", "0"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestDrainOfWWW: connections that carry nothing hold up no end, also those that have never asked; one that asks while calls are still taken is told to close.
func TestDrainOfWWW(t *testing.T) {
	s := newStage(t)
	i := s.start(withWWW(www)...)
	silent, idle := dialTo(t, i.WWWAddr()), dialTo(t, i.WWWAddr())
	if a := idle.say("GET /errors HTTP/1.1\r\nHost: www.example\r\n\r\n").answer(); a.Status != 200 || a.Close {
		t.Errorf("%+v", a)
	}
	begun := time.Now()
	if err := i.end(); err != nil {
		t.Error(err)
	}
	if took := time.Since(begun); took > 4*time.Second { // the library alone waits 5 s for who never asked
		t.Errorf("the end took %v", took)
	}
	if !idle.ends() || !silent.ends() {
		t.Error("a connection outlives the listener")
	}
}

// TestWWWAddressTaken: the error says by whom, before anything is made.
func TestWWWAddressTaken(t *testing.T) {
	s := newStage(t)
	first := s.start(withWWW(www)...)
	other := newStage(t)
	cfg := other.config(withWWW("www: \"" + first.WWWAddr() + "\"\n")...)
	_, err := server.Start(t.Context(), cfg, other.options())
	if err == nil || !strings.Contains(err.Error(), "www: listen on "+first.WWWAddr()+": the address is in use") {
		t.Errorf("%v", err)
	}
	var found bytes.Buffer
	for _, err := range server.Look(t.Context(), cfg) {
		fmt.Fprintln(&found, err)
	}
	if !strings.Contains(found.String(), "listen on "+first.WWWAddr()+": the address is in use") {
		t.Errorf("check says %s", found.String())
	}
}

// TestTakeOverOfWWW: its socket goes from one instance to the next, with what waits in it; one that fails leaves it to the one before.
func TestTakeOverOfWWW(t *testing.T) {
	s := newStage(t)
	first := s.start(withWWW(www)...)
	at := first.WWWAddr()
	second := s.next(first, append(withWWW(www), "scopes: {", "scopes: {"+manyScopes("a"))...)
	if a := followed(t, second, "http://www.example/errors/throttled"); a.Status != 200 || second.WWWAddr() != at {
		t.Errorf("%+v at %s, want %s", a, second.WWWAddr(), at)
	}
	if third, err := s.takeOver(s.config(append(withWWW(www), "scopes: {", "scopes: {"+manyScopes("b"))...)); err == nil {
		t.Error("a store took more names than it can")
		third.Shutdown(t.Context())
	}
	again := second.again()
	if a := followed(t, again, "http://www.example/errors/throttled"); a.Status != 200 || again.WWWAddr() != at {
		t.Errorf("%+v at %s", a, again.WWWAddr())
	}
}

// TestRenewalOfWWW: certificates whose files change are read again.
func TestRenewalOfWWW(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	own, key := certificate(t, "pages")
	i := s.start(withWWW("www: {address: \"127.0.0.1:0\", public_url: \"https://www.example\", tls: {certificates: [{cert: " + own + ", key: " + key + "}]}}\n")...)
	next, nextKey := certificate(t, "renewed")
	replace(t, own, next)
	replace(t, key, nextKey)
	testkit.Until(t, "the second is shown", func() bool {
		c, err := tls.Dial("tcp", i.WWWAddr(), &tls.Config{InsecureSkipVerify: true})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		return c.ConnectionState().PeerCertificates[0].Subject.CommonName == "renewed"
	})
	if got := i.shown(); got != "first" {
		t.Errorf("the listener beside it shows %s", got)
	}
}
