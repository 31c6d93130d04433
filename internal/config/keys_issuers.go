package config

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/issuer"
	"github.com/candor-gateway/candor/internal/route"
)

// Tables of the keys of other issuers, and of the APIs that take their tokens.

// Issuer is one that issues access tokens beside us.
type Issuer struct {
	issuer.Spec                // but for Introspection
	Asked       *Introspection // nil: what is no JWT is not taken
}

// Introspection is where an issuer is asked about a token.
type Introspection struct {
	URL, ClientID string
	Secret        Secret
}

// Whole is what the issuer is made from.
func (i *Issuer) Whole() issuer.Spec {
	s := i.Spec
	if i.Asked != nil {
		s.Introspection = &issuer.Introspection{URL: i.Asked.URL, ClientID: i.Asked.ClientID, Secret: i.Asked.Secret.Value()}
	}
	return s
}

var issuers = named(issuerKeys.kind(), "issuers", func(i *Issuer) *string { return &i.Name }, name)

var issuerURL = checked("a URL, as in https://login.example.com", issuer.URLFault)

var issuerKeys = object[Issuer]{
	what: "an issuer",
	like: "{issuer: https://login.example.com, audience: https://api.example.com}",
	start: func() Issuer {
		return Issuer{Spec: issuer.Spec{Types: issuer.Types(), Claims: issuer.DefaultClaims(), Leeway: issuer.DefaultLeeway}}
	},
	fields: []field[Issuer]{
		required(key("issuer", func(i *Issuer) *string { return &i.Issuer }, issuerURL)),
		required(key("audience", func(i *Issuer) *issuer.Audience { return &i.Audience }, audience)),
		key("typ", func(i *Issuer) *[]string { return &i.Types }, oneOrMore(visible("a type of token, as in at+jwt"), "types", "[at+jwt, JWT]")),
		group("claims", "claims", []field[Issuer]{
			key("app", func(i *Issuer) *[]string { return &i.Claims.App }, claimNames),
			key("member", func(i *Issuer) *[]string { return &i.Claims.Member }, claimNames),
			key("scopes", func(i *Issuer) *[]string { return &i.Claims.Scopes }, claimNames),
		}),
		key("leeway", func(i *Issuer) *time.Duration { return &i.Leeway }, spanOrNone(time.Second, 10*time.Minute)),
		key("identity", func(i *Issuer) *bool { return &i.Qualified }, oneOf(word[bool]{"claim", false}, word[bool]{"qualified", true})),
		key("introspection", func(i *Issuer) **Introspection { return &i.Asked }, orOff(introspectionKeys.kind())),
	},
}

var introspectionKeys = object[Introspection]{
	what: "introspection",
	like: "{url: https://login.example.com/introspect, client_id: candor, client_secret: \"${SECRET}\"}",
	fields: []field[Introspection]{
		required(key("url", func(i *Introspection) *string { return &i.URL }, issuerURL)),
		required(key("client_id", func(i *Introspection) *string { return &i.ClientID }, visible("a client id"))),
		required(key("client_secret", func(i *Introspection) *Secret { return &i.Secret }, secret)),
	},
}

var claimNames = oneOrMore(visible("a claim's name, as in client_id"), "claims", "[client_id, azp]")

// visible is a text without blanks.
func visible(expected string) kind[string] {
	return checked(expected, func(s string) string {
		if s == "" || len(s) > issuer.MaxClaim || strings.ContainsFunc(s, func(c rune) bool { return c <= ' ' || c > '~' }) {
			return "is not " + expected + ": 1 to 512 visible characters of ASCII"
		}
		return ""
	})
}

