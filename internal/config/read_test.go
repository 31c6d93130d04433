package config

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"

	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/problem"
)

// readBy says of every key by what its value takes effect: what stands in the code of a room that acts on it, or in this one, where it is the default of another
// key. A key that nothing reads must not be taken; whoever adds one adds its row.
var readBy = map[string]string{
	"version": `config: s != "1"`,
	"data":    `sqlite.Open(ctx, cfg.Data`,
	"profile": `config: Profile: cfg.Profile`,
	"fabric":  `v.Fabric`,

	"errors.envelope":     `config: Errors: cfg.Errors`,
	"errors.content_type": `config: Errors: cfg.Errors`,

	"listeners[].address":                 `of.Address`,
	"listeners[].profile":                 `l.Profile`,
	"listeners[].cors":                    `route.NewCORS(l.CORS)`,
	"listeners[].headers.request_id":      `l.Headers`,
	"listeners[].errors.envelope":         `l.Errors`,
	"listeners[].errors.content_type":     `l.Errors`,
	"listeners[].health":                  `.Health`,
	"listeners[].tls.certificates[].cert": `config.LoadPair(c)`,
	"listeners[].tls.certificates[].key":  `config.LoadPair(c)`,
	"listeners[].trusted_proxies":         `TrustedProxies`,
	"listeners[].client_address":          `l.ClientAddress`,
	"listeners[].proxy_protocol":          `l.ProxyProtocol`,

	"admin.address": `cfg.Admin.Address`,
	"admin.token":   `cfg.Admin.Token`,

	"www.address":                 `cfg.WWW.Address`,
	"www.tls.certificates[].cert": `config.LoadPair(c)`,
	"www.tls.certificates[].key":  `config.LoadPair(c)`,
	"www.trusted_proxies":         `cfg.WWW.TrustedProxies`,
	"requests.keep":               `config: &c.Requests.Keep`,
	"requests.size":               `config: &c.Requests.Size`,
	"requests.detail":             `config: &c.Requests.Detail`,
	"requests.addresses":          `config: &c.Requests.Addresses`,
	"cache.size":                  `cfg.Cache.Size`,

	"oauth.profile":              `cfg.OAuth.Profile`,
	"oauth.lives.application":    `cfg.OAuth.ApplicationLife`,
	"oauth.lives.access":         `cfg.OAuth.AccessLife`,
	"oauth.lives.refresh":        `cfg.OAuth.RefreshLife`,
	"oauth.lives.code":           `cfg.OAuth.CodeLife`,
	"www.public_url":             `cfg.WWW.PublicURL`,
	"www.accounts":               `w.Accounts`,
	"www.provider.issuer":        `p.Issuer`,
	"www.provider.client_id":     `p.ClientID`,
	"www.provider.client_secret": `p.Secret.Value()`,
	"www.provider.claim":         `p.Claim`,
	"www.provider.name":          `p.Name`,
	"www.provider.scopes":        `p.Scopes`,
	"www.developers":             `w.Developers`,
	"www.operators":              `w.Operators`,

	"log.access": `cfg.Log.Access`,
	"log.level":  `of.Level`,
	"log.format": `of.Format`,

	"limits.connections":        `connections(cfg)`,
	"limits.per_address":        `PerAddress`,
	"limits.in_flight":          `c.Policy.InFlight`,
	"limits.upgrades":           `policy.Upgrades`,
	"limits.buffered":           `policy.Bodies`,
	"limits.request_line":       `lim.RequestLine`,
	"limits.head":               `lim.Head`,
	"limits.fields":             `lim.Fields`,
	"limits.body":               `c.Policy.Body`,
	"limits.json_body":          `c.Policy.JSONBody`,
	"limits.chunk_line":         `lim.ChunkLine`,
	"limits.trailers":           `lim.Trailers`,
	"limits.upstream_head":      `cfg.Limits.UpstreamHead`,
	"limits.upstream_fields":    `cfg.Limits.UpstreamFields`,
	"limits.failed_credentials": `cfg.Limits.FailedCredentials`,

	"timeouts.handshake":   `Times().Handshake`,
	"timeouts.first_byte":  `times.FirstByte`,
	"timeouts.head":        `times.Head`,
	"timeouts.idle":        `times.Idle`,
	"timeouts.body_gap":    `Times().BodyGap`,
	"timeouts.write_stall": `Times.WriteStall`,
	"timeouts.call":        `config: CallTimeout: cfg.Timeouts.Call`,

	"drain.delay":  `drain.Delay`,
	"drain.finish": `drain.Finish`,

	"support.default":     `Support.Default`,
	"support.partner":     `Support.Partner`,
	"support.limits":      `Support.Limits`,
	"support.more_limits": `Support.MoreLimits`,
	"support.status_page": `Support.StatusPage`,
	"docs.authentication": `AuthDocs`,
	"docs.errors":         `config: ErrorsURL: c.ErrorPages()`,

	"upstreams.*.targets":                  `spec.Targets`,
	"upstreams.*.timeouts.connect":         `spec.Connect`,
	"upstreams.*.timeouts.tls":             `spec.TLS`,
	"upstreams.*.timeouts.first_byte":      `spec.FirstByte`,
	"upstreams.*.timeouts.gap":             `spec.Gap`,
	"upstreams.*.pool.size":                `spec.PoolSize`,
	"upstreams.*.pool.idle":                `spec.PoolIdle`,
	"upstreams.*.pool.age":                 `spec.PoolAge`,
	"upstreams.*.tls.name":                 `spec.TLSName`,
	"upstreams.*.tls.ca":                   `spec.CA`,
	"upstreams.*.tls.insecure_skip_verify": `InsecureSkipVerify`,
	"upstreams.*.host":                     `u.spec.Host != ""`,
	"upstreams.*.request_id":               `RequestID`,
	"upstreams.*.forwarded":                `.Forwarded`,
	"upstreams.*.via":                      `Via`,
	"upstreams.*.errors":                   `.Wrap`,
	"upstreams.*.lenient":                  `spec.Lenient`,
	"upstreams.*.in_flight":                `u.spec.InFlight`,
	"upstreams.*.breaker.failures":         `s.Failures*calls`,
	"upstreams.*.breaker.of":               `calls >= s.Of`,
	"upstreams.*.breaker.within":           `s.Within`,
	"upstreams.*.breaker.open":             `int64(s.Open)`,
	"upstreams.*.breaker.statuses":         `s.Statuses`,

	"scopes.*":          `cfg.Scopes`,
	"products.*.scopes": `p.Scopes`,

	"issuers.*.issuer":                      `i.spec.Issuer`,
	"issuers.*.audience.claim":              `s.Audience.Claim`,
	"issuers.*.audience.values":             `s.Audience.Values`,
	"issuers.*.typ":                         `s.Types`,
	"issuers.*.claims.app":                  `s.Claims.App`,
	"issuers.*.claims.member":               `s.Claims.Member`,
	"issuers.*.claims.scopes":               `s.Claims.Scopes`,
	"issuers.*.leeway":                      `s.Leeway`,
	"issuers.*.identity":                    `spec.Qualified`,
	"issuers.*.introspection.url":           `at.URL`,
	"issuers.*.introspection.client_id":     `at.ClientID`,
	"issuers.*.introspection.client_secret": `at.Secret`,

	"apps[].external":           `app.External`,
	"apps[].name":               `a.Name`,
	"apps[].client_id":          `a.ClientID`,
	"apps[].client_secret":      `a.Secrets()`,
	"apps[].public":             `a.Public`,
	"apps[].redirect_uris":      `a.RedirectURIs`,
	"apps[].application_tokens": `a.ApplicationTokens`,
	"apps[].refresh_tokens":     `a.RefreshTokens`,
	"apps[].profile":            `a.Profile`,
	"apps[].introspect":         `a.Introspect`,
	"apps[].owners":             `.Owners)`,
	"apps[].products":           `a.Products`,
	"apps[].disabled":           `by.App.Disabled`,
	"apps[].quotas.*.member":    `a.Quotas`,
	"apps[].quotas.*.app":       `a.Quotas`,
	"apps[].quotas.*.burst":     `a.Quotas`,

	"tokens.keys": `cfg.Tokens.Keys`,
	"tokens.life": `Tokens.Life`,

	"quotas.*.member": `cfg.Quotas`,
	"quotas.*.app":    `cfg.Quotas`,
	"quotas.*.burst":  `cfg.Quotas`,

	"apis[].name":               `spec.Name`,
	"apis[].hosts":              `spec.Hosts`,
	"apis[].base":               `spec.Base`,
	"apis[].public_url":         `api.PublicURL`,
	"apis[].upstream":           `spec.Upstream`,
	"apis[].profile":            `r.API.Profile`,
	"apis[].credentials":        `config: api.Credentials`,
	"apis[].tokens":             `Credentials.Issuers`,
	"apis[].record_body":        `RecordBody: from.RecordBody`,
	"apis[].server_timing":      `ServerTiming: from.ServerTiming`,
	"apis[].cache":              `said := from.Cache`,
	"apis[].retry":              `config: Retry:       api.Retry`,
	"apis[].token_in_query":     `c.Match.API.TokenInQuery`,
	"apis[].cors.origins":       `spec.Origins`,
	"apis[].cors.methods":       `spec.Methods`,
	"apis[].cors.headers":       `spec.Headers`,
	"apis[].cors.max_age":       `spec.MaxAge`,
	"apis[].cors.credentials":   `spec.Credentials`,
	"apis[].cors.expose":        `spec.Expose`,
	"apis[].preflight":          `r.API.Preflight`,
	"apis[].guard":              `API.Unguarded`,
	"apis[].mode":               `m.modes[c]`,
	"apis[].routes[].mode":      `r.Modes[c]`,
	"apis[].version.header":     `Version.Header`,
	"apis[].version.active":     `spec.Active`,
	"apis[].version.status":     `Version.Status`,
	"apis[].headers.request_id": `v.RequestID`,
	"apis[].headers.app":        `v.App`,
	"apis[].headers.member":     `v.Member`,
	"apis[].headers.scopes":     `v.Scopes`,
	"apis[].errors.envelope":    `api.Errors`, "apis[].errors.content_type": `api.Errors`,
	"apis[].http.accept": `m.API.Accept`,

	"apis[].request.headers.remove":           `s.Remove`,
	"apis[].request.strip_prefix":             `spec.Strip`,
	"apis[].request.rewrite":                  `spec.Template`,
	"apis[].response.headers.remove":          `s.Remove`,
	"apis[].response.location":                `own.KeepLocation`,
	"apis[].response.cookies":                 `own.KeepCookies`,
	"apis[].routes[].response.headers.set.*":  `s.Set`,
	"apis[].routes[].response.headers.add.*":  `s.Add`,
	"apis[].routes[].response.headers.remove": `s.Remove`,
	"apis[].routes[].response.location":       `own.KeepLocation`,
	"apis[].routes[].response.cookies":        `own.KeepCookies`,
	"apis[].routes[].request.headers.set.*":   `s.Set`,
	"apis[].routes[].request.headers.add.*":   `s.Add`,
	"apis[].routes[].request.headers.remove":  `s.Remove`,
	"apis[].routes[].request.strip_prefix":    `spec.Strip`,
	"apis[].routes[].request.rewrite":         `spec.Template`,
	"apis[].routes[].name":                    `spec.Name`,
	"apis[].routes[].path":                    `spec.Path`,
	"apis[].routes[].methods":                 `spec.Methods`,
	"apis[].routes[].scopes":                  `r.Scopes`,
	"apis[].routes[].products":                `r.Products.Intersects`,
	"apis[].routes[].restricted":              `config: s.Hidden = s.Restricted`,
	"apis[].routes[].hidden":                  `!r.Hidden`,
	"apis[].routes[].credentials":             `m.Route.Credentials`,
	"apis[].routes[].record_body":             `r.RecordBody = *spec.RecordBody`,
	"apis[].routes[].server_timing":           `r.ServerTiming = *spec.ServerTiming`,
	"apis[].routes[].cache":                   `*spec.Cache`,
	"apis[].routes[].cache.mode":              `said.Mode == CacheOff`,
	"apis[].routes[].cache.set_cookie":        `r.Cache = &said`,
	"apis[].routes[].cache.max_entry":         `said.MaxEntry == 0`,
	"apis[].routes[].token_in_query":          `r.TokenInQuery`,
	"apis[].routes[].version.header":          `Version.Header`,
	"apis[].routes[].version.active":          `spec.Active`,
	"apis[].routes[].version.status":          `Version.Status`,
	"apis[].routes[].body.types":              `b.Types`,
	"apis[].routes[].body.json":               `!r.Body.CheckJSON`,
	"apis[].routes[].body.max":                `r.Body.Max`,
	"apis[].routes[].body.length":             `r.Body.LengthRequired`,
	"apis[].routes[].quota":                   `c.Match.Route.Quota`,
	"apis[].routes[].resource":                `r.Resource`,
	"apis[].routes[].upstream":                `Route.Upstream`,
	"apis[].routes[].forward_credential":      `ForwardCredential`,
	"apis[].routes[].retry":                   `Retry: spec.Retry`,
	"apis[].routes[].retry.attempts":          `config: &p.Attempts`,
	"apis[].routes[].retry.within":            `config: &p.Within`,
	"apis[].routes[].retry.on":                `config: &p.On`,
	"apis[].routes[].retry.idempotent":        `to.Idempotent.May`,
	"apis[].routes[].upgrade":                 `c.Match.Route.Upgrade`,
	"apis[].routes[].upgrade.protocols":       `own.Protocols`,
	"apis[].routes[].upgrade.end_at_expiry":   `Switch.EndAtExpiry`,
	"apis[].routes[].upgrade.idle":            `Switch.Idle`,
	"apis[].routes[].tunnel":                  `Route.Tunnel`,
	"apis[].routes[].timeouts.call":           `int64(r.CallTimeout)`,
	"apis[].routes[].timeouts.first_byte":     `r.FirstByte`,
	"apis[].routes[].timeouts.gap":            `r.Gap`,
	"apis[].routes[].example":                 `r.Example`,
	"apis[].routes[].docs":                    `r.Docs`,
	"apis[].routes[].http.accept":             `m.Route.Accept`,

	"problems.*.code":    `.Code`,
	"problems.*.status":  `o.Status`,
	"problems.*.subcode": `.Subcode`,
	"problems.*.message": `.Message`,
	"problems.*.fix":     `.Fix`,
}

