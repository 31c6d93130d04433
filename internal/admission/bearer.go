package admission

import (
	"bytes"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/ascii"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/token"
	"github.com/candor-gateway/candor/problem"
)

// findTokens notes the Authorization fields and the tokens of the query.
func (c *Call) findTokens() int {
	h, s := c.Head, &c.sent
	s.fields, s.value = h.Count(http1.Authorization), h.Get(http1.Authorization)
	if h.HasQuery {
		s.inQuery, s.name, c.InQuery, s.tokens = queryToken(h.Query.Of(h.Buf))
	}
	return s.fields + s.tokens
}

// judgeToken asks the verifier.
func (c *Call) judgeToken() (s token.State, sound bool) {
	cred, ok := c.bearer()
	if !ok {
		return token.Invalid, false
	}
	c.sent.cred = cred
	if asked := &c.Match.Credentials; c.Policy.Issuers != nil && asked.Kinds.Has(access.ExternalToken) && (!token.Ours(cred) || !asked.Kinds.Has(access.OwnToken)) {
		return c.judgeExternal(cred), true
	}
	t := &c.token
	c.Policy.Tokens.Verify(cred, c.At, &c.scratch, t)
	if t.State == token.Good {
		t.Grant.Use(c.At / int64(time.Second))
		c.calledUnder(t.Grant)
	}
	return t.State, true
}

// calledUnder names the caller: the app and the member of a grant.
func (c *Call) calledUnder(g *access.Grant) {
	by := &c.Caller
	by.Kind, by.Grant, by.Member, by.Scopes, by.ScopeText = access.OwnToken, g, g.Member, g.Scopes, g.ScopeText
	if by.App = c.Policy.Apps.Get(g.App); by.App != nil {
		c.products = by.App.Products
	}
}

// bearer takes the token out of the Authorization field, or out of the query where the route allows that.
func (c *Call) bearer() (cred []byte, ok bool) {
	s := &c.sent
	if s.fields == 0 {
		return c.queried()
	}
	if cred = straight(s.value); cred != nil {
		return cred, true
	}
	scheme, rest, _ := bytes.Cut(s.value, blank)
	switch {
	case len(s.value) == 0:
		c.Problem = problem.Problem{Type: problem.EmptyAccessToken, Detail: problem.DetailEmptyAuthorization}
	case !ascii.EqualFold(scheme, "bearer"):
		c.otherScheme(scheme, len(rest) == 0)
	case len(bytes.Trim(rest, " \t")) == 0:
		c.Problem = problem.Problem{Type: problem.EmptyAccessToken, Detail: problem.DetailBearerOnly}
	default:
		return bytes.Trim(rest, " \t"), true
	}
	return nil, false
}

// straight is the token of "Bearer TOKEN", as nearly every client writes it; nil where a closer look is needed.
func straight(value []byte) []byte {
	const scheme = "Bearer "
	if len(value) != len(scheme)+token.Length || string(value[:len(scheme)]) != scheme {
		return nil
	}
	if cred := value[len(scheme):]; cred[0] > ' ' && cred[token.Length-1] > ' ' {
		return cred
	}
	return nil
}

// queried is the token of the query, where the route takes one from there.
func (c *Call) queried() (cred []byte, ok bool) {
	s := &c.sent
	switch taken := c.tokenInQuery(); {
	case !taken:
		c.Problem = problem.Problem{Type: problem.TokenInURL, Name: s.name}
	case len(s.inQuery) == 0:
		c.Problem = problem.Problem{Type: problem.EmptyAccessToken, Detail: problem.DetailNoAuthorization}
	default:
		return s.inQuery, true
	}
	return nil, false
}

var blank = []byte{' '}

// otherScheme quotes a scheme that is not taken, if it is known to be one. Any other word may be a token or a key: a secret, which no answer repeats.
func (c *Call) otherScheme(scheme []byte, alone bool) {
	c.Problem = problem.Problem{Type: problem.UnknownAuthScheme, Name: "Bearer"}
	switch {
	case hasMarks(scheme):
		c.Problem.Detail = problem.DetailSchemeMarks
	case alone && !isScheme(scheme):
		c.Problem.Detail = problem.DetailNoScheme
	case isScheme(scheme):
		c.Problem.Excerpt = scheme
	}
}

