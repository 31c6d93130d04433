package http1

import "github.com/candor-gateway/candor/internal/ascii"

// splitAuthority checks `host [":" port]` by its grammar (RFC 3986 §3.2.2): a name or IPv4 address, or an IPv6 address in
// brackets; no user. It returns where the host ends, and the index of the first wrong byte (len(v) if something lacks
// at the end), or -1. An empty host is wrong, as is a port past 65535.
func splitAuthority(v []byte) (host, wrong int) {
	i := nameEnd(v)
	if len(v) > 0 && v[0] == '[' {
		i = ipv6End(v)
	}
	if i < 0 {
		return 0, -i - 1
	}
	if i == 0 {
		return 0, 0
	}
	if i == len(v) {
		return i, -1
	}
	if v[i] != ':' {
		return i, i
	}
	return i, checkPort(v, i+1)
}

// nameEnd is the end of a reg-name.
func nameEnd(v []byte) int {
	i := 0
	for i < len(v) {
		switch {
		case regName[v[i]]:
			i++
		case v[i] == '%' && i+2 < len(v) && ascii.IsHex(v[i+1]) && ascii.IsHex(v[i+2]):
			i += 3
		default:
			return i
		}
	}
	return i
}

// checkPort checks digits alone, perhaps none, from v[i:] on; it returns the index of a wrong one, or -1.
func checkPort(v []byte, i int) int {
	port := 0
	for ; i < len(v); i++ {
		if v[i] < '0' || v[i] > '9' {
			return i
		}
		if port = port*10 + int(v[i]-'0'); port > 65535 {
			return i
		}
	}
	return -1
}

// ipv6End returns the index behind the ']' of an IP-literal with an IPv6 address, or -1-i where i is the wrong byte.
// No zone and no IPvFuture: no request comes for one.
func ipv6End(v []byte) int {
	groups, compressed := 0, false
	i := 1
	if i+1 < len(v) && v[i] == ':' && v[i+1] == ':' {
		compressed = true
		i += 2
	}
	for i < len(v) && v[i] != ']' {
		start := i
		for i < len(v) && i-start < 4 && ascii.IsHex(v[i]) {
			i++
		}
		if i < len(v) && v[i] == '.' {
			return ipv6Tail(v, start, groups, compressed)
		}
		if i == start {
			return -1 - i
		}
		groups++
		if i == len(v) || v[i] == ']' {
			break
		}
		if v[i] != ':' || groups == 8 {
			return -1 - i
		}
		i++
		if i < len(v) && v[i] == ':' && !compressed {
			compressed = true
			i++
		} else if i == len(v) || v[i] == ']' {
			return -1 - i // a lone colon at the end
		}
	}
	return ipv6Close(v, i, groups, compressed)
}

// ipv6Tail reads the IPv4 address that may stand for the last two groups.
func ipv6Tail(v []byte, i, groups int, compressed bool) int {
	for part := range 4 {
		start, n := i, 0
		for i < len(v) && i-start < 3 && '0' <= v[i] && v[i] <= '9' {
			n = n*10 + int(v[i]-'0')
			i++
		}
		if i == start || n > 255 || (i-start > 1 && v[start] == '0') {
			return -1 - start
		}
		if part == 3 {
			break
		}
		if i == len(v) || v[i] != '.' {
			return -1 - i
		}
		i++
	}
	return ipv6Close(v, i, groups+2, compressed)
}

func ipv6Close(v []byte, i, groups int, compressed bool) int {
	if i == len(v) || v[i] != ']' {
		return -1 - i
	}
	if groups > 8 || (groups == 8) == compressed {
		return -1 - i
	}
	return i + 1
}

// sameAuthority compares two well-formed authorities of one scheme: the host without case, the port with its default.
func sameAuthority(a, b []byte, tls bool) bool {
	hostA, _ := splitAuthority(a)
	hostB, _ := splitAuthority(b)
	if hostA != hostB || portOf(a, hostA, tls) != portOf(b, hostB, tls) {
		return false
	}
	return ascii.EqualFold(a[:hostA], b[:hostB])
}

func portOf(v []byte, host int, tls bool) int {
	port := 0
	for i := host + 1; i < len(v); i++ {
		port = port*10 + int(v[i]-'0')
	}
	switch {
	case host+1 < len(v):
		return port
	case tls:
		return 443
	}
	return 80
}
