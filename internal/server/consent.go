package server

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/oauth"
	"github.com/candor-gateway/candor/internal/pages/people"
	"github.com/candor-gateway/candor/internal/portal"
	"github.com/candor-gateway/candor/problem"
)

// consent asks a member whether an app may have access, and takes the answer: all or nothing.
func consent(v *visit, r *http.Request) *problem.Problem {
	t := v.step(r)
	if r.Method != http.MethodPost {
		q := r.URL.Query()
		if p, taken := t.resume(q.Get(people.FieldRequest), q.Get(people.FieldDecision)); !taken {
			return p
		}
		if t.how == people.Cancel { // at the sign-in, which leads here
			return t.fail(&t.auth.Return, &problem.OAuthProblem{Cause: problem.OAuthCancelledLogin})
		}
		return t.ask()
	}
	if p, well := v.readForm(r); !well {
		return p
	}
	if p, taken := t.resume(r.PostForm.Get(people.FieldRequest), r.PostForm.Get(people.FieldDecision)); !taken {
		return p
	}
	return t.decide()
}

// resume takes up a request that waits in the session, to be answered by a button. Where it cannot, that is answered.
func (t *step) resume(id, how string) (p *problem.Problem, taken bool) {
	text, found := portal.Held(t.r.Context(), id, how)
	if !found {
		return t.v.show(http.StatusBadRequest, t.v.notHeld(t.r, id)), false
	}
	if err := json.Unmarshal(text, &t.asking); err != nil {
		return t.v.broken("read a request that it had kept", err), false
	}
	t.id, t.how = id, how
	return t.read() // what was right when it began may not be any more: apps change
}

// ask shows the question, unless there is none: they had allowed it before and have only signed in.
func (t *step) ask() *problem.Problem {
	next, p := t.next()
	switch {
	case p != nil:
		return t.fail(&t.auth.Return, p)
	case next == oauth.SignIn:
		return t.wait(people.SignInPath)
	case next == oauth.Issue:
		return t.issue()
	}
	by, _ := portal.Current(t.r.Context())
	host, local := destination(t.auth)
	return t.v.show(http.StatusOK, people.Consent{
		Site: t.v.site.entrance.page, App: t.auth.App.Name, Maker: t.a.maker(t.auth.App), AppHost: host, Redirect: t.auth.RedirectURI, Email: by.Name,
		Scopes: t.a.inWords(t.auth.Scopes), Shown: t.facts.Names.ScopeText(t.auth.Scopes), Request: t.id, Warn: local,
	})
}

// decide takes a member's answer. Whoever has been signed out since the question was shown is asked to sign in again.
func (t *step) decide() *problem.Problem {
	if t.how == people.Cancel {
		return t.fail(&t.auth.Return, &problem.OAuthProblem{Cause: problem.OAuthCancelledAuthorize})
	}
	if t.how != people.Allow || !t.asWasShown() {
		return t.ask()
	}
	next, p := t.next()
	switch {
	case p != nil:
		return t.fail(&t.auth.Return, p)
	case next == oauth.SignIn:
		return t.wait(people.SignInPath)
	}
	return t.issue()
}

// asWasShown reports whether the answer is one to what is asked now: somebody else may have signed in since, in another tab, and the app may have got other scopes.
func (t *step) asWasShown() bool {
	by, signed := portal.Current(t.r.Context())
	return t.r.PostForm.Get(people.FieldShown) == t.facts.Names.ScopeText(t.auth.Scopes) && (!signed || t.r.PostForm.Get(people.FieldFor) == by.Name)
}

// destination is where an answer goes, as people read it, and whether it stays on their machine, where any program may take it.
func destination(a *oauth.Authorization) (host string, local bool) {
	u, err := url.Parse(a.RedirectURI)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return "", true
	}
	return u.Host, a.App.Public && access.IsLoopback(u.Hostname())
}

// maker is who made an app.
func (a *authorization) maker(app *access.App) string {
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	for i := range a.s.known.created {
		if c := &a.s.known.created[i]; c.ID == app.ID {
			return strings.Join(c.Owners, ", ")
		}
	}
	for i := range a.s.cfg.Apps {
		if c := &a.s.cfg.Apps[i]; c.Name == app.Name {
			return strings.Join(c.Owners, ", ")
		}
	}
	return ""
}

// inWords are scopes with what they allow, in the order of the configuration.
func (a *authorization) inWords(set access.ScopeSet) (all []people.Scope) {
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	for i := range a.s.cfg.Scopes {
		s := &a.s.cfg.Scopes[i]
		if n, known := a.s.known.names.Scope(s.Name); known && set.Has(n) {
			all = append(all, people.Scope{Name: s.Name, Says: s.Text})
		}
	}
	return all
}
