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
	latelyRestricted = 10 // while tokens were under way: the tokens of restrictedMember are never good, not for a moment
)

// year is longer than a refresh token lives.
const year = 366 * 24 * time.Hour

// orderAll makes what the demo is given beside what is in sandbox.json.
func orderAll(ctx context.Context, g ordering, f *File, now time.Time) (given demo.Given, err error) {
	t := &f.Tokens
	given = demo.Given{Expired: t.Expired, Revoked: t.Revoked, Restricted: t.RestrictedMember, Application: t.App, OtherApp: t.OtherApp}
	if given.ExpiredRefresh, err = refreshOf(ctx, g, longAgoMember, now.Add(-year)); err != nil {
		return given, err
	}
	if given.RestrictedRefresh, err = restrictedRefresh(ctx, g, now); err != nil {
		return given, err
	}
	order := server.Order{App: apps[demoApp].Name, Scopes: apps[plainApp].Scopes, RedirectURI: f.Apps[demoApp].RedirectURIs[0]}
	order.Member = api.Members()[lateMember].ID
	if given.ExpiredCode, err = g.OrderCode(ctx, order, now.Add(-2*time.Hour)); err != nil {
		return given, fmt.Errorf("seed a code that has expired: %w", err)
	}
	order.Member, order.CodeLife = api.Members()[latelyRestricted].ID, year // for as long as the sandbox may run
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

// restrictedRefresh gives one of a member who is restricted as soon as it is made.
func restrictedRefresh(ctx context.Context, g ordering, now time.Time) (string, error) {
	app := &apps[keeperApp]
	m, err := g.Mint(ctx, token.Order{App: app.Name, Member: api.Members()[latelyRestricted].ID, Scopes: app.Scopes, Life: tokenLife}, now)
	if err != nil {
		return "", fmt.Errorf("seed a refresh token: %w", err)
	}
	if err = g.RestrictMember(ctx, m.Grant.MemberID(), false); err != nil {
		return "", err
	}
	text, err := refreshOf(ctx, g, latelyRestricted, now)
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
	person := func(n int) demo.Person {
		m := &f.Members[n]
		return demo.Person{Email: m.Email, Password: m.Password}
	}
	developer := &f.Developers[0]
	return demo.Options{
		URL: f.Demo, API: f.API, WWW: f.WWW, Standard: standard,
		Confidential: client(demoApp), Public: client(phoneApp), Other: client(adsApp), Narrow: client(simpleApp), Keeper: client(keeperApp), Disabled: client(closedApp),
		Member: person(0), Restricted: person(restrictedMember),
		Stranger: demo.Person{Email: developer.Email, Password: developer.Password}, Given: *given,
		Client: demo.NewClient(), Rand: rand.Reader,
	}
}
