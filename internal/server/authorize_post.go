package server

import (
	"fmt"
	"mime"
	"strings"

	"github.com/candor-gateway/candor/internal/oauth"
	"github.com/candor-gateway/candor/internal/portal"
	"github.com/candor-gateway/candor/problem"
)

// repost answers a request that came as a form (OpenID Connect Core §3.1.2.1) by a GET of the same. A form of another site bears no cookie of ours (SameSite=Lax): here
// whoever is signed in would be nobody, and the session that waits for them would take the place of theirs.
func (t *step) repost() *problem.Problem {
	sent := t.r.Header.Get("Content-Type")
	if kind, _, err := mime.ParseMediaType(sent); err != nil || kind != "application/x-www-form-urlencoded" {
		return t.fail(nil, &problem.OAuthProblem{Cause: problem.OAuthMediaType, Value: sent})
	}
	body, p := readBody(t.r)
	if p != nil {
		return t.fail(nil, p)
	}
	to := oauth.AuthorizationPath + "?" + queryOf(body)
	if len(to) > wwwLine {
		return t.unkept(portal.ErrTooLarge)
	}
	return t.v.send(t.r, to)
}

// queryOf writes a form as a query: what a URL cannot have is escaped, and all else stays.
func queryOf(form []byte) string {
	var w strings.Builder
	for _, c := range form {
		if c <= ' ' || c > '~' || c == '#' {
			_, _ = fmt.Fprintf(&w, "%%%02X", c)
			continue
		}
		w.WriteByte(c)
	}
	return w.String()
}
