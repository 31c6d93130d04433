package problem

// Type is a row of the catalogue: one kind of failure. The zero value is no problem.
type Type uint8

// The rows of the catalogue, in the order of their status. ClientGone is for logs only: nobody is left to read an answer.
const (
	None Type = iota
	MalformedRequest
	InvalidURL
	InvalidBody
	InvalidInput
	MissingField
	AmbiguousCredentials
	VersionMissing
	UnknownAuthScheme
	TokenInURL
	EmptyAccessToken
	InvalidAccessToken
	RevokedAccessToken
	ExpiredAccessToken
	RestrictedMember
	EmptyAPIKey
	InvalidAPIKey
	ExpiredAPIKey
	AccessDenied
	AppDisabled
	AddressNotAllowed
	PreflightDenied
	ResourceNotFound
	EntityNotFound
	MethodNotAllowed
	NotAcceptable
	RequestTimeout
	Conflict
	Gone
	LengthRequired
	PreconditionFailed
	PayloadTooLarge
	URITooLong
	UnsupportedMediaType
	ExpectationFailed
	MisdirectedRequest
	Unprocessable
	NonexistentVersion
	Throttled
	TooManyFailures
	InfrastructureProtection
	HeadersTooLarge
	InternalError
	TokenVerificationFailed
	NotImplemented
	UpstreamUnreachable
	UpstreamBroke
	UpstreamInvalid
	ServiceUnavailable
	GatewayTimeout
	HTTPVersion
	LoopDetected
	UpstreamClientError
	UpstreamServerError
	ClientGone

	typeCount
)

// Name is the key of the row, as Candor-Problem and the logs say it: "expired_access_token". None has the empty name.
func (t Type) Name() string {
	if t >= typeCount {
		return ""
	}
	return rows[t].name
}

// String is the name.
func (t Type) String() string { return t.Name() }

// ByName finds a row by its name, among those that something answers with.
func ByName(name string) (Type, bool) {
	for t := MalformedRequest; t < typeCount; t++ {
		if rows[t].name == name && !laterTypes[t] {
			return t, true
		}
	}
	return None, false
}

// Types lists every row that something answers with, in the order of the catalogue; ClientGone is not among them.
func Types() []Type {
	all := make([]Type, 0, typeCount)
	for t := MalformedRequest; t < ClientGone; t++ {
		if !laterTypes[t] {
			all = append(all, t)
		}
	}
	return all
}

// Profile is one of the two ways to say the catalogue.
type Profile uint8

// The profiles: Standard for an API that has never heard of LinkedIn, LinkedIn for its documented contract to the letter.
const (
	Standard Profile = iota
	LinkedIn
	profileCount = iota
)

// String is the profile's name in candor.yaml.
func (p Profile) String() string {
	if p == LinkedIn {
		return "linkedin"
	}
	return "standard"
}

// ProfileByName reads a profile's name as candor.yaml spells it.
func ProfileByName(name string) (Profile, bool) {
	switch name {
	case "standard":
		return Standard, true
	case "linkedin":
		return LinkedIn, true
	}
	return Standard, false
}

// Dialect is the format of a body.
type Dialect uint8

// The dialects: the contract's own JSON, RFC 9457 problem details, Markdown for programs that read, a page for people, and the operator's envelope.
const (
	Contract Dialect = iota
	RFC9457
	Markdown
	HTML
	Own

	dialectCount
)

var dialects = [dialectCount]struct{ name, kind string }{
	Contract: {"json", "application/json"},
	RFC9457:  {"rfc9457", "application/problem+json"},
	Markdown: {"markdown", "text/markdown; charset=utf-8"},
	HTML:     {"html", "text/html; charset=utf-8"},
	Own:      {"own", "application/json"},
}

// ContentType is the media type of a body in this dialect; that of an envelope is its catalogue's to say.
func (d Dialect) ContentType() string { return dialects[min(d, dialectCount-1)].kind }

// String names the dialect as the golden files do.
func (d Dialect) String() string { return dialects[min(d, dialectCount-1)].name }

// Applied reports whether a byte of the call was written to an upstream. The zero value means none was: a repeat is safe, whatever the method.
type Applied uint8

// What is known of the call's effect.
const (
	AppliedNo Applied = iota
	AppliedUnknown
)

// String is the value of the body's "applied".
func (a Applied) String() string {
	if a == AppliedUnknown {
		return "unknown"
	}
	return "no"
}

// Reason answers the three questions of a 403 from the grant: why a scope is lacking.
type Reason uint8

// The reasons of access_denied.
const (
	NoReason        Reason = iota
	AppLacksProduct        // no product of the app gives the scope or opens the route
	NotAskedFor            // the app has it, but has not asked this member for it
	ScopeChanged           // an earlier grant had it, the present one has not
	ScopeMissing           // the token lacks it, and nothing more is known
)

// String is the value of errorDetails.reason.
func (r Reason) String() string {
	switch r {
	case AppLacksProduct:
		return "app_lacks_product"
	case NotAskedFor:
		return "not_asked_for"
	case ScopeChanged:
		return "scope_changed"
	case ScopeMissing:
		return "scope_missing"
	default:
		return ""
	}
}

// Who can remove the cause of a problem.
type Who uint8

// Those who can fix a problem.
const (
	Caller Who = iota
	TheMember
	Operator
	Upstream
)

// String is one word for it.
func (w Who) String() string {
	return [...]string{"caller", "member", "operator", "upstream"}[w&3]
}

// Retry reports whether, and how, a call may be repeated as it stands.
type Retry uint8

// The ways to repeat a call.
const (
	RetryNo       Retry = iota // the same call will fail the same way
	RetryRefresh               // once, with a new token
	RetryAfter                 // after the seconds of Retry-After
	RetryBackoff               // with growing waits, if the method is idempotent or applied is no
	RetryByStatus              // as the upstream's own status says
)

// String is one word for it.
func (r Retry) String() string {
	if r > RetryByStatus {
		return ""
	}
	return [...]string{"no", "refresh", "after", "backoff", "status"}[r]
}

// Action is what a program should do next.
type Action uint8

// The actions of the contract.
const (
	FixRequest Action = iota
	RefreshToken
	Reauthorize
	RequestPermission
	Wait
	RetryCall
	ContactSupport
)

// String is the value of the body's "action".
func (a Action) String() string {
	if a > ContactSupport {
		return ""
	}
	return [...]string{"fix_request", "refresh_token", "reauthorize", "request_permission", "wait", "retry", "contact_support"}[a]
}
