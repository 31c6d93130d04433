package demo

import (
	"context"
	"net/http"
)

const (
	groupRefresh   = "The refresh token"
	groupToken     = "The access token"
	groupBearer    = "Whose a token is (userinfo)"
	groupPretended = "Pretended by the sandbox (X-Sandbox-Fault)"
)

func badRefresh(cause string) wants { return pair(400, "invalid_request", 400, "invalid_grant", cause) }

var refreshFailures = []Failure{
	{
		ID: "refresh-unknown", Group: groupRefresh, Title: "A refresh token that is none", Wants: badRefresh("oauth_refresh_unknown"), Says: "“The provided authorization grant or refresh token is invalid, expired or revoked.”",
		run: tokenMistake("Refresh with nonsense", confidential, refreshForm("nonsense")),
	},
	{
		ID: "refresh-expired", Group: groupRefresh, Title: "A refresh token that has expired", Wants: badRefresh("oauth_refresh_expired"), Says: "A refresh token lives 365 days, and refreshing does not extend it. This one is older.",
		run: func(ctx context.Context, p *play) {
			p.token(ctx, "Refresh", p.fail, &p.d.o.Keeper, refreshForm(p.d.o.Given.ExpiredRefresh))
		},
	},
	{
		ID: "refresh-restricted", Group: groupRefresh, Title: "The refresh token of a restricted member", Wants: badRefresh("oauth_refresh_restricted"), Says: "It is good again when the restriction is lifted.",
		run: func(ctx context.Context, p *play) {
			p.token(ctx, "Refresh", p.fail, &p.d.o.Keeper, refreshForm(p.d.o.Given.RestrictedRefresh))
		},
	},
	{
		ID: "refresh-none", Group: groupRefresh, Title: "An app that is given no refresh tokens", Wants: pair(401, "access_denied", 400, "unauthorized_client", "oauth_no_refresh"), Says: "Its members go through the authorization again, which asks them nothing while the grant lives.",
		run: tokenMistake("Refresh as such an app", narrow, refreshForm("nonsense")),
	},
	{
		ID: "refresh-revoked", Group: groupRefresh, Title: "A refresh token that was given back", Wants: badRefresh("oauth_refresh_revoked"), Asks: once, Says: "With the refresh token its grant ends, with all tokens (RFC 7009 §2.1).",
		run: func(ctx context.Context, p *play) {
			c := &p.d.o.Confidential
			tokens := p.redeem(ctx, "Exchange the code", good, 0)
			p.send(ctx, "Give the refresh token back", good, p.d.revokeRequest(c, tokens.text("refresh_token")))
			p.token(ctx, "Refresh", p.fail, c, refreshForm(tokens.text("refresh_token")))
		},
	},
	{
		ID: "refresh-reused", Group: groupRefresh, Title: "A replaced refresh token is used again", Wants: badRefresh("oauth_refresh_reused"), Asks: byPublic, Says: "Those of public apps rotate. One that was replaced and is used again is in two hands: the grant ends.",
		run: func(ctx context.Context, p *play) {
			c := &p.d.o.Public
			first := p.redeem(ctx, "Exchange the code", good, 0)
			second := p.token(ctx, "Refresh", good, c, refreshForm(first.text("refresh_token")))
			third := p.token(ctx, "Refresh with the new one", good, c, refreshForm(second.text("refresh_token")))
			p.token(ctx, "And with the one after", good, c, refreshForm(third.text("refresh_token")))
			p.token(ctx, "Refresh with the first one again", p.fail, c, refreshForm(first.text("refresh_token")))
			p.call(ctx, "No token of this grant works any more", refused(401, "revoked_access_token"), third.text("access_token"))
		},
	},
	{
		ID: "refresh-wider", Group: groupRefresh, Title: "A wider scope at the refresh", Wants: both(400, "invalid_scope", "oauth_scope_wider"), Says: "A narrower one is accepted and not applied; the answer names the whole.",
		Asks: []ask{{client: confidential, scope: "openid profile", hint: once[0].hint}},
		run: func(ctx context.Context, p *play) {
			c := &p.d.o.Confidential
			tokens := p.redeem(ctx, "Exchange the code", good, 0)
			f := refreshForm(tokens.text("refresh_token"))
			f.Set("scope", "openid")
			p.token(ctx, "Refresh with a narrower scope", good, c, copyOf(f))
			f.Set("scope", "openid profile email")
			p.token(ctx, "Refresh with a wider one", p.fail, c, f)
		},
	},
}

