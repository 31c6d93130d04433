package admission

import (
	"bytes"

	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/internal/token"
	"github.com/candor-gateway/candor/problem"
)

// sent is what a call brought as its credential.
type sent struct {
	fields  int    // Authorization fields
	value   []byte // of the first
	inQuery []byte // the token in the query, nil for none
	name    string // of that parameter
	tokens  int    // such parameters
}

// credential judges what the call brought, in the order of docs/contract.md: ambiguous → unknown scheme → only in the URL → empty → what the verifier says.
func (c *Call) credential() Verdict {
	mode := c.Match.Credentials
	if mode == route.Public || c.Preflight {
		return Forwards
	}
	var s sent
	c.find(&s)
	if mode == route.Optional && s.fields == 0 && s.inQuery == nil {
		return Forwards
	}
	if p := c.ambiguous(&s); p {
		return Refuses
	}
	cred, ok := c.bearer(&s)
	if !ok {
		return Refuses
	}
	c.Policy.Tokens.Verify(cred, c.At, &c.scratch, &c.Token)
	return c.judge(cred)
}

func (c *Call) find(s *sent) {
	h := c.Head
	s.fields = h.Count(http1.Authorization)
	s.value = h.Get(http1.Authorization)
	if h.HasQuery {
		s.inQuery, s.name, c.InQuery, s.tokens = queryToken(h.Query.Of(h.Buf))
	}
}

func (c *Call) ambiguous(s *sent) bool {
	switch {
	case s.fields > 1:
		c.Problem = problem.Problem{Type: problem.AmbiguousCredentials, Detail: problem.DetailTwoAuthorization}
	case s.fields == 1 && s.inQuery != nil:
		c.Problem = problem.Problem{Type: problem.AmbiguousCredentials, Detail: problem.DetailHeaderAndURL, Name: "Authorization", Other: s.name}
	case s.tokens > 1:
		c.Problem = problem.Problem{Type: problem.AmbiguousCredentials, Detail: problem.DetailTwoInURL}
	default:
		return false
	}
	return true
}

// bearer takes the token out of the Authorization field, or out of the query where the route allows that.
func (c *Call) bearer(s *sent) (cred []byte, ok bool) {
	if s.fields == 0 {
		return c.queried(s)
	}
	if cred = straight(s.value); cred != nil {
		return cred, true
	}
	scheme, rest, _ := bytes.Cut(s.value, blank)
	switch {
	case len(s.value) == 0:
		c.Problem = problem.Problem{Type: problem.EmptyAccessToken, Detail: problem.DetailEmptyAuthorization}
	case !http1.EqualFold(scheme, "bearer"):
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
func (c *Call) queried(s *sent) (cred []byte, ok bool) {
	taken := c.tokenInQuery()
	if taken && len(s.inQuery) > 0 {
		return s.inQuery, true
	}
	c.Problem = problem.Problem{Type: problem.EmptyAccessToken, Detail: problem.DetailNoAuthorization}
	if s.inQuery != nil && !taken {
		c.Problem = problem.Problem{Type: problem.TokenInURL, Name: s.name}
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
		if http1.EqualFold(word, known) {
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

// judge makes the problem of what the verifier said.
func (c *Call) judge(cred []byte) Verdict {
	t := &c.Token
	switch t.State {
	case token.Good:
		c.App = c.Policy.Apps.Get(t.Grant.App)
		if c.App != nil {
			c.products = c.App.Products
		}
		return Forwards
	case token.Unknown:
		return c.unknownGrant(cred)
	case token.Expired:
		alive := t.Grant != nil && t.Grant.Refreshable && !t.Grant.Revoked()
		c.Problem = problem.Problem{Type: problem.ExpiredAccessToken, ExpiredAt: t.ExpiredAt, Refreshable: alive, NoMember: t.Grant != nil && t.Grant.Member == nil}
	case token.Revoked:
		c.Problem = problem.Problem{Type: problem.RevokedAccessToken, Detail: revokedDetail(t.Grant), NoMember: t.Grant != nil && t.Grant.Member == nil}
	case token.Restricted:
		c.Problem = problem.Problem{Type: problem.RestrictedMember}
	case token.Failed:
		c.Problem = problem.Problem{Type: problem.TokenVerificationFailed, Detail: problem.DetailStoreDown}
		return Refuses
	default:
		if c.misspelled(cred) {
			return Refuses
		}
		c.Problem = problem.Problem{Type: problem.InvalidAccessToken, Detail: whys[t.Why], At: t.At, Sent: int64(len(cred))}
		if t.ID != 0 && t.Why == token.NeverOurs { // genuine, and its grant forgotten
			c.Problem.Detail = problem.DetailTokenUnknownGrant
		}
	}
	return c.refuseCredential()
}

// unknownGrant waits for the store, once: what it did not know is invalid, and where it failed nobody is told that the token is bad.
func (c *Call) unknownGrant(cred []byte) Verdict {
	switch c.fetched {
	case notAsked:
		return Waits
	case failed:
		c.Problem = problem.Problem{Type: problem.TokenVerificationFailed, Detail: problem.DetailStoreDown}
		return Refuses
	case answered:
	}
	c.Problem = problem.Problem{Type: problem.InvalidAccessToken, Detail: problem.DetailTokenUnknownGrant, Sent: int64(len(cred))}
	return c.refuseCredential()
}

// refuseCredential refuses with the problem that is set, or, where too many guesses came from one address, with 429: guessing must not be free. Whatever bears
// our MAC is no guess, and keeps its own answer: callers behind one address must not wait for each other's tokens to end.
func (c *Call) refuseCredential() Verdict {
	guessed := !c.Token.Genuine
	c.Token.Grant = nil
	if guessed && c.Policy.Quota.FailedCredential(c.From, c.At) {
		c.Problem = problem.Problem{Type: problem.TooManyFailures, RetryAfter: untilMinute(c.At)}
	}
	return Refuses
}

// untilMinute is how many seconds are left of the minute at unix ns.
func untilMinute(at int64) int { return 60 - int(at/1e9%60) }
