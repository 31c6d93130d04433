package http1

// Name is a well-known field name.
type Name uint8

// The names that something here or in front of it asks for; Other is every other name.
const (
	Other Name = iota
	Host
	ContentLength
	TransferEncoding
	Connection
	KeepAlive
	ProxyConnection
	ProxyAuthenticate
	ProxyAuthorization
	TE
	Trailer
	Upgrade
	Expect
	Authorization
	WWWAuthenticate
	Cookie
	SetCookie
	XAPIKey
	Accept
	AcceptCharset
	AcceptEncoding
	AcceptLanguage
	AcceptRanges
	Origin
	Referer
	UserAgent
	From
	Range
	IfMatch
	IfNoneMatch
	IfModifiedSince
	IfUnmodifiedSince
	IfRange
	MaxForwards
	Date
	Via
	Forwarded
	XForwardedFor
	XForwardedHost
	XForwardedPort
	XForwardedProto
	XForwardedPrefix
	XRealIP
	XRequestID
	XClientRequestID
	XLiUUID
	XLiFabric
	XLiRequestID
	CandorApp
	CandorMember
	CandorScopes
	CandorProblem
	CandorHops
	CandorDebug
	Traceparent
	Tracestate
	ContentType
	ContentEncoding
	ContentLanguage
	ContentLocation
	ContentRange
	ContentDisposition
	ContentDigest
	LinkedInVersion
	XRestliID
	XRestliProtocolVersion
	XHTTPMethodOverride
	XHTTPMethod
	XMethodOverride
	XSandboxFault
	AccessControlRequestMethod
	AccessControlRequestHeaders
	AccessControlAllowOrigin
	AccessControlAllowMethods
	AccessControlAllowHeaders
	AccessControlAllowCredentials
	AccessControlExposeHeaders
	AccessControlMaxAge
	SecFetchMode
	SecFetchSite
	SecFetchDest
	SecFetchUser
	UpgradeInsecureRequests
	Location
	RetryAfter
	Server
	Allow
	Vary
	Link
	CacheControl
	Pragma
	Age
	Expires
	Warning
	ETag
	LastModified
	RateLimit
	RateLimitPolicy
	StrictTransportSecurity

	NameCount // how many there are
)

// What the codec must know about a name.
const (
	hop       = 1 << iota // for one hop alone (RFC 9110 §7.6.1): never forwarded. Not Trailer: it stays as long as the trailers do (§6.6.2)
	endToEnd              // Connection may not name it
	noTrailer             // has no place behind a body (RFC 9110 §6.5.1), or nobody would look for it there
	judged                // the framing or the target of the message depends on it
)

type nameRow struct {
	text  string
	flags uint8
}

