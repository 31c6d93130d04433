// Package ascii is what is asked of the bytes of US-ASCII, of which HTTP, URLs and names are made: their case, their kind, their value as a digit. A byte above
// 0x7f is no letter, whatever a locale or Unicode makes of it.
package ascii

// Text is bytes in either form.
type Text interface{ ~string | ~[]byte }

// Lower is c, in lower case if it is a capital.
func Lower(c byte) byte { return lower[c] }

// Upper is c, as a capital if it is a letter.
func Upper(c byte) byte {
	if 'a' <= c && c <= 'z' {
		return c &^ 0x20
	}
	return c
}

// IsDigit reports whether c is one of 0 to 9.
func IsDigit(c byte) bool { return '0' <= c && c <= '9' }

// IsLetter reports whether c is one of A to Z, in either case.
func IsLetter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// IsAlnum reports whether c is a letter or a digit.
func IsAlnum(c byte) bool { return IsLetter(c) || IsDigit(c) }

// EqualFold compares without the case of letters.
func EqualFold[A, B Text](a A, b B) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if lower[a[i]] != lower[b[i]] {
			return false
		}
	}
	return true
}

var lower = func() (t [256]byte) {
	for i := range t {
		t[i] = byte(i)
	}
	for c := byte('A'); c <= 'Z'; c++ {
		t[c] |= 0x20
	}
	return t
}()
