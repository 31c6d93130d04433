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
// UTF-8 stays, but for control characters, which could move a terminal; a byte
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
			dst = appendUnicode(dst, c)
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
// U+0080 to U+009F are the C1 controls.
func appendRune[T string | []byte](dst []byte, s T) []byte {
	if len(s) == 1 {
		return appendUnicode(dst, s[0])
	}
	if len(s) == 2 && s[0] == 0xc2 && s[1] < 0xa0 {
		return appendUnicode(dst, s[1])
	}
	return append(dst, s...)
}

func appendUnicode(dst []byte, c byte) []byte {
	return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
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
