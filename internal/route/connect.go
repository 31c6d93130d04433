package route

import (
	"slices"
	"strings"
)

// plant marks where an API's base ends in the tries of its hosts. Of several APIs with one base the strictest keeps the calls that find no route.
func (b *builder) plant(api *API, base []segment, hosts []string) {
	least, modes := api.unknown()
	for _, host := range hosts {
		at := b.trie(host).grow(base)
		if at.group == nil {
			at.group = &group{api, least, modes}
			continue
		}
		g := &group{at.group.api, at.group.least.with(least), at.group.modes.strictest(modes)}
		if api.Credentials.Need < at.group.least.Need {
			g.api = api
		}
		at.group = g
	}
}

// unknown is what a call must show that finds no route in the API, and by which modes it is judged.
func (a *API) unknown() (Credentials, Modes) {
	least, modes := a.Credentials, a.Modes
	if modes[CheckCredential] == Off {
		least = Credentials{Need: Public}
	}
	if least.Need == Public {
		modes[CheckCredential], modes[CheckPermission] = Off, Off
	}
	return least, modes
}

// trie is the trie of a host, made if it is not there.
func (b *builder) trie(host string) *node {
	place := b.table.named
	switch {
	case host == "":
		if b.table.any == nil {
			b.table.any = &node{}
		}
		return b.table.any
	case host[0] == '.':
		place = b.table.wild
	}
	if place[host] == nil {
		place[host] = &node{}
	}
	return place[host]
}

// connect brings the routes into the tries, once all bases are there.
func (b *builder) connect() {
	told := map[[2]*Route]bool{}
	for _, p := range b.pending {
		for _, host := range p.hosts {
			trie := b.trie(host)
			if by := trie.shadow(p.base, p.path); by != nil && !told[[2]*Route{p.route}] {
				told[[2]*Route{p.route}] = true
				b.wrong(p.place.mistake("path", "no call reaches %s: paths under %s belong to API %q; move the route there", p.route.Pattern, by.Base, by.Name))
				continue
			}
			l := trie.grow(p.base).leafFor(p.path)
			other, method := l.add(p.route, p.methods)
			if pair := [2]*Route{other, p.route}; other != nil && !told[pair] {
				told[pair] = true
				b.wrong(p.conflict(other, method, host))
			}
		}
	}
}

// conflict tells of two routes with one pattern and a method in common.
func (p *planned) conflict(other *Route, method, host string) *Mistake {
	call := example(slices.Concat(p.base, p.path))
	if strings.HasPrefix(host, ".") {
		host = "x" + host
	}
	if method == "" {
		method = "any method"
	}
	return p.place.mistake("path", "%s and %s of route %q both match %s %s; give each method of a path to one route",
		p.route.Pattern, other.Pattern, other.Name, method, host+call)
}

// shadow is the API that takes every call of a pattern away, because its base is longer; nil if none does.
func (n *node) shadow(base, path []segment) *API {
	n = n.grow(base)
	for _, s := range path {
		if s.kind != literal {
			return nil
		}
		if n = n.literals[s.before]; n == nil {
			return nil
		}
		if n.group != nil {
			return n.group.api
		}
	}
	return nil
}

// finish makes the grown table ready for calls.
func (b *builder) finish() *Table {
	t := b.table
	for trie := range b.tries() {
		trie.finish()
	}
	b.guard()
	for trie := range b.tries() {
		trie.findOther()
	}
	b.warnSpellings()
	if b.blind { // for Examine: who builds a table has no use for it
		b.warnHosts()
	}
	for _, api := range t.apis {
		slices.SortStableFunc(api.rewrites, func(a, b *Rewrite) int { return comparePatterns(a.behind, b.behind) })
	}
	var all leaf
	for _, p := range b.pending {
		if p.route.Unlisted {
			continue
		}
		b.warn(p)
		p.route.API.takers.add(p.route, p.methods)
		for _, m := range p.methods {
			if !p.route.Hidden && all.index(m) < 0 {
				all.methods = append(all.methods, methodRoute{m, p.route})
			}
		}
		if len(p.methods) == 0 && !p.route.Hidden {
			all.every = p.route
		}
	}
	all.finish()
	t.allow = string(all.appendAllow(nil, 0))
	return t
}

func (b *builder) tries() func(yield func(*node) bool) {
	return func(yield func(*node) bool) {
		for _, trie := range b.triesByHost() {
			if !yield(trie) {
				return
			}
		}
	}
}

// triesByHost yields all tries with their keys: see hosts.
func (b *builder) triesByHost() func(yield func(string, *node) bool) {
	return func(yield func(string, *node) bool) {
		for _, place := range []map[string]*node{b.table.named, b.table.wild, {"": b.table.any}} {
			for host, trie := range place {
				if trie != nil && !yield(host, trie) {
					return
				}
			}
		}
	}
}

const nameLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-"

// warn tells of what may stand, and is probably not what was meant.
func (b *builder) warn(p *planned) {
	if say := likely(p.route.Display); say != "" {
		how := "is compared letter by letter"
		if at := slices.IndexFunc(p.path, func(s segment) bool { return strings.Trim(s.name, nameLetters) != "" }); at >= 0 {
			how = "takes any one segment for {" + p.path[at].name + "}"
		}
		b.table.warnings = append(b.table.warnings, p.place.mistake("path", "%q %s here; did you mean %s?", p.route.Display, how, say))
	}
	b.warnHidden(p)
}

// warnHidden tells where hiding is in vain: a wider pattern answers for paths that are not known, so the one that is refused stands out.
func (b *builder) warnHidden(p *planned) {
	if !p.route.Hidden {
		return
	}
	path := []byte(example(slices.Concat(p.base, p.path)))
	for _, host := range p.hosts {
		base, at := b.trie(host).base(path)
		if wider := base.findBut(p.path, path, at); wider != nil && (wider.seen.all || wider.first().Unlisted) {
			b.table.warnings = append(b.table.warnings, p.place.mistake("hidden",
				"%s cannot be hidden: %s takes the unknown paths beside it, so a path that is refused stands out", p.route.Pattern, wider.first().Pattern))
			return
		}
	}
}

// findBut is what find would find if the pattern were not there.
func (n *node) findBut(pattern []segment, path []byte, at int) *leaf {
	slot := n.slot(pattern)
	own := *slot
	*slot = nil
	defer func() { *slot = own }()
	return n.find(path, at)
}
