package oauth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// goApp is an app in Go: golang.org/x/oauth2, and go-oidc where it wants to know who the member is.
type goApp struct {
	style    oauth2.AuthStyle
	pkce     bool
	client   *http.Client
	openid   bool
	config   oauth2.Config
	provider *oidc.Provider

	state, nonce, verifier string
	token                  *oauth2.Token
}

// written makes one.
func written(style oauth2.AuthStyle, pkce bool) func(*testing.T, *realm) app {
	return func(t *testing.T, r *realm) app {
		t.Helper()
		a := &goApp{style: style, pkce: pkce, client: r.client()}
		t.Cleanup(a.client.CloseIdleConnections)
		return a
	}
}

func (a *goApp) do(t *testing.T, step string, args map[string]any) answer {
	t.Helper()
	ctx := context.WithValue(t.Context(), oauth2.HTTPClient, a.client)
	steps := map[string]func(context.Context, map[string]any) (map[string]any, error){"configure": a.configure, "begin": a.begin, "finish": a.finish, "refresh": a.refresh, "own": a.own}
	got, err := steps[step](ctx, args)
	if err != nil {
		return answer{Failed: seenInGo(err)}
	}
	return answer{Got: got}
}

func (a *goApp) configure(ctx context.Context, args map[string]any) (_ map[string]any, err error) {
	text := func(name string) string { text, _ := args[name].(string); return text }
	a.openid, _ = args["openid"].(bool)
	a.config = oauth2.Config{
		ClientID: text("id"), ClientSecret: text("secret"), RedirectURL: text("redirect"), Scopes: strings.Fields(text("scope")),
		Endpoint: oauth2.Endpoint{AuthURL: text("www") + "/oauth/v2/authorization", TokenURL: text("www") + "/oauth/v2/accessToken"},
	}
	if a.openid {
		if a.provider, err = oidc.NewProvider(ctx, text("issuer")); err != nil {
			return nil, err
		}
		a.config.Endpoint = a.provider.Endpoint()
	}
	a.config.Endpoint.AuthStyle = a.style
	return nil, nil
}

func (a *goApp) begin(context.Context, map[string]any) (map[string]any, error) {
	a.state, a.nonce, a.verifier = "state of a login", "nonce of a login", oauth2.GenerateVerifier()
	var options []oauth2.AuthCodeOption
	if a.pkce {
		options = append(options, oauth2.S256ChallengeOption(a.verifier))
	}
	if a.openid {
		options = append(options, oidc.Nonce(a.nonce))
	}
	return map[string]any{"url": a.config.AuthCodeURL(a.state, options...)}, nil
}

// declined is what the way back says. x/oauth2 v0.38.0 leaves it to the app to read.
type declined struct{ url.Values }

func (d declined) Error() string { return d.Get("error") + ": " + d.Get("error_description") }

func (a *goApp) finish(ctx context.Context, args map[string]any) (_ map[string]any, err error) {
	text, _ := args["back"].(string)
	back, err := url.Parse(text)
	if err != nil {
		return nil, err
	}
	said := back.Query()
	if said.Get("state") != a.state {
		return nil, fmt.Errorf("the state is %q", said.Get("state"))
	}
	if said.Has("error") {
		return nil, declined{said}
	}
	var options []oauth2.AuthCodeOption
	if a.pkce {
		options = append(options, oauth2.VerifierOption(a.verifier))
	}
	if a.token, err = a.config.Exchange(ctx, said.Get("code"), options...); err != nil {
		return nil, err
	}
	got := map[string]any{"access_token": a.token.AccessToken}
	if !a.openid {
		return got, nil
	}
	raw, _ := a.token.Extra("id_token").(string)
	verified, err := a.provider.VerifierContext(ctx, &oidc.Config{ClientID: a.config.ClientID}).Verify(ctx, raw)
	if err != nil {
		return nil, err
	}
	if verified.Nonce != a.nonce {
		return nil, fmt.Errorf("the nonce is %q", verified.Nonce)
	}
	if err = verified.VerifyAccessToken(a.token.AccessToken); err != nil {
		return nil, err
	}
	info, err := a.provider.UserInfo(ctx, a.config.TokenSource(ctx, a.token))
	if err != nil {
		return nil, err
	}
	got["sub"], got["email"] = info.Subject, info.Email
	if info.Subject != verified.Subject {
		return nil, fmt.Errorf("the id_token is of %q, and userinfo of %q", verified.Subject, info.Subject)
	}
	return got, nil
}

// refresh has the library find that the token has ended.
func (a *goApp) refresh(ctx context.Context, _ map[string]any) (map[string]any, error) {
	next, err := a.config.TokenSource(ctx, &oauth2.Token{RefreshToken: a.token.RefreshToken}).Token()
	if err != nil {
		return nil, err
	}
	a.token = next // of a public app the refresh token is another
	return map[string]any{"access_token": next.AccessToken}, nil
}

func (a *goApp) own(ctx context.Context, _ map[string]any) (map[string]any, error) {
	c := clientcredentials.Config{
		ClientID: a.config.ClientID, ClientSecret: a.config.ClientSecret, TokenURL: a.config.Endpoint.TokenURL, Scopes: []string{"r_liteprofile"}, AuthStyle: a.style,
	}
	token, err := c.Token(ctx)
	if err != nil {
		return nil, err
	}
	return map[string]any{"access_token": token.AccessToken}, nil
}

// seenInGo is what a developer finds in an error.
func seenInGo(err error) map[string]any {
	if d, ok := errors.AsType[declined](err); ok {
		return map[string]any{"message": d.Error(), "error_uri": d.Get("error_uri")}
	}
	if e, ok := errors.AsType[*oauth2.RetrieveError](err); ok {
		return map[string]any{"type": fmt.Sprintf("%T", e), "message": err.Error(), "ErrorCode": e.ErrorCode, "ErrorDescription": e.ErrorDescription, "ErrorURI": e.ErrorURI, "Response.StatusCode": e.Response.StatusCode}
	}
	return map[string]any{"type": fmt.Sprintf("%T", err), "message": err.Error()}
}
