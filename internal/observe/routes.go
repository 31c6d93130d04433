package observe

import (
	"bytes"
	"hash/maphash"
	"slices"
	"strings"

	"github.com/candor-gateway/candor/internal/accesslog"
)

// The bounds of what is remembered of paths, whatever comes.
const (
	maxNodes    = 10_000 // of paths and methods
	maxLiterals = 64     // words at one place: more of them are values
	maxSegments = 32
	maxCompared = 500 // paths that one that is unknown is compared with
)

// routes are the paths that were good: a trie of their segments, in which what looks like a value stands for all values.
type routes struct {
	root  node
	nodes int
	near  map[string]nearest
	seed  maphash.Seed
	known []*node // that have a good call, in the order in which they came
}

// node is a place in the trie. Its pattern is the path up to there.
type node struct {
	pattern  string
	literals map[string]*node
	value    *node
	methods  []*seen
	passage  passage // of good calls
	values   values  // that stood here, where the place is that of a value
}

// seen is what was seen of a method of a path.
type seen struct {
	method         string
	good           int
	authorized     int // of the good ones
	cookies        int // likewise
	calls          int
	total, slowest int64 // µs up to the first byte
}

// route is what is known of where a call went.
type route struct {
	all     *routes
	pattern string // of the call's path, as it would be remembered
	at      *node  // nil: nothing was good there
	here    *seen  // of its method; nil: nothing
}

// value stands for all segments that are no words.
const value = "{id}"

// segmentsOf are the segments of the path of a target.
func segmentsOf(target []byte) [][]byte {
	path, _, _ := bytes.Cut(target, []byte{'?'})
	if _, after, whole := bytes.Cut(path, []byte("://")); whole && path[0] != '/' { // a target that names the server
		at := bytes.IndexByte(after, '/')
		path = after[max(at, 0):]
	}
	path = bytes.TrimPrefix(path, []byte{'/'})
	all := bytes.SplitN(path, []byte{'/'}, maxSegments+1)
	return all[:min(len(all), maxSegments)]
}

// find is what is known of a call's path.
func (t *routes) find(e *accesslog.Entry) route {
	r := route{all: t, pattern: string(e.Target)}
	if len(e.Target) == 0 || e.Target[0] == '*' {
		return r
	}
	n := &t.root
	var pattern strings.Builder
	for _, s := range segmentsOf(e.Target) {
		text := value
		if isWord(s) {
			text = string(s)
		}
		pattern.WriteString("/" + text)
		if n != nil {
			n = n.next(s)
		}
	}
	r.pattern, r.at = pattern.String(), n
	if n != nil {
		if len(n.methods) > 0 {
			r.pattern = n.pattern
		}
		r.here = n.method(e.Method)
	}
	return r
}

// connectionOf is the number of the client's connection.
func connectionOf(e *accesslog.Entry) uint32 {
	if e.Seen == nil {
		return 0
	}
	return e.Seen.Connection
}

// next is the place behind a segment; nil: none.
func (n *node) next(segment []byte) *node {
	if isWord(segment) {
		if to := n.literals[string(segment)]; to != nil {
			return to
		}
	}
	return n.value
}

func (n *node) method(method []byte) *seen {
	for _, s := range n.methods {
		if s.method == string(method) {
			return s
		}
	}
	return nil
}

// good remembers a good call.
func (t *routes) good(e *accesslog.Entry) {
	if e.Status == 0 || e.Status >= 400 || len(e.Target) == 0 || e.Target[0] == '*' {
		return
	}
	n := &t.root
	for _, s := range segmentsOf(e.Target) {
		if n = t.grow(n, s); n == nil {
			return
		}
		n.passage.note(connectionOf(e))
		if !isWord(s) || n.pattern[len(n.pattern)-1] == '}' {
			n.values.note(t.seed, s)
		}
	}
	s := n.method(e.Method)
	if s == nil {
		if s = t.newMethod(n, e.Method); s == nil {
			return
		}
	}
	s.good++
	if e.Seen != nil && e.Seen.Authorization != nil {
		s.authorized++
	}
	if e.Seen != nil && e.Seen.Cookie {
		s.cookies++
	}
	s.time(e)
}

