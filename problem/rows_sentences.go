package problem

// sentence is what a row says: of several the first of which all facts are known. See compile for {fact} and [group].
type sentence struct {
	message  []string // standard; the linkedin profile too, unless
	linkedin []string // the contract has words of its own, kept to the letter
	fix      []string // used where neither configuration nor detail has a fix
}

var sentences = [typeCount]sentence{
	MalformedRequest: {
		message: []string{
			"{detail} in chunk {chunk}[, at column {at} of its size line][: '{excerpt}']",
			"{detail}[ in the field {field}][ at line {line}, column {at} of the {place}][: '{excerpt}']",
			"The request is not valid HTTP[ in the field {field}][ at line {line}, column {at} of the {place}][: '{excerpt}']",
		},
		fix: []string{"Send a request that follows RFC 9112; most HTTP libraries do."},
	},
	InvalidURL: {
		message: []string{
			"The {part} of the URL has {detail} at position {at}[: '{excerpt}']",
			"The {part} of the URL has a character that is not allowed at position {at}[: '{excerpt}']",
			"The URL has a character that is not allowed[: '{excerpt}']",
		},
		linkedin: []string{
			"Invalid character '{excerpt}' at position {at} of the {part}",
			"Invalid character in the URL",
		},
		fix: []string{
			"Check the URL for an invalid character and compare it with the example: {example}.",
			"Check the URL for an invalid character and compare it with the documentation[: {docs}].",
		},
	},
	InvalidBody: {
		message: []string{
			"Unexpected '{excerpt}' at line {line}, column {at} of the {part}",
			"Unexpected end at line {line}, column {at} of the {part}",
			"The body is not what its Content-Type says",
		},
		fix: []string{
			"Correct the {part} at line {line}, column {at}[: there is {detail}].[ An example: {example}]",
			"Send a body that is what its Content-Type says.[ An example: {example}]",
		},
	},
	InvalidInput: {
		message: []string{
			"{input} {detail}[: '{excerpt}']",
			"The value of {input} is not allowed[: '{excerpt}']",
			"A parameter has a value that is not allowed",
		},
		fix: []string{
			"Correct {input}; the example has it right: {example}.",
			"Correct {input} as the documentation says[: {docs}].",
			"Compare the parameters with the documentation[: {docs}].",
		},
	},
	MissingField: {
		message: []string{"The required field {input} is missing", "A required field is missing"},
		fix: []string{
			"Send {input}[ as in the example: {example}].",
			"Compare the fields with the documentation[: {docs}].",
		},
	},
	AmbiguousCredentials: {
		message: []string{
			"Credentials were sent in two places: {name} and {other}",
			"Credentials were sent in two places: {detail}",
			"Credentials were sent in more than one place",
		},
		fix: []string{"Send the credential once, in one Authorization header."},
	},
	VersionMissing: {
		message:  []string{"No version was sent; this API needs the header {versionheader}"},
		linkedin: []string{"A version must be present. Please specify a version by adding the {versionheader} header."},
		fix:      []string{"Send {versionheader}: YYYYMM with an active version[: {active}]."},
	},

	UnknownAuthScheme: {
		message:  []string{"The Authorization header has {detail}", "The scheme of the Authorization header is not one that this API takes"},
		linkedin: []string{"Unknown authentication schema"},
		fix:      []string{"Send Authorization: Bearer TOKEN; the first word of the header must be Bearer.[ How to get a token: {authdocs}]"},
	},
	TokenInURL: {
		message:  []string{"The access token was sent in the URL, as {name}", "The access token was sent in the URL"},
		linkedin: []string{"Empty oauth2_access_token"},
		fix: []string{
			"Move the token from the query parameter {name} to the header Authorization: Bearer TOKEN, and replace it: URLs are logged.",
			"Move the token from the URL to the header Authorization: Bearer TOKEN, and replace it: URLs are logged.",
		},
	},
	EmptyAccessToken: {
		message:  []string{"No access token was sent"},
		linkedin: []string{"Empty oauth2_access_token"},
		fix:      []string{"Send Authorization: Bearer TOKEN; this call had no token.[ How to get a token: {authdocs}]"},
	},
	InvalidAccessToken: {
		message:  []string{"The access token is not valid: {detail}", "The access token is not valid"},
		linkedin: []string{"Invalid access token"},
		fix: []string{
			"Send the token as it was issued; what is wrong begins at position {at}.[ How to get a token: {authdocs}]",
			"Send the token as it was issued, or get a new one.[ How to get a token: {authdocs}]",
		},
	},
	RevokedAccessToken: {
		message:  []string{"The access token was revoked: {detail}", "The access token was revoked"},
		linkedin: []string{"The token used in the request has been revoked by the user"},
		fix:      []string{"Get a new token of your application{?nomember}.", "Send the {member} through authorization again."},
	},
	ExpiredAccessToken: {
		message:  []string{"The access token expired at {expiredat}", "The access token has expired"},
		linkedin: []string{"The token used in the request has expired"},
		fix: []string{
			"Get a new access token with the refresh token{?refreshable}[; this one ended at {expiredat}].",
			"Get a new token of your application{?nomember}[; this one ended at {expiredat}].",
			"Send the {member} through authorization again[; this token ended at {expiredat}].",
		},
	},
	RestrictedMember: {
		message:  []string{"The {member}'s account is restricted"},
		linkedin: []string{"Member is restricted"},
		fix:      []string{"Ask the {member} to have the restriction of the account lifted[, or write to {support}]."},
	},
	EmptyAPIKey: {
		message: []string{"No API key was sent in {name}", "No API key was sent"},
		fix:     []string{"Send your API key in {name}.", "Send your API key."},
	},
	InvalidAPIKey: {
		message: []string{"The API key in {name} is not known", "The API key is not known"},
		fix:     []string{"Send the key as it was issued[, in {name}]; it was not found here."},
	},
	ExpiredAPIKey: {
		message: []string{"The API key expired at {expiredat}", "The API key has expired"},
		fix:     []string{"Ask for a new API key[; this one ended at {expiredat}]."},
	},

	AccessDenied: {
		message: []string{
			"Not enough permissions to access: {resource}.{method}.{version}",
			"Not enough permissions to access: {method} {resource}",
			"Not enough permissions for this call",
		},
		fix: []string{
			"Ask the operator for {oneof}{required} for your application, whose products do not give it{?lacksproduct}.[ Write to {partner}.]",
			"Get a token of your application with {oneof}{required}; your application has it and this token does not{?notasked}{?nomember}.",
			"Ask the {member} for {oneof}{required}, in the authorization; your application has it and did not ask for it{?notasked}.",
			"Send the {member} through authorization again with {oneof}{required}; the latest grant left out what an earlier one had{?scopechanged}.",
			"Get a token with {oneof}{required}.",
			"Get a token with more permissions.",
		},
	},
	AppDisabled: {
		message: []string{"This application was switched off by the operator"},
		fix:     []string{"Write to {support} and give the name of your application.", "Ask the operator of this API why your application was switched off."},
	},
	AddressNotAllowed: {
		message: []string{"Calls from your address are not allowed"},
		fix:     []string{"Write to {support} and give the address that you call from.", "Ask the operator of this API to allow the address that you call from."},
	},
	PreflightDenied: {
		message: []string{
			"The WebSocket of a page of the origin '{excerpt}' was refused: {detail}{?name}",
			"The preflight of the origin '{excerpt}' was refused: {detail}",
			"The preflight was refused: {detail}",
			"The preflight was refused",
		},
		fix: []string{"Ask the operator of this API to let scripts of your origin call it (cors: in its configuration)."},
	},

	ResourceNotFound: {
		message: []string{
			"There is no such resource: the path leaves what is known at '{word}'",
			"There is no such resource",
		},
		linkedin: []string{"Resource {word} does not exist", "Resource does not exist"},
		fix: []string{
			"Correct the path if it is misspelled: the nearest one that your application may see is {nearest}. If it is spelled as documented, it may be restricted to applications that have its product: ask for that{?hides}.[ Write to {partner}.]",
			"Correct the path if it is not spelled as documented. If it is, it may be restricted to applications that have its product: ask for that{?hides}.[ Write to {partner}.]",
			"Correct the path: the nearest one that is known is {nearest}.",
			"Compare the path with the documentation; there is none like it here.",
		},
	},
	EntityNotFound: {
		message: []string{"The API found nothing at {resource}", "The API found nothing of that name"},
		fix:     []string{"Check the id in the path; it may have been deleted, or belong to someone else."},
	},
	MethodNotAllowed: {
		message: []string{
			"{method} is not supported here; supported: {allow}",
			"{method} is not supported here",
			"The method is not supported here[; supported: {allow}]",
		},
		fix: []string{"Use one of the methods that are supported here: {allow}.", "Use another method."},
	},
	NotAcceptable: {
		message: []string{"The API has no answer in a format that Accept allows"},
		fix:     []string{"Accept another media type[: {allow}], or leave the Accept header out."},
	},
	RequestTimeout: {
		message: []string{
			"{detail} within {time}[ (limit {name})]",
			"{detail}",
			"The request did not come within {time}[ (limit {name})]",
			"The request did not come in time",
		},
		fix: []string{"Send the request again, without pauses."},
	},
	Conflict: {
		message: []string{"The call conflicts with the present state of the resource"},
		fix:     []string{"Read the resource again, and repeat the change on what it is now."},
	},
	Gone: {
		message: []string{"The resource is gone for good"},
		fix:     []string{"Stop asking for it, and remove links to it."},
	},
	LengthRequired: {
		message: []string{
			"Content-Length is required for {method}, even with an empty body",
			"Content-Length is required, even with an empty body",
		},
		fix: []string{"Send Content-Length, also on an empty body: Content-Length: 0."},
	},
	PreconditionFailed: {
		message: []string{"A condition of the call does not hold"},
		fix:     []string{"Read the resource again, and repeat the call with its present ETag or date."},
	},
	PayloadTooLarge: {
		message: []string{
			"The body has {sentsize}; the limit is {size}",
			"The body is larger than the limit of {size}",
			"The body is too large",
		},
		fix: []string{"Send a body of at most {size}, or several calls.", "Send a smaller body, or several calls."},
	},
	URITooLong: {
		message: []string{"The request line is longer than the limit of {size}", "The request line is too long"},
		fix:     []string{"Shorten the URL to less than {size}; a long query may be tunnelled in a POST where the API says so.", "Shorten the URL."},
	},
	UnsupportedMediaType: {
		message: []string{
			"The body is not taken here: {detail}",
			"A body of type '{excerpt}' is not taken here",
			"The type of the body is not taken here",
		},
		fix: []string{"Send a body of type {allow}.", "Send a body of a type that the API takes, and name it in Content-Type."},
	},
	ExpectationFailed: {
		message: []string{"The expectation '{excerpt}' is not known here; 100-continue is", "The expectation is not known here; 100-continue is"},
		fix:     []string{"Send Expect: 100-continue, or leave the Expect header out."},
	},
	MisdirectedRequest: {
		message: []string{"The host '{excerpt}' is not served here[: {detail}]", "The host is not served here[: {detail}]"},
		fix:     []string{"Check the host in the URL, and where its name leads."},
	},
	Unprocessable: {
		message: []string{"The API understood the body and cannot process what it says"},
		fix:     []string{"Correct what the API names in errorDetails, and send the call again."},
	},
	NonexistentVersion: {
		message:  []string{"Version {version} is not active", "The version is not active"},
		linkedin: []string{"Requested version {version} is not active", "Requested version is not active"},
		fix:      []string{"Send {versionheader} with an active version: {active}.", "Send {versionheader} with an active version."},
	},

	Throttled: {
		message: []string{
			"The limit of {limit} calls in one {window} is reached: too many came at once{?burst}",
			"The limit of {limit} calls per {window} for the {quota} is reached",
			"A limit of calls is reached",
		},
		linkedin: []string{"Resource level throttle limit for calls to this resource is reached."},
		fix: []string{
			"Wait {retryafter}[ (the limit begins again at {resetsat})]. {repeated} of today's {calls} calls repeated an earlier one: keep answers and ask less[; ask for more at {morelimits}].",
			"Wait {retryafter}[ (the limit begins again at {resetsat})], and look for redundant calls[; ask for more at {morelimits}].",
			"Wait, and look for redundant calls[; ask for more at {morelimits}].",
		},
	},
	TooManyFailures: {
		message: []string{"Too many credentials that were not issued here came from your address"},
		fix: []string{
			"Wait {retryafter}, then send a token that was issued here, byte for byte.[ How to get a token: {authdocs}]",
			"Wait a moment, then send a token that was issued here, byte for byte.[ How to get a token: {authdocs}]",
		},
	},
	InfrastructureProtection: {
		message: []string{"The service is protecting itself from overload; try again shortly"},
		fix: []string{
			"Wait {retryafter} and send the call again; the service returns to normal by itself.",
			"Wait a moment and send the call again; the service returns to normal by itself.",
		},
	},
	HeadersTooLarge: {
		message: []string{
			"{detail}",
			"The {place} is larger than the limit of {size}",
			"The request head is too large",
		},
		fix: []string{"Send fewer or shorter header fields, in all at most {size}.", "Send fewer or shorter header fields."},
	},

	InternalError: {
		message:  []string{"The gateway failed; the fault is ours"},
		linkedin: []string{"Internal Server Error"},
		fix:      []string{"Try again with growing waits, and report the request and the id of this answer to {support}.", "Try again with growing waits, and report the request and the id of this answer."},
	},
	TokenVerificationFailed: {
		message: []string{"The access token could not be verified"},
		fix:     []string{"Try again with growing waits, with the same token: nothing is known against it."},
	},
	NotImplemented: {
		message: []string{
			"{detail}",
			"The method {method} is not known here",
			"The method or transfer coding is not known here",
		},
		fix: []string{"Use one of the methods that are supported here: {allow}{?method}.", "Use one of the methods of HTTP, in capitals."},
	},
	UpstreamUnreachable: {
		message: []string{"The API could not be reached[: {detail}]"},
		fix: []string{ // an attempt before the last one may have reached it
			"Find out whether the call took effect before you repeat it, unless its method is idempotent[; the gateway has tried it {tried} times]{?applied}.",
			"Try again with growing waits: the call did not reach the API[ in {tried} attempts]; its state is shown at {statuspage}.",
			"Try again with growing waits: the call did not reach the API[ in {tried} attempts].",
		},
	},
	UpstreamBroke: {
		message: []string{"The API broke off[: {detail}]"},
		fix: []string{
			"Find out whether the call took effect before you repeat it, unless its method is idempotent[; the gateway has tried it {tried} times]{?applied}.",
			"Try again with growing waits: the call did not reach the API[ in {tried} attempts].",
		},
	},
	UpstreamInvalid: {
		message: []string{"{?limit}{detail}[ ({name})]", "The API's answer is not valid HTTP"},
		fix: []string{
			"Report the id of this answer to {support}: an operator of the gateway can raise {name}.",
			"Report the id of this answer: an operator of the gateway can raise {name}.",
			"Report the id of this answer to {support}; the log says what is wrong and where.",
			"Report the id of this answer; the log says what is wrong and where.",
		},
	},
	ServiceUnavailable: {
		message: []string{"The service is not available now[: {detail}]"},
		fix: []string{
			"Wait {retryafter} and send the call again.",
			"Wait a moment and send the call again.",
		},
	},
	GatewayTimeout: {
		message:  []string{"{detail} within {time}[ (limit {name})]", "{detail} in time[ (limit {name})]", "The API did not answer in time"},
		linkedin: []string{"The API call took too long to process"},
		fix: []string{
			"Find out whether the call took effect before you repeat it, unless its method is idempotent; then try again with growing waits[; the gateway has tried it {tried} times]{?applied}.",
			"Try again with growing waits: the call did not reach the API[ in {tried} attempts].",
		},
	},
	HTTPVersion: {
		message: []string{"{excerpt} is not spoken here; HTTP/1.1 is[ ({detail})]", "This version of HTTP is not spoken here; HTTP/1.1 is"},
		fix:     []string{"Send the request in HTTP/1.1."},
	},
	LoopDetected: {
		message: []string{"The call has come through this gateway before: it goes in a circle"},
		fix:     []string{"Tell {support} that an upstream leads back to this gateway.", "Tell the operator that an upstream leads back to this gateway."},
	},

	UpstreamClientError: {
		message: []string{"The API answered {status} {statusname}", "The API answered {status}", "The API refused the call"},
		fix: []string{
			"Wait as long as Retry-After says, or a while where the answer has none, and send the call again: the API itself limits calls{?waits}.",
			"Find out whether the call took effect before you repeat it, unless its method is idempotent; then try again with growing waits{?retries}.",
			"Get a credential that the API itself takes[, see {docs}]; the gateway let the call pass{?reauthorizes}.",
			"Ask whoever runs the API for the permission[, see {docs}]; the gateway let the call pass{?asks}.",
			"Correct the call as the API says in errorDetails[, see {docs}]; the gateway let it pass{?upstreambody}.",
			"Correct the call as the documentation of the API says[: {docs}]; the gateway let it pass.",
		},
	},
	UpstreamServerError: {
		message: []string{"The API answered {status} {statusname}", "The API answered {status}", "The API failed"},
		fix: []string{
			"Find out whether the call took effect before you repeat it, unless its method is idempotent; then try again with growing waits, after Retry-After where the answer has it{?retries}.",
			"Report the request and the id of this answer to {support}; the API itself failed.", "Report the request and the id of this answer; the API itself failed.",
		},
	},

	ClientGone: {
		message: []string{"The caller left before the answer was written"},
		fix:     []string{"Wait longer for the answer."},
	},
}
