package route

import (
	"fmt"
	"strings"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/quota"
)

// Deps are what routes refer to by name.
type Deps struct {
	Names     *access.Names    // scopes and products; nil: none is known
	Upstreams map[string]int   // nil: none is known
	Sites     map[int]int      // of each upstream the first that leads to the same place; one that is not here leads there alone
	Places    map[string]Place // of upstreams by name; one that is not here gets what the caller sent
	// Quota gives the limits of a resource by the name of a quota, nil if there is no such quota; it is asked once for each pair. Nil: none is known.
	Quota   func(name, resource string) *quota.Set
	Numbers *Numbers // nil: routes are numbered from the start

	siteNames map[string]string // see Examine
}

// Build makes a table. If anything is wrong it makes none and tells all that is: each error is a *Mistake.
func Build(apis []APISpec, deps Deps) (*Table, []error) {
	if deps.Names == nil {
		deps.Names = &access.Names{}
	}
	if deps.Numbers == nil {
		deps.Numbers = &Numbers{}
	}
	b := newBuilder(apis, deps)
	if len(b.mistakes) > 0 {
		return nil, b.mistakes
	}
	return b.finish(), nil
}

// Examine tells what is wrong with specs by themselves, and what is probably a mistake: all that Build does, but for what scopes, products, quotas and upstreams
// are there. sites has, for the name of an upstream, another that leads to the same place; nil: each leads to a place of its own. places are as in Deps.
func Examine(apis []APISpec, sites map[string]string, places map[string]Place) (mistakes []error, warnings []*Mistake) {
	b := newBuilder(apis, Deps{Numbers: &Numbers{}, siteNames: sites, Places: places})
	if len(b.mistakes) > 0 {
		return b.mistakes, nil
	}
	return nil, b.finish().warnings
}

// newBuilder takes in all specs. Without deps.Names it takes every name for known.
func newBuilder(apis []APISpec, deps Deps) *builder {
	b := &builder{
		deps:     deps,
		blind:    deps.Names == nil,
		table:    &Table{named: map[string]*node{}, wild: map[string]*node{}, least: Credentials{Need: Public}, modes: All(Off)},
		names:    map[string]place{},
		quotas:   map[[2]string]*quota.Set{},
		versions: map[*VersionSpec]*Versions{},
		numbers:  map[string]int{},
		doors:    map[string]int{},
	}
	for i := range apis {
		b.api(i, &apis[i])
	}
	b.connect()
	b.plantUnlisted()
	return b
}

// builder is a table that grows.
type builder struct {
	deps     Deps
	blind    bool // names of scopes, products, quotas and upstreams are taken for known
	table    *Table
	mistakes []error
	names    map[string]place // "API people", "route people/me" → who has the name
	quotas   map[[2]string]*quota.Set
	versions map[*VersionSpec]*Versions
	numbers  map[string]int
	doors    map[string]int // by pattern
	pending  []*planned
	bases    []within
	toldOff  []offInAPI
}

// planned is a route with where it goes in the tries.
type planned struct {
	place   place
	route   *Route
	base    []segment
	path    []segment
	methods []string
	hosts   []string

	sentHost string // what the upstream gets as Host, if not the caller's
}

func (b *builder) wrong(m *Mistake) { b.mistakes = append(b.mistakes, m) }

func (b *builder) api(i int, spec *APISpec) {
	at := place{i, -1, fmt.Sprintf("API %q", spec.Name)}
	b.name(at, "API", spec.Name, spec.Name)
	api := &API{
		Index: i, Name: spec.Name, Base: strings.TrimSuffix(spec.Base, "/"), Profile: spec.Profile, Credentials: Credentials{Need: Public},
		TokenInQuery: spec.TokenInQuery, Preflight: spec.Preflight, Unguarded: spec.Unguarded, Untouched: spec.Untouched, Accept: spec.Accept, Headers: spec.Headers, Errors: spec.Errors,
		Upstream: -1, Modes: spec.Modes,
	}
	base := b.base(at, api.Base)
	hosts := b.hosts(at, spec.Hosts)
	var err error
	if api.CORS, err = NewCORS(spec.CORS); err != nil {
		b.wrong(at.mistake("cors", "%v", err))
	}
	api.Version = b.version(at, spec.Version)
	if spec.Upstream != "" {
		api.Upstream = b.upstream(at, spec.Upstream)
	}
	b.table.apis = append(b.table.apis, api)
	for j := range spec.Routes {
		p := b.route(place{i, j, fmt.Sprintf("route %q", shown(spec.Name, spec.Routes[j].Name))}, api, spec, &spec.Routes[j])
		if p == nil {
			continue
		}
		p.base, p.hosts = base, hosts
		b.behind(p, spec, &spec.Routes[j])
		api.Credentials = api.Credentials.with(p.route.Credentials)
		b.pending = append(b.pending, p)
	}
	if len(spec.Routes) == 0 {
		api.Credentials = spec.Credentials.settled()
	}
	least, modes := api.unknown()
	b.table.least, b.table.modes = b.table.least.with(least), b.table.modes.strictest(modes)
	b.bases = append(b.bases, within{at, spec, api, base, hosts})
	b.plant(api, base, hosts)
}

