package contract

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/server"
	"github.com/candor-gateway/candor/internal/testkit"
	"github.com/candor-gateway/candor/test/wire/stage"
)

// crossing has an API of each way with preflights: one that says who may call it, one that says nothing, one that answers for itself, and an open one.
const crossing = `
upstreams: {up: "{{upstream}}"}
scopes: [read, r_ads]
products: {basic: [read], ads: [r_ads]}
apps: [{name: demo, products: [basic]}]
apis:
  - name: cors
    base: /cors
    cors: {origins: ["https://app.example.com", "http://localhost:3000"], methods: [GET, PATCH], headers: [Authorization, X-A], expose: [Link], credentials: true}
    routes:
      - {path: /known, methods: [GET], scopes: [read]}
      - {path: /hidden, methods: [GET], products: [ads], restricted: true, hidden: true}
      - {path: /open, methods: [GET], credentials: public}
      - {path: /maybe, methods: [GET], credentials: optional}
  - name: shut
    base: /shut
    routes:
      - {name: s1, path: /known, methods: [GET], scopes: [read]}
      - {name: s2, path: /hidden, methods: [GET], products: [ads], restricted: true, hidden: true}
      - {name: s3, path: /open, methods: [GET], credentials: public}
  - name: pass
    base: /pass
    preflight: pass
    routes:
      - {name: p1, path: /known, methods: [GET], scopes: [read]}
      - {name: p2, path: /hidden, methods: [GET], products: [ads], restricted: true, hidden: true}
      - {name: p3, path: /open, methods: [GET], credentials: public}
      - {name: p4, path: /maybe, methods: [GET], credentials: optional}
`

// brought is what a preflight brings that is no preflight of a browser. A body that reads like a call shows whether it was taken for one.
const brought = "Authorization: Bearer {{token}}\r\nCookie: session=1\r\nX-Api-Key: k\r\nX-Custom-Key: k\r\nContent-Type: application/json\r\nCandor-App: demo\r\n" +
	"X-Original-URL: /pass/hidden\r\nUser-Agent: test\r\nAccept: */*\r\nAccess-Control-Request-Private-Network: true\r\n"

const smuggled = "GET /pass/open HTTP/1.1\r\nHost: smuggled\r\n\r\n"

func preflightOf(path, origin, method, more, body string) string {
	return "OPTIONS " + path + " HTTP/1.1\r\nHost: api\r\nOrigin: " + origin + "\r\nAccess-Control-Request-Method: " + method + "\r\n" + more + "\r\n" + body
}

