package config

import (
	"cmp"
	"net/url"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/problem"
	"github.com/candor-gateway/candor/retry"
)

// Tables of the keys of an API and what stands in it, but for its routes.

var credentials = oneOf(
	word[route.Need]{"bearer", route.Required},
	word[route.Need]{"optional", route.Optional},
	word[route.Need]{"public", route.Public},
)

// guard is kept as what is not guarded: the zero value guards.
var guard = oneOf(word[bool]{"on", false}, word[bool]{"off", true})

var preflight = oneOf(
	word[route.PreflightRule]{"refuse", route.RefusePreflights},
	word[route.PreflightRule]{"pass", route.PassPreflights},
)

var method = checked("a method, as in GET", route.MethodFault)

var methods = list(method, "methods", "[GET, POST]")

// corsMethods are those of a preflight's answer; * is one there (Fetch §3.2.3).
var corsMethods = list(checked("a method, as in GET", func(s string) string {
	if s == "*" {
		return ""
	}
	return route.MethodFault(s)
}), "methods", "[GET, POST]")

// host is kept in small letters: hosts are compared without case (RFC 9110 §4.2.3).
var host = folded(checked("a host, as in api.example.com", hostRule))

func folded(k kind[string]) kind[string] {
	return kind[string]{
		read: func(r *reader, n *yaml.Node, v *string) {
			k.read(r, n, v)
			*v = strings.ToLower(*v)
		},
		write: k.write,
	}
}

// base is a path prefix of literal segments; "/" says none, as leaving it out does.
var base = kind[string]{
	read: func(r *reader, n *yaml.Node, v *string) {
		s, ok := r.scalar(n, "a path, as in /v2")
		if !ok {
			return
		}
		*v = strings.TrimSuffix(s, "/")
		if say := baseRule(*v); say != "" {
			r.note(n, r.quote(n)+" "+say)
		}
	},
	write: textNode,
}

func baseRule(s string) string {
	switch {
	case s == "":
		return ""
	case s[0] != '/':
		return "is not a valid base: it begins with /, as in /v2"
	case strings.ContainsAny(s, "{}*"):
		return "is not a valid base: a base is literal; patterns belong to the paths of routes"
	}
	u, err := url.Parse(s)
	if err != nil || u.Path != s || strings.Contains(s, "//") || strings.Contains(s+"/", "/./") || strings.Contains(s+"/", "/../") {
		return "is not a valid base: expected literal segments, as in /v2 or /api/v2"
	}
	return ""
}

// headerOrOff is a header's name; off is none.
var headerOrOff = kind[string]{
	read: func(r *reader, n *yaml.Node, v *string) {
		if isOff(n) {
			*v = ""
			return
		}
		checked("a header name, or off", ownHeaderRule).read(r, n, v)
	},
	write: func(v string) *yaml.Node { return textNode(cmp.Or(v, "off")) },
}

type corsSpec = route.CORSSpec

var corsKeys = object[corsSpec]{
	what: "cors",
	like: `{origins: ["https://app.example.com"]}`,
	start: func() corsSpec {
		return corsSpec{
			Methods: []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"},
			Headers: []string{"Authorization", "Content-Type"},
			MaxAge:  10 * time.Minute,
		}
	},
	fields: []field[corsSpec]{
		required(key("origins", func(c *corsSpec) *[]string { return &c.Origins }, list(checked("an origin, as in https://app.example.com", route.OriginFault), "origins", `["https://app.example.com"]`))),
		key("methods", func(c *corsSpec) *[]string { return &c.Methods }, corsMethods),
		key("headers", func(c *corsSpec) *[]string { return &c.Headers }, list(checked("a header name", headerRule), "header names", "[Authorization, Content-Type]")),
		key("max_age", func(c *corsSpec) *time.Duration { return &c.MaxAge }, spanOrNone(time.Second, 24*time.Hour)),
		key("credentials", func(c *corsSpec) *bool { return &c.Credentials }, truth),
		key("expose", func(c *corsSpec) *[]string { return &c.Expose }, list(checked("a header name", headerRule), "header names", "[Link, X-Total-Count]")),
	},
}

var headerKeys = object[route.HeaderNames]{
	what: "headers",
	fields: []field[route.HeaderNames]{
		key("request_id", func(h *route.HeaderNames) *string { return &h.RequestID }, headerOrOff),
		key("app", func(h *route.HeaderNames) *string { return &h.App }, headerOrOff),
		key("member", func(h *route.HeaderNames) *string { return &h.Member }, headerOrOff),
		key("scopes", func(h *route.HeaderNames) *string { return &h.Scopes }, headerOrOff),
	},
}

