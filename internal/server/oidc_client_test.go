package server_test

import (
	"context"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/candor-gateway/candor/internal/token"
)

// TestOpenIDClientOfAnother: a client that others have written finds everything by the issuer's name, and understands who it is and why not.
func TestOpenIDClientOfAnother(t *testing.T) {
	i := newStage(t).start(telling("standard")...)
	create(t, i, shop)
	to := &net.Dialer{}
	transport := &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return to.DialContext(ctx, "tcp", i.WWWAddr())
	}}
	defer transport.CloseIdleConnections()
	ctx := oidc.ClientContext(t.Context(), &http.Client{Transport: transport})
	provider, err := oidc.NewProvider(ctx, "http://www.example/oauth")
	must(t, err)
	made, err := i.Mint(t.Context(), token.Order{App: "shop", Member: "ada", Scopes: []string{"openid"}, Life: time.Hour}, time.Now())
	must(t, err)
	who, err := provider.UserInfo(ctx, oauth2.StaticTokenSource(&oauth2.Token{AccessToken: made.Token}))
	if err != nil || who.Subject != "ada" || who.Email != "" {
		t.Errorf("%+v, %v", who, err)
	}
	if _, err = provider.UserInfo(ctx, oauth2.StaticTokenSource(&oauth2.Token{AccessToken: "x"})); err == nil || !strings.Contains(err.Error(), "invalid_token") {
		t.Errorf("garbage: %v", err)
	}
}
