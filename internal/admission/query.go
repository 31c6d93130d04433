package admission

import (
	"bytes"
	"slices"

	"github.com/candor-gateway/candor/internal/ascii"
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
		if n, val := tokenParameter(query[off:end]); n != "" {
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

// tokenParameter is the name of a raw parameter, percent-decoded, and its value, if it is a known one; else "".
func tokenParameter(raw []byte) (name string, value []byte) {
	if len(raw) == 0 || !beginsName[raw[0]] {
		return "", nil
	}
	key, value, found := bytes.Cut(raw, equals)
	if !found {
		value = raw[len(raw):]
	}
	for _, name := range tokenParameters {
		if decodesTo(key, name) {
			return name, value
		}
	}
	return "", nil
}

// beginsName has the first bytes of tokenParameters, and '%'. Most parameters begin otherwise, and need no closer look.
var beginsName = func() (t [256]bool) {
	for _, name := range tokenParameters {
		t[name[0]] = true
	}
	t['%'] = true
	return t
}()

func decodesTo(raw []byte, name string) bool {
	i := 0
	for j := range len(name) {
		if i >= len(raw) {
			return false
		}
		c := raw[i]
		if decoded, ok := ascii.Unescape(raw[i:]); ok {
			c = decoded
			i += 2
		}
		if c != name[j] {
			return false
		}
		i++
	}
	return i == len(raw)
}

// HasQueryToken reports whether a raw query has a parameter by which tokens come, looked for or not.
func HasQueryToken(query []byte) bool {
	_, _, _, n := queryToken(query)
	return n > 0
}