// TestPreflights: nothing reaches a protected route by a preflight but a bare question, and that only where the API wants to answer it.
func TestPreflights(t *testing.T) {
	t.Parallel()
	const app, evil = "https://app.example.com", "https://evil.example"
	length := func(body string) string { return brought + "Content-Length: " + strconv.Itoa(len(body)) + "\r\n" }
	const chunked = brought + "Transfer-Encoding: chunked\r\n"
	const bare = "Access-Control-Request-Private-Network: true"
	for _, c := range []struct {
		name, sent string
		status     int
		problem    string
		note       string
		up         string // a line that the upstream must have got; "" for no call
		body       string // that it got
	}{
		{"known, where nothing is said", preflightOf("/shut/known", app, "GET", "", ""), 403, "preflight_denied", "origin https://app.example.com: this API takes no calls of scripts of other origins", "", ""},
		{"with body, cookies and a token", preflightOf("/shut/known", app, "GET", length(smuggled), smuggled), 403, "preflight_denied", "*", "", ""},
		{"unknown", preflightOf("/shut/nothing", app, "GET", "", ""), 403, "preflight_denied", "*", "", ""},
		{"hidden", preflightOf("/shut/hidden", app, "GET", "", ""), 403, "preflight_denied", "*", "", ""},
		{"a method that is not there", preflightOf("/shut/known", app, "PUT", "", ""), 403, "preflight_denied", "*", "", ""},
		{"of no API", preflightOf("/elsewhere", app, "GET", "", ""), 403, "preflight_denied", "*", "", ""},
		{"public, as it came", preflightOf("/shut/open", app, "GET", length("hello"), "hello"), 200, "", "", "Cookie: session=1", "hello"},
		{"public for GET alone: a call like any other", preflightOf("/shut/open", app, "PUT", "", ""), 405, "method_not_allowed", "", "", ""},
		{"two methods asked for: a call like any other", preflightOf("/shut/open", app, "GET\r\nAccess-Control-Request-Method: PUT", "", ""), 405, "method_not_allowed", "", "", ""},

		{"known, where the API answers", preflightOf("/pass/known", app, "GET", "", ""), 200, "", "", "Origin: https://app.example.com", ""},
		{"with a body in hand", preflightOf("/pass/known?access_token={{token}}&a=1", app, "GET", length(smuggled), smuggled), 200, "", "", bare, ""},
		{"with a chunked body", preflightOf("/pass/known", app, "GET", chunked, "5\r\nhello\r\n0\r\n\r\n"), 200, "", "", bare, ""},
		{"with a body that waits to be asked for", preflightOf("/pass/known", app, "GET", "Expect: 100-continue\r\n"+length(smuggled), smuggled), 200, "", "", bare, ""},
		{"with a body that is wrong", preflightOf("/pass/known", app, "GET", chunked, "5\r\nhello!\r\n0\r\n\r\n"), 400, "malformed_request", "", "", ""},
		{"unknown, where the API answers", preflightOf("/pass/nothing", app, "GET", "", ""), 403, "preflight_denied", "origin https://app.example.com: nothing here takes the call that it asks for", "", ""},
		{"hidden, where the API answers", preflightOf("/pass/hidden", app, "GET", "", ""), 403, "preflight_denied", "*", "", ""},
		{"a method that is not there, where the API answers", preflightOf("/pass/known", app, "PUT", "", ""), 403, "preflight_denied", "*", "", ""},
		{"optional, where the API answers", preflightOf("/pass/maybe", app, "GET", length("{}"), "{}"), 200, "", "", bare, ""},

		{"cors, allowed", preflightOf("/cors/known", app, "PATCH", "Access-Control-Request-Headers: x-a\r\n", ""), 204, "", "", "", ""},
		{"cors, allowed with a body", preflightOf("/cors/known", app, "PATCH", length(smuggled), smuggled), 204, "", "", "", ""},
		{"cors, another method", preflightOf("/cors/known", app, "DELETE", "", ""), 204, "preflight_denied", "origin https://app.example.com: this API does not list the method DELETE", "", ""},
		{"cors, another header", preflightOf("/cors/hidden", app, "GET", "Access-Control-Request-Headers: x-a,x-b\r\n", ""), 204, "preflight_denied", "origin https://app.example.com: this API does not list the header x-b", "", ""},
		{"cors, a foreign origin", preflightOf("/cors/nothing", evil, "GET", "", ""), 403, "preflight_denied", "origin https://evil.example: this API does not list the origin", "", ""},
		{"cors, a foreign origin of a public route", preflightOf("/cors/open", evil, "GET", brought, ""), 403, "preflight_denied", "*", "", ""},
		{"cors, no origin at all", preflightOf("/cors/open", "", "GET", "", ""), 403, "preflight_denied", "*", "", ""},
		{"cors, null", preflightOf("/cors/open", "null", "GET", "", ""), 403, "preflight_denied", "*", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			log := &testkit.Lines{}
			h := start(t, crossing, nil, server.Options{Stdout: log})
			token := h.Mint("demo", "ada", 2*time.Hour, "read").Token
			client := h.dial(t, "plain")
			defer client.Close()
			client.Send(strings.ReplaceAll(c.sent, "{{token}}", token))
			a, err := client.Answer(false)
			if a.Status == 100 {
				a, err = client.Answer(false)
			}
			if err != nil || a.Status != c.status || a.Field("Candor-Problem") != c.problem {
				t.Fatalf("%v, want %d %s:\n%s", err, c.status, c.problem, a.Raw)
			}
			if a.Status == 204 && (a.Field("Access-Control-Allow-Methods") != "GET, PATCH" || a.Field("Access-Control-Allow-Headers") != "Authorization, X-A" ||
				a.Field("Access-Control-Allow-Origin") != app || a.Field("Access-Control-Allow-Credentials") != "true") {
				t.Errorf("our lists are missing:\n%s", a.Raw)
			}
			if a.Status == 403 && strings.Contains(a.Raw, "Access-Control-") {
				t.Errorf("an origin that may not call is told more than that:\n%s", a.Raw)
			}
			h.End()
			h.upstreamGot(t, c.up, c.body, token)
			line := onlyLine(t, log)
			if c.problem != line["problem"] && (c.problem != "" || line["problem"] != nil) {
				t.Errorf("the log's problem is %v", line["problem"])
			}
			if note, _ := line["note"].(string); note != c.note && (c.note != "*" || note == "") {
				t.Errorf("the log's note is %q", note)
			}
		})
	}
}