// time notes how long the answer took to begin.
func (s *seen) time(e *accesslog.Entry) {
	took := e.Stations.FirstByte - e.Stations.Admit
	s.calls++
	s.total += took
	s.slowest = max(s.slowest, took)
}

// grow is the place behind a segment, which is made where there is room; nil: there is none.
func (t *routes) grow(n *node, segment []byte) *node {
	word := isWord(segment)
	if word {
		if to := n.literals[string(segment)]; to != nil {
			return to
		}
		word = len(n.literals) < maxLiterals
	}
	if !word && n.value != nil {
		return n.value
	}
	if t.nodes == maxNodes {
		return nil
	}
	t.nodes++
	if !word {
		n.value = &node{pattern: n.pattern + "/" + value}
		return n.value
	}
	if n.literals == nil {
		n.literals = map[string]*node{}
	}
	to := &node{pattern: n.pattern + "/" + string(segment)}
	n.literals[string(segment)] = to
	return to
}

func (t *routes) newMethod(n *node, method []byte) *seen {
	if t.nodes == maxNodes || len(method) > maxMethod {
		return nil
	}
	t.nodes++
	if len(n.methods) == 0 {
		t.known = append(t.known, n)
	}
	s := &seen{method: string(method)}
	n.methods = append(n.methods, s)
	return s
}

// isWord reports whether a segment is one that a path has by itself, and no value: letters with points and dashes, at most two digits behind them, or a
// version. An empty one, behind a final slash, is one too.
func isWord(s []byte) bool {
	switch {
	case len(s) == 0:
		return true
	case len(s) > 32:
		return false
	case isVersion(s):
		return true
	}
	if s[0] == '.' || s[0] == '_' {
		s = s[1:]
	}
	digits := len(s)
	for digits > 0 && s[digits-1] >= '0' && s[digits-1] <= '9' {
		digits--
	}
	return digits > 0 && len(s)-digits <= 2 && isLetter(s[0]) && lettersOnly(s[:digits])
}

// maxRun is how many letters stand in a row in a word of a path.
const maxRun = 20

func lettersOnly(s []byte) bool {
	run := 0
	for _, c := range s {
		switch {
		case isLetter(c):
			run++
		case c == '.' || c == '_' || c == '-':
			run = 0
		default:
			return false
		}
		if run > maxRun {
			return false
		}
	}
	return true
}

func isVersion(s []byte) bool {
	return len(s) > 1 && s[0] == 'v' && len(bytes.Trim(s[1:], "0123456789.")) == 0
}

func isLetter(c byte) bool { c |= 0x20; return c >= 'a' && c <= 'z' }

// goodWith is how many good calls of the route had a credential; 0 where good ones came without.
func (r *route) goodWith() int {
	if r.here == nil || r.here.authorized < r.here.good {
		return 0
	}
	return r.here.authorized
}

// goodWithCookie is how many good calls of the route had a cookie; 0 where good ones came without.
func (r *route) goodWithCookie() int {
	if r.here == nil || r.here.cookies < r.here.good {
		return 0
	}
	return r.here.cookies
}

// slowest are the routes that took longest to begin an answer, at least this long.
func (t *routes) slowest(least int64, most int) (all []slowRoute) {
	for _, n := range t.known {
		for _, s := range n.methods {
			if s.slowest >= least {
				all = append(all, slowRoute{Route: s.method + " " + n.pattern, Calls: s.calls, Slowest: s.slowest / 1e3, Mean: s.total / int64(s.calls) / 1e3})
			}
		}
	}
	slices.SortStableFunc(all, func(a, b slowRoute) int { return int(b.Slowest - a.Slowest) })
	return all[:min(len(all), most)]
}
