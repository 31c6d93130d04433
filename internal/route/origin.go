package route

import (
	"strconv"
	"strings"
)

// OriginFault says what is wrong with an origin of the configuration, to follow the value in quotes; "" if nothing is. An origin is compared byte for byte
// with what browsers send (HTML standard, "serialization of an origin"): scheme, host, and the port unless it is the scheme's own.
func OriginFault(s string) string {
	if s == "*" || s == "null" {
		return ""
	}
	scheme, rest, found := strings.Cut(s, "://")
	host, path := rest, ""
	if at := strings.IndexAny(rest, "/?#"); at >= 0 {
		host, path = rest[:at], rest[at:]
	}
	switch {
	case !found || !isScheme(strings.ToLower(scheme)) || host == "":
		return "is not a valid origin: expected scheme, host and port as browsers send them, as in https://app.example.com or http://localhost:3000, or *"
	case strings.Contains(host, "*"):
		return "is not a valid origin: origins are compared whole, so list each one, or say * alone"
	case path == "/":
		return "is not a valid origin: browsers send it without the slash at the end: " + strings.ToLower(scheme+"://"+host)
	case path != "":
		return "is not a valid origin: an origin has no path: " + strings.ToLower(scheme+"://"+host)
	case strings.ToLower(s) != s:
		return "is not a valid origin: browsers send it in small letters: " + strings.ToLower(s)
	}
	return hostFault(scheme, host)
}

func hostFault(scheme, host string) string {
	name, port, ported := cutPort(host)
	switch {
	case ported && !isPort(port):
		return "is not a valid origin: its port is not a number from 1 to 65535"
	case ported && port == ownPorts[scheme]:
		return "is not a valid origin: browsers leave out the port that " + scheme + " has anyway: " + scheme + "://" + name
	}
	if _, err := hostKey(name); err != nil || name[0] == '.' {
		return "is not a valid origin: its host is made of letters, digits, '.', '-' and '_'; a name in other letters is sent as xn--"
	}
	return ""
}

// ownPorts are left out of an origin.
var ownPorts = map[string]string{"http": "80", "https": "443"}

// cutPort cuts the port off a host, which may be an IPv6 address in brackets.
func cutPort(host string) (name, port string, found bool) {
	at := strings.LastIndexByte(host, ':')
	if at < 0 || strings.Contains(host[at:], "]") {
		return host, "", false
	}
	return host[:at], host[at+1:], true
}

func isPort(s string) bool {
	n, err := strconv.ParseUint(s, 10, 16)
	return err == nil && n > 0 && s[0] != '0'
}

// isScheme is RFC 3986 §3.1. Apps that are web pages inside have schemes of their own (capacitor, ionic, chrome-extension).
func isScheme(s string) bool {
	for i := range len(s) {
		if c := s[i]; ('a' > c || c > 'z') && (i == 0 || !strings.ContainsRune("0123456789+-.", rune(c))) {
			return false
		}
	}
	return s != ""
}
