package downstream

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"net/netip"
)

// A connection of a balancer may begin with a header that names the client it is for, before TLS and before any call: the PROXY protocol of HAProxy
// (haproxy.org/download/2.9/doc/proxy-protocol.txt), as a line of text (version 1) or in binary (version 2).

// The longest headers: of a line with two IPv6 addresses, and what the protocol asks a reader of version 2 to take.
const (
	maxProxyLine = 107
	maxProxy     = 536
)

// ProxyFault is why a PROXY header cannot be taken; the zero one is that it can, or that more of it must come.
type ProxyFault uint8

// The faults.
const (
	ProxyFine     ProxyFault = iota
	ProxyMissing             // the connection begins with something else
	ProxySyntax              // it is not what the protocol says
	ProxyTooLong             // 107 bytes of version 1, 536 of version 2
	ProxyChecksum            // what came is not what was sent
	ProxyCut                 // the connection ended, or its time was up, within the header
)

// proxied is what a PROXY header says.
type proxied struct {
	client netip.Addr // the zero one: it names nobody
	secure bool       // the client speaks TLS with the balancer
}

const (
	line1     = "PROXY "
	unknown1  = "UNKNOWN"
	binary2   = "\r\n\r\n\x00\r\nQUIT\n"
	head2     = len(binary2) + 4 // with version and command, family, length
	shortest1 = len(line1) + len(unknown1) + 2
)

// parseProxy reads the header at the beginning of a connection, of which b is here. need is how many more bytes it has at least: nothing behind the header is
// read with it. 0: it is whole.
func parseProxy(b []byte) (p proxied, need int, f ProxyFault) {
	switch {
	case len(b) == 0:
		return p, shortest1, ProxyFine // of either version
	case matches(b, binary2):
		return parseProxy2(b)
	case matches(b, line1):
		return parseProxy1(b)
	}
	return p, 0, ProxyMissing
}

// matches reports whether b begins as start does, as far as both go.
func matches(b []byte, start string) bool {
	n := min(len(b), len(start))
	return string(b[:n]) == start[:n]
}

// parseProxy1 reads a line: PROXY TCP4 192.0.2.1 192.0.2.2 56324 443.
func parseProxy1(b []byte) (p proxied, need int, f ProxyFault) {
	if len(b) < shortest1 {
		return p, shortest1 - len(b), ProxyFine
	}
	end := bytes.IndexByte(b, '\n')
	switch {
	case end < 0 && len(b) >= maxProxyLine:
		return p, 0, ProxyTooLong
	case end < 0:
		return p, min(missing1(b), maxProxyLine-len(b)), ProxyFine
	case end != len(b)-1 || b[end-1] != '\r':
		return p, 0, ProxySyntax
	}
	line := b[len(line1) : end-1]
	if matches(line, unknown1) && len(line) >= len(unknown1) && (len(line) == len(unknown1) || line[len(unknown1)] == ' ') {
		return p, 0, ProxyFine // "the receiver must ignore anything presented before the CRLF"
	}
	var ok bool
	if p.client, ok = client1(line); !ok {
		return proxied{}, 0, ProxySyntax
	}
	return p, 0, ProxyFine
}

// missing1 is the least that a line lacks.
func missing1(b []byte) int {
	const spaces = 5 // PROXY TCP4 source destination port port
	n := len("\r\n")
	if b[len(b)-1] == '\r' {
		n = 1
	}
	if lacks := spaces - bytes.Count(b, []byte{' '}); lacks > 0 && !matches(b[len(line1):], unknown1) {
		n = 2*lacks + len("\r\n")
	}
	return n
}