var tokenFailures = []Failure{
	{
		ID: "token-revoked", Group: groupToken, Title: "A token that was given back", Wants: called(401, "revoked_access_token"), Asks: once, Says: "65601 from the next call on.",
		run: func(ctx context.Context, p *play) {
			tokens := p.redeem(ctx, "Exchange the code", good, 0)
			p.call(ctx, "The token works", good, tokens.text("access_token"))
			p.send(ctx, "Give it back", good, p.d.revokeRequest(&p.d.o.Confidential, tokens.text("access_token")))
			p.call(ctx, "It works no more", p.fail, tokens.text("access_token"))
		},
	},
	{
		ID: "token-expired", Group: groupToken, Title: "A token past its end", Wants: called(401, "expired_access_token"), Says: "65602: refresh it. Past its end nothing else is told of it.",
		run: func(ctx context.Context, p *play) {
			p.call(ctx, "Call the API with it", p.fail, p.d.o.Given.Expired)
		},
	},
	{
		ID: "introspect-foreign", Group: groupToken, Title: "Looking into another app's token", Wants: wants{good, good}, Says: "{\"active\":false} and nothing else, as for what is no token: nobody finds out here which tokens there are.",
		run: func(ctx context.Context, p *play) {
			p.send(ctx, "Look into another app's token", p.fail, p.d.introspectRequest(&p.d.o.Confidential, p.d.o.Given.OtherApp))
			p.send(ctx, "Look into what is no token", p.fail, p.d.introspectRequest(&p.d.o.Confidential, "nonsense"))
		},
	},
	{
		ID: "introspect-ended", Group: groupToken, Title: "Looking into one's own tokens that have ended", Wants: wants{good, good}, Says: "The linkedin profile says whether they are revoked or expired, the standard one that they are not active.",
		run: func(ctx context.Context, p *play) {
			p.send(ctx, "Look into an expired one", p.fail, p.d.introspectRequest(&p.d.o.Confidential, p.d.o.Given.Expired))
			p.send(ctx, "Look into a revoked one", p.fail, p.d.introspectRequest(&p.d.o.Confidential, p.d.o.Given.Revoked))
		},
	},
	{
		ID: "introspect-secret", Group: groupToken, Title: "Looking into a token with a wrong secret", Wants: both(401, "invalid_client", "oauth_wrong_secret"), Says: "Only who is authenticated is told anything.",
		run: func(ctx context.Context, p *play) {
			c := &Client{ID: p.d.o.Confidential.ID, Secret: "not-the-secret"}
			p.send(ctx, "Look into a token", p.fail, p.d.introspectRequest(c, p.d.o.Given.Application))
		},
	},
	{
		ID: "revoke-foreign", Group: groupToken, Title: "Giving back what is another app's", Wants: wants{good, good}, Says: "200, and nothing is done: the token still works.",
		run: func(ctx context.Context, p *play) {
			p.send(ctx, "Give another app's token back", p.fail, p.d.revokeRequest(&p.d.o.Confidential, p.d.o.Given.OtherApp))
			p.call(ctx, "It still works", good, p.d.o.Given.OtherApp)
		},
	},
}

