package route

import (
	"bytes"
	"slices"
	"strings"
)

// node is a place in the trie: what paths with the segments so far can go on with.
type node struct {
	at       segment // the last segment so far
	literals map[string]*node
	sorted   []*node // the literals by their text, for hints
	affixes  []*node // the more specific first
	value    *node
	end      *leaf // the path ends here
	tail     *leaf // /**
	seen     audience

	group *group // an API's base ends here
	bases bool   // a base ends somewhere below

	folds map[int]*foldedTable // of a root, by upstream: see Stricter
}

// group is the APIs of one base: together they keep the calls below it.
type group struct {
	api   *API // that of a call that finds no route: the first, or the first that asks for a credential
	least Credentials
	modes Modes
}

// find is the most specific leaf for path[at:], which is empty or begins with a slash; nil if nothing matches.
func (n *node) find(path []byte, at int) *leaf {
	if at == len(path) {
		if n.end != nil {
			return n.end
		}
		return n.tail
	}
	seg, next := cutSegment(path, at)
	if child := n.literal(seg); child != nil {
		if l := child.find(path, next); l != nil {
			return l
		}
	}
	for _, child := range n.affixes {
		if !child.at.holds(seg) {
			continue
		}
		if l := child.find(path, next); l != nil {
			return l
		}
	}
	if n.value != nil && len(seg) > 0 {
		if l := n.value.find(path, next); l != nil {
			return l
		}
	}
	return n.tail
}

// literal is the child for a raw segment.
func (n *node) literal(seg []byte) *node {
	if n.literals == nil {
		return nil
	}
	if bytes.IndexByte(seg, '%') < 0 {
		return n.literals[string(seg)]
	}
	var buf [maxLiteral]byte
	decoded, ok := decode(seg, &buf)
	if !ok {
		return nil
	}
	return n.literals[string(decoded)]
}

// holds reports whether an affixed segment matches a raw one: some value must be left between the literals.
func (s *segment) holds(seg []byte) bool {
	from := cutBefore(seg, s.before)
	return from >= 0 && cutAfter(seg, s.after) > from
}

// cutSegment is the raw segment after the slash at path[at], and where the path goes on.
func cutSegment(path []byte, at int) (seg []byte, next int) {
	rest := path[at+1:]
	if end := bytes.IndexByte(rest, '/'); end >= 0 {
		return rest[:end], at + 1 + end
	}
	return rest, len(path)
}

// grow is the node for the pattern, made if it is not there.
func (n *node) grow(pattern []segment) *node {
	for _, s := range pattern {
		n = n.child(s)
	}
	return n
}

func (n *node) child(s segment) *node {
	s = s.matches()
	switch s.kind {
	case literal:
		return n.growLiteral(s)
	case affixed:
		at, found := slices.BinarySearchFunc(n.affixes, s, func(c *node, s segment) int { return c.at.compare(s) })
		if !found {
			n.affixes = slices.Insert(n.affixes, at, &node{at: s})
		}
		return n.affixes[at]
	default:
		if n.value == nil {
			n.value = &node{at: s}
		}
		return n.value
	}
}

func (n *node) growLiteral(s segment) *node {
	if child := n.literals[s.before]; child != nil {
		return child
	}
	if n.literals == nil {
		n.literals = make(map[string]*node)
	}
	child := &node{at: s}
	n.literals[s.before] = child
	return child
}

// leafFor is the leaf of a pattern below n, made if it is not there.
func (n *node) leafFor(pattern []segment) *leaf {
	slot := n.slot(pattern)
	if *slot == nil {
		*slot = &leaf{pattern: pattern, least: Credentials{Need: Public}, accept: AcceptAll, modes: All(Off)}
	}
	return *slot
}

// slot is where the leaf of a pattern below n hangs.
func (n *node) slot(pattern []segment) **leaf {
	if last := len(pattern) - 1; last >= 0 && pattern[last].kind == tail {
		return &n.grow(pattern[:last]).tail
	}
	return &n.grow(pattern).end
}

// finish makes the trie below n ready: orders, and who may see what.
func (n *node) finish() {
	for _, l := range []*leaf{n.end, n.tail} {
		if l != nil {
			l.finish()
			n.seen.join(l.seen)
		}
	}
	for _, child := range n.literals {
		n.sorted = append(n.sorted, child)
	}
	slices.SortFunc(n.sorted, func(a, b *node) int { return strings.Compare(a.at.before, b.at.before) })
	for child := range n.children() {
		child.finish()
		n.seen.join(child.seen)
		n.bases = n.bases || child.group != nil || child.bases
	}
}

func (a *audience) join(o audience) {
	a.all = a.all || o.all
	a.products |= o.products
}

// children yields all children, the more specific first.
func (n *node) children() func(yield func(*node) bool) {
	return func(yield func(*node) bool) {
		for _, child := range n.sorted {
			if !yield(child) {
				return
			}
		}
		for _, child := range n.affixes {
			if !yield(child) {
				return
			}
		}
		if n.value != nil {
			yield(n.value)
		}
	}
}