// namedKeys are mappings whose keys are names.
var namedKeys = []string{"upstreams", "issuers", "scopes", "products", "quotas", "apps[].quotas", "problems", "apis[].routes[].request.headers.set", "apis[].routes[].request.headers.add", "apis[].routes[].response.headers.set", "apis[].routes[].response.headers.add"}

// TestEveryKeyIsRead: the keys that are taken are those of the table, and what the table says of them is there.
func TestEveryKeyIsRead(t *testing.T) {
	c, err := Load("../../examples/everything.yaml", testEnv)
	if err != nil {
		t.Fatal(err)
	}
	c.Listeners[0].TLS = &TLS{Certificates: []Certificate{{"a", "b"}}}
	c.WWW.TLS = c.Listeners[0].TLS
	c.Apps[0].Quotas[0].Limits = c.Quotas[0].Limits
	c.APIs[0].Version = &route.VersionSpec{Header: "V", Months: 1}
	c.Errors = &problem.Envelope{ContentType: "a", Template: problem.Template{Kind: problem.ObjectValue}}
	c.Listeners[0].Errors, c.APIs[0].Errors = c.Errors, c.Errors
	source, keys := readSource(t), map[string]bool{}
	leaves(rootKeys(c).write(c), "", keys)
	for key := range keys {
		switch expression, known := readBy[key]; {
		case !known:
			t.Errorf("%s: is taken, and nobody has said what reads it", key)
		case !source.has(expression):
			t.Errorf("%s: nothing reads it by %q", key, expression)
		}
	}
	for key := range readBy {
		if !keys[key] {
			t.Errorf("%s: is no key, or examples/everything.yaml does not show it", key)
		}
	}
}

