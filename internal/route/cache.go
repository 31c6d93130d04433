package route

import (
	"fmt"
	"slices"
)

// CacheMode says of which callers a route's answers are kept for other calls.
type CacheMode uint8

// The modes.
const (
	CacheOff          CacheMode = iota // nothing is kept
	CacheShared                        // what may be shared, for everybody (RFC 9111 §3.5)
	CachePerPrincipal                  // the answers to a call with a credential for its own app and member alone
)

// DefaultCacheEntry is how large an answer that is kept may be unless a route says otherwise, in bytes.
const DefaultCacheEntry = 1 << 20

// Cache says what of a route's answers is kept. The zero value keeps nothing.
type Cache struct {
	Mode      CacheMode
	SetCookie bool  // also answers that set cookies
	MaxEntry  int64 // bytes of head and body of one answer; 0: DefaultCacheEntry
}

// cache settles what is kept of a route's answers. What its API says holds for the routes for which it can hold; what a route says itself must be possible.
func (b *builder) cache(at place, r *Route, from *APISpec, spec *Spec, methods []string) {
	said := from.Cache
	if spec.Cache != nil {
		said = *spec.Cache
	}
	if said.Mode == CacheOff {
		return
	}
	own := said != from.Cache
	if why := uncacheable(spec, methods); why != "" {
		if own {
			b.wrong(at.mistake("cache", "%s; leave cache: out", why))
		}
		return
	}
	if said.MaxEntry == 0 {
		said.MaxEntry = DefaultCacheEntry
	}
	r.Cache = &said
	b.cacheSense(at, r, own)
}

// uncacheable is why a cache could never keep an answer of a route, or "".
func uncacheable(spec *Spec, methods []string) string {
	switch {
	case len(methods) > 0 && !slices.Contains(methods, "GET"):
		return "answers to GET alone are cached, and this route does not take it"
	case spec.Upgrade != nil:
		return "the connections of this route are switched to another protocol, whose answers cannot be cached"
	}
	return ""
}

// cacheSense finds caches that keep something else than was probably meant; own: the route itself says what is kept. Of what an API says it tells once.
func (b *builder) cacheSense(at place, r *Route, own bool) {
	told := r.API.Headers.App != "" || r.API.Headers.Member != "" || r.API.Headers.Scopes != ""
	var say string
	switch {
	case own && r.Cache.Mode == CachePerPrincipal && r.Credentials.Need == Public:
		say = "a public route looks at no credential, so it knows nobody to keep answers for; use cache: shared"
	case r.Cache.Mode == CacheShared && r.Credentials.Need == Required && told:
		say = "the upstream is told who calls, by headers:, so answers are kept for each caller apart even under shared; " +
			"tell it nothing where they are the same for everybody, with headers: {app: off, member: off, scopes: off}, or say cache: per_principal"
	default:
		return
	}
	if !own {
		at = place{at.api, -1, fmt.Sprintf("API %q", r.API.Name)}
	}
	key := fmt.Sprint(at.way(), " is cached though told")
	if _, before := b.names[key]; before {
		return
	}
	b.names[key] = at
	b.table.warnings = append(b.table.warnings, at.mistake("cache", "%s", say))
}

// String is the mode's word in the configuration.
func (m CacheMode) String() string {
	return [...]string{CacheOff: "off", CacheShared: "shared", CachePerPrincipal: "per_principal"}[m]
}
