package storetest

import (
	"math"
	"sync"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/token"
)

func sameScopesShareAGrant(f *fixture) {
	f.apps("demo", "ads")
	ada := f.member("ada")
	first := f.ensure(spec(ada.ID, 0, 255))
	again := f.ensure(spec(ada.ID, 0, 255))
	if !first.New || again.New || first.Grant.ID != again.Grant.ID || first.Grant.ID == 0 || len(again.Superseded) != 0 {
		f.Errorf("first %+v, again %+v", first, again)
	}
	want := facts{App: 1, Subject: "ada", Scopes: access.ScopeSet{}.With(0).With(255), ScopeText: " s s"}
	f.equal("as it was granted", factsOf(first.Grant), want)
	f.equal("as it was found", factsOf(f.grant(first.Grant.ID)), want)

	elsewhere := spec(ada.ID, 0, 255)
	elsewhere.App = 2
	bob := f.ensure(spec(f.member("bob").ID, 0, 255))
	if ads := f.ensure(elsewhere); ads.Grant.ID == first.Grant.ID || bob.Grant.ID == first.Grant.ID || !ads.New || !bob.New {
		f.Error("another app or another member got the same grant")
	}
	f.equal("no scope at all", factsOf(f.ensure(spec(0)).Grant), facts{App: 1})
}

func otherScopesSupersede(f *fixture) {
	f.apps("demo", "ads")
	ada, bob := f.member("ada"), f.member("bob")
	elsewhere := spec(ada.ID, 1)
	elsewhere.App = 2
	others := []access.GrantID{f.ensure(spec(bob.ID, 1)).Grant.ID, f.ensure(spec(0, 1)).Grant.ID, f.ensure(elsewhere).Grant.ID}
	narrow := f.ensure(spec(ada.ID, 1)).Grant.ID
	wide := f.ensure(spec(ada.ID, 1, 2))
	f.equal("superseded", wide.Superseded, []access.GrantID{narrow})
	f.equal("the earlier one", f.grant(narrow).Reason(), access.ScopeChanged)
	back := f.ensure(spec(ada.ID, 1))
	if !back.New || back.Grant.ID == narrow {
		f.Error("the first scope set again is no new generation")
	}
	f.equal("superseded in turn", back.Superseded, []access.GrantID{wide.Grant.ID})
	for _, id := range others {
		f.equal("of somebody else", f.grant(id).Revoked(), false)
	}
}

func appAlone(f *fixture) {
	f.apps("demo")
	one, two := f.ensure(spec(0, 1)), f.ensure(spec(0, 2))
	again := f.ensure(spec(0, 1))
	if one.Grant.ID == two.Grant.ID || again.Grant.ID != one.Grant.ID || again.New || len(two.Superseded) != 0 {
		f.Errorf("one %+v, two %+v, one again %+v", one, two, again)
	}
	f.equal("the first lives on", factsOf(f.grant(one.Grant.ID)), facts{App: 1, Scopes: access.ScopeSet{}.With(1), ScopeText: " s"})
}

func grantNeedsItsOwners(f *fixture) {
	_, err := f.EnsureGrant(f.Context(), spec(0, 1), Noon)
	f.notFound("no such app", err)
	f.apps("demo")
	_, err = f.EnsureGrant(f.Context(), spec(99, 1), Noon)
	f.notFound("no such member", err)
	for _, id := range []access.GrantID{0, 1, math.MaxInt64, math.MaxUint64} {
		_, err = f.Grant(f.Context(), id)
		f.notFound("no such grant", err)
		f.notFound("revoke no such grant", f.RevokeGrant(f.Context(), id, access.ByMember))
	}
	live, err := f.LoadLive(f.Context(), Noon)
	f.must(err)
	f.equal("grants after all that", len(live.Grants), 0)
}

func revokedGrantsStayRevoked(f *fixture) {
	f.apps("demo")
	ada := f.member("ada")
	old := f.ensure(spec(ada.ID, 1)).Grant.ID
	f.must(f.RevokeGrant(f.Context(), old, access.ByMember))
	f.must(f.RevokeGrant(f.Context(), old, access.ScopeChanged))
	f.equal("the first reason", f.grant(old).Reason(), access.ByMember)
	again := f.ensure(spec(ada.ID, 1))
	if !again.New || again.Grant.ID == old || again.Grant.Revoked() || len(again.Superseded) != 0 {
		f.Errorf("granted again: %+v", again)
	}
}

