package oauth

import (
	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/problem"
)

// nobody is the app of a client id that no app has.
var nobody = access.App{Secrets: make([]access.Secret, access.MaxSecrets)}

// who may ask: apps that show a secret, or public ones as well, which have none and are known by their client id alone (RFC 6749 §3.2.1).
type who bool

const (
	confidential who = false
	publicToo    who = true
)

// authenticate finds the app that asks. A secret has 256 random bits: nobody guesses one, and who does not know an app learns in the standard profile nothing of
// which there are, but for public ones.
func (q *Request) authenticate(f *Facts, may who, twoLegged bool) (*access.App, *problem.OAuthProblem) {
	p := problem.OAuthProblem{Basic: q.Basic, TwoLegged: twoLegged}
	id, secret := q.Client, q.Secret
	switch {
	case q.Basic && q.has("client_secret"), q.Basic && q.has("client_id") && q.Form["client_id"] != q.Client:
		p.Cause = problem.OAuthTwoAuthentications
		return nil, &p
	case !q.Basic:
		id, secret = q.Form["client_id"], q.Form["client_secret"]
	}
	app := f.app(id)
	switch {
	case id == "":
		p.Cause, p.Parameter = problem.OAuthNoAuthentication, "client_id"
		return nil, &p
	case secret == "" && may == publicToo && app != nil && app.Public:
	case secret == "":
		p.Cause, p.Parameter = problem.OAuthNoAuthentication, "client_secret"
		return nil, &p
	case app == nil:
		nobody.HasSecret(secret, f.Now) // it takes as long as if there were one
		p.Cause, p.Value = problem.OAuthUnknownClient, id
		return nil, &p
	case !app.HasSecret(secret, f.Now):
		p.Cause = problem.OAuthWrongSecret
		return nil, &p
	}
	q.App = app
	if app.Disabled {
		p.Cause = problem.OAuthDisabled
		return nil, &p
	}
	return app, nil
}
