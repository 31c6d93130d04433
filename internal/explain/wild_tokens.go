package explain

const (
	rfc6750 = "https://www.rfc-editor.org/rfc/rfc6750#section-"
	rfc7519 = "https://www.rfc-editor.org/rfc/rfc7519#section-"
)

// tokenCauses are the causes that lie in a token or in how it was sent.
var tokenCauses = []cause{
	{
		name: "jwt-aud", title: "The token is for another API (aud)",
		check: "Decode the token and compare aud with what the API expects, character by character.",
		fix:   "Ask for the token with the audience, resource or scope of this API.", otherwise: "Let the API accept this audience, if the token is meant for it.",
		who: you, source: rfc7519 + "4.1.3",
	},
	{
		name: "jwt-issuer", title: "The token is from another issuer (iss)",
		check: "Compare iss of the token with issuer in /.well-known/openid-configuration: a slash at the end, http, tenant and version count.",
		fix:   "Get the token from the issuer that the API trusts.", otherwise: "Set the issuer in the API exactly as the token has it.",
		who: "whoever configures the API", source: rfc7519 + "4.1.1",
	},
	{
		name: "jwt-key-unknown", title: "The key of the signature is not in the set that the API holds",
		check: "Compare kid in the token's head with the kids at jwks_uri: not there is another issuer; there is an old copy in the API.",
		fix:   "Get a new token of the right issuer.", otherwise: "Let the API fetch the key set again when it meets an unknown kid; until then restart it.",
		who: "whoever runs the API", source: "https://www.rfc-editor.org/rfc/rfc7517#section-4.5",
	},
	{
		name: "jwt-expired", title: "The token has expired",
		check: "Decode the token and compare exp, seconds since 1970, with date +%s.",
		fix:   "Refresh before exp, and on a 401 once more; do not keep a token beyond expires_in.", otherwise: "If exp is in the future, the clock of the API is ahead.",
		who: you, source: rfc7519 + "4.1.4",
	},
	{
		name: "jwt-not-yet", title: "The token is not valid yet (nbf, iat)",
		check: "Decode the token and compare nbf and iat with date +%s: hours apart is a time zone, seconds are a clock.",
		fix:   "Wait the seconds and repeat; make times from UTC.", otherwise: "Give the check a leeway of a minute.",
		who: "whoever issues the token", source: rfc7519 + "4.1.5",
	},
	{
		name: "jwt-algorithm", title: "The algorithm of the signature is not the expected one",
		check: "Look at alg in the token's head and at the list that the API or its library allows.",
		fix:   "Sign with the algorithm that is allowed; RS256 wants the public key, HS256 the shared secret.", otherwise: "Set the list of algorithms in the API to what the issuer signs with, never to all.",
		who: "whoever configures the API", source: "https://www.rfc-editor.org/rfc/rfc8725#section-3.1",
	},
	{
		name: "jwt-signature", title: "The signature does not fit the key",
		check: "Check the token against the issuer's key set; look whether the secret is taken as text or as base64.",
		fix:   "Send the token unchanged and whole, from this environment's issuer.", otherwise: "Give the API the key of that issuer, in the right form (PEM with its line ends).",
		who: "whoever configures the API", source: "https://www.rfc-editor.org/rfc/rfc7515#section-5.2",
	},
	{
		name: "jwt-malformed", title: "What was checked is no JWT",
		check: "Count the points: a JWT has two. Look whether the word Bearer, quotes or JSON came along, or whether the token is an opaque one.",
		fix:   "Pass the bare token, without Bearer, quotes or a line end.", otherwise: "If the issuer hands out opaque tokens, let the API ask its introspection endpoint, or ask for one with an audience.",
		who: you, source: rfc7519 + "7.2",
	},
	{
		name: "token-not-sent", title: "No token came",
		check: "Look at the request as it left (curl -v): is Authorization: Bearer in it, and the token not empty?",
		fix:   "Send Authorization: Bearer TOKEN with each call.", otherwise: "Look what on the way drops the field.",
		who: you, source: rfc6750 + "2.1",
	},
	{
		name: "token-ended", title: "The access token is expired, revoked or mistyped",
		check: "Get a new token and send it at once with curl.",
		fix:   "Refresh, and repeat once.", otherwise: "Sign in again.",
		who: you, source: rfc6750 + "3.1",
	},
	{
		name: "wrong-token-kind", title: "A credential of another kind was sent",
		check: "Look what it is: an ID token (aud is your client id), a refresh token, an API key and an access token are no substitutes.",
		fix:   "Send the access token.", otherwise: "Ask for an access token with the scopes of this API.",
		who: you, source: "https://openid.net/specs/openid-connect-core-1_0.html#IDToken",
	},
	{
		name: "scope-missing", title: "The credential lacks a permission",
		check: "Compare the scopes of the token (X-OAuth-Scopes, introspection, scp) with those that the answer or the documentation names.",
		fix:   "Get a new token with the scope: an old one does not gain it.", otherwise: "Have the permission added to the application, approved by whoever installed it, and sign in again.",
		who: appOwner, source: rfc6750 + "3.1",
	},
	{
		name: "hidden-character", title: "A character that is not seen, or a quote, is part of the value",
		check: "Print its length and its ends: printf %s \"$TOKEN\" | od -c | tail -3; compare the length with the one issued.",
		fix:   "Strip blanks and line ends where it is read (echo adds one: printf does not); no quotes in env files.", otherwise: "Store the secret again, pasted as plain text.",
		who: you, source: "https://www.rfc-editor.org/rfc/rfc9110#section-5.5",
	},
	{
		name: "template-not-filled", title: "A placeholder was sent in place of the value",
		check: "Look at the request as it left: {{token}}, ${TOKEN}, <token>, undefined or null stand in it.",
		fix:   "Set the variable in the environment that is selected, and fail early when it is empty.", otherwise: "Paste the value once by hand to be sure of the rest.",
		who: you, source: "https://learning.postman.com/docs/sending-requests/variables/variables/",
	},
	{
		name: "auth-dropped-by-redirect", title: "A redirect was followed, and Authorization was not sent there",
		check: "Look at each step (curl -sIL): a 301, 302, 307 or 308 to another host before the 401 is this.",
		fix:   "Call the URL that the redirect leads to: https, the host with or without www, the slash.", otherwise: "Ask the operator to answer at the old address too.",
		who: you, source: "https://www.rfc-editor.org/rfc/rfc9110#section-15.4",
	},
	{
		name: "header-dropped", title: "Something on the way dropped the field",
		check: "Send the same call past the proxy: if it works there, compare the fields that arrive on both ways.",
		fix:   "Name the field without underscores (nginx drops api_key, takes Api-Key).", otherwise: "nginx: underscores_in_headers on; Apache: CGIPassAuth or SetEnvIf Authorization; look at what the proxy forwards.",
		who: "whoever runs the proxy", source: "https://nginx.org/en/docs/http/ngx_http_core_module.html#underscores_in_headers",
	},
	{
		name: "auth-scheme-wrong", title: "The word before the credential is not the expected one",
		check: "Compare the field with an example of the documentation: Bearer, Token, Basic, ApiKey or no word at all; some servers tell capitals apart.",
		fix:   "Send exactly that word, one blank, the bare credential.", otherwise: "Look whether the client library adds a word of its own.",
		who: you, source: "https://www.rfc-editor.org/rfc/rfc9110#section-11.4",
	},
	{
		name: "csrf-token", title: "The check against forged requests missed its token",
		check: "Look whether the page's CSRF token and cookie are part of the call, and Origin or Referer the site's own.",
		fix:   "Send the token that the site gives out, with its cookie.", otherwise: "Call the paths for programs with a token in Authorization, and leave those out of the check.",
		who: you, source: "https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html",
	},
}
