package token

import (
	"testing"

	"github.com/candor-gateway/candor/internal/access"
)

// TestErase: what the member granted is dead, also for calls that hold it, and is called by another name; others are not touched.
func TestErase(t *testing.T) {
	v := stock(nil)
	again := v.Put(&access.Grant{ID: 5, App: 8, Member: &access.Member{ID: 11, Subject: "ada"}})
	again.RefreshUntil(noon + day)
	held, _ := v.Grant(1)
	news := v.News()
	v.Erase(11, "nobody")
	if v.News() == news {
		t.Error("nobody hears of it")
	}
	if !held.Revoked() {
		t.Error("a call that holds the grant goes on")
	}
	for _, id := range []access.GrantID{1, 5} {
		g, known := v.Grant(id)
		if !known || g.Reason() != access.ByOperator || g.Member.Subject != "nobody" || !g.Member.Restricted.Load() {
			t.Errorf("grant %d: %+v", id, g)
		}
		if r := v.verify(v.mint(Access, id, noon), at(noon)); r.State != Revoked {
			t.Errorf("a token of grant %d is %s", id, r.State)
		}
	}
	if g, _ := v.Grant(5); g.App != 8 || g.RefreshEnds() != noon+day {
		t.Errorf("%+v", g)
	}
	if g := v.Put(&access.Grant{ID: 6, App: 7, Member: &access.Member{ID: 11, Subject: "ada"}}); g.Member.Subject != "nobody" {
		t.Errorf("a grant that comes late is of %s", g.Member.Subject)
	}
	for id, want := range map[access.GrantID]State{2: Revoked, 3: Restricted, 4: Good} {
		if r := v.verify(v.mint(Access, id, noon), at(noon)); r.State != want {
			t.Errorf("a token of grant %d is %s, want %s", id, r.State, want)
		}
	}
}
