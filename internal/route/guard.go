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
	flat bool                // some paths are rewritten: a base does not keep those that come to it so
}

func stricterOf(all []folding, r *Route) *Route {
	for _, s := range all {
		if s.couldHave(r) && s.route.asksMore(r) {
			return s.route
		}
	}
	return nil
}

// couldHave reports whether another spelling of what r has taken can be the folded route's: what a literal of its own API names was meant.
func (s *folding) couldHave(r *Route) bool {
	return s.route.door != r.door && (r.wild || s.route.API != r.API) && !apart(s.route.Rewrite, r.Rewrite)
}

// apart reports whether no call of template a comes to the query of a stricter one, b: what a value holds cannot end its parameter. Where callers have their own
// parameters in it they can say one of the template's twice, and many servers take the last.
func apart(b, a *Rewrite) bool {
	switch {
	case a == nil || b == nil || !a.Query || !b.Query || a.open:
		return false
	case a.closed && b.closed:
		return a.head != b.head
	case a.closed:
		return !strings.HasPrefix(a.head, b.head)
	case b.closed:
		return !strings.HasPrefix(b.head, a.head)
	}
	return !strings.HasPrefix(a.head, b.head) && !strings.HasPrefix(b.head, a.head)
}

// keeps: a path that only another API could have, and that no route of it takes, is not reached by another spelling either, if something there is stricter, or
// that API refuses what it does not know. So it is not told apart from the paths that are there, hidden ones among them.
func (f *foldedTable) keeps(g *group, r *Route) *Route {
	var stricter, listed *Route
	for _, s := range f.kept[g] {
		switch {
		case s.API == r.API:
			return nil
		case stricter == nil && s.asksMore(r):
			stricter = s
		case listed == nil && s.API.Modes[CheckPath] == Enforce:
			listed = s
		}
	}
	if stricter == nil {
		return listed
	}
	return stricter
}

// asksMore reports whether a caller may be let through by r and not by s.
func (s *Route) asksMore(r *Route) bool {
	switch {
	case s.enforcesMore(r):
		return true
	case !s.Enforces():
		return false
	case !r.Enforces(), !s.Credentials.takesAll(r.Credentials):
		return true
	}
	asked, of := s.asks()
	have, from := r.asks()
	switch {
	case s.Modes[CheckPermission] == Enforce && r.Modes[CheckPermission] != Enforce: // it refuses disabled apps, too
		return true
	case of != 0 && (from == 0 || !of.ContainsAll(from)):
		return true
	case len(have) == 0:
		return len(asked) > 0
	}
	return slices.ContainsFunc(have, func(granted access.ScopeSet) bool { return !access.Satisfied(asked, granted) })
}

// enforcesMore reports whether s enforces a check, beside those of the caller, that r only observes or does without.
func (s *Route) enforcesMore(r *Route) bool {
	for c, has := range [CheckCount]bool{
		CheckMethod:    s.Listed,
		CheckVersion:   s.Version != nil,
		CheckLength:    s.Body.LengthRequired || s.Body.Max > 0 && s.Body.Max < r.Body.Max,
		CheckMediaType: len(s.Body.Types) > 0,
		CheckQuota:     s.QuotaName != "",
		CheckBody:      s.Body.CheckJSON,
	} {
		if has && s.Modes[c] == Enforce && r.Modes[c] != Enforce {
			return true
		}
	}
	return false
}

// guard builds the folded tables, where some route could be reached by another spelling that a weaker one takes.
func (b *builder) guard() {
	all, sites := map[int][]*Route{}, map[int][]*planned{}
	for _, p := range b.pending {
		site := p.route.Site
		all[site], sites[site] = addKind(all[site], p.route), append(sites[site], p)
	}
	for site, kinds := range all {
		checks := slices.ContainsFunc(sites[site], func(p *planned) bool { return p.checksUnlike(sites[site][0]) })
		tolerant := slices.ContainsFunc(sites[site], func(p *planned) bool { return p.route.Accept&inPath != 0 })
		if len(kinds) > 1 || checks || tolerant {
			b.guardSite(&siteGuard{site: site, kinds: kinds, checks: checks, routes: sites[site], hosted: map[string]*node{}})
		}
		asked := slices.ContainsFunc(kinds, func(s *Route) bool {
			return s.Credentials.Need != Public && s.Modes[CheckCredential] == Enforce || slices.ContainsFunc(kinds, s.enforcesMore)
		})
		if asked {
			for _, p := range sites[site] {
				p.route.PathIsFinal = true
			}
		}
		b.warnUnguarded(site, kinds)
	}
}

// folding is a route with the leaf that it has in the table itself.
type folding struct {
	route *Route
	leaf  *leaf
}

// addKind adds a route unless one is there that asks for the same.
func addKind(kinds []*Route, r *Route) []*Route {
	same := func(s *Route) bool {
		return s.API == r.API && !s.asksMore(r) && !r.asksMore(s) && s.Credentials == r.Credentials && s.Modes[CheckCredential] == r.Modes[CheckCredential]
	}
	if slices.ContainsFunc(kinds, same) {
		return kinds
	}
	return append(kinds, r)
}

// siteGuard is the routes of one place behind us, while their folded tables are built.
type siteGuard struct {
	site   int
	kinds  []*Route
	checks bool // some route refuses calls, for what they are, that another one takes
	routes []*planned
	hosted map[string]*node // tries of routes whose upstream gets a Host of its own, by that
}

