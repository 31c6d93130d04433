package explain

const (
	itsOwner   = "whoever runs the authorization server"
	appOwner   = "whoever registered the application"
	rfc6749    = "https://www.rfc-editor.org/rfc/rfc6749#section-"
	rfc7636    = "https://www.rfc-editor.org/rfc/rfc7636#section-"
	rfc9700    = "https://www.rfc-editor.org/rfc/rfc9700#section-"
	entraCodes = "https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes"
	linkedCode = "https://learn.microsoft.com/en-us/linkedin/shared/authentication/authorization-code-flow"
)

// oauthCauses are the causes that authorization servers answer for.
var oauthCauses = []cause{
	{
		name: "clock-skew", title: "A clock is wrong",
		check: "Compare date -u of the machine that signs or checks with date: of any web server's answer (curl -sI https://example.com).",
		fix:   "Take iat and exp from a right clock, iat a few seconds early, and never a life above what the server takes.", otherwise: "Synchronize the clock (NTP; a resumed VM or WSL: restart its time service), or give the check a leeway of a minute.",
		who: "whoever runs the machine with the wrong clock", source: "https://www.rfc-editor.org/rfc/rfc7519#section-4.1.4",
	},
	{
		name: "code-used-twice", title: "The authorization code was used before",
		check: "Count the calls of the token endpoint for one sign-in, in your log or the network panel: two with the same code are this.",
		fix:   "Exchange a code once: guard the callback against a second run (effects that run twice, reloads, prefetching, retries).", otherwise: "Start the sign-in again: this code is spent, and the server may have ended the tokens of the first exchange.",
		who: you, source: rfc6749 + "4.1.2",
	},
	{
		name: "code-expired", title: "The authorization code was too old",
		check: "Compare the time of the redirect with that of the exchange: codes live from 30 seconds to 30 minutes, mostly below 10 minutes.",
		fix:   "Exchange the code at once in the callback, without a queue, breakpoint or copying by hand.", otherwise: "Start the sign-in again and be quick; nothing brings the old code back.",
		who: you, source: rfc6749 + "4.1.2",
	},
	{
		name: "code-encoded", title: "The code still wears the encoding of the URL, or was encoded twice",
		check: "Look at the code as it is sent: %2F or %2B in it where the redirect had them too?",
		fix:   "Decode the query once (let the framework do it), and let the client encode the form once.", otherwise: "Look whether a proxy or a router on the way decodes the path and the query.",
		who: you, source: "https://www.rfc-editor.org/rfc/rfc6749#appendix-B",
	},
	{
		name: "redirect-mismatch", title: "The redirect URI is another one than in the authorization request",
		check: "Put the two redirect_uri values under each other, decoded: scheme, host, www, port, slash at the end and case all count.",
		fix:   "Send the very same redirect_uri in both requests, from one constant.", otherwise: "Behind a proxy, make the application know its public address (X-Forwarded-Proto and -Host trusted).",
		who: you, source: rfc6749 + "4.1.3",
	},
	{
		name: "other-client", title: "The code or token belongs to another client",
		check: "Compare client_id in the authorization URL with that of the token request: staging and production, web and mobile.",
		fix:   "Use one client for the whole flow.", otherwise: "Have the member sign in again with the client that shall use the token.",
		who: you, source: rfc6749 + "5.2",
	},
	{
		name: "refresh-race", title: "An old refresh token was used: another process was faster, or the new one was not saved",
		check: "Look for two refreshes with the same token, from two workers, tabs or devices, or from one that keeps the first token.",
		fix:   "Let one process refresh (a lock, or one row in the database), and save the new refresh token before anything else.", otherwise: "Ask for a grace period or no rotation at the server; the session that was lost has to sign in again.",
		who: you, source: rfc9700 + "4.14.2",
	},
	{
		name: "refresh-revoked", title: "The grant was revoked, or its password changed",
		check: "Ask the member, or look into the account's list of connected applications, whether it was removed or the password changed.",
		fix:   "Send the member through the authorization again; repeating the refresh cannot help.", otherwise: "Treat invalid_grant as the end of the session and say so to the member.",
		who: "the member, who signs in again", source: rfc6749 + "5.2",
	},
	{
		name: "refresh-inactive", title: "The refresh token ended, by age or for lack of use",
		check: "Look when this refresh token was issued and last used, and what the provider says of its life.",
		fix:   "Sign in again; refresh from time to time what has to live.", otherwise: "Ask whoever sets the policy for a longer life.",
		who: "the member, who signs in again", source: rfc9700 + "4.14",
	},
	{
		name: "test-mode-expiry", title: "The application is in test mode, whose grants end after days",
		check: "Look at the publishing status of the consent screen: at Google, Testing ends refresh tokens after 7 days.",
		fix:   "Publish the application (for scopes that need it, have it verified), then sign in again.", otherwise: "Sign in again each week.",
		who: appOwner, source: "https://developers.google.com/identity/protocols/oauth2#expiration",
	},
	{
		name: "pkce-mismatch", title: "The code_verifier is not the one of this sign-in",
		check: "Hash the verifier that you send (SHA-256, base64url without =) and compare it with code_challenge of the authorization URL.",
		fix:   "Keep the verifier where the callback finds it, by state, and make none while one is under way.", otherwise: "Start the sign-in again in one tab.",
		who: you, source: rfc7636 + "4.6",
	},
	{
		name: "pkce-required", title: "The client has to use PKCE",
		check: "Look for code_challenge and code_challenge_method=S256 in the authorization URL.",
		fix:   "Send both, and code_verifier with the exchange; most libraries have a switch for it.", otherwise: "Register the application as a confidential one, if it has a server that can keep a secret.",
		who: you, source: rfc9700 + "2.1.1",
	},
	{
		name: "client-secret-wrong", title: "The client secret is wrong or ended",
		check: "Compare length and first characters of the secret in use with the one issued: its id is not its value, and secrets end.",
		fix:   "Take the value of a secret that is still good, of this very application.", otherwise: "Issue a new secret; at most providers the old value is shown once only.",
		who: appOwner, source: rfc6749 + "5.2",
	},
	{
		name: "client-auth-method", title: "The client authenticates in a way that it is not registered for",
		check: "Send the same id and secret once as Authorization: Basic and once as client_id and client_secret in the body.",
		fix:   "Use the one that is taken (client_secret_basic or client_secret_post), never both.", otherwise: "Change token_endpoint_auth_method in the client's registration.",
		who: you, source: rfc6749 + "2.3.1",
	},
	{
		name: "secret-not-encoded", title: "The secret holds +, =, % or / and was not encoded",
		check: "Look whether the secret has such characters: in a form + becomes a blank; before Basic both parts are form-encoded.",
		fix:   "Let the library make the form (URLSearchParams, --data-urlencode, url.Values) instead of joining strings.", otherwise: "Issue a secret of letters and digits.",
		who: you, source: rfc6749 + "2.3.1",
	},
	{
		name: "client-unknown", title: "The client id is not known there",
		check: "Compare client_id, tenant or realm and the host of the endpoint: each environment knows its own clients only.",
		fix:   "Use the client id of that environment.", otherwise: "Register the application there.",
		who: you, source: rfc6749 + "5.2",
	},
	{
		name: "redirect-not-registered", title: "The redirect URI is not registered for this client",
		check: "Copy redirect_uri out of the address bar, decoded, and compare it character by character with the list of the registration.",
		fix:   "Send one that is registered: http and https, port and slash count. Behind a balancer the application may think that it is http.", otherwise: "Add it to the registration; some providers take minutes until it counts.",
		who: appOwner, source: rfc6749 + "3.1.2.3",
	},
	{
		name: "grant-not-allowed", title: "The client may not use this grant or response type",
		check: "Look at grant_type and response_type of the request and at what the client's registration allows.",
		fix:   "Use a flow that the client is registered for.", otherwise: "Allow the grant for this client, or register another one for machines.",
		who: appOwner, source: rfc6749 + "5.2",
	},
	{
		name: "scope-unknown", title: "A scope is misspelled or unknown to this server",
		check: "Ask for one scope at a time; compare them with scopes_supported of the server's metadata.",
		fix:   "Send the scopes as they are documented, with blanks between (%20), not commas.", otherwise: "Ask the provider for the scope's present name.",
		who: you, source: rfc6749 + "3.3",
	},
	{
		name: "scope-not-granted", title: "The application may not ask for one of the scopes",
		check: "Compare the scope parameter with the products and permissions of the application: one that is missing refuses all.",
		fix:   "Leave out the scope that the answer names.", otherwise: "Add the product or permission that has it; a review may be needed.",
		who: appOwner, source: linkedCode,
	},
	{
		name: "state-lost", title: "The state of the sign-in was lost",
		check: "Look whether the cookie that holds the state comes back with the callback: form_post needs SameSite=None; Secure, and hosts must be the same.",
		fix:   "Set the cookie so that it survives the way back, or keep the state on the server; begin and end on the same host.", otherwise: "Sign in again in one tab, with cookies allowed.",
		who: you, source: rfc6749 + "10.12",
	},
	{
		name: "user-declined", title: "The member, or a policy, said no",
		check: "Ask whether Cancel was pressed; if not, try as a member with more rights: administrators can forbid applications.",
		fix:   "Show the sign-in again and explain why the permissions are needed; ask for fewer.", otherwise: "Nothing in the request helps as long as the answer is no.",
		who: "the member, or their administrator", source: rfc6749 + "4.1.2.1",
	},
	{
		name: "consent-missing", title: "Nobody has consented yet",
		check: "Open the authorization URL in a browser as the member; see whether it asks for consent or for an administrator.",
		fix:   "Send an interactive authorization request with these very scopes.", otherwise: "Have an administrator consent for all members.",
		who: "the member, or their administrator", source: entraCodes,
	},
	{
		name: "login-required", title: "The member has to do something: sign in, a second factor, a choice",
		check: "Open the same authorization URL without prompt=none in a browser.",
		fix:   "On login_required, interaction_required or consent_required repeat with a visible page.", otherwise: "The policy of the account demands it; no request goes around it.",
		who: "the member", source: "https://openid.net/specs/openid-connect-core-1_0.html#AuthError",
	},
	{
		name: "form-expected", title: "The parameters did not come as a form",
		check: "Look at Content-Type of the token request: it has to be application/x-www-form-urlencoded, parameters in the body.",
		fix:   "Send a form, not JSON and not the query; name each parameter once.", otherwise: "Use a client library for OAuth.",
		who: you, source: rfc6749 + "4.1.3",
	},
	{
		name: "provider-trouble", title: "The authorization server itself failed",
		check: "Look at the provider's status page, and try the same request a minute later.",
		fix:   "Repeat with growing waits.", otherwise: "Nothing in the request helps; give its ids to the provider.",
		who: itsOwner, source: rfc6749 + "4.1.2.1",
	},
}
