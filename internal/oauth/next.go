package oauth

import (
	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/problem"
)

// Member is who sits at the browser.
type Member struct {
	*access.Member       // nil: an account without
	SignedIn       int64 // unix seconds
}

// Step is what comes next for a request.
type Step uint8

// The steps.
const (
	SignIn  Step = iota // nobody is signed in, or not recently enough
	Consent             // the member is to be asked
	Issue               // the app gets a code
)

// Next decides what comes next: who is signed in, nil for nobody; hinted is whom the client's hint names, "" without one; granted the live grant of app and member,
// nil without one; begun when the request came.
func (a *Authorization) Next(who *Member, hinted string, granted *access.Grant, begun int64, f *Facts) (Step, *problem.OAuthProblem) {
	if a.mustSignIn(who, hinted, begun, f.Now) {
		if a.Prompt&PromptNone != 0 {
			return SignIn, &problem.OAuthProblem{Cause: problem.OAuthLoginRequired}
		}
		return SignIn, nil
	}
	switch p := a.strange(f); {
	case p != nil:
		return SignIn, p
	case hinted != "" && (who.Member == nil || who.Subject != hinted): // they have signed in again, as another
		return SignIn, &problem.OAuthProblem{Cause: problem.OAuthLoginRequired}
	case who.Member == nil:
		return SignIn, &problem.OAuthProblem{Cause: problem.OAuthNoMember}
	case who.Restricted.Load():
		return SignIn, &problem.OAuthProblem{Cause: problem.OAuthMemberRestricted}
	}
	// A public app cannot show that it is the one to which access was given (RFC 9700 §4.13, RFC 8252 §8.6).
	known := granted != nil && !granted.Revoked() && granted.Scopes == a.Scopes && !a.App.Public
	if known && a.Prompt&PromptConsent == 0 {
		return Issue, nil
	}
	if a.Prompt&PromptNone != 0 {
		return Consent, &problem.OAuthProblem{Cause: problem.OAuthConsentRequired}
	}
	return Consent, nil
}

func (a *Authorization) mustSignIn(who *Member, hinted string, begun, now int64) bool {
	switch {
	case who == nil:
		return true
	case a.Prompt&PromptLogin != 0 && who.SignedIn < begun:
		return true
	case a.MaxAge >= 0 && now-who.SignedIn > a.MaxAge && who.SignedIn < begun:
		return true
	}
	return hinted != "" && (who.Member == nil || who.Subject != hinted) && who.SignedIn < begun
}

// Code is the code that an authorization gives a member's consent.
func (a *Authorization) Code(id access.CodeID, who *Member, f *Facts) *access.Code {
	return &access.Code{
		ID: id, App: a.App.ID, Member: who.Member, Scopes: a.Scopes, ScopeText: f.Names.ScopeText(a.Scopes), RedirectURI: a.RedirectURI, Challenge: a.Challenge,
		Nonce: a.Nonce, Authenticated: who.SignedIn, Created: f.Now, Ends: f.Now + seconds(f.Lives.Code),
	}
}
