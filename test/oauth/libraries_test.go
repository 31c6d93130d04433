package oauth

import (
	"testing"

	"github.com/candor-gateway/candor/internal/admin"
)

// app is one that is written with a library. The steps of a login are
//
//	configure   with the address of the realm, and what the app was given there
//	begin       returns in url where a member sets out
//	finish      takes in back where the member was led back to, and has tokens after it
//	refresh     gets the next access token
//	introspect, revoke
type app interface {
	do(t *testing.T, step string, args map[string]any) answer
}

// answer is what came of a step: what the library returned, or what its developer sees of an error.
type answer struct {
	Got    map[string]any `json:"got"`
	Failed map[string]any `json:"failed"`
}

func (a answer) text(name string) string { text, _ := a.Got[name].(string); return text }

// library is one way to write an app.
type library struct {
	name   string
	start  func(t *testing.T, r *realm) app
	openid bool // it asks who the member is, and verifies the id_token
	public bool
	strict bool     // it takes no tokens without a token_type (RFC 6749 §5.1), which answers of the linkedin profile have not
	lacks  []string // steps for which it has no function
}

// atHome is where apps that need no server of their own take members back.
const atHome = "https://app.example/back"

// libraries are all that are tried, in each profile.
var libraries = []library{
	{name: "openid-client 6.9.0", start: node("openid-client.mjs", "oidc"), openid: true, strict: true},
	{name: "openid-client 6.9.0, OAuth 2.0 alone, Basic", start: node("openid-client.mjs", "oauth2"), strict: true},
	{name: "openid-client 6.9.0, a public app", start: node("openid-client.mjs", "public"), openid: true, public: true, strict: true},
}

func node(script string, args ...string) func(*testing.T, *realm) app {
	return func(t *testing.T, r *realm) app {
		t.Helper()
		return startNode(t, r, append([]string{"testdata/" + script}, args...)...)
	}
}

// visit is an app with what it is at the realm.
type visit struct {
	app
	library
	r        *realm
	redirect string
	is       admin.AppAnswer
}

// open starts an app of a library and tells it of the realm. The change, if any, is made to what it is told.
func (l library) open(t *testing.T, r *realm, name string, change map[string]any) *visit {
	t.Helper()
	v := &visit{app: l.start(t, r), library: l, r: r, redirect: atHome}
	if n, ok := v.app.(*nodeApp); ok && n.hello["redirect"] != nil {
		v.redirect, _ = n.hello["redirect"].(string)
	}
	v.is = r.register(t, name, v.redirect, l.public)
	scope := "r_liteprofile r_emailaddress"
	if l.openid {
		scope = "openid email r_liteprofile"
	}
	args := map[string]any{"issuer": r.www + "/oauth", "www": r.www, "api": r.api, "id": v.is.ClientID, "secret": v.is.Secret, "redirect": v.redirect, "scope": scope, "openid": l.openid}
	for name, value := range change {
		args[name] = value
	}
	if a := v.do(t, "configure", args); a.Failed != nil {
		t.Fatalf("configure: %v", a.Failed)
	}
	return v
}

// logsIn has a member go through the pages, and returns what the app makes of where they are led back to.
func (v *visit) logsIn(t *testing.T, does decision) answer {
	t.Helper()
	return v.do(t, "finish", map[string]any{"back": v.begins(t, does)})
}

// begins has a member go through the pages, up to the way back.
func (v *visit) begins(t *testing.T, does decision) string {
	t.Helper()
	begun := v.do(t, "begin", nil)
	if begun.Failed != nil {
		t.Fatalf("begin: %v", begun.Failed)
	}
	return v.r.browser(t).answers(begun.text("url"), v.redirect, does)
}
