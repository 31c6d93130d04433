package server

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/netip"
	"os"
	"strconv"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/config"
	"github.com/candor-gateway/candor/internal/oauth"
	"github.com/candor-gateway/candor/internal/signing"
	"github.com/candor-gateway/candor/internal/token"
	"github.com/candor-gateway/candor/problem"
)

// authorization is the authorization server of a site. What it decides stands in internal/oauth; here a request is read, and a change is made before it is told of.
type authorization struct {
	s    *Server
	keys *signing.Keys // of id_tokens
	// people find what is known of a member by the operator's own id, the zero Person where that is nothing.
	people func(ctx context.Context, subject string) (oauth.Person, error)
	authFacts
}

// authFacts are what one is made from.
type authFacts struct {
	profile problem.Profile
	url     string // of the site
	lives   oauth.Lives
	own     time.Duration // how long a token lives that an app gets for itself
	pages   string        // where the errors have theirs; "" nowhere
	docs    string
}

// newAuthorization is what a configuration asks for; nil: none.
func (s *Server) newAuthorization(cfg *config.Config) *authorization {
	if cfg.OAuth == nil {
		return nil
	}
	return &authorization{s: s, keys: s.core.signing, people: s.person, authFacts: authFacts{
		profile: cfg.OAuth.Profile, url: cfg.WWW.PublicURL, own: cfg.OAuth.ApplicationLife,
		lives: oauth.Lives{Code: cfg.OAuth.CodeLife, Access: cfg.OAuth.AccessLife, Refresh: cfg.OAuth.RefreshLife}, pages: cfg.WWW.PublicURL + "/errors", docs: cfg.Docs.Authentication,
	}}
}

var posting = []string{http.MethodPost}

// oauthPaths are those of the authorization server. They refuse in OAuth's own shape, for which clients look.
var oauthPaths = []wwwPath{
	{oauth.TokenPath, "www/oauth_token", posting, fromPages(endpoint((*authorization).token)), noAuthorization, true},
	{oauth.IntrospectPath, "www/oauth_introspect", posting, endpoint((*authorization).introspect), noAuthorization, true},
	{oauth.RevokePath, "www/oauth_revoke", posting, fromPages(endpoint((*authorization).revoke)), noAuthorization, true},
}

func noAuthorization(s *site) bool { return s.auth == nil }

// asked is one request to an endpoint.
type asked struct {
	*oauth.Request
	facts oauth.Facts
	from  netip.Addr
	many  bool // from is a balancer, which did not say for whom it calls
	now   time.Time
}

// endpoint serves one by its decision: the body of a good answer, or why there is none.
func endpoint(decide func(*authorization, context.Context, *asked) ([]byte, *problem.OAuthProblem)) func(*site, http.ResponseWriter, *http.Request) *problem.Problem {
	return func(s *site, w http.ResponseWriter, r *http.Request) *problem.Problem {
		a := s.auth
		w.Header().Set("Pragma", "no-cache") // RFC 6749 §5.1
		v, _ := w.(*visit)                   // it logs what came of this
		if p := a.s.provoked(w, r); p != nil {
			a.refuse(w, v, p)
			return nil
		}
		q, p := a.read(s, r)
		if p != nil {
			a.refuse(w, v, p)
			return nil
		}
		answer, p := decide(a, r.Context(), q)
		if v != nil && q.App != nil {
			v.app = q.App.Name
		}
		if p != nil {
			a.refuseIn(q.facts.Profile, w, v, p)
			return nil
		}
		send(w, http.StatusOK, answer)
		return nil
	}
}

// read reads a request, and takes what is known at this moment.
func (a *authorization) read(s *site, r *http.Request) (*asked, *problem.OAuthProblem) {
	if p := oauth.Begin(r); p != nil {
		return nil, p
	}
	body, p := readBody(r)
	if p != nil {
		return nil, p
	}
	request, p := oauth.Read(r, body)
	if p != nil {
		return nil, p
	}
	from, now := s.facts.client(r), a.s.o.Now()
	facts := a.facts(now)
	facts.For(request.ClientID())
	return &asked{request, facts, from, s.facts.proxies.Trust(from), now}, nil
}

// readBody reads a body, unless its length says that it is too large: it is not waited for then.
func readBody(r *http.Request) ([]byte, *problem.OAuthProblem) {
	if r.ContentLength > wwwForm {
		return nil, tooLarge()
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, unread(err)
	}
	return body, nil
}

// facts are what decisions go by at this moment.
func (a *authorization) facts(now time.Time) oauth.Facts {
	a.s.mu.Lock()
	defer a.s.mu.Unlock()
	return oauth.Facts{Profile: a.profile, Apps: a.s.known.apps, Names: a.s.known.names, Now: now.Unix(), Lives: a.lives, Next: a.next()}
}

