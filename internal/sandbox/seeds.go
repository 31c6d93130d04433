package sandbox

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/sandbox/api"
	"github.com/candor-gateway/candor/internal/token"
)

// The apps, by their place in sandbox.json. Names, products and client ids of sandbox.yaml agree.
const (
	demoApp = iota
	adsApp
	plainApp
	simpleApp // without tokens of its own
	phoneApp  // public
	keeperApp // with a refresh token from the start
	closedApp // disabled
)

// demoScopes are all that the demo app has.
var demoScopes = [...]string{"r_liteprofile", "r_emailaddress", "openid", "profile", "email", "w_member_social"}

// apps are the applications of the sandbox, without what each sandbox has of its own: secrets, and the redirect URIs at the demo. Those that the demo signs in as
// come back to it.
var apps = [...]App{
	demoApp: {
		Name: "demo", ClientID: "86demo4kq2xt9a",
		RedirectURIs: []string{"http://localhost:3000/callback"}, Scopes: demoScopes[:],
	},
	adsApp: {
		Name: "ads", ClientID: "86adsa7mn3rw5c",
		RedirectURIs: []string{"http://localhost:3001/callback"}, Scopes: []string{"r_liteprofile", "r_emailaddress", "openid", "profile", "email", "r_ads"},
	},
	plainApp: {
		Name: "plain", ClientID: "86bare9zp6yb1d",
		RedirectURIs: []string{"http://localhost:3002/callback"}, Scopes: []string{"openid", "profile", "email"},
	},
	simpleApp: {
		Name: "simple", ClientID: "86simp3vd8qm1e",
		RedirectURIs: []string{"http://localhost:3003/callback"}, Scopes: []string{"openid", "profile", "email"},
	},
	phoneApp: {
		Name: "phone", ClientID: "86phon6tb4wr7k", Public: true,
		RedirectURIs: []string{"http://localhost:3004/callback"}, Scopes: []string{"r_liteprofile", "r_emailaddress", "openid", "profile", "email"},
	},
	keeperApp: {
		Name: "keeper", ClientID: "86keep2gx9fh5s",
		RedirectURIs: []string{"http://localhost:3005/callback"}, Scopes: []string{"r_liteprofile", "r_emailaddress"},
	},
	closedApp: {
		Name: "closed", ClientID: "86clos8jn1zc4u",
		RedirectURIs: []string{"http://localhost:3006/callback"}, Scopes: []string{"openid", "profile", "email"},
	},
}

// demoApps are those that the demo signs in as.
var demoApps = [...]int{demoApp, phoneApp, closedApp}

// Apps gives the applications of a sandbox whose demo is at a URL, the demo's own first. Their secrets open nothing but this process.
func Apps(demo string) []App {
	l := slices.Clone(apps[:])
	for i := range l {
		if !l[i].Public {
			l[i].ClientSecret = "sandbox-secret-of-" + l[i].Name
		}
		if slices.Contains(demoApps[:], i) {
			l[i].RedirectURIs = slices.Concat([]string{demo + "/callback"}, l[i].RedirectURIs)
		}
	}
	return l
}

// Members gives the members of the sandbox. Nobody but the sandbox knows them, so their passwords are no secret worth more
// than being easy to type.
func Members() []Member {
	people := api.Members()
	l := make([]Member, 0, len(people))
	for i := range people {
		p := &people[i]
		l = append(l, Member{Name: p.Name(), Email: p.Email, Password: "sandbox-" + p.Vanity, ID: p.ID})
	}
	return l
}

// granting is what the sandbox asks of the running gateway: tokens, and the states that spoil them.
type granting interface {
	Mint(ctx context.Context, o token.Order, now time.Time) (token.Minted, error)
	RevokeGrant(ctx context.Context, id access.GrantID, why access.Reason) error
	RestrictMember(ctx context.Context, id access.MemberID, restricted bool) error
}

// tokenLife is that of every token of the sandbox.
const tokenLife = 60 * 24 * time.Hour

// seed is how one token of sandbox.json comes to be. Each token with a member has one of its own, since a member holds one
// scope set per app; the first member stays free.
type seed struct {
	app    int
	member int // place in Members, 0 for the app alone
	scopes []string
	age    time.Duration
	spoil  func(ctx context.Context, g granting, m token.Minted) error
	into   func(t *Tokens) *string
}

func seeds() []seed {
	all := demoScopes[:]
	return []seed{
		{app: demoApp, member: 1, scopes: all, into: func(t *Tokens) *string { return &t.Good }},
		{app: demoApp, into: func(t *Tokens) *string { return &t.App }},
		{app: demoApp, member: 2, scopes: []string{"openid"}, into: func(t *Tokens) *string { return &t.NoScope }},
		{app: demoApp, member: 3, scopes: all, age: tokenLife + 24*time.Hour, into: func(t *Tokens) *string { return &t.Expired }},
		{app: demoApp, member: 4, scopes: all, spoil: revoke, into: func(t *Tokens) *string { return &t.Revoked }},
		{app: demoApp, member: 5, scopes: all, spoil: restrict, into: func(t *Tokens) *string { return &t.RestrictedMember }},
		{app: adsApp, member: 6, scopes: []string{"r_liteprofile", "r_ads"}, into: func(t *Tokens) *string { return &t.OtherApp }},
	}
}

// mintAll makes the tokens again. Members and grants that are there already are used again.
func mintAll(ctx context.Context, g granting, now time.Time) (Tokens, error) {
	var t Tokens
	for _, s := range seeds() {
		text, err := s.mint(ctx, g, now)
		if err != nil {
			return t, fmt.Errorf("seed a token of the app %s: %w", apps[s.app].Name, err)
		}
		*s.into(&t) = text
	}
	return t, nil
}

func (s *seed) mint(ctx context.Context, g granting, now time.Time) (string, error) {
	order := token.Order{App: apps[s.app].Name, Scopes: slices.Clone(s.scopes), Life: tokenLife}
	if s.member > 0 {
		order.Member = api.Members()[s.member].ID
	}
	m, err := g.Mint(ctx, order, now)
	if err != nil {
		return "", err
	}
	if s.age > 0 { // the token before keeps the grant alive: only this one is past its end
		if m, err = g.Mint(ctx, order, now.Add(-s.age)); err != nil {
			return "", err
		}
	}
	if s.spoil != nil {
		err = s.spoil(ctx, g, m)
	}
	return m.Token, err
}

func revoke(ctx context.Context, g granting, m token.Minted) error {
	return g.RevokeGrant(ctx, m.Grant.ID, access.ByMember)
}

func restrict(ctx context.Context, g granting, m token.Minted) error {
	return g.RestrictMember(ctx, m.Grant.MemberID(), true)
}