// leaves gathers the ways to all values of a configuration.
func leaves(n *yaml.Node, at string, keys map[string]bool) {
	switch {
	case strings.HasSuffix(at, "errors.envelope"):
		keys[at] = true // what stands in it is the operator's
	case n.Kind == yaml.SequenceNode && slices.ContainsFunc(n.Content, func(c *yaml.Node) bool { return c.Kind == yaml.MappingNode }):
		for _, item := range n.Content {
			leaves(item, at+"[]", keys)
		}
	case n.Kind == yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			name := n.Content[i].Value
			if slices.Contains(namedKeys, at) {
				name = "*"
			}
			leaves(n.Content[i+1], strings.TrimPrefix(at+"."+name, "."), keys)
		}
	case n.Value == "off" && (strings.HasSuffix(at, ".cors") && !strings.HasPrefix(at, "listeners") || strings.HasSuffix(at, ".version")):
	default:
		keys[at] = true
	}
}

// sources are all code but tests: this room's, and that of all others.
type sources struct{ own, others string }

func readSource(t *testing.T) (s sources) {
	t.Helper()
	for _, folder := range []string{"../../cmd", "../../internal", "../../problem"} {
		err := filepath.WalkDir(folder, func(file string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
				return err
			}
			text, err := os.ReadFile(file)
			if strings.Contains(filepath.ToSlash(file), "internal/config/") {
				s.own += string(text)
			} else {
				s.others += string(text)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func (s *sources) has(expression string) bool {
	if own, here := strings.CutPrefix(expression, "config: "); here {
		return strings.Contains(s.own, own)
	}
	return strings.Contains(s.others, expression)
}
