package demo

import (
	"context"
	"net/http"
	"net/url"
	"strings"
)

const (
	groupRequest = "A request to the token endpoint"
	groupClient  = "The client"
)

// requestFailures are requests that cannot be read as one.
var requestFailures = []Failure{
	{
		ID: "method", Group: groupRequest, Title: "GET instead of POST", Wants: both(405, "invalid_request", "oauth_method"), Says: "Any other method is 405, with Allow.",
		run: func(ctx context.Context, p *play) {
			p.send(ctx, "GET the token endpoint", p.fail, message{method: http.MethodGet, url: p.d.o.WWW + tokenPath})
		},
	},
	{
		ID: "origin", Group: groupRequest, Title: "A page of a foreign origin", Wants: both(403, "invalid_request", "oauth_origin"), Says: "Pages may ask here if their origin is that of a redirect URI of a public app.",
		run: func(ctx context.Context, p *play) {
			ask := func(title string, expected want, origin string) {
				m := message{method: http.MethodOptions, url: p.d.o.WWW + tokenPath}
				p.send(ctx, title, expected, m.with("Origin", origin).with("Access-Control-Request-Method", http.MethodPost))
			}
			ask("The browser asks for a page of the public app", allowed, p.d.o.URL)
			ask("The browser asks for a page of nobody's", p.fail, "https://elsewhere.example")
		},
	},
	{
		ID: "media-type", Group: groupRequest, Title: "JSON instead of a form", Wants: both(400, "invalid_request", "oauth_media_type"), Says: "Parameters come as a form (RFC 6749 §4.1.3).",
		run: func(ctx context.Context, p *play) {
			m := message{method: http.MethodPost, url: p.d.o.WWW + tokenPath, body: `{"grant_type":"client_credentials"}`}
			p.send(ctx, "Post JSON", p.fail, m.with("Content-Type", "application/json"))
		},
	},
	{
		ID: "malformed", Group: groupRequest, Title: "A form that cannot be read", Wants: both(400, "invalid_request", "oauth_malformed"), Says: "What is wrong in it is named.",
		run: raw("Post a percent sign alone", "grant_type=100%&client_id=x"),
	},
	{
		ID: "too-large", Group: groupRequest, Title: "A body without end", Wants: both(413, "invalid_request", "oauth_too_large"), Says: "A form of this endpoint is small.",
		run: raw("Post 70 KiB", "grant_type="+strings.Repeat("x", 70<<10)),
	},
	{
		ID: "slow", Group: groupRequest, Title: "A body that does not come (takes 10 seconds)", Wants: both(408, "invalid_request", "oauth_slow"), Says: "Nobody is waited for longer.",
		run: func(ctx context.Context, p *play) {
			m := post(p.d.o.WWW+tokenPath, form("grant_type", "client_credentials"))
			m.stalls = true
			p.send(ctx, "Post all but the last byte", p.fail, m)
		},
	},
	{
		ID: "secret-in-url", Group: groupRequest, Title: "A secret in the URL", Wants: both(400, "invalid_request", "oauth_in_url"), Says: "URLs are kept in logs: a secret that stood in one is to be replaced.",
		run: func(ctx context.Context, p *play) {
			m := p.d.tokenRequest(&p.d.o.Confidential, form("grant_type", "client_credentials"))
			m.url += "?client_secret=not-the-secret"
			p.send(ctx, "Post with a parameter in the URL", p.fail, m)
		},
	},
	{
		ID: "repeated", Group: groupRequest, Title: "A parameter twice", Wants: both(400, "invalid_request", "oauth_repeated"), Says: "Two readers might take either.",
		run: raw("Post grant_type twice", "grant_type=client_credentials&grant_type=client_credentials"),
	},
	{
		ID: "no-grant-type", Group: groupRequest, Title: "No grant_type", Wants: both(400, "invalid_request", "oauth_missing"), Says: "A parameter that is missing is named, in quotation marks in the linkedin profile.",
		run: tokenMistake("Post client id and secret alone", confidential, form()),
	},
	{
		ID: "no-code", Group: groupRequest, Title: "No code", Wants: both(400, "invalid_request", "oauth_missing"), Says: "The client is authenticated first; then what is missing is named.",
		run: tokenMistake("Ask for tokens for nothing", confidential, form("grant_type", "authorization_code", "redirect_uri", "https://app.example/callback")),
	},
	{
		ID: "grant-type", Group: groupRequest, Title: "grant_type=password", Wants: both(400, "unsupported_grant_type", "oauth_grant_type"), Says: "Passwords are typed on our pages alone.",
		run: tokenMistake("Post a grant_type that is not served", confidential, form("grant_type", "password")),
	},
}

