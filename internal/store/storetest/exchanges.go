package storetest

import (
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/token"
)

// code keeps a code of app 1 for a member, which lives half an hour.
func (f *fixture) code(id access.CodeID, m *access.Member, scopes ...access.Scope) *access.Code {
	f.Helper()
	s := spec(m.ID, scopes...)
	c := &access.Code{
		ID: id, App: 1, Member: m, Scopes: s.Scopes, ScopeText: s.ScopeText, RedirectURI: "https://app.example/cb?a=%2F", Challenge: "challenge", Nonce: "n'\"\x00",
		Authenticated: Noon.Unix() - 60, Created: Noon.Unix(), Ends: Noon.Unix() + 1800,
	}
	f.must(f.AddCode(f.Context(), c))
	return c
}

// shown is the code as the next exchange sees it.
func (f *fixture) shown(id access.CodeID) (seen *access.Code) {
	f.Helper()
	_, err := f.ExchangeCode(f.Context(), id, Noon, func(c *access.Code) token.CodeChange { seen = c; return token.CodeChange{} })
	f.must(err)
	return seen
}

// redeem uses a code up for an access token of this id, and a line where that is not 0.
func (f *fixture) redeem(c *access.Code, tok byte, line access.LineID) token.Exchanged {
	f.Helper()
	r := &token.Redeem{Spec: spec(c.Member.ID), Token: token.RevokedToken{ID: token.ID{tok}, Ends: Noon.Unix() + 3600}}
	r.Spec.Scopes, r.Spec.ScopeText = c.Scopes, c.ScopeText
	if line != 0 {
		r.Line = &access.Line{ID: line, Code: c.ID, Key: 7, Issued: Noon.Unix(), Ends: Noon.Unix() + 86400}
		r.Spec.Refreshed = Noon.Add(24 * time.Hour)
	}
	done, err := f.ExchangeCode(f.Context(), c.ID, Noon.Add(time.Second), func(*access.Code) token.CodeChange { return token.CodeChange{Redeem: r} })
	f.must(err)
	return done
}

func (f *fixture) line(id access.LineID, change token.LineChange) (seen *access.Line, g *access.Grant, done token.Exchanged) {
	f.Helper()
	done, err := f.ExchangeLine(f.Context(), id, Noon.Add(time.Minute), func(l *access.Line, of *access.Grant) token.LineChange {
		seen, g = l, of
		return change
	})
	f.must(err)
	return seen, g, done
}

var sameMember = cmp.Comparer(func(a, b *access.Member) bool {
	return a.ID == b.ID && a.Subject == b.Subject && a.Restricted.Load() == b.Restricted.Load()
})

func codeIsUsedOnce(f *fixture) {
	f.apps("demo")
	ada := f.member("ada")
	c := f.code(5, ada, 1, 2)
	if diff := cmp.Diff(c, f.shown(5), sameMember); diff != "" {
		f.Errorf("as it was kept: -want +got\n%s", diff)
	}
	done := f.redeem(c, 1, 9)
	if !done.New || done.Grant == nil || done.Grant.App != 1 || done.Grant.RefreshEnds() != Noon.Unix()+86400 {
		f.Errorf("%+v", done)
	}
	used := f.shown(5)
	want := *c
	want.Used, want.Line = Noon.Unix()+1, 9
	if diff := cmp.Diff(&want, used, sameMember); diff != "" {
		f.Errorf("as it was used: -want +got\n%s", diff)
	}
	_, err := f.ExchangeCode(f.Context(), 5, Noon, func(*access.Code) token.CodeChange {
		return token.CodeChange{Redeem: &token.Redeem{Spec: spec(ada.ID, 1, 2)}}
	})
	if err == nil {
		f.Error("it was used twice")
	}
	line, grant, _ := f.line(9, token.LineChange{})
	f.equal("its line", line, &access.Line{ID: 9, Grant: done.Grant.ID, Code: 5, Key: 7, Issued: Noon.Unix(), Ends: Noon.Unix() + 86400})
	f.equal("the line's grant", grant.ID, done.Grant.ID)
	f.must(f.RestrictMember(f.Context(), ada.ID, true))
	f.equal("its member is restricted", f.shown(5).Member.Restricted.Load(), true)
	if f.shown(6) != nil {
		f.Error("a code that is none was found")
	}
	if f.AddCode(f.Context(), c) == nil {
		f.Error("a second code of the same id")
	}
}

