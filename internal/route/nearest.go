package route

import (
	"sort"
	"strings"

	"github.com/candor-gateway/candor/internal/access"
)

// What a hint may cost: so many candidates are compared, so many nodes looked at, and no path is compared that is longer.
const (
	maxCandidates = 64
	maxVisits     = 1024
	maxCompared   = 128
)

// Nearest is the pattern of a route like the path, of those that an app with these products may see; "" if none is like it. It is for answers: it
// compares at most 64 candidates, those first that the path leads to.
func (t *Table) Nearest(m *Match, path []byte, products access.ProductSet) string {
	path = rooted(path)
	if path[0] != '/' || len(path) > maxCompared {
		return ""
	}
	s := search{path: path, products: products, candidates: maxCandidates, visits: maxVisits, best: len(path) + maxCompared}
	for _, trie := range m.tries {
		if trie != nil {
			s.from(trie, 0)
		}
	}
	return s.found
}

// search is the state of one hint.
type search struct {
	path       []byte
	products   access.ProductSet
	candidates int // left
	visits     int // left
	best       int // the distance of found
	size       int // and how much of found is literal
	found      string
}

// from compares the candidates that the path leads to, then those around the place where it leaves what is visible, then those further up.
func (s *search) from(n *node, at int) {
	var onward *node
	if at < len(s.path) {
		seg, next := cutSegment(s.path, at)
		if onward = s.onward(n, seg); onward != nil {
			s.from(onward, next)
		}
	}
	s.below(n, onward, at, s.candidates)
}

// onward is the visible child to which a segment leads.
func (s *search) onward(n *node, seg []byte) *node {
	if child := n.literal(seg); child != nil && child.seen.includes(s.products) {
		return child
	}
	for _, child := range n.affixes {
		if child.seen.includes(s.products) && child.at.holds(seg) {
			return child
		}
	}
	if n.value != nil && len(seg) > 0 && n.value.seen.includes(s.products) {
		return n.value
	}
	return nil
}

// below compares at most share candidates at and below n, but not those below the child except, and returns how many it has compared. No child of
// several takes more than a quarter, so that a large neighbour leaves room for the others.
func (s *search) below(n, except *node, at, share int) (used int) {
	if s.visits--; s.visits < 0 {
		return 0
	}
	used = s.compare(n.end) + s.compare(n.tail)
	var seg []byte
	next := len(s.path)
	if at < len(s.path) {
		seg, next = cutSegment(s.path, at)
	}
	each := max(1, share/4)
	if len(n.sorted)+len(n.affixes) <= 1 {
		each = share
	}
	visit := func(child *node) {
		left := min(each, share-used, s.candidates)
		if child != except && left > 0 && child.seen.includes(s.products) {
			used += s.below(child, nil, next, left)
		}
	}
	for _, child := range n.affixes {
		visit(child)
	}
	if n.value != nil {
		visit(n.value)
	}
	// The literals nearest to the segment in the order of their text begin as it does.
	up := sort.Search(len(n.sorted), func(i int) bool { return n.sorted[i].at.before >= string(seg) })
	for down := up - 1; down >= 0 || up < len(n.sorted); down, up = down-1, up+1 {
		if used >= share || s.candidates == 0 || s.visits <= 0 {
			return used
		}
		if up < len(n.sorted) {
			visit(n.sorted[up])
		}
		if down >= 0 {
			visit(n.sorted[down])
		}
		s.visits--
	}
	return used
}

// compare measures one candidate and returns 1 if there was one.
func (s *search) compare(l *leaf) int {
	if l == nil || s.candidates == 0 {
		return 0
	}
	pattern := l.visible(s.products)
	if pattern == "" {
		return 0
	}
	s.candidates--
	d, size := distance(s.path, pattern, s.best+1)
	if len(s.path) == len(pattern)+1 && s.path[len(pattern)] == '/' && string(s.path[:len(pattern)]) == pattern {
		d = 0 // only a slash at the end is too much
	}
	if !alike(s.path, pattern, d, size) {
		return 1
	}
	if d < s.best || d == s.best && size > s.size {
		s.best, s.size, s.found = d, size, pattern
	}
	return 1
}

// alike reports whether a pattern at distance d, with size bytes that are no values, is what a path may have meant: a hint that leads elsewhere is worse than
// none. At most a third differs; or the one is the other without its beginning (a base left out, or doubled), or cut off within its last segment.
func alike(path []byte, pattern string, d, size int) bool {
	switch more := len(pattern) - len(path); {
	case 3*d <= size:
		return true
	case more >= 0 && pattern[more:] == string(path), more < 0 && string(path[-more:]) == pattern:
		return len(path) > 1 && len(pattern) > 1
	default:
		last := strings.LastIndexByte(pattern, '/') + 1
		return more >= 0 && pattern[:len(path)] == string(path) && 3*(len(path)-last) >= len(pattern)-last
	}
}

// distance is how many bytes must be changed, left out or put in to make a path of the pattern out of path; a value costs nothing, and neither does what
// /** takes. size is the pattern's without its values. It stops early where the distance is no less than limit.
func distance(path []byte, pattern string, limit int) (d, size int) {
	var row [maxCompared + 1]int
	for j := range row {
		row[j] = j
	}
	for i := 0; i < len(pattern); i++ {
		c := pattern[i]
		switch {
		case c == '{':
			i += closing(pattern[i:])
			fillValue(row[:len(path)+1], path)
			continue
		case c == '/' && pattern[i:] == "/**":
			return leastAtEnds(row[:len(path)+1], path), size
		}
		size++
		if literalStep(row[:len(path)+1], path, c) >= limit {
			return limit, size
		}
	}
	return row[len(path)], size
}

// never is more than any distance.
const never = 1 << 30

// leastAtEnds is the least of those distances after which a segment ends: there /** takes the rest.
func leastAtEnds(row []int, path []byte) int {
	least := row[len(path)]
	for j, c := range path {
		if c == '/' {
			least = min(least, row[j])
		}
	}
	return least
}

// literalStep makes the next row for a literal byte and returns its least.
func literalStep(row []int, path []byte, c byte) int {
	diagonal := row[0]
	row[0]++
	least := row[0]
	for j := 1; j < len(row); j++ {
		change := diagonal
		if path[j-1] != c {
			change++
		}
		diagonal = row[j]
		row[j] = min(change, row[j]+1, row[j-1]+1)
		least = min(least, row[j])
	}
	return least
}

// fillValue makes the next row for a value: it takes one byte or more of one segment, or is left out at the price of one.
func fillValue(row []int, path []byte) {
	diagonal, taking := row[0], never
	row[0]++
	for j := 1; j < len(row); j++ {
		before := row[j]
		row[j] = min(before, row[j-1]) + 1
		if taking = min(taking, diagonal); path[j-1] == '/' {
			taking = never
		}
		row[j] = min(row[j], taking)
		diagonal = before
	}
}

// closing is where the brace closes with which s begins.
func closing(s string) int {
	for i := range len(s) {
		if s[i] == '}' {
			return i
		}
	}
	return len(s) - 1
}
