package config

import (
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/candor-gateway/candor/internal/access"
)

// Tables of the keys of signing in at www.

// SignIn says how people sign in at www, and what they may be there.
type SignIn struct {
	Accounts   bool      // by e-mail address and password
	Provider   *Provider // nil: nowhere else
	Developers []string  // e-mail addresses, as access.Email spells them
	Operators  []string
}

// On reports whether people can sign in.
func (s *SignIn) On() bool { return s.Accounts || s.Provider != nil }

// Provider is the operator's own OpenID provider.
type Provider struct {
	Issuer, ClientID string
	Secret           Secret
	Claim            string   // of the ID token: the operator's own id of the member
	Name             string   // what people are told of it
	Scopes           []string // openid among them
}

var providerKeys = object[Provider]{
	what:  "provider",
	like:  "{issuer: https://login.example.com, client_id: candor, client_secret: \"${SECRET}\"}",
	start: func() Provider { return Provider{Claim: "sub", Scopes: []string{"openid", "email"}} },
	fields: []field[Provider]{
		required(key("issuer", func(p *Provider) *string { return &p.Issuer }, issuerURL)),
		required(key("client_id", func(p *Provider) *string { return &p.ClientID }, visible("a client id"))),
		required(key("client_secret", func(p *Provider) *Secret { return &p.Secret }, secret)),
		key("claim", func(p *Provider) *string { return &p.Claim }, visible("a claim's name, as in sub")),
		key("name", func(p *Provider) *string { return &p.Name }, checked("a name", titleRule)).or(func(p *Provider) { p.Name = hostOf(p.Issuer) }),
		key("scopes", func(p *Provider) *[]string { return &p.Scopes }, list(visible("a scope, as in email"), "scopes", "[openid, email]")),
	},
}

// titleRule takes what fits on a button.
func titleRule(s string) string {
	const most = 60
	if s != strings.TrimSpace(s) || s == "" || len(s) > most || strings.ContainsFunc(s, func(c rune) bool { return c < ' ' }) {
		return fmt.Sprintf("is not a name to be shown on a page: 1 to %d bytes, without blanks at its ends", most)
	}
	return ""
}

func hostOf(link string) string {
	to, err := url.Parse(link)
	if err != nil {
		return ""
	}
	return to.Hostname()
}

// settleSignIn spells addresses as accounts have them.
func settleSignIn(s *SignIn) {
	for _, addresses := range [][]string{s.Developers, s.Operators} {
		for i, address := range addresses {
			if spelled, err := access.Email(address); err == nil {
				addresses[i] = spelled
			}
		}
	}
}

// checkSignIn notes what signing in lacks.
func (r *reader) checkSignIn() {
	w := r.cfg.WWW
	if w == nil {
		return
	}
	if p := w.Provider; p != nil && !slices.Contains(p.Scopes, "openid") {
		r.wrongAt("without the scope openid the provider tells nothing of who signs in; write scopes: [openid, email]", "www", "provider", "scopes")
	}
	for what, listed := range map[string][]string{"developers": w.Developers, "operators": w.Operators} {
		if len(listed) > 0 && !w.On() {
			r.wrongAt("nobody can sign in here; say accounts: true, or name a provider: under www:", "www", what)
		}
	}
	key := "provider"
	if w.Accounts {
		key = "accounts"
	}
	switch {
	case !w.On():
	case w.PublicURL == "" && !r.failed("www", "public_url"):
		r.wrongAt("people sign in at the name by which they reach us; say public_url: under www:, as in https://auth.example.com", "www", key)
	case strings.HasPrefix(w.PublicURL, "http://") && !access.IsLoopback(hostOf(w.PublicURL)):
		r.warn("public_url: begins with http://, and people sign in there; write https://", "www", "public_url")
	}
}
