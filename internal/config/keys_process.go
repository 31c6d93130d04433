package config

import (
	"fmt"
	"math"
	"net/netip"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/candor-gateway/candor/internal/forwarded"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/problem"
)

// What stands in this file are tables: the keys that are about the process as a whole.

var address = checked("an address, as in 127.0.0.1:8080", addressRule)

var link = checked("a link, as in https://example.com/page", linkRule)

var profile = oneOf(word[problem.Profile]{"standard", problem.Standard}, word[problem.Profile]{"linkedin", problem.LinkedIn})

// ownDefault is what a listener says of its own answers.
func ownDefault() route.HeaderNames { return route.HeaderNames{RequestID: defaultHeaders().RequestID} }

func listenerKeys(cfg *Config) object[Listener] {
	return object[Listener]{
		what:  "a listener",
		short: "address",
		start: func() Listener { return Listener{Profile: cfg.Profile, Errors: cfg.Errors, Headers: ownDefault()} },
		fields: []field[Listener]{
			required(key("address", func(l *Listener) *string { return &l.Address }, address)),
			key("tls", func(l *Listener) **TLS { return &l.TLS }, orOff(tlsKeys.kind())),
			key("profile", func(l *Listener) *problem.Profile { return &l.Profile }, profile),
			key("cors", func(l *Listener) **corsSpec { return &l.CORS }, orOff(corsKeys.kind())),
			key("headers", func(l *Listener) *route.HeaderNames { return &l.Headers }, ownHeaders),
			key("errors", func(l *Listener) **problem.Envelope { return &l.Errors }, ownErrors),
			key("health", func(l *Listener) *bool { return &l.Health }, truth),
			key("trusted_proxies", func(l *Listener) *[]netip.Prefix { return &l.TrustedProxies }, list(network, "networks", "[10.0.0.0/8]")),
			key("proxy_protocol", func(l *Listener) *bool { return &l.ProxyProtocol }, proxyProtocol),
			key("client_address", func(l *Listener) *forwarded.Source { return &l.ClientAddress }, clientAddress).or(func(l *Listener) {
				if l.ProxyProtocol {
					l.ClientAddress = forwarded.ProxyProtocol
				}
			}),
			later[Listener]("http", "HTTP/2 and tolerances"),
		},
	}
}

var proxyProtocol = oneOf(word[bool]{"off", false}, word[bool]{"require", true})

var clientAddress = oneOf(word[forwarded.Source]{"peer", forwarded.Peer}, word[forwarded.Source]{"x-forwarded-for", forwarded.XForwardedFor},
	word[forwarded.Source]{"forwarded", forwarded.Forwarded}, word[forwarded.Source]{"x-real-ip", forwarded.XRealIP},
	word[forwarded.Source]{"proxy", forwarded.ProxyProtocol})

// network is a range of addresses in CIDR notation (RFC 4632 §3.1); a single address is a range of one.
var network = kind[netip.Prefix]{
	read: func(r *reader, n *yaml.Node, v *netip.Prefix) {
		anyNetwork.read(r, n, v)
		if whole := v.Masked(); v.IsValid() && whole != *v {
			r.note(n, fmt.Sprintf("%s names an address within a network; did you mean the network, %s, or the address alone, %s?", quoted(v.String()), whole, v.Addr()))
			*v = whole
		}
	},
	write: anyNetwork.write,
}

// anyNetwork is one whose address may have bits behind its length.
var anyNetwork = scalarOf("a network, as in 10.0.0.0/8, or an address", func(s string) (netip.Prefix, bool) {
	if addr, err := netip.ParseAddr(s); err == nil && addr.Zone() == "" {
		addr = addr.Unmap() // an IPv4 client on a socket for both is known by its IPv4 address
		return netip.PrefixFrom(addr, addr.BitLen()), true
	}
	p, err := netip.ParsePrefix(s)
	if err != nil || p.Addr().Is4In6() {
		return netip.Prefix{}, false
	}
	return p, true
}, func(p netip.Prefix) *yaml.Node {
	if p.IsSingleIP() {
		return textNode(p.Addr().String())
	}
	return textNode(p.String())
})

var tlsKeys = object[TLS]{
	what: "tls",
	like: "{certificates: [{cert: api.pem, key: api.key}]}",
	fields: []field[TLS]{
		required(key("certificates", func(t *TLS) *[]Certificate { return &t.Certificates },
			list(certificateKeys.kind(), "certificates", "[{cert: api.pem, key: api.key}]"))),
		later[TLS]("client_ca", "client certificates"),
	},
}

var certificateKeys = object[Certificate]{
	what: "a certificate",
	fields: []field[Certificate]{
		required(key("cert", func(c *Certificate) *string { return &c.Cert }, file)),
		required(key("key", func(c *Certificate) *string { return &c.Key }, file)),
	},
}

var adminKeys = object[Admin]{
	what:  "admin",
	short: "address",
	start: func() Admin { return Admin{Address: "127.0.0.1:9090"} },
	fields: []field[Admin]{
		key("address", func(a *Admin) *string { return &a.Address }, address),
		key("token", func(a *Admin) *Secret { return &a.Token }, secret),
	},
}

