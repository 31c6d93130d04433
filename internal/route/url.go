package route

import (
	"bytes"

	"github.com/candor-gateway/candor/internal/ascii"
	"github.com/candor-gateway/candor/problem"
)

// URLFault is the first byte of a path or query that cannot stand there. The zero value is none.
type URLFault struct {
	Detail  problem.Detail
	Part    string // "path" or "query"
	At      int    // position in the part, from 1
	Excerpt []byte // the wrong bytes, borrowed from the part: "%zz", "//", a whole dot segment
}

// Bad reports whether there is a fault.
func (f URLFault) Bad() bool { return f.Detail != problem.NoDetail }

// CheckURL finds the first fault of a call's path and query, by the profile of its API (standard where it has none). What it lets pass reads the same
// here and behind us: nothing in it needs to be normalised.
func (t *Table) CheckURL(m *Match, path, query []byte) URLFault {
	if suspicion(path, 0) >= 0 {
		if f := checkPath(path); f.Bad() {
			return f
		}
	}
	if len(query) == 0 {
		return URLFault{}
	}
	profile := problem.Standard
	if m.API != nil {
		profile = m.API.Profile
	}
	return checkQuery(query, profile)
}

// checkPath finds the first byte of a raw path that could be read as another path behind us: a bad escape, a control byte raw or encoded, a raw byte
// beyond ASCII, an overlong UTF-8 sequence in escapes, '\', '#', '//', %2F, %5C, and a segment "." or "..", however it is spelled and whatever
// parameter (";x") follows it. Other escapes that are not UTF-8 pass: old APIs have Latin-1 in their paths.
func checkPath(path []byte) URLFault {
	for i := suspicion(path, 0); i >= 0; i = suspicion(path, i+1) {
		if f := checkPathAt(path, i); f.Bad() {
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

// checkQuery finds the first byte of a raw query that cannot stand there: a control byte, a raw byte beyond ASCII, '#'; in the linkedin profile all that
// RFC 3986 §3.4 does not allow.
func checkQuery(query []byte, profile problem.Profile) URLFault {
	passes := control // every kind before it
	if profile == problem.LinkedIn {
		passes = escape
	}
	for i := range query {
		kind := queryBytes[query[i]]
		if kind < passes {
			continue
		}
		f := URLFault{faults[kind], "query", i + 1, query[i : i+1]}
		if kind != escape {
			return f
		}
		if _, ok := ascii.Unescape(query[i:]); !ok {
			f.Excerpt = query[i:min(i+3, len(query))]
			return f
		}
	}
	return URLFault{}
}

// byteKind is what a byte is in a path or query. Those before control are let pass in a query of the standard profile.
type byteKind uint8

const (
	plain byteKind = iota
	escape
	odd // RFC 3986 does not allow it, yet nobody misreads it
	control
	beyond
	backslash
	hash
	slash
)

// faults holds the fault of each kind.
var faults = [...]problem.Detail{
	escape: problem.DetailBadEscape, odd: problem.DetailQueryByte, control: problem.DetailRawControl, beyond: problem.DetailRawByte,
	backslash: problem.DetailBackslash, hash: problem.DetailFragment, slash: problem.DetailEmptySegment,
}

var queryBytes = func() (kinds [256]byteKind) {
	for c := range kinds {
		switch {
		case c < ' ', c == 0x7f:
			kinds[c] = control
		case c > 0x7f:
			kinds[c] = beyond
		}
	}
	for _, c := range []byte(` "<>[\]^{|}` + "`") {
		kinds[c] = odd
	}
	kinds['%'], kinds['#'] = escape, hash
	return kinds
}()

// pathBytes differ from queryBytes in what a path could be misread by.
var pathBytes = func() [256]byteKind {
	kinds := queryBytes
	for c, kind := range kinds {
		if kind == odd {
			kinds[c] = plain
		}
	}
	kinds[' '] = control
	kinds['\\'], kinds['/'] = backslash, slash
	return kinds
}()

// checkPathAt takes a closer look. At is counted from i.
func checkPathAt(path []byte, i int) URLFault {
	switch kind := pathBytes[path[i]]; kind {
	case escape:
		return checkEscape(path[i:])
	case slash:
		return checkSegment(path[i:])
	default:
		return URLFault{Detail: faults[kind], Excerpt: path[i : i+1]}
	}
}

// checkEscape judges the escape with which rest begins.
func checkEscape(rest []byte) URLFault {
	c, ok := ascii.Unescape(rest)
	f := URLFault{Excerpt: rest[:min(3, len(rest))]}
	switch {
	case !ok:
		f.Detail = problem.DetailBadEscape
	case c < ' ' || c == 0x7f:
		f.Detail = problem.DetailEncodedControl
	case c == '/':
		f.Detail = problem.DetailEncodedSlash
	case c == '\\':
		f.Detail = problem.DetailEncodedBackslash
	case c >= 0xC0 && overlong(c, rest[3:]):
		f.Detail, f.Excerpt = problem.DetailBadEscape, rest[:6]
	default:
		return URLFault{}
	}
	return f
}

// overlong reports whether c and the escape after it begin a UTF-8 sequence that is longer than its character needs: %C0%AF is a slash to who decodes
// carelessly (RFC 3629 §10).
func overlong(c byte, rest []byte) bool {
	next, ok := ascii.Unescape(rest)
	if !ok || next < 0x80 || next > 0xBF {
		return false
	}
	return c <= 0xC1 || c == 0xE0 && next < 0xA0 || c == 0xF0 && next < 0x90
}

// checkSegment judges a slash and the segment that it begins.
func checkSegment(rest []byte) URLFault {
	if len(rest) > 1 && rest[1] == '/' {
		return URLFault{Detail: problem.DetailEmptySegment, Excerpt: rest[:2]}
	}
	end := len(rest)
	if next := bytes.IndexByte(rest[1:], '/'); next >= 0 {
		end = 1 + next
	}
	if isDots(rest[1:end]) {
		return URLFault{Detail: problem.DetailDotSegment, At: 1, Excerpt: rest[1:end]}
	}
	return URLFault{}
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
