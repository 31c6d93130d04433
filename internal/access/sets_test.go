package access

import (
	"testing"

	"pgregory.net/rapid"
)

func set(scopes ...Scope) (s ScopeSet) {
	for _, n := range scopes {
		s = s.With(n)
	}
	return s
}

// TestScopeSets holds ScopeSet against a map, which is slow and evidently right.
func TestScopeSets(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		draw := rapid.SliceOf(rapid.Uint16Range(0, MaxScopes-1))
		a, b := map[Scope]bool{}, map[Scope]bool{}
		var sa, sb ScopeSet
		for _, n := range draw.Draw(t, "a") {
			a[Scope(n)], sa = true, sa.With(Scope(n))
		}
		for _, n := range draw.Draw(t, "b") {
			b[Scope(n)], sb = true, sb.With(Scope(n))
		}
		all := true
		for n := range Scope(MaxScopes + 2) {
			all = all && (a[n] || !b[n])
			if sa.Has(n) != a[n] || sa.Union(sb).Has(n) != (a[n] || b[n]) || sa.Without(sb).Has(n) != (a[n] && !b[n]) {
				t.Fatalf("scope %d: Has, Union or Without is wrong", n)
			}
		}
		if sa.ContainsAll(sb) != all || sa.Len() != len(a) || sa.IsEmpty() != (len(a) == 0) {
			t.Fatal("ContainsAll, Len or IsEmpty is wrong")
		}
	})
	if (ScopeSet{}).With(MaxScopes) != (ScopeSet{}) {
		t.Error("a number out of range came into the set")
	}
}

func TestLacking(t *testing.T) {
	for name, c := range map[string]struct {
		anyOf         []ScopeSet
		granted, want ScopeSet
	}{
		"nothing asked":           {nil, set(), set()},
		"the one":                 {[]ScopeSet{set(1)}, set(1, 2), set()},
		"the second":              {[]ScopeSet{set(1), set(2, 200)}, set(2, 200), set()},
		"one of two together":     {[]ScopeSet{set(2, 200)}, set(2), set(200)},
		"the nearer of two":       {[]ScopeSet{set(1, 3), set(2, 200)}, set(2), set(200)},
		"the first of equal ones": {[]ScopeSet{set(1), set(2)}, set(), set(1)},
	} {
		if got := Lacking(c.anyOf, c.granted); got != c.want {
			t.Errorf("%s: lacks %v, want %v", name, got, c.want)
		}
		if Satisfied(c.anyOf, c.granted) != c.want.IsEmpty() {
			t.Errorf("%s: Satisfied does not agree with Lacking", name)
		}
	}
}

func TestProductSets(t *testing.T) {
	p := ProductSet(0).With(0).With(63)
	for n, want := range map[uint8]bool{0: true, 1: false, 63: true, 64: false} {
		if p.Has(n) != want {
			t.Errorf("Has(%d) = %v", n, !want)
		}
	}
	q := ProductSet(0).With(63)
	if !p.ContainsAll(q) || q.ContainsAll(p) || !p.Intersects(q) || q.Intersects(1) || !q.ContainsAll(0) {
		t.Error("ContainsAll or Intersects is wrong")
	}
}

func TestNoAllocs(t *testing.T) {
	anyOf := []ScopeSet{set(1, 3), set(2, 200)}
	if n := testing.AllocsPerRun(100, func() { Lacking(anyOf, set(2)); Satisfied(anyOf, set(2)) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
