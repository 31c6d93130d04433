package admission

import (
	"bytes"
	"slices"
)

// tokenParameters are the names under which a token may come in a URL (RFC 6750 §2.3, and LinkedIn's older one).
var tokenParameters = [...]string{"access_token", "oauth2_access_token"}

// queryToken finds the token parameters of a raw query: how many there are, the first one's value as sent and its name, and where it stands with the '&'
// that goes with it. A value that is there but empty is not nil.
func queryToken(query []byte) (value []byte, name string, at Span, count int) {
	if len(query) < len(tokenParameters[0]) {
		return nil, "", Span{}, 0
	}
	for off := 0; off <= len(query); {
		end := len(query)
		if i := bytes.IndexByte(query[off:], '&'); i >= 0 {
			end = off + i
		}
		key, val, found := bytes.Cut(query[off:end], equals)
		if !found {
			val = query[end:end]
		}
		if n := tokenParameter(key); n != "" {
			if count++; count == 1 {
				value, name, at = slices.Clip(val), n, withAmpersand(query, off, end)
			}
		}
		off = end + 1
	}
	return value, name, at, count
}

var equals = []byte{'='}

// withAmpersand widens a parameter's place by the '&' behind it, or before it if it is the last.
func withAmpersand(query []byte, off, end int) Span {
	switch {
	case end < len(query):
		return Span{off, end + 1}
	case off > 0:
		return Span{off - 1, end}
	}
	return Span{off, end}
}

// tokenParameter compares a raw name, percent-decoded, with the known ones.
func tokenParameter(raw []byte) string {
	for _, name := range tokenParameters {
		if decodesTo(raw, name) {
			return name
		}
	}
	return ""
}

func decodesTo(raw []byte, name string) bool {
	i := 0
	for j := range len(name) {
		if i >= len(raw) {
			return false
		}
		c := raw[i]
		if c == '%' && i+2 < len(raw) {
			c = unhex(raw[i+1])<<4 | unhex(raw[i+2])
			i += 2
		}
		if c != name[j] {
			return false
		}
		i++
	}
	return i == len(raw)
}

func unhex(c byte) byte {
	switch {
	case c >= '0' && c <= '9':
		return c - '0'
	case c >= 'a' && c <= 'f':
		return c - 'a' + 10
	case c >= 'A' && c <= 'F':
		return c - 'A' + 10
	}
	return 0
}