// unread is why a body could not be read.
func unread(err error) *problem.OAuthProblem {
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return tooLarge()
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return &problem.OAuthProblem{Cause: problem.OAuthSlow, Known: wwwRead.String()}
	}
	return &problem.OAuthProblem{Cause: problem.OAuthMalformed, Value: "it ended too early, or its chunks are broken"}
}

func tooLarge() *problem.OAuthProblem {
	return &problem.OAuthProblem{Cause: problem.OAuthTooLarge, Known: strconv.Itoa(wwwForm>>10) + " KiB"}
}

func send(w http.ResponseWriter, status int, body []byte) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // it fails only if the client has gone
}

// refuse tells of a failure where it is not known whose it is.
func (a *authorization) refuse(w http.ResponseWriter, v *visit, p *problem.OAuthProblem) {
	a.refuseIn(a.profile, w, v, p)
}

// refuseIn tells of a failure, and of what a client may do about it.
func (a *authorization) refuseIn(profile problem.Profile, w http.ResponseWriter, v *visit, p *problem.OAuthProblem) {
	h, row := w.Header(), p.Row(profile)
	switch {
	case p.Cause == problem.OAuthMethod:
		h.Set("Allow", p.Known)
	case h.Get("WWW-Authenticate") != "":
	case row.Status == http.StatusUnauthorized && p.Basic: // RFC 6749 §5.2. To others it would be wrong: clients that find a challenge there take it for the whole answer
		h.Set("WWW-Authenticate", string(oauth.AppendBasicChallenge(nil, p, profile, a.pages)))
	}
	if p.RetryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(p.RetryAfter))
	}
	if v != nil {
		v.oauth = row.Name
	}
	send(w, row.Status, p.AppendOAuth(nil, profile, a.pages, h.Get("X-Request-Id")))
}

// failed counts a failed authentication, of which an address has so many a minute.
func (a *authorization) failed(q *asked, p *problem.OAuthProblem) *problem.OAuthProblem {
	switch p.Cause {
	case problem.OAuthUnknownClient, problem.OAuthWrongSecret:
	default:
		return p
	}
	if !q.many && a.s.limiter.FailedCredential(q.from, q.now.UnixNano()) {
		return &problem.OAuthProblem{Cause: problem.OAuthTooMany, RetryAfter: 60 - q.now.Second(), TwoLegged: p.TwoLegged}
	}
	return p
}

// unavailable is a failure of what keeps the tokens.
func (a *authorization) unavailable(what string, err error) *problem.OAuthProblem {
	a.s.log.Error("the authorization server could not "+what+"; the client is told to try again", "error", err)
	return &problem.OAuthProblem{Cause: problem.OAuthUnavailable, RetryAfter: 5}
}

// look finds out what a text is. Garbage asks nobody: it bears no MAC of ours.
func (a *authorization) look(ctx context.Context, text string, now time.Time) (seen oauth.Seen, err error) {
	var scratch token.Scratch
	a.s.core.verifier.Verify([]byte(text), now.UnixNano(), &scratch, &seen.Result)
	if seen.State == token.Unknown {
		if err = a.s.core.verifier.Fetch(ctx, seen.ID); err != nil {
			return seen, err
		}
		a.s.core.verifier.Verify([]byte(text), now.UnixNano(), &scratch, &seen.Result)
	}
	if seen.State == token.Expired && seen.Grant == nil { // those of the dead and of the ended are not kept in memory
		var g *access.Grant
		if g, err = a.s.core.store.Grant(ctx, seen.ID); errors.Is(err, token.ErrNotFound) {
			return seen, nil
		}
		seen.Grant = g
	}
	return seen, err
}

func (a *authorization) introspect(ctx context.Context, q *asked) ([]byte, *problem.OAuthProblem) {
	app, text, p := oauth.DecideLook(q.Request, &q.facts)
	if p != nil {
		return nil, a.failed(q, p)
	}
	seen, err := a.look(ctx, text, q.now)
	if err == nil && seen.Why == token.WrongKind {
		seen, err = a.lookRefresh(ctx, text, q)
	}
	if err != nil {
		return nil, a.unavailable("look a token up", err)
	}
	return oauth.AppendLook(nil, app, &seen, oauth.Issuer(a.url), &q.facts), nil
}

func (a *authorization) revoke(ctx context.Context, q *asked) ([]byte, *problem.OAuthProblem) {
	app, text, p := oauth.DecideRevoke(q.Request, &q.facts)
	if p != nil {
		return nil, a.failed(q, p)
	}
	seen, err := a.look(ctx, text, q.now)
	switch {
	case err != nil:
	case oauth.Revokes(app, &seen):
		err = a.s.revokeSingly(context.WithoutCancel(ctx), &seen.Result)
	case seen.Why == token.WrongKind:
		err = a.revokeRefresh(ctx, app, text, q)
	}
	if err != nil {
		return nil, a.unavailable("take a token back", err)
	}
	return []byte("{}\n"), nil // clients ignore it (RFC 7009 §2.2), but some take nothing that is not JSON
}
