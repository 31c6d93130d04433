package config

import (
	"fmt"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/candor-gateway/candor/internal/quota"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/problem"
	"github.com/candor-gateway/candor/retry"
)

// routeKeys is the table of a route's keys. What it leaves out it takes from its API.
func routeKeys(cfg *Config, api *route.APISpec) object[route.Spec] {
	type spec = route.Spec
	return object[spec]{
		what:  "a route",
		start: func() spec { return routeStart(cfg, api) },
		short: "path",
		fields: []field[spec]{
			key("name", func(s *spec) *string { return &s.Name }, name),
			required(key("path", func(s *spec) *string { return &s.Path }, path)),
			key("methods", func(s *spec) *[]string { return &s.Methods }, methods),
			key("scopes", func(s *spec) *[][]string { return &s.Scopes }, list(allOf, "scopes", "[r_profile, [r_basic, openid]]")),
			key("products", func(s *spec) *[]string { return &s.Products }, list(name, "products", "[ads]")),
			key("restricted", func(s *spec) *bool { return &s.Restricted }, truth),
			key("hidden", func(s *spec) *bool { return &s.Hidden }, truth).
				or(func(s *spec) { s.Hidden = s.Restricted && api.Profile == problem.LinkedIn }),
			key("credentials", func(s *spec) *route.Need { return &s.Credentials.Need }, credentials),
			key("token_in_query", func(s *spec) *bool { return s.TokenInQuery }, truth),
			group("http", "http", []field[spec]{key("accept", func(s *spec) *route.Accept { return s.Accept }, accept)}),
			key("mode", func(s *spec) *route.Modes { return s.Modes }, modes),
			{name: "version", read: readRouteVersion, write: writeRouteVersion},
			group("body", "body", bodyKeys),
			key("quota", func(s *spec) *string { return &s.Quota }, nameOrOff),
			key("resource", func(s *spec) *string { return &s.Resource }, checked("a name, or api/route to count with that route", resourceRule)),
			key("upstream", func(s *spec) *string { return &s.Upstream }, name),
			key("forward_credential", func(s *spec) *bool { return &s.ForwardCredential }, truth),
			key("upgrade", func(s *spec) **route.Upgrade { return &s.Upgrade }, orOff(upgradeKeys.kind())),
			key("tunnel", func(s *spec) *bool { return &s.Tunnel }, truth),
			key("record_body", func(s *spec) *bool { return s.RecordBody }, truth),
			key("server_timing", func(s *spec) *bool { return s.ServerTiming }, truth),
			key("cache", func(s *spec) *route.Cache { return s.Cache }, routeCache),
			group("timeouts", "the timeouts of a route", []field[spec]{
				key("call", func(s *spec) *time.Duration { return &s.CallTimeout }, spanOrNone(10*time.Millisecond, longest)),
				key("first_byte", func(s *spec) **time.Duration { return &s.FirstByte }, upstreamsOr(spanOrNone(10*time.Millisecond, longest))),
				key("gap", func(s *spec) **time.Duration { return &s.Gap }, upstreamsOr(spanOrNone(10*time.Millisecond, longest))),
			}),
			key("retry", func(s *spec) **retry.Policy { return &s.Retry }, retryOf(api.Retry)),
			routeRequest(api),
			routeResponse(api),
			key("example", func(s *spec) *string { return &s.Example }, text("an example call")),
			key("docs", func(s *spec) *string { return &s.Docs }, link),
			elsewhere[spec]("headers", "stands under request: for what the upstream gets, and under response: for what the caller gets, as in request: {headers: {set: {X-Env: test}}}"),
			elsewhere[spec]("strip_prefix", underRequest),
			elsewhere[spec]("rewrite", underRequest),
			elsewhere[spec]("accept", underHTTP),
			elsewhere[spec]("retries", asRetry),
			elsewhere[spec]("in_flight", ofUpstreams),
			elsewhere[spec]("breaker", ofUpstreams),
			elsewhere[spec]("circuit_breaker", ofUpstreams),
		},
	}
}

// upgradeKeys are what a route lets its connections be switched to. A list alone is that of the protocols.
var upgradeKeys = object[route.Upgrade]{
	what:  "upgrade",
	short: "protocols",
	start: func() route.Upgrade { return route.Upgrade{Idle: 10 * time.Minute} },
	fields: []field[route.Upgrade]{
		required(key("protocols", func(u *route.Upgrade) *[]string { return &u.Protocols },
			list(checked("a protocol: websocket", route.ProtocolFault), "protocols", "[websocket]"))),
		key("end_at_expiry", func(u *route.Upgrade) *bool { return &u.EndAtExpiry }, truth),
		key("idle", func(u *route.Upgrade) *time.Duration { return &u.Idle }, spanOrNone(time.Second, longest)),
	},
}

