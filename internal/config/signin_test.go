package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestMistakesOfSigningIn: what signing in at www lacks.
func TestMistakesOfSigningIn(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"who signs in at no known name", least + "www: {address: \":8081\", accounts: true}\n", []string{`4:35: people sign in at the name by which they reach us; say public_url: under www:, as in https://auth.example.com`}},
		{"developers who cannot sign in", least + "www: {address: \":8081\", public_url: \"https://a.example\", developers: [ada@example.com], operators: [\"@x\"]}\n", []string{
			`4:70: nobody can sign in here; say accounts: true, or name a provider: under www:`,
			`4:100: nobody can sign in here; say accounts: true, or name a provider: under www:`,
			`4:101: "@x" is no e-mail address: expected one like ada@example.com`,
		}},
		{"a provider without a secret", least + "www: {address: \":8081\", public_url: \"https://a.example\", provider: {issuer: https://b.example, client_id: c}}\n", []string{`4:68: provider needs client_secret: here`}},
		{"a provider that anybody can be", least + "www: {address: \":8081\", public_url: \"https://a.example\", provider: {issuer: \"http://b.example\", client_id: c, client_secret: d}}\n", []string{
			`4:77: "http://b.example" is plain http, where everybody on the way can put keys of their own; use https (http is for this machine alone)`,
		}},
		{"a provider that tells nothing", least + "www: {address: \":8081\", public_url: \"https://a.example\", provider: {issuer: https://b.example, client_id: c, client_secret: d, scopes: [email], name: \" x\"}}\n", []string{
			`4:136: without the scope openid the provider tells nothing of who signs in; write scopes: [openid, email]`,
			`4:151: " x" is not a name to be shown on a page: 1 to 60 bytes, without blanks at its ends`,
		}},
	} {
		if diff := cmp.Diff(c.want, mistakesOf(t, c.text)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// TestDefaultsOfSigningIn: what is not said, and how addresses are spelled.
func TestDefaultsOfSigningIn(t *testing.T) {
	cfg := appsIn(t, "www: {address: \":8081\", public_url: \"https://a.example\", provider: {issuer: \"https://login.example/x/\", client_id: c, client_secret: d}, developers: [Ada@Example.com]}\n", nil)
	want := SignIn{Provider: &Provider{Issuer: "https://login.example/x/", ClientID: "c", Secret: cfg.WWW.Provider.Secret, Claim: "sub", Name: "login.example", Scopes: []string{"openid", "email"}}, Developers: []string{"ada@example.com"}}
	if diff := cmp.Diff(want, cfg.WWW.SignIn, cmp.AllowUnexported(Secret{})); diff != "" || !cfg.WWW.On() || cfg.WWW.Provider.Secret.Value() != "d" {
		t.Error(diff)
	}
}