func codeFailuresAreCounted(f *fixture) {
	f.apps("demo")
	f.code(5, f.member("ada"), 1)
	for n := range 3 {
		f.equal("failures", f.shown(5).Failures, n)
		_, err := f.ExchangeCode(f.Context(), 5, Noon, func(*access.Code) token.CodeChange { return token.CodeChange{Failed: true} })
		f.must(err)
	}
	f.equal("it was not used", f.shown(5).Used, int64(0))
}

func codeIsRecalled(f *fixture) {
	f.apps("demo")
	ada := f.member("ada")
	first, second := f.code(5, ada, 1), f.code(6, ada, 1)
	gave := f.redeem(first, 1, 8)
	f.redeem(second, 2, 9)
	refreshed := token.RevokedToken{ID: token.ID{3}, Ends: Noon.Unix() + 3600}
	f.line(8, token.LineChange{Token: refreshed})
	f.line(9, token.LineChange{Token: token.RevokedToken{ID: token.ID{4}, Ends: Noon.Unix() + 3600}})
	done, err := f.ExchangeCode(f.Context(), 5, Noon, func(*access.Code) token.CodeChange { return token.CodeChange{Recall: true} })
	f.must(err)
	want := []token.RevokedToken{{ID: token.ID{1}, Ends: Noon.Unix() + 3600}, refreshed}
	f.equal("taken back", done.Recalled, want)
	live, err := f.LoadLive(f.Context(), Noon)
	f.must(err)
	if diff := cmp.Diff(want, live.Tokens, cmpopts.SortSlices(func(a, b token.RevokedToken) bool { return a.ID[0] < b.ID[0] })); diff != "" {
		f.Errorf("kept as taken back: %s", diff)
	}
	one, grant, _ := f.line(8, token.LineChange{})
	other, _, _ := f.line(9, token.LineChange{})
	if !one.Revoked || other.Revoked || grant.Revoked() || grant.ID != gave.Grant.ID {
		f.Errorf("%+v %+v %+v", one, other, grant)
	}
}

func codesDie(f *fixture) {
	f.apps("demo")
	ada, bob := f.member("ada"), f.member("bob")
	narrow, wide, same, of := f.code(1, ada, 1), f.code(2, ada, 1, 2), f.code(3, ada, 1), f.code(4, bob, 1)
	first := f.redeem(narrow, 1, 0)
	f.equal("a later one of other scopes", f.shown(2).Dead, access.NotRevoked)
	done := f.redeem(wide, 2, 0)
	f.equal("superseded", done.Superseded, []access.GrantID{first.Grant.ID})
	f.equal("a later one of the first scopes", f.shown(same.ID).Dead, access.NotRevoked)
	f.equal("a code that was used", f.shown(1).Dead, access.NotRevoked)
	f.code(7, ada, 1, 2)
	f.redeem(same, 3, 0)
	f.equal("a later one", f.shown(7).Dead, access.NotRevoked)
	early := f.code(8, ada, 5)
	f.redeem(f.code(9, ada, 6), 4, 0)
	f.equal("an earlier one of other scopes", f.shown(early.ID).Dead, access.ScopeChanged)
	grant := f.ensure(spec(ada.ID, 7))
	f.code(10, ada, 7)
	f.must(f.RevokeGrant(f.Context(), grant.Grant.ID, access.ByMember))
	f.equal("of a grant that is taken back", f.shown(10).Dead, access.ByMember)
	f.code(11, ada, 8)
	f.ensure(spec(ada.ID, 9))
	f.equal("of other scopes than were granted without a code", f.shown(11).Dead, access.ScopeChanged)
	f.equal("of somebody else", f.shown(of.ID).Dead, access.NotRevoked)
}

func lineAdvances(f *fixture) {
	f.apps("demo")
	f.redeem(f.code(5, f.member("ada"), 1), 1, 8)
	f.line(8, token.LineChange{Advance: 3})
	line, _, _ := f.line(8, token.LineChange{})
	f.equal("generation", line.Generation, uint32(3))
	f.equal("since", line.Advanced, Noon.Add(time.Minute).Unix())
	if none, grant, _ := f.line(99, token.LineChange{}); none != nil || grant != nil {
		f.Error("a line that is none was found")
	}
}

