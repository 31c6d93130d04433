package route

import (
	"bytes"
	"unicode/utf8"

	"github.com/candor-gateway/candor/internal/ascii"
	"github.com/candor-gateway/candor/problem"
)

// reader is what a careless reader behind us does with a path, beside undoing its escapes and taking no notice of the case and form of letters: a set of these.
type reader uint16

const (
	decodesTwice reader = 1 << iota // undoes the escapes of what it has decoded
	cutsEnds                        // leaves out what is behind a '?', a '#' or a NUL that came encoded
	followsDots                     // follows the dot segments that its decoding makes
	strips                          // cuts parameters (';') off a segment, and blanks and dots off its end
	drops                           // leaves out a segment of which nothing is left then
	narrows                         // takes other forms of '/', '.', blanks and the like for these, and leaves out what is not to be seen

	everything = decodesTwice | cutsEnds | followsDots | strips | drops | narrows
)

// What follows makes a difference for paths alone in which something is tolerated (see doubts).
const (
	keepsEncoded   reader = 1 << (iota + 6) // takes an encoded slash for a byte of its segment
	keepsBackslash                          // takes '\\' for a byte of its segment
	keepsEmpty                              // takes an empty segment for one
	takesAuthority                          // takes what follows two slashes at the beginning for a host, as RFC 3986 §4.2 does
	followsFirst                            // follows the dot segments of the path as it came, before it undoes any other escape
	followsRaw                              // the same, but for those whose dots are encoded
	undoesUnicode                           // undoes %uXXXX, too
	losesPercent                            // leaves out a percent sign that begins no escape
)

// kept stands in a canonical path for what a reader keeps of an encoded slash or of an empty segment: a byte that no UTF-8 has, and no pattern.
const kept = 0xFF

// canonical appends to buf the form of a raw path in which reader r sees it: "", or something that begins with a slash and ends with none.
//
// A reader that does more does not see every path that one who does less sees: by following a dot segment, or dropping one that is nothing but blanks, it comes
// somewhere else. So a path in which that can happen (twisted) is looked at as each reader sees it. In any other path doing everything is enough: what is cut off
// a segment there leaves something of it, and a pattern is folded in the same way.
func canonical(buf, path []byte, r reader) []byte {
	start := len(buf)
	if r&keepsEmpty != 0 {
		buf = appendFilled(buf, path)
	} else {
		buf = append(buf, path...)
	}
	own := buf[start:]
	if r&(followsFirst|followsRaw) != 0 {
		own = r.followed(own)
	}
	if !isPlain(own) {
		if own, buf = r.plain(r.undone(own), buf, r&narrows == 0 && r&decodesTwice != 0); r&decodesTwice != 0 {
			own, buf = r.plain(decoded(own), buf, false)
		}
	}
	if r&takesAuthority != 0 {
		own = withoutAuthority(own)
	}
	return buf[:start+copy(buf[start:], r.read(own))]
}

// plain is what the reader sees of a decoded path in buf: in a place behind it there, if it has anything beyond ASCII. What it sees in letters alone can wait.
func (r reader) plain(own, buf []byte, wait bool) (plain, longer []byte) {
	if wait || isASCII(own) {
		return own, buf
	}
	at := len(buf)
	buf = appendPlain(buf, own, r&narrows != 0)
	return buf[at:], buf
}

// decoded undoes the escapes of s, in its own bytes. What is no escape stands for itself.
func decoded(s []byte) []byte {
	n := 0
	for i := 0; i < len(s); i++ {
		c, size := first(s[i:])
		s[n] = c
		n++
		i += size - 1
	}
	return s[:n]
}

// read is canonical for a path whose escapes are undone, in its own bytes: each segment becomes no longer than it was.
func (r reader) read(path []byte) []byte {
	n, whole := 0, false
	for at := 0; at < len(path) && !whole; {
		at++ // the separator
		end := at
		for end < len(path) && !r.separates(path[end]) && (r&cutsEnds == 0 || !ends(path[end])) {
			end++
		}
		whole = end < len(path) && !r.separates(path[end])
		n = r.join(path, n, path[at:end])
		at = end
	}
	return path[:n]
}

// join puts a segment behind path[:n], and returns where the path ends then.
func (r reader) join(path []byte, n int, seg []byte) int {
	raw := seg
	if r&strips != 0 {
		if i := bytes.IndexByte(seg, ';'); i >= 0 {
			seg = seg[:i]
		}
		seg = trimEnd(seg, false)
	}
	switch {
	case r&followsDots != 0 && string(seg) == "..":
		return max(0, bytes.LastIndexByte(path[:n], '/'))
	case r&followsDots != 0 && string(seg) == ".":
		return n
	case r&strips != 0:
		seg = trimEnd(seg, true)
	}
	if len(seg) == 0 && r&drops == 0 {
		seg = raw
	}
	if len(seg) == 0 {
		return n
	}
	path[n] = '/'
	n++
	for _, c := range seg {
		path[n] = ascii.Lower(c)
		n++
	}
	return n
}

