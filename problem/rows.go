package problem

// row is what both profiles share of one kind of failure, and where they differ in more than words.
type row struct {
	name     string
	status   int
	linkedin int // status in the linkedin profile, where it differs
	subcode  int
	code     string
	title    string
	who      Who
	retry    Retry
	action   Action
	points   points // what errorDetails says
	scheme   scheme // what WWW-Authenticate says
}

// points is the kind of errorDetails that a row has.
type points uint8

const (
	pointsNowhere points = iota
	pointsAtInput
	pointsAtLimit
	pointsAtScopes
	pointsUpstream
)

// scheme is the kind of challenge that a row has.
type scheme uint8

const (
	noChallenge       scheme = iota
	bearer                   // no usable credential came: no error (RFC 6750 §3.1)
	invalidToken             // error="invalid_token"
	insufficientScope        // only where a wider token helps
	invalidRequest           // error="invalid_request"
	apiKey                   // a route that takes keys
)

// rows has the facts of each Type; sentences and advice have its words.
var rows = [typeCount]row{
	None: {},

	MalformedRequest:     {name: "malformed_request", status: 400, code: "BAD_REQUEST", title: "Malformed request", points: pointsAtInput},
	InvalidURL:           {name: "invalid_url", status: 400, code: "INVALID_URL", title: "Invalid URL", points: pointsAtInput},
	InvalidBody:          {name: "invalid_body", status: 400, code: "INVALID_BODY", title: "Invalid body", points: pointsAtInput},
	InvalidInput:         {name: "invalid_input", status: 400, code: "PARAM_INVALID", title: "Invalid input", points: pointsAtInput},
	MissingField:         {name: "missing_field", status: 400, code: "MISSING_FIELD", title: "Missing field", points: pointsAtInput},
	AmbiguousCredentials: {name: "ambiguous_credentials", status: 400, code: "AMBIGUOUS_CREDENTIALS", title: "Ambiguous credentials", scheme: invalidRequest},
	VersionMissing:       {name: "version_missing", status: 400, code: "VERSION_MISSING", title: "Version missing"},

	UnknownAuthScheme:  {name: "unknown_auth_scheme", status: 401, subcode: 65605, code: "UNKNOWN_AUTH_SCHEME", title: "Unknown authorization scheme", scheme: bearer},
	TokenInURL:         {name: "token_in_url", status: 401, subcode: 401, code: "EMPTY_ACCESS_TOKEN", title: "Access token in the URL", scheme: bearer},
	EmptyAccessToken:   {name: "empty_access_token", status: 401, subcode: 401, code: "EMPTY_ACCESS_TOKEN", title: "No access token", scheme: bearer},
	InvalidAccessToken: {name: "invalid_access_token", status: 401, subcode: 65600, code: "INVALID_ACCESS_TOKEN", title: "Invalid access token", scheme: invalidToken},
	RevokedAccessToken: {name: "revoked_access_token", status: 401, subcode: 65601, code: "REVOKED_ACCESS_TOKEN", title: "Revoked access token", who: TheMember, action: Reauthorize, scheme: invalidToken},
	ExpiredAccessToken: {name: "expired_access_token", status: 401, subcode: 65602, code: "EXPIRED_ACCESS_TOKEN", title: "Expired access token", retry: RetryRefresh, action: Reauthorize, scheme: invalidToken},
	RestrictedMember:   {name: "restricted_member", status: 401, subcode: 65608, code: "RESTRICTED_MEMBER", title: "Restricted account", who: TheMember, action: ContactSupport, scheme: invalidToken},
	EmptyAPIKey:        {name: "empty_api_key", status: 401, code: "EMPTY_API_KEY", title: "No API key", scheme: apiKey},
	InvalidAPIKey:      {name: "invalid_api_key", status: 401, code: "INVALID_API_KEY", title: "Invalid API key", scheme: apiKey},
	ExpiredAPIKey:      {name: "expired_api_key", status: 401, code: "EXPIRED_API_KEY", title: "Expired API key", scheme: apiKey},

	AccessDenied:      {name: "access_denied", status: 403, subcode: 100, code: "ACCESS_DENIED", title: "Access denied", action: RequestPermission, points: pointsAtScopes, scheme: insufficientScope},
	AppDisabled:       {name: "app_disabled", status: 403, subcode: 100, code: "APP_DISABLED", title: "Application disabled", who: Operator, action: ContactSupport},
	AddressNotAllowed: {name: "address_not_allowed", status: 403, code: "ADDRESS_NOT_ALLOWED", title: "Address not allowed", who: Operator, action: ContactSupport},
	PreflightDenied:   {name: "preflight_denied", status: 403, code: "PREFLIGHT_DENIED", title: "Preflight denied", who: Operator, action: ContactSupport},

	ResourceNotFound:     {name: "resource_not_found", status: 404, code: "RESOURCE_NOT_FOUND", title: "Resource not found"},
	EntityNotFound:       {name: "entity_not_found", status: 404, code: "NOT_FOUND", title: "Entity not found", points: pointsUpstream},
	MethodNotAllowed:     {name: "method_not_allowed", status: 405, code: "METHOD_NOT_ALLOWED", title: "Method not allowed"},
	NotAcceptable:        {name: "not_acceptable", status: 406, code: "NOT_ACCEPTABLE", title: "Not acceptable", points: pointsUpstream},
	RequestTimeout:       {name: "request_timeout", status: 408, code: "REQUEST_TIMEOUT", title: "Request timeout", retry: RetryBackoff, action: RetryCall},
	Conflict:             {name: "conflict", status: 409, code: "CONFLICT", title: "Conflict", points: pointsUpstream},
	Gone:                 {name: "gone", status: 410, code: "GONE", title: "Gone", points: pointsUpstream},
	LengthRequired:       {name: "length_required", status: 411, code: "LENGTH_REQUIRED", title: "Length required"},
	PreconditionFailed:   {name: "precondition_failed", status: 412, code: "PRECONDITION_FAILED", title: "Precondition failed", points: pointsUpstream},
	PayloadTooLarge:      {name: "payload_too_large", status: 413, code: "PAYLOAD_TOO_LARGE", title: "Payload too large"},
	URITooLong:           {name: "uri_too_long", status: 414, code: "URI_TOO_LONG", title: "URI too long"},
	UnsupportedMediaType: {name: "unsupported_media_type", status: 415, code: "UNSUPPORTED_MEDIA_TYPE", title: "Unsupported media type", points: pointsUpstream},
	ExpectationFailed:    {name: "expectation_failed", status: 417, code: "EXPECTATION_FAILED", title: "Expectation failed"},
	MisdirectedRequest:   {name: "misdirected_request", status: 421, code: "MISDIRECTED_REQUEST", title: "Misdirected request"},
	Unprocessable:        {name: "unprocessable", status: 422, code: "UNPROCESSABLE", title: "Unprocessable", points: pointsUpstream},
	NonexistentVersion:   {name: "nonexistent_version", status: 426, code: "NONEXISTENT_VERSION", title: "Version not active"},

	Throttled:                {name: "throttled", status: 429, subcode: 101, code: "TOO_MANY_REQUESTS", title: "Too many requests", retry: RetryAfter, action: Wait, points: pointsAtLimit},
	TooManyFailures:          {name: "too_many_failures", status: 429, code: "TOO_MANY_FAILED_CREDENTIALS", title: "Too many failed credentials", retry: RetryAfter, action: Wait},
	InfrastructureProtection: {name: "infrastructure_protection", status: 503, linkedin: 429, subcode: 102, code: "INFRASTRUCTURE_PROTECTION", title: "Protection from overload", who: Operator, retry: RetryAfter, action: Wait},
	HeadersTooLarge:          {name: "headers_too_large", status: 431, code: "HEADERS_TOO_LARGE", title: "Headers too large", points: pointsAtInput},

	InternalError:           {name: "internal_error", status: 500, code: "INTERNAL_ERROR", title: "Internal error", who: Operator, retry: RetryBackoff, action: ContactSupport},
	TokenVerificationFailed: {name: "token_verification_failed", status: 500, code: "TOKEN_VERIFICATION_FAILED", title: "Token verification failed", who: Operator, retry: RetryBackoff, action: RetryCall},
	NotImplemented:          {name: "not_implemented", status: 501, code: "NOT_IMPLEMENTED", title: "Not implemented"},
	UpstreamUnreachable:     {name: "upstream_unreachable", status: 502, code: "BAD_GATEWAY", title: "API unreachable", who: Upstream, retry: RetryBackoff, action: RetryCall},
	UpstreamBroke:           {name: "upstream_broke", status: 502, code: "BAD_GATEWAY", title: "API broke off", who: Upstream, retry: RetryBackoff, action: RetryCall},
	UpstreamInvalid:         {name: "upstream_invalid", status: 502, code: "BAD_GATEWAY", title: "Invalid answer of the API", who: Upstream, action: ContactSupport},
	ServiceUnavailable:      {name: "service_unavailable", status: 503, code: "SERVICE_UNAVAILABLE", title: "Service unavailable", who: Operator, retry: RetryAfter, action: Wait},
	GatewayTimeout:          {name: "gateway_timeout", status: 504, code: "GATEWAY_TIMEOUT", title: "Gateway timeout", who: Upstream, retry: RetryBackoff, action: RetryCall},
	HTTPVersion:             {name: "http_version", status: 505, code: "HTTP_VERSION_NOT_SUPPORTED", title: "HTTP version not supported"},
	LoopDetected:            {name: "loop_detected", status: 508, code: "LOOP_DETECTED", title: "Loop detected", who: Operator, action: ContactSupport},

	UpstreamClientError: {name: "upstream_client_error", status: 400, code: "BAD_REQUEST", title: "The API refused the call", who: Upstream, retry: RetryByStatus, points: pointsUpstream},
	UpstreamServerError: {name: "upstream_server_error", status: 500, code: "INTERNAL_SERVER_ERROR", title: "The API failed", who: Upstream, retry: RetryByStatus, action: ContactSupport, points: pointsUpstream},

	ClientGone: {name: "client_gone", status: 499, code: "CLIENT_GONE", title: "Client gone"},
}
