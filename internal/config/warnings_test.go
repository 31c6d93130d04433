package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// warningsOf is what a text without mistakes is told all the same, a line each.
func warningsOf(t *testing.T, text string) []string {
	t.Helper()
	c, err := Parse("candor.yaml", []byte(text), testEnv)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, w := range c.Warnings {
		lines = append(lines, strings.TrimPrefix(w.String(), "candor.yaml:"))
	}
	return lines
}

func TestWarnings(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       []string
	}{
		{"none", least, nil},
		{
			"a prefix that is cut for nothing", "upstreams: {people: \"http://10.0.0.5:9000\"}\napis:\n  - {credentials: public, request: {strip_prefix: /v2, rewrite: /v1}, routes: [/v2/x, " +
				"{path: /v2/a, request: {rewrite: \"/v1{/}\"}}, {path: /v2/b, request: {strip_prefix: /v2, rewrite: /x}}]}\n", []string{
				`3:51: strip_prefix: cuts nothing here, since rewrite: makes the whole path; leave one out, or let the template take what is left with {/}, as in /v1{/}`,
				`3:170: strip_prefix: cuts nothing here, since rewrite: makes the whole path; leave one out, or let the template take what is left with {/}, as in /v1{/}`,
			},
		},
		{"pages that nobody is led to", least + "www: :8081\n", []string{
			`4:6: answers link to no page as long as it is not known how people reach these; say public_url:, as in https://api.example.com`,
		}},
		{"passwords that all can read", least + "www: {address: \":8081\", public_url: \"http://a.example\", accounts: true}\n", []string{
			`4:37: public_url: begins with http://, and people sign in there; write https://`,
		}},
		{"passwords on this machine", least + "www: {address: \":8081\", public_url: \"http://localhost:8081\", accounts: true}\n", nil},
		{"pages that stand elsewhere", least + "www: :8081\ndocs: {errors: \"https://a.example/errors\"}\n", nil},
		{"pages whose callers anybody may be", least + "www: {address: \":8081\", public_url: \"https://a.example\", trusted_proxies: [0.0.0.0/0]}\n", []string{
			`4:76: 0.0.0.0/0 is every address: any client can then choose the address that it is logged and counted by, and say where its calls came from; name the addresses of the balancers alone`,
		}},
		{"an end at the expiry of no token", "upstreams: {a: \"http://x\"}\napis:\n  - credentials: public\n    routes:\n      - {path: /a, upgrade: {protocols: [websocket], end_at_expiry: true}}\n" +
			"      - {path: /b, upgrade: [websocket]}\n", []string{
			`5:29: a public route knows no token, so nothing ends at its expiry: end_at_expiry says nothing here`,
		}},
		{"a resource that was shared by a route's own name", `upstreams: {a: "http://x"}
apps: [demo]
quotas: {few: {app: 5/day}}
apis:
  - name: v2
    cors: {origins: ["*"]}
    routes:
      - {path: /people, quota: few}
      - {path: /persons, quota: few, resource: people}
      - {path: /men, quota: few, resource: v2/people}
      - {path: /women, quota: few, resource: women}
      - {path: /others, quota: few, resource: all}
`, []string{
			`9:48: the resource "people" is not that of the route v2/people, which counts by itself; write resource: v2/people to count both together`,
		}},
		{"patterns and methods that are probably meant otherwise", `upstreams: {a: "http://x"}
apis:
  - credentials: public
    routes:
      - {path: "/users/:id", methods: [PSOT, PURGE, POKE, Gte, COPY]}
      - {path: /users/<int:id>/posts}
      - "/v1/users:batch"
`, []string{
			`5:16: "/users/:id" is compared letter by letter here; did you mean /users/{id}?`,
			`5:40: "PSOT" is a method that no registry knows; did you mean POST?`,
			`5:53: "POKE" is a method that no registry knows`,
			`5:59: "Gte" is a method that no registry knows; did you mean GET?`,
			`6:16: "/users/<int:id>/posts" is compared letter by letter here; did you mean /users/{id}/posts?`,
		}},
		{"limits that do nothing", `upstreams: {a: "http://x"}
quotas:
  people: {member: 500/day, app: [100/min, 50/day], burst: 100/s}
  idle: {app: 5/day}
apps: [{name: small, quotas: {people: {member: 60/day}}}, {name: large, quotas: {people: {app: 5000/day}}}]
apis: [{preflight: refuse, routes: [{path: /a, quota: people}]}]
`, []string{
			`3:20: member: 500/day can never bite: app: 50/day is reached first`,
			`3:35: app: 100/minute can never bite: app: 50/day is reached first`,
			`3:60: burst: 100/second can never bite: app: 50/day is reached first`,
			`4:9: no route names the quota "idle", so it limits nothing; name it with quota: there`,
			`5:48: member: 60/day can never bite: app: 50/day is reached first`,
		}},
		{"a value that is meant to take the rest", "upstreams: {a: \"http://x\"}\napis: [{credentials: public, routes: [\"/o/{rest...}\", \"/u/{id}/:post\"]}]\n", []string{
			`2:39: "/o/{rest...}" takes any one segment for {rest...} here; did you mean /o/**?`,
			`2:55: "/u/{id}/:post" is compared letter by letter here; did you mean /u/{id}/{post}?`,
		}},
		{"nobody can hold what a route asks for", `upstreams: {a: "http://x"}
scopes: [r, w, x]
products: {p: {scopes: [r]}, q: {scopes: [w]}, s: {scopes: []}}
apps: [{name: demo, products: [p]}]
apis:
  - preflight: refuse
    routes:
      - {path: /a, scopes: [r]}
      - {path: /b, scopes: [w]}
      - {path: /c, scopes: [x, [r, w]]}
      - {path: /d, scopes: [x, r]}
      - {path: /e, products: [q, s]}
      - {path: /f, products: [q, p]}
      - {path: /g, scopes: [x], credentials: optional}
`, []string{
			`9:28: every call to this route is refused (403), but those of apps that were created with it: it asks for the scope "w", which comes only with products that no app here has (q)`,
			`10:28: every call to this route is refused (403): it asks for the scope "x", which is in no product`,
			`12:30: every call to this route is refused, but those of apps that were created with it: no app here has the product "q"`,
		}},
		{"an upstream that is Candor itself", `listeners: ["127.0.0.1:21600", ":8081"]
upstreams: {a: "http://127.0.0.1:21600", b: "http://localhost:8081", c: "http://127.0.0.2:21600", d: {targets: ["https://127.0.0.1:8081"]}, e: "http://10.0.0.5:8081"}
apis: [{credentials: public, upstream: a, routes: [/**]}]
`, []string{
			`2:16: this is the listener on line 1 itself, so every call would go in a circle until it is refused (508); name the server of the API`,
			`2:45: this is the listener on line 1 itself, so every call would go in a circle until it is refused (508); name the server of the API`,
			`2:102: this is the listener on line 1 itself, so every call would go in a circle until it is refused (508); name the server of the API`,
		}},
		{"TLS for an upstream that has none", `upstreams: {a: {targets: ["http://x"], tls: {insecure_skip_verify: true}}, b: {targets: ["http://x"], tls: {ca: system, insecure_skip_verify: false}}}
apis: [{credentials: public, upstream: a, routes: [/**]}]
`, []string{
			"1:68: insecure_skip_verify: does nothing here, since the upstream's URL begins with http://; write https://, or leave it out",
		}},
		{"a TLS name for nothing", `upstreams: {a: {targets: ["http://x"], tls: {name: x.internal}}, b: {targets: ["https://x"], tls: {name: x.internal, insecure_skip_verify: true}}, ` +
			`c: {targets: ["https://x"], tls: {name: x.internal}}, d: {targets: ["http://x"], tls: {name: auto}}}
apis: [{credentials: public, upstream: a, routes: [/**]}]
`, []string{
			"1:52: name: does nothing here, since the upstream's URL begins with http://; write https://, or leave it out",
			"1:106: name: is asked for and not looked at, since insecure_skip_verify takes every certificate; leave one of them out",
		}},
		{"preflights that nobody passes", `upstreams: {a: "http://x"}
apis: [{credentials: public, cors: {origins: ["*"]}, preflight: pass, routes: [/**]}]
`, []string{
			"2:65: preflight: pass does nothing beside cors:, by which Candor answers preflights itself; leave one of them out",
		}},
		{"another host of the same upstream", `upstreams: {a: "http://x", same: "http://x", b: "http://y"}
apis:
  - {name: open, hosts: [open.example], upstream: a, credentials: public, routes: [/**]}
  - {name: shut, hosts: [shut.example], upstream: same, credentials: bearer, preflight: refuse, routes: [{path: /admin, methods: [POST]}]}
  - {name: elsewhere, hosts: [b.example], upstream: b, credentials: public, routes: [/**]}
apps: [demo]
`, []string{
			`3:84: at its host /** takes calls such as POST /admin, for which /admin of the API "shut" asks more at another host of the same upstream; ` +
				`ask for the same in both, unless the upstream tells its hosts apart (that one is on line 4)`,
		}},
		{"balancers that are believed", least + `listeners:
  - {address: ":1", trusted_proxies: [10.0.0.0/8]}
  - {address: ":2", trusted_proxies: [10.0.0.0/8], client_address: peer}
  - {address: ":3", trusted_proxies: [10.0.0.0/8], client_address: x-forwarded-for}
  - {address: ":4", trusted_proxies: [10.0.0.0/8], proxy_protocol: require}
  - {address: ":5", trusted_proxies: ["0.0.0.0/0", "::/0"], client_address: forwarded}
  - {address: ":6", client_address: peer, proxy_protocol: off}
`, []string{
			`5:38: who calls through these balancers is not known: the log, limits and failed credentials have a balancer's address; say client_address: x-forwarded-for, forwarded or x-real-ip, the one that they write, or peer if that is meant`,
			`9:39: 0.0.0.0/0 is every address: any client can then choose the address that it is logged and counted by, and say where its calls came from; name the addresses of the balancers alone`,
			`9:52: ::/0 is every address: any client can then choose the address that it is logged and counted by, and say where its calls came from; name the addresses of the balancers alone`,
		}},
		{"nobody can call", "upstreams: {a: \"http://x\"}\napis: [{preflight: refuse, routes: [/**]}]\n", []string{
			`2:8: routes ask for a token, but there are no apps: to hold one; add apps:, create one with candor app create, or say credentials: public`,
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, warningsOf(t, test.text)); diff != "" {
				t.Errorf("warnings (-want +got):\n%s", diff)
			}
		})
	}
}

// TestErrorPages: the operator's own pages go before those of www, which are linked to only where it is known how people reach them.
func TestErrorPages(t *testing.T) {
	for text, want := range map[string]string{
		"":             "",
		"www: :8081\n": "",
		"www: {address: \":8081\", public_url: \"https://a.example/\"}\n":                                          "https://a.example/errors",
		"docs: {errors: \"https://b.example/e/\"}\n":                                                               "https://b.example/e/",
		"www: {address: \":8081\", public_url: \"https://a.example\"}\ndocs: {errors: \"https://b.example/e/\"}\n": "https://b.example/e/",
	} {
		c, err := Parse("candor.yaml", []byte(least+text), testEnv)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.ErrorPages(); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