var bearerFailures = []Failure{
	bearer("missing", "No token", 401, "invalid_token", "oauth_bearer_missing", "WWW-Authenticate names no error, since there was no attempt (RFC 6750 §3.1).", func(p *play) message { return p.userInfo("") }),
	bearer("in-url", "The token in the URL", 400, "invalid_request", "oauth_bearer_in_url", "URLs are kept in logs.", func(p *play) message {
		m := p.userInfo("")
		m.url += "?access_token=not-a-token"
		return m
	}),
	bearer("twice", "Two tokens", 400, "invalid_request", "oauth_bearer_twice", "Either might be meant.", func(p *play) message { return p.userInfo("one").with("Authorization", "Bearer two") }),
	bearer("malformed", "Authorization: Basic", 400, "invalid_request", "oauth_bearer_malformed", "A token comes as Bearer.", func(p *play) message {
		return p.userInfo("").basic(&p.d.o.Confidential)
	}),
	bearer("invalid", "What is no token", 401, "invalid_token", "oauth_token_invalid", "It is said why it cannot be one.", func(p *play) message { return p.userInfo("nonsense") }),
	bearer("expired", "A token past its end", 401, "invalid_token", "oauth_token_expired", "It is said since when.", func(p *play) message { return p.userInfo(p.d.o.Given.Expired) }),
	bearer("revoked", "A token that was taken back", 401, "invalid_token", "oauth_token_revoked", "It is said why.", func(p *play) message { return p.userInfo(p.d.o.Given.Revoked) }),
	bearer("restricted", "The token of a restricted member", 401, "invalid_token", "oauth_token_restricted", "Only whoever runs the API can lift that.", func(p *play) message { return p.userInfo(p.d.o.Given.Restricted) }),
	bearer("no-member", "An app's own token", 403, "insufficient_scope", "oauth_token_no_member", "It is nobody's.", func(p *play) message { return p.userInfo(p.d.o.Given.Application) }),
	bearer("scope", "A token without openid", 403, "insufficient_scope", "oauth_token_scope", "The linkedin profile takes profile or email as well.", func(p *play) message { return p.userInfo(p.d.o.Given.OtherApp) }),
}

// bearer is a failure of userinfo.
func bearer(id, title string, status int, word, cause, says string, m func(*play) message) Failure {
	return Failure{ID: "userinfo-" + id, Group: groupBearer, Title: title, Wants: both(status, word, cause), Says: says, run: func(ctx context.Context, p *play) {
		p.send(ctx, "Ask userinfo", p.fail, m(p))
	}}
}

func (p *play) userInfo(token string) message {
	m := message{method: http.MethodGet, url: p.d.o.WWW + userInfoPath}
	if token == "" {
		return m
	}
	return m.with("Authorization", "Bearer "+token)
}

// pretended are failures that would take the sandbox itself apart. X-Sandbox-Fault asks for their answers.
var pretended = []Failure{
	pretend("too-many", "Too many failed authentications", 429, "temporarily_unavailable", "oauth_too_many", "Retry-After says when to try again; the right secret still works. The sandbox counts no failures, or it would stop you after a few buttons.", tokenPath),
	pretend("unavailable", "The store does not answer", 503, "temporarily_unavailable", "oauth_unavailable", "Nothing was changed: the same request can be sent again as Retry-After says.", tokenPath),
	pretend("userinfo-disabled", "A token of an app that was disabled since", 401, "invalid_token", "oauth_token_disabled", "Tokens of a disabled app are worth nothing until it is enabled again.", userInfoPath),
}

func pretend(id, title string, status int, word, cause, says, path string) Failure {
	return Failure{ID: id, Group: groupPretended, Title: title, Wants: both(status, word, cause), Says: says, run: func(ctx context.Context, p *play) {
		m := p.d.tokenRequest(&p.d.o.Confidential, form("grant_type", "client_credentials"))
		if path == userInfoPath {
			m = p.userInfo(p.d.o.Given.Application)
		}
		p.send(ctx, "Ask for this answer", p.fail, m.with("X-Sandbox-Fault", cause))
	}}
}
