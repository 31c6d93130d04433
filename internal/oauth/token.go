package oauth

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/problem"
)

// Order is a token that is to be made, durably, before it is answered.
type Order struct {
	App    *access.App
	Scopes []string
}

// DecideToken decides about a request for a token (RFC 6749 §4.4), in the order grant_type, client, other parameters.
func DecideToken(q *Request, f *Facts) (*Order, *problem.OAuthProblem) {
	switch kind := q.Form["grant_type"]; kind {
	case ClientCredentials:
	case "":
		return nil, &problem.OAuthProblem{Cause: problem.OAuthMissing, Parameter: "grant_type"}
	default:
		return nil, &problem.OAuthProblem{Cause: problem.OAuthGrantType, Value: kind, Known: ClientCredentials}
	}
	app, p := q.authenticate(f, true)
	if p != nil {
		return nil, p
	}
	if !app.TwoLegged {
		return nil, &problem.OAuthProblem{Cause: problem.OAuthNotAllowed, TwoLegged: true, Basic: q.Basic}
	}
	asked := splitScopes(q.Form["scope"], f.Profile)
	if q.has("scope") && len(asked) == 0 { // RFC 6749 §3.3 has no empty list: somebody's variable was
		asked = []string{q.Form["scope"]}
	}
	if len(asked) == 0 {
		return &Order{app, f.Names.AppendScopes(nil, app.Scopes)}, nil
	}
	for _, name := range asked {
		if n, known := f.Names.Scope(name); !known || !app.Scopes.Has(n) {
			known := scopesOf(f.Names, app.Scopes, f.Profile)
			if known == "" {
				known = "it has none"
			}
			return nil, &problem.OAuthProblem{Cause: problem.OAuthScope, Value: name, Known: known, TwoLegged: true}
		}
	}
	return &Order{app, asked}, nil
}

// Issued is the answer to a request for a token (RFC 6749 §5.1).
type Issued struct {
	Token string `json:"access_token"`
	Type  string `json:"token_type,omitempty"` // the linkedin profile has none
	Secs  int64  `json:"expires_in"`
	Scope string `json:"scope,omitempty"`
}

// AppendIssued appends the body that tells of a token.
func AppendIssued(dst []byte, token string, life time.Duration, scopes access.ScopeSet, f *Facts) []byte {
	a := Issued{Token: token, Secs: int64(life / time.Second), Scope: scopesOf(f.Names, scopes, f.Profile)}
	if f.Profile == problem.Standard {
		a.Type = "Bearer"
	}
	return appendJSON(dst, a)
}

// appendJSON appends a value that can always be written, in a line.
func appendJSON(dst []byte, v any) []byte {
	var w strings.Builder
	e := json.NewEncoder(&w)
	e.SetEscapeHTML(false)
	_ = e.Encode(v)
	return append(dst, w.String()...)
}
