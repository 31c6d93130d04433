package problem

// exampleAt is the moment at which the examples happen: 2026-03-01T12:00:00Z.
const exampleAt = 1772366400

// Example is a case of a row with facts as they could be: for golden files, for the reference, for the sandbox's faults.
func Example(t Type) Problem {
	if t >= typeCount {
		return Problem{}
	}
	p := examples[t]
	p.Type = t
	return p
}

var examples = [typeCount]Problem{
	MalformedRequest:     {Detail: DetailSpaceInName, At: 5, Line: 2, Part: "request head", Excerpt: []byte("Host ")},
	InvalidURL:           {Detail: DetailBadEscape, Part: "path", At: 12, Excerpt: []byte("%zz"), Example: "GET /v2/people/id=1"},
	InvalidBody:          {Detail: DetailUnexpectedByte, Part: "JSON body", Line: 3, At: 14, Excerpt: []byte("}")},
	InvalidInput:         {Name: "count", Excerpt: []byte("many"), Detail: DetailBadParameter},
	MissingField:         {Name: "author"},
	AmbiguousCredentials: {Detail: DetailHeaderAndURL, Name: "the Authorization header", Other: "the query parameter access_token"},
	VersionMissing:       {Active: "202503 to 202602"},
	TokenInURL:           {Name: "access_token"},
	EmptyAccessToken:     {Detail: DetailNoAuthorization},
	InvalidAccessToken:   {Detail: DetailTokenTruncated, At: 48},
	RevokedAccessToken:   {Detail: DetailRevokedByMember},
	ExpiredAccessToken:   {ExpiredAt: exampleAt - 86400},
	EmptyAPIKey:          {Name: "X-Api-Key"},
	InvalidAPIKey:        {Name: "X-Api-Key"},
	ExpiredAPIKey:        {ExpiredAt: exampleAt - 86400},
	AccessDenied: {
		Method: []byte("GET"), Resource: "/me", Reason: NotAskedFor,
		Required: []string{"r_liteprofile", "profile"}, Granted: []string{"openid"},
	},
	PreflightDenied:      {Detail: DetailPreflightOrigin, Excerpt: []byte("https://app.example.com")},
	ResourceNotFound:     {Word: []byte("person"), Nearest: "/v2/people/id={personId}"},
	EntityNotFound:       {Resource: "/v2/people/id=0"},
	MethodNotAllowed:     {Method: []byte("DELETE"), Allow: []byte("GET, HEAD")},
	RequestTimeout:       {Detail: DetailHeadTime, Limit: 10_000, Name: "head"},
	LengthRequired:       {Method: []byte("POST")},
	PayloadTooLarge:      {Limit: 10 << 20, Sent: 12 << 20, Name: "body"},
	URITooLong:           {Limit: 8 << 10, Name: "request_line"},
	UnsupportedMediaType: {Excerpt: []byte("text/plain"), Allow: []byte("application/json")},
	ExpectationFailed:    {Excerpt: []byte("200-ok")},
	MisdirectedRequest:   {Excerpt: []byte("other.example.com")},
	NonexistentVersion:   {Version: []byte("20240401"), Active: "202503 to 202602"},
	Throttled:            {Limit: 500, Window: "DAY", Quota: "member", ResetsAt: exampleAt + 43200, RetryAfter: 43200, Calls: 500, Repeated: 412},

	TooManyFailures:          {RetryAfter: 42},
	InfrastructureProtection: {Detail: DetailInFlight, RetryAfter: 1},
	HeadersTooLarge:          {Limit: 32 << 10, Name: "head"},
	TokenVerificationFailed:  {Detail: DetailStoreDown},
	NotImplemented:           {Detail: DetailMethodCase, Method: []byte("get"), Allow: []byte("GET, HEAD")},
	UpstreamUnreachable:      {Detail: DetailRefused},
	UpstreamBroke:            {Detail: DetailEndedEarly, Applied: AppliedUnknown},
	UpstreamInvalid:          {Detail: DetailStatusLine, Applied: AppliedUnknown},
	ServiceUnavailable:       {Detail: DetailDraining, RetryAfter: 5},
	GatewayTimeout:           {Detail: DetailFirstByteTime, Limit: 30_000, Name: "upstreams.*.timeouts.first_byte", Applied: AppliedUnknown},
	HTTPVersion:              {Excerpt: []byte("HTTP/3.7")},
	UpstreamClientError:      {Status: 402, Applied: AppliedUnknown, UpstreamBody: []byte(`{"error":"no credit"}`)},
	UpstreamServerError:      {Status: 500, Applied: AppliedUnknown},
	NotAcceptable:            {Applied: AppliedUnknown},
	Conflict:                 {Applied: AppliedUnknown},
	Gone:                     {Applied: AppliedUnknown},
	PreconditionFailed:       {Applied: AppliedUnknown},
	Unprocessable:            {Applied: AppliedUnknown, UpstreamBody: []byte(`{"error":"end before start"}`)},
	ClientGone:               {Applied: AppliedUnknown},
}

// Example is a case of a row with facts as they could be, in the words of the catalogue's profile.
func (c *Catalogue) Example(t Type) Problem { return exampleIn(c.options.Profile, t) }

// exampleIn is the case with the paths and scopes of an API that has never heard of LinkedIn, where the profile is such a one.
func exampleIn(profile Profile, t Type) Problem {
	p := Example(t)
	if profile == LinkedIn {
		return p
	}
	switch t {
	case InvalidURL:
		p.Example = "GET /v1/orders/7"
	case AccessDenied:
		p.Resource, p.Required, p.Granted = "/v1/orders", []string{"orders.read"}, []string{"profile"}
	case ResourceNotFound:
		p.Word, p.Nearest = []byte("order"), "/v1/orders/{id}"
	case EntityNotFound:
		p.Resource = "/v1/orders/7"
	default: // the example speaks of no path
	}
	return p
}
