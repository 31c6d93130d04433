package config

import (
	"cmp"
	"math"
	"net/netip"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/candor-gateway/candor/internal/ascii"
	"github.com/candor-gateway/candor/internal/upstream"
)

// upstreamStart is an upstream of which only the target was said.
func upstreamStart() upstream.Spec {
	return upstream.Spec{
		Connect: 3 * time.Second, TLS: 5 * time.Second, Waits: upstream.Waits{FirstByte: 30 * time.Second, Gap: usualGap},
		PoolIdle: 50 * time.Second, PoolAge: 10 * time.Minute, PoolSize: 1024, RequestID: commonID,
	}
}

// DefaultUpstream is what holds of an upstream where a configuration says nothing.
func DefaultUpstream() upstream.Spec { return upstreamStart() }

// target is an upstream's base URL, without its final slash. Credentials in it would end up in
// logs, so they are refused without being shown.
var target = kind[string]{
	read: func(r *reader, n *yaml.Node, v *string) {
		s, ok := r.scalar(n, "an upstream URL, as in http://10.0.0.5:9000")
		if !ok {
			return
		}
		if scheme, rest, ok := strings.Cut(s, "://"); ok && strings.Contains(rest, "@") {
			r.note(n, "an upstream URL cannot hold credentials (what stands before the @); expected "+scheme+"://host:port")
			return
		}
		*v = strings.TrimSuffix(s, "/")
		if say := targetRule(s); say != "" {
			r.note(n, r.quote(n)+" "+say)
		}
	},
	write: textNode,
}

// targets is a list of one, so far; a plain value is that one.
var targets = kind[[]string]{
	read: func(r *reader, n *yaml.Node, v *[]string) {
		if n.Kind == yaml.ScalarNode && !isNull(n) {
			*v = make([]string, 1)
			target.read(r, n, &(*v)[0])
			return
		}
		list(target, "upstream URLs", `["http://10.0.0.5:9000"]`).read(r, n, v)
		if n.Kind == yaml.SequenceNode && len(n.Content) == 0 {
			r.note(n, "the list is empty; an upstream needs a target")
		}
		if len(*v) > 1 {
			r.note(n.Content[1], "several targets of one upstream come with a later version of Candor; keep one")
		}
	},
	write: list(target, "", "").write,
}

// idHeader is the name under which an upstream gets the id of a call; off is none. The common name is kept in its common spelling, by which it is known
// later on.
var idHeader = kind[string]{
	read: func(r *reader, n *yaml.Node, v *string) {
		if isOff(n) {
			*v = ""
			return
		}
		if headerOrOff.read(r, n, v); strings.EqualFold(*v, commonID) {
			*v = commonID
		}
	},
	write: func(v string) *yaml.Node {
		if v == "" {
			return textNode("off")
		}
		return textNode(v)
	},
}

// sentHost is what the Host field says to an upstream; keep is the caller's own. Hosts are compared without case, so one is kept in small letters.
var sentHost = kind[string]{
	read: func(r *reader, n *yaml.Node, v *string) {
		if *v = ""; n.Kind == yaml.ScalarNode && n.Value == "keep" {
			return
		}
		folded(checked("keep, target, or a host as in api.internal", sentHostRule)).read(r, n, v)
	},
	write: func(v string) *yaml.Node { return textNode(cmp.Or(v, "keep")) },
}

// tlsName is whom the certificate of an upstream must name; auto is the host of its URL.
var tlsName = kind[string]{
	read: func(r *reader, n *yaml.Node, v *string) {
		if *v = ""; n.Kind == yaml.ScalarNode && n.Value == "auto" {
			return
		}
		folded(checked("auto, or a name as in api.internal", tlsNameRule)).read(r, n, v)
	},
	write: func(v string) *yaml.Node { return textNode(cmp.Or(v, "auto")) },
}

func tlsNameRule(s string) string {
	_, err := netip.ParseAddr(s)
	switch {
	case err == nil, isHostName(s) && !slices.Contains([]string{"off", "no", "none", "false", "true", "yes", "on", "target", "keep"}, strings.ToLower(s)):
		return ""
	case isHostPort(s) && !isHostName(s):
		return "has a port, and a certificate names none: leave the port out"
	}
	return "is no name of a certificate: expected auto (the host of the upstream's URL), or a name or an address without a port, as in api.internal"
}

// sentHostRule refuses what is a word elsewhere, or here in small letters: as a host it would be sent as it stands.
func sentHostRule(s string) string {
	switch word := strings.ToLower(s); {
	case s == upstream.HostTarget:
		return ""
	case slices.Contains([]string{"keep", "preserve", "caller", "client"}, word):
		return "is no host: did you mean keep, which is the caller's?"
	case word == upstream.HostTarget, slices.Contains([]string{"upstream", "auto", "url"}, word):
		return "is no host: did you mean target, which is that of the upstream's URL?"
	case slices.Contains([]string{"off", "on", "yes", "no", "true", "false"}, word), !isHostPort(s):
		return "is no host: expected keep (the caller's), target (that of the upstream's URL) or a name, as in api.internal or api.internal:8443"
	}
	return ""
}

