package admission

import (
	"context"
	"errors"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/issuer"
	"github.com/candor-gateway/candor/internal/token"
	"github.com/candor-gateway/candor/problem"
)

// judgeExternal looks a token of another issuer up among those that were found good, and else says Unknown once: it is verified in Fetch, since that may have to
// wait for keys.
func (c *Call) judgeExternal(cred []byte) token.State {
	c.sent.foreign = true
	if c.fetched == answered {
		return c.externalState()
	}
	c.external = issuer.Result{}
	if t := c.Policy.Issuers.Lookup(cred, c.Match.Credentials.Issuers, c.At); t != nil {
		c.calledBy(t)
		return token.Good
	}
	return token.Unknown
}

// externalState is what Fetch has found.
func (c *Call) externalState() token.State {
	switch c.external.State {
	case issuer.Good:
		c.calledBy(c.external.Token)
		return token.Good
	case issuer.Expired:
		return token.Expired
	case issuer.Failed:
		return token.Failed
	case issuer.Invalid:
	}
	return token.Invalid
}

// calledBy names the caller: the app and the member that another issuer's token says.
func (c *Call) calledBy(t *issuer.Token) {
	by := &c.Caller
	by.Kind, by.App, by.Member, by.Scopes, by.ScopeText, by.Ends = access.ExternalToken, t.App, t.Member, t.Scopes, t.ScopeText, t.ExpiredAt
	c.products = t.App.Products
}

// fetchJudgement has the token verified.
func (c *Call) fetchJudgement(ctx context.Context) error {
	c.external = c.Policy.Issuers.Verify(ctx, c.sent.cred, c.Match.Credentials.Issuers, c.At)
	c.fetched = answered
	if c.external.Note != "" {
		return errors.New(c.external.Note)
	}
	return nil
}

// externalProblems are what is said of another issuer's token that is not good. None is kept, so none is ever found revoked.
var externalProblems = [token.Failed + 1]func(*Call) Verdict{
	token.Invalid: (*Call).externalInvalid,
	token.Expired: func(c *Call) Verdict {
		c.Problem = problem.Problem{Type: problem.ExpiredAccessToken, ExpiredAt: c.external.ExpiredAt, NoMember: c.external.NoMember}
		return Refuses
	},
	token.Revoked:    (*Call).externalInvalid,
	token.Restricted: (*Call).externalInvalid,
	token.Unknown: func(c *Call) Verdict {
		if c.misspelled(c.sent.cred) {
			return Refuses
		}
		if at := token.Syntax(c.sent.cred); at > 0 {
			c.Problem = problem.Problem{Type: problem.InvalidAccessToken, Detail: problem.DetailTokenSyntax, At: at, Sent: int64(len(c.sent.cred))}
			return c.refuseGuess()
		}
		c.wants = aJudgement
		return Waits
	},
	token.Failed: func(c *Call) Verdict {
		c.Problem = problem.Problem{Type: problem.TokenVerificationFailed, Detail: externalWhys[c.external.Why]}
		return Refuses
	},
}

// externalInvalid says what was found wrong. Whoever shows a token that its issuer vouches for does not guess.
func (c *Call) externalInvalid() Verdict {
	r := &c.external
	c.Problem = problem.Problem{Type: problem.InvalidAccessToken, Detail: externalWhys[r.Why], Name: r.Name, Sent: int64(len(c.sent.cred))}
	if r.Genuine {
		return Refuses
	}
	return c.refuseGuess()
}

// externalWhys says which cause each finding is.
var externalWhys = [issuer.WhyCount]problem.Detail{
	issuer.NotTaken:      problem.DetailTokenNotTaken,
	issuer.Malformed:     problem.DetailTokenMalformed,
	issuer.Encrypted:     problem.DetailTokenEncrypted,
	issuer.Extension:     problem.DetailTokenExtension,
	issuer.Algorithm:     problem.DetailTokenAlgorithm,
	issuer.Type:          problem.DetailTokenType,
	issuer.WrongIssuer:   problem.DetailTokenIssuer,
	issuer.UnknownKey:    problem.DetailTokenKey,
	issuer.Signature:     problem.DetailTokenSignature,
	issuer.BadClaim:      problem.DetailTokenClaim,
	issuer.WrongAudience: problem.DetailTokenAudience,
	issuer.IDToken:       problem.DetailTokenIsIDToken,
	issuer.Bound:         problem.DetailTokenBound,
	issuer.NotYet:        problem.DetailTokenNotYet,
	issuer.NotActive:     problem.DetailTokenNotActive,
	issuer.IssuerDown:    problem.DetailIssuerDown,
	issuer.StoreDown:     problem.DetailStoreDown,
}
