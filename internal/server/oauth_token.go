package server

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/oauth"
	"github.com/candor-gateway/candor/internal/signing"
	"github.com/candor-gateway/candor/internal/token"
	"github.com/candor-gateway/candor/problem"
)

// next is what the tokens of one request are made of.
func (a *authorization) next() (n oauth.Next) {
	var b [8]byte
	rand.Read(n.Token[:]) // never fails
	rand.Read(b[:])
	n.Line, n.Key = access.LineID(binary.BigEndian.Uint64(b[:])>>1|1), a.s.core.keys.Active()
	return n
}

// grants is what gives each kind of token.
var grants = map[string]func(*authorization, context.Context, *asked, *oauth.Ask) ([]byte, *problem.OAuthProblem){
	oauth.ClientCredentials: (*authorization).application,
	oauth.AuthorizationCode: (*authorization).redeem,
	oauth.RefreshToken:      (*authorization).refresh,
}

// exchangeLimit bounds the wait for the store and the first signing key: RSA keys take a while.
const exchangeLimit = 10 * time.Second

// token gives a token. What is changed for it is changed whole, also if the client goes away meanwhile.
func (a *authorization) token(ctx context.Context, q *asked) ([]byte, *problem.OAuthProblem) {
	ask, p := oauth.DecideToken(q.Request, &q.facts)
	a.askedForItself(q, p)
	if p != nil {
		return nil, a.failed(q, p)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), exchangeLimit)
	defer cancel()
	body, p := grants[ask.Grant](a, ctx, q, ask)
	if p == nil {
		a.s.counted.issued.add(ask.Grant)
	}
	return body, p
}

// application gives an app a token of its own.
func (a *authorization) application(ctx context.Context, q *asked, ask *oauth.Ask) ([]byte, *problem.OAuthProblem) {
	a.s.mu.Lock()
	minter := a.s.core.minter(a.s.known)
	a.s.mu.Unlock()
	made, err := minter.Mint(ctx, token.Order{App: ask.App.Name, Scopes: ask.Scopes, Life: a.own}, q.now)
	if err != nil {
		return nil, a.unavailable("keep a token", err)
	}
	a.given(q, made.Grant)
	issued := oauth.Issued{Token: made.Token, Secs: made.Ends.Unix() - made.Issued.Unix()}
	return oauth.AppendIssued(nil, issued, made.Grant.Scopes, &q.facts), nil
}

// redeem gives tokens for a code. What bears no MAC of ours asks no store.
func (a *authorization) redeem(ctx context.Context, q *asked, ask *oauth.Ask) ([]byte, *problem.OAuthProblem) {
	opened, why, _ := a.s.core.keys.Open(token.Code, []byte(ask.Code), q.now.UnixNano(), &token.Scratch{})
	if why != token.NoFault {
		return nil, ask.NotOpened(why)
	}
	if n, known := q.facts.Names.Scope(oauth.ScopeOpenID); known && ask.App.Scopes.Has(n) {
		if err := a.keys.Ready(ctx, q.now); err != nil { // before the code is used up
			return nil, a.unavailable("make its first signing key", err)
		}
	}
	var (
		p      *problem.OAuthProblem
		code   *access.Code
		change token.CodeChange
	)
	done, err := a.s.core.verifier.Write(func() (token.Exchanged, error) {
		return a.s.core.store.ExchangeCode(ctx, access.CodeID(opened.Grant), q.now, func(c *access.Code) token.CodeChange {
			code = c
			change, p = oauth.DecideCode(ask, opened, c, &q.facts)
			return change
		})
	})
	if err != nil {
		return nil, a.unavailable("exchange a code", err)
	}
	if p != nil {
		return nil, p
	}
	grant, r := done.Grant, change.Redeem
	a.given(q, grant)
	issued := oauth.Issued{Secs: r.Token.Ends - q.facts.Now}
	issued.Token = string(a.s.core.keys.Mint(nil, token.Access, grant.ID, q.facts.Now, issued.Secs, r.Token.ID))
	if r.Line != nil {
		issued.RefreshSeconds = r.Line.Ends - q.facts.Now
		issued.Refresh = a.refreshToken(grant.ID, r.Line, r.Line.Generation)
	}
	if issued.IDToken, err = a.idToken(ctx, ask.App, code, issued.Token, q); err != nil {
		return nil, a.unavailable("sign an id_token", err)
	}
	return oauth.AppendIssued(nil, issued, grant.Scopes, &q.facts), nil
}

// refreshToken is a line's token of a generation: each time the same.
func (a *authorization) refreshToken(grant access.GrantID, l *access.Line, generation uint32) string {
	text, _ := a.s.core.keys.MintUnder(nil, l.Key, token.Refresh, grant, l.Issued, l.Ends-l.Issued, token.LineToken(l.ID, generation)) // a key outlives its tokens
	return string(text)
}