// client1 is the source of a line without its first word and its end.
func client1(line []byte) (client netip.Addr, ok bool) {
	var words [6][]byte
	n := 0
	for rest, more := line, true; more && n < len(words); n++ {
		words[n], rest, more = bytes.Cut(rest, []byte{' '})
	}
	if n != 5 || !isPort(words[3]) || !isPort(words[4]) {
		return netip.Addr{}, false
	}
	from, err := netip.ParseAddr(string(words[1]))
	to, failed := netip.ParseAddr(string(words[2]))
	if err != nil || failed != nil || from.Zone() != "" || to.Zone() != "" {
		return netip.Addr{}, false
	}
	switch string(words[0]) {
	case "TCP4":
		ok = from.Is4() && to.Is4()
	case "TCP6":
		ok = from.Is6() && to.Is6()
	}
	return from.Unmap(), ok
}

// isPort knows 0 to 65535 without leading zeros.
func isPort(b []byte) bool {
	if len(b) < 1 || len(b) > 5 || len(b) > 1 && b[0] == '0' {
		return false
	}
	n := 0
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
		n = 10*n + int(c-'0')
	}
	return n <= 65535
}

// parseProxy2 reads the binary form.
func parseProxy2(b []byte) (p proxied, need int, f ProxyFault) {
	if len(b) < head2 {
		return p, head2 - len(b), ProxyFine
	}
	command, family := b[12], b[13]
	whole := head2 + int(binary.BigEndian.Uint16(b[14:]))
	switch {
	case command != local2 && command != proxy2 || family>>4 > 3 || family&0xf > 2:
		return p, 0, ProxySyntax
	case whole > maxProxy:
		return p, 0, ProxyTooLong
	case len(b) < whole:
		return p, whole - len(b), ProxyFine
	case command == local2: // the balancer speaks for itself
		return p, 0, ProxyFine
	}
	return client2(b, family)
}

// Version and command.
const (
	local2 = 0x20
	proxy2 = 0x21
)

// sizes2 are the bytes of the addresses of each family.
var sizes2 = [4]int{0, 12, 36, 216} // none, IPv4, IPv6, Unix

// client2 is the source of a whole header, and what is said behind the addresses. A family or a protocol without a TCP client names nobody.
func client2(b []byte, family byte) (p proxied, need int, f ProxyFault) {
	if family>>4 == 0 { // where its addresses end is not said
		return p, 0, ProxyFine
	}
	body := b[head2:]
	size := sizes2[family>>4]
	if len(body) < size {
		return p, 0, ProxySyntax
	}
	if p.secure, f = extras2(b, body[size:]); f != ProxyFine {
		return proxied{}, 0, f
	}
	switch family {
	case 0x11:
		p.client = netip.AddrFrom4([4]byte(body))
	case 0x21:
		p.client = netip.AddrFrom16([16]byte(body)).Unmap()
	default:
		p.secure = false
	}
	return p, 0, ProxyFine
}

// What may stand behind the addresses: a type, a length of two bytes, and a value. The others mean nothing here.
const (
	crc32c2 = 0x03
	ssl2    = 0x20
)

// extras2 goes through what stands behind the addresses.
func extras2(b, rest []byte) (secure bool, f ProxyFault) {
	summed := false
	for len(rest) > 0 {
		if len(rest) < 3 {
			return false, ProxySyntax
		}
		kind, n := rest[0], int(binary.BigEndian.Uint16(rest[1:]))
		if rest = rest[3:]; len(rest) < n {
			return false, ProxySyntax
		}
		value := rest[:n]
		rest = rest[n:]
		switch {
		case kind == crc32c2 && (n != 4 || summed), kind == ssl2 && n < 5:
			return false, ProxySyntax
		case kind == crc32c2 && !sums(b, value):
			return false, ProxyChecksum
		case kind == crc32c2:
			summed = true
		case kind == ssl2:
			secure = secure || value[0]&1 != 0 // PP2_CLIENT_SSL
		}
	}
	return secure, ProxyFine
}

// sums reports whether a header has the checksum that stands in it, which counts as zeros. It may not be used again.
func sums(b, value []byte) bool {
	want := binary.BigEndian.Uint32(value)
	clear(value)
	return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) == want
}
