package route

import (
	"bytes"
	"unicode/utf8"

	"github.com/candor-gateway/candor/internal/ascii"
)

// doubts are the ways to read a path that make a difference beside those of everything, since something in it is tolerated: those whose every combination is
// looked at. Of a path in which nothing is tolerated there are none.
func doubts(path []byte) (r reader) {
	led, raw, encoded := false, false, false // the byte before separates; there are dot segments
	for i := 0; i < len(path); {
		c, size := first(path[i:])
		if separates(c) {
			r |= doubtsOf(c, size, led, i)
			switch dots, spelled := dotsAt(path[i+size:]); {
			case dots > 0 && spelled == dots:
				raw = true
			case dots > 0:
				encoded = true
			}
		} else if c == '%' && size == 1 {
			r |= losesPercent | undoesUnicode
		}
		led = separates(c)
		i += size
	}
	switch {
	case !raw && !encoded, r == 0 && bytes.IndexByte(path, '%') < 0:
		return r
	case r&keepsEmpty != 0:
		r |= takesAuthority // once what is before is followed
	}
	if raw && encoded {
		r |= followsRaw
	}
	return r | followsFirst
}

// doubtsOf are those of a separator at i; led: behind another one.
func doubtsOf(c byte, size int, led bool, i int) (r reader) {
	if c == '\\' {
		r |= keepsBackslash
	}
	if c == '/' && size > 1 {
		r |= keepsEncoded
	}
	if led {
		r |= keepsEmpty
		if i == 1 {
			r |= takesAuthority
		}
	}
	return r
}

// leadsUp reports whether some reader may follow a dot segment of the path as it came, or take its beginning for a host: who does comes to another place than
// the one at which the path was matched, of which nothing may be known here.
func leadsUp(path []byte) bool {
	for i := 0; i < len(path); {
		c, size := first(path[i:])
		i += size
		if !separates(c) {
			continue
		}
		if dots, _ := dotsAt(path[i:]); dots > 0 {
			return true
		}
		if next, _ := first(path[i:]); i == 1 && separates(next) {
			return true
		}
	}
	return false
}

// dotsAt is how many dots the dot segment has with which a path goes on, 0 if that is none, and how many bytes spell them. Whatever may separate ends it.
func dotsAt(rest []byte) (dots, spelled int) {
	for spelled < len(rest) {
		c, size := first(rest[spelled:])
		if separates(c) || c == ';' || ends(c) {
			break
		}
		if c != '.' || dots == 2 {
			return 0, 0
		}
		dots++
		spelled += size
	}
	return dots, spelled
}

// nextToDot reports whether the separator at i, which is so many bytes long, has a dot before or behind it.
func nextToDot(path []byte, i, size int) bool {
	return i > 0 && path[i-1] == '.' || i+size < len(path) && path[i+size] == '.'
}

// appendFilled appends a path with a byte in the place of each empty segment inside it.
func appendFilled(buf, path []byte) []byte {
	for i, c := range path {
		buf = append(buf, c)
		if separates(c) && i+1 < len(path) && separates(path[i+1]) {
			buf = append(buf, kept)
		}
	}
	return buf
}

// followed is a path without its dot segments, in its own bytes: those with encoded dots stay if the reader follows raw ones alone.
func (r reader) followed(path []byte) []byte {
	n := 0
	for at := 0; at < len(path); {
		end := at + 1
		for end < len(path) && !r.separates(path[end]) {
			end++
		}
		seg := path[at+1 : end]
		if r&followsRaw == 0 {
			seg = dotsOf(seg)
		}
		switch string(seg) {
		case ".":
		case "..":
			n = max(0, bytes.LastIndexFunc(path[:n], func(c rune) bool { return c < 0x80 && r.separates(byte(c)) }))
		default:
			n += copy(path[n:], path[at:end])
		}
		at = end
	}
	return path[:n]
}

// dotsOf is a dot segment without its escapes; any other segment as it is.
func dotsOf(seg []byte) []byte {
	if dots, spelled := dotsAt(seg); dots > 0 && spelled == len(seg) {
		return twoDots[:dots]
	}
	return seg
}

var twoDots = []byte("..")

// undone undoes the escapes of a path as the reader does, in its own bytes.
func (r reader) undone(s []byte) []byte {
	n := 0
	for i := 0; i < len(s); {
		c, size := first(s[i:])
		switch {
		case size == 3 && c == '/' && r&keepsEncoded != 0:
			c = kept
		case size == 1 && c == '%' && r&undoesUnicode != 0 && isUnicode(s[i:]):
			n += utf8.EncodeRune(s[n:n+utf8.UTFMax], unicodeOf(s[i:]))
			i += len("%uXXXX")
			continue
		}
		i += size
		if size == 1 && c == '%' && r&losesPercent != 0 {
			continue
		}
		s[n] = c
		n++
	}
	return s[:n]
}

// isUnicode reports whether s begins with an escape as JavaScript's escape() made them.
func isUnicode(s []byte) bool {
	if len(s) < len("%uXXXX") || s[1]|0x20 != 'u' {
		return false
	}
	for _, c := range s[2:6] {
		if !ascii.IsHex(c) {
			return false
		}
	}
	return true
}

// unicodeOf is the character of such an escape.
func unicodeOf(s []byte) (r rune) {
	for _, c := range s[2:6] {
		r = r<<4 | rune(ascii.Unhex(c))
	}
	return r
}

// withoutAuthority is what follows the host in a path that begins with two slashes.
func withoutAuthority(path []byte) []byte {
	at := 0
	for at < len(path) && (separates(path[at]) || path[at] == kept) {
		at++
	}
	if at < 2 {
		return path
	}
	for at < len(path) && !separates(path[at]) {
		at++
	}
	return path[at:]
}