// upstreamGot compares what reached the upstream: nothing; a question alone; or, where it must have got a cookie, everything.
func (h *house) upstreamGot(t *testing.T, line, body, token string) {
	t.Helper()
	calls := h.up.Calls()
	if line == "" {
		if len(calls) > 0 {
			t.Errorf("the upstream was called:\n%s", calls[0].Bytes)
		}
		return
	}
	if len(calls) != 1 {
		t.Fatalf("%d calls at the upstream", len(calls))
	}
	head, got, _ := strings.Cut(string(calls[0].Bytes), "\r\n\r\n")
	if !strings.Contains(head+"\r\n", "\r\n"+line+"\r\n") || got != body {
		t.Errorf("body %q, and no line %q in:\n%s", got, line, head)
	}
	if line == "Cookie: session=1" {
		return
	}
	for _, secret := range []string{token, "session", "X-Api-Key", "X-Custom", "Content-", "Transfer-", "Candor-App", "Original"} {
		if strings.Contains(head, secret) {
			t.Errorf("%s went up:\n%s", secret, head)
		}
	}
}

// TestPreflightsAreAlike: what is protected answers, unknown or hidden or known, to the byte the same.
func TestPreflightsAreAlike(t *testing.T) {
	t.Parallel()
	for _, profile := range []string{"standard", "linkedin"} {
		h := start(t, crossing, stage.Words{"profile": profile}, server.Options{})
		for _, c := range []struct{ base, origin, method string }{
			{"/shut", "https://app.example.com", "GET"},
			{"/cors", "https://app.example.com", "GET"},
			{"/cors", "https://app.example.com", "PUT"},
			{"/cors", "https://evil.example", "GET"},
		} {
			ask := func(path string) string {
				return h.only(t, "OPTIONS", preflightOf(c.base+path, c.origin, c.method, "", ""))
			}
			known := ask("/known")
			for _, other := range []string{"/nothing", "/hidden", "/known/more"} {
				if diff := cmp.Diff(known, ask(other)); diff != "" {
					t.Errorf("%s, %s %s%s (-known +other):\n%s", profile, c.origin, c.base, other, diff)
				}
			}
		}
		if hidden, unknown := h.only(t, "OPTIONS", preflightOf("/pass/hidden", "https://a", "GET", "", "")), h.only(t, "OPTIONS", preflightOf("/pass/nothing", "https://a", "GET", "", "")); hidden != unknown {
			t.Errorf("%s, preflight: pass (-unknown +hidden):\n%s", profile, cmp.Diff(unknown, hidden))
		}
	}
}

// onlyLine is the one line of a log.
func onlyLine(t *testing.T, log *testkit.Lines) (line map[string]any) {
	t.Helper()
	if err := json.Unmarshal([]byte(log.String()), &line); err != nil {
		t.Fatalf("%v in %q", err, log)
	}
	return line
}
