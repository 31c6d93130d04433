package storetest

import (
	"time"

	"github.com/candor-gateway/candor/internal/access"
)

// scopeUsesAdd: what is saved twice in one hour is added, and hours are told apart until nobody asks for them.
func scopeUsesAdd(f *fixture) {
	f.apps("one", "two")
	hour := Noon.Unix()
	use := func(app access.AppID, scope access.Scope, at, asked, granted, refused int64) access.ScopeUse {
		return access.ScopeUse{App: app, Scope: scope, Hour: at, ScopeCounts: access.ScopeCounts{Asked: asked, Granted: granted, Refused: refused}}
	}
	sum := func(since int64) []access.ScopeUse {
		all, err := f.ScopeUses(f.Context(), since)
		f.must(err)
		return all
	}
	f.must(f.SaveScopeUses(f.Context(), nil))
	f.equal("before the first", sum(0), []access.ScopeUse(nil))
	f.must(f.SaveScopeUses(f.Context(), []access.ScopeUse{use(2, 7, hour, 1, 0, 1), use(1, 7, hour, 3, 2, 1), use(1, 7, hour-3600, 10, 10, 0)}))
	f.must(f.SaveScopeUses(f.Context(), []access.ScopeUse{use(1, 7, hour, 4, 1, 0), use(1, access.UnknownScope, hour, 5, 0, 5), use(1, 0, hour, 1, 1, 0)}))
	f.equal("of the hour", sum(hour), []access.ScopeUse{use(1, 0, 0, 1, 1, 0), use(1, 7, 0, 7, 3, 1), use(1, access.UnknownScope, 0, 5, 0, 5), use(2, 7, 0, 1, 0, 1)})
	f.equal("of both", sum(hour - 3600)[1], use(1, 7, 0, 17, 13, 1))
	f.equal("of none", sum(hour+1), []access.ScopeUse(nil))

	n, err := f.Sweep(f.Context(), Noon.Add(access.ScopeKept*time.Second-time.Hour))
	f.must(err)
	f.equal("swept", n, 1)
	f.equal("what is kept", sum(0)[1], use(1, 7, 0, 7, 3, 1))
}
