package demo

import (
	"context"
	"net/http"
	"net/url"
	"strings"
)

// walkHint is what to do at the authorization server.
func (d *App) walkHint() string {
	return "Sign in with " + d.o.Member.Email + " and the password " + d.o.Member.Password + ", then allow access."
}

// begin begins a walk anew.
func (d *App) begin(w http.ResponseWriter, r *http.Request) {
	b, err := d.browserOf(w, r)
	if err != nil {
		broken(w, err)
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	client := confidential
	if r.PostFormValue("app") == "public" {
		client = public
	}
	b.walk = &run{client: client(&d.o)}
	if err := d.authorize(b, b.walk, ask{client: client, hint: d.walkHint()}); err != nil {
		broken(w, err)
		return
	}
	http.Redirect(w, r, "/walk", http.StatusSeeOther)
}

// action is a next step of a walk, as a button.
type action struct {
	Name, Label string
	can         func(*run) bool
	do          func(*App, context.Context, *run)
}

func hasCode(r *run) bool    { return len(r.codes) > 0 }
func hasAccess(r *run) bool  { return r.tokens.Access != "" }
func hasRefresh(r *run) bool { return r.tokens.Refresh != "" }

// actions are all of them, in the order in which one would take them.
var actions = []action{
	{"exchange", "Exchange the code", hasCode, (*App).walkExchange},
	{"call", "Call the API", hasAccess, (*App).walkCall},
	{"userinfo", "Ask whose token it is", hasAccess, (*App).walkUserInfo},
	{"introspect", "Look into the token", func(r *run) bool { return hasAccess(r) && !r.client.Public() }, (*App).walkIntrospect},
	{"refresh", "Refresh", hasRefresh, (*App).walkRefresh},
	{"revoke", "Give the access token back", hasAccess, (*App).walkRevoke},
	{"revoke-all", "Give everything back", hasRefresh, (*App).walkRevokeAll},
}

// act takes the next step.
func (d *App) act(w http.ResponseWriter, r *http.Request) {
	b, err := d.browserOf(w, r)
	if err != nil {
		broken(w, err)
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, a := range actions {
		if a.Name == r.PathValue("action") && b.walk != nil && a.can(b.walk) {
			a.do(d, r.Context(), b.walk)
		}
	}
	http.Redirect(w, r, "/walk", http.StatusSeeOther)
}

func (d *App) walkExchange(ctx context.Context, r *run) {
	c := r.codes[0]
	r.codes = nil
	r.hold(d.step(ctx, r, "Exchange the code for tokens", good, d.tokenRequest(c.client, codeForm(&c))))
}

func (d *App) walkCall(ctx context.Context, r *run) {
	d.step(ctx, r, "Call the API with the access token", whatever, d.apiRequest(r.tokens.Access))
}

func (d *App) walkUserInfo(ctx context.Context, r *run) {
	d.step(ctx, r, "Ask whose token it is", whatever, message{method: http.MethodGet, url: d.o.WWW + userInfoPath}.with("Authorization", "Bearer "+r.tokens.Access))
}

func (d *App) walkIntrospect(ctx context.Context, r *run) {
	d.step(ctx, r, "Look into the access token", good, d.introspectRequest(r.client, r.tokens.Access))
}

func (d *App) walkRefresh(ctx context.Context, r *run) {
	r.hold(d.step(ctx, r, "Get a new access token for the refresh token", whatever, d.tokenRequest(r.client, refreshForm(r.tokens.Refresh))))
}

func (d *App) walkRevoke(ctx context.Context, r *run) {
	d.step(ctx, r, "Give the access token back", good, d.revokeRequest(r.client, r.tokens.Access))
}

func (d *App) walkRevokeAll(ctx context.Context, r *run) {
	d.step(ctx, r, "Give the refresh token back, and with it all that the member has allowed", good, d.revokeRequest(r.client, r.tokens.Refresh))
}

// step sends a message and adds what came to a run.
func (d *App) step(ctx context.Context, r *run, title string, expected want, m message) *answer {
	a, s := d.send(ctx, title, expected, m)
	r.add(s)
	return &a
}

// hold keeps the tokens of an answer.
func (r *run) hold(a *answer) {
	if a.text("access_token") == "" {
		return
	}
	r.tokens.Access, r.tokens.Scope = a.text("access_token"), a.text("scope")
	for _, of := range []struct {
		name string
		into *string
	}{{"refresh_token", &r.tokens.Refresh}, {"id_token", &r.tokens.ID}} {
		if text := a.text(of.name); text != "" {
			*of.into = text
		}
	}
}

// form is one of pairs.
func form(pairs ...string) url.Values {
	v := url.Values{}
	for ; len(pairs) > 1; pairs = pairs[2:] {
		v.Set(pairs[0], pairs[1])
	}
	return v
}

func codeForm(c *gained) url.Values {
	f := form("grant_type", "authorization_code", "code", c.code, "redirect_uri", c.redirect)
	if c.verifier != "" {
		f.Set("code_verifier", c.verifier)
	}
	return f
}

func refreshForm(token string) url.Values {
	return form("grant_type", "refresh_token", "refresh_token", token)
}

// as adds client id and secret to a form.
func as(c *Client, f url.Values) url.Values {
	f.Set("client_id", c.ID)
	if !c.Public() {
		f.Set("client_secret", c.Secret)
	}
	return f
}

func (d *App) tokenRequest(c *Client, f url.Values) message {
	return post(d.o.WWW+tokenPath, as(c, f))
}

func (d *App) introspectRequest(c *Client, token string) message {
	return post(d.o.WWW+introspectPath, as(c, form("token", token)))
}

func (d *App) revokeRequest(c *Client, token string) message {
	return post(d.o.WWW+revokePath, as(c, form("token", token)))
}

// apiRequest is a call that works with every scope of a member's profile.
func (d *App) apiRequest(token string) message {
	return message{method: http.MethodGet, url: d.o.API + "/v2/me"}.with("Authorization", "Bearer "+strings.TrimSpace(token))
}