func returnedIsTheCallersOwn(f *fixture) {
	f.apps("demo")
	ada := f.member("ada")
	g := f.ensure(spec(ada.ID, 1)).Grant
	g.Revoke(access.ByMember)
	g.Member.Restricted.Store(true)
	ada.Restricted.Store(true)
	f.equal("as it is kept", factsOf(f.grant(g.ID)), facts{App: 1, Subject: "ada", Scopes: access.ScopeSet{}.With(1), ScopeText: " s"})
}

func liveIsWhatCanStillMatter(f *fixture) {
	f.apps("demo")
	ada, bob := f.member("ada"), f.member("bob")
	short := spec(ada.ID, 1)
	a := f.ensure(short).Grant.ID
	b := f.ensure(spec(bob.ID, 1)).Grant.ID
	f.must(f.RevokeGrant(f.Context(), b, access.ByMember))
	f.must(f.RestrictMember(f.Context(), ada.ID, true))

	l, err := f.LoadLive(f.Context(), short.Ends.Add(-time.Second))
	f.must(err)
	f.equal("in their last second", ids(l), []access.GrantID{a, b})
	f.equal("restricted", factsOf(l.Grants[0]).Restricted, true)
	f.equal("revoked", factsOf(l.Grants[1]).Reason, access.ByMember)
	l, err = f.LoadLive(f.Context(), short.Ends)
	f.must(err)
	f.equal("after it", len(l.Grants), 0)

	long := short
	long.Ends = short.Ends.Add(time.Hour)
	f.ensure(long)
	f.ensure(short) // a shorter token does not cut what a longer one needs
	l, err = f.LoadLive(f.Context(), short.Ends)
	f.must(err)
	f.equal("extended", ids(l), []access.GrantID{a})
}

func grantLivesAsItsRefreshToken(f *fixture) {
	f.apps("demo")
	ada := f.member("ada")
	refreshed := spec(ada.ID, 1)
	refreshed.Refreshed = refreshed.Ends.Add(time.Hour)
	g := f.ensure(refreshed).Grant
	f.equal("as it was granted", g.RefreshEnds(), refreshed.Refreshed.Unix())
	f.equal("one without", f.ensure(spec(0, 1)).Grant.RefreshEnds(), int64(0))
	f.equal("extended by one without", f.ensure(spec(ada.ID, 1)).Grant.RefreshEnds(), refreshed.Refreshed.Unix())
	l, err := f.LoadLive(f.Context(), refreshed.Refreshed.Add(-time.Second))
	f.must(err)
	f.equal("in the refresh token's last second", ids(l), []access.GrantID{g.ID})
	l, err = f.LoadLive(f.Context(), refreshed.Refreshed)
	f.must(err)
	f.equal("after it", len(l.Grants), 0)

	later := refreshed
	later.Refreshed = later.Refreshed.Add(time.Hour)
	f.equal("of a second exchange", f.ensure(later).Grant.RefreshEnds(), later.Refreshed.Unix())
	f.equal("of an earlier one", f.ensure(refreshed).Grant.RefreshEnds(), later.Refreshed.Unix())
	f.equal("as it is kept", f.grant(g.ID).RefreshEnds(), later.Refreshed.Unix())
}

func changesComeOnce(f *fixture) {
	var seq int64
	changed := func(what string, want ...access.GrantID) token.Live {
		f.Helper()
		l, err := f.Changes(f.Context(), seq)
		f.must(err)
		f.equal(what, ids(l), want)
		seq = l.Seq
		return l
	}
	f.apps("demo")
	ada := f.member("ada")
	changed("no grant yet")
	a := f.ensure(spec(ada.ID, 1)).Grant.ID
	b := f.ensure(spec(0, 1)).Grant.ID
	changed("two new", a, b)
	changed("nothing since")
	c := f.ensure(spec(ada.ID, 2)).Grant.ID
	l := changed("superseded and new", min(a, c), max(a, c))
	for _, g := range l.Grants {
		f.equal("dead", g.Revoked(), g.ID == a)
	}
	f.must(f.RevokeGrant(f.Context(), b, access.ByMember))
	changed("revoked", b)
	f.must(f.RestrictMember(f.Context(), ada.ID, true))
	l = changed("restricted", min(a, c), max(a, c))
	f.equal("restricted", factsOf(l.Grants[0]).Restricted, true)
	f.must(f.RevokeToken(f.Context(), token.RevokedToken{ID: token.ID{1}, Ends: 5}))
	l = changed("a token, no grant")
	f.equal("the token", l.Tokens, []token.RevokedToken{{ID: token.ID{1}, Ends: 5}})
	f.equal("the token once", len(changed("nothing more").Tokens), 0)
	l, err := f.LoadLive(f.Context(), Noon)
	f.must(err)
	f.equal("the same sequence", l.Seq, seq)
}

