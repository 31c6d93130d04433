package route

import (
	"bytes"
	"unicode/utf8"

	"github.com/candor-gateway/candor/internal/ascii"
)

var escapedPercent = []byte("%25")

// climbs reports whether a path leaves its first segments, floor of them, for who undoes escapes as often as there are any: who decodes "..%252f" once sees a
// segment of its own in it, who decodes it twice leaves the directory. A path of ours has no such thing by itself, so nobody is refused for what is common.
//
// So it is for who undoes escapes and then takes characters for the ASCII ones whose forms they are, as ．．／ for ../.
func climbs(path []byte, floor int) bool {
	w := climber{floor: floor}
	for at := 0; at < len(path); {
		c, size := deepest(path[at:])
		if text, wide := wideForm(path[at:]); wide > 0 {
			for i := range len(text) {
				w.take(text[i])
			}
			at += wide
			continue
		}
		w.take(c)
		at += size
	}
	w.take('/') // the end is that of a segment
	return w.out
}

// climber follows a path down and up.
type climber struct {
	floor, depth int
	now          segmentSeen
	out          bool // it has left the floor
}

func (w *climber) take(c byte) {
	if !separates(c) {
		w.now.see(c)
		return
	}
	step := w.now.step()
	w.depth += step
	w.out = w.out || step < 0 && w.depth < w.floor
	w.now = segmentSeen{}
}

// wideForm is the ASCII text of the character beyond ASCII with which s begins, escaped or not, and how many bytes of s that takes; 0: there is none.
func wideForm(s []byte) (text string, size int) {
	var char [utf8.UTFMax]byte
	for n := range char {
		if size >= len(s) {
			return "", 0
		}
		c, more := deepest(s[size:])
		if c < utf8.RuneSelf {
			return "", 0
		}
		char[n] = c
		size += more
		if r, _ := utf8.DecodeRune(char[:n+1]); r != utf8.RuneError {
			text, ok := plainOf(r)
			if !ok {
				return "", 0
			}
			return text, size
		}
	}
	return "", 0
}

// climbing is where in a path as it came the first thing stands that climbs looks for: the escape of a percent sign, or a character beyond ASCII; -1: nowhere.
func climbing(path []byte) int {
	for i, c := range path {
		if c >= utf8.RuneSelf || c == '%' && i+1 < len(path) && (path[i+1] >= 'C' || bytes.HasPrefix(path[i:], escapedPercent)) { // %C2 and above begin one
			return i
		}
	}
	return -1
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
