package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/account"
	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/gateway"
	"github.com/candor-gateway/candor/internal/oauth"
	"github.com/candor-gateway/candor/internal/token"
	"github.com/candor-gateway/candor/problem"
)

// Sandbox are the seams that only the sandbox has.
type Sandbox struct {
	// Stage fails calls on purpose; nil: nobody does.
	Stage gateway.Stage
	// Ahead is how far Options.Now was set ahead before.
	Ahead time.Duration
	// Extras are further endpoints of the operator's listener.
	Extras []admin.Extra
	// Pages are further pages of www, by path; a slash at the end stands for all below, and "/" is for itself.
	Pages map[string]http.Handler
	// Ready is closed when www may answer: until then what comes waits. nil: at once.
	Ready <-chan struct{}
	// Fault may refuse a request to an endpoint of the authorization server before it is read, add to the head of its answer, and say for the log what it does; nil: none is. It
	// may take its time, a minute at the most.
	Fault func(head http.Header, r *http.Request) (note string, refusal *problem.OAuthProblem)
}

// await waits until www may answer, or the visitor has gone.
func (s *Server) await(ctx context.Context) {
	if s.o.Sandbox.Ready == nil {
		return
	}
	select {
	case <-s.o.Sandbox.Ready:
	case <-ctx.Done():
	}
}

// provoked is the failure that a request asks for, where there is a way to.
func (s *Server) provoked(w http.ResponseWriter, r *http.Request) *problem.OAuthProblem {
	if s.o.Sandbox.Fault == nil {
		return nil
	}
	const most = time.Minute
	grant(w, most)
	defer grant(w, 0)
	note, refusal := s.o.Sandbox.Fault(w.Header(), r)
	if v, is := w.(*visit); is {
		v.note = note
	}
	return refusal
}

// grant gives a request its time anew, and some more: what a fault takes is not time that the client needs.
func grant(w http.ResponseWriter, more time.Duration) {
	c, now := http.NewResponseController(w), time.Now()
	_ = c.SetReadDeadline(now.Add(wwwRead + more)) // a writer that cannot has no limits
	_ = c.SetWriteDeadline(now.Add(wwwWrite + more))
}

// Order is what a member is to have allowed an app, without a browser: with such the sandbox begins.
type Order struct {
	App, Member string // its name; the operator's own id
	Scopes      []string
	RedirectURI string
	CodeLife    time.Duration // 0: as configured
}

// OrderCode gives the code that the app would have got at a time. It asks for www with an authorization server.
func (s *Server) OrderCode(ctx context.Context, o Order, at time.Time) (string, error) {
	_, code, err := s.order(ctx, &o, at)
	return code, err
}

// OrderTokens gives what the app would have got for the code at once, by the same decisions and changes.
func (s *Server) OrderTokens(ctx context.Context, o Order, at time.Time) (issued oauth.Issued, err error) {
	t, code, err := s.order(ctx, &o, at)
	if err != nil {
		return issued, err
	}
	q := &asked{facts: t.facts, now: at}
	q.facts.Next = t.a.next()
	answer, p := t.a.redeem(ctx, q, &oauth.Ask{App: t.auth.App, Grant: oauth.AuthorizationCode, Code: code, Redirect: o.RedirectURI})
	if p != nil {
		return issued, fmt.Errorf("order tokens of %s for %s: %s", o.Member, o.App, p.Row(t.a.profile).Description)
	}
	if err = json.Unmarshal(answer, &issued); err != nil {
		return issued, fmt.Errorf("order tokens of %s for %s: %w", o.Member, o.App, err)
	}
	return issued, nil
}

// order makes a code as a consent would.
func (s *Server) order(ctx context.Context, o *Order, at time.Time) (*step, string, error) {
	if s.www == nil || s.www.site.Load().auth == nil {
		return nil, "", errors.New("order a code: there is no authorization server")
	}
	t := &step{a: s.www.site.Load().auth}
	if t.facts = t.a.facts(at); o.CodeLife != 0 {
		t.facts.Lives.Code = o.CodeLife
	}
	app := t.facts.Apps.Named(o.App)
	switch life := t.facts.Lives.Code; {
	case app == nil:
		return nil, "", fmt.Errorf("order a code: there is no app %s", o.App)
	case life < time.Second || life > token.MaxLife:
		return nil, "", fmt.Errorf("order a code: it cannot live %s", life)
	}
	t.auth = &oauth.Authorization{App: app, Return: oauth.Return{RedirectURI: o.RedirectURI}}
	for _, name := range o.Scopes {
		n, known := t.facts.Names.Scope(name)
		if !known || !app.Scopes.Has(n) {
			return nil, "", fmt.Errorf("order a code: the app %s has no scope %s", o.App, name)
		}
		t.auth.Scopes = t.auth.Scopes.With(n)
	}
	t.who = &oauth.Member{Member: &access.Member{Subject: o.Member}, SignedIn: at.Unix()}
	code, err := t.code(ctx)
	return t, code, err
}

// Keep lets accounts be as they are given, with passwords that were hashed beforehand: those of the sandbox are the same at each start.
func (a *Accounts) Keep(ctx context.Context, all []account.Account) error {
	return a.write(func() error {
		for i := range all {
			if err := a.keepOne(ctx, &all[i]); err != nil {
				return fmt.Errorf("keep the account of %s: %w", all[i].Email, err)
			}
		}
		return nil
	})
}

func (a *Accounts) keepOne(ctx context.Context, is *account.Account) error {
	there, err := a.core.store.AccountByEmail(ctx, is.Email)
	switch {
	case errors.Is(err, token.ErrNotFound):
		made := *is
		made.Created = a.now().Unix()
		_, err = a.core.store.CreateAccount(ctx, made)
	case err == nil && (there.Password != is.Password || there.Member != is.Member || there.Roles != is.Roles):
		_, err = a.core.store.ChangeAccount(ctx, there.ID, func(now *account.Account) error {
			now.Password, now.Member, now.Roles = is.Password, is.Member, is.Roles
			return nil
		})
	}
	return err
}

// OrderDeveloperKey makes a key of these random bytes, which the developer has been told already, in the place of the one of that name.
func (a *Accounts) OrderDeveloperKey(ctx context.Context, email, name string, random [account.DeveloperKeyBytes]byte) error {
	is, err := a.developer(ctx, email)
	if err != nil {
		return err
	}
	made := account.DeveloperKey{Account: is.ID, Name: name, Hash: account.DeveloperKeyHash(account.DeveloperKeyText(random)), Created: a.now().Unix()}
	return a.write(func() error {
		if _, err := a.core.store.RevokeDeveloperKey(ctx, is.ID, name, made.Created); err != nil && !errors.Is(err, token.ErrNotFound) {
			return fmt.Errorf("revoke the developer key %s of %s: %w", name, email, err)
		}
		if _, err := a.core.store.AddDeveloperKey(ctx, made); err != nil {
			return fmt.Errorf("add the developer key %s of %s: %w", name, email, err)
		}
		return nil
	})
}

// RouteNames are the routes of the configuration, as API/ROUTE.
func (s *Server) RouteNames() (names []string) {
	for _, r := range s.gateway.Policy().Admission.Routes.Routes() {
		if !r.Unlisted {
			names = append(names, r.Name)
		}
	}
	return names
}
