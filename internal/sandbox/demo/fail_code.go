package demo

import "context"

const (
	groupCode  = "The code"
	groupGrant = "What the member has allowed"
)

// once is one authorization of the confidential app.
var once = []ask{{client: confidential, hint: "Sign in and allow access, if you are asked to."}}

// byPublic is one of the public app.
var byPublic = []ask{{client: public, hint: "Sign in and allow access."}}

// fewer and all are two scope sets of one app: the second ends what the first gave.
var fewerThenAll = []ask{
	{client: confidential, scope: "openid profile", hint: "Allow the first scopes."},
	{client: confidential, hint: "Now allow all scopes."},
}

// badCode is what is said of each code that is not taken, but for an unknown one.
func badCode(cause string) wants {
	return pair(400, "invalid_redirect_uri", 400, "invalid_grant", cause)
}

const elsewhere = "https://elsewhere.example/callback"

var codeFailures = []Failure{
	{
		ID: "code-unknown", Group: groupCode, Title: "A code that is none", Wants: pair(401, "invalid_request", 400, "invalid_grant", "oauth_code_unknown"), Says: "“Unable to retrieve access token: authorization code not found.”",
		run: tokenMistake("Exchange what is no code", confidential, form("grant_type", "authorization_code", "code", "AQTnonsense", "redirect_uri", elsewhere)),
	},
	{
		ID: "code-redirect", Group: groupCode, Title: "Another redirect URI at the exchange", Wants: badCode("oauth_code_redirect"), Asks: once, Says: "A failure does not use the code up: the right redirect URI still works. Five failures do.",
		run: func(ctx context.Context, p *play) {
			p.redeem(ctx, "Exchange it with another redirect URI", p.fail, 0, "redirect_uri", elsewhere)
			p.redeem(ctx, "The same code with the right one", good, 0)
		},
	},
	{
		ID: "code-failed", Group: groupCode, Title: "Five failures", Wants: badCode("oauth_code_failed"), Asks: once, Says: "Five failures by its own client use a code up.",
		run: func(ctx context.Context, p *play) {
			for range 5 {
				p.redeem(ctx, "Exchange it with another redirect URI", whatever, 0, "redirect_uri", elsewhere)
			}
			p.redeem(ctx, "The right one comes too late", p.fail, 0)
		},
	},
	{
		ID: "code-verifier", Group: groupCode, Title: "A wrong verifier", Wants: badCode("oauth_code_verifier"), Asks: byPublic, Says: "SHA-256 of the code_verifier is to be the code_challenge of the request.",
		run: func(ctx context.Context, p *play) {
			p.redeem(ctx, "Exchange it with another verifier", p.fail, 0, "code_verifier", "another-verifier-of-at-least-43-characters-0")
			p.redeem(ctx, "The same code with the right one", good, 0)
		},
	},
	{
		ID: "code-no-verifier", Group: groupCode, Title: "No verifier", Wants: badCode("oauth_code_verifier"), Asks: once, Says: "A challenge that was sent binds apps with a secret too.",
		run: func(ctx context.Context, p *play) {
			p.redeem(ctx, "Exchange it without the verifier", p.fail, 0, "code_verifier", "")
		},
	},
	{
		ID: "code-unasked-verifier", Group: groupCode, Title: "A verifier without a challenge", Wants: badCode("oauth_code_verifier"), Says: "Who takes the challenge out of a request on its way could use the code else (RFC 9700 §2.1.1).",
		Asks: []ask{{client: confidential, changes: map[string]string{"code_challenge": "", "code_challenge_method": ""}, hint: once[0].hint}},
		run: func(ctx context.Context, p *play) {
			p.redeem(ctx, "Exchange it with a verifier", p.fail, 0, "code_verifier", "a-verifier-that-nobody-announced-0123456789-0")
		},
	},
	{
		ID: "code-other-app", Group: groupCode, Title: "The code of another app", Wants: badCode("oauth_code_other_app"), Asks: once, Says: "A stranger's attempt neither counts nor uses the code up.",
		run: func(ctx context.Context, p *play) {
			p.token(ctx, "Exchange it as another app", p.fail, &p.d.o.Other, codeForm(&p.r.codes[0]))
			p.redeem(ctx, "Its own app still can", good, 0)
		},
	},
	{
		ID: "code-twice", Group: groupCode, Title: "Double submit", Wants: badCode("oauth_code_used"), Asks: once, Says: "The very same request again within 10 seconds is refused, and the tokens stay good.",
		run: func(ctx context.Context, p *play) {
			tokens := p.redeem(ctx, "Exchange it", good, 0)
			p.redeem(ctx, "Exchange it again at once", p.fail, 0)
			p.call(ctx, "The access token still works", good, tokens.text("access_token"))
		},
	},
	{
		ID: "code-replay", Group: groupCode, Title: "Replay", Wants: badCode("oauth_code_used"), Asks: once, Says: "A code that is used again otherwise may be stolen: what it gave is taken back.",
		run: func(ctx context.Context, p *play) {
			tokens := p.redeem(ctx, "Exchange it", good, 0)
			p.redeem(ctx, "Exchange it again, with another redirect URI", p.fail, 0, "redirect_uri", elsewhere)
			p.call(ctx, "The access token works no more", refused(401, "revoked_access_token"), tokens.text("access_token"))
		},
	},
	{
		ID: "code-expired", Group: groupCode, Title: "A code that has expired", Wants: badCode("oauth_code_expired"), Says: "A code lives 30 minutes (5 in the standard profile). This one was issued an hour before the sandbox began.",
		run: func(ctx context.Context, p *play) {
			p.token(ctx, "Exchange it", p.fail, &p.d.o.Confidential, form("grant_type", "authorization_code", "code", p.d.o.Given.ExpiredCode, "redirect_uri", p.d.redirectURI()))
		},
	},
	{
		ID: "code-restricted", Group: groupCode, Title: "A member who has been restricted since", Wants: badCode("oauth_code_restricted"), Says: "Only whoever runs the API can lift a restriction.",
		run: func(ctx context.Context, p *play) {
			p.token(ctx, "Exchange it", p.fail, &p.d.o.Confidential, form("grant_type", "authorization_code", "code", p.d.o.Given.RestrictedCode, "redirect_uri", p.d.redirectURI()))
		},
	},
}