// ownHeaderKeys are those of a listener: what no API is found for goes to no upstream, which could be told who calls.
var ownHeaderKeys = object[route.HeaderNames]{what: "headers", fields: headerKeys.fields[:1]}

var (
	headers    = headersOf(headerKeys)
	ownHeaders = headersOf(ownHeaderKeys)
)

// headersOf are read over the defaults; off is none of them.
func headersOf(keys object[route.HeaderNames]) kind[route.HeaderNames] {
	return kind[route.HeaderNames]{
		read: func(r *reader, n *yaml.Node, h *route.HeaderNames) {
			if isOff(n) {
				*h = route.HeaderNames{}
				return
			}
			keys.read(r, n, h)
		},
		write: func(h route.HeaderNames) *yaml.Node {
			if h == (route.HeaderNames{}) {
				return textNode("off")
			}
			return keys.write(&h)
		},
	}
}

// defaultHeaders are the names under which ids and identity travel unless an API says otherwise.
func defaultHeaders() route.HeaderNames {
	return route.HeaderNames{RequestID: "X-Request-Id", App: "Candor-App", Member: "Candor-Member", Scopes: "Candor-Scopes"}
}

func apiKeys(cfg *Config) object[route.APISpec] {
	type spec = route.APISpec
	return object[spec]{
		what: "an API",
		start: func() spec {
			return spec{Profile: cfg.Profile, Errors: cfg.Errors, Upstream: onlyUpstream(cfg), Credentials: route.Credentials{Kinds: access.Kinds(0).With(access.OwnToken)}, Headers: defaultHeaders(), Rewrite: &route.RewriteSpec{}}
		},
		fields: []field[spec]{
			key("name", func(a *spec) *string { return &a.Name }, name),
			key("hosts", func(a *spec) *[]string { return &a.Hosts }, list(host, "hosts", "[api.example.com]")),
			key("base", func(a *spec) *string { return &a.Base }, base),
			key("public_url", func(a *spec) *string { return &a.PublicURL }, checked("a URL, as in https://api.example.com/v2", publicRule)),
			key("upstream", func(a *spec) *string { return &a.Upstream }, name),
			key("profile", func(a *spec) *problem.Profile { return &a.Profile }, profile),
			key("credentials", func(a *spec) *route.Need { return &a.Credentials.Need }, credentials),
			tokensOf(cfg),
			key("token_in_query", func(a *spec) *bool { return &a.TokenInQuery }, truth),
			key("cors", func(a *spec) **corsSpec { return &a.CORS }, orOff(corsKeys.kind())),
			key("preflight", func(a *spec) *route.PreflightRule { return &a.Preflight }, preflight),
			key("record_body", func(a *spec) *bool { return &a.RecordBody }, truth),
			key("server_timing", func(a *spec) *bool { return &a.ServerTiming }, truth),
			key("cache", func(a *spec) *route.Cache { return &a.Cache }, routeCache),
			key("retry", func(a *spec) **retry.Policy { return &a.Retry }, retryOf(nil)),
			key("guard", func(a *spec) *bool { return &a.Unguarded }, guard),
			key("mode", func(a *spec) *route.Modes { return &a.Modes }, modes),
			key("version", func(a *spec) **route.VersionSpec { return &a.Version }, orOff(versionKeys.kind())),
			key("headers", func(a *spec) *route.HeaderNames { return &a.Headers }, headers),
			key("errors", func(a *spec) **problem.Envelope { return &a.Errors }, ownErrors),
			group("http", "http", []field[spec]{key("accept", func(a *spec) *route.Accept { return &a.Accept }, accept)}),
			apiRequest(),
			apiResponse(),
			{
				name: "routes", must: true,
				read: func(r *reader, n *yaml.Node, a *spec) {
					list(routeKeys(cfg, a).kind(), "routes", "[{path: /**}]").read(r, n, &a.Routes)
				},
				write: func(a *spec) *yaml.Node {
					return list(routeKeys(cfg, a).kind(), "", "").write(a.Routes)
				},
			},
			elsewhere[spec]("strip_prefix", underRequest),
			elsewhere[spec]("rewrite", underRequest),
			elsewhere[spec]("accept", underHTTP),
			elsewhere[spec]("retries", asRetry),
			elsewhere[spec]("in_flight", ofUpstreams),
			elsewhere[spec]("breaker", ofUpstreams),
			elsewhere[spec]("circuit_breaker", ofUpstreams),
			later[spec]("openapi", "import of OpenAPI descriptions"),
		},
	}
}

// onlyUpstream is what an API means that names no upstream: the one there is.
func onlyUpstream(cfg *Config) string {
	if len(cfg.Upstreams) == 1 {
		return cfg.Upstreams[0].Name
	}
	return ""
}
