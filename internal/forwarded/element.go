package forwarded

import (
	"bytes"
	"net/netip"

	"github.com/candor-gateway/candor/internal/ascii"
)

// cutElement splits the last element off a value of Forwarded. It reads from the right: what the proxy wrote that is believed stands there, and nothing to the
// left of it, as a quote that a client has opened, can change what it means.
func cutElement(value []byte) (rest, element []byte) {
	for i := len(value) - 1; i >= 0; i-- {
		switch value[i] {
		case ',':
			return value[:i], value[i+1:]
		case '"':
			if i = opening(value, i); i < 0 {
				return nil, value // which parses as nothing
			}
		}
	}
	return nil, value
}

// opening is where the quoted string begins that ends at end; -1: nowhere.
func opening(value []byte, end int) int {
	for i := end - 1; i >= 0; i-- {
		if value[i] == '"' && !isEscaped(value, i) {
			return i
		}
	}
	return -1
}

// isEscaped reports whether an odd number of backslashes stands before i.
func isEscaped(value []byte, i int) (yes bool) {
	for i--; i >= 0 && value[i] == '\\'; i-- {
		yes = !yes
	}
	return yes
}

// parseElement finds the address in the pairs of an element (RFC 7239 §4). One that names nobody, or two, or is not well-formed, has none.
func parseElement(element []byte) (addr netip.Addr, ok bool) {
	found := false
	for more := true; more; {
		var name, value []byte
		if name, value, element, more, ok = cutPair(element); !ok {
			return netip.Addr{}, false
		}
		if !ascii.EqualFold(name, "for") {
			continue
		}
		if addr, ok = parseNode(value); !ok || found {
			return netip.Addr{}, false
		}
		found = true
	}
	return addr, found
}

// cutPair takes the first pair of an element. more says that another one follows.
func cutPair(b []byte) (name, value, rest []byte, more, ok bool) {
	name, b, ok = bytes.Cut(trim(b), equals)
	if name = trim(name); !ok || !ascii.IsToken(name) {
		return nil, nil, nil, false, false
	}
	if b = trim(b); len(b) > 0 && b[0] == '"' {
		value, b, ok = cutQuoted(b[1:])
	} else {
		i := bytes.IndexByte(b, ';')
		if i < 0 {
			i = len(b)
		}
		value, b, ok = trim(b[:i]), b[i:], bytes.IndexByte(b[:i], '"') < 0
	}
	b = trim(b)
	if !ok || len(value) == 0 || len(b) > 0 && b[0] != ';' {
		return nil, nil, nil, false, false
	}
	if len(b) == 0 {
		return name, value, nil, false, true
	}
	rest = trim(b[1:])
	return name, value, rest, len(rest) > 0, true // a semicolon at the end is common
}

// cutQuoted splits a quoted string, whose first quote is taken already, from what follows it. Escapes stay: no address has any.
func cutQuoted(b []byte) (value, rest []byte, ok bool) {
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return b[:i], b[i+1:], true
		}
	}
	return nil, nil, false
}

var equals = []byte{'='}
