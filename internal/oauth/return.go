package oauth

import (
	"net/url"
	"strings"

	"github.com/candor-gateway/candor/problem"
)

// Return is where an answer goes to, and what it bears beside.
type Return struct {
	RedirectURI string
	State       string
	Issuer      string // RFC 9207
}

// WithCode is the URI to which a member goes back with a code (RFC 6749 §4.1.2).
func (r *Return) WithCode(code string) string { return r.to("code", code) }

// WithProblem is the URI to which a member goes back with a problem (RFC 6749 §4.1.2.1).
func (r *Return) WithProblem(p *problem.OAuthProblem, profile problem.Profile, pages, id string) string {
	row := p.Row(profile)
	return r.to("error", row.Error, "error_description", row.Description, "error_uri", p.Page(profile, pages), "requestId", id)
}

// to adds parameters to the redirect URI; those of its own stay.
func (r *Return) to(pairs ...string) string {
	var w strings.Builder
	w.WriteString(r.RedirectURI)
	next := byte('?')
	if i := strings.IndexByte(r.RedirectURI, '?'); i >= 0 {
		next = '&'
		if last := r.RedirectURI[len(r.RedirectURI)-1]; last == '?' || last == '&' {
			next = 0
		}
	}
	for pairs = append(pairs, "state", r.State, "iss", r.Issuer); len(pairs) > 0; pairs = pairs[2:] {
		if pairs[1] == "" {
			continue
		}
		if next != 0 {
			w.WriteByte(next)
		}
		w.WriteString(pairs[0] + "=" + url.QueryEscape(pairs[1]))
		next = '&'
	}
	return w.String()
}
