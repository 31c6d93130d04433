package oauth

import (
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/problem"
)

func taken(u *ScopeUses) []access.ScopeUse {
	all, _ := u.Take()
	slices.SortFunc(all, func(a, b access.ScopeUse) int { return int(a.Hour-b.Hour) + int(a.Scope) - int(b.Scope) })
	return all
}

// TestScopesThatAreWanted: who names none wants all, and what nobody knows is one thing however much of it there is.
func TestScopesThatAreWanted(t *testing.T) {
	f := returning(t, problem.Standard)
	app := f.app("good")
	first := access.ScopeSet{}
	for n := range access.UnknownScope {
		if app.Scopes.Has(n) {
			first = first.With(n)
			break
		}
	}
	name := f.Names.ScopeText(first)
	for what, c := range map[string]struct {
		query string
		found bool
		want  Wanted
	}{
		"none":                {good, true, Wanted{Known: app.Scopes}},
		"one":                 {link(good, "scope", name), true, Wanted{Known: first}},
		"one and unknown":     {link(good, "scope", name+" x y z"), true, Wanted{first, true}},
		"with another fault":  {link(good, "response_type", "token", "scope", name), true, Wanted{Known: first}},
		"an unknown client":   {link(good, "client_id", "nobody"), false, Wanted{}},
		"a wrong redirect":    {link(good, "redirect_uri", "https://evil.example"), false, Wanted{}},
		"what cannot be read": {good + "&x=%zz", false, Wanted{}},
	} {
		by, got := f.WantedBy(c.query)
		if got != c.want || (by != nil) != c.found {
			t.Errorf("%s: %v, %v", what, by, got)
		}
	}
	app.Profile = "linkedin"
	if _, got := f.WantedBy(link(good, "scope", name+",x")); got != (Wanted{first, true}) {
		t.Errorf("in a profile of its own: %v", got)
	}
	app.Profile = ""
	q := &Request{Form: map[string]string{}, App: app}
	if got := q.WantedForItself(f); got != (Wanted{Known: app.Scopes}) {
		t.Errorf("for itself: %v", got)
	}
	if q.Form["scope"] = "what"; q.WantedForItself(f) != (Wanted{Unknown: true}) {
		t.Error("an unknown one for itself")
	}
}

func TestScopeUses(t *testing.T) {
	const hour = 3600
	var u ScopeUses
	set := access.ScopeSet{}.With(3).With(255)
	u.Count(1, Wanted{Known: set}, hour+5, access.ScopeCounts{Asked: 1})
	u.Count(1, Wanted{set, true}, 2*hour-1, access.ScopeCounts{Asked: 1, Refused: 1})
	u.Count(1, Wanted{Known: set}.Without(access.ScopeSet{}.With(3)), 2*hour, access.ScopeCounts{Granted: 1})
	all := taken(&u)
	want := []access.ScopeUse{
		{App: 1, Scope: 3, Hour: hour, ScopeCounts: access.ScopeCounts{Asked: 2, Refused: 1}},
		{App: 1, Scope: 255, Hour: hour, ScopeCounts: access.ScopeCounts{Asked: 2, Refused: 1}},
		{App: 1, Scope: access.UnknownScope, Hour: hour, ScopeCounts: access.ScopeCounts{Asked: 1, Refused: 1}},
		{App: 1, Scope: 255, Hour: 2 * hour, ScopeCounts: access.ScopeCounts{Granted: 1}},
	}
	if diff := cmp.Diff(want, all); diff != "" {
		t.Error(diff)
	}
	if again := taken(&u); again != nil {
		t.Errorf("it is taken twice: %v", again)
	}
	u.Count(1, Wanted{Unknown: true}, hour, access.ScopeCounts{Asked: 1})
	u.Return(all)
	if want[2].Asked++; !slices.Equal(taken(&u), want) {
		t.Error("what is returned does not add up")
	}
}

// TestScopeUsesAreBounded: whoever invents apps and scopes fills no memory, and what is not counted is known.
func TestScopeUsesAreBounded(t *testing.T) {
	var u ScopeUses
	var all access.ScopeSet
	for n := range access.UnknownScope {
		all = all.With(n)
	}
	for app := range access.AppID(300) {
		u.Count(app, Wanted{Known: all}, 0, access.ScopeCounts{Asked: 1})
	}
	u.Count(0, Wanted{Known: all}, 0, access.ScopeCounts{Asked: 1})
	counted, missed := u.Take()
	if len(counted) != mostScopeUses || missed != 300*256-mostScopeUses {
		t.Errorf("%d counted, %d missed", len(counted), missed)
	}
}

func TestScopeUsesTogether(t *testing.T) {
	var u ScopeUses
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 100 {
				u.Count(1, Wanted{Unknown: true}, 0, access.ScopeCounts{Asked: 1})
				some, _ := u.Take()
				u.Return(some)
			}
		})
	}
	wg.Wait()
	if all := taken(&u); len(all) != 1 || all[0].Asked != 800 {
		t.Errorf("%v", all)
	}
}
