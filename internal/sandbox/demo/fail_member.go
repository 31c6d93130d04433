package demo

import (
	"context"
	"net/http"
)

const groupMember = "Whoever sits at the browser"

// memberFailures are those that the member decides, or the account.
var memberFailures = []Failure{
	{
		ID: "cancelled-login", Group: groupMember, Title: "Cancel at the sign-in", Wants: pair(0, "user_cancelled_login", 0, "access_denied", "oauth_cancelled_login"),
		Asks: []ask{{client: confidential, changes: map[string]string{"prompt": "login"}, hint: "Press Cancel on the page where you are asked to sign in."}},
		Says: "state comes back with it. In the standard profile the text says which of the two it was.",
	},
	{
		ID: "cancelled-authorize", Group: groupMember, Title: "Cancel at the consent", Wants: pair(0, "user_cancelled_authorize", 0, "access_denied", "oauth_cancelled_authorize"),
		Asks: []ask{{client: confidential, changes: map[string]string{"prompt": "consent"}, hint: "Sign in if you are asked to, then press Cancel where you are asked to allow access."}},
		Says: "All scopes are granted or none.",
	},
	{
		ID: "login-required", Group: groupMember, Title: "prompt=none, and nobody is signed in", Wants: both(0, "login_required", "oauth_login_required"),
		run: func(ctx context.Context, p *play) {
			p.send(ctx, "Ask as a browser that nobody has signed in with", p.fail, message{method: http.MethodGet, url: p.authorization("prompt", "none")})
		},
		Says: "No page may be shown, and one is needed.",
	},
	{
		ID: "consent-required", Group: groupMember, Title: "prompt=none, and nobody has been asked", Wants: both(0, "consent_required", "oauth_consent_required"),
		Asks: []ask{{client: public, changes: map[string]string{"prompt": "none"}, hint: "Be signed in: walk through once before, or you get login_required."}},
		Says: "A public app cannot show that it is the one to which access was given, so its members are asked each time.",
	},
	{
		ID: "no-member", Group: groupMember, Title: "An account that is no member's", Wants: both(0, "access_denied", "oauth_no_member"),
		Asks: []ask{{client: confidential, changes: map[string]string{"prompt": "login"}, hint: "Sign in with the account of the developer: its e-mail address and password are above."}},
		Says: "A developer has no data of a member that could be shared.",
	},
}
