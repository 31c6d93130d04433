package route

import (
	"maps"
	"slices"
)

// warnHosts tells of routes that a call passes by choosing another host: two APIs lead to one place, have a path in common, and one asks for less. A guard looks at
// the routes of the call's own host alone, since the API behind may tell hosts apart.
func (b *builder) warnHosts() {
	by, hosts := map[*Route]*planned{}, map[int]map[string]bool{}
	for _, p := range b.pending {
		by[p.route] = p
		if hosts[p.route.Site] == nil {
			hosts[p.route.Site] = map[string]bool{}
		}
		for _, host := range p.hosts {
			hosts[p.route.Site][host] = true
		}
	}
	told := map[[2]*API]bool{}
	for _, p := range b.pending {
		for _, host := range slices.Sorted(maps.Keys(hosts[p.route.Site])) {
			if !slices.Contains(p.hosts, host) {
				b.warnHost(host, p, by, told)
			}
		}
	}
}

// warnHost looks at a route by the calls of another host.
func (b *builder) warnHost(host string, p *planned, by map[*Route]*planned, told map[[2]*API]bool) {
	methods := p.methods
	if len(methods) == 0 {
		methods = usual[:]
	}
	call := example(slices.Concat(p.base, p.path))
	for _, method := range methods {
		there := b.taker(host, method, call)
		if there == nil || there.Site != p.route.Site || there.API == p.route.API || there.Rewrite != nil || p.route.Rewrite != nil || b.taker(p.hosts[0], method, call) != p.route {
			continue
		}
		weak, strict := by[there], p
		if !strict.route.asksMore(weak.route) {
			weak, strict = strict, weak
		}
		pair := [2]*API{weak.route.API, strict.route.API}
		if told[pair] || weak.route.API.Unguarded || !strict.route.asksMore(weak.route) {
			continue
		}
		told[pair] = true
		m := weak.place.mistake("path",
			"at its host %s takes calls such as %s %s, for which %s of the API %q asks more at another host of the same upstream; ask for the same in both, unless the upstream tells its hosts apart",
			weak.route.Pattern, method, call, strict.route.Pattern, strict.route.API.Name)
		m.First = strict.place.way()
		b.table.warnings = append(b.table.warnings, m)
	}
}

// taker is the route that takes a call; nil if none does.
func (b *builder) taker(host, method, path string) *Route {
	var m Match
	b.table.Match([]byte(exampleHost(host)), []byte(method), []byte(path), &m)
	return m.Route
}
