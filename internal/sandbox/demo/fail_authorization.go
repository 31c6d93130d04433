package demo

import (
	"context"
	"net/http"
	"net/url"
)

const groupAuthorization = "The request for authorization"

// authorizationFailures are mistakes in the link that leads to the authorization server. Without a client id and a redirect URI that belong together nobody is sent back: the
// demo itself asks then, as a browser would.
var authorizationFailures = []Failure{
	{
		ID: "authorize-client", Group: groupAuthorization, Title: "Unknown client id", Wants: page(401), run: lookAt("client_id", "86nobody00000"),
		Says: "Nobody is redirected: a page says “Client_id doesn't match”, what was sent and what to do.",
	},
	{
		ID: "authorize-redirect", Group: groupAuthorization, Title: "A redirect URI that is not registered", Wants: page(401), run: lookAt("redirect_uri", "http://localhost:3000/elsewhere"),
		Says: "Nobody is redirected, since that would lead to a stranger: a page says “Redirect_uri doesn't match” and marks the first character that differs.",
	},
	{
		ID: "authorize-slash", Group: groupAuthorization, Title: "A redirect URI with a slash at its end", Wants: page(401), run: func(ctx context.Context, p *play) { lookAt("redirect_uri", p.d.redirectURI()+"/")(ctx, p) },
		Says: "Redirect URIs are compared byte for byte.",
	},
	{
		ID: "authorize-missing", Group: groupAuthorization, Title: "No client id at all", Wants: page(400), run: lookAt("client_id", ""),
		Says: "As long as it is not known who asks, there is only the page.",
	},
	{
		ID: "authorize-repeated", Group: groupAuthorization, Title: "A parameter twice", Wants: both(0, "invalid_request", "oauth_repeated"), run: func(ctx context.Context, p *play) {
			p.send(ctx, "Ask with response_type twice", p.fail, message{method: http.MethodGet, url: p.authorization("", "") + "&response_type=code"})
		},
		Says: "Each parameter is sent once (RFC 6749 §3.1).",
	},
	{
		ID: "authorize-no-type", Group: groupAuthorization, Title: "No response_type", Wants: both(0, "invalid_request", "oauth_missing"), Asks: asking("response_type", ""),
		Says: "A parameter that is missing is named.",
	},
	{
		ID: "authorize-type", Group: groupAuthorization, Title: "response_type=token", Wants: both(0, "unsupported_response_type", "oauth_response_type"), Asks: asking("response_type", "token"),
		Says: "A token in an address would be kept in logs and histories: only codes are given (RFC 9700 §2.1.2).",
	},
	{
		ID: "authorize-mode", Group: groupAuthorization, Title: "response_mode=fragment", Wants: both(0, "invalid_request", "oauth_response_mode"), Asks: asking("response_mode", "fragment"),
		Says: "Answers come in the query.",
	},
	{
		ID: "authorize-scope", Group: groupAuthorization, Title: "A scope that is not the app's", Wants: pair(0, "unauthorized_scope_error", 0, "invalid_scope", "oauth_scope_of_app"),
		Asks: []ask{{client: confidential, scope: "openid r_ads", hint: "In the standard profile sign in first: nobody is sent away from here unseen."}},
		Says: "The linkedin profile says so at once, the standard one after the sign-in (RFC 9700 §4.11.2).",
	},
	{
		ID: "authorize-pkce-plain", Group: groupAuthorization, Title: "PKCE by the method plain", Wants: both(0, "invalid_request", "oauth_challenge_method"), Asks: asking("code_challenge_method", "plain"),
		Says: "Only S256 is taken.",
	},
	{
		ID: "authorize-pkce-none", Group: groupAuthorization, Title: "A public app without PKCE", Wants: both(0, "invalid_request", "oauth_challenge"),
		Asks: []ask{{client: public, changes: map[string]string{"code_challenge": "", "code_challenge_method": ""}}},
		Says: "Who keeps no secret shows by a code_verifier that it was it who asked.",
	},
	{
		ID: "authorize-prompt", Group: groupAuthorization, Title: "A prompt that there is not", Wants: both(0, "invalid_request", "oauth_parameter"), Asks: asking("prompt", "sometimes"),
		Says: "prompt is none, login, consent or select_account.",
	},
	{
		ID: "authorize-request", Group: groupAuthorization, Title: "A request object", Wants: both(0, "request_not_supported", "oauth_request_object"), Asks: asking("request", "eyJhbGciOiJub25lIn0.e30."),
		Says: "The parameters themselves are sent.",
	},
	{
		ID: "authorize-request-uri", Group: groupAuthorization, Title: "A request object by reference", Wants: both(0, "request_uri_not_supported", "oauth_request_uri"), Asks: asking("request_uri", "https://app.example/request.jwt"),
		Says: "Nothing is fetched from where a request says.",
	},
	{
		ID: "authorize-disabled", Group: groupAuthorization, Title: "An app that is disabled", Wants: pair(0, "access_denied", 0, "unauthorized_client", "oauth_disabled"), Asks: []ask{{client: disabled}},
		Says: "Only whoever runs the API can enable it.",
	},
}

// asking is what the confidential app asks for, with one change.
func asking(name, value string) []ask {
	return []ask{{client: confidential, changes: map[string]string{name: value}}}
}

// authorization is the address of a request for authorization, with one change.
func (p *play) authorization(name, value string) string {
	c := &p.d.o.Confidential
	f := form("response_type", "code", "client_id", c.ID, "redirect_uri", p.d.redirectURI(), "scope", p.d.scopes(c, ""), "state", "of-this-trial")
	if f.Set(name, value); value == "" {
		f.Del(name)
	}
	return p.d.o.WWW + authorizationPath + "?" + f.Encode()
}

// lookAt asks as a browser that nobody has signed in with.
func lookAt(name, value string) func(context.Context, *play) {
	return func(ctx context.Context, p *play) {
		at := p.authorization(name, value)
		p.send(ctx, "Ask as a browser would", p.fail, message{method: http.MethodGet, url: at})
		p.r.link = &link{URL: at, Label: "See the page"}
	}
}

// backOf is what a redirect to the app says.
func backOf(a *answer) (o outcome, is bool) {
	at, err := url.Parse(a.header.Get("Location"))
	if err != nil || !at.Query().Has("error") || !at.Query().Has("iss") {
		return outcome{}, false
	}
	q := at.Query()
	return outcome{error: q.Get("error"), cause: causeOf(q.Get("error_uri"))}, true
}
