package ascii

// NoDigit is the value of what is no hexadecimal digit.
const NoDigit = 0xff

// Unhex is the value of a hexadecimal digit in either case, NoDigit if c is none.
func Unhex(c byte) byte { return unhex[c] }

// IsHex reports whether c is a hexadecimal digit.
func IsHex(c byte) bool { return unhex[c] != NoDigit }

// Unescape decodes the percent-escape (RFC 3986 §2.1) with which s begins, which is three bytes; false if it begins with none.
func Unescape[T Text](s T) (c byte, ok bool) {
	if len(s) < 3 || s[0] != '%' {
		return 0, false
	}
	hi, lo := unhex[s[1]], unhex[s[2]]
	return hi<<4 | lo&15, hi < 16 && lo < 16
}

var unhex = func() (t [256]byte) {
	for i := range t {
		t[i] = NoDigit
	}
	for i := range byte(10) {
		t['0'+i] = i
	}
	for i := range byte(6) {
		t['a'+i], t['A'+i] = 10+i, 10+i
	}
	return t
}()
