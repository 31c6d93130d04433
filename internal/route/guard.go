package route

import (
	"slices"
	"strings"

	"github.com/candor-gateway/candor/internal/access"
)

// guarding says when the path of a call that a leaf has taken is matched once more.
type guarding uint8

const (
	unguarded guarding = iota
	ifTwisted          // a stricter route of the same upstream is elsewhere: only a path that leads out of its pattern can reach it
	always             // another spelling of what the pattern matches is a stricter route
)

// foldedTable is the routes of one trie that go to one upstream, by the canonical form of their patterns.
type foldedTable struct {
	root *node
	ends map[*leaf][]folding
	kept map[*group][]*Route // whose paths a base keeps, also those that no route takes: a route of each kind
}

// folding is a route with the leaf that it has in the table itself.
type folding struct {
	route *Route
	leaf  *leaf
}

func stricterOf(all []folding, r *Route, l *leaf) *Route {
	for _, s := range all {
		if s.couldHave(r, l) && s.route.asksMore(r) {
			return s.route
		}
	}
	return nil
}

// couldHave reports whether another spelling of what r of the leaf has taken can be the folded route's: what a literal of its own API names was meant.
func (s *folding) couldHave(r *Route, l *leaf) bool {
	return s.leaf != l && (l.wild || s.route.API != r.API)
}

// keeps: a path that only another API could have, and that no route of it takes, is not reached by another spelling either, if something there is stricter.
// So it is not told apart from the paths that are there, hidden ones among them.
func (f *foldedTable) keeps(g *group, r *Route) *Route {
	var stricter *Route
	for _, s := range f.kept[g] {
		if s.API == r.API {
			return nil
		}
		if stricter == nil && s.asksMore(r) {
			stricter = s
		}
	}
	return stricter
}

// asksMore reports whether a caller may be let through by r and not by s.
func (s *Route) asksMore(r *Route) bool {
	switch {
	case s.Credentials.Need != Required:
		return false
	case r.Credentials.Need != Required, !s.Credentials.Kinds.ContainsAll(r.Credentials.Kinds):
		return true
	case s.Products != 0 && (r.Products == 0 || !s.Products.ContainsAll(r.Products)):
		return true
	case len(r.Scopes) == 0:
		return len(s.Scopes) > 0
	}
	return slices.ContainsFunc(r.Scopes, func(granted access.ScopeSet) bool { return !access.Satisfied(s.Scopes, granted) })
}

// guard builds the folded tables, where some route could be reached by another spelling that a weaker one takes.
func (b *builder) guard() {
	all := map[int][]*Route{}
	for _, p := range b.pending {
		all[p.route.Site] = addKind(all[p.route.Site], p.route)
	}
	for upstream, kinds := range all {
		tolerant := slices.ContainsFunc(b.pending, func(p *planned) bool { return p.route.Site == upstream && p.route.Accept&inPath != 0 })
		if (len(kinds) > 1 || tolerant) && !b.guardUpstream(upstream, kinds) {
			for trie := range b.tries() {
				delete(trie.folds, upstream)
			}
		}
		asked := slices.ContainsFunc(kinds, func(r *Route) bool { return r.Credentials.Need != Public })
		for _, p := range b.pending {
			p.route.PathIsFinal = p.route.PathIsFinal || asked && p.route.Site == upstream
		}
	}
}

// addKind adds a route unless one is there that asks for the same.
func addKind(kinds []*Route, r *Route) []*Route {
	same := func(s *Route) bool {
		return s.API == r.API && !s.asksMore(r) && !r.asksMore(s) && s.Credentials == r.Credentials
	}
	if slices.ContainsFunc(kinds, same) {
		return kinds
	}
	return append(kinds, r)
}

// guardUpstream folds the routes to one upstream, and reports whether any leaf needs that.
func (b *builder) guardUpstream(upstream int, kinds []*Route) (needed bool) {
	for _, p := range b.pending {
		if p.route.Site == upstream {
			for _, host := range p.hosts {
				b.fold(host, upstream, p)
			}
		}
	}
	for trie := range b.tries() {
		if f := trie.folds[upstream]; f != nil {
			f.root.finish()
		}
	}
	for _, p := range b.pending {
		if p.route.Site != upstream || p.route.Accept&inPath == 0 && !slices.ContainsFunc(kinds, func(s *Route) bool { return s.asksMore(p.route) }) {
			continue
		}
		for _, host := range p.hosts {
			needed = b.guardLeaf(host, upstream, p) || needed
		}
	}
	return needed
}

