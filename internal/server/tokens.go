package server

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/token"
)

// tokens is admin.Tokens, of an instance that runs and of one that does not.
type tokens struct{ s *Server }

var _ admin.Tokens = tokens{}

// StoppedTokens looks after tokens and keys of an instance that does not run.
type StoppedTokens struct{ tokens }

// OpenTokens opens store and keys of an instance that does not run, as Start would. One that runs holds the lock: *sqlite.HeldError.
func OpenTokens(ctx context.Context, cfg *config.Config, now time.Time) (*StoppedTokens, error) {
	if !needsTokens(cfg) {
		return nil, noTokens(cfg)
	}
	c, k, err := openStopped(ctx, cfg, now)
	if err != nil {
		return nil, err
	}
	return &StoppedTokens{tokens{&Server{o: Options{Now: func() time.Time { return now }}, cfg: cfg, core: c, known: k}}}, nil
}

// Close lets go of store and keys.
func (s *StoppedTokens) Close() error { return s.s.core.close() }

// noTokens is the refusal of an instance that has neither keys nor a store.
func noTokens(cfg *config.Config) error {
	return refusal(409, "there are no tokens: by %s no route asks for one and there are no apps, so there are neither keys nor a store", cfg.File)
}

// ready is what is known at this moment, or why nothing can be done.
func (t tokens) ready() (known, *config.Config, error) {
	t.s.mu.Lock()
	defer t.s.mu.Unlock()
	switch {
	case t.s.draining.Load(): // the store may be the next instance's by now
		return known{}, nil, refusal(503, "this instance is about to end; ask again in a moment")
	case t.s.cfg.Data != "" && !t.s.core.kept:
		return known{}, nil, noTokens(t.s.cfg)
	}
	return t.s.known, t.s.cfg, nil
}

// mostListed bounds a list of grants: what is more is found by naming app or member.
const mostListed = 10_000

// Grants lists grants that live.
func (t tokens) Grants(ctx context.Context, of admin.GrantFilter) (is admin.Grants, err error) {
	k, _, err := t.ready()
	if err != nil {
		return is, err
	}
	filter, err := filterOf(&k, of)
	if err != nil {
		return is, err
	}
	all, err := t.s.core.store.LiveGrants(ctx, filter, t.s.o.Now(), mostListed+1)
	if err != nil {
		return is, fmt.Errorf("list the grants: %w", err)
	}
	is.More = len(all) > mostListed
	is.Grants = []admin.Grant{}
	for _, g := range all[:min(len(all), mostListed)] {
		if known, there := t.s.core.verifier.Grant(g.ID); there { // the store is told of uses from time to time
			g.Use(known.LastUse())
		}
		is.Grants = append(is.Grants, shownGrant(&k, &g))
	}
	return is, nil
}

// filterOf refuses an app that is none: a list that is empty for a slip of the pen would look like an answer.
func filterOf(k *known, of admin.GrantFilter) (f token.GrantFilter, err error) {
	f.Subject = of.Member
	if of.App == "" {
		return f, nil
	}
	app := k.apps.Named(of.App)
	if app == nil {
		return f, refusal(404, "there is no app %q; candor app list names them all", of.App)
	}
	f.App = app.ID
	return f, nil
}

// lastUse is when a grant was used last, which is known to a minute; 0 never.
func lastUse(g *token.LiveGrant) int64 {
	if g.LastUse() == 0 {
		return 0
	}
	return max(g.LastUse(), int64(g.Created))
}

func shownGrant(k *known, g *token.LiveGrant) admin.Grant {
	is := admin.Grant{Scopes: scopesOfGrant(g.Grant), CreatedAt: *timeOf(int64(g.Created)), LastUsedAt: timeOf(lastUse(g)), EndsAt: *timeOf(g.Ends), RefreshEndsAt: timeOf(g.RefreshEnds())}
	is.App, is.Member = whose(k, g.Grant)
	is.Restricted = g.Member != nil && g.Member.Restricted.Load()
	return is
}

