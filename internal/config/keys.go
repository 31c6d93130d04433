package config

import (
	"go.yaml.in/yaml/v4"

	"github.com/candor-gateway/candor/internal/quota"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/internal/upstream"
	"github.com/candor-gateway/candor/problem"
)

// rootKeys is the table of candor.yaml itself. A key stands below those that it takes defaults from.
func rootKeys(cfg *Config) object[Config] {
	return object[Config]{
		what: "the configuration",
		fields: []field[Config]{
			{name: "version", read: readVersion, write: func(*Config) *yaml.Node { return plainNode("1") }},
			key("data", func(c *Config) *string { return &c.Data }, fileOrNone("none")),
			key("profile", func(c *Config) *problem.Profile { return &c.Profile }, profile),
			key("fabric", func(c *Config) *string { return &c.Fabric }, name),
			key("errors", func(c *Config) **problem.Envelope { return &c.Errors }, ownErrors),
			key("listeners", func(c *Config) *[]Listener { return &c.Listeners }, list(listenerKeys(cfg).kind(), "listeners", "[{address: 127.0.0.1:8080}]")).
				or(func(c *Config) { c.Listeners[0].Profile, c.Listeners[0].Errors = c.Profile, c.Errors }),
			key("admin", func(c *Config) **Admin { return &c.Admin }, orOff(adminKeys.kind())),
			key("www", func(c *Config) **WWW { return &c.WWW }, orOff(wwwKeys.kind())),
			group("log", "log", logFields),
			group("requests", "requests", requestFields),
			group("cache", "cache", cacheFields),
			group("limits", "limits", limitFields),
			group("timeouts", "timeouts", timeoutFields),
			group("drain", "drain", drainFields),
			group("support", "support", supportFields),
			group("docs", "docs", docsFields),
			required(key("upstreams", func(c *Config) *[]upstream.Spec { return &c.Upstreams },
				named(upstreamKeys().kind(), "upstreams", func(s *upstream.Spec) *string { return &s.Name }, name))),
			key("scopes", func(c *Config) *[]Scope { return &c.Scopes }, scopes),
			key("products", func(c *Config) *[]Product { return &c.Products },
				named(productKeys.kind(), "products", func(p *Product) *string { return &p.Name }, name)),
			key("issuers", func(c *Config) *[]Issuer { return &c.Issuers }, issuers),
			key("oauth", func(c *Config) **OAuth { return &c.OAuth }, orOff(oauthKeys(cfg).kind())),
			key("apps", func(c *Config) *[]App { return &c.Apps }, list(appKeys(cfg).kind(), "apps", "[{name: demo, products: [profile]}]")),
			{
				name:  "tokens",
				read:  func(r *reader, n *yaml.Node, c *Config) { tokenKeys(cfg).read(r, n, &c.Tokens) },
				write: func(c *Config) *yaml.Node { return tokenKeys(cfg).write(&c.Tokens) },
				fill:  func(c *Config) { c.Tokens.Keys = keysBeside(c.Data) },
			},
			key("quotas", func(c *Config) *[]quota.Spec { return &c.Quotas }, quotas),
			required(key("apis", func(c *Config) *[]route.APISpec { return &c.APIs }, list(apiKeys(cfg).kind(), "APIs", "[{routes: [{path: /**}]}]"))),
			key("problems", func(c *Config) *[]problem.Override { return &c.Problems }, overrides),
			later[Config]("store", "a database for several replicas"),
			later[Config]("portal", "a developer portal"),
		},
	}
}

func readVersion(r *reader, n *yaml.Node, _ *Config) {
	if s, ok := r.scalar(n, "the version 1"); ok && s != "1" {
		r.note(n, "this Candor reads version 1 of the configuration, not "+r.quote(n))
	}
}