// clientFailures are those of who asks.
var clientFailures = []Failure{
	{
		ID: "two-authentications", Group: groupClient, Title: "Two authentications at once", Wants: both(400, "invalid_request", "oauth_two_authentications"), Says: "RFC 6749 §2.3 allows one.",
		run: func(ctx context.Context, p *play) {
			c := &p.d.o.Confidential
			p.send(ctx, "Post the secret, and send it in Authorization", p.fail, p.d.tokenRequest(c, form("grant_type", "client_credentials")).basic(c))
		},
	},
	{
		ID: "scheme", Group: groupClient, Title: "Authorization that is no Basic", Wants: both(401, "invalid_client", "oauth_scheme"), Says: "A client authenticates by Basic or in the form.",
		run: func(ctx context.Context, p *play) {
			m := post(p.d.o.WWW+tokenPath, form("grant_type", "client_credentials"))
			p.send(ctx, "Send Authorization: Bearer", p.fail, m.with("Authorization", "Bearer something"))
		},
	},
	{
		ID: "no-client", Group: groupClient, Title: "No client at all", Wants: pair(400, "invalid_request", 401, "invalid_client", "oauth_no_authentication"), Says: "The linkedin profile names the parameter that is missing.",
		run: raw("Post the grant_type alone", "grant_type=client_credentials"),
	},
	{
		ID: "unknown-client", Group: groupClient, Title: "A client id that is none", Says: "In the standard profile it is told as a wrong secret is: nobody finds out which clients there are.",
		Wants: wants{want{outcome: outcome{400, "invalid_client_id", "oauth_unknown_client"}}, want{outcome: outcome{401, "invalid_client", "oauth_wrong_secret"}}},
		run: func(ctx context.Context, p *play) {
			p.token(ctx, "Ask as nobody", p.fail, &Client{ID: "86nobody00000", Secret: "of-nobody"}, form("grant_type", "client_credentials"))
		},
	},
	{
		ID: "wrong-secret-2-legged", Group: groupClient, Title: "A wrong secret, for a token of the app's own", Wants: pair(401, "invalid_client_id", 401, "invalid_client", "oauth_wrong_secret"), Says: "The linkedin profile has a word of its own for it.",
		run: wrongSecret(form("grant_type", "client_credentials"), false),
	},
	{
		ID: "wrong-secret", Group: groupClient, Title: "A wrong secret, for a member's", Wants: both(401, "invalid_client", "oauth_wrong_secret"), Says: "The code, if there is one, is not used up by it.",
		run: wrongSecret(form("grant_type", "authorization_code", "code", "x", "redirect_uri", "x"), false),
	},
	{
		ID: "wrong-secret-basic", Group: groupClient, Title: "A wrong secret in Authorization", Wants: both(401, "invalid_client", "oauth_wrong_secret"), Says: "The answer bears WWW-Authenticate: Basic (RFC 6749 §5.2).",
		run: wrongSecret(form("grant_type", "refresh_token", "refresh_token", "x"), true),
	},
	{
		ID: "disabled", Group: groupClient, Title: "An app that is disabled", Wants: pair(401, "access_denied", 400, "unauthorized_client", "oauth_disabled"), Says: "Whoever runs the API can enable it.",
		run: tokenMistake("Ask for a token of its own", disabled, form("grant_type", "client_credentials")),
	},
	{
		ID: "not-allowed", Group: groupClient, Title: "An app that may have no tokens of its own", Wants: pair(401, "access_denied", 400, "unauthorized_client", "oauth_not_allowed"), Says: "“This application is not allowed to create application tokens.”",
		run: tokenMistake("Ask for a token of its own", narrow, form("grant_type", "client_credentials")),
	},
	{
		ID: "app-scope", Group: groupClient, Title: "A scope that is not the app's", Wants: both(400, "invalid_scope", "oauth_scope"), Says: "The scopes that it has are named in the standard profile.",
		run: tokenMistake("Ask for a token of its own with r_ads", confidential, form("grant_type", "client_credentials", "scope", "r_ads")),
	},
}

// tokenMistake asks the token endpoint for what it refuses.
func tokenMistake(title string, client func(*Options) *Client, f url.Values) func(context.Context, *play) {
	return func(ctx context.Context, p *play) {
		c := client(&p.d.o)
		p.send(ctx, title, p.fail, post(p.d.o.WWW+tokenPath, as(c, copyOf(f))))
	}
}

// raw posts a form as it stands.
func raw(title, body string) func(context.Context, *play) {
	return func(ctx context.Context, p *play) {
		m := post(p.d.o.WWW+tokenPath, nil)
		m.body = body
		p.send(ctx, title, p.fail, m)
	}
}

func wrongSecret(f url.Values, basic bool) func(context.Context, *play) {
	return func(ctx context.Context, p *play) {
		c := &Client{ID: p.d.o.Confidential.ID, Secret: "not-the-secret"}
		m := p.d.tokenRequest(c, copyOf(f))
		if basic {
			m = post(p.d.o.WWW+tokenPath, f).basic(c)
		}
		p.send(ctx, "Ask with a wrong secret", p.fail, m)
	}
}

// copyOf is a form of its own: the tables are everybody's.
func copyOf(f url.Values) url.Values {
	c := url.Values{}
	for name, values := range f {
		c[name] = append([]string(nil), values...)
	}
	return c
}
