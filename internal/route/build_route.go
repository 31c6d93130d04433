package route

import (
	"fmt"
	"slices"
	"strings"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/quota"
	"github.com/candor-gateway/candor/problem"
)

// route makes a spec ready; nil if its path cannot be read.
func (b *builder) route(at place, api *API, from *APISpec, spec *Spec) *planned {
	name := shown(api.Name, spec.Name)
	b.name(at, "route of this API", spec.Name, name)
	r := &Route{
		Number: b.deps.Numbers.Number(name),
		Name:   name, Resource: spec.Resource, API: api,
		Pattern: api.Base + spec.Path, Display: display(api, spec),
		Restricted: spec.Restricted, Hidden: spec.Hidden, ForwardCredential: spec.ForwardCredential, Tunnel: spec.Tunnel, Upgrade: b.upgrade(at, api, spec),
		Credentials: from.Credentials, TokenInQuery: from.TokenInQuery, Accept: from.Accept,
		RecordBody: from.RecordBody, ServerTiming: from.ServerTiming,
		Version: api.Version, Body: newBody(&spec.Body), Upstream: api.Upstream, CallTimeout: spec.CallTimeout, FirstByte: spec.FirstByte, Gap: spec.Gap, Retry: spec.Retry,
		Example: spec.Example, Docs: spec.Docs, Modes: from.Modes,
	}
	if spec.Modes != nil {
		r.Modes = *spec.Modes
	}
	if spec.Credentials != nil {
		r.Credentials = *spec.Credentials
	}
	r.Credentials = r.Credentials.settled()
	b.accept(at, r, from, spec)
	if spec.TokenInQuery != nil {
		r.TokenInQuery = *spec.TokenInQuery
	}
	if spec.RecordBody != nil {
		r.RecordBody = *spec.RecordBody
	}
	if spec.ServerTiming != nil {
		r.ServerTiming = *spec.ServerTiming
	}
	b.modes(at, r, spec)
	if r.Hidden && r.TokenInQuery != from.TokenInQuery {
		b.table.warnings = append(b.table.warnings, at.mistake("token_in_query", "a hidden route takes tokens from the query as its API does, or a caller without one could tell it from a path that is not there; set token_in_query: for the API"))
	}
	if r.Resource == "" {
		r.Resource = r.Name
	}
	path, ok := b.path(at, api, spec.Path)
	methods := b.methods(at, spec.Methods)
	r.Options = slices.Contains(methods, "OPTIONS")
	r.Listed = len(methods) > 0
	b.scopes(at, r, spec.Scopes)
	b.products(at, r, spec.Products)
	b.sense(at, r, spec)
	b.upgradeSense(at, r)
	b.cache(at, r, from, spec, methods)
	b.body(at, &spec.Body)
	r.Quota, r.QuotaName = b.quota(at, spec.Quota, r.Resource), spec.Quota
	b.routeVersion(at, r, spec)
	b.routeUpstream(at, r, spec.Upstream)
	r.Site = b.site(r.Upstream)
	r.settleModes()
	if !ok {
		return nil
	}
	r.Entity = entity(path, spec.Name)
	b.table.routes = append(b.table.routes, r)
	return &planned{place: at, route: r, path: path, methods: methods}
}

// accept settles what a route tolerates. Of a hidden one that is what its API tolerates: who may not see it could tell it from a path that is not there.
func (b *builder) accept(at place, r *Route, from *APISpec, spec *Spec) {
	if spec.Accept != nil {
		r.Accept = *spec.Accept
	}
	if r.Hidden && r.Accept != from.Accept {
		r.Accept = from.Accept
		b.table.warnings = append(b.table.warnings, at.mistake("http", "a hidden route tolerates what its API does, or a caller could tell it from a path that is not there; set http: for the API"))
	}
	b.forbid(place{at.api, -1, fmt.Sprintf("API %q", from.Name)}, r, r.Accept&from.Accept&^r.MayAccept())
	b.forbid(at, r, r.Accept&^from.Accept&^r.MayAccept())
}

// forbid tells of what a route may not tolerate, once for each place that says it should: all of it, since a place is told of one thing at a time.
func (b *builder) forbid(at place, r *Route, what Accept) {
	key := fmt.Sprint(at.way(), " tolerates ", what)
	if _, told := b.names[key]; told || what == 0 {
		return
	}
	b.names[key] = at
	var why []string
	if what.Has(TwoAuthorization) {
		why = append(why, fmt.Sprintf("two_authorization is for routes that enforce no credential, and route %q does: Candor would verify one token, and the API could read the other", r.Name))
	}
	if what.Has(OverrideHeaders) {
		why = append(why, fmt.Sprintf("override_headers is for routes that enforce neither a credential nor a method, and route %q does: a call would be allowed as one method, and done as another", r.Name))
	}
	b.wrong(at.mistake("http", "%s; leave it out", strings.Join(why, "; ")))
}

// site is where an upstream leads to: two that lead to one place are one to whoever reads a path there.
func (b *builder) site(upstream int) int {
	if first, ok := b.deps.Sites[upstream]; ok {
		return first
	}
	return upstream
}

