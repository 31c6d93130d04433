package httpcache

import "bytes"

// isTag reports whether b is one entity-tag (RFC 9110 §8.8.3).
func isTag(b []byte) bool {
	tag, rest := cutTag(b)
	return tag != nil && len(rest) == 0
}

// cutTag cuts an entity-tag off the front; nil: there is none.
func cutTag(b []byte) (tag, rest []byte) {
	i := 0
	if bytes.HasPrefix(b, weak) {
		i = len(weak)
	}
	if i == len(b) || b[i] != '"' {
		return nil, b
	}
	for i++; i < len(b); i++ {
		switch c := b[i]; {
		case c == '"':
			return b[:i+1], b[i+1:]
		case c < 0x21 || c == 0x7f:
			return nil, b
		}
	}
	return nil, b
}

var weak = []byte("W/")

// sameTag compares weakly (RFC 9110 §8.8.3.2).
func sameTag(a, b []byte) bool {
	return bytes.Equal(bytes.TrimPrefix(a, weak), bytes.TrimPrefix(b, weak))
}

// listsTag reports whether the If-None-Match lines of a request list the tag, or any (RFC 9110 §13.1.2). What is no entity-tag is passed over.
func listsTag(h Header, tag []byte) bool {
	for n := range maxLines {
		line := h.Line("if-none-match", n)
		if line == nil {
			return false
		}
		if any := len(line) == 1 && line[0] == '*'; any || lineLists(line, tag) {
			return true
		}
	}
	return false
}

func lineLists(line, tag []byte) bool {
	for len(line) > 0 {
		one, rest := cutTag(line)
		if one != nil && tag != nil && sameTag(one, tag) {
			return true
		}
		if one == nil {
			rest = skipElement(line)
		}
		line = bytes.TrimLeft(rest, " \t,")
	}
	return false
}

// skipElement skips to what follows the next comma.
func skipElement(b []byte) []byte {
	_, rest, found := bytes.Cut(b, comma)
	if !found {
		return nil
	}
	return rest
}

var comma = []byte{','}