// whose names app and member of a grant.
func whose(k *known, g *access.Grant) (app, member string) {
	if a := k.apps.Get(g.App); a != nil {
		app = a.Name
	}
	if g.Member != nil {
		member = g.Member.Subject
	}
	return app, member
}

func scopesOfGrant(g *access.Grant) []string {
	all := append([]string{}, strings.Fields(g.ScopeText)...)
	slices.Sort(all)
	return all
}

// RevokeGrant takes back what a member has granted to an app, and of an app alone nothing: its own tokens are taken back one by one, or the app is disabled.
func (t tokens) RevokeGrant(ctx context.Context, of admin.GrantFilter) (done admin.Revoked, err error) {
	k, _, err := t.ready()
	if err != nil {
		return done, err
	}
	if of.App == "" || of.Member == "" {
		return done, refusal(400, "app and member are both to be named: one grant is taken back at a time")
	}
	filter, err := filterOf(&k, of)
	if err != nil {
		return done, err
	}
	all, err := t.s.core.store.LiveGrants(ctx, filter, t.s.o.Now(), 1)
	if err != nil {
		return done, fmt.Errorf("find the grant: %w", err)
	}
	if len(all) == 0 {
		return admin.Revoked{What: "nothing", App: of.App, Member: of.Member, Why: "the member has granted nothing to the app, or nothing that lives"}, nil
	}
	return t.revokeGrant(ctx, &k, all[0].Grant)
}

// revokeGrant is for a member's word that reaches the operator first.
func (t tokens) revokeGrant(ctx context.Context, k *known, g *access.Grant) (done admin.Revoked, err error) {
	if err = t.s.RevokeGrant(context.WithoutCancel(ctx), g.ID, access.ByOperator); err != nil {
		return done, err
	}
	done = admin.Revoked{What: "grant", Scopes: scopesOfGrant(g)}
	done.App, done.Member = whose(k, g)
	return done, nil
}

// RevokeToken takes a token back.
func (t tokens) RevokeToken(ctx context.Context, text string) (done admin.Revoked, err error) {
	k, _, err := t.ready()
	if err != nil {
		return done, err
	}
	f, err := t.find(ctx, &k, text)
	if err != nil {
		return done, err
	}
	done = admin.Revoked{What: "nothing", App: f.is.App, Member: f.is.Member, Scopes: f.is.Scopes, Why: f.is.Why}
	switch {
	case !f.is.Genuine:
		return done, refusal(400, "this is no token of this instance: %s", f.is.Why)
	case f.grant == nil || !lives[f.is.State]:
		return done, nil
	case f.is.Kind == kindAccess:
		done.What, done.Why = "token", ""
		return done, t.s.RevokeToken(context.WithoutCancel(ctx), f.id, f.is.EndsAt.Unix())
	case f.is.Kind == kindRefresh:
		return t.revokeGrant(ctx, &k, f.grant)
	}
	done.Why = "a code is used once and ends by itself; what it has given is taken back by app and member"
	return done, nil
}

// Keys lists all keys.
func (t tokens) Keys(context.Context) ([]admin.Key, error) {
	_, _, err := t.ready()
	if err != nil {
		return nil, err
	}
	return append(t.keysOfTokens(), t.keysOfSigning()...), nil
}

// RotateKeys makes the next key of a kind.
func (t tokens) RotateKeys(ctx context.Context, kind string) ([]admin.Key, error) {
	_, cfg, err := t.ready()
	if err != nil {
		return nil, err
	}
	now := t.s.o.Now()
	switch kind {
	case admin.KeysOfTokens:
		err = t.s.core.keys.Rotate(now)
		return t.keysOfTokens(), err
	case admin.KeysOfSigning:
		return t.rotateSigning(ctx, cfg, now)
	}
	return nil, refusal(400, "there are no keys of the kind %q; the kinds are: %s, %s", kind, admin.KeysOfTokens, admin.KeysOfSigning)
}

var errNoSigning = errors.New("there is no authorization server, and so nothing is signed; add oauth: to the configuration first")
