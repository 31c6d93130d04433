package admission

import (
	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/internal/token"
	"github.com/candor-gateway/candor/problem"
)

// scheme is how credentials are dealt with that come in one way. A further way is a further row.
type scheme struct {
	kinds access.Kinds // that come by it: the credential's own shape tells which of them it is
	// find notes in sent what the call brought of this kind, and returns how many credentials that is.
	find func(*Call) int
	// missing is what is wrong with a call that brought none.
	missing problem.Detail
	// judge proves the one that the call brought. Of a Good one it names the Caller; where none could be taken out of what was sent, sound is false and
	// Problem says why.
	judge func(*Call) (s token.State, sound bool)
	// problems say what becomes of the call by what judge found. external are those of what another issuer's token was found to be; nil: the scheme has none.
	problems, external *[token.Failed + 1]func(*Call) Verdict
}

// schemes are in the order in which they are looked for.
var schemes = [...]scheme{
	{kinds: access.Bearer, find: (*Call).findTokens, missing: problem.DetailNoAuthorization, judge: (*Call).judgeToken, problems: &tokenProblems, external: &externalProblems},
}

// sent is what a call brought as its credential.
type sent struct {
	fields  int    // Authorization fields
	value   []byte // of the first
	inQuery []byte // the token in the query, nil for none
	name    string // of that parameter
	tokens  int    // such parameters
	cred    []byte // what is judged, without anything around it
	foreign bool   // cred is judged as a token of another issuer
}

// credential judges what the call brought, in the order of docs/contract.md: ambiguous → unknown scheme → only in the URL → empty → what it is worth.
func (c *Call) credential() Verdict {
	asked := c.Match.Credentials
	if asked.Need == route.Public || c.Preflight || c.Match.Route == nil && c.mode(route.CheckCredential) == route.Off {
		if c.Head.Count(http1.Authorization) > 1 && c.Match.Route != nil && c.Match.Route.Accept.Has(route.TwoAuthorization) {
			c.Tolerated |= route.TwoAuthorization
		}
		return Forwards
	}
	by, n := c.find(asked.Kinds)
	switch {
	case n == 0 && asked.Need == route.Optional:
		return Forwards
	case n == 0:
		c.Problem = problem.Problem{Type: by.missing.Type(), Detail: by.missing}
		return Refuses
	case n > 1 && c.tolerates(route.TwoAuthorization): // none of them tells who calls
		c.InQuery = Span{}
		return Forwards
	case n > 1:
		return c.refuseAmbiguous()
	}
	s, sound := by.judge(c)
	if !sound {
		return Refuses
	}
	if s == token.Good {
		if c.mode(route.CheckCredential) != route.Enforce {
			c.InQuery = Span{} // it goes up untouched
		}
		return Forwards
	}
	if c.sent.foreign {
		return by.external[s](c)
	}
	return by.problems[s](c)
}

// find looks for credentials of these kinds. It returns how many there are, and the scheme of the first of them; if there is none, of the first kind that would
// be taken.
func (c *Call) find(kinds access.Kinds) (by *scheme, n int) {
	c.sent, c.looked = sent{}, true
	for i := range schemes {
		s := &schemes[i]
		if !s.kinds.Intersects(kinds) {
			continue
		}
		found := s.find(c)
		if by == nil || n == 0 && found > 0 {
			by = s
		}
		n += found
	}
	if by == nil {
		by = &schemes[0]
	}
	return by, n
}

// refuseAmbiguous: of two credentials nobody knows which one counts.
func (c *Call) refuseAmbiguous() Verdict {
	p := problem.Problem{Type: problem.AmbiguousCredentials, Detail: problem.DetailTwoInURL}
	switch s := &c.sent; {
	case s.fields > 1:
		p.Detail = problem.DetailTwoAuthorization
	case s.fields == 1:
		p.Detail, p.Name, p.Other = problem.DetailHeaderAndURL, "Authorization", s.name
	}
	c.Problem = p
	return Refuses
}

// refuseGuess refuses with the problem that is set, or, where too many guesses came from one address, with 429: guessing must not be free. Of callers that
// cannot be told apart none pays for the others; where credentials are only observed, one that is not ours is the API's own affair.
func (c *Call) refuseGuess() Verdict {
	if !c.trial && !c.Peer.Shared && c.mode(route.CheckCredential) == route.Enforce && c.Policy.Quota.FailedCredential(c.Peer.Addr, c.At) {
		c.Problem = problem.Problem{Type: problem.TooManyFailures, RetryAfter: untilMinute(c.At)}
	}
	return Refuses
}

// untilMinute is how many seconds are left of the minute at unix ns.
func untilMinute(at int64) int { return 60 - int(at/1e9%60) }
