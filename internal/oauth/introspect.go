package oauth

import (
	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/token"
	"github.com/candor-gateway/candor/problem"
)

// DecideLook decides who may look into a token, and into which: an app that has a secret.
func DecideLook(q *Request, f *Facts) (app *access.App, tok string, p *problem.OAuthProblem) {
	return q.ofToken(f, confidential)
}

// DecideRevoke decides who may take a token back, and which.
func DecideRevoke(q *Request, f *Facts) (app *access.App, tok string, p *problem.OAuthProblem) {
	return q.ofToken(f, publicToo)
}

func (q *Request) ofToken(f *Facts, may who) (app *access.App, tok string, p *problem.OAuthProblem) {
	if app, p = q.authenticate(f, may, false); p != nil {
		return nil, "", p
	}
	if !q.has("token") {
		return nil, "", &problem.OAuthProblem{Cause: problem.OAuthMissing, Parameter: "token", Basic: q.Basic}
	}
	return app, q.Form["token"], nil
}

// Seen is what a token was found to be: r as the verifier has it, with its grant where there is one, though it has expired.
type Seen struct {
	token.Result
	Refresh bool // it is a refresh token
}

// SeeRefresh is what a refresh token was found to be: l is what is kept of it and g its grant, nil where that is nothing. Looking changes nothing.
func SeeRefresh(o token.Opened, l *access.Line, g *access.Grant, f *Facts) Seen {
	s := Seen{Refresh: true}
	if l == nil || g == nil {
		return s
	}
	s.Genuine, s.Grant, s.ID, s.Issued, s.ExpiredAt, s.State = true, g, g.ID, o.Issued, o.Ends, token.Good
	_, generation := token.LineOf(o.ID)
	app := f.Apps.Get(g.App)
	switch {
	case o.Ends <= f.Now:
		s.State = token.Expired
	case g.Revoked(), l.Revoked, app != nil && app.Public && reused(generation, l, f.Now):
		s.State = token.Revoked
	case g.Member != nil && g.Member.Restricted.Load():
		s.State = token.Restricted
	}
	return s
}

// mayLook reports whether an app is told of a token: of its own, and of all access tokens if it serves an API, which a refresh token is nothing to. Tokens are for every API, so there is no finer right.
func mayLook(app *access.App, s *Seen) bool {
	return s.Grant != nil && (s.Grant.App == app.ID || len(app.Introspects) > 0 && !s.Refresh)
}

type inactive struct {
	Active bool `json:"active"`
}

// active is RFC 7662 §2.2's.
type active struct {
	Active    bool   `json:"active"`
	Scope     string `json:"scope"`
	ClientID  string `json:"client_id"`
	Subject   string `json:"sub,omitempty"`
	TokenType string `json:"token_type,omitempty"` // of an access token
	ExpiresAt int64  `json:"exp"`
	IssuedAt  int64  `json:"iat"`
	Issuer    string `json:"iss"`
}

// contract is what the linkedin profile says.
type contract struct {
	Active       bool   `json:"active"`
	Status       string `json:"status"`
	Scope        string `json:"scope,omitempty"` // of a member's token alone
	ClientID     string `json:"client_id"`
	CreatedAt    int64  `json:"created_at"`
	AuthorizedAt int64  `json:"authorized_at"` // when the grant was made
	ExpiresAt    int64  `json:"expires_at"`
	AuthType     string `json:"auth_type"`
}

// AppendLook appends what an app is told of a token. What is not its to know, and what is no token, look the same: nobody finds out here which there are.
func AppendLook(dst []byte, app *access.App, s *Seen, issuer string, f *Facts) []byte {
	if !mayLook(app, s) {
		return appendJSON(dst, inactive{})
	}
	of := f.Apps.Get(s.Grant.App)
	good := s.State == token.Good && of != nil && !of.Disabled
	if of == nil || f.Profile == problem.Standard && !good {
		return appendJSON(dst, inactive{})
	}
	if f.Profile == problem.Standard {
		a := active{Active: true, Scope: scopesOf(f.Names, s.Grant.Scopes, f.Profile), ClientID: of.ClientID, ExpiresAt: s.ExpiredAt, IssuedAt: s.Issued, Issuer: issuer}
		if s.Grant.Member != nil {
			a.Subject = s.Grant.Member.Subject
		}
		if !s.Refresh {
			a.TokenType = "Bearer"
		}
		return appendJSON(dst, a)
	}
	a := contract{Active: good, Status: status(s.State, good), ClientID: of.ClientID, CreatedAt: s.Issued, AuthorizedAt: int64(s.Grant.Created), ExpiresAt: s.ExpiredAt, AuthType: "2L"}
	if s.Grant.Member != nil {
		a.AuthType, a.Scope = "3L", scopesOf(f.Names, s.Grant.Scopes, f.Profile)
	}
	return appendJSON(dst, a)
}

// status is the contract's word. A token that the gateway refuses for another reason than its end is as good as revoked.
func status(s token.State, good bool) string {
	switch {
	case good:
		return "active"
	case s == token.Expired:
		return "expired"
	}
	return "revoked"
}

// Revokes reports whether an app may take a token back, which has not ended: its own (RFC 7009 §2.1). Of all others nothing is said and nothing is done.
func Revokes(app *access.App, s *Seen) bool {
	return s.Genuine && s.Grant != nil && s.Grant.App == app.ID && (s.State == token.Good || s.State == token.Restricted)
}
