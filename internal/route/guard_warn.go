package route

import (
	"fmt"
	"slices"
)

// warnSpellings tells what a guard cannot help: routes that no call reaches since their path is another spelling of a stricter one, and what stays open
// beside a stricter route.
func (b *builder) warnSpellings() {
	told := map[*leaf]bool{}
	for _, p := range b.pending {
		for _, host := range p.hosts {
			b.warnShut(host, p, told)
			b.warnOpen(host, p, told)
		}
	}
}

// warnShut tells of a route whose own pattern, as it is written, is another spelling of a stricter one.
func (b *builder) warnShut(host string, p *planned, told map[*leaf]bool) {
	var m Match
	name, path := []byte(exampleHost(host)), []byte(example(slices.Concat(p.base, p.path)))
	b.table.Match(name, []byte("GET"), path, &m)
	if m.leaf != p.leaf(b.trie(host)) || told[m.leaf] {
		return
	}
	m.Route = p.route
	how := "it is another spelling of"
	if w := p.route.Rewrite; w != nil {
		path, how = w.AppendPath(nil, path), "rewritten, it is a path of"
	}
	s, _ := b.table.Stricter(name, path, &m, nil)
	if s == nil {
		return
	}
	told[m.leaf] = true
	b.table.warnings = append(b.table.warnings, p.place.mistake("path",
		"no call reaches %s: %s %s, which asks for more; ask for the same in both, or say guard: off for API %q", p.route.Pattern, how, s.Pattern, p.route.API.Name))
}

// warnOpen tells of the first path that a weaker route takes though an upstream may answer it as a stricter one: with a suffix.
func (b *builder) warnOpen(host string, p *planned, told map[*leaf]bool) {
	if last := len(p.path) - 1; last < 0 || p.route.Rewrite != nil || p.path[last].kind == tail || p.path[last] == (segment{}) {
		return
	}
	path := example(slices.Concat(p.base, p.path))
	var m Match
	b.table.Match([]byte(exampleHost(host)), []byte("GET"), []byte(path+suffix), &m)
	l := m.leaf
	if l == nil || told[l] || l == p.leaf(b.trie(host)) || !l.wild {
		return
	}
	weaker := l.weaker(p.route)
	if weaker == nil {
		return
	}
	told[l] = true
	b.table.warnings = append(b.table.warnings, p.place.mistake("path",
		"%s takes %s, and asks for less than %s: if the API answers both alike, protect that too, as in %s.{format}", weaker.Pattern, path+suffix, p.route.Pattern, p.route.Pattern))
}

// suffix is one by which frameworks choose a format.
const suffix = ".json"

// weaker is a route of the leaf that goes to the same upstream as a stricter one.
func (l *leaf) weaker(s *Route) *Route {
	for _, m := range l.methods {
		if m.route.Site == s.Site && m.route.Rewrite == nil && s.asksMore(m.route) {
			return m.route
		}
	}
	if l.every != nil && l.every.Site == s.Site && l.every.Rewrite == nil && s.asksMore(l.every) {
		return l.every
	}
	return nil
}

// exampleHost is a host for the key of a trie.
func exampleHost(key string) string {
	if key != "" && key[0] == '.' {
		return "x" + key
	}
	return key
}

// warnUnguarded tells of APIs whose tolerances are a way around a stricter route, since their guard is off.
func (b *builder) warnUnguarded(upstream int, kinds []*Route) {
	told := map[*API]bool{}
	for _, p := range b.pending {
		r := p.route
		twists := r.Accept & (Backslash | DoubleSlash | EncodedSlash | DotSegments | PathEscape)
		if r.Site != upstream || !r.API.Unguarded || r.API.Untouched || told[r.API] || twists == 0 {
			continue
		}
		at := slices.IndexFunc(kinds, func(s *Route) bool { return s.asksMore(r) })
		if at < 0 {
			continue
		}
		told[r.API] = true
		b.table.warnings = append(b.table.warnings, place{api: p.place.api, route: -1, who: fmt.Sprintf("API %q", r.API.Name)}.mistake("guard",
			"with guard: off what is tolerated (%s) is a way around the checks of %s, in whatever spelling the API reads as its path; leave guard: out", twists, kinds[at].Pattern))
	}
}
