package access

import "math/bits"

// Scope is a scope's number from Names.
type Scope uint16

// ProductSet is a set of products by their numbers from Names (0–63).
type ProductSet uint64

// Has reports whether product n is in the set.
func (p ProductSet) Has(n uint8) bool { return n < 64 && p&(1<<n) != 0 }

// With returns the set and product n.
func (p ProductSet) With(n uint8) ProductSet { return p | 1<<(n&63) }

// Intersects reports whether some product is in both.
func (p ProductSet) Intersects(q ProductSet) bool { return p&q != 0 }

// ContainsAll reports whether every product of q is in p.
func (p ProductSet) ContainsAll(q ProductSet) bool { return p&q == q }

// MaxScopes and MaxProducts bound the registries: a set is a few words, compared without allocating.
const (
	MaxScopes   = 256
	MaxProducts = 64
)

// ScopeSet is a set of scopes.
type ScopeSet [MaxScopes / 64]uint64

// Has reports whether scope n is in the set.
func (s ScopeSet) Has(n Scope) bool { return int(n) < MaxScopes && s[n>>6]&(1<<(n&63)) != 0 }

// With returns the set and scope n.
func (s ScopeSet) With(n Scope) ScopeSet {
	if int(n) < MaxScopes {
		s[n>>6] |= 1 << (n & 63)
	}
	return s
}

// Union returns the scopes that are in either.
func (s ScopeSet) Union(o ScopeSet) ScopeSet {
	for i := range s {
		s[i] |= o[i]
	}
	return s
}

// ContainsAll reports whether every scope of o is in s.
func (s ScopeSet) ContainsAll(o ScopeSet) bool {
	for i := range s {
		if s[i]&o[i] != o[i] {
			return false
		}
	}
	return true
}

// Without returns the scopes of s that are not in o.
func (s ScopeSet) Without(o ScopeSet) ScopeSet {
	for i := range s {
		s[i] &^= o[i]
	}
	return s
}

// IsEmpty reports whether no scope is in the set.
func (s ScopeSet) IsEmpty() bool { return s == ScopeSet{} }

// Len counts the scopes of the set.
func (s ScopeSet) Len() (n int) {
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// Satisfied reports whether one of the any-of sets is wholly granted; no sets ask for nothing.
func Satisfied(anyOf []ScopeSet, granted ScopeSet) bool {
	for i := range anyOf { //nolint:modernize // asked for every call: slices.ContainsFunc copies each set twice
		if granted.ContainsAll(anyOf[i]) {
			return true
		}
	}
	return len(anyOf) == 0
}

// Lacking returns what granted is short of: empty if one of the any-of sets is wholly granted, otherwise what is missing of the set that misses the
// fewest scopes, of several such sets the first.
func Lacking(anyOf []ScopeSet, granted ScopeSet) ScopeSet {
	var nearest ScopeSet
	for i, s := range anyOf {
		missing := s.Without(granted)
		if missing.IsEmpty() {
			return missing
		}
		if i == 0 || missing.Len() < nearest.Len() {
			nearest = missing
		}
	}
	return nearest
}
