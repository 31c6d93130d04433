package config

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// variables of the tests: ADDR and TOKEN are set, EMPTY is empty, all others are unset.
func testEnv(name string) (string, bool) {
	value, ok := map[string]string{"ADDR": "127.0.0.1:7000", "TOKEN": "s3cr3t-t0ken-0f-m1ne", "BLANK": "two words", "EMPTY": ""}[name]
	return value, ok
}

// least is a configuration without mistakes, to which tests add theirs. It is three lines long.
const least = "upstreams: {people: \"http://10.0.0.5:9000\"}\napis:\n  - {credentials: public, routes: [/**]}\n"

// mistakesOf is what a text is told, a line each, without the name of the file.
func mistakesOf(t *testing.T, text string) []string {
	t.Helper()
	_, err := Parse("candor.yaml", []byte(text), testEnv)
	if err == nil {
		return nil
	}
	var ms Mistakes
	if !errors.As(err, &ms) {
		t.Fatalf("the error is no Mistakes: %T %v", err, err)
	}
	var lines []string
	for line := range strings.SplitSeq(ms.Error(), "\n") {
		lines = append(lines, strings.TrimPrefix(line, "candor.yaml:"))
	}
	return lines
}

func TestMistakes(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"none", least, nil},

		{"unknown key, near", least + "lissteners: []\n", []string{`4:1: unknown key "lissteners" in the configuration; did you mean listeners?`}},
		{"unknown key, far", least + "log: {colour: red}\n", []string{`4:7: unknown key "colour" in log; known here: access, level, format`}},
		{"unknown key, dash for underscore", least + "timeouts: {first-byte: 1s}\n", []string{`4:12: unknown key "first-byte" in timeouts; did you mean first_byte?`}},
		{"key twice", least + "fabric: a\nfabric: b\n", []string{`5:1: the key "fabric" is here twice; the first is on line 4`}},
		{"key that is a list", least + "? [a]\n: b\n", []string{`4:3: a key is a word, not a list`}},
		{"required keys", "fabric: x\n", []string{`1:1: the configuration needs upstreams: here`, `1:1: the configuration needs apis: here`}},
		{"wrong version", least + "version: 2\n", []string{`4:10: this Candor reads version 1 of the configuration, not "2"`}},

		{"mapping for a list", least + "listeners: {address: \":1\"}\n", []string{`4:12: expected a list of listeners, as in [{address: 127.0.0.1:8080}], not a mapping of keys`}},
		{"word for a list", least + "apps: demo\n", []string{`4:7: expected a list of apps, as in [{name: demo, products: [profile]}], not "demo"; put it in [ ]`}},
		{"list for a mapping", least + "log: [stdout]\n", []string{`4:6: expected log as a mapping with access, level, format, not a list`}},
		{"list for a word", least + "fabric: [a]\n", []string{`4:9: expected a name, not a list`}},
		{"nothing for a word", least + "fabric:\n", []string{`4:8: the value is missing; expected a name`}},
		{"nothing for a mapping", least + "log:\n", []string{`4:5: expected log as a mapping with access, level, format, not nothing`}},
		{"nothing for a list", least + "apps: ~\n", []string{`4:7: expected a list of apps, as in [{name: demo, products: [profile]}], not nothing`}},
		{"word for names", least + "quotas: 5/day\n", []string{`4:9: expected a mapping from names to limits, not "5/day"`}},

		{"words", least + "log: {level: warning, format: yaml}\nprofile: linked-in\n", []string{
			`4:14: expected debug, info, warn or error, not "warning"`,
			`4:31: expected json or text, not "yaml"`,
			`5:10: expected standard or linkedin, not "linked-in"; did you mean linkedin?`,
		}},
		{"truths", least + "listeners: [{address: \":1\", health: yes}]\n", []string{`4:37: expected true or false, not "yes"; did you mean true?`}},
		{"numbers", least + "limits: {in_flight: many, fields: 0, connections: -1, per_address: 1.5}\n", []string{
			`4:21: expected a whole number from 1, not "many"`,
			`4:35: expected a whole number from 8 to 10000, not "0"`,
			`4:51: expected a whole number from 1, not "-1"`,
			`4:68: expected a whole number from 1, not "1.5"`,
		}},
		{"sizes", least + "limits: {head: 32KB, body: -1, request_line: 8GiB, json_body: 99999999999GiB}\n", []string{
			`4:16: expected a size from 1KiB to 1MiB, as in 8KiB, not "32KB"`,
			`4:28: expected a size from 0B to 1024GiB, as in 8KiB, not "-1"`,
			`4:46: expected a size from 64B to 1MiB, as in 8KiB, not "8GiB"`,
			`4:63: expected a size from 0B to 1GiB, as in 8KiB, not "99999999999GiB"`,
		}},
		{"times", least + "timeouts: {head: 10, idle: 1w, call: -1s, first_byte: 0s, body_gap: 2d}\n", []string{
			`4:18: expected a time from 10ms to 1d, as in 3s, 10m or 60d, not "10"`,
			`4:28: expected a time from 10ms to 1d, as in 3s, 10m or 60d, not "1w"`,
			`4:38: expected a time from 10ms to 1d, as in 3s, 10m or 60d, or 0s for none, not "-1s"`,
			`4:55: expected a time from 10ms to 1d, as in 3s, 10m or 60d, not "0s"`,
			`4:69: expected a time from 10ms to 1d, as in 3s, 10m or 60d, not "2d"`,
		}},
		{"limits", least + "quotas:\n  a: {app: 5000}\n  b: {member: 5/fortnight}\n  c: {burst: [20/s, x/s]}\n  d: {}\n  e: {app: 5/month}\n  f: {addresss: 5/s}\n", []string{
			`5:12: "5000" is not a valid limit: expected a number, a slash and a window, as in 5000/day or 20/s`,
			`6:15: "5/fortnight" is not a valid limit: "fortnight" is not a valid window; expected s, min, hour or day`,
			`7:21: "x/s" is not a valid limit: "x" is not a whole number; expected digits alone, as in 5000/day`,
			`8:6: this quota limits nothing; give it app:, member: or burst:, as in {app: 5000/day}`,
			`9:12: limits by the month come with a later version of Candor; the longest window is a day`,
			`10:7: unknown key "addresss" in a quota; known here: member, app, burst`,
		}},

		{"addresses", least + "listeners: [localhost, \":99999\", \"::1:80\", \"[::1]:80\", \"10.0.0.300:1\", \"a b:1\", \":080\"]\n", []string{
			`4:13: "localhost" is not a valid address: expected host:port, as in 127.0.0.1:8080, [::1]:8080 or :8080`,
			`4:24: ":99999" is not a valid address: expected host:port, as in 127.0.0.1:8080, [::1]:8080 or :8080; the port is a number from 0 to 65535`,
			`4:34: "::1:80" is not a valid address: expected host:port, as in 127.0.0.1:8080, [::1]:8080 or :8080; an IPv6 address stands in [ ]`,
			`4:56: "10.0.0.300:1" is not a valid address: expected host:port, as in 127.0.0.1:8080, [::1]:8080 or :8080`,
			`4:72: "a b:1" is not a valid address: expected host:port, as in 127.0.0.1:8080, [::1]:8080 or :8080`,
			`4:81: ":080" is not a valid address: expected host:port, as in 127.0.0.1:8080, [::1]:8080 or :8080; the port is a number from 0 to 65535`,
		}},
		{"listeners that collide", least + "listeners: [\"127.0.0.1:80\", \"127.0.0.2:80\", \":80\", \"127.0.0.1:0\", \"127.0.0.1:0\"]\nadmin: 127.0.0.2:80\n", []string{
			`4:45: ":80" is taken by the listener on line 4`,
			`5:8: the admin address "127.0.0.2:80" is also that of the listener on line 4; choose another, or say admin: off`,
		}},
		{"a listener where admin is by default", least + "listeners: [\"127.0.0.1:80\", \":9090\"]\n", []string{
			`4:29: ":9090" is where admin listens unless it is told otherwise; say admin: with another address, as in 127.0.0.1:9091, or admin: off`,
		}},
		{"no listener", least + "listeners: []\n", []string{`4:12: the list is empty; Candor needs one listener at least. Leave listeners: out for 127.0.0.1:8080`}},
		{"admin open to all", least + "admin: :9090\n", []string{`4:8: the admin address ":9090" can be reached from other machines, so admin needs token: here; or listen on 127.0.0.1`}},
		{"admin with a token", least + "admin: {address: \":9090\", token: \"${TOKEN}\"}\n", nil},
		{"admin with a token that can be guessed", least + "admin: {token: fifteen-letters}\n", []string{
			`4:16: this token has 15 characters, and whoever guesses it can make access tokens; expected 16 or more, as openssl rand -hex 16 makes them`,
		}},
		{"admin with an empty token", least + "admin: {address: \":9090\", token: \"${EMPTY:-}\"}\n", []string{`4:18: the admin address ":9090" can be reached from other machines, so admin needs token: here; or listen on 127.0.0.1`}},

		{"www is off", least + "www: off\n", nil},
		{"www as an address", least + "www: 127.0.0.1:8081\n", nil},
		{"www without an address", least + "www: {public_url: \"https://a.example\"}\n", []string{`4:6: www needs address: here`}},
		{"www where listeners and admin are", least + "listeners: [\":8080\"]\nwww: {address: \"127.0.0.1:8080\", public_url: \"https://a.example/\"}\n", []string{`5:16: "127.0.0.1:8080" is taken by the listener on line 4`}},
		{"www where admin is", least + "www: {address: \":9090\", public_url: \"https://a.example\"}\n", []string{`4:16: ":9090" is where admin listens; choose another address`}},
		{"www with certificates that are none", least + "www: {address: \":8081\", tls: {certificates: []}}\n", []string{`4:45: the list is empty; tls needs one certificate at least`}},
		{"URLs of www", least + "www: {address: \":8081\", public_url: \"a.example\"}\n", []string{`4:37: "a.example" is not a valid URL of a site: expected https://host or http://host:port`}},
		{"URL of www with a path", least + "www: {address: \":8081\", public_url: \"https://a.example/help\"}\n", []string{`4:37: "https://a.example/help" has a path; expected https://host or http://host:port`}},
		{"URL of www with a query", least + "www: {address: \":8081\", public_url: \"https://a.example?x\"}\n", []string{`4:37: "https://a.example?x" has a query or a fragment; expected https://host or http://host:port`}},
		{"URL of www with a user", least + "www: {address: \":8081\", public_url: \"https://u:p@a.example\"}\n", []string{`4:37: "https://u:p@a.example" is not a valid URL of a site: expected https://host or http://host:port`}},

		{"networks", least + "listeners: [{address: \":1\", trusted_proxies: [10.0.0.0/8, 10.1.1.1/33, ::1, balancer, \"::ffff:10.0.0.0/104\"]}]\n", []string{
			`4:59: expected a network, as in 10.0.0.0/8, or an address, not "10.1.1.1/33"`,
			`4:77: expected a network, as in 10.0.0.0/8, or an address, not "balancer"`,
			`4:87: expected a network, as in 10.0.0.0/8, or an address, not "::ffff:10.0.0.0/104"`,
		}},
		{"balancers", least + `listeners:
  - {address: ":1", proxy_protocol: require}
  - {address: ":2", client_address: x-real-ip}
  - {address: ":3", proxy_protocol: require, client_address: proxy}
  - {address: ":4", trusted_proxies: [10.0.0.0/8], client_address: proxy}
  - {address: ":5", trusted_proxies: [10.0.0.0/8], client_address: XFF, proxy_protocol: on}
  - {address: ":6", trusted_proxies: [10.0.0.0/8], client_address: [x-forwarded-for, forwarded], proxy_protocol: v2}
  - {address: ":7", trusted_proxies: balancer, proxy_protocol: require}
  - {address: ":8", trusted_proxies: [], client_address: forwarded}
`, []string{
			`5:37: nobody may send a PROXY header here, so no connection could be taken; say trusted_proxies: with the addresses of the balancers in front`,
			`6:37: nobody is believed who says for whom a call is; say trusted_proxies: with the addresses of the balancers in front`,
			`7:37: nobody may send a PROXY header here, so no connection could be taken; say trusted_proxies: with the addresses of the balancers in front`,
			`7:62: nobody is believed who says for whom a call is; say trusted_proxies: with the addresses of the balancers in front`,
			`8:68: client_address: proxy is what a PROXY header says, and no connection has one here; say proxy_protocol: require`,
			`9:68: expected peer, x-forwarded-for, forwarded, x-real-ip or proxy, not "XFF"`,
			`9:89: expected off or require, not "on"`,
			`10:68: expected peer, x-forwarded-for, forwarded, x-real-ip or proxy, not a list`,
			`10:114: expected off or require, not "v2"`,
			`11:38: expected a list of networks, as in [10.0.0.0/8], not "balancer"; put it in [ ]`,
			`12:58: nobody is believed who says for whom a call is; say trusted_proxies: with the addresses of the balancers in front`,
		}},
		{"later keys", least + "listeners: [{address: \":1\", http: {}}, {address: \":2\", http: []}]\nportal: {}\n", []string{
			`4:29: "http" (HTTP/2 and tolerances) comes with a later version of Candor; leave it out`,
			`5:1: "portal" (a developer portal) comes with a later version of Candor; leave it out`,
		}},
		{"many at once, in the file's order", "apis: 1\nupstreams: 2\nfabric: [3]\nx: 4\n", []string{
			`1:7: expected a list of APIs, as in [{routes: [{path: /**}]}], not "1"; put it in [ ]`,
			`2:12: expected a mapping from names to upstreams, not "2"`,
			`3:9: expected a name, not a list`,
			`4:1: unknown key "x" in the configuration; known here: version, data, profile, fabric, errors, listeners, admin, www, log, requests, cache, limits, timeouts, drain, support, docs, upstreams, scopes, products, issuers, oauth, apps, tokens, quotas, apis, problems`,
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, mistakesOf(t, test.text)); diff != "" {
				t.Errorf("mistakes (-want +got):\n%s", diff)
			}
		})
	}
}

