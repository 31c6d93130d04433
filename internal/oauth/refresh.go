package oauth

import (
	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/token"
	"github.com/candor-gateway/candor/problem"
)

// lastSeconds is how long a generation of refresh tokens is good once its successor was used: for requests that were under way, and answers that were lost.
const lastSeconds = 60

// Refreshed is what a refresh gives: an access token until Ends, and for a public app the refresh token of a generation. A confidential app keeps its own.
type Refreshed struct {
	Ends       int64 // unix seconds
	Generation uint32
	Rotates    bool
}

// DecideRefresh decides about a refresh token: l and g are what is kept of it and its grant, nil where that is nothing. Of a public app the tokens of one
// generation are equal: one that is used gives the next, without ending itself; the first use of the next starts its last minute, and a later use ends the grant,
// since two hold what one was given (RFC 9700 §4.14.2).
func DecideRefresh(a *Ask, o token.Opened, l *access.Line, g *access.Grant, f *Facts) (r Refreshed, change token.LineChange, p *problem.OAuthProblem) {
	switch {
	case l != nil && g != nil && g.App != a.App.ID:
		return r, change, &problem.OAuthProblem{Cause: problem.OAuthRefreshUnknown, Value: "it was issued to another"}
	case o.Ends <= f.Now:
		return r, change, &problem.OAuthProblem{Cause: problem.OAuthRefreshExpired, Value: instant(o.Ends)}
	case l == nil || g == nil:
		return r, change, &problem.OAuthProblem{Cause: problem.OAuthRefreshUnknown, Value: "nothing is kept of it"}
	case g.Revoked():
		return r, change, &problem.OAuthProblem{Cause: deadGrants[g.Reason()]}
	case l.Revoked:
		return r, change, &problem.OAuthProblem{Cause: problem.OAuthRefreshRevoked}
	case g.Member != nil && g.Member.Restricted.Load():
		return r, change, &problem.OAuthProblem{Cause: problem.OAuthRefreshRestricted}
	}
	_, generation := token.LineOf(o.ID)
	if a.App.Public && reused(generation, l, f.Now) {
		return r, token.LineChange{Revoke: access.Reused}, &problem.OAuthProblem{Cause: problem.OAuthRefreshReused}
	}
	if name, among := f.among(a.Scopes, g.Scopes); !among {
		return r, change, &problem.OAuthProblem{Cause: problem.OAuthScopeWider, Value: name, Known: f.told(g.Scopes)}
	}
	r.Ends = min(f.Now+seconds(f.Lives.Access), l.Ends)
	change.Token = token.RevokedToken{ID: f.Next.Token, Ends: r.Ends}
	if a.App.Public {
		r.Rotates, r.Generation = true, generation+1
		if generation > l.Generation {
			change.Advance = generation
		}
	}
	return r, change, nil
}

// deadGrants says what each death of a grant is for its refresh tokens.
var deadGrants = map[access.Reason]problem.OAuthCause{
	access.ByMember: problem.OAuthRefreshRevoked, access.ByApp: problem.OAuthRefreshRevoked, access.ByOperator: problem.OAuthRefreshRevoked, access.ScopeChanged: problem.OAuthRefreshScopeChanged, access.Reused: problem.OAuthRefreshReused,
}

// reused reports whether a generation is over: its successor was used more than a minute ago, or the one behind that was used at all.
func reused(generation uint32, l *access.Line, now int64) bool {
	if generation+1 == l.Generation {
		since := now - l.Advanced
		return since < 0 || since > lastSeconds // before it: the clock was set back, and nobody knows how long ago it was
	}
	return generation < l.Generation
}
