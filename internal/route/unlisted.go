package route

import "slices"

// plantUnlisted makes a route of the paths that no route has, where no API of the base enforces that a path is known. It hangs where /** would, so the guard and
// the checks see one route more.
func (b *builder) plantUnlisted() {
	told := map[*API]bool{}
	for i := range b.bases {
		p := &b.bases[i]
		for _, host := range p.hosts {
			at := b.trie(host).grow(p.base)
			switch g := at.group; {
			case g.api != p.api, g.modes[CheckPath] == Enforce, at.tail != nil:
			case g.api.Upstream >= 0:
				b.unlisted(p, host, at)
			case !told[p.api]:
				told[p.api] = true
				b.wrong(p.place.mistake("mode", "an unknown path is let pass (path: %s), but this API has no upstream for it; name one for the API with upstream:, or say path: enforce",
					g.modes[CheckPath]))
			}
		}
	}
}

// UnlistedName is the name of what an API has for the paths that no route has: no route's, since theirs are not empty.
func UnlistedName(api string) string { return shown(api, "") }

// within is an API with where its paths begin.
type within struct {
	place place
	spec  *APISpec
	api   *API
	base  []segment
	hosts []string
}

func (b *builder) unlisted(w *within, host string, at *node) {
	api, g := w.api, at.group
	name := UnlistedName(api.Name)
	r := &Route{
		Number: b.deps.Numbers.Number(name), Name: name, Resource: name, Pattern: api.Base + "/**", Display: api.Base + "/**",
		API: api, Credentials: g.least, TokenInQuery: api.TokenInQuery, RecordBody: w.spec.RecordBody, ServerTiming: w.spec.ServerTiming, Retry: w.spec.Retry, Accept: api.Accept, Upstream: api.Upstream, Site: b.site(api.Upstream),
		Modes: g.modes, Unlisted: true, Pending: UnknownPath,
	}
	r.settleModes()
	p := &planned{place: w.place, route: r, base: w.base, path: []segment{{kind: tail}}, hosts: []string{host}}
	own := Spec{Rewrite: w.spec.Rewrite}
	if own.Rewrite != nil && own.Rewrite.Template != "" { // whose values no unknown path has
		without := *own.Rewrite
		without.Template, without.Shown = "", ""
		own.Rewrite = &without
	}
	b.behind(p, w.spec, &own)
	at.leafFor(p.path).add(r, nil)
	b.pending = append(b.pending, p)
}

// findOther makes the routes of calls with a method that no route of their path takes.
func (n *node) findOther() {
	for _, l := range []*leaf{n.end, n.tail} {
		if l != nil {
			l.findOther()
		}
	}
	for child := range n.children() {
		child.findOther()
	}
}

// findOther makes the route of such calls, where no route enforces the method. A call is the first one's, and must be allowed by all: it may do behind us what
// any of them does.
func (l *leaf) findOther() {
	first := l.first()
	if first == nil || l.modes[CheckMethod] == Enforce {
		return
	}
	other := *first
	other.Pending, other.Credentials, other.Modes, other.Tunnel, other.Cache = WrongMethod, l.least, l.modes, false, nil
	for i := range l.methods {
		if !other.asAll(l.methods[i].route) {
			return
		}
	}
	if l.every != nil && !other.asAll(l.every) {
		return
	}
	l.other = &other
}

// asAll adds a route to those that must allow a call, and takes over what would reveal less. It reports false where no app could see both.
func (r *Route) asAll(of *Route) bool {
	if slices.Contains(r.Together, of) {
		return true
	}
	r.Together = append(r.Together, of)
	r.PathIsFinal = r.PathIsFinal || of.PathIsFinal
	r.ForwardCredential = r.ForwardCredential && of.ForwardCredential
	if !of.Hidden {
		return true
	}
	if r.Hidden {
		r.Products &= of.Products
		return r.Products != 0
	}
	r.Hidden, r.Products = true, of.Products
	return true
}
