package route

import (
	"github.com/candor-gateway/candor/internal/ascii"
	"github.com/candor-gateway/candor/problem"
)

// checkPath finds the first byte of a raw path that could be read as another path behind us, and is not tolerated: a bad escape, a control byte raw or encoded, a
// raw byte beyond ASCII, an overlong UTF-8 sequence, '\\', '#', '//', %2F, %5C, and a segment "." or "..", however it is spelled and whatever parameter (";x")
// follows it. Other escapes that are not UTF-8 pass: old APIs have Latin-1 in their paths. What is tolerated is noted as used.
func checkPath(path []byte, accept Accept, used *Accept) URLFault {
	for i := suspicion(path, 0); i >= 0; i = suspicion(path, i+1) {
		f, by := pathView{path, accept}.at(i)
		switch {
		case !f.Bad():
		case by != 0 && accept.Has(by):
			*used |= by
		default:
			f.Part, f.At = "path", f.At+i+1
			return f
		}
	}
	return URLFault{}
}

// suspicion is the first place from which on a closer look is needed, -1 if none is: so with nearly all paths.
func suspicion(path []byte, from int) int {
	for i := from; i < len(path); i++ {
		kind := pathBytes[path[i]]
		if kind != plain && (kind != slash || suspect(path[i+1:])) && (kind != escape || !harmless(path[i:])) {
			return i
		}
	}
	return -1
}

// suspect reports whether a segment may be empty or dots: most begin otherwise, and need no second look.
func suspect(rest []byte) bool {
	return len(rest) > 0 && (rest[0] == '/' || rest[0] == '.' || rest[0] == '%')
}

// harmless reports whether an escape is of a visible ASCII character that separates nothing: most are, and need no second look.
func harmless(rest []byte) bool {
	c, ok := ascii.Unescape(rest)
	return ok && c >= ' ' && c < 0x7f && c != '/' && c != '\\'
}

// pathView is a path as it is looked at where some of it is tolerated: what separates segments for some reader behind us separates them here.
type pathView struct {
	path   []byte
	accept Accept
}

// at takes a closer look at the byte at i. At of the fault is counted from i; by is what tolerates it, 0 for nothing.
func (v pathView) at(i int) (f URLFault, by Accept) {
	switch kind := pathBytes[v.path[i]]; kind {
	case escape:
		return v.escape(i)
	case slash:
		return v.slash(i)
	case backslash:
		return v.backslash(i)
	case beyond:
		if v.path[i] >= 0xC0 && overlong(v.path[i], v.path[i+1:]) {
			return URLFault{Detail: problem.DetailRawByte, Excerpt: v.path[i : i+1]}, 0
		}
		return URLFault{Detail: problem.DetailRawByte, Excerpt: v.path[i : i+1]}, PathRaw
	default:
		return URLFault{Detail: faults[kind], Excerpt: v.path[i : i+1]}, 0
	}
}

// escape judges the escape at i, and where it is tolerated as what separates, the segment that it begins.
func (v pathView) escape(i int) (f URLFault, by Accept) {
	rest := v.path[i:]
	c, ok := ascii.Unescape(rest)
	f = URLFault{Excerpt: rest[:min(3, len(rest))]}
	switch {
	case !ok:
		f.Detail, by = problem.DetailBadEscape, PathEscape
	case c < ' ' || c == 0x7f:
		f.Detail, by = problem.DetailEncodedControl, PathEscape
	case c == '/':
		f.Detail, by = problem.DetailEncodedSlash, EncodedSlash
	case c == '\\':
		f.Detail, by = problem.DetailEncodedBackslash, Backslash
	case c >= 0xC0 && overlong(c, rest[3:]):
		_, next := first(rest[3:])
		f.Detail, f.Excerpt = problem.DetailBadEscape, rest[:3+next]
	default:
		return URLFault{}, 0
	}
	if v.separator(i) > 0 && v.accept.Has(by) {
		return v.beginning(f, by, i, 3)
	}
	return f, by
}

// slash judges a slash and the segment that it begins.
func (v pathView) slash(i int) (f URLFault, by Accept) {
	if rest := v.path[i:]; len(rest) > 1 && rest[1] == '/' {
		return URLFault{Detail: problem.DetailEmptySegment, Excerpt: rest[:2]}, DoubleSlash
	}
	return v.dots(i, 1), DotSegments
}

// backslash judges a raw backslash. Where it is tolerated it may be a slash to who reads it: beside another one it makes an empty segment.
func (v pathView) backslash(i int) (f URLFault, by Accept) {
	f = URLFault{Detail: problem.DetailBackslash, Excerpt: v.path[i : i+1]}
	if !v.accept.Has(Backslash) {
		return f, Backslash
	}
	twice := i > 0 && separates(v.path[i-1]) || i+1 < len(v.path) && v.path[i+1] == '/'
	if twice && !v.accept.Has(DoubleSlash) {
		return f, Backslash | DoubleSlash
	}
	if twice {
		by = DoubleSlash
	}
	return v.beginning(f, by|Backslash, i, 1)
}

// beginning is f, the fault of a separator at i that is tolerated, together with that of the segment which it begins.
func (v pathView) beginning(f URLFault, by Accept, i, separator int) (URLFault, Accept) {
	dots := v.dots(i, separator)
	switch {
	case !dots.Bad():
		return f, by
	case !v.accept.Has(DotSegments):
		return dots, DotSegments
	}
	return f, by | DotSegments
}

// dots is the fault of a segment "." or ".." that begins behind the separator at i.
func (v pathView) dots(i, separator int) URLFault {
	from := i + separator
	end := from
	for end < len(v.path) && v.separator(end) == 0 {
		end++
	}
	if !isDots(v.path[from:end]) {
		return URLFault{}
	}
	return URLFault{Detail: problem.DetailDotSegment, At: separator, Excerpt: v.path[from:end]}
}

// separator is how long what separates segments is at i; 0 if nothing does.
func (v pathView) separator(i int) int {
	switch c := v.path[i]; {
	case c == '/', c == '\\' && v.accept.Has(Backslash):
		return 1
	case c != '%' || v.accept&(EncodedSlash|Backslash) == 0:
		return 0
	}
	c, ok := ascii.Unescape(v.path[i:])
	if ok && (c == '/' && v.accept.Has(EncodedSlash) || c == '\\' && v.accept.Has(Backslash)) {
		return 3
	}
	return 0
}

// overlong reports whether c and the byte after it, raw or encoded, begin a UTF-8 sequence that is longer than its character needs: %C0%AF is a slash to who decodes
// carelessly (RFC 3629 §10).
func overlong(c byte, rest []byte) bool {
	next, size := first(rest)
	if size == 0 || next < 0x80 || next > 0xBF {
		return false
	}
	return c <= 0xC1 || c == 0xE0 && next < 0xA0 || c == 0xF0 && next < 0x90
}

// isDots reports whether a segment is "." or "..", with escapes or a parameter or without.
func isDots(seg []byte) bool {
	dots := 0
	for len(seg) > 0 {
		c, size := first(seg)
		if c == ';' {
			break
		}
		if c != '.' || dots == 2 {
			return false
		}
		dots++
		seg = seg[size:]
	}
	return dots > 0
}
