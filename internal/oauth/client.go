package oauth

import (
	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/problem"
)

// nobody is the app of a client id that no app has.
var nobody = access.App{Secrets: make([]access.Secret, access.MaxSecrets)}

// authenticate finds the app that asks, which keeps a secret and has shown it. A secret has 256 random bits: nobody guesses one, and who does not know an app
// learns in the standard profile nothing of which there are.
func (q *Request) authenticate(f *Facts, twoLegged bool) (*access.App, *problem.OAuthProblem) {
	p := problem.OAuthProblem{Basic: q.Basic, TwoLegged: twoLegged}
	id, secret := q.Client, q.Secret
	switch {
	case q.Basic && q.has("client_secret"), q.Basic && q.has("client_id") && q.Form["client_id"] != q.Client:
		p.Cause = problem.OAuthTwoAuthentications
		return nil, &p
	case !q.Basic:
		id, secret = q.Form["client_id"], q.Form["client_secret"]
	}
	switch {
	case id == "":
		p.Cause, p.Parameter = problem.OAuthNoAuthentication, "client_id"
		return nil, &p
	case secret == "":
		p.Cause, p.Parameter = problem.OAuthNoAuthentication, "client_secret"
		return nil, &p
	}
	app := f.app(id)
	switch {
	case app == nil:
		nobody.HasSecret(secret, f.Now) // it takes as long as if there were one
		p.Cause, p.Value = problem.OAuthUnknownClient, id
	case !app.HasSecret(secret, f.Now):
		p.Cause = problem.OAuthWrongSecret
	case app.Disabled:
		q.App, p.Cause = app, problem.OAuthDisabled
	default:
		q.App = app
		return app, nil
	}
	return nil, &p
}
