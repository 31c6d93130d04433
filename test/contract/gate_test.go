// Package contract pins the error contract as it is spoken on the wire: each row that can be reached, in both profiles, plain and over TLS, from the status
// line to the last byte.
package contract

import (
	"maps"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/server"
	"github.com/candor-gateway/candor/internal/testkit"
	"github.com/candor-gateway/candor/test/wire/stage"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const configuration = `
fabric: prod
limits: {request_line: 512, head: 2KiB, fields: 32}
support: {default: help@example.com, more_limits: "https://example.com/limits", status_page: "https://status.example.com"}
docs: {authentication: "https://example.com/auth"}
upstreams:
  up: {targets: ["{{upstream}}"], errors: pass}
  wrapped: {targets: ["{{upstream}}"], errors: wrap}
  slow: {targets: ["{{upstream}}"], timeouts: {first_byte: 150ms}}
  refused: "{{refused}}"
  dns: {targets: ["http://nothing.invalid"], timeouts: {connect: 2s}}
  tls: "{{overtls}}"
  tlstime: {targets: ["https://{{silent}}"], timeouts: {tls: 150ms}}
scopes: [r_profile, r_basic, openid, w_posts, r_ads]
products:
  profile: {scopes: [r_profile, r_basic, openid, w_posts]}
  ads: {scopes: [r_ads]}
apps:
  - {name: demo, products: [profile]}
  - {name: plain-counted, products: [profile]}
  - {name: tls-counted, products: [profile]}
  - {name: ending, products: [profile], disabled: {{disabled}}}
quotas:
  few: {app: 2/day}
  mine: {member: 1/day, app: 100/day}
  burst: {burst: 1/s}
apis:
  - name: people
    hosts: [api.example.com]
    base: /v2
    cors: {origins: ["https://app.example.com"], methods: [GET, POST], headers: [Authorization, Content-Type], max_age: 10m}
    upstream: up
    routes:
      - {path: /me, methods: [GET, POST], scopes: [r_profile, [r_basic, openid]], docs: "https://example.com/me"}
      - {path: /posts, methods: [POST], scopes: [w_posts], body: {types: [application/json], json: check, max: 1KiB, length: required}, example: "POST /v2/posts {\"text\":\"hello\"}"}
      - {path: "/people/id={id}", methods: [GET]}
      - {path: /ads, methods: [GET], scopes: [r_ads]}
      - {path: /secret, methods: [GET], products: [ads], restricted: true, hidden: true}
      - {path: /few, methods: [GET], quota: few}
      - {path: /mine, methods: [GET], quota: mine}
      - {path: /burst, methods: [GET], quota: burst}
      - {path: /panic, methods: [GET]}
  - name: rest
    hosts: [api.example.com]
    base: /rest
    version: {header: LinkedIn-Version, active: 12 months}
    upstream: up
    routes:
      - {name: rest.posts, path: /posts, methods: [GET], scopes: [r_profile]}
      - {name: rest.me, path: /me, methods: [GET], scopes: [r_profile]}
  - name: open
    hosts: [api.example.com]
    base: /open
    credentials: public
    upstream: up
    routes: [{name: open.all, path: /**, methods: [GET, POST]}]
  - name: wrapped
    hosts: [api.example.com]
    base: /wrapped
    credentials: public
    upstream: wrapped
    routes: [{name: wrapped.all, path: /**, methods: [GET, POST]}]
  - name: slow
    hosts: [api.example.com]
    base: /slow
    credentials: public
    upstream: slow
    routes:
      - {path: /x, methods: [GET]}
      - {path: /call, methods: [GET], upstream: up, timeouts: {call: 150ms}}
  - name: down
    hosts: [api.example.com]
    base: /down
    credentials: public
    upstream: refused
    routes:
      - {path: /refused, methods: [GET]}
      - {path: /dns, methods: [GET], upstream: dns}
      - {path: /tls, methods: [GET], upstream: tls}
      - {path: /tlstime, methods: [GET], upstream: tlstime}
`

// house is a gateway with everything around it.
type house struct {
	*stage.Gate
	up    *stage.Upstream
	words map[string]stage.Words // by listener: plain, tls
}

var listeners = []string{"plain", "tls"}

// start starts a house by a configuration of its own, whose upstream knows the calls of the stage.
func start(tb testing.TB, text string, words stage.Words, o server.Options) *house {
	tb.Helper()
	h := &house{up: stage.StartUpstream(tb, nil)}
	h.up.Play(stage.ID)
	all := stage.Words{"upstream": h.up.URL}
	maps.Copy(all, words)
	h.Gate = stage.StartGate(tb, text, all, o)
	return h
}

// open starts a house that speaks a profile.
func open(tb testing.TB, profile string) *house {
	tb.Helper()
	h := start(tb, configuration, stage.Words{
		"profile": profile, "overtls": stage.StartUpstream(tb, stage.ServerTLS(tb)).URL,
		"refused": "http://" + testkit.Nowhere, "silent": testkit.Listen(tb).Addr().String(), "disabled": "false",
	}, server.Options{Sandbox: server.Sandbox{Stage: stage.Asked(panics)}})
	h.words = map[string]stage.Words{}
	for _, l := range listeners {
		h.words[l] = h.mintAll(tb, l)
	}
	h.Words["disabled"] = "true"
	if err := h.Reload(tb.Context(), h.Config(configuration)); err != nil {
		tb.Fatal(err)
	}
	return h
}

// panics is a fault of ours, on one path.
func panics(c *admission.Call) {
	if string(c.Head.Path.Of(c.Head.Buf)) == "/v2/panic" {
		panic("a fault of ours")
	}
}

// mintAll mints a token in every state.
func (h *house) mintAll(tb testing.TB, listener string) stage.Words {
	tb.Helper()
	const life = 2 * time.Hour
	good := h.Mint("demo", listener+"-ada", life, "r_profile", "r_basic", "w_posts").Token
	revoked := h.Mint("demo", listener+"-eve", life, "r_profile")
	restricted := h.Mint("demo", listener+"-rex", life, "r_profile")
	superseded := h.Mint("demo", listener+"-sue", life, "r_profile")
	h.Mint("demo", listener+"-sue", life, "openid")
	if err := h.RevokeGrant(tb.Context(), revoked.Grant.ID, access.ByMember); err != nil {
		tb.Fatal(err)
	}
	if err := h.RestrictMember(tb.Context(), restricted.Grant.Member.ID, true); err != nil {
		tb.Fatal(err)
	}
	return stage.Words{
		"good": good, "truncated": good[:40], "refresh": strings.Replace(good, "cdr_at_", "cdr_rt_", 1),
		"revoked": revoked.Token, "restricted": restricted.Token, "superseded": superseded.Token,
		"expired":  h.Mint("demo", listener+"-exa", 30*time.Minute, "r_profile").Token,
		"openid":   h.Mint("demo", listener+"-ona", life, "openid").Token,
		"counted":  h.Mint(listener+"-counted", "cora", life, "r_profile").Token,
		"disabled": h.Mint("ending", listener+"-ada", life, "r_profile").Token,
	}
}

func (h *house) dial(tb testing.TB, listener string) *stage.Client {
	tb.Helper()
	if listener == "tls" {
		return stage.Dial(tb, h.TLS, stage.Trust())
	}
	return stage.Dial(tb, h.Plain, nil)
}
