package config

import (
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/quota"
	"github.com/candor-gateway/candor/problem"
)

func appKeys(cfg *Config) object[App] {
	return object[App]{
		what:  "an app",
		short: "name",
		fields: []field[App]{
			required(key("name", func(a *App) *string { return &a.Name }, name)),
			key("client_id", func(a *App) *string { return &a.ClientID }, orNothing(checked("a client id", clientIDRule))),
			key("external", func(a *App) *string { return &a.External }, orNothing(externalApp)),
			key("client_secret", func(a *App) *Secret { return &a.Secret }, secret),
			key("public", func(a *App) *bool { return &a.Public }, truth),
			key("redirect_uris", func(a *App) *[]string { return &a.RedirectURIs }, list(checked("a redirect URI", redirectRule), "redirect URIs", "[https://app.example/callback]")),
			key("application_tokens", func(a *App) *bool { return &a.ApplicationTokens }, truth).
				or(func(a *App) { a.ApplicationTokens = !a.Public && a.External == "" }),
			key("refresh_tokens", func(a *App) *bool { return &a.RefreshTokens }, truth).
				or(func(a *App) { a.RefreshTokens = cfg.GivesRefreshTokens() && a.External == "" }),
			key("introspect", func(a *App) *[]string { return &a.Introspect }, list(name, "APIs", "[people]")),
			key("owners", func(a *App) *[]string { return &a.Owners }, emails("owners")),
			key("profile", func(a *App) *string { return &a.Profile }, orNothing(oneOf(word[string]{problem.Standard.String(), problem.Standard.String()}, word[string]{problem.LinkedIn.String(), problem.LinkedIn.String()}))),
			key("products", func(a *App) *[]string { return &a.Products }, list(name, "products", "[profile]")),
			key("disabled", func(a *App) *bool { return &a.Disabled }, truth),
			key("quotas", func(a *App) *[]quota.Spec { return &a.Quotas }, quotas),
			later[App]("scopes", "scopes without a product"),
		},
	}
}

func redirectRule(s string) string {
	if err := access.CheckRedirectURI(s); err != nil {
		return "cannot be registered: " + err.Error()
	}
	return ""
}

func emails(of string) kind[[]string] {
	return list(checked("an e-mail address", emailRule), of, "[ada@example.com]")
}

func emailRule(s string) string {
	if _, err := access.Email(s); err != nil {
		return "is no e-mail address: expected one like ada@example.com"
	}
	return ""
}

// leastSecret is how long a secret is at least that the operator chose.
const leastSecret = 16

// checkApp finds what of an app's keys contradicts another.
func (r *reader) checkApp(i int, apis *defined) {
	a := &r.cfg.Apps[i]
	switch n := len(a.Secret.Value()); {
	case a.Public && n > 0:
		r.wrongAt("a public app keeps no secret; leave client_secret: out, or public: true", "apps", i, "client_secret")
	case n > 0 && n < leastSecret:
		r.wrongAt(fmt.Sprintf("a client secret has at least %d characters, this one has %d; openssl rand -hex 24 makes a good one", leastSecret, n), "apps", i, "client_secret")
	}
	if a.Public && a.ApplicationTokens {
		r.wrongAt("a public app cannot prove that it is itself, so it has no tokens of its own; leave application_tokens: out", "apps", i, "application_tokens")
	}
	for j, api := range a.Introspect {
		r.known(api, apis, "apps", i, "introspect", j)
	}
	for j, uri := range a.RedirectURIs {
		if slices.Contains(a.RedirectURIs[:j], uri) {
			r.wrongAt(fmt.Sprintf("the redirect URI %s is here twice", quoted(uri)), "apps", i, "redirect_uris", j)
		}
	}
}

// Secrets are those that the app proves itself by: one that is configured has no age and no end.
func (a *App) Secrets() []access.Secret {
	value := a.Secret.Value()
	if value == "" {
		return nil
	}
	var s access.Secret
	if len(value) == hex.EncodedLen(len(s.Hash)) {
		if _, err := hex.Decode(s.Hash[:], []byte(value)); err == nil {
			return []access.Secret{s}
		}
	}
	return []access.Secret{access.NewSecret(value, 0)}
}