func lineEndsItsGrant(f *fixture) {
	f.apps("demo")
	ada := f.member("ada")
	gave := f.redeem(f.code(5, ada, 1), 1, 8)
	f.code(6, ada, 1)
	_, _, done := f.line(8, token.LineChange{Revoke: access.Reused})
	f.equal("revoked", done.Revoked, gave.Grant.ID)
	f.equal("why", done.Reason, access.Reused)
	f.equal("kept", f.grant(gave.Grant.ID).Reason(), access.Reused)
	f.equal("a code of it", f.shown(6).Dead, access.Reused)
}

func exchangesAreSwept(f *fixture) {
	f.apps("demo")
	ada := f.member("ada")
	f.redeem(f.code(5, ada, 1), 1, 8)
	for _, c := range []struct {
		after      time.Duration
		code, line bool
	}{{24 * time.Hour, true, false}, {25 * time.Hour, false, false}} {
		_, err := f.Sweep(f.Context(), Noon.Add(c.after))
		f.must(err)
		line, _, _ := f.line(8, token.LineChange{})
		if (f.shown(5) != nil) != c.code || (line != nil) != c.line {
			f.Errorf("after %s: %+v %+v", c.after, f.shown(5), line)
		}
	}
}

func manyCallersUseOneCode(f *fixture) {
	f.apps("demo")
	ada := f.member("ada")
	f.code(5, ada, 1)
	var used, refused atomic.Int32
	var all sync.WaitGroup
	for n := range 20 {
		all.Go(func() {
			_, err := f.ExchangeCode(f.Context(), 5, Noon.Add(time.Second), func(c *access.Code) token.CodeChange {
				if c.Used != 0 {
					refused.Add(1)
					return token.CodeChange{}
				}
				return token.CodeChange{Redeem: &token.Redeem{Spec: spec(ada.ID, 1), Token: token.RevokedToken{ID: token.ID{byte(n)}, Ends: 1}}}
			})
			if err != nil {
				f.Error(err)
			}
			used.Add(1)
		})
	}
	all.Wait()
	f.equal("refused", refused.Load(), int32(19))
}

func lastUseIsKept(f *fixture) {
	f.apps("demo")
	one, two := f.ensure(spec(0, 1)).Grant, f.ensure(spec(0, 2)).Grant
	f.equal("before the first", one.LastUse(), int64(0))
	for _, at := range []int64{Noon.Unix() + 120, Noon.Unix()} {
		f.must(f.SaveUses(f.Context(), maps.All(map[access.GrantID]int64{one.ID: at, 99: at})))
	}
	f.equal("the later one", f.grant(one.ID).LastUse(), Noon.Unix()+120)
	f.equal("of another", f.grant(two.ID).LastUse(), int64(0))
	many := map[access.GrantID]int64{}
	for n := range access.GrantID(1200) {
		many[n+1000] = 1
	}
	many[two.ID] = Noon.Unix()
	f.must(f.SaveUses(f.Context(), maps.All(many)))
	f.equal("among many", f.grant(two.ID).LastUse(), Noon.Unix())
}

func exchangesAreBounded(f *fixture) {
	f.apps("demo")
	ada := f.member("ada")
	f.code(9999, f.member("bob"), 1)
	for n := range access.CodeID(token.MostLines + 5) {
		c := f.code(n+1, ada, 1)
		r := &token.Redeem{Spec: spec(ada.ID, 1), Token: token.RevokedToken{ID: token.ID{byte(n), byte(n >> 8)}, Ends: 1}}
		r.Line = &access.Line{ID: access.LineID(n + 1), Code: c.ID, Issued: Noon.Unix() + int64(n), Ends: Noon.Unix() + 86400}
		_, err := f.ExchangeCode(f.Context(), c.ID, Noon, func(*access.Code) token.CodeChange { return token.CodeChange{Redeem: r} })
		f.must(err)
	}
	first, _, _ := f.line(5, token.LineChange{})
	kept, _, _ := f.line(6, token.LineChange{})
	if first != nil || kept == nil {
		f.Errorf("of the lines the fifth is %+v, the sixth %+v", first, kept)
	}
	const oldest = token.MostLines + 5 - token.MostCodes + 1
	if f.shown(oldest-1) != nil || f.shown(oldest) == nil || f.shown(9999) == nil {
		f.Error("of the codes too many or too few are kept")
	}
}
