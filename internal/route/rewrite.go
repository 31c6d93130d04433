package route

import (
	"bytes"

	"github.com/candor-gateway/candor/internal/ascii"
	"github.com/candor-gateway/candor/problem"
)

// Rewrite makes the target that an upstream gets of the caller's: the path of the upstream's URL, then what strip_prefix has left of the path, or what a
// template makes of it. A route without one sends the target as it came. Immutable.
type Rewrite struct {
	Cut []byte // what strip_prefix cuts, as it is configured; none: nothing
	// Shown is what may be shown in the place of the target that the template makes, if a part of that came from a variable; else nil.
	Shown []byte
	// Query reports whether the template has a query; else the caller's passes.
	Query bool

	prefix  string // the path of the upstream's URL
	cut     int    // segments that strip_prefix cuts
	path    []piece
	query   []piece
	own     twists    // that the template has itself
	pattern []segment // of the caller's whole path
	left    []segment // of what stands behind prefix at the upstream
	oneWay  bool      // left does not tell its values
	behind  []segment // of the whole path at the upstream
	floor   int       // segments at the beginning of that which no call may leave
	head    string    // of a template's query, up to its first value
	closed  bool      // that query has no value at all
	open    bool      // that query has the caller's own parameters
}

// piece is a part of a template.
type piece struct {
	kind  pieceKind
	raw   []byte // of fixed; of queried: what joins it to what stands before
	after []byte // of queried: what joins it to what stands behind
	at    int    // of held and remains: the segment of the caller's pattern
}

type pieceKind uint8

const (
	fixed   pieceKind = iota
	held              // {name}
	remains           // {**}: what /** has taken, with its slash
	whole             // {/}: the path, without what strip_prefix cuts
	queried           // {?}: the caller's query
)

// AppendPath appends the path for the upstream. Values pass as they came, byte for byte.
func (w *Rewrite) AppendPath(dst, path []byte) []byte {
	start := len(dst)
	dst, path = append(dst, w.prefix...), rooted(path)
	if w.path == nil {
		dst = append(dst, path[segmentAt(path, w.cut):]...)
	}
	for i := range w.path {
		dst = append(dst, w.piece(&w.path[i], path)...)
	}
	if len(dst) == start {
		dst = append(dst, '/')
	}
	return dst
}

// piece is what a part of a template stands for, raw; of fixed ones nothing is borrowed.
func (w *Rewrite) piece(p *piece, path []byte) []byte {
	if p.kind == fixed {
		return p.raw
	}
	if p.kind == whole {
		return path[segmentAt(path, w.cut):]
	}
	at := segmentAt(path, p.at)
	if p.kind == remains || at == len(path) {
		return path[at:]
	}
	seg, _ := cutSegment(path, at)
	s := &w.pattern[p.at]
	from, to := cutBefore(seg, s.before), cutAfter(seg, s.after)
	if from < 0 || to < from { // no call that the pattern has taken
		return nil
	}
	return seg[from:to]
}

// AppendQuery appends the query that the template makes, "" for none. What a value holds cannot end its parameter. The caller's query is in two parts.
func (w *Rewrite) AppendQuery(dst, path, query, more []byte) []byte {
	path = rooted(path)
	for i := range w.query {
		switch p := &w.query[i]; p.kind {
		case fixed:
			dst = append(dst, p.raw...)
		case queried:
			if len(query)+len(more) > 0 {
				dst = append(append(append(append(dst, p.raw...), query...), more...), p.after...)
			}
		case remains:
			dst = appendParameter(dst, bytes.TrimPrefix(w.piece(p, path), root))
		default:
			dst = appendParameter(dst, w.piece(p, path))
		}
	}
	return dst
}

// appendParameter appends raw bytes of a path where they are the value of a parameter.
func appendParameter(dst, raw []byte) []byte {
	const hex = "0123456789ABCDEF"
	for _, c := range raw {
		switch c {
		case '&', '+', ';', '=':
			dst = append(dst, '%', hex[c>>4], hex[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

// segmentAt is where segment n of a path begins: at its slash, or the path's end.
func segmentAt(path []byte, n int) int {
	at := 0
	for ; n > 0 && at < len(path); n-- {
		_, at = cutSegment(path, at)
	}
	return at
}

// twists counts what can be read as another path behind us: empty segments, dot segments, slashes and backslashes in escapes, and backslashes.
type twists [4]int

func twistsOf(path []byte) (n twists) {
	for i := suspicion(path, 0); i >= 0; i = suspicion(path, i+1) {
		if at := twistAt(path, i); at >= 0 {
			n[at]++
		}
	}
	return n
}

// twistAt is which of twists stands at path[i], -1 for none.
func twistAt(path []byte, i int) int {
	switch c, _ := ascii.Unescape(path[i:]); {
	case path[i] == '/' && i+1 < len(path) && path[i+1] == '/':
		return 0
	case path[i] == '/' && isTwist(path, i):
		return 1
	case path[i] == '%' && c == '/':
		return 2
	case path[i] == '%' && c == '\\', path[i] == '\\':
		return 3
	}
	return -1
}

func isTwist(path []byte, i int) bool {
	f, _ := pathView{path: path}.at(i)
	return f.Bad()
}

// Check finds what a rewritten path has that its template lacks: "//", a dot segment, a slash or a backslash in an escape, or dot segments that lead out of the
// template's own beginning for who undoes escapes more than once. No tolerance lets that pass, since
// the path is ours and nobody has sent it. Where the caller's own path has the fault it is told there, and else at the path's beginning.
func (w *Rewrite) Check(caller, rewritten []byte) URLFault {
	if at := climbing(caller); at >= 0 && climbs(rewritten, w.floor) {
		_, size := first(caller[at:])
		return URLFault{Detail: problem.DetailDotSegment, Part: "path", At: at + 1, Excerpt: caller[at : at+size]}
	}
	if suspicion(rewritten, 0) < 0 {
		return URLFault{}
	}
	n := twistsOf(rewritten)
	for i, own := range w.own {
		if n[i] > own {
			return w.misfit(caller, rewritten)
		}
	}
	return URLFault{}
}

// misfit is the fault of a caller's path of which no path for the upstream can be made.
func (w *Rewrite) misfit(caller, rewritten []byte) URLFault {
	if f := firstTwist(caller); f.Bad() {
		return f
	}
	f := firstTwist(rewritten) // which is made of values that are harmless by themselves
	f.At = max(0, bytes.Index(caller, f.Excerpt)) + 1
	return f
}

func firstTwist(path []byte) URLFault {
	for i := suspicion(path, 0); i >= 0; i = suspicion(path, i+1) {
		switch f, _ := (pathView{path: path}).at(i); f.Detail {
		case problem.DetailEmptySegment, problem.DetailDotSegment, problem.DetailEncodedSlash, problem.DetailEncodedBackslash, problem.DetailBackslash:
			f.Part, f.At = "path", f.At+i+1
			return f
		default: // what a tolerance has let pass
		}
	}
	return URLFault{}
}