func TestUpstreamMistakes(t *testing.T) {
	const apis = "apis: [{credentials: public, upstream: a, routes: [/**]}]\n"
	tests := []struct {
		name, text string
		want       []string
	}{
		{"all forms", "upstreams:\n  a: https://api.example.com/\n  b: {targets: [\"http://[::1]:9000\"]}\n" + apis, nil},
		{"none", "upstreams: {}\n" + apis, []string{
			`1:12: there is no upstream here; name one, as in people: http://10.0.0.5:9000`,
			`2:40: there is no upstream "a" in upstreams`,
		}},
		{"no URL", "upstreams:\n  a: 10.0.0.5:9000\n  b: ftp://x\n  c: {}\n  d: {targets: []}\n  e: \"http://\"\n" + apis, []string{
			`2:6: "10.0.0.5:9000" is not a valid upstream URL: expected http://host:port or https://host`,
			`3:6: "ftp://x" is not a valid upstream URL: expected http://host:port or https://host`,
			`4:6: an upstream needs targets: here`,
			`5:16: the list is empty; an upstream needs a target`,
			`6:6: "http://" is not a valid upstream URL: expected http://host:port or https://host`,
		}},
		{"more than an origin", "upstreams:\n  a: http://x/a/../b\n  b: http://x?q=1\n  c: unix:/run/x.sock\n" + apis, []string{
			`2:6: "http://x/a/../b" has a path that cannot stand before those of the calls: expected literal segments, as in http://host:port/v3`,
			`3:6: "http://x?q=1" has a query or a fragment; expected http://host:port or https://host`,
			`4:6: "unix:/run/x.sock" is a socket of this machine; upstreams over unix: come with a later version of Candor`,
		}},
		{"times of answers", "upstreams:\n  a: {targets: [\"http://x\"], timeouts: {gap: auto, first_byte: 0s}}\n  b: {targets: [\"http://x\"], timeouts: {gap: never, first_byte: auto}}\n" +
			"apis: [{upstream: a, routes: [{path: /x, timeouts: {gap: 0s, first_byte: 1h}}, {path: /y, timeouts: {gap: auto}}]}]\n", []string{
			`3:46: expected auto, a time from 10ms to 1d, as in 3s or 10m, or 0s for none, not "never"`,
			`3:65: expected a time from 10ms to 1d, as in 3s, 10m or 60d, or 0s for none, not "auto"`,
			`4:107: expected a time from 10ms to 1d, as in 3s, 10m or 60d, or 0s for none, not "auto"`,
		}},
		{"upgrades", "upstreams: {a: \"http://x\"}\nlimits: {upgrades: 0}\napis:\n  - routes:\n    - {path: /a, upgrade: websocket}\n    - {path: /b, upgrade: []}\n" +
			"    - {path: /c, upgrade: [WebSocket, h2c]}\n    - {path: /d, upgrade: {idle: 10m}}\n    - {path: /e, upgrade: {protocols: [websocket], idle: 10ms, end_at_expiry: maybe}}\n" +
			"    - {path: /f, upgrade: [websocket], methods: [POST]}\n    - {path: /g, upgrade: true}\n    - {path: /h, upgrade: off}\n", []string{
			`2:20: expected a whole number from 1, not "0"`,
			`5:27: expected a list of protocols, as in [websocket], not "websocket"; put it in [ ]`,
			`6:27: upgrade: names no protocol; write upgrade: [websocket], or upgrade: off`,
			`7:28: "WebSocket" is written websocket here`,
			`7:39: "h2c" is not a protocol that is carried; websocket is the only one`,
			`8:27: upgrade needs protocols: here`,
			`9:58: expected a time from 1s to 1d, as in 3s, 10m or 60d, or 0s for none, not "10ms"`,
			`9:79: expected true or false, not "maybe"`,
			`10:27: a WebSocket is opened by GET, which is not among methods:`,
			`11:27: expected a list of protocols, as in [websocket], not "true"; put it in [ ]`,
		}},
		{"names for Via", "upstreams:\n  a: {targets: [\"http://x\"], via: edge-1}\n  b: {targets: [\"http://x\"], via: off}\n  c: {targets: [\"http://x\"], via: \"edge 1\"}\n" +
			"  d: {targets: [\"http://x\"], via: \"a, 1.1 b\"}\n  e: {targets: [\"http://x\"], via: \"\"}\n" + apis, []string{
			`4:35: "edge 1" is not a valid name for Via: expected letters, digits and any of !#$%&'*+-.^_` + "`" + `|~, or off`,
			`5:35: "a, 1.1 b" is not a valid name for Via: expected letters, digits and any of !#$%&'*+-.^_` + "`" + `|~, or off`,
			`6:35: "" is not a valid name for Via: expected letters, digits and any of !#$%&'*+-.^_` + "`" + `|~, or off`,
		}},
		{"hosts for an upstream", "upstreams:\n  a: {targets: [\"http://x\"], host: keep}\n  b: {targets: [\"http://x\"], host: API.internal:81}\n  c: {targets: [\"http://x\"], host: \"http://x\"}\n" +
			"  d: {targets: [\"http://x\"], host: \"a\\r\\nb: c\"}\n  e: {targets: [\"http://x\"], host: off}\n  f: {targets: [\"http://x\"], host: [x]}\n" + apis, []string{
			`4:36: "http://x" is no host: expected keep (the caller's), target (that of the upstream's URL) or a name, as in api.internal or api.internal:8443`,
			`5:36: "a\r\nb: c" is no host: expected keep (the caller's), target (that of the upstream's URL) or a name, as in api.internal or api.internal:8443`,
			`6:36: "off" is no host: expected keep (the caller's), target (that of the upstream's URL) or a name, as in api.internal or api.internal:8443`,
			`7:36: expected keep, target, or a host as in api.internal, not a list`,
		}},
		{"words for the host of an upstream", "upstreams:\n  a: {targets: [\"http://x\"], host: Keep}\n  b: {targets: [\"http://x\"], host: TARGET}\n  c: {targets: [\"http://x\"], host: preserve}\n  d: {targets: [\"http://x\"], host: yes}\n  e: {targets: [\"http://x\"], host: keeper}\n" + apis, []string{
			`2:36: "Keep" is no host: did you mean keep, which is the caller's?`,
			`3:36: "TARGET" is no host: did you mean target, which is that of the upstream's URL?`,
			`4:36: "preserve" is no host: did you mean keep, which is the caller's?`,
			`5:36: "yes" is no host: expected keep (the caller's), target (that of the upstream's URL) or a name, as in api.internal or api.internal:8443`,
		}},
		{"credentials are not shown", "upstreams:\n  a: http://user:hunter2@x\n" + apis, []string{
			`2:6: an upstream URL cannot hold credentials (what stands before the @); expected http://host:port`,
		}},
		{"several", "upstreams:\n  a: {targets: [\"http://x\", \"http://y\"], health: {}}\n" + apis, []string{
			`2:29: several targets of one upstream come with a later version of Candor; keep one`,
			`2:42: "health" (health checks) comes with a later version of Candor; leave it out`,
		}},
		{"authorities that cannot be read", "upstreams:\n  a: {targets: [\"https://x\"], tls: {ca: /no/such.pem}}\n" + apis, []string{
			`2:41: "/no/such.pem": there is no such file`,
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, mistakesOf(t, test.text)); diff != "" {
				t.Errorf("mistakes (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReferenceMistakes(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"access", `
upstreams: {a: "http://x", b: "http://y"}
scopes: {r_profile: Read, "r bad": x}
products: {profile: [r_profil], empty: {}}
quotas: {people: {app: 5/day}}
apps:
  - {name: demo, products: [profle], quotas: {peeple: {app: 1/s}}}
  - {name: demo}
  - {name: x, client_id: one}
  - {name: y, client_id: one}
  - {products: []}
apis:
  - upstream: c
    routes:
      - {path: /a, scopes: [r_profil, [r_profile, nope]], quota: persons, products: [x]}
`, []string{
			`3:27: "r bad" is not a valid scope: character ' ' at position 2 cannot stand in a scope`,
			`4:21: there is no scope "r_profil" in scopes; did you mean r_profile?`,
			`4:40: a product needs scopes: here`,
			`7:29: there is no product "profle" in products; did you mean profile?`,
			`7:55: there is no quota "peeple" in quotas; did you mean people?`,
			`8:12: the app "demo" is here twice; the first is on line 7`,
			`10:26: the client_id "one" is that of the app on line 9`,
			`11:5: an app needs name: here`,
			`13:15: there is no upstream "c" in upstreams; known here: a, b`,
			`15:29: there is no scope "r_profil" in scopes; did you mean r_profile?`,
			`15:51: there is no scope "nope" in scopes; known here: r_profile, r bad`,
			`15:66: there is no quota "persons" in quotas; known here: people`,
			`15:86: there is no product "x" in products; known here: profile, empty`,
		}},
		{"routes", `
upstreams: {a: "http://x", b: "http://y"}
scopes: [r]
products: {p: [r]}
apis:
  - name: one
    upstream: a
    routes:
      - {path: me}
      - {methods: [GET]}
      - {path: /x, methods: [get, TRACE, "G T", "*", any, "GET,POST", "PUT|PATCH", propfind]}
      - {path: /y, name: x}
      - {path: /z, credentials: public, scopes: [r]}
      - {path: /z2, restricted: true}
      - {path: /z3, hidden: true, products: [p]}
      - {path: /z4, body: {types: [json, "text/plain; charset=utf-8"], max: lots, length: always}}
      - {path: /z5, version: {active: 12 weeks}}
      - {path: /z6, version: {active: [202513]}, cache: {}}
  - {name: one, routes: [/q], base: v2, hosts: ["*.x.com", "*x.com", "a b"]}
  - {name: three, upstream: b, base: "/a{x}", routes: [], cors: {origins: [example.com, "https://x.com/"]}}
`, []string{
			`9:16: "me" does not begin with '/'; a path begins with one, as in /people/{id}; did you mean /me?`,
			`10:9: a route needs path: here`,
			`11:30: "get" is written GET: methods are case-sensitive`,
			`11:35: "TRACE" is a method that no route can take`,
			`11:42: "G T" is not a valid method; expected one like GET or POST`,
			`11:49: "*" is not a valid method; leave methods: out, and the route takes every one`,
			`11:54: "any" is not a valid method; leave methods: out, and the route takes every one`,
			`11:59: "GET,POST" is not a valid method; each stands alone, as in [GET, POST]`,
			`11:71: "PUT|PATCH" is not a valid method; each stands alone, as in [PUT, PATCH]`,
			`11:84: "propfind" is written PROPFIND: methods are case-sensitive`,
			`12:26: another route of this API has the name "x"; give one of them another with name: (the first is on line 11)`,
			`13:49: a public route looks at no credential, so it can ask for no scopes; use credentials: bearer`,
			`14:33: a restricted route is for apps with a product; name it with products:`,
			`15:29: only a restricted route can be hidden; add restricted: true and products:`,
			`16:36: "json" is not a valid media type: expected one in small letters and without parameters, as in application/json`,
			`16:42: "text/plain; charset=utf-8" is not a valid media type: expected one in small letters and without parameters, as in application/json`,
			`16:77: expected a size from 0B to 1024GiB, as in 8KiB, not "lots"`,
			`16:91: expected optional or required, not "always"`,
			`17:39: expected "12 months" or a list of versions, as in [202510, 202511], not "12 weeks"`,
			`18:40: "202513" is not a valid version: expected year and month, as in 202511`,
			`18:57: cache needs mode: here`,
			`19:12: another API has the name "one"; give one of them another with name: (the first is on line 6)`,
			`19:26: this route has no upstream; name one here or for its API with upstream:`,
			`19:37: "v2" is not a valid base: it begins with /, as in /v2`,
			`19:60: "*x.com" is not a valid host: expected a name or an address, as in api.example.com or *.example.com`,
			`19:70: "a b" is not a valid host: expected a name or an address, as in api.example.com or *.example.com`,
			`20:38: "/a{x}" is not a valid base: a base is literal; patterns belong to the paths of routes`,
			`20:55: the list is empty; an API needs a route, as in [{path: /**}]`,
			`20:76: "example.com" is not a valid origin: expected scheme, host and port as browsers send them, as in https://app.example.com or http://localhost:3000, or *`,
			`20:89: "https://x.com/" is not a valid origin: browsers send it without the slash at the end: https://x.com`,
		}},
		{"patterns", `
upstreams: {a: "http://x"}
apis:
  - name: one
    credentials: public
    routes:
      - {path: "/a/{x}", methods: [GET]}
      - {path: "/a/{y}", methods: [GET, POST], name: other}
      - {path: "/b/**/c"}
      - "/b/{"
`, []string{
			`8:16: /a/{y} and /a/{x} of route "one/a.x" both match GET /a/x; give each method of a path to one route`,
			`9:16: "/b/**/c" goes on after '**' at position 4; it stands at the end alone, as in /ads/**; did you mean /b/{id}/c?`,
			`10:9: "/b/{" has '{' at position 4 that is never closed; expected {name}`,
		}},
		{"names are each API's own", `
upstreams: {a: "http://x"}
apis:
  - {name: one, base: /one, credentials: public, routes: [/**, /health, "/users/{id}"]}
  - {name: two, base: /two, credentials: public, routes: [/**, /health, "/users/{id}", {path: /x, name: health}, {path: /y, resource: two/healt}]}
`, []string{
			`5:105: another route of this API has the name "health"; give one of them another with name: (the first is on line 5)`,
			`5:135: there is no route "two/healt" in apis; did you mean two/health?`,
		}},
		{"problems and links", least + `
problems:
  throtled: {fix: x}
  throttled: {fix: "", code: abc, subcode: -1, status: 503, message: "a\nb"}
docs: {authentication: example.com, errors: "https://x/errors"}
support: {default: help@example.com, status_page: nowhere}
`, []string{
			`6:3: there is no problem "throtled"; did you mean throttled?`,
			`7:20: "" is empty; leave the key out to keep the sentence there is`,
			`7:30: "abc" is not a valid code: expected capitals, digits and '_', as in TOO_MANY_REQUESTS`,
			`7:44: expected a whole number from 0 to 999999, not "-1"`,
			`7:56: throttled is a 429; expected a status from 400 to 499, the class that tells clients whose fault it is`,
			`7:70: "a\nb" holds a line end or a control character; expected one line`,
			`8:24: "example.com" is not a valid link: expected https://host/path`,
			`9:51: "nowhere" is not a valid link: expected https://host/path`,
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, mistakesOf(t, test.text)); diff != "" {
				t.Errorf("mistakes (-want +got):\n%s", diff)
			}
		})
	}
}

// TestKeysThatAreNotRead: a key that does nothing is not taken, and one that will be spelled otherwise is not known.
func TestKeysThatAreNotRead(t *testing.T) {
	got := mistakesOf(t, `upstreams: {a: {targets: "http://x", retries: off}}
tokens: {issuers: []}
apis:
  - {credentials: public, envelope: off, strip_prefix: /x, routes: [{path: /a, headers: off, retries: 1, rewrite: /x}]}
`)
	for i := range got {
		got[i], _, _ = strings.Cut(got[i], "; ")
	}
	want := []string{
		`1:38: "retries" ` + ofRoutes,
		`2:10: unknown key "issuers" in tokens`,
		`4:27: unknown key "envelope" in an API`,
		`4:42: "strip_prefix" stands under request:, as in request: {strip_prefix: true}`,
		`4:80: "headers" stands under request: for what the upstream gets, and under response: for what the caller gets, as in request: {headers: {set: {X-Env: test}}}`,
		`4:94: "retries" ` + asRetry,
		`4:106: "rewrite" stands under request:, as in request: {strip_prefix: true}`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("mistakes (-want +got):\n%s", diff)
	}
}
