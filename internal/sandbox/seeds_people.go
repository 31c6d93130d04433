package sandbox

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/candor-gateway/candor/internal/oauth"
	"github.com/candor-gateway/candor/internal/sandbox/api"
	"github.com/candor-gateway/candor/internal/sandbox/demo"
	"github.com/candor-gateway/candor/internal/server"
	"github.com/candor-gateway/candor/internal/token"
)

// ordering is what the sandbox asks of the running gateway for what members would have allowed.
type ordering interface {
	granting
	OrderCode(ctx context.Context, o server.Order, at time.Time) (string, error)
	OrderTokens(ctx context.Context, o server.Order, at time.Time) (oauth.Issued, error)
}

// Members with what the demo cannot bring about itself: each has one scope set for an app.
const (
	restrictedMember = 5
	refreshMember    = 7
	longAgoMember    = 8
	lateMember       = 9
)

// year is longer than a refresh token lives.
const year = 366 * 24 * time.Hour

// orderAll makes the refresh token of sandbox.json, and what the demo is given beside it.
func orderAll(ctx context.Context, g ordering, t *Tokens, demoURL string, now time.Time) (given demo.Given, err error) {
	given = demo.Given{Expired: t.Expired, Revoked: t.Revoked, Restricted: t.RestrictedMember, Application: t.App, OtherApp: t.OtherApp}
	if t.Refresh, err = refreshOf(ctx, g, refreshMember, now); err != nil {
		return given, err
	}
	if given.ExpiredRefresh, err = refreshOf(ctx, g, longAgoMember, now.Add(-year)); err != nil {
		return given, err
	}
	if given.RestrictedRefresh, err = restrictedRefresh(ctx, g, now); err != nil {
		return given, err
	}
	order := server.Order{App: apps[demoApp].Name, Scopes: apps[plainApp].Scopes, RedirectURI: Apps(demoURL)[demoApp].RedirectURIs[0]}
	order.Member = api.Members()[lateMember].ID
	if given.ExpiredCode, err = g.OrderCode(ctx, order, now.Add(-2*time.Hour)); err != nil {
		return given, fmt.Errorf("seed a code that has expired: %w", err)
	}
	order.Member, order.CodeLife = api.Members()[restrictedMember].ID, year // for as long as the sandbox may run
	if given.RestrictedCode, err = g.OrderCode(ctx, order, now); err != nil {
		return given, fmt.Errorf("seed the code of a restricted member: %w", err)
	}
	return given, nil
}

// refreshOf gives a refresh token of the app that keeps one.
func refreshOf(ctx context.Context, g ordering, member int, at time.Time) (string, error) {
	app := &apps[keeperApp]
	got, err := g.OrderTokens(ctx, server.Order{App: app.Name, Member: api.Members()[member].ID, Scopes: app.Scopes, RedirectURI: app.RedirectURIs[0]}, at)
	if err != nil {
		return "", fmt.Errorf("seed a refresh token: %w", err)
	}
	return got.Refresh, nil
}

// restrictedRefresh gives one of the restricted member, who is not restricted while it is made.
func restrictedRefresh(ctx context.Context, g ordering, now time.Time) (string, error) {
	app := &apps[keeperApp]
	m, err := g.Mint(ctx, token.Order{App: app.Name, Member: api.Members()[restrictedMember].ID, Scopes: app.Scopes, Life: tokenLife}, now)
	if err != nil {
		return "", fmt.Errorf("seed a refresh token: %w", err)
	}
	if err = g.RestrictMember(ctx, m.Grant.MemberID(), false); err != nil {
		return "", err
	}
	text, err := refreshOf(ctx, g, restrictedMember, now)
	if err != nil {
		return "", err
	}
	return text, g.RestrictMember(ctx, m.Grant.MemberID(), true)
}

// demoOptions are what the demo knows: addresses, client ids, secrets, and what it is given.
func demoOptions(f *File, given *demo.Given, standard bool) demo.Options {
	client := func(n int) demo.Client {
		a := &f.Apps[n]
		return demo.Client{Name: a.Name, ID: a.ClientID, Secret: a.ClientSecret, Scopes: a.Scopes}
	}
	member, developer := &f.Members[0], &f.Developers[0]
	return demo.Options{
		URL: f.Demo, API: f.API, WWW: f.WWW, Standard: standard,
		Confidential: client(demoApp), Public: client(phoneApp), Other: client(adsApp), Narrow: client(simpleApp), Keeper: client(keeperApp), Disabled: client(closedApp),
		Member:   demo.Person{Name: member.Name, Email: member.Email, Password: member.Password},
		Stranger: demo.Person{Email: developer.Email, Password: developer.Password}, Given: *given,
		Client: demo.NewClient(), Rand: rand.Reader,
	}
}