// grantFailures need two authorizations.
var grantFailures = []Failure{
	{
		ID: "scope-change-token", Group: groupGrant, Title: "Other scopes: the old token", Wants: called(401, "revoked_access_token"), Asks: fewerThenAll,
		Says: "A grant with another scope set ends all earlier tokens of app and member (65601), in the transaction that redeems the code.",
		run: func(ctx context.Context, p *play) {
			old := p.redeem(ctx, "Exchange the first code", good, 0)
			p.call(ctx, "Its token works", good, old.text("access_token"))
			p.redeem(ctx, "Exchange the second, of more scopes", good, 1)
			p.call(ctx, "The first token works no more", p.fail, old.text("access_token"))
		},
	},
	{
		ID: "scope-change-code", Group: groupGrant, Title: "Other scopes: an older code", Wants: badCode("oauth_code_scope_changed"), Asks: fewerThenAll, Says: "Codes of before end too.",
		run: func(ctx context.Context, p *play) {
			p.redeem(ctx, "Exchange the second code", good, 1)
			p.redeem(ctx, "Exchange the first", p.fail, 0)
		},
	},
	{
		ID: "scope-change-refresh", Group: groupGrant, Title: "Other scopes: the old refresh token", Wants: badRefresh("oauth_refresh_scope_changed"), Asks: fewerThenAll, Says: "Refresh tokens of before end too.",
		run: func(ctx context.Context, p *play) {
			old := p.redeem(ctx, "Exchange the first code", good, 0)
			p.redeem(ctx, "Exchange the second, of more scopes", good, 1)
			p.token(ctx, "Refresh with the first refresh token", p.fail, &p.d.o.Confidential, refreshForm(old.text("refresh_token")))
		},
	},
	{
		ID: "code-revoked", Group: groupGrant, Title: "Access taken back before the exchange", Wants: badCode("oauth_code_revoked"), Asks: []ask{once[0], once[0]}, Says: "What was taken back is no more, codes that are under way too.",
		run: func(ctx context.Context, p *play) {
			tokens := p.redeem(ctx, "Exchange the first code", good, 0)
			p.send(ctx, "Give everything back", good, p.d.revokeRequest(&p.d.o.Confidential, tokens.text("refresh_token")))
			p.redeem(ctx, "Exchange the second", p.fail, 1)
		},
	},
}
