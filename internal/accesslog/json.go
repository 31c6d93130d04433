package accesslog

import (
	"time"
	"unicode/utf8"
)

const hexDigits = "0123456789abcdef"

// plain has the bytes that a JSON string holds as they are: printable ASCII
// but '"' and '\'. Everything else is looked at more closely.
var plain = plainTable()

func plainTable() (t [256]bool) {
	for c := ' '; c < 0x7f; c++ {
		t[c] = c != '"' && c != '\\'
	}
	return t
}

func isPlain[T string | []byte](s T) bool {
	for i := range len(s) {
		if !plain[s[i]] {
			return false
		}
	}
	return true
}

func appendString[T string | []byte](dst []byte, s T) []byte {
	dst = append(dst, '"')
	if isPlain(s) {
		dst = append(dst, s...)
	} else {
		dst = appendEscaped(dst, s)
	}
	return append(dst, '"')
}

// appendEscaped appends s as the inside of a JSON string (RFC 8259 §7). Valid
// UTF-8 stays, but for what misleads, as characters do that move a terminal; a byte
// that is no UTF-8 becomes \u00XX, so that the reader still sees which it was.
func appendEscaped[T string | []byte](dst []byte, s T) []byte {
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			n := runeLen(s[i:])
			dst = appendRune(dst, s[i:i+n])
			i += n
			continue
		}
		switch {
		case plain[c]:
			dst = append(dst, c)
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		default:
			dst = appendUnicode(dst, rune(c))
		}
		i++
	}
	return dst
}

// runeLen is the length of the character at the start of s, 1 if it is no
// UTF-8.
func runeLen[T string | []byte](s T) int {
	var b [utf8.UTFMax]byte
	_, n := utf8.DecodeRune(b[:copy(b[:], s)])
	return n
}

// appendRune appends one character beyond ASCII, or one byte that is none.
func appendRune[T string | []byte](dst []byte, s T) []byte {
	if len(s) == 1 {
		return appendUnicode(dst, rune(s[0]))
	}
	var b [utf8.UTFMax]byte
	if r, _ := utf8.DecodeRune(b[:copy(b[:], s)]); Misleads(r) {
		return appendUnicode(dst, r)
	}
	return append(dst, s...)
}

// Misleads reports whether a character beyond ASCII shows a line as other than
// it is: C1 controls, which U+0085 is one of, line and paragraph separators,
// marks and overrides of the direction of writing, what has no width, and
// what is no character.
func Misleads(r rune) bool {
	switch {
	case r < 0xa0, r == 0xad, r == 0x61c, r == 0x180e, r == 0xfeff:
		return true
	case r >= 0x200b && r <= 0x200f, r >= 0x2028 && r <= 0x202e, r >= 0x2060 && r <= 0x206f, r >= 0xfff9 && r <= 0xfffb:
		return true
	}
	return false
}

// appendUnicode appends an escape of a character below U+10000.
func appendUnicode(dst []byte, r rune) []byte {
	return append(dst, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
}

// AppendSafe appends a line of JSON, in which all that is beyond ASCII stands in
// strings, with what could mislead whoever reads it in escapes.
func AppendSafe(dst, line []byte) []byte {
	for i := 0; i < len(line); {
		n := 1
		if line[i] >= utf8.RuneSelf {
			n = runeLen(line[i:])
			dst = appendRune(dst, line[i:i+n])
		} else {
			dst = append(dst, line[i])
		}
		i += n
	}
	return dst
}

// appendTime appends RFC 3339 in UTC with milliseconds.
func appendTime(dst []byte, unixNano int64) []byte {
	t := time.Unix(0, unixNano).UTC()
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	dst = append(appendTwo(appendTwo(dst, year/100), year%100), '-')
	dst = append(appendTwo(dst, int(month)), '-')
	dst = append(appendTwo(dst, day), 'T')
	dst = append(appendTwo(dst, hour), ':')
	dst = append(appendTwo(dst, minute), ':')
	dst = append(appendTwo(dst, second), '.')
	milli := t.Nanosecond() / 1e6
	return append(appendTwo(dst, milli/10), byte('0'+milli%10), 'Z')
}

func appendTwo(dst []byte, n int) []byte {
	return append(dst, byte('0'+n/10), byte('0'+n%10))
}
