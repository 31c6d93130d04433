package server

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/oauth"
	"github.com/candor-gateway/candor/internal/portal"
	"github.com/candor-gateway/candor/problem"
)

// One of each that is counted of a scope.
var (
	oneAsked   = access.ScopeCounts{Asked: 1}
	oneGranted = access.ScopeCounts{Granted: 1}
	oneRefused = access.ScopeCounts{Refused: 1}
)

// scopeUses are the counts of an instance.
type scopeUses struct {
	oauth.ScopeUses
	noting sync.Mutex // held by whoever writes them down, so that nobody overlooks what is on its way
	failed trouble    // guarded by noting
}

// begun counts what a request for authorization asks for: once, however many pages it goes through.
func (t *step) begun() {
	if app, wanted := t.facts.WantedBy(t.Query); app != nil {
		t.a.s.scopes.Count(app.ID, wanted, t.facts.Now, oneAsked)
	}
}

// turnedDown counts what a request for authorization does not get because of its scopes, or because the member would not have it.
func (t *step) turnedDown(p *problem.OAuthProblem) {
	if p.Cause != problem.OAuthScopeOfApp && p.Cause != problem.OAuthCancelledAuthorize || portal.Answered(t.r.Context(), t.id) { // a button that was pressed twice
		return
	}
	app, wanted := t.facts.WantedBy(t.Query)
	if app == nil {
		return
	}
	if p.Cause == problem.OAuthScopeOfApp {
		wanted = wanted.Without(app.Scopes)
	}
	t.a.s.scopes.Count(app.ID, wanted, t.facts.Now, oneRefused)
}

// askedForItself counts what an app asks for without a member, also where it does not get it.
func (a *authorization) askedForItself(q *asked, p *problem.OAuthProblem) {
	if q.Form["grant_type"] != oauth.ClientCredentials || p != nil && p.Cause != problem.OAuthScope {
		return
	}
	wanted := q.WantedForItself(&q.facts)
	a.s.scopes.Count(q.App.ID, wanted, q.facts.Now, oneAsked)
	if p != nil {
		a.s.scopes.Count(q.App.ID, wanted.Without(q.App.Scopes), q.facts.Now, oneRefused)
	}
}

// given counts scopes for which there are tokens now.
func (a *authorization) given(q *asked, g *access.Grant) {
	a.s.scopes.Count(g.App, oauth.Wanted{Known: g.Scopes}, q.facts.Now, oneGranted)
}

// wider counts what a refresh has asked for beyond what the member allowed.
func (a *authorization) wider(q *asked, ask *oauth.Ask, g *access.Grant, p *problem.OAuthProblem) {
	if p.Cause == problem.OAuthScopeWider {
		a.s.scopes.Count(g.App, q.facts.Wanted(ask.Scopes).Without(g.Scopes), q.facts.Now, oneRefused)
	}
}

// noteScopes writes down what became of scopes since it last did. What is missing after a crash is a minute of it.
func (s *Server) noteScopes(ctx context.Context, now time.Time) {
	s.scopes.noting.Lock()
	defer s.scopes.noting.Unlock()
	failed := &s.scopes.failed
	failed.fails = "it cannot be kept what became of the scopes that apps asked for; trying each minute until it succeeds"
	failed.well = "what becomes of scopes is kept again"
	uses, missed := s.scopes.Take()
	err := s.core.store.SaveScopeUses(ctx, uses)
	if err != nil {
		s.scopes.Return(uses)
	}
	if missed > 0 {
		err = errors.Join(err, errScopesMissed)
	}
	if ctx.Err() == nil {
		failed.tell(s.log, err, now)
	}
}

var errScopesMissed = errors.New("so many scopes were asked for that not all could be counted")

// scopesShownFor is how far back is shown what became of scopes: to the beginning of that hour.
const scopesShownFor = 24 * time.Hour

// listUsed is every app, by name, with what became of the scopes that it asked for; without, where there is an error.
func (d *desk) listUsed(ctx context.Context) ([]admin.App, error) {
	apps := d.list()
	const hour = 60 * 60
	since := d.now.Add(-scopesShownFor).Unix()
	uses, err := d.store.ScopeUses(ctx, since-since%hour)
	if err != nil {
		return apps, err
	}
	of := map[string][]admin.ScopeUse{}
	for _, u := range uses {
		if app := d.known.apps.Get(u.App); app != nil {
			of[app.Name] = append(of[app.Name], d.shownUse(&u))
		}
	}
	for i := range apps {
		if apps[i].ScopeUses = of[apps[i].Name]; apps[i].ScopeUses == nil {
			apps[i].ScopeUses = []admin.ScopeUse{}
		}
	}
	return apps, nil
}

func (d *desk) shownUse(u *access.ScopeUse) admin.ScopeUse {
	return admin.ScopeUse{
		Scope: d.known.names.ScopeText(access.ScopeSet{}.With(u.Scope)), Unknown: u.Scope == access.UnknownScope,
		Asked: u.Asked, Granted: u.Granted, Refused: u.Refused,
	}
}
