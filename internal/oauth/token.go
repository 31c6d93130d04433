package oauth

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/problem"
)

// The grant types (RFC 6749 §4.4, §4.1.3, §6).
const (
	ClientCredentials = "client_credentials"
	AuthorizationCode = "authorization_code"
	RefreshToken      = "refresh_token"
)

// Ask is what an app asks for, which has shown that it is the app.
type Ask struct {
	App      *access.App
	Grant    string   // the grant type, which says what of the following there is
	Scopes   []string // of the app's own; of a refresh those that are named
	Code     string
	Redirect string
	Verifier string
	Refresh  string
}

// grants are the grant types that an authorization server knows: who may ask, and what has to be there.
var grants = map[string]struct {
	may      who
	required []string
	decide   func(*Request, *Facts, *Ask) *problem.OAuthProblem
}{
	ClientCredentials: {confidential, nil, (*Request).askApplication},
	AuthorizationCode: {publicToo, []string{"code", "redirect_uri"}, (*Request).askCode},
	RefreshToken:      {publicToo, []string{"refresh_token"}, (*Request).askRefresh},
}

// grantTypes names them for who asked for another.
const grantTypes = AuthorizationCode + ", " + RefreshToken + ", " + ClientCredentials

// DecideToken decides what a request for a token asks for, in the order grant_type, client, other parameters. What becomes of it is said by the code or the
// refresh token: DecideCode, DecideRefresh.
func DecideToken(q *Request, f *Facts) (*Ask, *problem.OAuthProblem) {
	kind := q.Form["grant_type"]
	row, known := grants[kind]
	switch {
	case kind == "":
		return nil, &problem.OAuthProblem{Cause: problem.OAuthMissing, Parameter: "grant_type"}
	case !known:
		return nil, &problem.OAuthProblem{Cause: problem.OAuthGrantType, Value: kind, Known: grantTypes}
	}
	app, p := q.authenticate(f, row.may, kind == ClientCredentials)
	if p != nil {
		return nil, p
	}
	for _, name := range row.required {
		if !q.has(name) {
			return nil, &problem.OAuthProblem{Cause: problem.OAuthMissing, Parameter: name, Basic: q.Basic}
		}
	}
	a := &Ask{App: app, Grant: kind}
	if p := row.decide(q, f, a); p != nil {
		return nil, p
	}
	return a, nil
}

func (q *Request) askApplication(f *Facts, a *Ask) *problem.OAuthProblem {
	if !a.App.TwoLegged {
		return &problem.OAuthProblem{Cause: problem.OAuthNotAllowed, TwoLegged: true, Basic: q.Basic}
	}
	a.Scopes = q.scopes(f)
	if len(a.Scopes) == 0 {
		a.Scopes = f.Names.AppendScopes(nil, a.App.Scopes)
		return nil
	}
	if name, among := f.among(a.Scopes, a.App.Scopes); !among {
		return &problem.OAuthProblem{Cause: problem.OAuthScope, Value: name, Known: f.told(a.App.Scopes), TwoLegged: true}
	}
	return nil
}

func (q *Request) askCode(_ *Facts, a *Ask) *problem.OAuthProblem {
	a.Code, a.Redirect, a.Verifier = q.Form["code"], q.Form["redirect_uri"], q.Form["code_verifier"]
	return nil
}

func (q *Request) askRefresh(f *Facts, a *Ask) *problem.OAuthProblem {
	if !a.App.Refreshes {
		return &problem.OAuthProblem{Cause: problem.OAuthNoRefresh, Basic: q.Basic}
	}
	a.Refresh, a.Scopes = q.Form["refresh_token"], q.scopes(f)
	return nil
}

// scopes are those that a request names. RFC 6749 §3.3 has no empty list: a list of blanks is what somebody's variable was, and no scope.
func (q *Request) scopes(f *Facts) []string {
	asked := splitScopes(q.Form["scope"], f.Profile)
	if q.has("scope") && len(asked) == 0 {
		return []string{q.Form["scope"]}
	}
	return asked
}

// among reports whether all scopes are in a set, or else the first that is not.
func (f *Facts) among(names []string, set access.ScopeSet) (stranger string, among bool) {
	for _, name := range names {
		if n, known := f.Names.Scope(name); !known || !set.Has(n) {
			return name, false
		}
	}
	return "", true
}

// told is a set of scopes as an error names it.
func (f *Facts) told(set access.ScopeSet) string {
	if names := scopesOf(f.Names, set, f.Profile); names != "" {
		return names
	}
	return "it has none"
}

// Issued is the answer to a request for a token (RFC 6749 §5.1).
type Issued struct {
	Token          string `json:"access_token"`
	Type           string `json:"token_type,omitempty"` // the linkedin profile has none
	Secs           int64  `json:"expires_in"`
	Refresh        string `json:"refresh_token,omitempty"`
	RefreshSeconds int64  `json:"refresh_token_expires_in,omitempty"`
	Scope          string `json:"scope,omitempty"`
	IDToken        string `json:"id_token,omitempty"`
}

// AppendIssued appends the body that tells of tokens: a.Scope and a.Type are filled in here.
func AppendIssued(dst []byte, a Issued, scopes access.ScopeSet, f *Facts) []byte {
	a.Scope = scopesOf(f.Names, scopes, f.Profile)
	if f.Profile == problem.Standard {
		a.Type = "Bearer"
	}
	return appendJSON(dst, a)
}

// seconds are those of a life.
func seconds(life time.Duration) int64 { return int64(life / time.Second) }

// appendJSON appends a value that can always be written, in a line.
func appendJSON(dst []byte, v any) []byte {
	var w strings.Builder
	e := json.NewEncoder(&w)
	e.SetEscapeHTML(false)
	_ = e.Encode(v)
	return append(dst, w.String()...)
}