// name checks a name, and that nobody else of the kind has it as it is shown.
func (b *builder) name(at place, kind, name, shown string) {
	if err := access.CheckName(name); err != nil {
		b.wrong(at.mistake("name", "%v", err))
		return
	}
	key := kind + " " + shown
	if first, twice := b.names[key]; twice {
		m := at.mistake("name", "another %s has the name %q; give one of them another with name:", kind, name)
		m.First = first.way()
		b.wrong(m)
		return
	}
	b.names[key] = at
}

func (b *builder) base(at place, base string) []segment {
	pattern, err := parsePattern(base)
	if err != nil {
		b.wrong(at.mistake("base", "%v", err))
		return nil
	}
	for _, s := range pattern {
		if s.kind != literal {
			b.wrong(at.mistake("base", "%q is not a valid base; patterns belong to the paths of routes", base))
			return nil
		}
	}
	return pattern
}

// hosts returns the keys of the tries: "" for every host, ".example.com" for *.example.com.
func (b *builder) hosts(at place, hosts []string) []string {
	if len(hosts) == 0 {
		return []string{""}
	}
	var keys []string
	for i, host := range hosts {
		key, err := hostKey(host)
		if err != nil {
			b.wrong(at.at("hosts", i, -1, "%v", err))
			continue
		}
		keys = append(keys, key)
	}
	return unique(keys)
}

func hostKey(host string) (string, error) {
	key := strings.TrimSuffix(strings.ToLower(host), ".")
	name, wildcard := strings.CutPrefix(key, "*")
	if wildcard {
		key = name
	}
	switch {
	case len(host) > 255:
		return "", fmt.Errorf("%q is not a valid host; it has more than 255 characters", host)
	case wildcard && !strings.HasPrefix(name, ".") || strings.Contains(name, "*"):
		return "", fmt.Errorf("%q is not a valid host; a wildcard stands for the first names alone, as in *.example.com", host)
	case strings.Trim(name, ".") == "" || !wildcard && name[0] == '.':
		return "", fmt.Errorf("%q is not a valid host; expected one as in api.example.com", host)
	case strings.ContainsFunc(key, notInHost):
		return "", fmt.Errorf("%q is not a valid host; it is made of letters, digits, '.', '-' and '_', and may end with a port", host)
	}
	return key, nil
}

func notInHost(r rune) bool {
	return r > 0x7f || !isWord(byte(r)) && !strings.ContainsRune(":[]", r)
}

func (b *builder) version(at place, spec *VersionSpec) *Versions {
	if spec == nil {
		return nil
	}
	if v, known := b.versions[spec]; known {
		return v
	}
	v, err := newVersions(spec)
	if err != nil {
		b.wrong(at.mistake("version", "%v", err))
	}
	b.versions[spec] = v
	return v
}

func (b *builder) upstream(at place, name string) int {
	if b.blind {
		if same, ok := b.deps.siteNames[name]; ok {
			name = same
		}
		return b.number("upstream " + name)
	}
	n, known := b.deps.Upstreams[name]
	if !known {
		b.wrong(at.mistake("upstream", "there is no upstream %q", name))
	}
	return n
}

// number is that of a name which a blind builder takes for known.
func (b *builder) number(name string) int {
	n, met := b.numbers[name]
	if !met {
		n = len(b.numbers)
		b.numbers[name] = n
	}
	return n
}

// unique leaves out what has come before.
func unique(list []string) []string {
	seen := make(map[string]bool, len(list))
	var out []string
	for _, s := range list {
		if !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}
