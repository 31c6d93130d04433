package route

import "github.com/candor-gateway/candor/internal/ascii"

var escapedPercent = []byte("%25")

// climbs reports whether a path leaves its first segments, floor of them, for who undoes escapes as often as there are any: who decodes "..%252f" once sees a
// segment of its own in it, who decodes it twice leaves the directory. A path of ours has no such thing by itself, so nobody is refused for what is common.
func climbs(path []byte, floor int) bool {
	depth, dots, more, cut := 0, 0, false, false
	for at := 0; at <= len(path); {
		c, size := byte('/'), 1 // the end is that of a segment
		if at < len(path) {
			c, size = deepest(path[at:])
		}
		at += size
		switch {
		case separates(c):
			switch {
			case more || dots > 2:
				depth++
			case dots == 2:
				if depth--; depth < floor {
					return true
				}
			}
			dots, more, cut = 0, false, false
		case cut || c <= ' ':
		case c == ';':
			cut = true
		case c == '.' && !more:
			dots++
		default:
			more = true
		}
	}
	return false
}

// deepest is the byte with which s begins when its escapes are undone until none is left, and how many bytes of s that takes.
func deepest(s []byte) (c byte, size int) {
	c, size = first(s)
	for size > 1 && c == '%' && len(s) >= size+2 && ascii.IsHex(s[size]) && ascii.IsHex(s[size+1]) {
		c = ascii.Unhex(s[size])<<4 | ascii.Unhex(s[size+1])
		size += 2
	}
	return c, size
}

// literals are how many segments a pattern begins with that have no value.
func literals(pattern []segment) int {
	n := 0
	for n < len(pattern) && pattern[n].kind == literal && pattern[n].before != "" {
		n++
	}
	return n
}
