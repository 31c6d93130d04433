package problem

const (
	oauthRequest  = "invalid_request"
	oauthClient   = "invalid_client"
	oauthGrant    = "invalid_grant"
	oauthRedirect = "invalid_redirect_uri"
	oauthToken    = "invalid_token"

	badCode    = "Unable to retrieve access token: appid/redirect uri/code verifier does not match authorization code. Or authorization code expired. Or external member binding exists"
	badRefresh = "The provided authorization grant or refresh token is invalid, expired or revoked"
)

const compareSecret = "Compare client id and secret with those of the app; the secret may have been replaced. In Authorization: Basic each is encoded as in a form, + as %2B."

const inTheField = "Send it in the field Authorization: Bearer, and nowhere else."

var oauthRows = [oauthCauses]oauthRow{
	OAuthMethod: {
		"oauth_method", both(405), both(oauthRequest), both("$value is not supported here; supported: $known"),
		"Send the parameters with POST, in the body.", false,
	},
	OAuthOrigin: {
		"oauth_origin", both(403), both(oauthRequest), both("No public application has a redirect URI of the origin '$value'"),
		"Register a redirect URI of this origin with a public app. An app that keeps a secret asks from its server, not from a page.", false,
	},
	OAuthTooLarge: {
		"oauth_too_large", both(413), both(oauthRequest), both("The body is larger than the limit of $known"),
		"Send nothing but the parameters of this endpoint.", false,
	},
	OAuthSlow: {
		"oauth_slow", both(408), both(oauthRequest), both("The body did not come within $known"),
		"Send the whole body at once.", false,
	},
	OAuthMediaType: {
		"oauth_media_type", both(400), both(oauthRequest), both("The body is to be application/x-www-form-urlencoded, not '$value'"),
		"Send the parameters as a form, with Content-Type: application/x-www-form-urlencoded.", false,
	},
	OAuthMalformed: {
		"oauth_malformed", both(400), both(oauthRequest), both("The form in the body cannot be read: $value"),
		"Encode names and values as a form does (WHATWG URL, application/x-www-form-urlencoded).", false,
	},
	OAuthInURL: {
		"oauth_in_url", both(400), both(oauthRequest), both("The parameter '$parameter' came in the URL; parameters are taken from the body alone"),
		"Move it into the body. If it was a secret or a token, replace it: URLs are kept in logs.", false,
	},
	OAuthRepeated: {
		"oauth_repeated", both(400), both(oauthRequest), both("The parameter '$parameter' came more than once"),
		"Send it once.", false,
	},
	OAuthMissing: {
		"oauth_missing", both(400), both(oauthRequest), pair(`A required parameter "$parameter" is missing`, "A required parameter '$parameter' is missing"),
		"Add the parameter to the body.", false,
	},
	OAuthGrantType: {
		"oauth_grant_type", both(400), both("unsupported_grant_type"), both("The grant_type '$value' is not supported; supported: $known"),
		"Choose one of those that the metadata of this server names.", false,
	},
	OAuthTwoAuthentications: {
		"oauth_two_authentications", both(400), both(oauthRequest), both("The client authenticates in the Authorization field and in the body; one of them is expected"),
		"Leave client_secret out of the body, or Authorization out of the head (RFC 6749 section 2.3).", false,
	},
	OAuthScheme: {
		"oauth_scheme", both(401), both(oauthClient), both("The Authorization field holds no Basic credentials: $value"),
		"Send Authorization: Basic and base64 of client id, colon and secret, each encoded as in a form (RFC 6749 section 2.3.1).", false,
	},
	OAuthNoAuthentication: {
		"oauth_no_authentication", pair(400, 401), pair(oauthRequest, oauthClient), pair(`A required parameter "$parameter" is missing`, "The client has not authenticated: '$parameter' is missing"),
		"Send client id and secret, by Authorization: Basic or as client_id and client_secret in the body.", false,
	},
	OAuthUnknownClient: {
		"oauth_unknown_client", pair(400, 401), pair("invalid_client_id", oauthClient), pair(`The passed in client_id is invalid "$value"`, "Client authentication failed"),
		compareSecret, false,
	},
	OAuthWrongSecret: {
		"oauth_wrong_secret", both(401), both(oauthClient), both("Client authentication failed"),
		compareSecret, false,
	},
	OAuthTooMany: {
		"oauth_too_many", both(429), both("temporarily_unavailable"), both("Too many failed authentications came from this address"),
		"Wait as long as Retry-After says, then try again with the right secret.", false,
	},
	OAuthDisabled: {
		"oauth_disabled", pair(401, 400), pair("access_denied", "unauthorized_client"), both("This application is disabled"),
		"Ask whoever runs this API to enable the app.", true,
	},
	OAuthNotAllowed: {
		"oauth_not_allowed", pair(401, 400), pair("access_denied", "unauthorized_client"), both("This application is not allowed to create application tokens"),
		"Ask whoever runs this API for application tokens (application_tokens), or use a token of a member.", true,
	},
	OAuthScope: {
		"oauth_scope", both(400), both("invalid_scope"), pair(`Scope "$value" is not authorized for your application`, "The scope '$value' is not among those of this application: $known"),
		"Ask for scopes of the app's products alone, or for none to get all of them.", false,
	},
	OAuthBearerMissing: {
		"oauth_bearer_missing", both(401), both(oauthToken), both("There is no access token"),
		inTheField, false,
	},
	OAuthBearerInURL: {
		"oauth_bearer_in_url", both(400), both(oauthRequest), both("The access token came in the URL"),
		inTheField + " Replace the token: URLs are kept in logs.", false,
	},
	OAuthBearerTwice: {
		"oauth_bearer_twice", both(400), both(oauthRequest), both("There is more than one access token, or it came in two places"),
		inTheField, false,
	},
	OAuthBearerMalformed: {
		"oauth_bearer_malformed", both(400), both(oauthRequest), both("The Authorization field holds no access token: $value"),
		inTheField, false,
	},
	OAuthTokenInvalid: {
		"oauth_token_invalid", both(401), both(oauthToken), both("This is no access token of this server: $value"),
		"Compare it with the one that the token endpoint gave, character by character.", false,
	},
	OAuthTokenExpired: {
		"oauth_token_expired", both(401), both(oauthToken), both("The access token ended at $value"),
		"Refresh it, or let the member sign in again.", false,
	},
	OAuthTokenRevoked: {
		"oauth_token_revoked", both(401), both(oauthToken), both("The access token was revoked: $value"),
		"Let the member sign in and allow access again.", false,
	},
	OAuthTokenRestricted: {
		"oauth_token_restricted", both(401), both(oauthToken), both("The member is restricted"),
		"Nothing in the request is wrong: the member has to turn to whoever runs this API.", true,
	},
	OAuthTokenDisabled: {
		"oauth_token_disabled", both(401), both(oauthToken), both("The application of this access token is disabled"),
		"Ask whoever runs this API to enable the app.", true,
	},
	OAuthTokenNoMember: {
		"oauth_token_no_member", both(403), both("insufficient_scope"), both("This access token is the application's own, of no member"),
		"Send a token that a member has allowed.", false,
	},
	OAuthTokenScope: {
		"oauth_token_scope", both(403), both("insufficient_scope"), both("The access token has not the scope that is needed: $known"),
		"Let the member allow the scope: name it in scope of the request for authorization.", false,
	},
	OAuthUnavailable: {
		"oauth_unavailable", both(503), both("temporarily_unavailable"), both("The authorization server cannot keep tokens at the moment"),
		"Try again as Retry-After says; nothing was changed.", true,
	},
	OAuthNoRefresh: {
		"oauth_no_refresh", pair(401, 400), pair("access_denied", "unauthorized_client"), both("This application is not given refresh tokens"),
		"Send the member through the authorization again, or ask whoever runs this API for refresh tokens (refresh_tokens).", true,
	},
	OAuthCodeUnknown: {
		"oauth_code_unknown", pair(401, 400), pair(oauthRequest, oauthGrant), pair("Unable to retrieve access token: authorization code not found", "The authorization code is none that was issued here: $value"),
		"Take the value of 'code' from the address that the member came back to, decode it once, and send it whole.", false,
	},
	OAuthCodeOtherApp: {
		"oauth_code_other_app", both(400), pair(oauthRedirect, oauthGrant), pair(badCode, "The authorization code was issued to another application"),
		"Use the client id with which the authorization was asked for.", false,
	},
	OAuthCodeUsed: {
		"oauth_code_used", both(400), pair(oauthRedirect, oauthGrant), pair(badCode, "The authorization code was used before"),
		"Exchange each code once. What it gave was taken back, unless the same request came twice within 10 seconds; send the member through the authorization again.", false,
	},
	OAuthCodeFailed: {
		"oauth_code_failed", both(400), pair(oauthRedirect, oauthGrant), pair(badCode, "The authorization code was used up by $value failed attempts with a wrong redirect_uri or code_verifier"),
		"Mend the request first, then send the member through the authorization again.", false,
	},
	OAuthCodeScopeChanged: {
		"oauth_code_scope_changed", both(400), pair(oauthRedirect, oauthGrant), pair(badCode, "The member has allowed other scopes since, which ended this authorization code"),
		"Use the code of the latest authorization.", false,
	},
	OAuthCodeRevoked: {
		"oauth_code_revoked", both(400), pair(oauthRedirect, oauthGrant), pair(badCode, "Access was taken back before the authorization code was used"),
		"Send the member through the authorization again, if they want that.", false,
	},
	OAuthCodeExpired: {
		"oauth_code_expired", both(400), pair(oauthRedirect, oauthGrant), pair(badCode, "The authorization code expired at $value"),
		"Exchange a code as soon as it comes; send the member through the authorization again. If it came just now, compare the clocks.", false,
	},
	OAuthCodeRedirect: {
		"oauth_code_redirect", both(400), pair(oauthRedirect, oauthGrant), pair(badCode, "The redirect_uri '$value' is not that of the authorization request, '$known'"),
		"Send the redirect_uri of the authorization request, byte for byte.", false,
	},
	OAuthCodeVerifier: {
		"oauth_code_verifier", both(400), pair(oauthRedirect, oauthGrant), pair(badCode, "The code_verifier does not match: $value"),
		"Send the code_verifier from which the code_challenge was made (RFC 7636 section 4.5); keep it with the state of this very authorization.", false,
	},
	OAuthCodeRestricted: {
		"oauth_code_restricted", both(400), pair(oauthRedirect, oauthGrant), pair(badCode, "The member is restricted"),
		"Nothing in the request is wrong: the member has to turn to whoever runs this API.", true,
	},
	OAuthRefreshUnknown: {
		"oauth_refresh_unknown", both(400), pair(oauthRequest, oauthGrant), pair(badRefresh, "The refresh token is none that was issued to this application: $value"),
		"Send the latest refresh_token that this app was given, whole; if there is none, send the member through the authorization again.", false,
	},
	OAuthRefreshExpired: {
		"oauth_refresh_expired", both(400), pair(oauthRequest, oauthGrant), pair(badRefresh, "The refresh token expired at $value"),
		"Send the member through the authorization again: refreshing does not extend a refresh token.", false,
	},
	OAuthRefreshScopeChanged: {
		"oauth_refresh_scope_changed", both(400), pair(oauthRequest, oauthGrant), pair(badRefresh, "The member has allowed other scopes since, which ended this refresh token"),
		"Use the tokens of the latest authorization.", false,
	},
	OAuthRefreshRevoked: {
		"oauth_refresh_revoked", both(400), pair(oauthRequest, oauthGrant), pair(badRefresh, "The refresh token was taken back"),
		"Send the member through the authorization again, if they want that.", false,
	},
	OAuthRefreshReused: {
		"oauth_refresh_reused", both(400), pair(oauthRequest, oauthGrant), pair(badRefresh, "The refresh token had been replaced and was used again, so all tokens of this grant were taken back"),
		"Keep of the refresh tokens the latest alone, in one place. Send the member through the authorization again; if nobody of you used it twice, somebody else has it.", false,
	},
	OAuthRefreshRestricted: {
		"oauth_refresh_restricted", both(400), pair(oauthRequest, oauthGrant), pair(badRefresh, "The member is restricted"),
		"Nothing in the request is wrong: the member has to turn to whoever runs this API. The refresh token is good again when the restriction is lifted.", true,
	},
	OAuthScopeWider: {
		"oauth_scope_wider", both(400), both("invalid_scope"), pair(`Scope "$value" is not authorized for your application`, "The scope '$value' is not among those that the member allowed: $known"),
		"Leave scope out of the refresh; for more than the member allowed, send them through the authorization again.", false,
	},
	OAuthAuthorizeMissing: {
		"oauth_authorize_missing", both(400), both(oauthRequest), pair(`A required parameter "$parameter" is missing`, "A required parameter '$parameter' is missing"),
		"Add the parameter to the link that leads here.", false,
	},
	OAuthAuthorizeClient: {
		"oauth_authorize_client", pair(401, 400), pair("invalid_client_id", oauthClient), pair("Client_id doesn't match", "No application has the client_id '$value'"),
		"Compare client_id in the link that leads here with that of the app.", false,
	},
	OAuthAuthorizeRedirect: {
		"oauth_authorize_redirect", pair(401, 400), pair(oauthRedirect, oauthRequest), pair("Redirect_uri doesn't match", "The redirect_uri '$value' is not registered for this application"),
		"Register it with the app, or send one that is registered, byte for byte.", false,
	},
	OAuthRequestObject: {
		"oauth_request_object", both(400), both("request_not_supported"), both("The parameter 'request' is not supported"),
		"Send the parameters themselves.", false,
	},
	OAuthRequestURI: {
		"oauth_request_uri", both(400), both("request_uri_not_supported"), both("The parameter 'request_uri' is not supported"),
		"Send the parameters themselves.", false,
	},
	OAuthResponseType: {
		"oauth_response_type", both(400), both("unsupported_response_type"), both("The response_type '$value' is not supported; supported: $known"),
		"Ask for a code, and exchange it for a token.", false,
	},
	OAuthResponseMode: {
		"oauth_response_mode", both(400), both(oauthRequest), both("The response_mode '$value' is not supported; supported: $known"),
		"Leave response_mode out.", false,
	},
	OAuthChallenge: {
		"oauth_challenge", both(400), both(oauthRequest), both("The code_challenge $value"),
		"Make it from a code_verifier: the SHA-256 of it in base64url without padding, 43 characters (RFC 7636 section 4.2).", false,
	},
	OAuthChallengeMethod: {
		"oauth_challenge_method", both(400), both(oauthRequest), both("The code_challenge_method '$value' is not supported; supported: $known"),
		"Say code_challenge_method=S256. Left out it means plain.", false,
	},
	OAuthParameter: {
		"oauth_parameter", both(400), both(oauthRequest), both("The parameter '$parameter' cannot be '$value': $known"),
		"Mend the parameter in the link that leads here.", false,
	},
	OAuthScopeOfApp: {
		"oauth_scope_of_app", both(400), pair("unauthorized_scope_error", "invalid_scope"), pair(`Scope "$value" is not authorized for your application`, "The scope '$value' is not among those of this application: $known"),
		"Ask for scopes of the app's products alone, or ask whoever runs this API for a product that has it.", false,
	},
	OAuthLoginRequired: {
		"oauth_login_required", both(400), both("login_required"), both("The member has to sign in, which prompt=none forbids"),
		"Ask again without prompt=none, where the member can see it.", false,
	},
	OAuthConsentRequired: {
		"oauth_consent_required", both(400), both("consent_required"), both("The member has to be asked, which prompt=none forbids"),
		"Ask again without prompt=none, where the member can see it.", false,
	},
	OAuthCancelledLogin: {
		"oauth_cancelled_login", both(400), pair("user_cancelled_login", "access_denied"), both("The member did not sign in"),
		"Nothing is wrong: let the member go on without it, or ask again when they want to.", false,
	},
	OAuthCancelledAuthorize: {
		"oauth_cancelled_authorize", both(400), pair("user_cancelled_authorize", "access_denied"), both("The member did not allow access"),
		"Nothing is wrong: let the member go on without it, or ask again when they want to.", false,
	},
	OAuthNoMember: {
		"oauth_no_member", both(400), both("access_denied"), both("The account that is signed in has no data here that could be shared"),
		"Let the member sign in with another account, or ask whoever runs this API to make the account a member's.", true,
	},
	OAuthMemberRestricted: {
		"oauth_member_restricted", both(400), both("access_denied"), both("The member is restricted"),
		"Nothing in the request is wrong: the member has to turn to whoever runs this API.", true,
	},
}

// oauthWords are what stands in cause of an answer, for programs: said only to who has shown that it is the app.
var oauthWords = [oauthCauses]string{
	OAuthCodeOtherApp: "code_other_app", OAuthCodeUsed: "code_used", OAuthCodeFailed: "code_used", OAuthCodeScopeChanged: "scope_changed",
	OAuthCodeRevoked: "grant_revoked", OAuthCodeExpired: "code_expired", OAuthCodeRedirect: "redirect_mismatch", OAuthCodeVerifier: "verifier_mismatch",
	OAuthCodeRestricted: "member_restricted", OAuthRefreshExpired: "refresh_expired", OAuthRefreshScopeChanged: "scope_changed",
	OAuthRefreshRevoked: "grant_revoked", OAuthRefreshReused: "refresh_reused", OAuthRefreshRestricted: "member_restricted",
}
