package config

import (
	"strconv"
	"strings"
)

// urlFault says what is wrong with a URL that is none, or has no host that can be called, and what to write instead where that can be known.
func urlFault(s string) (text, instead string) {
	const expected = "; expected http://host:port or https://host"
	scheme, rest, whole := strings.Cut(s, "://")
	if !whole {
		for _, name := range []string{"http", "https"} {
			if after, found := strings.CutPrefix(strings.ToLower(s), name+":"); found && strings.Trim(after, "/") != "" {
				return quoted(s) + " has no // behind " + name + ":", name + "://" + strings.TrimLeft(s[len(name)+1:], "/")
			}
		}
		return quoted(s) + " is not a valid URL" + expected, ""
	}
	if low := strings.ToLower(scheme); low != "http" && low != "https" {
		return quoted(scheme+"://") + " is not http:// or https://, which are the ones that are spoken here" + expected, ""
	}
	host, port := splitPort(authorityOf(rest))
	switch n, notANumber := strconv.ParseUint(port, 10, 64); {
	case host == "":
		return quoted(s) + " names no host" + expected, ""
	case strings.ContainsFunc(host, func(r rune) bool { return r > 0x7e }):
		return "the host " + quoted(host) + " is not in ASCII; write it as DNS has it, with xn-- before its labels", ""
	case port != "" && (notANumber != nil || n == 0 || n > 65535):
		return "the port " + quoted(port) + " is not a number from 1 to 65535", ""
	case strings.HasSuffix(authorityOf(rest), ":"):
		return quoted(s) + " has no port behind its colon", scheme + "://" + host + strings.TrimPrefix(rest, authorityOf(rest))
	case looksNumeric(host) && !isIPv4(host):
		return "the host " + quoted(host) + " is not an IPv4 address: those are four numbers up to 255, as in 127.0.0.1", ""
	}
	return "the host " + quoted(host) + " is not a name or an address" + expected, ""
}
