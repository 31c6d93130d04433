package token

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/access"
)

// desk grants whatever it is asked, and notes it.
type desk struct{ log []string }

func (d *desk) EnsureMember(_ context.Context, subject string, _ time.Time) (*access.Member, error) {
	d.log = append(d.log, "member "+subject)
	return &access.Member{ID: 11, Subject: subject}, nil
}

func (d *desk) EnsureGrant(_ context.Context, spec GrantSpec, _ time.Time) (Granted, error) {
	d.log = append(d.log, "grant "+spec.ScopeText+" until "+spec.Ends.Format(time.RFC3339))
	g := &access.Grant{ID: 60, App: spec.App, Scopes: spec.Scopes, ScopeText: spec.ScopeText}
	if spec.Member != 0 {
		g.Member = &access.Member{ID: spec.Member}
	}
	return Granted{Grant: g, New: true, Superseded: []access.GrantID{1}}, nil
}

func minter() (*Minter, *desk) {
	v, d := stock(nil), new(desk)
	demo := &access.App{ID: 1, Name: "demo", Scopes: access.ScopeSet{}.With(0).With(2)}
	return &Minter{
		Keys: v.keys, Store: d, Verifier: v, Rand: zeros{},
		Apps:  access.Apps{nil, demo, {ID: 2, Name: "bare"}, {ID: 3, Name: "old", Disabled: true}, {ID: 4, Name: "off", Disabled: true, Origin: access.Created}, {ID: 5, Name: "theirs", External: "login|theirs"}},
		Names: access.NewNames([]string{"openid", "r_ads", "email"}, nil),
	}, d
}

func TestMint(t *testing.T) {
	m, d := minter()
	got, err := m.Mint(t.Context(), Order{"demo", "ada", []string{"email", "openid"}, time.Hour}, noonTime.Add(time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"member ada", "grant openid email until 2026-03-01T13:00:00Z"}, d.log); diff != "" {
		t.Error(diff)
	}
	want := Result{State: Good, Genuine: true, Grant: got.Grant, ID: 60, Issued: noon, ExpiredAt: noon + 3600}
	if r := m.Verifier.verify([]byte(got.Token), at(noon)); r != want {
		t.Errorf("the token: %+v, want %+v", r, want)
	}
	if r := m.Verifier.verify(m.Verifier.mint(Access, 1, noon), at(noon)); r.State != Revoked || r.Grant.Reason() != access.ScopeChanged {
		t.Errorf("the grant before it: %+v", r)
	}
	if got.Superseded != 1 || !got.New || got.App.Name != "demo" || !got.Ends.Equal(noonTime.Add(time.Hour)) {
		t.Errorf("summary %+v", got)
	}
}

func TestMintRefuses(t *testing.T) {
	for _, c := range []struct {
		name string
		Order
		want string
	}{
		{"unknown app", Order{App: "dmo"}, `there is no app "dmo"; the apps are: bare, demo`},
		{"no app", Order{}, `no app is named; the apps are: bare, demo`},
		{"disabled app", Order{App: "old"}, `app "old" is disabled; put it (back) under apps: in the configuration`},
		{"app of another issuer", Order{App: "theirs"}, `app "theirs" has its tokens from another issuer (external: login|theirs), and Candor makes none for it`},
		{"disabled app that was created", Order{App: "off"}, `app "off" is disabled; candor app enable off puts it to work again`},
		{
			"another product's scope",
			Order{App: "demo", Scopes: []string{"openid", "r_ads"}},
			`scope "r_ads" is not among those of app "demo": email, openid; choose of these or give it a product that has the scope`,
		},
		{
			"unknown scope",
			Order{App: "demo", Scopes: []string{"x"}},
			`scope "x" is not among those of app "demo": email, openid; choose of these or give it a product that has the scope`,
		},
		{
			"app without scopes",
			Order{App: "bare", Scopes: []string{"openid"}},
			`scope "openid" is not among those of app "bare", which has none; give it a product that has the scope`,
		},
		{"no life", Order{App: "demo"}, `a token cannot live 0s; choose from 1s to 3650d`},
		{"too long a life", Order{App: "demo", Life: MaxLife + 1}, `a token cannot live 87600h0m0.000000001s; choose from 1s to 3650d`},
		{
			"blank in the member's id",
			Order{App: "demo", Life: time.Hour, Member: "a b"},
			`a member's id is visible ASCII without spaces; byte 2 of "a b" is not`,
		},
		{
			"long member's id",
			Order{App: "demo", Life: time.Hour, Member: strings.Repeat("m", 129)},
			`a member's id has 1 to 128 characters, this one 129`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, d := minter()
			_, err := m.Mint(t.Context(), c.Order, noonTime)
			if err == nil || err.Error() != c.want || len(d.log) != 0 {
				t.Errorf("got %v after %v\nwant %s", err, d.log, c.want)
			}
		})
	}
	m, _ := minter()
	m.Apps = nil
	if _, err := m.Mint(t.Context(), Order{App: "demo"}, noonTime); err == nil || err.Error() != "there is no app yet; add one under apps: in the configuration, or create one with candor app create" {
		t.Error(err)
	}
}
