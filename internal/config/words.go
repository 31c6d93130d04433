package config

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/ascii"
)

// The rules of this file answer "" or what is wrong with a value, to follow the value in quotes.

// nameRule is for what the operator names: APIs, routes, upstreams, quotas, products, apps. The
// names stand in URLs, log lines and metrics.
func nameRule(s string) string {
	if err := access.CheckName(s); err != nil {
		return "is not a valid name: " + err.Error()
	}
	return ""
}

// resourceRule is for what a quota counts: a name of its own, or that of a route as it is shown.
func resourceRule(s string) string {
	api, route, shown := strings.Cut(s, "/")
	if !shown {
		return nameRule(s)
	}
	if access.CheckName(api) != nil || access.CheckName(route) != nil {
		return "is not a valid resource: expected a name, or that of a route as in people/me"
	}
	return ""
}

func isShown(resource string) bool { return strings.Contains(resource, "/") }

func isWordByte(c byte) bool {
	return c == '_' || ascii.IsAlnum(c)
}

// scopeRule is for scopes.
func scopeRule(s string) string {
	if err := access.CheckScope(s); err != nil {
		return "is not a valid scope: " + err.Error()
	}
	return ""
}

// clientIDRule is RFC 6749 §2.2 and appendix A.1, kept to what needs no escaping anywhere.
func clientIDRule(s string) string {
	if access.CheckScope(s) != nil {
		return "is not a valid client id: expected 1 to 128 visible ASCII letters without blanks, commas and quotes"
	}
	return ""
}

func headerRule(s string) string {
	if !ascii.IsToken(s) {
		return "is not a valid header name"
	}
	return ""
}

// ownHeaderRule is for the names under which Candor says ids and identity. Whatever comes under such a name is dropped, so it can be none that the
// framing, the routing or the content of a call depends on, and none of a field that Candor says already.
func ownHeaderRule(s string) string {
	name := strings.ToLower(strings.ReplaceAll(s, "_", "-"))
	switch {
	case !ascii.IsToken(s):
		return "is not a valid header name"
	case takenHeaders[name], strings.HasPrefix(name, "content-"), strings.HasPrefix(name, "proxy-"), strings.HasPrefix(name, "x-forwarded-"),
		strings.HasPrefix(name, "access-control-"):
		return "is a header with a meaning of its own; choose another name, such as X-Request-Id"
	}
	return ""
}

var takenHeaders = map[string]bool{
	"host": true, "connection": true, "keep-alive": true, "transfer-encoding": true, "te": true, "trailer": true, "upgrade": true, "expect": true,
	"authorization": true, "www-authenticate": true, "cookie": true, "set-cookie": true, "date": true, "via": true, "forwarded": true, "x-real-ip": true,
	"accept": true, "origin": true, "vary": true, "allow": true, "location": true, "retry-after": true, "cache-control": true, "candor-problem": true, "candor-hops": true,
	"ratelimit": true, "ratelimit-policy": true, "traceparent": true, "tracestate": true, "baggage": true, "b3": true, "uber-trace-id": true,
	"x-client-request-id": true, "x-http-method-override": true,
}

// addressRule is for what Candor listens on. An empty host is every interface; names are for
// localhost and the like.
func addressRule(s string) string {
	const expected = "is not a valid address: expected host:port, as in 127.0.0.1:8080, [::1]:8080 or :8080"
	at := strings.LastIndexByte(s, ':')
	if n, err := strconv.ParseUint(s, 10, 16); err == nil {
		return expected + fmt.Sprintf("; did you mean 127.0.0.1:%d, or :%d for every interface?", n, n)
	}
	if at < 0 {
		return expected
	}
	host, port := s[:at], s[at+1:]
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || strconv.FormatUint(n, 10) != port {
		return expected + "; the port is a number from 0 to 65535"
	}
	if inner, ok := strings.CutPrefix(host, "["); ok {
		ip, err := netip.ParseAddr(strings.TrimSuffix(inner, "]"))
		if err != nil || !ip.Is6() || !strings.HasSuffix(inner, "]") {
			return expected
		}
		return ""
	}
	if strings.Contains(host, ":") {
		return expected + "; an IPv6 address stands in [ ]"
	}
	if host != "" && !isHostName(host) {
		return expected
	}
	return ""
}

