package storetest

import (
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/token"
)

// listed is what a list says of a grant.
type listed struct {
	ID      access.GrantID
	Created uint32
	Ends    int64
}

func grantsAreListed(f *fixture) {
	f.apps("demo", "ads")
	ada, bob := f.member("ada"), f.member("bob")
	grant := func(of token.GrantSpec, app access.AppID, after time.Duration) listed {
		f.Helper()
		of.App = app
		granted, err := f.EnsureGrant(f.Context(), of, Noon.Add(after))
		f.must(err)
		l := listed{granted.Grant.ID, uint32(Noon.Add(after).Unix()), of.Until()}
		f.equal("as it was granted", granted.Grant.Created, l.Created)
		f.equal("as it was found", f.grant(l.ID).Created, l.Created)
		return l
	}
	refreshed, short := spec(bob.ID, 1), spec(ada.ID, 1)
	refreshed.Refreshed = refreshed.Ends.Add(time.Hour)
	short.Ends = Noon.Add(time.Minute)
	first := grant(spec(ada.ID, 1), 1, 0)
	second := grant(refreshed, 1, time.Second)
	third := grant(spec(0, 1), 2, 2*time.Second)
	grant(short, 2, 3*time.Second) // it ends before it is looked for
	dead := grant(spec(bob.ID, 2), 2, 4*time.Second)
	f.must(f.RevokeGrant(f.Context(), dead.ID, access.ByMember))
	_, err := f.EnsureGrant(f.Context(), spec(ada.ID, 1), Noon.Add(time.Hour)) // a token more makes it no younger
	f.must(err)
	for _, c := range []struct {
		name string
		of   token.GrantFilter
		most int
		want []listed
	}{
		{"all", token.GrantFilter{}, 10, []listed{first, second, third}},
		{"no more than that", token.GrantFilter{}, 2, []listed{first, second}},
		{"of an app", token.GrantFilter{App: 1}, 10, []listed{first, second}},
		{"of a member", token.GrantFilter{Subject: "bob"}, 10, []listed{second}},
		{"of an app and a member", token.GrantFilter{App: 1, Subject: "ada"}, 10, []listed{first}},
		{"of nobody", token.GrantFilter{App: 2, Subject: "bob"}, 10, nil},
	} {
		all, failed := f.LiveGrants(f.Context(), c.of, Noon.Add(time.Minute), c.most)
		f.must(failed)
		var got []listed
		for _, l := range all {
			got = append(got, listed{l.ID, l.Created, l.Ends})
		}
		f.equal(c.name, got, c.want)
	}
	all, err := f.LiveGrants(f.Context(), token.GrantFilter{App: 1, Subject: "bob"}, Noon, 1)
	f.must(err)
	f.equal("the end of its refresh token", all[0].RefreshEnds(), refreshed.Refreshed.Unix())
}