var nameRows = [NameCount]nameRow{
	Host:                          {"host", endToEnd | noTrailer | judged},
	ContentLength:                 {"content-length", endToEnd | noTrailer | judged},
	TransferEncoding:              {"transfer-encoding", hop | endToEnd | noTrailer | judged},
	Connection:                    {"connection", hop | noTrailer | judged},
	KeepAlive:                     {"keep-alive", hop | noTrailer},
	ProxyConnection:               {"proxy-connection", hop | noTrailer},
	ProxyAuthenticate:             {"proxy-authenticate", hop | noTrailer},
	ProxyAuthorization:            {"proxy-authorization", hop | noTrailer},
	TE:                            {"te", hop | noTrailer | judged},
	Trailer:                       {"trailer", noTrailer},
	Upgrade:                       {"upgrade", hop | noTrailer},
	Expect:                        {"expect", hop | noTrailer | judged},
	Authorization:                 {"authorization", endToEnd | noTrailer},
	WWWAuthenticate:               {"www-authenticate", noTrailer},
	Cookie:                        {"cookie", endToEnd | noTrailer},
	SetCookie:                     {"set-cookie", endToEnd | noTrailer},
	XAPIKey:                       {"x-api-key", endToEnd | noTrailer},
	Accept:                        {"accept", 0},
	AcceptCharset:                 {"accept-charset", 0},
	AcceptEncoding:                {"accept-encoding", 0},
	AcceptLanguage:                {"accept-language", 0},
	AcceptRanges:                  {"accept-ranges", 0},
	Origin:                        {"origin", 0},
	Referer:                       {"referer", 0},
	UserAgent:                     {"user-agent", 0},
	From:                          {"from", 0},
	Range:                         {"range", noTrailer},
	IfMatch:                       {"if-match", noTrailer},
	IfNoneMatch:                   {"if-none-match", noTrailer},
	IfModifiedSince:               {"if-modified-since", noTrailer},
	IfUnmodifiedSince:             {"if-unmodified-since", noTrailer},
	IfRange:                       {"if-range", noTrailer},
	MaxForwards:                   {"max-forwards", noTrailer},
	Date:                          {"date", endToEnd | noTrailer},
	Via:                           {"via", endToEnd | noTrailer},
	Forwarded:                     {"forwarded", endToEnd | noTrailer},
	XForwardedFor:                 {"x-forwarded-for", endToEnd | noTrailer},
	XForwardedHost:                {"x-forwarded-host", endToEnd | noTrailer},
	XForwardedPort:                {"x-forwarded-port", endToEnd | noTrailer},
	XForwardedProto:               {"x-forwarded-proto", endToEnd | noTrailer},
	XForwardedPrefix:              {"x-forwarded-prefix", endToEnd | noTrailer},
	XRealIP:                       {"x-real-ip", endToEnd | noTrailer},
	XRequestID:                    {"x-request-id", endToEnd | noTrailer},
	XClientRequestID:              {"x-client-request-id", endToEnd | noTrailer},
	XLiUUID:                       {"x-li-uuid", endToEnd | noTrailer},
	XLiFabric:                     {"x-li-fabric", endToEnd | noTrailer},
	XLiRequestID:                  {"x-li-request-id", endToEnd | noTrailer},
	CandorApp:                     {"candor-app", endToEnd | noTrailer},
	CandorMember:                  {"candor-member", endToEnd | noTrailer},
	CandorScopes:                  {"candor-scopes", endToEnd | noTrailer},
	CandorProblem:                 {"candor-problem", endToEnd | noTrailer},
	CandorHops:                    {"candor-hops", endToEnd | noTrailer},
	CandorDebug:                   {"candor-debug", endToEnd | noTrailer},
	Traceparent:                   {"traceparent", endToEnd | noTrailer},
	Tracestate:                    {"tracestate", 0},
	ContentType:                   {"content-type", endToEnd | noTrailer},
	ContentEncoding:               {"content-encoding", endToEnd | noTrailer},
	ContentLanguage:               {"content-language", endToEnd | noTrailer},
	ContentLocation:               {"content-location", endToEnd | noTrailer},
	ContentRange:                  {"content-range", endToEnd | noTrailer},
	ContentDisposition:            {"content-disposition", endToEnd | noTrailer},
	ContentDigest:                 {"content-digest", endToEnd},
	LinkedInVersion:               {"linkedin-version", 0},
	XRestliID:                     {"x-restli-id", 0},
	XRestliProtocolVersion:        {"x-restli-protocol-version", 0},
	XHTTPMethodOverride:           {"x-http-method-override", noTrailer},
	XHTTPMethod:                   {"x-http-method", noTrailer},
	XMethodOverride:               {"x-method-override", noTrailer},
	XSandboxFault:                 {"x-sandbox-fault", 0},
	AccessControlRequestMethod:    {"access-control-request-method", 0},
	AccessControlRequestHeaders:   {"access-control-request-headers", 0},
	AccessControlAllowOrigin:      {"access-control-allow-origin", noTrailer},
	AccessControlAllowMethods:     {"access-control-allow-methods", noTrailer},
	AccessControlAllowHeaders:     {"access-control-allow-headers", noTrailer},
	AccessControlAllowCredentials: {"access-control-allow-credentials", noTrailer},
	AccessControlExposeHeaders:    {"access-control-expose-headers", noTrailer},
	AccessControlMaxAge:           {"access-control-max-age", noTrailer},
	SecFetchMode:                  {"sec-fetch-mode", 0},
	SecFetchSite:                  {"sec-fetch-site", 0},
	SecFetchDest:                  {"sec-fetch-dest", 0},
	SecFetchUser:                  {"sec-fetch-user", 0},
	UpgradeInsecureRequests:       {"upgrade-insecure-requests", 0},
	Location:                      {"location", noTrailer},
	RetryAfter:                    {"retry-after", noTrailer},
	Server:                        {"server", 0},
	Allow:                         {"allow", noTrailer},
	Vary:                          {"vary", noTrailer},
	Link:                          {"link", 0},
	CacheControl:                  {"cache-control", noTrailer},
	Pragma:                        {"pragma", noTrailer},
	Age:                           {"age", noTrailer},
	Expires:                       {"expires", noTrailer},
	Warning:                       {"warning", noTrailer},
	ETag:                          {"etag", 0},
	LastModified:                  {"last-modified", 0},
	RateLimit:                     {"ratelimit", 0},
	RateLimitPolicy:               {"ratelimit-policy", 0},
	StrictTransportSecurity:       {"strict-transport-security", 0},
}

// String returns the name in lower case; empty for Other.
func (n Name) String() string {
	if n >= NameCount {
		return ""
	}
	return nameRows[n].text
}