// display is the path that the 403 message shows: LinkedIn's leaves out the base, others call it as they know it.
func display(api *API, spec *Spec) string {
	if api.Profile == problem.LinkedIn {
		return spec.Path
	}
	return api.Base + spec.Path
}

func (b *builder) path(at place, api *API, path string) ([]segment, bool) {
	if path == "" && api.Base == "" {
		b.wrong(at.mistake("path", "the path is missing; expected one as in /people/{id}"))
		return nil, false
	}
	pattern, err := parsePattern(path)
	if err != nil {
		b.wrong(at.mistake("path", "%v%s", err, advice(path)))
	}
	return pattern, err == nil
}

func (b *builder) methods(at place, methods []string) []string {
	methods = unique(methods)
	for i, m := range methods {
		if fault := MethodFault(m); fault != "" {
			b.wrong(at.at("methods", i, -1, "%q %s", m, fault))
		}
	}
	return methods
}

func (b *builder) scopes(at place, r *Route, anyOf [][]string) {
	for i, together := range anyOf {
		if len(together) == 0 {
			b.wrong(at.at("scopes", i, -1, "a list in scopes holds those that are needed together; this one is empty"))
		}
		var set access.ScopeSet
		for j, name := range together {
			set = set.With(b.scope(at, i, j, name))
		}
		r.Scopes = append(r.Scopes, set)
		r.RequiredText = append(r.RequiredText, strings.Join(together, " "))
	}
}

func (b *builder) products(at place, r *Route, names []string) {
	for i, name := range names {
		r.Products = r.Products.With(b.product(at, i, name))
	}
	r.ProductNames = names
}

func (b *builder) scope(at place, i, j int, name string) access.Scope {
	if b.blind {
		return access.Scope(b.number("scope "+name) % access.MaxScopes)
	}
	n, known := b.deps.Names.Scope(name)
	if !known {
		b.wrong(at.at("scopes", i, j, "there is no scope %q", name))
	}
	return n
}

func (b *builder) product(at place, i int, name string) uint8 {
	if b.blind {
		return uint8(b.number("product "+name) % access.MaxProducts)
	}
	n, known := b.deps.Names.Product(name)
	if !known {
		b.wrong(at.at("products", i, -1, "there is no product %q", name))
	}
	return n
}

// sense finds checks that could never hold, or never fail.
func (b *builder) sense(at place, r *Route, spec *Spec) {
	public := r.Credentials.Need == Public
	switch {
	case public && len(spec.Scopes) > 0:
		b.wrong(at.mistake("scopes", "a public route looks at no credential, so it can ask for no scopes; use credentials: bearer"))
	case public && len(spec.Products) > 0:
		b.wrong(at.mistake("products", "a public route looks at no credential, so it can ask for no products; use credentials: bearer"))
	}
	switch {
	case spec.Restricted && len(spec.Products) == 0:
		b.wrong(at.mistake("restricted", "a restricted route is for apps with a product; name it with products:"))
	case spec.Hidden && len(spec.Products) == 0:
		b.wrong(at.mistake("hidden", "a route is hidden from apps that lack its product; name it with products:"))
	}
	if public && spec.Quota != "" {
		b.table.warnings = append(b.table.warnings, at.mistake("quota", "a public route knows no app and no member, so its quota counts nothing"))
	}
}

func (b *builder) body(at place, spec *BodySpec) {
	if spec.Max < 0 {
		b.wrong(at.mistake("body", "a body of at most %d bytes cannot be", spec.Max))
	}
	for _, t := range spec.Types {
		if fault := MediaTypeFault(t); fault != "" {
			b.wrong(at.mistake("body", "%q %s", t, fault))
		}
	}
}

func (b *builder) quota(at place, name, resource string) *quota.Set {
	if name == "" || b.blind {
		return nil
	}
	if b.deps.Quota == nil {
		b.wrong(at.mistake("quota", "there is no quota %q", name))
		return nil
	}
	key := [2]string{name, resource}
	set, asked := b.quotas[key]
	if !asked {
		set = b.deps.Quota(name, resource)
		b.quotas[key] = set
	}
	if set == nil {
		b.wrong(at.mistake("quota", "there is no quota %q", name))
	}
	return set
}

func (b *builder) routeVersion(at place, r *Route, spec *Spec) {
	switch {
	case spec.VersionOff:
		r.Version = nil
	case spec.Version != nil:
		r.Version = b.version(at, spec.Version)
	}
}

func (b *builder) routeUpstream(at place, r *Route, name string) {
	switch {
	case name != "":
		r.Upstream = b.upstream(at, name)
	case r.Upstream < 0:
		b.wrong(at.mistake("upstream", "neither the route nor its API names an upstream"))
	}
}

// entity is the literal words of a path by '.': people for /people/{id}.
func entity(path []segment, none string) string {
	var words []string
	for _, s := range path {
		if s.kind == literal && s.before != "" {
			words = append(words, s.before)
		}
	}
	if len(words) == 0 {
		return none
	}
	return strings.Join(words, ".")
}
