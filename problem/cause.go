package problem

// rowCauses name the cause of a problem that has no Detail: most such rows have one cause alone. They stand in logs and in the reference; what an answer
// says is in the row.
var rowCauses = [typeCount]string{ //nolint:gosec // names, and no credentials
	MalformedRequest:         "head_syntax",
	InvalidURL:               "url_syntax",
	InvalidBody:              "body_syntax",
	InvalidInput:             "bad_value",
	MissingField:             "field_missing",
	AmbiguousCredentials:     "two_credentials",
	VersionMissing:           "no_version",
	UnknownAuthScheme:        "other_scheme",
	TokenInURL:               "token_in_query",
	EmptyAccessToken:         "no_token",
	InvalidAccessToken:       "token_refused",
	RevokedAccessToken:       "revoked",
	ExpiredAccessToken:       "token_past_its_end",
	RestrictedMember:         "member_restricted",
	EmptyAPIKey:              "no_key",
	InvalidAPIKey:            "key_unknown",
	ExpiredAPIKey:            "key_past_its_end",
	AccessDenied:             "not_permitted",
	AppDisabled:              "app_off",
	AddressNotAllowed:        "address_not_listed",
	PreflightDenied:          "preflight",
	ResourceNotFound:         "unknown_path",
	MethodNotAllowed:         "other_method",
	RequestTimeout:           "client_too_slow",
	LengthRequired:           "no_length",
	PayloadTooLarge:          "body_too_large",
	URITooLong:               "request_line_too_long",
	UnsupportedMediaType:     "other_type",
	ExpectationFailed:        "other_expectation",
	MisdirectedRequest:       "unknown_host",
	NonexistentVersion:       "version_not_active",
	Throttled:                "quota_used_up",
	TooManyFailures:          "failures_of_address",
	InfrastructureProtection: "overload",
	HeadersTooLarge:          "head_too_large",
	InternalError:            "fault_of_gateway",
	TokenVerificationFailed:  "not_verified",
	NotImplemented:           "not_known",
	UpstreamUnreachable:      "not_reached",
	UpstreamBroke:            "broken_off",
	UpstreamInvalid:          "answer_syntax",
	ServiceUnavailable:       "not_available",
	GatewayTimeout:           "upstream_too_slow",
	HTTPVersion:              "other_version",
	LoopDetected:             "too_many_hops",
	EntityNotFound:           upstreamsOwn,
	NotAcceptable:            upstreamsOwn,
	Conflict:                 upstreamsOwn,
	Gone:                     upstreamsOwn,
	PreconditionFailed:       upstreamsOwn,
	Unprocessable:            upstreamsOwn,
	UpstreamClientError:      upstreamsOwn,
	UpstreamServerError:      upstreamsOwn,
	ClientGone:               "connection_ended",
}

// upstreamsOwn is the cause of a problem that an upstream's own status became.
const upstreamsOwn = "answer_of_upstream"

// Cause names what exactly was wrong: the reason of access_denied, else the detail, else what the row's problems without a detail have in common. It is
// empty for no problem alone.
func (p *Problem) Cause() string {
	switch {
	case p.Reason != NoReason:
		return p.Reason.String()
	case p.Detail != NoDetail:
		return p.Detail.Name()
	}
	return RowCause(p.Type)
}

// RowCause is the name of the cause that a row's problems without a detail have.
func RowCause(t Type) string {
	if t >= typeCount {
		return ""
	}
	return rowCauses[t]
}

// DetailNamed is the detail of a name that a log or an answer says; NoDetail if there is none.
func DetailNamed(name string) Detail {
	for d := DetailBareLF; d < detailCount; d++ {
		if details[d].name == name && !laterDetails[d] {
			return d
		}
	}
	return NoDetail
}

// ReasonNamed is the reason of a name that a log or an answer says; NoReason if there is none.
func ReasonNamed(name string) Reason {
	for r := AppLacksProduct; r <= ScopeMissing; r++ {
		if r.String() == name {
			return r
		}
	}
	return NoReason
}
