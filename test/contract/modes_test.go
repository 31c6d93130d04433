package contract

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/server"
	"github.com/candor-gateway/candor/internal/testkit"
	"github.com/candor-gateway/candor/test/wire/stage"
)

// adopting has one route that enforces a check beside neighbours that only observe: a pattern for everything, another route, and paths that no route has.
const adopting = `
upstreams: {up: "{{upstream}}"}
scopes: [read, write]
products: {basic: [read, write]}
apps: [{name: demo, products: [basic]}]
quotas: {few: {app: 1/day}}
apis:
  - name: site
    mode: observe
    routes:
      - {path: /beside, methods: [GET]}
      - {name: kept, path: /kept, mode: {{mode}}, {{asks}}}
      {{everything}}
  - name: other
    base: /other
    mode: {path: observe, method: observe}
    routes: [{path: /x, methods: [GET], scopes: [read]}]
`

// enforced are checks, each with a route that enforces it and a call that it refuses.
var enforced = map[string]struct {
	mode, asks string
	method     string // GET, unless said
	fields     string // of the call; {read} is a good token
	body       string
}{
	"credential": {mode: "enforce", asks: "methods: [GET, POST]"},
	"permission": {mode: "{credential: enforce, permission: enforce}", asks: "scopes: [write]", fields: "Authorization: Bearer {read}\r\n"},
	"method":     {mode: "{method: enforce}", asks: "methods: [GET], credentials: public", method: "DELETE"},
	"version":    {mode: "{version: enforce}", asks: "credentials: public, version: {header: V, active: 12 months}"},
	"length":     {mode: "{length: enforce}", asks: "credentials: public, body: {length: required, max: 10B}", method: "POST", fields: "Content-Type: application/json\r\nContent-Length: 11\r\n", body: "[1,2,3,4,5]"},
	"media_type": {mode: "{media_type: enforce}", asks: "credentials: public, body: {types: [application/json]}", method: "POST", fields: "Content-Type: text/plain\r\nContent-Length: 2\r\n", body: "{}"},
	"body":       {mode: "{body: enforce}", asks: "credentials: public, body: {json: check}", method: "POST", fields: "Content-Type: application/json\r\nContent-Length: 1\r\n", body: "{"},
}

// ways are spellings of /kept that a careless reader behind us takes for it, and what may be sent beside.
var ways = []string{
	"/kept", "/%6bept", "/%6Bep%74", "//kept", "/./kept", "/x/../kept", "/x/%2e%2e/kept", "/kept/.", "/kept/", "/kept//", "/KEPT", "/Kept", "/kept;x", "/kept;x=1", "/kept%3Bx", "/kept%20", "/kept.",
	"/%256bept", "/kept%2500", "/kept%3Fx", "%2Fkept", "/%2Fkept", "/x%2F..%2Fkept", "/%5Ckept", "\\kept", "/;/kept", "/kept%2F", "/kept?x=/beside", "/x/%252e%252e/kept", "/kept#x", "/kept%09",
	"/other/../kept", "/beside/../kept", "/beside/%2e%2e/kept", "/other/%252e%252e/kept",
}

var besides = []string{
	"", "X-HTTP-Method-Override: GET\r\n", "X-HTTP-Method: DELETE\r\n", "x_http_method_override: POST\r\n", "X-Original-URL: /beside\r\n", "X-Forwarded-Prefix: /other\r\n",
}

// TestNoEnforcedCheckIsPassed: whatever a neighbour observes, nothing that a route enforces is passed by another spelling, method or field.
func TestNoEnforcedCheckIsPassed(t *testing.T) {
	t.Parallel()
	for check, c := range enforced {
		for _, everything := range []string{"- {name: all, path: /**, credentials: public, mode: observe}", "- {name: some, path: \"/{any}\", mode: {credential: off, permission: off, method: observe, length: observe, media_type: observe, version: off, body: off}}", "- {path: /last}"} {
			t.Run(check+" "+everything, func(t *testing.T) {
				t.Parallel()
				h := start(t, adopting, stage.Words{"mode": c.mode, "asks": c.asks, "everything": everything, "access": "off"}, server.Options{})
				fields := strings.ReplaceAll(c.fields, "{read}", h.Mint("demo", "ada", 2*time.Hour, "read").Token)
				method := c.method
				if method == "" {
					method = "GET"
				}
				for _, way := range ways {
					for _, beside := range besides {
						raw := method + " " + way + " HTTP/1.1\r\nHost: api\r\nConnection: close\r\n" + fields + beside + "\r\n" + c.body
						a := h.only(t, method, raw)
						if up := h.up.Calls(); len(up) > 0 {
							t.Fatalf("%q has reached the upstream as %q, and was answered %q", raw, up[0].Bytes, a)
						}
					}
				}
			})
		}
	}
}

// TestNoFieldLeadsAround: fields by which an upstream could take a call for another path or method do not go up beside a route that enforces something.
func TestNoFieldLeadsAround(t *testing.T) {
	t.Parallel()
	for check, c := range enforced {
		h := start(t, adopting, stage.Words{"mode": c.mode, "asks": c.asks, "everything": "- {name: all, path: /**, credentials: public}", "access": "off"}, server.Options{})
		for _, field := range []string{"X-Original-URL", "X-Rewrite-URL", "X_Original_Url"} {
			h.only(t, "GET", "GET /anything HTTP/1.1\r\nHost: api\r\nConnection: close\r\n"+field+": /kept\r\n\r\n")
		}
		up := h.up.Calls()
		if len(up) != 3 {
			t.Fatalf("%s: %d calls reached the upstream", check, len(up))
		}
		for _, call := range up {
			if strings.Contains(string(call.Bytes), "/kept") {
				t.Errorf("%s: %q", check, call.Bytes)
			}
		}
	}
}

// TestObservingEnforcesWhatItSays: beside a route that enforces, all others pass whatever comes, and say so to the operator alone.
func TestObservingEnforcesWhatItSays(t *testing.T) {
	t.Parallel()
	for call, want := range map[string]string{
		"GET /beside":         "[map[check:credential detail:no_authorization problem:empty_access_token]]",
		"DELETE /beside":      "[map[check:credential detail:no_authorization problem:empty_access_token] map[check:method detail:other_method problem:method_not_allowed]]",
		"GET /nothing?x=%zz":  "[map[check:credential detail:no_authorization problem:empty_access_token] map[check:path detail:unknown_path problem:resource_not_found]]",
		"PROPFIND /a/b/c;d=e": "[map[check:credential detail:no_authorization problem:empty_access_token] map[check:path detail:unknown_path problem:resource_not_found]]",
	} {
		log := &testkit.Lines{}
		h := start(t, adopting, stage.Words{"mode": "enforce", "asks": "methods: [GET]", "everything": ""}, server.Options{Stdout: log})
		method, _, _ := strings.Cut(call, " ")
		a := h.only(t, method, call+" HTTP/1.1\r\nHost: api\r\n\r\n")
		h.End()
		if !strings.HasPrefix(a, "HTTP/1.1 200 ") || strings.Contains(a, "Candor-Problem") || len(h.up.Calls()) != 1 {
			t.Errorf("%s: %s", call, a)
		}
		if diff := cmp.Diff(want, fmt.Sprint(onlyLine(t, log)["would"])); diff != "" {
			t.Errorf("%s (-want +got):\n%s", call, diff)
		}
	}
}
