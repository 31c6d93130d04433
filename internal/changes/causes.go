package changes

// set is some features.
type set uint32

func of(list ...Feature) (s set) {
	for _, f := range list {
		s |= 1 << f
	}
	return s
}

func (s set) has(f Feature) bool { return s>>f&1 == 1 }

// What several rows have in common.
var (
	shape  = of(Field, Param, Member, Media, Method, Version, Revision) // how the call is put together
	bearer = of(TokenKind, TokenPlace, Token, Revision)                 // what was brought as a credential
	rights = of(Scope, Product, TokenKind, Field, Revision)             // what one may do with it
	where  = of(Path, Param, Method, Version, Revision)                 // what was asked for
	behind = of(Upstream, Revision)                                     // what stands behind us
)

// causesByProblem says which features can cause a problem of the catalogue. The User-Agent never can: it stands for what changed with it. The configuration
// can cause whatever we refuse, and the target whatever the API answers. A test holds that each problem has its row.
var causesByProblem = map[string]set{
	"malformed_request":     of(Field, Param, Method),
	"invalid_url":           of(Path, Param, URLSize),
	"invalid_body":          of(Media, Member, Field, Revision),
	"invalid_input":         shape,
	"missing_field":         shape,
	"ambiguous_credentials": of(Field, Param, TokenPlace, Revision),
	"version_missing":       of(Version, Field, Path, Revision),

	"unknown_auth_scheme":  bearer,
	"token_in_url":         of(TokenPlace, Param, Revision),
	"empty_access_token":   of(TokenPlace, Revision),
	"invalid_access_token": bearer | of(Life, Skew),
	"revoked_access_token": bearer | of(Scope),
	"expired_access_token": of(TokenKind, Age, Life, Skew, Revision),
	"restricted_member":    of(Token, TokenKind),
	"empty_api_key":        of(TokenPlace, Revision),
	"invalid_api_key":      bearer,
	"expired_api_key":      of(TokenKind, Age, Life, Skew, Revision),

	"access_denied":       rights,
	"app_disabled":        of(Revision),
	"address_not_allowed": of(Origin, Revision),
	"preflight_denied":    of(Field, Method, Revision),

	"resource_not_found":     where,
	"entity_not_found":       where | behind,
	"method_not_allowed":     where | behind,
	"not_acceptable":         of(Field, Media, Version) | behind,
	"request_timeout":        of(BodySize, Origin, Revision),
	"conflict":               of(Field, Param, Member, Method, Version) | behind,
	"gone":                   where | behind,
	"length_required":        of(Field, Media, Method, Revision),
	"precondition_failed":    of(Field, Version) | behind,
	"payload_too_large":      of(BodySize, Revision),
	"uri_too_long":           of(URLSize, Revision),
	"unsupported_media_type": of(Media, Field, Method, Version) | behind,
	"expectation_failed":     of(Field, Revision),
	"misdirected_request":    of(Field, Revision),
	"unprocessable":          shape | behind,
	"nonexistent_version":    of(Version, Path, Revision),

	"throttled":                 of(Calls, Revision),
	"too_many_failures":         of(Token, TokenKind, TokenPlace, Origin, Revision),
	"infrastructure_protection": of(Calls, Revision),
	"headers_too_large":         of(HeadSize, Revision),

	"internal_error":            behind,
	"token_verification_failed": of(TokenKind, Revision),
	"not_implemented":           of(Method, Field, Revision),
	"upstream_unreachable":      behind,
	"upstream_broke":            behind,
	"upstream_invalid":          behind,
	"service_unavailable":       behind,
	"gateway_timeout":           behind,
	"http_version":              of(Revision),
	"loop_detected":             behind | of(Field),

	"upstream_server_error": behind,
	"client_gone":           behind,
}

// causesByStatus is for what has no row: answers of the API that were passed on, which look at the call in their own way.
var causesByStatus = map[int]set{
	400: shape | behind,
	401: bearer | behind | of(Age, Life, Skew),
	402: of(Product, Calls) | behind,
	403: rights | behind | of(Token, Origin),
	404: where | behind,
	405: where | behind,
	406: of(Field, Media, Version) | behind,
	409: of(Field, Param, Member, Method, Version) | behind,
	410: where | behind,
	411: of(Field, Media, Method) | behind,
	412: of(Field, Version) | behind,
	413: of(BodySize) | behind,
	414: of(URLSize) | behind,
	415: of(Media, Field, Method, Version) | behind,
	422: shape | behind,
	426: of(Version, Path) | behind,
	428: of(Field) | behind,
	429: of(Calls) | behind,
	431: of(HeadSize) | behind,
}

// causeOf is what can cause a failure.
func causeOf(problem string, status int) set {
	if s, ok := causesByProblem[problem]; ok {
		return s
	}
	if s, ok := causesByStatus[status]; ok {
		return s
	}
	if status >= 500 {
		return behind
	}
	return shape | behind // a status that we do not know: how the call is put together, or what stands behind us
}

// harmless are header fields that programs and proxies put in of themselves, and no API refuses a call for: what they say stands under Also.
var harmless = map[string]bool{
	"accept-encoding": true, "accept-language": true, "baggage": true, "cache-control": true, "cdn-loop": true, "connection": true, "dnt": true,
	"downlink": true, "keep-alive": true, "pragma": true, "priority": true, "referer": true, "request-id": true, "rtt": true, "save-data": true,
	"sec-ch-ua": true, "sec-ch-ua-mobile": true, "sec-ch-ua-platform": true, "sec-fetch-dest": true, "sec-fetch-mode": true, "sec-fetch-site": true,
	"sec-fetch-user": true, "sec-gpc": true, "te": true, "traceparent": true, "tracestate": true, "upgrade-insecure-requests": true, "via": true,
	"x-amzn-trace-id": true, "x-b3-parentspanid": true, "x-b3-sampled": true, "x-b3-spanid": true, "x-b3-traceid": true, "x-correlation-id": true,
	"x-datadog-parent-id": true, "x-datadog-sampling-priority": true, "x-datadog-trace-id": true, "x-request-id": true,
}