var wwwKeys = object[WWW]{
	what:  "www",
	short: "address",
	fields: []field[WWW]{
		required(key("address", func(w *WWW) *string { return &w.Address }, address)),
		key("tls", func(w *WWW) **TLS { return &w.TLS }, orOff(tlsKeys.kind())),
		key("trusted_proxies", func(w *WWW) *[]netip.Prefix { return &w.TrustedProxies }, list(network, "networks", "[10.0.0.0/8]")),
		key("public_url", func(w *WWW) *string { return &w.PublicURL }, checked("a URL, as in https://api.example.com", originRule)),
		key("accounts", func(w *WWW) *bool { return &w.Accounts }, truth),
		key("provider", func(w *WWW) **Provider { return &w.Provider }, orOff(providerKeys.kind())),
		key("developers", func(w *WWW) *[]string { return &w.Developers }, emails("developers")),
		key("operators", func(w *WWW) *[]string { return &w.Operators }, emails("operators")),
	},
}

var logFields = []field[Config]{
	key("access", func(c *Config) *string { return &c.Log.Access }, fileOr("stdout", "stderr", "off")),
	key("level", func(c *Config) *string { return &c.Log.Level }, oneOf(
		word[string]{"debug", "debug"}, word[string]{"info", "info"}, word[string]{"warn", "warn"}, word[string]{"error", "error"})),
	key("format", func(c *Config) *string { return &c.Log.Format }, oneOf(word[string]{"json", "json"}, word[string]{"text", "text"})),
}

// autoOr reads the word auto, or the word none, as 0.
func autoOr(zero string, k kind[int]) kind[int] {
	return kind[int]{
		read: func(r *reader, n *yaml.Node, v *int) {
			if n.Kind == yaml.ScalarNode && n.Value == zero {
				*v = 0
				return
			}
			k.read(r, n, v)
		},
		write: func(v int) *yaml.Node {
			if v == 0 {
				return textNode(zero)
			}
			return k.write(v)
		},
	}
}

var limitFields = []field[Config]{
	key("connections", func(c *Config) *int { return &c.Limits.Connections }, autoOr("auto", integer(1, math.MaxInt32))),
	key("per_address", func(c *Config) *int { return &c.Limits.PerAddress }, autoOr("none", integer(1, math.MaxInt32))),
	key("in_flight", func(c *Config) *int { return &c.Limits.InFlight }, integer(1, math.MaxInt32)),
	key("upgrades", func(c *Config) *int { return &c.Limits.Upgrades }, autoOr("auto", integer(1, math.MaxInt32))),
	key("buffered", func(c *Config) *int64 { return &c.Limits.Buffered }, sizeBetween[int64](mib, 1024*gib)),
	key("request_line", func(c *Config) *int { return &c.Limits.RequestLine }, sizeBetween(64, mib)),
	key("head", func(c *Config) *int { return &c.Limits.Head }, sizeBetween(kib, mib)),
	key("fields", func(c *Config) *int { return &c.Limits.Fields }, integer(8, 10_000)),
	key("body", func(c *Config) *int64 { return &c.Limits.Body }, sizeBetween[int64](0, 1024*gib)),
	key("json_body", func(c *Config) *int64 { return &c.Limits.JSONBody }, sizeBetween[int64](0, gib)),
	key("chunk_line", func(c *Config) *int { return &c.Limits.ChunkLine }, sizeBetween(32, 64*kib)),
	key("trailers", func(c *Config) *int { return &c.Limits.Trailers }, sizeBetween(0, mib)),
	key("upstream_head", func(c *Config) *int { return &c.Limits.UpstreamHead }, sizeBetween(kib, mib)),
	key("upstream_fields", func(c *Config) *int { return &c.Limits.UpstreamFields }, integer(8, 10_000)),
	key("failed_credentials", func(c *Config) *int { return &c.Limits.FailedCredentials }, autoOr("none", integer(1, math.MaxInt32))),
}

const longest = 24 * time.Hour // of any time limit of a connection

var timeoutFields = []field[Config]{
	key("handshake", func(c *Config) *time.Duration { return &c.Timeouts.Handshake }, span(10*time.Millisecond, longest)),
	key("first_byte", func(c *Config) *time.Duration { return &c.Timeouts.FirstByte }, span(10*time.Millisecond, longest)),
	key("head", func(c *Config) *time.Duration { return &c.Timeouts.Head }, span(10*time.Millisecond, longest)),
	key("idle", func(c *Config) *time.Duration { return &c.Timeouts.Idle }, span(10*time.Millisecond, longest)),
	key("body_gap", func(c *Config) *time.Duration { return &c.Timeouts.BodyGap }, span(10*time.Millisecond, longest)),
	key("write_stall", func(c *Config) *time.Duration { return &c.Timeouts.WriteStall }, span(10*time.Millisecond, longest)),
	key("call", func(c *Config) *time.Duration { return &c.Timeouts.Call }, spanOrNone(10*time.Millisecond, longest)),
}

var drainFields = []field[Config]{
	key("delay", func(c *Config) *time.Duration { return &c.Drain.Delay }, spanOrNone(time.Millisecond, time.Hour)),
	key("finish", func(c *Config) *time.Duration { return &c.Drain.Finish }, spanOrNone(time.Millisecond, 24*time.Hour)),
}

var docsFields = []field[Config]{
	key("authentication", func(c *Config) *string { return &c.Docs.Authentication }, link),
	key("errors", func(c *Config) *string { return &c.Docs.Errors }, link),
}