// fold puts a route into the folded table of its upstream.
func (b *builder) fold(host string, upstream int, p *planned) {
	trie := b.trie(host)
	if trie.folds == nil {
		trie.folds = map[int]*foldedTable{}
	}
	f := trie.folds[upstream]
	if f == nil {
		f = &foldedTable{root: &node{}, ends: map[*leaf][]folding{}, kept: map[*group][]*Route{}}
		trie.folds[upstream] = f
	}
	base := f.root.grow(folded(p.base))
	if base.group == nil {
		base.group = &group{api: p.route.API}
	}
	f.kept[base.group] = addKind(f.kept[base.group], p.route)
	l := base.leafFor(folded(p.path))
	f.ends[l] = append(f.ends[l], folding{p.route, p.leaf(trie)})
}

// leaf is that of the route in the table itself.
func (p *planned) leaf(trie *node) *leaf { return trie.grow(p.base).leafFor(p.path) }

// guardLeaf says when the calls of a route's leaf are looked at, and reports whether they ever are.
func (b *builder) guardLeaf(host string, upstream int, p *planned) bool {
	l := p.leaf(b.trie(host))
	l.wild = slices.ContainsFunc(p.path, func(s segment) bool { return s.kind != literal })
	guard := unguarded
	if l.wild {
		guard = ifTwisted
	}
	w := &reach{route: p.route, leaf: l}
	for name, other := range b.triesByHost() {
		if f := other.folds[upstream]; f != nil && mayShare(host, name) && w.from(f, f.root, folded(slices.Concat(p.base, p.path))) {
			guard = always
		}
	}
	l.guard = max(l.guard, guard)
	return l.guard != unguarded
}

// mayShare reports whether a call of one host can come to two tries, by the keys of both.
func mayShare(a, b string) bool {
	return a == b || a == "" || b == "" || strings.HasPrefix(a, ".") != strings.HasPrefix(b, ".")
}

// reach looks for a stricter route that a pattern reaches by another spelling of what it matches.
type reach struct {
	route *Route
	leaf  *leaf
}

// from follows a folded pattern from a node on, for paths that are not twisted: no value of theirs is nothing. Where it is not sure it says yes: the call itself
// is judged exactly.
func (w *reach) from(f *foldedTable, n *node, pattern []segment) bool {
	if w.ends(f, n.tail) || n.group != nil && f.keeps(n.group, w.route) != nil {
		return true
	}
	if len(pattern) == 0 {
		return w.ends(f, n.end)
	}
	s, rest := pattern[0], pattern[1:]
	if s.kind == tail {
		return w.below(f, n)
	}
	if s.kind == literal {
		child := n.literals[s.before]
		return child != nil && w.from(f, child, rest) || w.fromAny(f, n.affixes, pattern) || n.value != nil && w.from(f, n.value, rest)
	}
	return w.fromAny(f, n.sorted, pattern) || w.fromAny(f, n.affixes, pattern) || n.value != nil && w.from(f, n.value, rest)
}

// fromAny follows a pattern to those of some children that its first segment can meet.
func (w *reach) fromAny(f *foldedTable, children []*node, pattern []segment) bool {
	return slices.ContainsFunc(children, func(child *node) bool { return pattern[0].meets(child.at) && w.from(f, child, pattern[1:]) })
}

func (w *reach) ends(f *foldedTable, l *leaf) bool {
	return l != nil && stricterOf(f.ends[l], w.route, w.leaf) != nil
}

// below looks at everything from a node on.
func (w *reach) below(f *foldedTable, n *node) bool {
	if w.ends(f, n.end) || w.ends(f, n.tail) || n.group != nil && f.keeps(n.group, w.route) != nil {
		return true
	}
	for child := range n.children() {
		if w.below(f, child) {
			return true
		}
	}
	return false
}

// meets reports whether two folded segments can match the same. What follows a value may be cut off with it.
func (s segment) meets(o segment) bool {
	switch {
	case s.kind == value:
		return true
	case s.kind == literal:
		return strings.HasPrefix(s.before, o.before)
	case o.kind == literal:
		return strings.HasPrefix(o.before, string(trimEnd([]byte(s.before), true)))
	}
	return strings.HasPrefix(s.before, o.before) || strings.HasPrefix(o.before, s.before)
}
