package oauth

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"strconv"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/token"
	"github.com/candor-gateway/candor/problem"
)

// doubleSubmit is how soon, in seconds, the same request again is taken for the same click twice.
const doubleSubmit = 10

// NotOpened is the refusal of what is no code, or no refresh token, of ours.
func (a *Ask) NotOpened(why token.Why) *problem.OAuthProblem {
	p := &problem.OAuthProblem{Cause: problem.OAuthCodeUnknown, Value: notOpened[why]}
	if a.Grant == RefreshToken {
		p.Cause = problem.OAuthRefreshUnknown
	}
	return p
}

// notOpened says what is wrong with a text that should be one.
var notOpened = map[token.Why]string{
	token.NeverOurs: "it does not begin as one of ours", token.Truncated: "its end is missing", token.Overlong: "something is behind its end",
	token.Altered: "it was altered on the way", token.WrongKind: "it is a token of another kind", token.NotB64: "it holds a character that none has",
	token.OtherKeys: "it was issued elsewhere, or its key is gone", token.FromTheFuture: "it was issued later than now, by the clock here",
}

// DecideCode decides about a code: c is what is kept of it, nil where that is nothing, and o what it says itself. Where all is well the change uses it up for the
// tokens of f.Next. Failures of the app that it was issued to are counted; those of others change nothing, so that who has stolen a code cannot burn it.
func DecideCode(a *Ask, o token.Opened, c *access.Code, f *Facts) (change token.CodeChange, p *problem.OAuthProblem) {
	switch {
	case c == nil && o.Ends <= f.Now:
		return change, codeExpired(o.Ends)
	case c == nil:
		return change, &problem.OAuthProblem{Cause: problem.OAuthCodeUnknown, Value: "nothing is kept of it"}
	case c.App != a.App.ID:
		return change, &problem.OAuthProblem{Cause: problem.OAuthCodeOtherApp}
	case c.Dead == access.ScopeChanged:
		return change, &problem.OAuthProblem{Cause: problem.OAuthCodeScopeChanged}
	case c.Dead != access.NotRevoked:
		return change, &problem.OAuthProblem{Cause: problem.OAuthCodeRevoked}
	}
	mismatch := matches(a, c)
	switch {
	case c.Used != 0:
		return token.CodeChange{Recall: recalls(a, c, mismatch, f.Now)}, &problem.OAuthProblem{Cause: problem.OAuthCodeUsed}
	case c.Failures >= access.MaxCodeFailures:
		return change, &problem.OAuthProblem{Cause: problem.OAuthCodeFailed, Value: strconv.Itoa(c.Failures)}
	case c.Ends <= f.Now:
		return change, codeExpired(c.Ends)
	case mismatch != nil:
		return token.CodeChange{Failed: true}, mismatch
	case c.Member.Restricted.Load():
		return change, &problem.OAuthProblem{Cause: problem.OAuthCodeRestricted}
	}
	return token.CodeChange{Redeem: redeem(a, c, f)}, nil
}

// recalls reports whether a further use of a code ends what the first one gave: it does, unless it is a double submit, or of somebody who has not shown to be the
// client. A public app shows that by its verifier alone, and without it nobody gets anything for a code: so who has found one that was used cannot end a grant.
func recalls(a *Ask, c *access.Code, mismatch *problem.OAuthProblem, now int64) bool {
	if mismatch != nil {
		return !a.App.Public
	}
	return now < c.Used || now-c.Used > doubleSubmit
}

func codeExpired(at int64) *problem.OAuthProblem {
	return &problem.OAuthProblem{Cause: problem.OAuthCodeExpired, Value: instant(at)}
}

// instant is a time as people and programs read it.
func instant(at int64) string { return time.Unix(at, 0).UTC().Format(time.RFC3339) }

// matches compares redirect URI and verifier with those of the authorization request (RFC 6749 §4.1.3, RFC 7636 §4.6). A verifier without a challenge is refused,
// or who takes the challenge out of a request on its way could use the code (RFC 9700 §2.1.1).
func matches(a *Ask, c *access.Code) *problem.OAuthProblem {
	wrong := func(why string) *problem.OAuthProblem {
		return &problem.OAuthProblem{Cause: problem.OAuthCodeVerifier, Value: why}
	}
	sum := sha256.Sum256([]byte(a.Verifier))
	challenge := base64.RawURLEncoding.EncodeToString(sum[:])
	switch {
	case a.Redirect != c.RedirectURI:
		return &problem.OAuthProblem{Cause: problem.OAuthCodeRedirect, Value: a.Redirect, Known: c.RedirectURI}
	case c.Challenge == "" && a.Verifier == "":
		return nil
	case c.Challenge == "":
		return wrong("the authorization was asked for without a code_challenge")
	case a.Verifier == "":
		return wrong("it is missing")
	case subtle.ConstantTimeCompare([]byte(challenge), []byte(c.Challenge)) == 0:
		return wrong("its SHA-256 is not the code_challenge of the authorization request")
	}
	return nil
}

// Next is what tokens are made of that have not been made yet: random, and fresh for each request.
type Next struct {
	Token token.ID
	Line  access.LineID
	Key   uint16 // that they are signed with
}

// redeem is the grant that a code gives, and what goes with it.
func redeem(a *Ask, c *access.Code, f *Facts) *token.Redeem {
	now := time.Unix(f.Now, 0).UTC()
	life := f.Lives.Access
	r := &token.Redeem{}
	if a.App.Refreshes {
		life = min(life, f.Lives.Refresh) // an access token never outlives its refresh token
		r.Line = &access.Line{ID: f.Next.Line, Code: c.ID, Key: f.Next.Key, Issued: f.Now, Ends: f.Now + seconds(f.Lives.Refresh)}
		r.Spec.Refreshed = now.Add(f.Lives.Refresh)
	}
	r.Spec.App, r.Spec.Member, r.Spec.Scopes, r.Spec.ScopeText, r.Spec.Ends = c.App, c.Member.ID, c.Scopes, c.ScopeText, now.Add(life)
	r.Token = token.RevokedToken{ID: f.Next.Token, Ends: f.Now + seconds(life)}
	return r
}