func routeStart(cfg *Config, api *route.APISpec) route.Spec {
	credentials, inQuery, accept, checks := api.Credentials, api.TokenInQuery, api.Accept, api.Modes
	recordBody, serverTiming, cache := api.RecordBody, api.ServerTiming, api.Cache
	return route.Spec{
		Credentials: &credentials, TokenInQuery: &inQuery, Accept: &accept, Modes: &checks,
		RecordBody: &recordBody, ServerTiming: &serverTiming, Cache: &cache,
		Version:     api.Version,
		Rewrite:     ownRewrite(api),
		Upstream:    api.Upstream,
		CallTimeout: cfg.Timeouts.Call,
		Retry:       api.Retry,
		Body:        route.BodySpec{Max: cfg.Limits.Body},
	}
}

// upstreamsOr reads what a route may say otherwise than its upstream, and writes nothing where it does not.
func upstreamsOr[V any](k kind[V]) kind[*V] {
	return kind[*V]{
		read: func(r *reader, n *yaml.Node, v **V) {
			var own V
			k.read(r, n, &own)
			*v = &own
		},
		write: func(v *V) *yaml.Node {
			if v == nil {
				return nil
			}
			return k.write(*v)
		},
	}
}

// path is a route's pattern; internal/route reads it.
var path = checked("a path, as in /people/{id} or /**", curly)

// allOf is one scope, or a list of scopes that are needed together.
var allOf = kind[[]string]{
	read: func(r *reader, n *yaml.Node, v *[]string) {
		if n.Kind == yaml.ScalarNode {
			*v = make([]string, 1)
			scopeName.read(r, n, &(*v)[0])
			return
		}
		list(scopeName, "scopes", "[r_basic, openid]").read(r, n, v)
		if n.Kind == yaml.SequenceNode && len(n.Content) == 0 {
			r.note(n, "the list is empty; a list in scopes: holds the scopes that are needed together")
		}
	},
	write: func(v []string) *yaml.Node {
		if len(v) == 1 {
			return textNode(v[0])
		}
		return list(scopeName, "", "").write(v)
	},
}

// isLimit reports whether a limit stands where its quota is named.
func isLimit(s string) bool {
	_, err := quota.ParseLimit(s)
	return err == nil
}

// nameOrOff reads off as none.
var nameOrOff = kind[string]{
	read: func(r *reader, n *yaml.Node, v *string) {
		switch {
		case isOff(n):
			*v = ""
		case n.Kind != yaml.ScalarNode:
			r.note(n, fmt.Sprintf("expected the name of a quota, or off, not %s; the limits stand under quotas:, by that name", shape(n)))
		case isLimit(n.Value):
			r.note(n, fmt.Sprintf("expected the name of a quota, or off, not %s; the limits stand under quotas:, by that name", r.quote(n)))
		default:
			name.read(r, n, v)
		}
	},
	write: func(v string) *yaml.Node {
		if v == "" {
			return textNode("off")
		}
		return textNode(v)
	},
}

// A route may switch its API's version off, or have its own.
func readRouteVersion(r *reader, n *yaml.Node, s *route.Spec) {
	if isOff(n) {
		s.Version, s.VersionOff = nil, true
		return
	}
	v := versionKeys.start()
	if s.Version != nil {
		v = *s.Version
	}
	versionKeys.read(r, n, &v)
	s.Version = &v
}

func writeRouteVersion(s *route.Spec) *yaml.Node {
	if s.Version == nil {
		return textNode("off")
	}
	return versionKeys.write(s.Version)
}

var bodyKeys = []field[route.Spec]{
	key("types", func(s *route.Spec) *[]string { return &s.Body.Types },
		list(checked("a media type, as in application/json", route.MediaTypeFault), "media types", "[application/json]")),
	key("json", func(s *route.Spec) *bool { return &s.Body.CheckJSON }, oneOf(word[bool]{"pass", false}, word[bool]{"check", true})),
	key("max", func(s *route.Spec) *int64 { return &s.Body.Max }, sizeBetween[int64](0, 1024*gib)),
	key("length", func(s *route.Spec) *bool { return &s.Body.LengthRequired }, oneOf(word[bool]{"optional", false}, word[bool]{"required", true})),
}

// routeName is the name of a route that was given none: the words of its path, and its method if
// it has one that is not GET. It depends on nothing but the route itself, so that it stays the same
// when others come and go.
func routeName(s *route.Spec) string {
	var words []string
	for segment := range strings.SplitSeq(s.Path, "/") {
		if segment == "**" || segment == "*" {
			continue
		}
		if w := strings.Trim(strings.Map(nameLetter, segment), "-"); w != "" {
			words = append(words, w)
		}
	}
	if len(words) == 0 {
		words = []string{"all"}
		if s.Path == "/" {
			words[0] = "root"
		}
	}
	if len(s.Methods) == 1 && s.Methods[0] != "GET" {
		words = append(words, strings.ToLower(s.Methods[0]))
	}
	text := strings.Join(words, ".")
	return text[:min(len(text), 64)]
}

func nameLetter(c rune) rune {
	switch {
	case c < 0x80 && (isWordByte(byte(c)) || c == '-' || c == '.'):
		return c
	case c == '{' || c == '}':
		return -1
	default:
		return '-'
	}
}