const commonID = "X-Request-Id"

func upstreamKeys() object[upstream.Spec] {
	type spec = upstream.Spec
	limit, limitOrNone := span(10*time.Millisecond, longest), spanOrNone(10*time.Millisecond, longest)
	return object[spec]{
		what:  "an upstream",
		short: "targets",
		start: upstreamStart,
		fields: []field[spec]{
			required(key("targets", func(s *spec) *[]string { return &s.Targets }, targets)),
			group("timeouts", "the timeouts of an upstream", []field[spec]{
				key("connect", func(s *spec) *time.Duration { return &s.Connect }, limit),
				key("tls", func(s *spec) *time.Duration { return &s.TLS }, limit),
				key("first_byte", func(s *spec) *time.Duration { return &s.FirstByte }, limitOrNone),
				key("gap", func(s *spec) *upstream.Waits { return &s.Waits }, gap),
			}),
			group("pool", "the pool of an upstream", []field[spec]{
				key("size", func(s *spec) *int { return &s.PoolSize }, integer(0, math.MaxInt32)),
				key("idle", func(s *spec) *time.Duration { return &s.PoolIdle }, limit),
				key("age", func(s *spec) *time.Duration { return &s.PoolAge }, limit),
			}),
			group("tls", "the tls of an upstream", []field[spec]{
				key("name", func(s *spec) *string { return &s.TLSName }, tlsName),
				key("ca", func(s *spec) *string { return &s.CA }, fileOrNone("system")),
				key("insecure_skip_verify", func(s *spec) *bool { return &s.InsecureSkipVerify }, truth),
			}),
			key("host", func(s *spec) *string { return &s.Host }, sentHost),
			key("request_id", func(s *spec) *string { return &s.RequestID }, idHeader),
			key("forwarded", func(s *spec) *bool { return &s.NoForwarded }, oneOf(word[bool]{"append", false}, word[bool]{"off", true})),
			key("via", func(s *spec) *string { return &s.Via }, viaName),
			key("errors", func(s *spec) *upstream.Wrap { return &s.Wrap }, wrap),
			key("lenient", func(s *spec) *upstream.Lenient { return &s.Lenient }, lenient),
			key("in_flight", func(s *spec) *int { return &s.InFlight }, atOnce),
			key("breaker", func(s *spec) **upstream.BreakerSpec { return &s.Breaker }, orOff(breakerKeys.kind())),
			elsewhere[spec]("retry", ofRoutes),
			elsewhere[spec]("retries", ofRoutes),
			elsewhere[spec]("circuit_breaker", asBreaker),
			elsewhere[spec]("max_connections", "is in_flight: here, as in in_flight: 64: each call has a connection of its own"),
			later[spec]("health", "health checks"),
		},
	}
}

var wrap = oneOf(
	word[upstream.Wrap]{"pass", upstream.WrapNone}, word[upstream.Wrap]{"wrap", upstream.WrapAll}, word[upstream.Wrap]{"wrap-empty", upstream.WrapEmpty})

// usualGap is the gap that auto stands for.
const usualGap = 30 * time.Second

// gap is the gap of all answers, where one is set. auto has one, but for answers that are sent as things happen.
var gap = kind[upstream.Waits]{
	read: func(r *reader, n *yaml.Node, v *upstream.Waits) {
		var said time.Duration
		switch gapSpan.read(r, n, &said); said {
		case automatic:
			v.Gap, v.StreamGap = usualGap, 0
		default:
			v.Gap, v.StreamGap = said, said
		}
	},
	write: func(v upstream.Waits) *yaml.Node {
		if v.Gap == usualGap && v.StreamGap == 0 {
			return textNode("auto")
		}
		return gapSpan.write(v.Gap)
	},
}

// automatic is what auto is read as.
const automatic time.Duration = -1

var gapSpan = scalarOf("auto, a time from 10ms to 1d, as in 3s or 10m, or 0s for none", func(s string) (time.Duration, bool) {
	if s == "auto" {
		return automatic, true
	}
	d, ok := ParseDuration(s)
	return d, ok && (d == 0 || d >= 10*time.Millisecond && d <= longest)
}, func(v time.Duration) *yaml.Node { return plainNode(durationText(v)) })

// viaName is what a Via field may name us by (RFC 9110 §7.6.3): a pseudonym, and never our host, which would tell how a site is built.
var viaName = kind[string]{
	read: func(r *reader, n *yaml.Node, v *string) {
		if isOff(n) {
			*v = ""
			return
		}
		checked("a name for Via, as in edge, or off", func(s string) string {
			if !ascii.IsToken(s) {
				return "is not a valid name for Via: expected letters, digits and any of !#$%&'*+-.^_`|~, or off"
			}
			return ""
		}).read(r, n, v)
	},
	write: nameOrOff.write,
}

// group is a mapping whose keys are fields of the same value.
func group[T any](name, what string, fields []field[T]) field[T] {
	o := object[T]{what: what, fields: fields}
	return field[T]{name: name, read: o.read, write: o.write}
}
