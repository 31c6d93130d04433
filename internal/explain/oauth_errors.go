package explain

const (
	theServer = "whoever runs the authorization server"
	compareIt = "Compare the request with the documentation of the authorization server, parameter by parameter; error_description mostly names which it is."
	again     = "Send the member through the authorization again."
)

// oauthNotes are the errors of OAuth and OpenID Connect, as their standards have them, whoever says them.
var oauthNotes = map[string]*note{
	"invalid_request": {
		"Invalid request", "A parameter is missing, came twice, or has a value that cannot be, or the request is malformed otherwise (RFC 6749 sections 4.1.2.1 and 5.2).", you,
		[]string{compareIt, "Send parameters of the token endpoint in the body, as application/x-www-form-urlencoded."},
		noRepeat,
	},
	"invalid_client": {
		"Invalid client", "The client could not be authenticated: it is unknown, the secret is wrong, or the way of authentication is not the one that is registered (RFC 6749 section 5.2).", you,
		[]string{"Compare client id and secret with what is registered; the secret may have been replaced.", "Look at whether the server expects Authorization: Basic or client_secret in the body, and send one of them alone.", "In Authorization: Basic each is encoded as in a form, + as %2B."},
		noRepeat,
	},
	"invalid_grant": {
		"Invalid grant", "The authorization code or refresh token is invalid, expired, revoked, was used before, was issued to another client, or came with another redirect_uri or code_verifier (RFC 6749 section 5.2).", you,
		[]string{"Exchange each code at once and once.", "Send the redirect_uri of the authorization request, byte for byte, and the code_verifier of this very authorization.", "Keep of refresh tokens the latest alone, in one place.", "Compare the clocks.", again},
		askAgain,
	},
	"unauthorized_client": {
		"Unauthorized client", "The client is not allowed to use this grant type or response type (RFC 6749 sections 4.1.2.1 and 5.2).", you,
		[]string{"Compare the grant type with those for which the client is registered.", "Ask whoever runs the authorization server to allow it."},
		noRepeat,
	},
	"unsupported_grant_type": {
		"Unsupported grant type", "The authorization server does not know this grant_type (RFC 6749 section 5.2).", you,
		[]string{"Choose one of grant_types_supported in the metadata of the server (RFC 8414).", "Look at whether the body is a form: in JSON many servers find no grant_type."},
		noRepeat,
	},
	"invalid_scope": {
		"Invalid scope", "A scope is unknown, malformed, or beyond what the client, or the member before it, was given (RFC 6749 sections 4.1.2.1, 5.2 and 6).", you,
		[]string{"Ask for scopes that the client is registered for, divided by blanks.", "Leave scope out of a refresh."},
		noRepeat,
	},
	"access_denied": {
		"Access denied", "The member, or the authorization server, has refused the request (RFC 6749 section 4.1.2.1). Most often the member has cancelled.", nobody,
		[]string{"Let the member go on without it, or ask again when they want to.", "If the member did not cancel, error_description may say why."},
		whenAsked,
	},
	"unsupported_response_type": {
		"Unsupported response type", "The authorization server does not give what response_type asks for (RFC 6749 section 4.1.2.1).", you,
		[]string{"Send response_type=code."},
		noRepeat,
	},
	"server_error": {
		"Server error", "The authorization server failed; in a redirect it cannot say 500 (RFC 6749 section 4.1.2.1).", theServer,
		[]string{"Begin the authorization again after a while.", "Report it with the ids and the time."},
		afterWait,
	},
	"temporarily_unavailable": {
		"Temporarily unavailable", "The authorization server is overloaded or being maintained; in a redirect it cannot say 503 (RFC 6749 section 4.1.2.1).", theServer,
		[]string{"Wait as Retry-After says, where there is one; then try again."},
		afterWait,
	},
	"invalid_token": {
		"Invalid token", "The access token is expired, revoked, malformed, or not good here for another reason (RFC 6750 section 3.1).", you,
		[]string{"Get a new token, by a refresh token where there is one, and repeat the call with it.", "Look at whether it is an access token of the server that this API trusts, sent whole, in Authorization: Bearer."},
		"Once, with a new token.",
	},
	"insufficient_scope": {
		"Insufficient scope", "The access token is good, and lacks a scope that the call needs (RFC 6750 section 3.1).", you,
		[]string{"Look at scope in WWW-Authenticate, which may name it.", "Send the member through the authorization again with the scope."},
		noRepeat,
	},
	"interaction_required": {
		"Interaction required", "The member has to do something, which prompt=none forbids (OpenID Connect Core section 3.1.2.6).", you, []string{"Ask again without prompt=none, where the member can see it."}, withPages,
	},
	"login_required": {
		"Login required", "The member has to sign in, which prompt=none forbids (OpenID Connect Core section 3.1.2.6).", you,
		[]string{"Ask again without prompt=none, where the member can see it.", "In a frame browsers may send no cookies of the authorization server."},
		withPages,
	},
	"consent_required": {
		"Consent required", "The member has to be asked, which prompt=none forbids (OpenID Connect Core section 3.1.2.6).", you, []string{"Ask again without prompt=none, where the member can see it."}, withPages,
	},
	"account_selection_required": {
		"Account selection required", "The member has to choose one of several accounts, which prompt=none forbids (OpenID Connect Core section 3.1.2.6).", you, []string{"Ask again without prompt=none, where the member can see it."}, withPages,
	},
	"request_not_supported": {
		"Request not supported", "The authorization server does not take the parameter request (OpenID Connect Core section 3.1.2.6).", you, []string{"Send the parameters themselves."}, noRepeat,
	},
	"request_uri_not_supported": {
		"Request URI not supported", "The authorization server does not take the parameter request_uri (OpenID Connect Core section 3.1.2.6).", you, []string{"Send the parameters themselves."}, noRepeat,
	},
	"registration_not_supported": {
		"Registration not supported", "The authorization server does not take the parameter registration (OpenID Connect Core section 3.1.2.6).", you, []string{"Leave it out, and register the client before."}, noRepeat,
	},
	"invalid_request_uri": {
		"Invalid request URI", "What request_uri leads to could not be fetched, or is wrong (OpenID Connect Core section 3.1.2.6).", you, []string{"Look at whether the server can reach it, and whether it has ended."}, noRepeat,
	},
	"invalid_request_object": {
		"Invalid request object", "The request object is not one that the server can take (OpenID Connect Core section 3.1.2.6).", you, []string{"Look at its signature, its key and its claims."}, noRepeat,
	},
	"unsupported_token_type": {
		"Unsupported token type", "The server does not revoke tokens of this kind (RFC 7009 section 2.2.1).", you, []string{"Revoke the refresh token instead, or wait until the token ends."}, noRepeat,
	},
	"authorization_pending": {
		"Authorization pending", "The member has not answered yet on the other device (RFC 8628 section 3.5).", nobody, []string{"Ask again after interval seconds."}, "Yes, after interval seconds.",
	},
	"slow_down": {
		"Slow down", "The device asks too often (RFC 8628 section 3.5).", you, []string{"Wait 5 seconds longer each time from now on."}, "Yes, 5 seconds later than before.",
	},
	"expired_token": {
		"Expired device code", "The device code has ended before the member answered (RFC 8628 section 3.5).", you, []string{"Begin again with a new code."}, noRepeat,
	},
	"invalid_target": {
		"Invalid target", "The server gives no tokens for this resource (RFC 8707 section 2).", you, []string{"Compare resource with the address of the API."}, noRepeat,
	},
	"invalid_redirect_uri": {
		"Invalid redirect URI", "A redirect URI is not one that may be registered, or not the one that is (RFC 7591 section 3.2.2; some servers also say it of a code that cannot be exchanged).", you,
		[]string{"Compare redirect_uri with what is registered, byte for byte.", again},
		noRepeat,
	},
	"invalid_client_metadata": {
		"Invalid client metadata", "A value with which a client is to be registered is wrong (RFC 7591 section 3.2.2).", you, []string{compareIt}, noRepeat,
	},
	"invalid_dpop_proof": {
		"Invalid DPoP proof", "The DPoP proof is missing or wrong (RFC 9449 section 5).", you, []string{"Look at htm, htu, iat, the nonce and the key of the proof."}, noRepeat,
	},
	"use_dpop_nonce": {
		"DPoP nonce wanted", "The server wants its nonce in the DPoP proof (RFC 9449 section 8).", you, []string{"Take it from DPoP-Nonce of this answer, and repeat the request with a new proof."}, "Once, with the nonce.",
	},
	"insufficient_user_authentication": {
		"Insufficient user authentication", "The member has to sign in again, or by stronger means (RFC 9470 section 3).", you, []string{"Send the member through the authorization with the acr_values or max_age of the challenge."}, noRepeat,
	},
	"user_cancelled_login": {
		"Sign-in cancelled", "The member did not sign in. LinkedIn's platform, and Candor in the linkedin profile, say it so.", nobody, []string{"Let the member go on without it, or ask again when they want to."}, whenAsked,
	},
	"user_cancelled_authorize": {
		"Consent refused", "The member did not allow access. LinkedIn's platform, and Candor in the linkedin profile, say it so.", nobody, []string{"Let the member go on without it, or ask again when they want to."}, whenAsked,
	},
	"unauthorized_scope_error": {
		"Unauthorized scope", "A scope is not the app's. LinkedIn's platform, and Candor in the linkedin profile, say it so.", you,
		[]string{"Ask for scopes of the app's products alone.", "Ask whoever runs the API for a product that has it."},
		noRepeat,
	},
	"invalid_client_id": {
		"Invalid client id", "No app has this client_id, or the secret is not its. LinkedIn's platform, and Candor in the linkedin profile, say it so.", you, []string{"Compare client id and secret with those of the app."}, noRepeat,
	},
}
