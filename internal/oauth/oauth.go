// Package oauth decides what the authorization server answers (RFC 6749, 7009, 7662, 8414). Its functions are pure: they are given a request and what is known, and
// return an answer or what is to be changed; whoever calls them makes the change durable before it is answered.
package oauth

import (
	"slices"
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/problem"
)

// Where the endpoints stand on a site.
const (
	TokenPath      = "/oauth/v2/accessToken" //nolint:gosec // a path is no credential
	IntrospectPath = "/oauth/v2/introspectToken"
	RevokePath     = "/oauth/v2/revoke"
	MetadataPath   = "/.well-known/oauth-authorization-server/oauth" // RFC 8414 §3.1, of the issuer {site}/oauth
	issuerPath     = "/oauth"
)

// Facts are what a decision goes by.
type Facts struct {
	Profile problem.Profile
	Apps    access.Apps
	Names   *access.Names
	Now     int64 // unix seconds
	Lives   Lives
	Next    Next
}

// For makes the facts those of the app that a client id names, as far as it is spoken to in a profile of its own.
func (f *Facts) For(clientID string) {
	app := f.app(clientID)
	if app == nil {
		return
	}
	for _, p := range []problem.Profile{problem.LinkedIn, problem.Standard} {
		if app.Profile == p.String() {
			f.Profile = p
		}
	}
}

// Lives are how long what is issued lives.
type Lives struct{ Code, Access, Refresh time.Duration }

// app finds the app with a client id, among those that Candor gives tokens to.
func (f *Facts) app(clientID string) *access.App {
	for _, a := range f.Apps {
		if a != nil && a.External == "" && a.ClientID == clientID {
			return a
		}
	}
	return nil
}

// separator is what a profile puts between the names of scopes.
func separator(p problem.Profile) string {
	if p == problem.LinkedIn {
		return ","
	}
	return " "
}

// splitScopes takes a list of scopes apart: at blanks, and in the linkedin profile at commas, too.
func splitScopes(list string, p problem.Profile) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == ' ' || r == ',' && p == problem.LinkedIn })
}

// scopesOf are the names of a set, as a profile writes them.
func scopesOf(names *access.Names, set access.ScopeSet, p problem.Profile) string {
	all := names.AppendScopes(nil, set)
	slices.Sort(all)
	return strings.Join(all, separator(p))
}
