package problem

import (
	"strconv"
	"strings"
)

// OAuthCause is why a request to an endpoint of the authorization server fails (RFC 6749 §5.2, RFC 7009 §2.2.1, RFC 7662 §2.3).
type OAuthCause uint8

// The causes, in the order in which requests are checked.
const (
	OAuthMethod             OAuthCause = iota // another method than POST
	OAuthTooLarge                             // a body beyond the limit of www
	OAuthSlow                                 // a body that does not come
	OAuthMediaType                            // no form
	OAuthMalformed                            // a form that cannot be read
	OAuthInURL                                // a parameter in the URL, where logs keep it
	OAuthRepeated                             // a parameter twice
	OAuthMissing                              // a parameter that is required
	OAuthGrantType                            // a grant_type that is not known, or not served
	OAuthTwoAuthentications                   // credentials in the form and in Authorization
	OAuthScheme                               // Authorization with another scheme than Basic, or what is no Basic
	OAuthNoAuthentication                     // no credentials
	OAuthUnknownClient                        // a client id that no app has
	OAuthWrongSecret                          // a secret that is not the app's, or no more
	OAuthTooMany                              // too many failures of one address
	OAuthDisabled                             // the app is switched off
	OAuthNotAllowed                           // a grant_type that is not the app's
	OAuthScope                                // a scope that is not the app's
	OAuthUnavailable                          // what keeps the tokens does not answer
	oauthCauses             = iota
)

// OAuthProblem is one failure with its facts.
type OAuthProblem struct {
	Cause      OAuthCause
	Parameter  string // of the form
	Value      string // what was sent for it; never a secret
	Known      string // what would have been taken
	RetryAfter int    // seconds; 0: not said
	TwoLegged  bool   // the client asks for a token of its own
	Basic      bool   // it has used Authorization
}

// OAuthRow is a cause as one profile says it.
type OAuthRow struct {
	Name, Error, Description, Fix string
	Status                        int
}

type oauthRow struct {
	name            string
	status          [profileCount]int
	error           [profileCount]string
	description     [profileCount]string // $parameter, $value and $known are facts
	fix             string
	fixesOfOperator bool
}

// both is a word that both profiles have.
func both[T any](word T) [profileCount]T { return [profileCount]T{word, word} }

// pair is what the linkedin profile says, and what the standard one does.
func pair[T any](linkedin, standard T) (p [profileCount]T) {
	p[LinkedIn], p[Standard] = linkedin, standard
	return p
}

const (
	oauthRequest = "invalid_request"
	oauthClient  = "invalid_client"
)

const compareSecret = "Compare client id and secret with those of the app; the secret may have been replaced. In Authorization: Basic each is encoded as in a form, + as %2B."

var oauthRows = [oauthCauses]oauthRow{
	OAuthMethod: {
		"oauth_method", both(405), both(oauthRequest), both("$value is not supported here; supported: $known"),
		"Send the parameters with POST, in the body.", false,
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
	OAuthUnavailable: {
		"oauth_unavailable", both(503), both("temporarily_unavailable"), both("The authorization server cannot keep tokens at the moment"),
		"Try again as Retry-After says; nothing was changed.", true,
	},
}

// Name is the cause's own, by which its page is found.
func (c OAuthCause) Name() string { return oauthRows[c].name }

// OAuthCauses are all of them.
func OAuthCauses() (all []OAuthCause) {
	for c := range OAuthCause(oauthCauses) {
		all = append(all, c)
	}
	return all
}

// Operators reports whether only who runs the API can mend it.
func (c OAuthCause) Operators() bool { return oauthRows[c].fixesOfOperator }

// Row is what a profile says of a problem. A description holds what RFC 6749 §5.2 allows in the standard profile; the linkedin one keeps its quotation marks.
func (p *OAuthProblem) Row(profile Profile) OAuthRow {
	row := &oauthRows[p.Cause]
	r := OAuthRow{Name: row.name, Error: row.error[profile], Status: row.status[profile], Fix: row.fix}
	if profile == LinkedIn && p.Cause == OAuthWrongSecret && p.TwoLegged {
		r.Error = "invalid_client_id"
	}
	r.Description = strings.NewReplacer("$parameter", p.Parameter, "$value", short(p.Value), "$known", p.Known).Replace(row.description[profile])
	r.Description = describable(r.Description, profile)
	return r
}

// maxValue bounds what is said of a value that a caller sent, so that what would have been taken is still told.
const maxValue = 100

func short(value string) string {
	if len(value) > maxValue {
		return value[:maxValue] + "..."
	}
	return value
}

// maxDescription bounds a description: what a caller sent for it is as long as the caller likes.
const maxDescription = 300

// describable leaves of a text what an error_description may hold (RFC 6749 §5.2): visible ASCII and blanks without quotation mark and backslash.
func describable(text string, profile Profile) string {
	out := make([]byte, 0, len(text))
	for _, r := range text {
		if r < ' ' || r > '~' || r == '\\' || r == '"' && profile != LinkedIn {
			r = '?'
		}
		if len(out) == maxDescription {
			return string(out) + "..."
		}
		out = append(out, byte(r))
	}
	return string(out)
}

// AppendOAuth appends the body of an answer: error and error_description, where to read more, if pages is not empty, and the id of the call.
func (p *OAuthProblem) AppendOAuth(dst []byte, profile Profile, pages, id string) []byte {
	r := p.Row(profile)
	page := r.Name
	if profile == Standard && p.Cause == OAuthUnknownClient { // nobody finds out which clients there are
		page = OAuthWrongSecret.Name()
	}
	dst = append(append(dst, `{"error":"`...), r.Error...)
	dst = append(append(dst, `","error_description":`...), strconv.Quote(r.Description)...)
	if pages != "" {
		dst = append(append(dst, `,"error_uri":`...), strconv.Quote(strings.TrimSuffix(pages, "/")+"/oauth#"+page)...)
	}
	return append(append(append(dst, `,"requestId":"`...), id...), "\"}\n"...)
}
