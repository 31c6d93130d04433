package heads

import (
	"bytes"

	"github.com/candor-gateway/candor/internal/ascii"
)

// appendCookie appends a Set-Cookie of an upstream so that the caller sends the cookie back to it: Path becomes what the caller calls it, and a Domain that is
// the upstream's alone is left out. Everything else stays as it came.
func (o back) appendCookie(out, value []byte) []byte {
	const hostOnly = "__host-" // browsers take it with Path=/ alone (RFC 6265bis §4.1.3.2)
	if len(value) >= len(hostOnly) && ascii.EqualFold(value[:len(hostOnly)], hostOnly) {
		return append(out, value...)
	}
	pair, rest, more := bytes.Cut(value, semicolon)
	out = append(out, pair...)
	for more {
		var attribute []byte
		attribute, rest, more = bytes.Cut(rest, semicolon)
		out = o.appendAttribute(out, attribute)
	}
	return out
}

var semicolon = []byte(";")

// appendAttribute appends an attribute with the semicolon before it.
func (o back) appendAttribute(out, attribute []byte) []byte {
	name, value, _ := bytes.Cut(attribute, []byte("="))
	name, value = bytes.Trim(name, " \t"), bytes.Trim(value, " \t")
	h, start := o.Call.Head, len(out)
	switch {
	case ascii.EqualFold(name, "domain") && o.isForeign(value):
		return out
	case ascii.EqualFold(name, "path") && len(value) > 0 && value[0] == '/':
		out = append(append(out, ';'), attribute[:bytes.IndexByte(attribute, '=')+1]...)
		if mapped, ok := o.Call.Match.Route.CookiePath(out, h.Path.Of(h.Buf), value); ok {
			return mapped
		}
	}
	return append(append(out[:start], ';'), attribute...)
}

// isForeign reports whether a domain is one of the upstream's, and none of the caller's: no browser would take it from us.
func (o back) isForeign(domain []byte) bool {
	domain = bytes.TrimPrefix(domain, []byte("."))
	if _, public := o.public(); within(public, domain) {
		return false
	}
	return within([]byte(o.Back.Target), domain) || within([]byte(o.Back.Sent), domain)
}

// within reports whether a host is a domain, or below it (RFC 6265 §5.1.3).
func within(authority, domain []byte) bool {
	host, _ := cutAuthority(authority)
	below := len(host) - len(domain)
	return len(domain) > 0 && below >= 0 && ascii.EqualFold(host[below:], domain) && (below == 0 || host[below-1] == '.')
}
