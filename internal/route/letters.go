package route

import (
	"unicode"
	"unicode/utf8"

	"github.com/candor-gateway/candor/internal/ascii"
)

// appendPlain appends s with its characters as they look to whoever takes no notice of case and form: letters and digits, and with signs also what gives a path its
// structure. What no ASCII text is the form of keeps to its own alphabet, in small letters: é is no e.
func appendPlain(dst, s []byte, signs bool) []byte {
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			dst = append(dst, ascii.Lower(c))
			i++
			continue
		}
		r, size := looseRune(s[i:])
		text, ok := plainOf(r)
		switch {
		case r < utf8.RuneSelf && (signs || !shaping(byte(r))):
			dst = append(dst, ascii.Lower(byte(r)))
		case ok && (signs || !shapes(text)):
			dst = append(dst, text...)
		case !ok && size > 1 && r >= utf8.RuneSelf:
			dst = utf8.AppendRune(dst, unicode.ToLower(unicode.ToUpper(r)))
		default:
			dst = append(dst, s[i:i+size]...)
		}
		i += size
	}
	return dst
}

// looseRune is the character with which s begins, beyond ASCII; also one whose UTF-8 is longer than it needs, as some decode it. A byte that is no UTF-8 stands for itself: in
// Latin-1.
func looseRune(s []byte) (r rune, size int) {
	if r, size = utf8.DecodeRune(s); r != utf8.RuneError || size > 1 {
		return r, size
	}
	if more := following(s[0]); more > 0 && len(s) > more && overlong(s[0], s[1:]) {
		r = rune(s[0] & (0x3F >> more))
		for _, c := range s[1 : more+1] {
			if c&0xC0 != 0x80 {
				return rune(s[0]), 1
			}
			r = r<<6 | rune(c&0x3F)
		}
		return r, more + 1
	}
	return rune(s[0]), 1
}

// following is how many bytes come behind one with which UTF-8 begins.
func following(c byte) int {
	switch {
	case c >= 0xF0:
		return 3
	case c >= 0xE0:
		return 2
	case c >= 0xC0:
		return 1
	}
	return 0
}

// runeInPath is looseRune for a path that has escapes.
func runeInPath(path []byte) (r rune, size int) {
	var bytes [utf8.UTFMax]byte
	var ends [utf8.UTFMax]int
	n := 0
	for ; n < len(bytes) && size < len(path); n++ {
		c, wide := first(path[size:])
		size += wide
		bytes[n], ends[n] = c, size
	}
	r, used := looseRune(bytes[:n])
	return r, ends[used-1]
}

// reshapes reports whether a character beyond ASCII gives a path another structure for some reader.
func reshapes(r rune) bool {
	if r < utf8.RuneSelf {
		return shaping(byte(r))
	}
	text, ok := plainOf(r)
	return ok && shapes(text)
}

// shaping reports whether an ASCII character can give a path another structure, or be left out.
func shaping(c byte) bool { return structures(c) || c <= ' ' || c == 0x7f }

// structures reports whether an ASCII character can give a path another structure.
func structures(c byte) bool { return separates(c) || ends(c) || c == '.' || c == ';' || c == '%' }

// isPlain reports whether a path has neither escapes nor anything beyond ASCII.
func isPlain(path []byte) bool {
	for _, c := range path {
		if c == '%' || c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func isASCII(s []byte) bool {
	for _, c := range s {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