// isHostName takes registered names and IPv4 addresses.
func isHostName(s string) bool {
	if len(s) > 253 {
		return false
	}
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > 63 {
			return false
		}
		for _, c := range []byte(label) {
			if !isWordByte(c) && c != '-' {
				return false
			}
		}
	}
	return !looksNumeric(s) || isIPv4(s)
}

// looksNumeric tells 10.0.0.300 from a name: a last label of digits alone can be no name.
func looksNumeric(s string) bool {
	last := s[strings.LastIndexByte(s, '.')+1:]
	return strings.Trim(last, "0123456789") == ""
}

func isIPv4(s string) bool {
	ip, err := netip.ParseAddr(s)
	return err == nil && ip.Is4()
}

// isHostPort takes a host with or without a port, as it stands in a URL or a Host field.
func isHostPort(s string) bool {
	if host, port, ok := strings.Cut(s, ":"); ok && !strings.HasPrefix(s, "[") {
		n, err := strconv.ParseUint(port, 10, 16)
		return err == nil && n > 0 && isHostName(host)
	}
	if !strings.HasPrefix(s, "[") {
		return isHostName(s)
	}
	inner, port, ok := strings.Cut(s[1:], "]")
	ip, err := netip.ParseAddr(inner)
	if !ok || err != nil || !ip.Is6() {
		return false
	}
	n, err := strconv.ParseUint(strings.TrimPrefix(port, ":"), 10, 16)
	return port == "" || err == nil && n > 0 && port[0] == ':'
}

// targetRule is for an upstream's base URL.
func targetRule(s string) string {
	const expected = "is not a valid upstream URL: expected http://host:port or https://host"
	if strings.HasPrefix(s, "unix:") {
		return "is a socket of this machine; upstreams over unix: come with a later version of Candor"
	}
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || !isHostPort(u.Host):
		return expected
	case prefixFault(u.EscapedPath()):
		return "has a path that cannot stand before those of the calls: expected literal segments, as in http://host:port/v3"
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return "has a query or a fragment; " + strings.TrimPrefix(expected, "is not a valid upstream URL: ")
	}
	return ""
}

// prefixFault reports whether a path is none that can stand before others: what may be read in two ways is said by nobody here.
func prefixFault(path string) bool {
	return path != "" && path != "/" && baseRule(strings.TrimSuffix(path, "/")) != ""
}

// linkRule is for pages that people are sent to; empty means none.
func linkRule(s string) string {
	if s == "" {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || !isHostPort(u.Host) {
		return "is not a valid link: expected https://host/path"
	}
	return ""
}

// originRule is for the URL of a site of ours: scheme and host alone, since sign-in and its metadata stand at fixed paths below it; empty means none.
func originRule(s string) string {
	const expected = "is not a valid URL of a site: expected https://host or http://host:port"
	if s == "" {
		return ""
	}
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || !isHostPort(u.Host) || u.User != nil:
		return expected
	case u.Path != "" && u.Path != "/":
		return "has a path; " + strings.TrimPrefix(expected, "is not a valid URL of a site: ")
	case u.RawQuery != "" || u.ForceQuery || strings.Contains(s, "#"):
		return "has a query or a fragment; " + strings.TrimPrefix(expected, "is not a valid URL of a site: ")
	}
	return ""
}

// hostRule is for the hosts of an API: with a port or for every port, one name or all below one.
func hostRule(s string) string {
	if !isHostPort(strings.TrimPrefix(s, "*.")) {
		return "is not a valid host: expected a name or an address, as in api.example.com or *.example.com"
	}
	return ""
}

// CheckAddress reports what is wrong with an address to listen on.
func CheckAddress(s string) error {
	if say := addressRule(s); say != "" {
		return errors.New(quoted(s) + " " + say)
	}
	return nil
}
