package storetest

import (
	"context"
	"errors"
	"math"
	"slices"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/quota"
)

type appFacts struct {
	ID       access.AppID
	Name     string
	Disabled bool
}

func appsOf(apps access.Apps) (all []appFacts) {
	for i, a := range apps {
		if a == nil {
			continue
		}
		if a.ID != access.AppID(i) {
			return nil
		}
		all = append(all, appFacts{a.ID, a.Name, a.Disabled})
	}
	return all
}

func appsKeepTheirNumbers(f *fixture) {
	first := f.apps("demo", "ads")
	f.equal("two new", appsOf(first), []appFacts{{1, "demo", false}, {2, "ads", false}})
	f.equal("one gone, one new", appsOf(f.apps("third", "ads")), []appFacts{{1, "demo", true}, {2, "ads", false}, {3, "third", false}})
	f.equal("none", appsOf(f.apps()), []appFacts{{1, "demo", true}, {2, "ads", true}, {3, "third", true}})
	again := f.apps("demo")
	f.equal("one back", appsOf(again), []appFacts{{1, "demo", false}, {2, "ads", true}, {3, "third", true}})
	if again[1].ClientID == "" || again[1].ClientID != first[1].ClientID || again[1].ClientID == first[2].ClientID {
		f.Errorf("client ids: %q then %q, beside %q", first[1].ClientID, again[1].ClientID, first[2].ClientID)
	}
	configured := &access.App{Name: "demo", ClientID: "chosen", Products: 5, Scopes: access.ScopeSet{9}, Disabled: true}
	apps, err := f.SyncApps(f.Context(), []*access.App{configured}, Noon)
	f.must(err)
	f.equal("what the configuration says", *apps[1],
		access.App{ID: 1, Name: "demo", ClientID: "chosen", Products: 5, Scopes: access.ScopeSet{9}, Disabled: true})
	f.equal("the configuration's own value", configured.ID, access.AppID(0))
}

func numbersAreGivenOnce(f *fixture) {
	get := func(kind string, names ...string) map[string]uint32 {
		f.Helper()
		n, err := f.Numbers(f.Context(), kind, names)
		f.must(err)
		return n
	}
	f.equal("the first", get("scope", "openid", "email"), map[string]uint32{"openid": 0, "email": 1})
	f.equal("another kind", get("product", "email"), map[string]uint32{"email": 0})
	f.equal("some known", get("scope", "r_ads", "email", "r_ads"), map[string]uint32{"openid": 0, "email": 1, "r_ads": 2})
	f.equal("none asked for", get("scope"), map[string]uint32{"openid": 0, "email": 1, "r_ads": 2})
	f.equal("an empty kind", get("route"), map[string]uint32{})
	names, err := f.Names(f.Context(), "scope")
	f.must(err)
	f.equal("in order", names, []string{"openid", "email", "r_ads"})
	names, err = f.Names(f.Context(), "route")
	f.must(err)
	f.equal("none in order", len(names), 0)
}

func numbersGoWithANewName(f *fixture) {
	_, err := f.Numbers(f.Context(), "route", []string{"me", "posts", "all"})
	f.must(err)
	_, err = f.Numbers(f.Context(), "scope", []string{"me"})
	f.must(err)
	f.must(f.Rename(f.Context(), "route", map[string]string{"posts": "people/posts", "me": "people/me", "nobody": "people/nobody"}))
	names, err := f.Names(f.Context(), "route")
	f.must(err)
	f.equal("renamed in their places", names, []string{"people/me", "people/posts", "all"})
	if err = f.Rename(f.Context(), "route", map[string]string{"all": "people/me"}); err == nil {
		f.Error("two names have one number")
	}
	numbers, err := f.Numbers(f.Context(), "route", []string{"people/me", "me"})
	f.must(err)
	f.equal("the old name is free", numbers, map[string]uint32{"people/me": 0, "people/posts": 1, "all": 2, "me": 3})
	names, err = f.Names(f.Context(), "scope")
	f.must(err)
	f.equal("another kind", names, []string{"me"})
}

func memberIsMadeOnce(f *fixture) {
	ada, bob, again := f.member("ada"), f.member("Ada"), f.member("ada")
	if ada.ID == 0 || ada.ID == bob.ID || again.ID != ada.ID || ada.Subject != "ada" || ada.Restricted.Load() {
		f.Errorf("ada %v, Ada %v, ada again %v", ada.ID, bob.ID, again.ID)
	}
	f.must(f.RestrictMember(f.Context(), ada.ID, true))
	found, err := f.Member(f.Context(), "ada")
	f.must(err)
	if found.ID != ada.ID || !found.Restricted.Load() || !f.member("ada").Restricted.Load() {
		f.Error("the restriction was not kept")
	}
	f.must(f.RestrictMember(f.Context(), ada.ID, false))
	if f.member("ada").Restricted.Load() {
		f.Error("the restriction was not lifted")
	}
	_, err = f.Member(f.Context(), "eve")
	f.notFound("an unknown subject", err)
	f.notFound("restrict nobody", f.RestrictMember(f.Context(), 99, true))
	f.notFound("restrict number 0", f.RestrictMember(f.Context(), 0, true))
	f.notFound("restrict the last number", f.RestrictMember(f.Context(), math.MaxUint64, true))
}

func countersAreReplaced(f *fixture) {
	at := Noon.UnixNano()
	one := quota.Counter{Resource: "people", Key: quota.Member, Window: quota.Day, App: 1, Member: 7, Used: 3, Ends: at + 2}
	burst := quota.Counter{Resource: "people", Key: quota.App, Window: quota.Second, Burst: true, App: 1, Ends: at + 5}
	app := quota.Counter{Resource: "people", Key: quota.App, Window: quota.Day, App: 1, Used: 1 << 40, Ends: at + 2}
	other := quota.Counter{Resource: "ads", Key: quota.Member, Window: quota.Day, App: 1, Member: math.MaxInt64, Used: 1, Ends: at}
	f.must(f.SaveCounters(f.Context(), slices.Values([]quota.Counter(nil))))
	f.must(f.SaveCounters(f.Context(), slices.Values([]quota.Counter{one, burst, app, other})))
	one.Used, one.Ends = 4, at+3
	f.must(f.SaveCounters(f.Context(), slices.Values([]quota.Counter{one})))
	f.equal("after one was replaced", f.counters(), set(one, burst, app, other))
	n, err := f.Sweep(f.Context(), Noon)
	f.must(err)
	f.equal("rows swept", n, 1)
	f.equal("after a sweep", f.counters(), set(one, burst, app))
}

func (f *fixture) counters() map[quota.Counter]bool {
	f.Helper()
	counters, err := f.LoadCounters(f.Context())
	f.must(err)
	all := set(counters...)
	f.equal("counters of one identity", len(counters), len(all))
	return all
}

func set(counters ...quota.Counter) map[quota.Counter]bool {
	all := make(map[quota.Counter]bool)
	for _, c := range counters {
		all[c] = true
	}
	return all
}

// contextThatHasEnded: a store may do at once what it was asked, or fail with the context's error, and nothing between.
func contextThatHasEnded(f *fixture) {
	ctx, cancel := context.WithCancel(f.Context())
	cancel()
	_, err := f.EnsureMember(ctx, "ada", Noon)
	if err != nil && !errors.Is(err, context.Canceled) {
		f.Errorf("failed otherwise: %v", err)
	}
	if f.member("ada").ID != 1 || f.member("bob").ID != 2 {
		f.Error("a write that failed left something behind")
	}
}
