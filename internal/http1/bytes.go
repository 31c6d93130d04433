package http1

import (
	"encoding/binary"
	"math/bits"

	"github.com/candor-gateway/candor/internal/ascii"
)

// AppendPrintable appends b as one line that can be shown: printable ASCII as it is, \r \n \t \\ \" and \xNN for the
// rest; at most limit bytes are written, and "…" behind them when that was not enough.
func AppendPrintable(dst, b []byte, limit int) []byte {
	const hex = "0123456789abcdef"
	end := len(dst) + limit
	for _, c := range b {
		var escaped [4]byte
		text := escaped[:0]
		switch {
		case c == '\r':
			text = append(text, '\\', 'r')
		case c == '\n':
			text = append(text, '\\', 'n')
		case c == '\t':
			text = append(text, '\\', 't')
		case c == '"' || c == '\\':
			text = append(text, '\\', c)
		case c < 0x20 || c >= 0x7f:
			text = append(text, '\\', 'x', hex[c>>4], hex[c&15])
		default:
			text = append(text, c)
		}
		if len(dst)+len(text) > end {
			return append(dst, "…"...)
		}
		dst = append(dst, text...)
	}
	return dst
}

type byteSet [256]bool

// setOf is letters, digits and what is named.
func setOf(also string) (s byteSet) {
	for c := range s {
		s[c] = ascii.IsAlnum(byte(c))
	}
	for _, c := range []byte(also) {
		s[c] = true
	}
	return s
}

var (
	// RFC 3986 §3.1.
	scheme = setOf("+-.")
	// RFC 3986 §3.2.2: reg-name without its percent-escapes.
	regName = setOf("-._~!$&'()*+,;=")

	// Without case, and '_' as '-'.
	foldName = func() (t [256]byte) {
		for i := range t {
			t[i] = ascii.Lower(byte(i))
		}
		t['_'] = '-'
		return t
	}()
)

const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// textEnd returns the index of the first byte at or after i that no line of text may have: below 0x20, or 0x7f; len(b)
// if there is none. HTAB counts as found, since it is rare. Eight bytes at a time: only the lowest mark of each
// subtraction is exact, and the lowest is what is asked for.
func textEnd(b []byte, i int) int {
	for ; i+8 <= len(b); i += 8 {
		x := binary.LittleEndian.Uint64(b[i:])
		del := x ^ ones*0x7f
		if hit := ((x-ones*0x20)&^x | (del-ones)&^del) & highs; hit != 0 {
			return i + trailingBytes(hit)
		}
	}
	for ; i < len(b); i++ {
		if b[i] < 0x20 || b[i] == 0x7f {
			return i
		}
	}
	return i
}

// visibleEnd returns the index of the first byte at or after i that is a space or below; len(b) if there is none.
func visibleEnd(b []byte, i int) int {
	for ; i+8 <= len(b); i += 8 {
		x := binary.LittleEndian.Uint64(b[i:])
		if hit := (x - ones*0x21) &^ x & highs; hit != 0 {
			return i + trailingBytes(hit)
		}
	}
	for ; i < len(b) && b[i] > ' '; i++ {
	}
	return i
}

// knownName looks for a colon and a well-known name before it at b[i:]. It returns Other where it cannot tell quickly.
func knownName(b []byte, i int) (id Name, colon int) {
	for at := i; at+8 <= len(b) && at-i < maxName+8; at += 8 {
		x := binary.LittleEndian.Uint64(b[at:]) ^ ones*':'
		hit := (x - ones) &^ x & highs
		if hit == 0 {
			continue
		}
		colon = at + trailingBytes(hit)
		n := colon - i
		if n == 0 || n > maxName || i+(n+7)&^7 > len(b) {
			return Other, colon
		}
		return find(b[i:], n), colon
	}
	return Other, i
}

func trailingBytes(hit uint64) int { return bits.TrailingZeros64(hit) / 8 }