// oneOrMore is a list, or its only item.
func oneOrMore(k kind[string], what, example string) kind[[]string] {
	many := list(k, what, example)
	return kind[[]string]{
		read: func(r *reader, n *yaml.Node, v *[]string) {
			if n.Kind == yaml.ScalarNode && !isNull(n) {
				*v = make([]string, 1)
				k.read(r, n, &(*v)[0])
				return
			}
			if many.read(r, n, v); n.Kind == yaml.SequenceNode && len(n.Content) == 0 {
				r.note(n, fmt.Sprintf("the list is empty; expected %s, as in %s", what, example))
			}
		},
		write: many.write,
	}
}

// audience is values of aud, or of another claim.
var audience = kind[issuer.Audience]{
	read: func(r *reader, n *yaml.Node, v *issuer.Audience) {
		v.Claim = "aud"
		if n.Kind == yaml.MappingNode {
			audienceKeys.read(r, n, v)
			return
		}
		audienceValues.read(r, n, &v.Values)
	},
	write: func(v issuer.Audience) *yaml.Node { return audienceKeys.write(&v) },
}

var audienceValues = oneOrMore(visible("whom tokens must be for, as in https://api.example.com"), "audiences", "[https://api.example.com]")

var audienceKeys = object[issuer.Audience]{
	what: "an audience",
	fields: []field[issuer.Audience]{
		required(key("claim", func(a *issuer.Audience) *string { return &a.Claim }, visible("a claim's name, as in client_id"))),
		required(key("values", func(a *issuer.Audience) *[]string { return &a.Values }, audienceValues)),
	},
}

// ownTokens is the word for the tokens that this gateway issues.
const ownTokens = "own"

// tokensOf says whose tokens an API takes.
func tokensOf(cfg *Config) field[route.APISpec] {
	return field[route.APISpec]{
		name: "tokens",
		read: func(r *reader, n *yaml.Node, a *route.APISpec) {
			items, ok := r.items(n, "issuers", "[own, keycloak]")
			if ok && len(items) == 0 {
				r.note(n, "the list is empty; expected whose tokens are taken, as in [own]; for an API without tokens say credentials: public")
			}
			a.Credentials.Kinds, a.Credentials.Issuers = 0, 0
			for _, item := range items {
				r.readTokens(item, &a.Credentials)
			}
		},
		write: func(a *route.APISpec) *yaml.Node {
			var all []string
			if of := a.Credentials.Kinds; of == 0 || of.Has(access.OwnToken) {
				all = append(all, ownTokens)
			}
			for i := range cfg.Issuers {
				if a.Credentials.Issuers&(1<<i) != 0 {
					all = append(all, cfg.Issuers[i].Name)
				}
			}
			return list(name, "", "").write(all)
		},
	}
}

func (r *reader) readTokens(n *yaml.Node, c *route.Credentials) {
	s, ok := r.scalar(n, "own, or the name of an issuer")
	if !ok {
		return
	}
	if s == ownTokens {
		c.Kinds = c.Kinds.With(access.OwnToken)
		return
	}
	i := slices.IndexFunc(r.cfg.Issuers, func(i Issuer) bool { return i.Name == s })
	if i < 0 {
		r.note(n, fmt.Sprintf("there is no issuer %s in issuers%s", r.quote(n), didYouMean(s, append(r.issuerNames(), ownTokens))))
		return
	}
	c.Kinds, c.Issuers = c.Kinds.With(access.ExternalToken), c.Issuers|1<<(i&63)
}

func (r *reader) issuerNames() (all []string) {
	for i := range r.cfg.Issuers {
		all = append(all, r.cfg.Issuers[i].Name)
	}
	return all
}

// externalApp is an app of another issuer.
var externalApp = checked("an app of another issuer, as in keycloak|my-app", func(s string) string {
	from, id, both := strings.Cut(s, "|")
	if !both || from == "" || id == "" || len(id) > issuer.MaxClaim || strings.ContainsFunc(s, func(c rune) bool { return c <= ' ' || c > '~' }) {
		return "is no app of another issuer: expected ISSUER|CLIENT_ID, the issuer by its name in issuers:, as in keycloak|my-app"
	}
	return ""
})
