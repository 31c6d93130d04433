package route

import (
	"slices"
	"strings"
)

// slow is a reference: a plain list of patterns, sorted so that the more specific comes first, tried one after the other on whole decoded segments. It
// shares with the trie only how patterns are read and ordered.
type slow []slowPattern

type slowPattern struct {
	text     string
	segments []segment
}

func newSlow(patterns ...string) slow {
	var s slow
	for _, text := range patterns {
		segments, err := parsePattern(text)
		if err != nil {
			panic(err)
		}
		s = append(s, slowPattern{text, segments})
	}
	slices.SortStableFunc(s, func(a, b slowPattern) int { return comparePatterns(a.segments, b.segments) })
	return s
}

// match is the text of the pattern that decides, "" if none matches.
func (s slow) match(path string) string {
	if path == "" {
		path = "/"
	}
	if path[0] != '/' {
		return ""
	}
	parts := strings.Split(path[1:], "/")
	for _, p := range s {
		if slowMatches(p.segments, parts) {
			return p.text
		}
	}
	return ""
}

func slowMatches(pattern []segment, parts []string) bool {
	for i, s := range pattern {
		switch {
		case s.kind == tail:
			return true
		case i >= len(parts):
			return false
		case !slowSegment(s, parts[i]):
			return false
		}
	}
	return len(pattern) == len(parts)
}

func slowSegment(s segment, raw string) bool {
	decoded := slowDecode(raw)
	switch s.kind {
	case literal:
		return decoded == s.before
	case value:
		return raw != ""
	default:
		return len(decoded) > len(s.before)+len(s.after) && strings.HasPrefix(decoded, s.before) && strings.HasSuffix(decoded, s.after)
	}
}

// slowDecode undoes the escapes; what is none stands for itself.
func slowDecode(raw string) string {
	const digits = "0123456789abcdef"
	var out []byte
	for i := 0; i < len(raw); i++ {
		if raw[i] == '%' && i+2 < len(raw) {
			hi, lo := strings.IndexByte(digits, raw[i+1]|0x20), strings.IndexByte(digits, raw[i+2]|0x20)
			if hi >= 0 && lo >= 0 && isHexDigit(raw[i+1]) && isHexDigit(raw[i+2]) {
				out = append(out, byte(hi<<4|lo))
				i += 2
				continue
			}
		}
		out = append(out, raw[i])
	}
	return string(out)
}

func isHexDigit(c byte) bool { return strings.IndexByte("0123456789abcdefABCDEF", c) >= 0 }
