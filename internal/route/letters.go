package route

import (
	"unicode/utf8"

	"github.com/candor-gateway/candor/internal/ascii"
)

// foldLetters writes seg to dst, which may begin where seg does, with letters as they look to whoever takes no notice of case and width, and returns how many bytes
// that are: no more than there were. As with ASCII case, a letter becomes one letter and never a sign, so whatever a pattern matches its folded form matches folded.
// Letters that are like ASCII ones in a wider sense (é, ﬁ, 𝐚) stay: who takes them for those is not reckoned with.
func foldLetters(dst, seg []byte) (n int) {
	for i := 0; i < len(seg); {
		c := seg[i]
		if c < utf8.RuneSelf {
			dst[n] = ascii.Lower(c)
			n, i = n+1, i+1
			continue
		}
		r, size := utf8.DecodeRune(seg[i:])
		if c := letter(r); c != 0 {
			dst[n] = c
			n++
		} else {
			n += copy(dst[n:], seg[i:i+size])
		}
		i += size
	}
	return n
}

// letter is the small ASCII letter, digit or sign without a meaning in paths that a character beyond ASCII is another case or the wide form of; 0: none.
func letter(r rune) byte {
	switch r {
	case '\u0131', '\u0130': // their other cases, in Unicode's table, are I and i
		return 'i'
	case '\u017F': // the long s
		return 's'
	case '\u212A': // the sign of Kelvin
		return 'k'
	}
	if c := narrow(r); c != 0 && !structures(c) {
		return ascii.Lower(c)
	}
	return 0
}

// wide is the first byte of each wide form, in UTF-8.
const wide = 0xEF

// narrow is what a wide form (U+FF01 to U+FF5E) is the form of; 0: r is none.
func narrow(r rune) byte {
	if r < 0xFF01 || r > 0xFF5E {
		return 0
	}
	return byte(r - 0xFF01 + '!')
}

// structures reports whether an ASCII character can give a path another structure.
func structures(c byte) bool { return separates(c) || ends(c) || c == '.' || c == ';' || c == '%' }

// narrowed puts the ASCII characters that give a path its structure in the place of their wide forms, in its own bytes, if the reader narrows.
func (r reader) narrowed(path []byte) []byte {
	if r&narrows == 0 {
		return path
	}
	n := 0
	for i := 0; i < len(path); {
		c, size := path[i], 1
		if c == wide {
			var wideForm rune
			wideForm, size = utf8.DecodeRune(path[i:])
			if sign := narrow(wideForm); sign != 0 && structures(sign) {
				path[n] = sign
				n, i = n+1, i+size
				continue
			}
		}
		n += copy(path[n:], path[i:i+size])
		i += size
	}
	return path[:n]
}