func tokensAreKeptUntilTheyEnd(f *fixture) {
	now := Noon.Unix()
	one, two := token.RevokedToken{ID: token.ID{1}, Ends: now}, token.RevokedToken{ID: token.ID{2, 11: 9}, Ends: now + 1}
	f.must(f.RevokeToken(f.Context(), one))
	f.must(f.RevokeToken(f.Context(), two))
	f.must(f.RevokeToken(f.Context(), two))
	l, err := f.LoadLive(f.Context(), Noon)
	f.must(err)
	f.equal("all, also what seems to have ended", l.Tokens, []token.RevokedToken{one, two})
	n, err := f.Sweep(f.Context(), Noon)
	f.must(err)
	f.equal("rows swept", n, 1)
	l, err = f.LoadLive(f.Context(), Noon.Add(-time.Second))
	f.must(err)
	f.equal("after a sweep", l.Tokens, []token.RevokedToken{two})
}

func manyCallersMakeOneGrant(f *fixture) {
	f.apps("demo")
	const callers = 16
	granted := make([]token.Granted, callers)
	var wg sync.WaitGroup
	for i := range callers {
		wg.Go(func() {
			ada, err := f.EnsureMember(f.Context(), "ada", Noon)
			if err != nil {
				f.Error(err)
				return
			}
			if granted[i], err = f.EnsureGrant(f.Context(), spec(ada.ID, 1), Noon); err != nil {
				f.Error(err)
			}
		})
	}
	wg.Wait()
	if f.Failed() {
		return
	}
	made := 0
	for _, g := range granted {
		f.equal("one grant", g.Grant.ID, granted[0].Grant.ID)
		if g.New {
			made++
		}
	}
	f.equal("made once", made, 1)
}

// verifierOverIt is what a store is for: tokens minted by one process judged by another that shares only the store.
func verifierOverIt(f *fixture) {
	demo := f.apps("demo")
	demo[1].Scopes = access.ScopeSet{}.With(0).With(1)
	keys := token.Memory(Noon)
	m := &token.Minter{Keys: keys, Store: f.Store, Apps: demo, Names: access.NewNames([]string{"openid", "email"}, nil)}
	v := token.NewVerifier(keys, f.Store)
	mint := func(member string, scopes ...string) string {
		f.Helper()
		done, err := m.Mint(f.Context(), token.Order{App: "demo", Member: member, Scopes: scopes, Life: time.Hour}, Noon)
		f.must(err)
		return done.Token
	}
	judge := func(cred string) token.State {
		f.Helper()
		var s token.Scratch
		var r token.Result
		v.Verify([]byte(cred), Noon.UnixNano(), &s, &r)
		if r.State == token.Unknown {
			f.must(v.Fetch(f.Context(), r.ID))
			v.Verify([]byte(cred), Noon.UnixNano(), &s, &r)
		}
		return r.State
	}
	first, alone := mint("ada", "openid"), mint("", "openid", "email")
	f.equal("good", judge(first), token.Good)
	f.equal("good, of the app alone", judge(alone), token.Good)
	f.equal("never kept", judge(string(keys.Mint(nil, token.Access, 12345, Noon.Unix(), 60, token.ID{}))), token.Invalid)

	live, err := f.LoadLive(f.Context(), Noon)
	f.must(err)
	second := mint("ada", "openid", "email")
	changes, err := f.Changes(f.Context(), live.Seq)
	f.must(err)
	v.Load(changes)
	f.equal("of the earlier scopes", judge(first), token.Revoked)
	f.equal("of the later scopes", judge(second), token.Good)

	f.must(f.RestrictMember(f.Context(), f.member("ada").ID, true))
	again := token.NewVerifier(keys, f.Store)
	live, err = f.LoadLive(f.Context(), Noon)
	f.must(err)
	again.Load(live)
	v = again
	f.equal("restricted, after a restart", judge(second), token.Restricted)
	f.equal("revoked, after a restart", judge(first), token.Revoked)
	f.equal("good, after a restart", judge(alone), token.Good)
}
