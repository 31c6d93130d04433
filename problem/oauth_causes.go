package problem

// OAuthCause is why a request to an endpoint of the authorization server fails (RFC 6749 §5.2, RFC 7009 §2.2.1, RFC 7662 §2.3).
type OAuthCause uint8

// The causes, in the order in which requests are checked.
const (
	OAuthMethod              OAuthCause = iota // another method than POST
	OAuthOrigin                                // a page of an origin that no public app has
	OAuthTooLarge                              // a body beyond the limit of www
	OAuthSlow                                  // a body that does not come
	OAuthMediaType                             // no form
	OAuthMalformed                             // a form that cannot be read
	OAuthInURL                                 // a parameter in the URL, where logs keep it
	OAuthRepeated                              // a parameter twice
	OAuthMissing                               // a parameter that is required
	OAuthGrantType                             // a grant_type that is not known, or not served
	OAuthTwoAuthentications                    // credentials in the form and in Authorization
	OAuthScheme                                // Authorization with another scheme than Basic, or what is no Basic
	OAuthNoAuthentication                      // no credentials
	OAuthUnknownClient                         // a client id that no app has
	OAuthWrongSecret                           // a secret that is not the app's, or no more
	OAuthTooMany                               // too many failures of one address
	OAuthDisabled                              // the app is switched off
	OAuthNotAllowed                            // a grant_type that is not the app's
	OAuthNoRefresh                             // an app that is given no refresh tokens
	OAuthScope                                 // a scope that is not the app's
	OAuthCodeUnknown                           // no code of ours, or of long ago
	OAuthCodeOtherApp                          // of another app
	OAuthCodeUsed                              // used before
	OAuthCodeFailed                            // used up by failures
	OAuthCodeScopeChanged                      // the member has allowed other scopes since
	OAuthCodeRevoked                           // the member has taken access back since
	OAuthCodeExpired                           // past its end
	OAuthCodeRedirect                          // with another redirect URI
	OAuthCodeVerifier                          // with another verifier, or none, or one where none was announced
	OAuthCodeRestricted                        // of a restricted member
	OAuthRefreshUnknown                        // no refresh token of ours, or of another app
	OAuthRefreshExpired                        // past its end
	OAuthRefreshScopeChanged                   // as for codes
	OAuthRefreshRevoked                        // as for codes, or its code was used twice
	OAuthRefreshReused                         // replaced by a later one and used again
	OAuthRefreshRestricted                     // of a restricted member
	OAuthScopeWider                            // a scope that the grant has not
	OAuthAuthorizeMissing                      // a parameter without which nobody can be sent back
	OAuthAuthorizeClient                       // a client id that no app has
	OAuthAuthorizeRedirect                     // a redirect URI that is not the app's
	OAuthRequestObject                         // request, which is not served
	OAuthRequestURI                            // request_uri, which is not served
	OAuthResponseType                          // another response_type than code
	OAuthResponseMode                          // another response_mode than query
	OAuthChallenge                             // no code_challenge where there has to be one, or one that is none
	OAuthChallengeMethod                       // another method than S256
	OAuthParameter                             // a parameter whose value cannot be
	OAuthScopeOfApp                            // a scope that is not the app's, asked of a member
	OAuthLoginRequired                         // prompt=none, and nobody is signed in
	OAuthConsentRequired                       // prompt=none, and nobody has allowed it
	OAuthCancelledLogin                        // at the sign-in
	OAuthCancelledAuthorize                    // at the consent
	OAuthNoMember                              // who is signed in is no member
	OAuthMemberRestricted                      // who is signed in is restricted
	OAuthBearerMissing                         // userinfo without an access token
	OAuthBearerInURL                           // an access token in the URL, where logs keep it
	OAuthBearerTwice                           // in two places
	OAuthBearerMalformed                       // Authorization with another scheme than Bearer, or without a token
	OAuthTokenInvalid                          // no access token of ours
	OAuthTokenExpired                          // past its end
	OAuthTokenRevoked                          // taken back
	OAuthTokenRestricted                       // of a restricted member
	OAuthTokenDisabled                         // of an app that is switched off
	OAuthTokenNoMember                         // of an app for itself
	OAuthTokenScope                            // without a scope that is needed
	OAuthUnavailable                           // what keeps the tokens does not answer
	oauthCauses              = iota
)
