package callid

import "github.com/candor-gateway/candor/internal/ascii"

// Parse reads any of the three spellings: 36 characters with dashes, 32 hex
// digits (both in either case, RFC 9562 §4), or 24 characters of canonical
// standard base64. It takes nothing else: no braces, no urn:uuid:, no blanks,
// no other version than 7.
func Parse(s string) (ID, bool) {
	switch len(s) {
	case uuidLen:
		return parseUUID(s)
	case hexLen:
		return parseHex(s)
	case base64Len:
		return parseBase64(s)
	}
	return ID{}, false
}

func parseUUID(s string) (ID, bool) {
	if s[dash1] != '-' || s[dash2] != '-' || s[dash3] != '-' || s[dash4] != '-' {
		return ID{}, false
	}
	var text [hexLen]byte
	n := copy(text[:], s[:dash1])
	n += copy(text[n:], s[dash1+1:dash2])
	n += copy(text[n:], s[dash2+1:dash3])
	n += copy(text[n:], s[dash3+1:dash4])
	copy(text[n:], s[dash4+1:])
	return decodeHex(&text)
}

func parseHex(s string) (ID, bool) {
	var text [hexLen]byte
	copy(text[:], s)
	return decodeHex(&text)
}

func decodeHex(text *[hexLen]byte) (ID, bool) {
	var id ID
	for i := range id {
		hi, lo := ascii.Unhex(text[2*i]), ascii.Unhex(text[2*i+1])
		if hi|lo > 0x0f {
			return ID{}, false
		}
		id[i] = hi<<4 | lo
	}
	return id.checked()
}

// parseBase64 decodes 22 digits and "==". The last digit carries 2 bits; its
// other 4 must be zero, or one id would have sixteen spellings.
func parseBase64(s string) (ID, bool) {
	if s[22] != '=' || s[23] != '=' {
		return ID{}, false
	}
	var id ID
	var bits uint32
	have, n := 0, 0
	for i := range 22 {
		v := base64Value(s[i])
		if v > 0x3f {
			return ID{}, false
		}
		bits, have = bits<<6|uint32(v), have+6
		if have >= 8 {
			have -= 8
			id[n] = byte(bits >> have)
			n++
		}
	}
	if bits&0x0f != 0 {
		return ID{}, false
	}
	return id.checked()
}

// base64Value is the value of one digit of the standard alphabet (RFC 4648
// §4), 0xff if c is none.
func base64Value(c byte) byte {
	switch {
	case 'A' <= c && c <= 'Z':
		return c - 'A'
	case 'a' <= c && c <= 'z':
		return c - 'a' + 26
	case '0' <= c && c <= '9':
		return c - '0' + 52
	case c == '+':
		return 62
	case c == '/':
		return 63
	}
	return 0xff
}

// checked passes ids of version 7 and of RFC 9562's variant.
func (id ID) checked() (ID, bool) {
	if id[6]>>4 != 7 || id[8]>>6 != 0b10 {
		return ID{}, false
	}
	return id, true
}
