// Package wire holds raw cases against a recording upstream: what may reach it, in which form, and what the client is told, to the byte.
package wire

import (
	"crypto/tls"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/candor-gateway/candor/internal/callid"
	"github.com/candor-gateway/candor/internal/server"
	"github.com/candor-gateway/candor/test/wire/stage"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const configuration = `
limits: {request_line: 256, head: 2KiB, fields: 16, chunk_line: 64, trailers: 512, upstream_head: 4KiB}
upstreams:
  up: {targets: ["{{upstream}}"], tls: {insecure_skip_verify: true}}
  loose: {targets: ["{{upstream}}"], tls: {insecure_skip_verify: true}, lenient: all}
  named: {targets: ["{{upstream}}/v3"], host: api.internal, tls: {insecure_skip_verify: true}}
scopes: [read, rule]
products: {basic: [read], crown: [rule]}
apps: [{name: demo, products: [basic]}]
apis:
  - name: site
    upstream: up
    credentials: public
    routes:
      - {path: /**, methods: [GET, POST, PUT, PATCH, DELETE, OPTIONS]}
      - {path: /public/**, methods: [GET]}
      - {path: /small, methods: [POST], body: {max: 8}}
      - {path: /ws, methods: [GET, HEAD, POST], upgrade: [websocket]}
      - {path: /admin, methods: [GET], credentials: bearer, scopes: [rule]}
  - name: v1
    upstream: up
    base: /v1
    credentials: bearer
    routes:
      - {path: /me, methods: [GET, POST], scopes: [read]}
      - {path: /passed, methods: [GET], forward_credential: true}
      - {path: /query, methods: [GET], token_in_query: true}
      - {path: /tunnel, methods: [GET], tunnel: true}
      - {path: /sized, methods: [POST], body: {length: required}}
      - {path: /json, methods: [POST], body: {types: [application/json], json: check}}
  - {name: lax, base: /lax, upstream: up, credentials: public, http: {accept: [expect, any_method, two_authorization, query_raw]}, routes: [/**, {path: /listed, methods: [GET]}]}
  - {name: loose, base: /loose, upstream: loose, credentials: public, routes: [/**]}
  - name: every
    upstream: up
    base: /every
    credentials: public
    routes: [/**, {path: /listed, methods: [GET, POST]}]
  - name: cut
    upstream: up
    base: /cut
    credentials: public
    request: {strip_prefix: true}
    routes:
      - /**
      - {path: "/people/{id}", request: {strip_prefix: off, rewrite: "/v1x/users/{id}?full=1&{?}"}}
      - {path: "/affix/x{id}", request: {rewrite: "/u/{id}"}}
      - {path: /query, methods: [GET], credentials: bearer, token_in_query: true, request: {rewrite: "/q?{?}"}}
  - name: behind
    upstream: named
    base: /behind
    credentials: public
    request: {strip_prefix: true}
    routes: [/**]
`

// engine is one way in which a gateway runs its connections.
type engine struct {
	name        string
	portable    bool
	tls         bool // towards the client
	upstreamTLS bool

	up    *stage.Upstream
	gate  *stage.Gate
	token string
	plays uint64
	id    atomic.Pointer[callid.ID]
	words stage.Words
	trust *tls.Config
	tried map[string]bool // beginnings that were sent before
	told  []told          // cases whose lines in the access log are still to be looked at
}

// start starts the gateway and the upstream of an engine.
func (e *engine) start(tb testing.TB) {
	tb.Helper()
	var over *tls.Config
	if e.upstreamTLS {
		over = stage.ServerTLS(tb)
	}
	e.trust = stage.Trust()
	e.up = stage.StartUpstream(tb, over)
	e.gate = stage.StartGate(tb, configuration, stage.Words{"upstream": e.up.URL}, server.Options{
		Portable: e.portable,
		NewID:    func(int64) callid.ID { return *e.id.Load() },
	})
	e.token = e.gate.Mint("demo", "ada", 2*time.Hour, "read").Token
}

// next gives all calls from now on an id of their own, so that what comes late of an earlier case is told from them.
func (e *engine) next(scripts ...stage.Script) {
	e.plays++
	id := callid.New(stage.Noon.UnixMilli(), 0xdef, 0x0123_4567_0000_0000+e.plays)
	e.id.Store(&id)
	e.up.Play(id.String(), scripts...)
	e.words = e.vocabulary(id)
}

// vocabulary are the words of the cases: what we add to every call, mostly.
func (e *engine) vocabulary(id callid.ID) stage.Words {
	proto := "http"
	if e.tls {
		proto = "https"
	}
	hex := string(id.AppendHex(nil))
	_, host, _ := strings.Cut(e.up.URL, "://")
	w := stage.Words{
		"token": e.token, "id": id.String(), "hex": hex, "proto": proto, "upstream": host,
		"date":              stage.Noon.Format("Mon, 02 Jan 2006 15:04:05 GMT"),
		"from without host": "Forwarded: for=127.0.0.1;proto=" + proto + "\r\nX-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Proto: " + proto + "\r\n",
	}
	w["hop without host"] = "Candor-Hops: 1\r\n" + w["from without host"]
	w["from"] = w["from without host"] + "X-Forwarded-Host: api\r\n"
	w["hop"] = w["hop without host"] + "X-Forwarded-Host: api\r\n"
	w["ids"] = "X-Request-Id: " + id.String() + "\r\n"
	w["us"] = w["hop"] + w["ids"]
	return w
}

func (e *engine) dial(tb testing.TB) *stage.Client {
	tb.Helper()
	if e.tls {
		return stage.Dial(tb, e.gate.TLS, e.trust)
	}
	return stage.Dial(tb, e.gate.Plain, nil)
}

// fits reports whether a case can be played on this engine.
func (e *engine) fits(c *wireCase) bool { return !e.tls || !c.options[onlyPlain] }
