package problem

// guidance is what the reference says of a row beyond the facts of one case.
type guidance struct {
	causes   []string // in the order in which they occur
	fixes    []string // what to check and do, in order
	linkedin []string // and in the linkedin profile
}

// The checks that a whole class of failures shares.
const (
	checkURL     = "Check the URL for an invalid character."
	checkExample = "Compare the call with the API's example."
	askColleague = "Ask a colleague to look at the request with you."
	askDuck      = "Explain the request to a rubber duck, line by line."
	reportFault  = "Record the request (URL, method, headers, body), the answer (headers with the ids, body) and the client id of the application, without the token, and report them."
)

var advice = [typeCount]guidance{
	MalformedRequest: {
		causes:   []string{"A request written by hand or by an old library ends its lines with LF alone.", "Two lengths, or a length and a transfer coding, were sent.", "A proxy on the way changed the head.", "Something that is not HTTP was sent to this port."},
		fixes:    []string{"Look at the byte and line that the message names.", "Use a maintained HTTP library.", checkExample, askColleague},
		linkedin: []string{askDuck},
	},
	InvalidURL: {
		causes:   []string{"A value was put into the URL without percent-encoding.", "The URL was encoded twice, or cut in an escape.", "The path has //, . or .. from joining two parts."},
		fixes:    []string{checkURL, "Percent-encode each value before it is put into the URL.", checkExample, askColleague},
		linkedin: []string{askDuck},
	},
	InvalidBody: {
		causes:   []string{"The body was cut off or empty.", "A string was put together by hand, with quotes or line ends that were not escaped.", "Content-Type does not name what was sent."},
		fixes:    []string{"Look at the line and column that the message names.", "Let a JSON library write the body.", checkExample, askColleague},
		linkedin: []string{askDuck},
	},
	InvalidInput: {
		causes:   []string{"A parameter is misspelled or has a value of another type.", "X-HTTP-Method-Override was sent to a route that does not take it."},
		fixes:    []string{"Correct the parameter that the message names.", checkExample, askColleague},
		linkedin: []string{askDuck},
	},
	MissingField: {
		causes:   []string{"A required parameter or field was left out, or has an empty name."},
		fixes:    []string{"Send the field that the message names.", checkExample, askColleague},
		linkedin: []string{askDuck},
	},
	AmbiguousCredentials: {
		causes: []string{"A library added Authorization to one that was already there.", "The token was sent in the header and in the URL."},
		fixes:  []string{"Send the token once, in the Authorization header.", "Look for a proxy or an interceptor that adds a second one."},
	},
	VersionMissing: {
		causes: []string{"The version header was left out.", "A proxy on the way dropped it."},
		fixes:  []string{"Send the version header with an active version on every call to a versioned path."},
	},
	UnknownAuthScheme: {
		causes: []string{"The token was sent without the word Bearer.", "Basic or another scheme was sent.", "Bearer is misspelled, or a colon follows it."},
		fixes:  []string{"Send Authorization: Bearer TOKEN."},
	},
	TokenInURL: {
		causes: []string{"The token was sent as access_token or oauth2_access_token in the query, as old documentation shows."},
		fixes:  []string{"Send Authorization: Bearer TOKEN and no token in the URL.", "Replace the token: URLs are kept in logs and histories."},
	},
	EmptyAccessToken: {
		causes: []string{"The Authorization header was left out.", "The variable that should hold the token is empty.", "A redirect to another host dropped the header."},
		fixes:  []string{"Send Authorization: Bearer TOKEN on every call.", "Print the length of the token before it is sent."},
	},
	InvalidAccessToken: {
		causes: []string{"The token was cut off, for example by a column of a database that is too short.", "Quotes, blanks or a line end came along with it.", "It is a refresh token, an authorization code or the token of another service.", "It was changed on the way."},
		fixes:  []string{"Compare the token's length with the one that was issued: wherever it is kept, it must be kept whole.", "Send it without quotes, blanks and line ends.", "Go through the authentication procedure for a new one."},
	},
	RevokedAccessToken: {
		causes: []string{"The member took back the permission.", "The application asked for another set of scopes since, which ends all earlier tokens.", "The application revoked the token itself."},
		fixes:  []string{"Use the token of the latest authorization.", "Send the member through authorization again."},
	},
	ExpiredAccessToken: {
		causes: []string{"The token is past its life; access tokens live 60 days unless configured otherwise."},
		fixes:  []string{"Use the refresh token, if one was issued, for a new access token.", "Send the member through authorization again.", "Refresh before the token ends: expires_in was in the answer that brought it."},
	},
	RestrictedMember: {
		causes: []string{"The operator restricted the member's account."},
		fixes:  []string{"Ask the member to have the restriction lifted.", "Write to support with the id of the answer."},
	},
	EmptyAPIKey: {
		causes: []string{"The key was left out, or the variable that should hold it is empty."},
		fixes:  []string{"Send the key on every call, where the documentation says."},
	},
	InvalidAPIKey: {
		causes: []string{"The key was cut off or mistyped.", "It belongs to another environment.", "It was replaced."},
		fixes:  []string{"Compare the key with the one that was issued."},
	},
	ExpiredAPIKey: {
		causes: []string{"The key is past its end."},
		fixes:  []string{"Ask for a new key."},
	},
	AccessDenied: {
		causes: []string{"The application has no product that gives the permission.", "The application has it, but did not ask the member for it.", "It changed the scopes when it last asked for a token."},
		fixes:  []string{"Does the application have the permission? Look at its products.", "Does it ask the member for it? Look at scope in the authorization URL.", "Did it change scope when it asked for this token?", "Then write to support."},
	},
	AppDisabled: {
		causes: []string{"The operator switched the application off, or it is no longer in the configuration."},
		fixes:  []string{"Ask the operator of the API."},
	},
	AddressNotAllowed: {
		causes: []string{"The call comes from an address that is not on the list.", "It comes through a proxy whose address is not on the list."},
		fixes:  []string{"Call from an allowed address.", "Ask the operator of the API to add yours."},
	},
	PreflightDenied: {
		causes: []string{"A script of a web page calls this API from an origin that the API does not list.", "The API is meant for servers and applications, and takes no calls of scripts.", "The script sends a method or a header that the API does not list.", "A page of an origin that the API does not list opens a WebSocket."},
		fixes:  []string{"Compare the origin in the message with those that the API lists: scheme, host and port must be the same.", "Compare the method and the headers of the call with Access-Control-Allow-Methods and Access-Control-Allow-Headers of the answer.", "Ask the operator of the API to list the origin, the method or the header.", "Call the API from your own server in place of the page."},
	},
	ResourceNotFound: {
		causes:   []string{"The path is misspelled: a plural, a version or a part is wrong.", "The base path is missing or doubled.", "The API is restricted, and the application lacks its product."},
		fixes:    []string{"Compare the path with the nearest known one that the answer names.", "If it is a restricted API, see access_denied."},
		linkedin: []string{"The usual slip is /v2/person/id={personId}: it is /v2/people/id={personId}."},
	},
	EntityNotFound: {
		causes: []string{"The id is wrong.", "The entity was deleted.", "It belongs to someone else."},
		fixes:  []string{"Check the id in the path."},
	},
	MethodNotAllowed: {
		causes: []string{"The method is not one of this path.", "A redirect 301 or 302 turned POST into GET."},
		fixes:  []string{"Use a method that Allow names."},
	},
	NotAcceptable: {
		causes: []string{"Accept names only media types that the API does not have."},
		fixes:  []string{"Accept application/json, or leave Accept out."},
	},
	RequestTimeout: {
		causes: []string{"The connection is slow or was paused.", "The body is made while it is sent.", "Content-Length is larger than the body."},
		fixes:  []string{"Send the request without pauses.", "Compare Content-Length with the bytes of the body.", "Repeat with growing waits."},
	},
	Conflict: {
		causes: []string{"Someone changed the resource in the meantime.", "The resource exists already."},
		fixes:  []string{"Read the resource again and repeat the change on what it is now."},
	},
	Gone: {
		causes: []string{"The resource was removed for good."},
		fixes:  []string{"Stop asking for it."},
	},
	LengthRequired: {
		causes: []string{"A POST without a body was sent without Content-Length.", "The body was sent in chunks where the route needs its length."},
		fixes:  []string{"Send Content-Length, also on an empty POST: Content-Length: 0."},
	},
	PreconditionFailed: {
		causes: []string{"The resource changed since its ETag or date was read."},
		fixes:  []string{"Read the resource again and repeat the call with its present ETag."},
	},
	PayloadTooLarge: {
		causes: []string{"The body is larger than this route takes."},
		fixes:  []string{"Send less in one call.", "Ask the operator for a larger limit."},
	},
	URITooLong: {
		causes: []string{"A long list was put into the query.", "A redirect appends to the URL again and again."},
		fixes:  []string{"Shorten the URL.", "Tunnel the query in a POST where the API takes it."},
	},
	UnsupportedMediaType: {
		causes: []string{"Content-Type is missing or names another type.", "A library sends a form by default."},
		fixes:  []string{"Send the Content-Type that the API takes, such as application/json."},
	},
	ExpectationFailed: {
		causes: []string{"Expect has another value than 100-continue."},
		fixes:  []string{"Leave Expect out."},
	},
	MisdirectedRequest: {
		causes: []string{"The host in the URL is not one of this server's.", "A name leads to the wrong address.", "A connection was used again for a host that its certificate does not name."},
		fixes:  []string{"Check the host in the URL.", "Open a new connection."},
	},
	Unprocessable: {
		causes: []string{"A value is well-formed and not possible."},
		fixes:  []string{"Correct the value that the API names."},
	},
	NonexistentVersion: {
		causes: []string{"The version was switched off: each lives about a year.", "The version is misspelled or does not exist yet."},
		fixes:  []string{"Send an active version.", "Read what changed between the two versions.", "Note the end of the new one in a calendar."},
	},
	Throttled: {
		causes: []string{"The limit of the application or of the member for this resource is used up.", "The same calls are made again and again.", "Too many calls came in one moment."},
		fixes:  []string{"Are there redundant calls? Keep answers instead of asking again.", "Review usage and limits.", "Wait until the reset that the answer names.", "Ask for more.", "It may also be infrastructure protection, which ends by itself."},
	},
	TooManyFailures: {
		causes: []string{
			"A program repeats its calls with a token that was never issued here, was cut off or was altered.",
			"Someone at the same address guesses tokens; all who share a proxy or a network share its address.",
		},
		fixes: []string{
			"Stop repeating calls with a token that was refused.",
			"Wait the seconds of Retry-After, then send a token that was issued here; a good one is never refused for this.",
			"Tokens that have expired or were revoked are not counted: each keeps its own answer.",
			"If all callers seem to have the address of a balancer, ask the operator to name it: trusted_proxies and client_address of the listener.",
		},
	},
	InfrastructureProtection: {
		causes: []string{"The service has more calls in flight than it can bear.", "One API behind it has: its operator said how many it takes at once (upstreams.*.in_flight)."},
		fixes:  []string{"Wait the seconds of Retry-After.", "The service returns to normal by itself.", "Repeat with growing waits."},
	},
	HeadersTooLarge: {
		causes: []string{"Cookies or tokens have grown.", "A proxy on the way adds fields again and again."},
		fixes:  []string{"Send fewer or shorter fields."},
	},
	InternalError: {
		causes: []string{"A fault of the gateway."},
		fixes:  []string{"Repeat with growing waits.", reportFault},
	},
	TokenVerificationFailed: {
		causes: []string{"The store of grants did not answer."},
		fixes:  []string{"Repeat with growing waits and the same token; do not throw the token away.", reportFault},
	},
	NotImplemented: {
		causes: []string{"The method is misspelled or in lower case.", "A transfer coding other than chunked was sent.", "A WebSocket was asked for on a path that opens none."},
		fixes:  []string{"Send the method in capitals.", "Send the body with Content-Length or chunked."},
	},
	UpstreamUnreachable: {
		causes: []string{"The API is down or is being restarted.", "Its name does not resolve, or leads to the wrong address.", "TLS between gateway and API failed."},
		fixes:  []string{"Repeat with growing waits: no byte reached the API.", "Look at the status page.", reportFault},
	},
	UpstreamBroke: {
		causes: []string{"The API crashed or was restarted in the middle of the call.", "A connection on the way was cut."},
		fixes:  []string{"Find out whether the call took effect before you repeat it, unless applied is no or the method is idempotent.", "Look at the status page.", reportFault},
	},
	UpstreamInvalid: {
		causes: []string{
			"The API answers with something that is not HTTP, or with a head that two readers could read differently.",
			"The answer is past a limit of the gateway, which it then names with its key: limits.upstream_head, limits.upstream_fields, limits.chunk_line or limits.trailers.",
		},
		fixes: []string{"Do not repeat the call: the answer will be the same.", "Report the id; the gateway's log says what is wrong and at which byte.", reportFault},
	},
	ServiceUnavailable: {
		causes: []string{"The gateway is being restarted.", "The API failed so often that it is given a rest.", "Too many connections are open."},
		fixes:  []string{"Wait the seconds of Retry-After and repeat.", "Look at the status page.", "Whoever runs the gateway finds in its log since when an API is given a rest, and why."},
	},
	GatewayTimeout: {
		causes: []string{"The call asks for too much at once.", "The API is slow or overloaded.", "The API accepts no connections.", "A limit of the gateway is too short for this call; the answer and the log name its key."},
		fixes:  []string{"Repeat with growing waits, if applied is no or the method is idempotent.", "Ask for less in one call.", "Keep answers instead of asking again.", "Look at the status page.", reportFault},
	},
	HTTPVersion: {
		causes: []string{"The request line names a version other than HTTP/1.0 or HTTP/1.1."},
		fixes:  []string{"Send the request in HTTP/1.1."},
	},
	LoopDetected: {
		causes: []string{"An upstream of the gateway leads back to the gateway itself.", "The call came with a Candor-Hops field that is no number below 8."},
		fixes:  []string{"Tell the operator; nothing in the call can change it."},
	},
	UpstreamClientError: {
		causes:   []string{"The API itself refused the call; the gateway let it pass."},
		fixes:    []string{"Look at errorDetails.upstream for what the API said.", "On 429 wait as long as Retry-After says; on 408 and 425 repeat with growing waits, if the method is idempotent.", checkExample, askColleague},
		linkedin: []string{askDuck},
	},
	UpstreamServerError: {
		causes: []string{"The API itself failed; the gateway passed the call on."},
		fixes:  []string{"Repeat with growing waits on 500, 502 and 504, if the method is idempotent; on 503 wait as long as Retry-After says.", reportFault},
	},
	ClientGone: {
		causes: []string{"The caller closed the connection or lost it."},
		fixes:  []string{"Give the call more time."},
	},
}
