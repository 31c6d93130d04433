package route

import (
	"cmp"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/candor-gateway/candor/internal/ascii"
)

// maxLiteral bounds a literal, decoded: what a call's segment is decoded into is of a fixed size.
const maxLiteral = 255

// segmentKind orders what a segment of a pattern can be: the smaller, the more specific.
type segmentKind uint8

const (
	literal segmentKind = iota // before holds it all
	affixed                    // before {name} after
	value                      // {name}
	tail                       // /**, the last
)

// segment is one segment of a pattern. Its literals are percent-decoded.
type segment struct {
	kind          segmentKind
	before, after string
	name          string
}

// matches is the segment without the name of its value: two that are equal match the same.
func (s segment) matches() segment {
	s.name = ""
	return s
}

// compare orders segments: the more specific first. Of literals that surround a value the longer are, of equally long ones those with more before it.
func (s segment) compare(o segment) int {
	return cmp.Or(
		cmp.Compare(s.kind, o.kind),
		cmp.Compare(len(o.before)+len(o.after), len(s.before)+len(s.after)),
		cmp.Compare(len(o.before), len(s.before)),
		cmp.Compare(s.before, o.before),
		cmp.Compare(s.after, o.after),
	)
}

// appendExample appends a segment of a path that s matches.
func (s segment) appendExample(dst []byte) []byte {
	dst = appendEscaped(append(dst, '/'), s.before)
	switch s.kind {
	case literal:
		return dst
	case tail:
		return append(dst, 'x')
	default:
		return appendEscaped(append(dst, 'x'), s.after)
	}
}

// appendEscaped spells a decoded literal as it stands in a path: RFC 3986 §3.3.
func appendEscaped(dst []byte, text string) []byte {
	for i := range len(text) {
		c := text[i]
		if c <= ' ' || c >= 0x7f || strings.IndexByte(`"#%<>?[\]^{|}/`+"`", c) >= 0 {
			dst = fmt.Appendf(dst, "%%%02X", c)
			continue
		}
		dst = append(dst, c)
	}
	return dst
}

// parsePattern reads a pattern. Its errors name the character and its position, from 1, in the whole of text.
func parsePattern(text string) ([]segment, error) {
	if text == "" {
		return nil, nil
	}
	if text[0] != '/' {
		return nil, fmt.Errorf("%q does not begin with '/'; a path begins with one, as in /people/{id}", text)
	}
	if !utf8.ValidString(text) {
		return nil, fmt.Errorf("%q is not UTF-8", text)
	}
	var all []segment
	names := map[string]bool{}
	for at := 1; at <= len(text); {
		end := at + segmentLen(text[at:])
		s, err := parseSegment(text, at, end)
		if err != nil {
			return nil, err
		}
		if s.name != "" && names[s.name] {
			return nil, fmt.Errorf("%q has {%s} twice; each value has a name of its own", text, s.name)
		}
		names[s.name] = true
		all = append(all, s)
		at = end + 1
	}
	return all, nil
}

// LiteralPrefix is what of a pattern, as it is written, stands before the first of its segments that is not literal: "" or as /v2.
func LiteralPrefix(text string) string {
	end := len(text)
	if at := strings.IndexAny(text, "{*"); at >= 0 {
		end = strings.LastIndexByte(text[:at], '/')
	}
	return strings.TrimSuffix(text[:max(end, 0)], "/")
}

// segmentLen is how long the segment is with which text begins.
func segmentLen(text string) int {
	if end := strings.IndexByte(text, '/'); end >= 0 {
		return end
	}
	return len(text)
}

func parseSegment(text string, at, end int) (segment, error) {
	part, last := text[at:end], end == len(text)
	open := strings.IndexByte(part, '{')
	switch {
	case part == "**" && last:
		return segment{kind: tail}, nil
	case part == "**":
		return segment{}, fmt.Errorf("%q goes on after '**' at position %d; it stands at the end alone, as in /ads/**", text, at+1)
	case part == "" && !last:
		return segment{}, fmt.Errorf("%q has '//' at position %d; no call can have that", text, at)
	case open < 0:
		before, err := decodeLiteral(text, at, end)
		if err == nil && (before == "." || before == "..") {
			err = fmt.Errorf("%q has the segment '%s' at position %d; no call can have that", text, part, at+1)
		}
		return segment{before: before}, err
	}
	return parseValue(text, at, at+open, end)
}

