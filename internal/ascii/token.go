package ascii

// IsToken reports whether s is a token (RFC 9110 §5.6.2): a method, the name of a header field, the name of an option.
func IsToken[T Text](s T) bool {
	for i := range len(s) {
		if !token[s[i]] {
			return false
		}
	}
	return len(s) > 0
}

// IsTokenByte reports whether c may stand in a token.
func IsTokenByte(c byte) bool { return token[c] }

var token = func() (t [256]bool) {
	for c := range t {
		t[c] = IsAlnum(byte(c))
	}
	for _, c := range []byte("!#$%&'*+-.^_`|~") {
		t[c] = true
	}
	return t
}()
