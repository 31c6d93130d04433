package redact

import "github.com/candor-gateway/candor/internal/ascii"

// maxLevels is how many times over an escape is undone.
const maxLevels = 3

// next reads the first character of a non-empty b with its percent-encoding
// undone, up to maxLevels times over: %5F, %255F and %25%35%46 are all '_'.
// Level says how often it was applied, size how many bytes that took. A '%'
// that begins no escape is itself.
func next(b []byte) (c byte, level, size int) {
	if b[0] != '%' {
		return b[0], 0, 1
	}
	return unescape(b, maxLevels)
}

// unescape reads one character of what b is after so many times of decoding;
// after none, that is its first byte. size is 0 if b is empty.
func unescape(b []byte, times int) (c byte, level, size int) {
	if len(b) == 0 {
		return 0, 0, 0
	}
	if times == 0 || b[0] != '%' {
		return b[0], 0, 1
	}
	c, level, size = unescape(b, times-1)
	if c != '%' {
		return c, level, size
	}
	hi, _, n := unescape(b[size:], times-1)
	lo, _, m := unescape(b[size+n:], times-1)
	if n == 0 || m == 0 || !ascii.IsHex(hi) || !ascii.IsHex(lo) {
		return c, level, size
	}
	return ascii.Unhex(hi)<<4 | ascii.Unhex(lo), level + 1, size + n + m
}
