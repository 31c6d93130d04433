package server

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/internal/token"
)

// recordedCaller is the verifier of a trial in which a record stands for the credential: whatever is shown to it is that one.
type recordedCaller struct {
	is      token.Result
	unkept  string // why nothing can be said of it: State is Failed
	unsure  string // what is not known of it though it passes
	lasting bool   // what was wrong with it lies in it, and stays
}

var _ admission.Verifier = (*recordedCaller)(nil)

// Verify says what is known of the recorded credential; it and what follows is admission.Verifier's.
func (w *recordedCaller) Verify(_ []byte, _ int64, _ *token.Scratch, r *token.Result) {
	*r = w.is
	r.Grant = unused(r.Grant)
}

// Fetch has nothing to ask for.
func (*recordedCaller) Fetch(context.Context, access.GrantID) error { return nil }

// Still is what was found.
func (w *recordedCaller) Still(*access.Grant, token.ID) token.State { return w.is.State }

// News never come.
func (*recordedCaller) News() uint64 { return 0 }

// unused is a copy of a grant, so that a trial is no use of it.
func unused(g *access.Grant) *access.Grant {
	if g == nil {
		return nil
	}
	one := &access.Grant{ID: g.ID, Member: g.Member, Scopes: g.Scopes, ScopeText: g.ScopeText, App: g.App, Created: g.Created}
	one.RefreshUntil(g.RefreshEnds())
	one.Revoke(g.Reason())
	return one
}

const (
	notOurs     = "the credential itself is not kept, so that its signature cannot be looked at again"
	anothers    = "the token is another issuer's and is not kept: only that issuer knows whether it has been taken back"
	noSuchApp   = "the app that another issuer's token was for is not known any more"
	noTokenHere = "this instance verifies no tokens of its own"
)

// recordedCaller finds out what is known now of the credential of a record.
func (s *Server) recordedCaller(ctx context.Context, r *requestlog.Record) (*recordedCaller, error) {
	t := r.Token
	switch {
	case t == nil || !t.Genuine:
		return &recordedCaller{is: token.Result{State: token.Failed}, unkept: notOurs}, nil
	case t.Kind == "external token":
		return s.externalCaller(r), nil
	case t.Grant == 0: // a token of ours that is none for calls
		return &recordedCaller{is: token.Result{State: token.Failed, Genuine: true}, unkept: notOurs, lasting: true}, nil
	case s.core.verifier == nil:
		return &recordedCaller{is: token.Result{State: token.Failed}, unkept: noTokenHere}, nil
	}
	is := token.Result{Genuine: true, ID: access.GrantID(t.Grant), Issued: t.IssuedAt.Unix(), ExpiredAt: t.ExpiresAt.Unix()}
	if id, ok := tokenID(t.ID); ok {
		is.Token = id
	}
	g, err := s.core.store.Grant(ctx, is.ID)
	if err = unlessNotFound(err); err != nil {
		return nil, fmt.Errorf("look for the grant of a recorded call: %w", err)
	}
	is.Grant = s.inMemory(g)
	is.State, is.Why = s.standingNow(&is)
	return &recordedCaller{is: is}, nil
}

// inMemory is the grant as it holds for calls, if that is known: it is never behind the store.
func (s *Server) inMemory(g *access.Grant) *access.Grant {
	if g == nil || s.core.verifier == nil {
		return g
	}
	if known, is := s.core.verifier.Grant(g.ID); is {
		return known
	}
	return g
}

// standingNow judges in the order of token.Verifier.
func (s *Server) standingNow(is *token.Result) (token.State, token.Why) {
	now := s.o.Now().Unix()
	switch {
	case now >= is.ExpiredAt:
		return token.Expired, token.NoFault
	case is.Issued > now+int64(token.Leeway/time.Second):
		return token.Invalid, token.FromTheFuture
	case is.Grant == nil:
		return token.Invalid, token.NeverOurs
	}
	return s.core.verifier.Still(is.Grant, is.Token), token.NoFault
}

// standingOf is what becomes of a new token of a grant.
func standingOf(g *access.Grant) token.State {
	if g.Member != nil && g.Member.Restricted.Load() {
		return token.Restricted
	}
	return token.Good
}

func tokenID(text string) (id token.ID, ok bool) {
	var raw []byte
	if _, err := fmt.Sscanf(text, "%x", &raw); err != nil || len(raw) != len(id) {
		return id, false
	}
	return token.ID(raw), true
}

// externalCaller is who another issuer's token was for, with the scopes that it had.
func (s *Server) externalCaller(r *requestlog.Record) *recordedCaller {
	p := &s.gateway.Policy().Admission
	app := p.Apps.Named(r.App)
	if app == nil || p.Names == nil {
		return &recordedCaller{is: token.Result{State: token.Failed}, unkept: noSuchApp}
	}
	g := &access.Grant{App: app.ID, ScopeText: strings.Join(r.Token.Scopes, " ")}
	for _, name := range r.Token.Scopes {
		if scope, known := p.Names.Scope(name); known {
			g.Scopes = g.Scopes.With(scope)
		}
	}
	if r.Member != "" {
		g.Member = &access.Member{Subject: r.Member}
	}
	w := &recordedCaller{is: token.Result{State: token.Good, Genuine: true, Grant: g}, unsure: anothers}
	if ends := r.Token.ExpiresAt; !ends.IsZero() && !s.o.Now().Before(ends) {
		w.is.State, w.is.ExpiredAt = token.Expired, ends.Unix()
	}
	return w
}
