package route

import (
	"bytes"

	"github.com/candor-gateway/candor/internal/access"
)

// Missing is the first segment at which the path leaves what an app with these products may see: raw bytes of path. If the path ends before any route
// does, that is its last segment. An empty segment, as a final slash makes one, is told with the segment before it: "me/".
func (t *Table) Missing(m *Match, path []byte, products access.ProductSet) (word []byte) {
	path = rooted(path)
	if path[0] != '/' {
		return path
	}
	at := 0
	for _, trie := range m.tries {
		if trie != nil {
			at = max(at, trie.deepest(path, 0, products))
		}
	}
	if at == len(path) {
		at = bytes.LastIndexByte(path, '/')
	}
	seg, next := cutSegment(path, at)
	if len(seg) == 0 {
		return path[1+bytes.LastIndexByte(path[:at], '/') : min(next, at+1)]
	}
	return seg
}

// deepest is how far a path can be followed, from path[at:] on, along nodes that lead to a visible route. Where /** takes the rest it counts for nothing:
// what it takes is not known by name.
func (n *node) deepest(path []byte, at int, products access.ProductSet) int {
	if at == len(path) {
		return at
	}
	far := at
	seg, next := cutSegment(path, at)
	if child := n.literal(seg); child != nil && child.seen.includes(products) {
		far = child.deepest(path, next, products)
	}
	for _, child := range n.affixes {
		if far < len(path) && child.seen.includes(products) && child.at.holds(seg) {
			far = max(far, child.deepest(path, next, products))
		}
	}
	if n.value != nil && len(seg) > 0 && far < len(path) && n.value.seen.includes(products) {
		far = max(far, n.value.deepest(path, next, products))
	}
	return far
}