// refresh gives the next access token of a grant.
func (a *authorization) refresh(ctx context.Context, q *asked, ask *oauth.Ask) ([]byte, *problem.OAuthProblem) {
	opened, why, _ := a.s.core.keys.Open(token.Refresh, []byte(ask.Refresh), q.now.UnixNano(), &token.Scratch{})
	if why != token.NoFault {
		return nil, ask.NotOpened(why)
	}
	var (
		p     *problem.OAuthProblem
		gives oauth.Refreshed
		line  access.Line
		grant *access.Grant
	)
	id, _ := token.LineOf(opened.ID)
	_, err := a.s.core.verifier.Write(func() (token.Exchanged, error) {
		return a.s.core.store.ExchangeLine(ctx, id, q.now, func(l *access.Line, g *access.Grant) (change token.LineChange) {
			gives, change, p = oauth.DecideRefresh(ask, opened, l, g, &q.facts)
			if grant = g; l != nil {
				line = *l
			}
			return change
		})
	})
	if err != nil {
		return nil, a.unavailable("refresh a token", err)
	}
	if p != nil {
		a.wider(q, ask, grant, p)
		return nil, p
	}
	issued := oauth.Issued{Secs: gives.Ends - q.facts.Now, Refresh: ask.Refresh, RefreshSeconds: line.Ends - q.facts.Now}
	issued.Token = string(a.s.core.keys.Mint(nil, token.Access, grant.ID, q.facts.Now, issued.Secs, q.facts.Next.Token))
	if gives.Rotates {
		issued.Refresh = a.refreshToken(grant.ID, &line, gives.Generation)
	}
	return oauth.AppendIssued(nil, issued, grant.Scopes, &q.facts), nil
}

// lookRefresh finds out what a text is that is no access token: a refresh token, or nothing.
func (a *authorization) lookRefresh(ctx context.Context, text string, q *asked) (seen oauth.Seen, err error) {
	opened, why, _ := a.s.core.keys.Open(token.Refresh, []byte(text), q.now.UnixNano(), &token.Scratch{})
	if why != token.NoFault {
		return seen, nil
	}
	id, _ := token.LineOf(opened.ID)
	_, err = a.s.core.store.ExchangeLine(ctx, id, q.now, func(l *access.Line, g *access.Grant) token.LineChange {
		seen = oauth.SeeRefresh(opened, l, g, &q.facts)
		return token.LineChange{}
	})
	return seen, err
}

// revokeRefresh takes back the grant of a refresh token, if it is the app's and has not ended (RFC 7009 §2.1).
func (a *authorization) revokeRefresh(ctx context.Context, app *access.App, text string, q *asked) error {
	opened, why, _ := a.s.core.keys.Open(token.Refresh, []byte(text), q.now.UnixNano(), &token.Scratch{})
	if why != token.NoFault || opened.Ends <= q.facts.Now {
		return nil
	}
	id, _ := token.LineOf(opened.ID)
	_, err := a.s.core.verifier.Write(func() (token.Exchanged, error) {
		return a.s.core.store.ExchangeLine(context.WithoutCancel(ctx), id, q.now, func(_ *access.Line, g *access.Grant) token.LineChange {
			if g == nil || g.App != app.ID || g.Revoked() {
				return token.LineChange{}
			}
			return token.LineChange{Revoke: access.ByApp}
		})
	})
	return err
}

// idToken tells the app who has signed in, if the member allowed it to know (OpenID Connect Core 1.0 §3.1.3.3); else "".
func (a *authorization) idToken(ctx context.Context, app *access.App, c *access.Code, accessToken string, q *asked) (string, error) {
	has := func(name string) bool {
		n, known := q.facts.Names.Scope(name)
		return known && c.Scopes.Has(n)
	}
	if !has(oauth.ScopeOpenID) {
		return "", nil
	}
	claims := oauth.IDToken{
		Issuer: oauth.Issuer(a.url), Subject: c.Member.Subject, Audience: app.ClientID, Issued: q.facts.Now, Ends: q.facts.Now + int64(signing.Life/time.Second),
		Authenticated: c.Authenticated, Nonce: c.Nonce, TokenHash: oauth.AtHash(accessToken),
	}
	if has(oauth.ScopeEmail) {
		who, err := a.people(ctx, c.Member.Subject)
		if err != nil { // the code is used up: the app gets all else, and userinfo tells the address
			a.s.log.Warn("an id_token lacks the e-mail address, which could not be looked up", "error", err)
		}
		claims.About(who)
	}
	return a.keys.Sign(ctx, claims, q.now)
}

// person is what is known of a member beside the id.
func (s *Server) person(ctx context.Context, subject string) (p oauth.Person, err error) {
	who, err := s.core.store.AccountByMember(ctx, subject)
	if errors.Is(err, token.ErrNotFound) {
		return p, nil
	}
	return oauth.Person{Email: who.Address()}, err
}