// trimEnd cuts blanks and control bytes off the end of a segment, and dots.
func trimEnd(seg []byte, dots bool) []byte {
	for len(seg) > 0 {
		if c := seg[len(seg)-1]; c > ' ' && c != 0x7f && (c != '.' || !dots) {
			break
		}
		seg = seg[:len(seg)-1]
	}
	return seg
}

func separates(c byte) bool { return c == '/' || c == '\\' }

func (r reader) separates(c byte) bool { return c == '/' || c == '\\' && r&keepsBackslash == 0 }

// ends reports whether a byte ends a path for whoever meets it decoded.
func ends(c byte) bool { return c == '?' || c == '#' || c == 0 }

// twisted reports whether readers can see a path in more than one form, but for its case and that of its letters: if it has escapes of escapes, encoded ends of a path,
// signs and blanks in a form beyond ASCII, something that is cut off a segment, or segments that may be nothing or lead up.
func twisted(path []byte) bool {
	for i := 0; i < len(path); {
		c, size := path[i], 1
		switch {
		case c == ';', c == '/' && i+1 < len(path) && path[i+1] == '.', c == '.' && (i+1 == len(path) || path[i+1] == '/'):
			return true
		case c == '\\' && nextToDot(path, i, 1):
			return true
		case c == '%':
			if c, size = first(path[i:]); size == 1 || c < utf8.RuneSelf && (shaping(c) && !separates(c) || separates(c) && nextToDot(path, i, size)) {
				return true
			}
		}
		if c >= utf8.RuneSelf {
			var r rune
			if r, size = runeInPath(path[i:]); reshapes(r) {
				return true
			}
		}
		i += size
	}
	return false
}

// Respelled is the fault of a path that Stricter has found to be another spelling: where it first differs from its canonical form, what is rare in a path
// before what is not.
func Respelled(path []byte) URLFault {
	f := URLFault{Detail: problem.DetailAnotherRoute, Part: "path", At: 1}
	for i, c := range path {
		switch {
		case c == ';':
			f.At, f.Excerpt = i+1, path[i:i+segmentEnd(path[i:])]
			return f
		case c == '%':
			f.At, f.Excerpt = i+1, path[i:min(i+3, len(path))]
			return f
		case c == '/' && i+1 < len(path) && path[i+1] == '/':
			f.At, f.Excerpt = i+1, path[i:i+2]
			return f
		case i > 0 && (c == '.' || c == '/') && (i+1 == len(path) || c == '.' && path[i+1] == '/'), c == '\\', c >= utf8.RuneSelf:
			f.At, f.Excerpt = i+1, path[i:i+1]
			return f
		}
	}
	for i, c := range path {
		if ascii.Lower(c) != c {
			f.At, f.Excerpt = i+1, path[i:i+1]
			return f
		}
	}
	return f
}

func segmentEnd(rest []byte) int {
	if end := bytes.IndexByte(rest, '/'); end >= 0 {
		return end
	}
	return len(rest)
}

// folded is the canonical form of a pattern: it matches the canonical form of whatever the pattern matches in some spelling.
func folded(pattern []segment) []segment {
	var out []segment
	for _, s := range pattern {
		switch s.kind {
		case literal:
			out = append(out, foldedLiteral(s.before)...)
		case affixed:
			out = append(out, foldedAffix(s))
		default:
			out = append(out, s.matches())
		}
	}
	return out
}

// foldedLiteral is a literal, decoded once already, which may become none or several.
func foldedLiteral(text string) (out []segment) {
	rest := everything.read(plainTwice("/" + text))
	for len(rest) > 0 {
		seg, next := cutSegment(rest, 0)
		out = append(out, segment{before: string(seg)})
		rest = rest[next:]
	}
	return out
}

func foldedAffix(s segment) segment {
	before, cut := foldedPart(s.before)
	if cut {
		return segment{before: string(trimEnd(before, true))} // the value stands in what is cut off
	}
	after, _ := foldedPart(s.after)
	s = segment{kind: affixed, before: string(before), after: string(trimEnd(after, true))}
	if s.before == "" && s.after == "" {
		s.kind = value
	}
	return s
}

// foldedPart is a part of a segment, up to what separates or ends.
func foldedPart(text string) (part []byte, cut bool) {
	part = plainTwice(text)
	for i, c := range part {
		if c == ';' || separates(c) || ends(c) {
			return part[:i], true
		}
	}
	return part, false
}

// plainTwice is a text of a pattern, decoded once already, as who does everything sees it.
func plainTwice(text string) []byte {
	return appendPlain(nil, decoded(appendPlain(nil, []byte(text), true)), true)
}
