package server_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"testing"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// TestClientOfAnother: a client that others have written gets a token, in both styles, sends it, and understands a refusal.
func TestClientOfAnother(t *testing.T) {
	i := newStage(t).start(authorizing("")...)
	app := create(t, i, shop)
	transport := &http.Transport{Proxy: func(*http.Request) (*url.URL, error) { return nil, nil }}
	defer transport.CloseIdleConnections()
	ctx := context.WithValue(t.Context(), oauth2.HTTPClient, &http.Client{Transport: transport})
	for style, name := range map[oauth2.AuthStyle]string{oauth2.AuthStyleInHeader: "in the head", oauth2.AuthStyleInParams: "in the body", oauth2.AuthStyleAutoDetect: "as it finds out"} {
		config := clientcredentials.Config{
			ClientID: app.ClientID, ClientSecret: app.Secret, TokenURL: "http://" + i.WWWAddr() + tokenPath, Scopes: []string{"r_profile"}, AuthStyle: style,
		}
		token, err := config.Token(ctx)
		if err != nil || token.Type() != "Bearer" || token.Expiry.IsZero() {
			t.Errorf("%s: %+v, %v", name, token, err)
			continue
		}
		if got := i.status("/v2/me", token.AccessToken); got != (answer{Status: 200}) {
			t.Errorf("%s: the API answers %+v", name, got)
		}
		config.ClientSecret = "wrong"
		_, err = config.Token(ctx)
		refused, ok := errors.AsType[*oauth2.RetrieveError](err)
		if !ok || refused.ErrorCode != "invalid_client" || refused.ErrorDescription != "Client authentication failed" || refused.ErrorURI != "http://www.example/errors/oauth#oauth_wrong_secret" {
			t.Errorf("%s: refused with %v", name, err)
		}
	}
}
