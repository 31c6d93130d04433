package route

import "github.com/candor-gateway/candor/internal/ascii"

var escapedPercent = []byte("%25")

// climbs reports whether a path leaves its first segments, floor of them, for who undoes escapes as often as there are any: who decodes "..%252f" once sees a
// segment of its own in it, who decodes it twice leaves the directory. A path of ours has no such thing by itself, so nobody is refused for what is common.
func climbs(path []byte, floor int) bool {
	depth := 0
	var now segmentSeen
	for at := 0; at <= len(path); {
		c, size := byte('/'), 1 // the end is that of a segment
		if at < len(path) {
			c, size = deepest(path[at:])
		}
		at += size
		if !separates(c) {
			now.see(c)
			continue
		}
		if depth += now.step(); depth < floor && now.step() < 0 {
			return true
		}
		now = segmentSeen{}
	}
	return false
}

// segmentSeen is what was seen of a segment, without its parameters and blanks.
type segmentSeen struct {
	dots      int
	more, cut bool // other bytes; a parameter has begun
}

func (s *segmentSeen) see(c byte) {
	switch {
	case s.cut || c <= ' ':
	case c == ';':
		s.cut = true
	case c == '.' && !s.more:
		s.dots++
	default:
		s.more = true
	}
}

// step is how far the segment leads down; one of two dots leads up.
func (s *segmentSeen) step() int {
	switch {
	case s.more || s.dots > 2:
		return 1
	case s.dots == 2:
		return -1
	}
	return 0
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