// parseValue reads a segment with {name}, which opens at open.
func parseValue(text string, at, open, end int) (segment, error) {
	shut := strings.IndexByte(text[open:end], '}')
	if shut < 0 {
		return segment{}, fmt.Errorf("%q has '{' at position %d that is never closed; expected {name}", text, open+1)
	}
	shut += open
	s := segment{kind: value, name: text[open+1 : shut]}
	if err := checkValueName(text, open+1, s.name); err != nil {
		return segment{}, err
	}
	if again := strings.IndexByte(text[shut:end], '{'); again >= 0 {
		return segment{}, fmt.Errorf("%q has a second '{' in one segment at position %d; where would the first value end?", text, shut+again+1)
	}
	var err error
	if s.before, err = decodeLiteral(text, at, open); err != nil {
		return segment{}, err
	}
	if s.after, err = decodeLiteral(text, shut+1, end); err != nil {
		return segment{}, err
	}
	if s.before != "" || s.after != "" {
		s.kind = affixed
	}
	return s, nil
}

func checkValueName(text string, at int, name string) error {
	if name == "" {
		return fmt.Errorf("%q has '{}' at position %d; a value has a name, as in {id}", text, at)
	}
	for i := range len(name) {
		if c := name[i]; !isWord(c) {
			return fmt.Errorf("%q has %s at position %d; the name of a value is made of letters, digits, '.', '_' and '-'", text, character(name, i), at+i+1)
		}
	}
	return nil
}

const escapedSlash = "%q has '%s' at position %d; no call can have that but where it is tolerated (http: {accept: [%s]}), and then a value, as in {name}, takes it"

// decodeLiteral reads text[at:end], which holds no value: escapes are undone, bytes beyond ASCII stand for themselves.
func decodeLiteral(text string, at, end int) (string, error) {
	out := make([]byte, 0, end-at)
	for i := at; i < end; i++ {
		c := text[i]
		switch {
		case c == '%':
			decoded, ok := ascii.Unescape(text[i:end])
			if !ok {
				return "", fmt.Errorf("%q has '%%' at position %d without two hexadecimal digits; a percent sign itself is written %%25", text, i+1)
			}
			switch {
			case decoded == '/':
				return "", fmt.Errorf(escapedSlash, text, text[i:i+3], i+1, "encoded_slash")
			case decoded == '\\':
				return "", fmt.Errorf(escapedSlash, text, text[i:i+3], i+1, "backslash")
			case decoded < ' ', decoded == 0x7f:
				return "", fmt.Errorf("%q has '%s' at position %d; no call can have that", text, text[i:i+3], i+1)
			}
			c = decoded
			i += 2
		case c == '*':
			return "", fmt.Errorf("%q has '*' at position %d; write {name} for any one segment, and /** at the end for whatever follows", text, i+1)
		case c <= ' ' || c == 0x7f || strings.IndexByte(`?#\}`, c) >= 0:
			return "", fmt.Errorf("%q has %s at position %d; that cannot stand in a path", text, character(text, i), i+1)
		}
		out = append(out, c)
	}
	if len(out) > maxLiteral {
		return "", fmt.Errorf("%q has a segment of more than %d bytes", text, maxLiteral)
	}
	return string(out), nil
}

// character quotes the character at text[i].
func character(text string, i int) string {
	r, _ := utf8.DecodeRuneInString(text[i:])
	return fmt.Sprintf("%q", r)
}

func isWord(c byte) bool {
	return ascii.IsAlnum(c) || c == '_' || c == '-' || c == '.'
}

// comparePatterns orders patterns: the more specific first, so that the first in this order that matches a path decides. Where one ends the other is
// less specific if it goes on with /**; if it goes on otherwise no path matches both.
func comparePatterns(a, b []segment) int {
	for i := range min(len(a), len(b)) {
		if c := a[i].compare(b[i]); c != 0 {
			return c
		}
	}
	return cmp.Compare(len(a), len(b))
}

// example is a path that the pattern matches.
func example(pattern []segment) string {
	var path []byte
	for _, s := range pattern {
		path = s.appendExample(path)
	}
	if len(path) == 0 {
		return "/"
	}
	return string(path)
}