// isScheme knows those in common use: IANA's registry of authentication schemes, and what people write in the place of Bearer.
func isScheme(word []byte) bool {
	for _, known := range [...]string{
		"basic", "digest", "negotiate", "ntlm", "oauth", "dpop", "hoba", "mutual", "vapid", "gnap", "hawk", "signature", "aws4-hmac-sha256", "sharedkey",
		"token", "jwt", "apikey", "api-key", "key", "bear", "bearers", "baerer", "berer", "bearer-token", "oauth2",
	} {
		if ascii.EqualFold(word, known) {
			return true
		}
	}
	return false
}

// tokenInQuery reports whether a token is taken from the query here. Of a hidden route its API decides, as of a path that is not there: who shows no good token
// may not tell the two apart.
func (c *Call) tokenInQuery() bool {
	if r := c.Match.Route; r != nil && !r.Hidden {
		return r.TokenInQuery
	}
	return c.Match.API != nil && c.Match.API.TokenInQuery
}

// tokenProblems are what is said of a token that is not good.
var tokenProblems = [token.Failed + 1]func(*Call) Verdict{
	token.Invalid: (*Call).invalid,
	token.Expired: func(c *Call) Verdict {
		g := c.token.Grant
		c.Problem = problem.Problem{
			Type: problem.ExpiredAccessToken, ExpiredAt: c.token.ExpiredAt, Refreshable: g != nil && g.RefreshEnds() > c.At/int64(time.Second) && !g.Revoked(), NoMember: g != nil && g.Member == nil,
		}
		return c.refuseToken()
	},
	token.Revoked: func(c *Call) Verdict {
		g := c.token.Grant
		c.Problem = problem.Problem{Type: problem.RevokedAccessToken, Detail: revokedDetail(g), NoMember: g != nil && g.Member == nil}
		return c.refuseToken()
	},
	token.Restricted: func(c *Call) Verdict {
		c.Problem = problem.Problem{Type: problem.RestrictedMember}
		return c.refuseToken()
	},
	token.Unknown: (*Call).unknownGrant,
	token.Failed:  (*Call).storeDown,
}

// invalid says what the verifier found wrong, unless the token is a slip that nobody guesses by.
func (c *Call) invalid() Verdict {
	cred, t := c.sent.cred, &c.token
	if c.misspelled(cred) {
		return Refuses
	}
	c.Problem = problem.Problem{Type: problem.InvalidAccessToken, Detail: whys[t.Why], At: t.At, Sent: int64(len(cred))}
	if t.ID != 0 && t.Why == token.NeverOurs { // genuine, and its grant forgotten
		c.Problem.Detail = problem.DetailTokenUnknownGrant
	}
	return c.refuseToken()
}

// unknownGrant waits for the store, once: what it did not know is invalid, and where it failed nobody is told that the token is bad.
func (c *Call) unknownGrant() Verdict {
	switch c.fetched {
	case notAsked:
		c.wants = aGrant
		return Waits
	case failed:
		return c.storeDown()
	case answered:
	}
	c.Problem = problem.Problem{Type: problem.InvalidAccessToken, Detail: problem.DetailTokenUnknownGrant, Sent: int64(len(c.sent.cred))}
	return c.refuseToken()
}

func (c *Call) storeDown() Verdict {
	c.Problem = problem.Problem{Type: problem.TokenVerificationFailed, Detail: problem.DetailStoreDown}
	return Refuses
}

// refuseToken refuses with the problem that is set. Whatever bears our MAC is no guess, and keeps its own answer: callers behind one address must not wait for
// each other's tokens to end.
func (c *Call) refuseToken() Verdict {
	if c.token.Genuine {
		return Refuses
	}
	return c.refuseGuess()
}
