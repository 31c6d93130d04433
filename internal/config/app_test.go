package config

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/access"
)

const appsOf = `
upstreams: {a: "http://x"}
apis: [{routes: [{path: /a, credentials: public}]}]
`

func appsIn(t *testing.T, text string, env map[string]string) *Config {
	t.Helper()
	cfg, err := Parse("candor.yaml", []byte(appsOf+text), func(name string) (string, bool) { v, ok := env[name]; return v, ok })
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// TestDefaultsOfApps: what follows from being public, and from the profile.
func TestDefaultsOfApps(t *testing.T) {
	apps := "apps: [bare, {name: phone, public: true}, {name: said, application_tokens: false, refresh_tokens: %v}]\n"
	const oauth = "www: {address: 127.0.0.1:0, public_url: https://auth.example.com}\n"
	for profile, refreshes := range map[string]bool{
		"profile: standard\n": true,
		"profile: linkedin\n": false,
		"profile: linkedin\noauth: {profile: standard}\n" + oauth: true,
		"oauth: {profile: linkedin}\n" + oauth:                    false,
	} {
		cfg := appsIn(t, profile+fmt.Sprintf(apps, !refreshes), nil)
		want := []App{
			{Name: "bare", ApplicationTokens: true, RefreshTokens: refreshes},
			{Name: "phone", Public: true, RefreshTokens: refreshes},
			{Name: "said", RefreshTokens: !refreshes},
		}
		if diff := cmp.Diff(want, cfg.Apps, cmp.AllowUnexported(Secret{})); diff != "" {
			t.Errorf("%s: -want +got\n%s", profile, diff)
		}
	}
}

// TestAClientSecret is itself or its hash, and is shown as neither.
func TestAClientSecret(t *testing.T) {
	const plain = "a-secret-of-many-letters"
	sum := sha256.Sum256([]byte(plain))
	hash := hex.EncodeToString(sum[:])
	for name, c := range map[string]struct {
		written, variable string
		good              bool
		shown             string
	}{
		"itself, from a variable":   {`"${S}"`, plain, true, "${S}"},
		"its hash, from a variable": {`"${S}"`, hash, true, "${S}"},
		"its hash, in capitals":     {strings.ToUpper(hash), "", true, hidden},
		"itself, in the file":       {plain, "", true, hidden},
		"63 digits":                 {`"` + hash[1:] + `"`, "", false, hidden},
		"64 letters, no hash":       {strings.Repeat("x", 64), "", false, hidden},
		"none":                      {`""`, "", false, ""},
		"a variable that is empty":  {`"${S:-}"`, "", false, "${S:-}"},
	} {
		cfg := appsIn(t, "apps: [{name: demo, client_secret: "+c.written+"}]", map[string]string{"S": c.variable})
		app := access.App{Secrets: cfg.Apps[0].Secrets()}
		if got := app.HasSecret(plain, 1<<40); got != c.good {
			t.Errorf("%s: HasSecret = %v", name, got)
		}
		if app.HasSecret("", 0) || app.HasSecret(hash, 0) {
			t.Errorf("%s: nothing, or the hash, is taken for the secret", name)
		}
		text, err := cfg.AppendYAML(nil)
		if err != nil {
			t.Fatal(err)
		}
		if printed := string(text); strings.Contains(printed, plain) || strings.Contains(strings.ToLower(printed), hash) || !strings.Contains(printed, c.shown) {
			t.Errorf("%s: printed\n%s", name, printed)
		}
		if said := fmt.Sprintf("%v %+v %#v", cfg.Apps[0], cfg.Apps[0], cfg.Apps[0]); strings.Contains(said, plain) || strings.Contains(strings.ToLower(said), hash) {
			t.Errorf("%s: said %s", name, said)
		}
	}
}

func TestMistakesOfApps(t *testing.T) {
	_, err := Parse("candor.yaml", []byte(`
upstreams: {a: "http://x"}
apps:
  - {name: one, public: true, client_secret: "a-secret-of-many-letters", application_tokens: true}
  - {name: two, client_secret: short, redirect_uris: ["https://a.example/", "http://a.example/", "https://a.example/"]}
  - {name: three, introspect: [peeple], owners: [ada, eve@example.com], client_secret: "a b"}
  - {name: four, redirect_uris: https://a.example/, refresh_tokens: maybe}
apis: [{name: people, upstream: a, routes: [{path: /a, credentials: public}]}]
`), func(string) (string, bool) { return "", false })
	mistakes, _ := errors.AsType[Mistakes](err)
	var got []string
	for _, m := range mistakes {
		got = append(got, fmt.Sprintf("%d:%d: %s", m.Line, m.Column, m.Text))
	}
	want := []string{
		`4:46: a public app keeps no secret; leave client_secret: out, or public: true`,
		`4:94: a public app cannot prove that it is itself, so it has no tokens of its own; leave application_tokens: out`,
		`5:32: a client secret has at least 16 characters, this one has 5; openssl rand -hex 24 makes a good one`,
		`5:77: "http://a.example/" cannot be registered: http is for localhost, 127.0.0.1 and [::1] alone, since the code would cross the network unencrypted; use https`,
		`5:98: the redirect URI "https://a.example/" is here twice`,
		`6:32: there is no API "peeple" in apis; did you mean people?`,
		`6:50: "ada" is no e-mail address: expected one like ada@example.com`,
		`6:88: this value cannot be sent in a header field; expected a secret of visible ASCII without blanks, best as a variable: ${ADMIN_TOKEN}`,
		`7:33: expected a list of redirect URIs, as in [https://app.example/callback], not "https://a.example/"; put it in [ ]`,
		`7:69: expected true or false, not "maybe"`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
