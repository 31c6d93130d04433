package oauth

import (
	"maps"
	"testing"

	"golang.org/x/oauth2"

	"github.com/candor-gateway/candor/internal/admin"
)

// app is one that is written with a library. The steps of a login are
//
//	configure   with the address of the realm, and what the app was given there
//	begin       returns in url where a member sets out
//	finish      takes in back where the member was led back to, and has tokens after it
//	refresh     gets the next access token
//	introspect  looks into a token
//	revoke      gives a token back
//	own         gets a token of the app itself, without a member
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
	reads  bool // it reads profile and e-mail address from the API
	openid bool // it asks who the member is, and verifies the id_token
	public bool
	strict bool     // it takes no tokens without a token_type (RFC 6749 §5.1), which answers of the linkedin profile have not
	lacks  []string // steps for which it has no function
}

// atHome is where apps that need no server of their own take members back.
const atHome = "https://app.example/back"

// libraries are all that are tried.
var libraries = []library{
	{name: "x/oauth2, Basic", start: written(oauth2.AuthStyleInHeader, false), lacks: onlyTokens},
	{name: "x/oauth2, secret in the body, PKCE", start: written(oauth2.AuthStyleInParams, true), lacks: onlyTokens},
	{name: "go-oidc 3", start: written(oauth2.AuthStyleAutoDetect, true), openid: true, lacks: onlyMembers},
	{name: "go-oidc 3, a public app", start: written(oauth2.AuthStyleInParams, true), openid: true, public: true, lacks: onlyMembers},
	{name: "openid-client 6", start: node("openid-client.mjs", "oidc"), openid: true, strict: true},
	{name: "openid-client 6, OAuth 2.0 alone, Basic", start: node("openid-client.mjs", "oauth2"), strict: true},
	{name: "openid-client 6, a public app", start: node("openid-client.mjs", "public"), openid: true, public: true, strict: true},
	{name: "oauth4webapi 3, Basic", start: node("oauth4webapi.mjs", "basic"), openid: true, strict: true},
	{name: "oauth4webapi 3, secret in the body", start: node("oauth4webapi.mjs", "body"), strict: true},
	{name: "oauth4webapi 3, a public app", start: node("oauth4webapi.mjs", "public"), openid: true, public: true, strict: true},
	{name: "simple-oauth2 5, Basic", start: node("simple-oauth2.mjs", "header"), lacks: noLook},
	{name: "simple-oauth2 5, secret in the body", start: node("simple-oauth2.mjs", "body"), lacks: noLook},
	{name: "passport-linkedin-oauth2 2", start: node("passport-linkedin.mjs", "header"), reads: true, lacks: onlyMembers},
}

// What libraries have no function for: x/oauth2 v0.38.0 and go-oidc v3.21.0 get tokens and do not look after them, passport-linkedin-oauth2 2.0.0 signs members in alone, and
// simple-oauth2 5.1.0 can take tokens back but not look into them.
var (
	onlyTokens  = []string{"introspect", "revoke"}
	onlyMembers = []string{"introspect", "revoke", "own"}
	noLook      = []string{"introspect"}
)

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

// open starts an app of a library, and registers it at the realm.
func (l library) open(t *testing.T, r *realm, name string) *visit {
	t.Helper()
	v := &visit{app: l.start(t, r), library: l, r: r, redirect: atHome}
	if n, ok := v.app.(*nodeApp); ok && n.hello["redirect"] != nil {
		v.redirect, _ = n.hello["redirect"].(string)
	}
	v.is = r.register(t, name, v.redirect, l.public)
	return v
}

// configure tells the app of the realm, with a change of what is right, if any.
func (v *visit) configure(t *testing.T, change map[string]any) {
	t.Helper()
	scope := "r_liteprofile r_emailaddress"
	if v.openid {
		scope = "openid email r_liteprofile"
	}
	args := map[string]any{
		"issuer": v.r.www + "/oauth", "www": v.r.www, "api": v.r.api, "id": v.is.ClientID, "secret": v.is.Secret, "redirect": v.redirect, "scope": scope, "openid": v.openid,
	}
	maps.Copy(args, change)
	if a := v.do(t, "configure", args); a.Failed != nil {
		t.Fatalf("configure: %v", a.Failed)
	}
}

// logsIn has a member go through the pages, and returns what the app makes of where they are led back to.
func (v *visit) logsIn(t *testing.T, does decision) answer {
	t.Helper()
	return v.finish(t, v.begins(t, does))
}

// begins has a member go through the pages, up to the way back.
func (v *visit) begins(t *testing.T, does decision) back {
	t.Helper()
	begun := v.do(t, "begin", nil)
	if begun.Failed != nil {
		t.Fatalf("begin: %v", begun.Failed)
	}
	b := v.r.browser(t)
	return back{b, b.answers(begun.text("url"), v.redirect, does)}
}

// finish returns what the app makes of the way back. Where it has a server of its own, the browser goes there.
func (v *visit) finish(t *testing.T, b back) answer {
	t.Helper()
	if v.redirect == atHome {
		return v.do(t, "finish", map[string]any{"back": b.to})
	}
	v.do(t, "expect", nil)
	b.browser.get(b.to)
	return v.do(t, "finish", nil)
}

// back is where a member's browser is led to.
type back struct {
	browser *browser
	to      string
}
