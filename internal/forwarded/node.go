package forwarded

import (
	"bytes"
	"net/netip"

	"github.com/candor-gateway/candor/internal/ascii"
)

// maxNode bounds what can be an address: 45 characters of an IPv6 one that ends as IPv4, its zone, brackets and a port.
const maxNode = 128

// parseNode reads an address as proxies write it: 192.0.2.1, 192.0.2.1:443, 2001:db8::1, [2001:db8::1], [2001:db8::1]:443. A port and a zone mean nothing here
// and are dropped, and an IPv4 address within an IPv6 one is the IPv4 one. Whatever else stands there ("unknown", "_hidden", a name) is no address.
func parseNode(b []byte) (netip.Addr, bool) {
	if len(b) == 0 || len(b) > maxNode {
		return netip.Addr{}, false
	}
	if b[0] == '[' {
		end := bytes.IndexByte(b, ']')
		if end < 0 || !isPort(b[end+1:]) {
			return netip.Addr{}, false
		}
		return parse6(b[1:end])
	}
	first := bytes.IndexByte(b, ':')
	switch {
	case first < 0:
		return parse4(b)
	case bytes.IndexByte(b[first+1:], ':') >= 0:
		return parse6(b)
	case !isPort(b[first:]):
		return netip.Addr{}, false
	}
	return parse4(b[:first])
}

// isPort knows what may follow an address: nothing, a port, or a hidden one (RFC 7239 §6.2, "_" and a name).
func isPort(b []byte) bool {
	if len(b) == 0 {
		return true
	}
	if b[0] != ':' || len(b) < 2 {
		return false
	}
	if b = b[1:]; b[0] == '_' {
		return len(b) > 1 && ascii.IsToken(b[1:])
	}
	for _, c := range b {
		if !ascii.IsDigit(c) {
			return false
		}
	}
	return len(b) <= 5
}

// parse4 reads four decimal numbers without leading zeros, which some read as octal.
func parse4(b []byte) (netip.Addr, bool) {
	var out [4]byte
	for i := range out {
		end := bytes.IndexByte(b, '.')
		if i == len(out)-1 {
			end = len(b)
		}
		if end < 1 || end > 3 || end > 1 && b[0] == '0' {
			return netip.Addr{}, false
		}
		n := 0
		for _, c := range b[:end] {
			if !ascii.IsDigit(c) {
				return netip.Addr{}, false
			}
			n = 10*n + int(c-'0')
		}
		if n > 255 {
			return netip.Addr{}, false
		}
		out[i], b = byte(n), b[min(end+1, len(b)):]
	}
	return netip.AddrFrom4(out), true
}

// parse6 reads an IPv6 address (RFC 4291 §2.2), without its zone.
func parse6(b []byte) (netip.Addr, bool) {
	b, zone, zoned := bytes.Cut(b, percent)
	if zoned && len(zone) == 0 {
		return netip.Addr{}, false
	}
	var s six
	ok := s.read(b)
	return netip.AddrFrom16(s.out).Unmap(), ok
}

// six is an IPv6 address that is being read.
type six struct {
	out [16]byte
	n   int // bytes that are there
	gap int // where "::" stands, from 1; 0: nowhere yet
}

func (s *six) read(b []byte) bool {
	if len(b) >= 2 && b[0] == ':' && b[1] == ':' {
		s.gap, b = 1, b[2:]
	}
	for len(b) > 0 {
		var ok bool
		if b, ok = s.group(b); !ok {
			return false
		}
	}
	return s.spread()
}

// group takes one group and what separates it from the next.
func (s *six) group(b []byte) (rest []byte, ok bool) {
	end := bytes.IndexByte(b, ':')
	if end < 0 {
		return nil, s.last(b)
	}
	if !s.hex(b[:end]) {
		return nil, false
	}
	if b = b[end+1:]; len(b) == 0 {
		return nil, false // a single colon at the end
	}
	if b[0] != ':' {
		return b, true
	}
	if s.gap > 0 {
		return nil, false
	}
	s.gap = s.n + 1
	return b[1:], true
}

// last takes the last group, which may be an IPv4 address.
func (s *six) last(b []byte) bool {
	if bytes.IndexByte(b, '.') < 0 {
		return s.hex(b)
	}
	four, ok := parse4(b)
	if !ok || s.n > 12 {
		return false
	}
	v := four.As4()
	s.n += copy(s.out[s.n:], v[:])
	return true
}

// hex takes a group of one to four digits.
func (s *six) hex(b []byte) bool {
	if len(b) < 1 || len(b) > 4 || s.n > 14 {
		return false
	}
	v := 0
	for _, c := range b {
		if !ascii.IsHex(c) {
			return false
		}
		v = v<<4 | int(ascii.Unhex(c))
	}
	s.out[s.n], s.out[s.n+1] = byte(v>>8), byte(v)
	s.n += 2
	return true
}

// spread puts the zeros where "::" stands. It stands for one group at least.
func (s *six) spread() bool {
	if s.gap == 0 || s.n == len(s.out) {
		return s.gap == 0 && s.n == len(s.out)
	}
	at := s.gap - 1
	moved := s.n - at
	copy(s.out[len(s.out)-moved:], s.out[at:s.n])
	clear(s.out[at : len(s.out)-moved])
	return true
}

var percent = []byte{'%'}
