package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/access"
)

// theirs is a configuration that takes tokens of another issuer.
const theirs = `upstreams: {people: "http://10.0.0.5:9000"}
issuers:
  theirs: {issuer: "https://login.example.com", audience: "https://api.example.com", introspection: {url: "https://login.example.com/introspect", client_id: candor, client_secret: "${TOKEN}"}}
apps:
  - {name: shop, external: "theirs|shop-id"}
apis:
  - {preflight: refuse, tokens: [own, theirs], routes: [/**, {path: /open, credentials: optional}]}
`

func TestIssuers(t *testing.T) {
	c, err := Parse("candor.yaml", []byte(strings.Replace(theirs, "\"theirs|", "\"https://login.example.com|", 1)), testEnv)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Warnings) > 0 {
		t.Errorf("warned: %v", c.Warnings)
	}
	for i, of := range c.APIs[0].Routes {
		if of.Credentials.Issuers != 1 || of.Credentials.Kinds != access.Bearer {
			t.Errorf("route %d: %+v", i, of.Credentials)
		}
	}
	if got := c.Apps[0].External; got != "theirs|shop-id" {
		t.Errorf("the app is %s", got)
	}
	whole := c.Issuers[0].Whole()
	if whole.Introspection.Secret != "s3cr3t-t0ken-0f-m1ne" || whole.Name != "theirs" || whole.Audience.Claim != "aud" {
		t.Errorf("%+v", whole)
	}
	printed, err := c.AppendYAML(nil)
	if err != nil {
		t.Fatal(err)
	}
	if text := string(printed); strings.Contains(text, "s3cr3t") || !strings.Contains(text, "${TOKEN}") {
		t.Errorf("printed as %s", text)
	}
	again, err := Parse("candor.yaml", printed, testEnv)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(c.Issuers, again.Issuers, cmp.AllowUnexported(Secret{})); diff != "" {
		t.Errorf("printed, and read again:\n%s", diff)
	}
}

func TestMistakesOfIssuers(t *testing.T) {
	for name, c := range map[string]struct{ from, to, want string }{
		"plain http":          {`issuer: "https://login`, `issuer: "http://login`, `3:20: "http://login.example.com" is plain http, where everybody on the way can put keys of their own; use https (http is for this machine alone)`},
		"no URL":              {`issuer: "https://login.example.com"`, `issuer: login`, `3:20: "login" is no URL; expected one as in https://login.example.com`},
		"no audience":         {`, audience: "https://api.example.com"`, ``, `3:11: an issuer needs audience: here`},
		"audiences of none":   {`audience: "https://api.example.com"`, `audience: []`, `3:59: the list is empty; expected audiences, as in [https://api.example.com]`},
		"audience by claim":   {`audience: "https://api.example.com"`, `audience: {claim: client_id}`, `3:59: an audience needs values: here`},
		"no issuer of a name": {`tokens: [own, theirs]`, `tokens: [own, thiers]`, `7:39: there is no issuer "thiers" in issuers; did you mean theirs?`},
		"no tokens":           {`tokens: [own, theirs]`, `tokens: []`, `7:33: the list is empty; expected whose tokens are taken, as in [own]; for an API without tokens say credentials: public`},
		"named own":           {"  theirs: {", "  own: {issuer: https://a.example, audience: a}\n  theirs: {", `3:8: own stands for the tokens of this gateway in tokens:, and cannot be the name of another issuer`},
		"an app of nobody":    {`external: "theirs|`, `external: "nobody|`, `5:28: there is no issuer "nobody" in issuers; known here: theirs`},
		"no app":              {`external: "theirs|shop-id"`, `external: shop-id`, `5:28: "shop-id" is no app of another issuer: expected ISSUER|CLIENT_ID, the issuer by its name in issuers:, as in keycloak|my-app`},
		"an app twice":        {"apis:\n", "  - {name: twice, external: \"theirs|shop-id\"}\napis:\n", `6:29: this is the app on line 5`},
		"two client ids":      {`{name: shop, `, `{name: shop, client_id: x, `, `5:29: an app of another issuer has its client id in external:; leave client_id out`},
		"one iss twice":       {"apps:\n", "  again: {issuer: \"https://login.example.com\", audience: b}\napps:\n", ""},
		"no secret":           {`, client_secret: "${TOKEN}"`, ``, `3:101: introspection needs client_secret: here`},
		"leeway":              {`audience: "https://api.example.com"`, `leeway: 1h, audience: x`, `3:57: expected a time from 1s to 10m, as in 3s, 10m or 60d, or 0s for none, not "1h"`},
	} {
		if !strings.Contains(theirs, c.from) {
			t.Fatalf("%s: nothing to replace", name)
		}
		got := strings.Join(mistakesOf(t, strings.Replace(theirs, c.from, c.to, 1)), "\n")
		if got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", name, got, c.want)
		}
	}
	both := strings.NewReplacer("apps:\n", "  again: {issuer: \"https://login.example.com\", audience: b}\napps:\n", "[own, theirs]", "[theirs, again]").Replace(theirs)
	want := []string{`8:33: the issuers theirs and again are both "https://login.example.com", and a token could be either's; take one of them here`}
	if diff := cmp.Diff(want, mistakesOf(t, both)); diff != "" {
		t.Errorf("two issuers of one iss (-want +got):\n%s", diff)
	}
}