// guardSite folds the routes to one place, and forgets that where no leaf needs it.
func (b *builder) guardSite(g *siteGuard) {
	flat := slices.ContainsFunc(g.routes, func(p *planned) bool { return p.route.Rewrite != nil })
	for _, p := range g.routes {
		if p.sentHost != "" && g.hosted[p.sentHost] == nil {
			g.hosted[p.sentHost] = &node{}
		}
	}
	for _, p := range g.routes {
		for trie := range b.met(g, p) {
			trie.fold(g.site, p, p.leaf(b.trie(p.hosts[0])), flat)
		}
	}
	needed := false
	for trie := range b.folding(g) {
		trie.folds[g.site].root.finish()
	}
	for _, p := range g.routes {
		if g.checks || p.route.Accept&inPath != 0 || slices.ContainsFunc(g.kinds, func(s *Route) bool { return s.asksMore(p.route) }) {
			needed = b.guardRoute(g, p) || needed
		}
	}
	if needed {
		return
	}
	for trie := range b.folding(g) {
		delete(trie.folds, g.site)
	}
}

// folding yields the tries that have a folded table of a place.
func (b *builder) folding(g *siteGuard) func(yield func(*node) bool) {
	return func(yield func(*node) bool) {
		for _, trie := range g.hosted {
			if trie.folds[g.site] != nil && !yield(trie) {
				return
			}
		}
		for trie := range b.tries() {
			if trie.folds[g.site] != nil && !yield(trie) {
				return
			}
		}
	}
}

// met yields the tries by which calls come to what a route has at its upstream. A Host that the upstream always gets is one of its own; the caller's is also
// that of every route that calls of the same host may take, or that could say the same.
func (b *builder) met(g *siteGuard, p *planned) map[*node]bool {
	tries := map[*node]bool{}
	if p.sentHost == "" {
		for _, host := range p.hosts {
			tries[b.trie(host)] = true
		}
	} else {
		tries[g.hosted[p.sentHost]] = true
	}
	for _, q := range g.routes {
		if (p.sentHost == "") == (q.sentHost == "") {
			continue
		}
		for _, host := range q.hosts {
			switch {
			case !p.meets(q, host):
			case q.sentHost == "":
				tries[b.trie(host)] = true
			default:
				tries[g.hosted[q.sentHost]] = true
			}
		}
	}
	return tries
}

// meets reports whether two routes, of which one keeps the caller's Host, can come to one host behind us; host is one of q's.
func (p *planned) meets(q *planned, host string) bool {
	keeps, sent := p.hosts, q.sentHost
	if sent == "" {
		keeps, sent = []string{host}, p.sentHost
	}
	return slices.ContainsFunc(p.hosts, func(own string) bool { return mayShare(own, host) }) ||
		slices.ContainsFunc(keeps, func(own string) bool {
			return own == "" || own == sent || own[0] == '.' && strings.HasSuffix(sent, own)
		})
}

// fold puts a route into the folded table of a place, by what of its paths comes there.
func (n *node) fold(site int, p *planned, own *leaf, flat bool) {
	if n.folds == nil {
		n.folds = map[int]*foldedTable{}
	}
	f := n.folds[site]
	if f == nil {
		f = &foldedTable{root: &node{}, ends: map[*leaf][]folding{}, kept: map[*group][]*Route{}, flat: flat}
		n.folds[site] = f
	}
	if p.route.Rewrite == nil {
		base := f.root.grow(folded(p.base))
		if base.group == nil {
			base.group = &group{api: p.route.API}
		}
		f.kept[base.group] = addKind(f.kept[base.group], p.route)
	}
	l := f.root.leafFor(folded(p.behind()))
	f.ends[l] = append(f.ends[l], folding{p.route, own})
}

// leaf is that of the route in the table itself.
func (p *planned) leaf(trie *node) *leaf { return trie.grow(p.base).leafFor(p.path) }

// behind is the pattern of the paths that the upstream gets of the route.
func (p *planned) behind() []segment {
	if w := p.route.Rewrite; w != nil {
		return w.behind
	}
	return slices.Concat(p.base, p.path)
}

// guardRoute says when the calls of a route are looked at, and reports whether they ever are.
func (b *builder) guardRoute(g *siteGuard, p *planned) bool {
	r := p.route
	r.hosted = g.hosted[p.sentHost]
	r.wild = isWild(p.behind()) || r.Rewrite != nil && r.Rewrite.Query && !r.Rewrite.closed
	guard := unguarded
	if r.wild {
		guard = ifTwisted
	}
	w := &reach{planned: p}
	for trie := range b.tried(p) {
		if f := trie.folds[g.site]; f != nil && w.from(f, f.root, folded(p.behind())) {
			guard = always
		}
	}
	for _, host := range p.hosts {
		l := p.leaf(b.trie(host))
		l.wild, l.guard = isWild(p.path), max(l.guard, guard)
	}
	return guard != unguarded
}

func isWild(pattern []segment) bool {
	return slices.ContainsFunc(pattern, func(s segment) bool { return s.kind != literal })
}

// tried yields the tries in which calls of a route are looked up.
func (b *builder) tried(p *planned) func(yield func(*node) bool) {
	return func(yield func(*node) bool) {
		if p.route.hosted != nil {
			yield(p.route.hosted)
			return
		}
		for name, trie := range b.triesByHost() {
			if slices.ContainsFunc(p.hosts, func(host string) bool { return mayShare(host, name) }) && !yield(trie) {
				return
			}
		}
	}
}

// mayShare reports whether a call of one host can come to two tries, by the keys of both.
func mayShare(a, b string) bool {
	return a == b || a == "" || b == "" || strings.HasPrefix(a, ".") != strings.HasPrefix(b, ".")
}

// reach looks for a stricter route that a pattern reaches by another spelling of what it matches.
type reach struct{ *planned }

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
	return l != nil && (stricterOf(f.ends[l], w.route) != nil || slices.ContainsFunc(f.ends[l], w.passesBy))
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
