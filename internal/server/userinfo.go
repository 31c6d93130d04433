package server

import (
	"net/http"
	"slices"
	"strings"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/oauth"
	"github.com/candor-gateway/candor/internal/token"
	"github.com/candor-gateway/candor/problem"
)

// userInfoPaths are what tells of a member.
var userInfoPaths = []wwwPath{
	{oauth.UserInfoPath, "www/userinfo", []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodOptions}, serveUserInfo, noAuthorization, true},
}

// userInfoMethods are what a refused method is told.
const userInfoMethods = "GET, HEAD, POST, OPTIONS"

// serveUserInfo tells who has an access token of whom it is (OpenID Connect Core 1.0 §5.3), from any origin: it acts on the token alone, and on no cookie.
func serveUserInfo(s *site, w http.ResponseWriter, r *http.Request) *problem.Problem {
	a, h := s.auth, w.Header()
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Access-Control-Expose-Headers", "WWW-Authenticate, X-Request-Id, Retry-After")
	if r.Method == http.MethodOptions { // WHATWG Fetch: what asks before a page may send Authorization
		h.Set("Access-Control-Allow-Methods", "GET, POST")
		h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type")
		h.Set("Access-Control-Max-Age", "3600")
		w.WriteHeader(http.StatusNoContent)
		return nil
	}
	v, _ := w.(*visit) // it logs what came of this
	answer, p := a.userInfo(s, w, r)
	if p != nil {
		a.refuseBearer(w, v, p)
		return nil
	}
	send(w, http.StatusOK, answer)
	return nil
}

func (a *authorization) userInfo(s *site, w http.ResponseWriter, r *http.Request) ([]byte, *problem.OAuthProblem) {
	v, _ := w.(*visit) // it logs what came of this
	if !slices.Contains(strings.Split(userInfoMethods, ", "), r.Method) {
		return nil, &problem.OAuthProblem{Cause: problem.OAuthMethod, Value: r.Method, Known: userInfoMethods}
	}
	if p := a.s.provoked(w, r); p != nil {
		return nil, p
	}
	body, p := readBody(r)
	if p != nil {
		return nil, p
	}
	text, p := oauth.Bearer(r, body)
	if p != nil {
		return nil, p
	}
	from, now := s.facts.client(r), a.s.o.Now()
	q := &asked{nil, a.facts(now), from, s.facts.proxies.Trust(from), now}
	seen, err := a.look(r.Context(), text, q.now)
	if err != nil {
		return nil, a.unavailable("look a token up", err)
	}
	if app := seenApp(&seen, q); app != nil && v != nil {
		v.app = app.Name
	}
	member, mayEmail, p := oauth.DecideUserInfo(&seen, &q.facts)
	if p != nil {
		return nil, a.guessed(q, &seen, p)
	}
	var person oauth.Person
	if mayEmail {
		if person, err = a.people(r.Context(), member.Subject); err != nil {
			return nil, a.unavailable("look a member up", err)
		}
	}
	return oauth.AppendUserInfo(nil, member, person), nil
}

func seenApp(seen *oauth.Seen, q *asked) *access.App {
	if seen.Grant == nil {
		return nil
	}
	return q.facts.Apps.Get(seen.Grant.App)
}

// guessed counts a text that bears no MAC of ours, of which an address has so many a minute.
func (a *authorization) guessed(q *asked, seen *oauth.Seen, p *problem.OAuthProblem) *problem.OAuthProblem {
	if seen.Genuine || seen.State != token.Invalid || q.many || !a.s.limiter.FailedCredential(q.from, q.now.UnixNano()) {
		return p
	}
	return &problem.OAuthProblem{Cause: problem.OAuthTooMany, RetryAfter: 60 - q.now.Second()}
}

// refuseBearer is refuse for who shows a token, and not a secret.
func (a *authorization) refuseBearer(w http.ResponseWriter, v *visit, p *problem.OAuthProblem) {
	switch p.Row(a.profile).Status {
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden:
		w.Header().Set("WWW-Authenticate", string(oauth.AppendBearerChallenge(nil, p, a.profile)))
	}
	a.refuse(w, v, p)
}
