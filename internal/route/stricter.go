package route

import "math/bits"

// Stricter is a route that asks for a credential, a scope or a product more than the one that has taken a call, and that the call's path belongs to as some
// careless reader sees it, whatever the method: an upstream that reads so would do what that route protects. It is also one whose path takes no such method, or
// that looks at something which the one that has taken the call does not. Nil if there is none. Only patterns with a wildcard
// are looked at, and routes of another API: what a literal names was meant. Where the path leads out of its pattern to a reader, and no route is there, or where
// it can be read in more ways than can be looked at, the route is one that IsNowhere. path is that which the upstream gets: where a route's is rewritten, what it
// becomes is what belongs to it. CheckURL has been asked before. The scratch is used and given back.
func (t *Table) Stricter(host, path []byte, m *Match, scratch []byte) (*Route, []byte) {
	l := m.leaf
	if m.Route == nil || l.guard == unguarded || m.Route.API.Unguarded {
		return nil, scratch
	}
	look, also, least := lookup{m: m}, reader(0), everything
	if m.Tolerated&inPath != 0 {
		also, look.strays = doubts(path), m.Route.Modes[CheckPath] == Enforce && leadsUp(path)
	}
	switch {
	case twisted(path):
		least = 0
	case also == 0 && l.guard == ifTwisted:
		return nil, scratch
	}
	if also != 0 && tooMany(also, least, len(path)) {
		return &nowhere, scratch
	}
	if look.tries[0] = m.Route.hosted; look.tries[0] == nil {
		t.hosts(host, &look.tries)
	}
	for r := also; ; r = (r - 1) & also {
		var s *Route
		if s, scratch = look.each(rooted(path), r, least, scratch); s != nil || r == 0 {
			return s, scratch
		}
	}
}

// nowhere stands for what no route is.
var nowhere Route

// IsNowhere reports whether r stands for a place where no route is: see Stricter.
func (r *Route) IsNowhere() bool { return r == &nowhere }

// mostRead bounds what one path is read for, in bytes, each reading being a hundred more. Whoever sends a path that can be read in more ways means no good.
const mostRead = 128 << 10

func tooMany(also, least reader, size int) bool {
	readings := 1
	if least == 0 {
		readings = int(everything) + 1
	}
	return (readings<<bits.OnesCount16(uint16(also)))*(size+100) > max(mostRead, readings*(size+100))
}

// lookup looks a path up as readers see it.
type lookup struct {
	m      *Match
	tries  [3]*node
	strays bool // the path may lead out of its pattern: then a route must be where it leads
}

// each looks at the path as it is seen by readers that do what is in also, and anything from least to everything.
func (l *lookup) each(path []byte, also, least reader, scratch []byte) (*Route, []byte) {
	for r := everything; ; r-- {
		scratch = canonical(scratch[:0], path, r|also)
		if s := l.in(scratch); s != nil || r == least {
			return s, scratch
		}
	}
}

// in looks a canonical path up in the tries of a host: the first with a base that keeps the path has the say.
func (l *lookup) in(path []byte) *Route {
	for _, trie := range &l.tries {
		if trie == nil || trie.folds[l.m.Route.Site] == nil {
			continue
		}
		if s, kept := l.stricter(trie.folds[l.m.Route.Site], path); kept {
			return s
		}
	}
	return l.astray()
}

// stricter finds what would have a canonical path. It reports whether some base keeps the path.
func (l *lookup) stricter(f *foldedTable, path []byte) (s *Route, kept bool) {
	if f.flat {
		if end := f.root.find(path, 0); end != nil {
			kept = true
			if s = l.of(f.ends[end]); s != nil {
				return s, true
			}
		}
	}
	base, at := f.root.base(path)
	if base == nil {
		return nil, kept
	}
	if end := base.find(path, at); end != nil {
		return l.of(f.ends[end]), true
	}
	if s = f.keeps(base.group, l.m.Route); s != nil {
		return s, true
	}
	if kept {
		return nil, true
	}
	return l.astray(), true
}

// of finds what of the routes of one pattern is stricter.
func (l *lookup) of(all []folding) *Route {
	if s := stricterOf(all, l.m.Route); s != nil {
		return s
	}
	return checkedOf(all, l.m.Route, l.m.method)
}

// astray is what a reader finds where no route is.
func (l *lookup) astray() *Route {
	if l.strays {
		return &nowhere
	}
	return nil
}
