package explain

// familyClues are what the libraries of each language, systems, makers of TLS and proxies call the same failures.
var familyClues = []clue{
	// Connections, by the names of systems, browsers and libraries.
	{`ConnectError\b|ClientConnector(Error)?\b|connection attempts failed|connect call failed|target machine actively refused|ERR_CONNECTION_REFUSED|-1004\b|ConnectionError\b`, chances{"port-closed": 35}},
	{`lookup [^\n]{0,80}(i/o timeout|server misbehaving|no such host)|ERR_NAME_(NOT_RESOLVED|RESOLUTION)|ERR_DNS|ConnectorDNSError|dns error|Failed host lookup|-1003\b|hostname could not be found|resolution failed|could not be resolved`, chances{"name-not-found": 90}},
	{`-1009\b|appears to be offline|ERR_INTERNET_DISCONNECTED|NoRouteToHost|network (is )?down|ENETDOWN|ENONET|os error (101|113|65)`, chances{"no-route": 88}},
	{`-1005\b|network connection was lost|ConnectionResetError|ConnectionAbortedError|Connection was reset|-1001\b[^\n]{0,30}lost|ERR_INCOMPLETE_CHUNKED|ERR_CONTENT_LENGTH_MISMATCH|Premature EOF|InvalidChunkLength`, chances{"connection-cut": 70}},
	{`-1001\b|ERR_(CONNECTION_)?TIMED_OUT|ReadTimeout|WriteTimeout|InterruptedIOException: timeout|AbortError|signal timed out|timeout has expired|TimeoutCancellation|request_timeout=|RequestTimeoutException`, chances{"slow-answer": 60}},

	// TLS, in the words of OpenSSL, BoringSSL, schannel, SecureTransport, rustls, Java, NSS.
	{`SELF_SIGNED|SEC_ERROR_(UNKNOWN|UNTRUSTED|CA_)|MOZILLA_PKIX|ERR_CERT_AUTHORITY`, chances{"certificate-untrusted": 82}},
	{`ERR_CERT_DATE|CERT_DATE_INVALID|SSL_ERROR_EXPIRED`, chances{"certificate-expired": 85, "clock-skew": 10}},
	{`no name matching|Peer ?Unverified|hostname [^\n]{0,80}not verified|CERT_COMMON_NAME|BAD_CERT_DOMAIN|certificate subject name|altnames`, chances{"certificate-name": 90}},
	{`(possess|share|have) (a |no )?common (algorithm|cipher|protocol)|(tls|ssl)[^\n]{0,30}(protocol )?version[^\n]{0,24}(not supported|unsupported|too (low|old))|handshake[_ ]failure|fatal alert: (handshake|protocol|internal|illegal|decode|unrecognized|insufficient)`, chances{"tls-mismatch": 92}},
	{`bad[_ ]certificate|alert number (42|43|44|45|46|116)|certificate_required|client cert(ificate)?[^\n]{0,30}(required|missing|expected|not)`, chances{"client-certificate": 88}},

	{`(closed|terminated|aborted|reset|ended)[^\n]{0,30}(during|in|while|before)[^\n]{0,16}(handshake|secure TLS)`, chances{"tls-mismatch": 94}},

	// HTTP/2 and gRPC.
	{`GOAWAY|ERR_HTTP2|ENHANCE_YOUR_CALM|StreamReset|stream was reset|SPDY`, chances{"http2-ended": 80}},
	{`code = Unimplemented|UNIMPLEMENTED|unknown (method|service)\b|grpc-status: ?12\b`, chances{"route-unknown": 80}},
	{`(received|sent|trying to send) message larger than max|message (is )?(larger|too (large|big))[^\n]{0,24}max|MAX_MESSAGE_LENGTH`, chances{"body-too-large": 90}},
	{`code = Unauthenticated|grpc-status: ?16\b`, chances{"token-not-sent": 35, "token-ended": 25}},
	{`code = PermissionDenied|grpc-status: ?7\b`, chances{"policy-denies": 50, "scope-missing": 25}},
	{`code = NotFound|grpc-status: ?5\b`, chances{"resource-unknown": 60}},
	{`code = InvalidArgument|grpc-status: ?3\b`, chances{"request-invalid": 70}},
	{`code = ResourceExhausted|grpc-status: ?8\b`, chances{"burst-limit": 45}},
	{`code = Unavailable|grpc-status: ?14\b`, chances{"upstream-down": 25, "connection-cut": 12}},

	// JSON that is a page, in the words of parsers.
	{`did not match the expected pattern|returns? (me )?(the |an? )?(index\.html|html)|(html|a page|web ?page|index\.html)[^\n]{0,20}instead of|gives? (me )?html`, chances{"not-json": 70}},
	{`is an invalid start of a value|character encountered while parsing value|unexpected token (at|<)|did not start with array or object|Unexpected character (\(at character 1\)|at line 1)|expected value at line 1|unexpected character at line 1|Expected BEGIN_(OBJECT|ARRAY)|Cannot deserialize|json_decode\(\)|Extra data: line|ParserError|JSONException|JsonSyntax|JsonMapping|NSCocoaErrorDomain Code=3840|EOF while parsing|Invalid JSON text|unexpected JSON token|JsonDecoding|JsonConvert\w*Exception|expected start of the (object|array)|unterminated string in JSON|<!doctype html`, chances{"not-json": 72}},

	// CORS, as Safari says it, and for credentials.
	{`due to access control checks|not allowed by Access-Control-Allow-Origin`, chances{"cors-not-allowed": 75}},
	{`Credential is not supported|credentials flag is true|wildcard in Access-Control|when (the )?(request's )?credentials`, chances{"cors-credentials": 93}},

	// URLs that are none.
	{`URISyntax|UriFormat|Invalid URI\b|invalid port\b|illegal character in (path|query|authority|scheme)|URL rejected|bad URI|not an absolute url|relative URL without a base|first path segment in URL|missing protocol scheme|InvalidUrl`, chances{"url-invalid": 90}},
	{`ERR_TOO_MANY_REDIRECTS|-1007\b|CircularRedirect|Exceeded \d+ redirects`, chances{"redirect-loop": 90}},
	{`unexpected char(acter)? (0x|\\?u?00)[0-9a-f]{2}[^\n]{0,40}(value|header)|new-?line characters? (is |are )?not allowed|(\bcr\b|\blf\b|crlf|line (break|feed|end)s?)[^\n]{0,40}(header|value|not allowed)|in header (content|value|name)`, chances{"hidden-character": 90}},
	{`(^|[\s"'(=>-]|": ?)414([\s"'),.<:;]|$)|uri too (long|large)|request-uri too|url (is )?too long`, chances{"head-too-large": 88}},

	// Logs of HAProxy, Envoy and nginx: who ended it.
	{`(?-i:\b(SC|SQ|PC|RC|sC|sQ)(--|[VNIDR-]{2})[\s,])|<NOSRV>|\b(UH|UF|UO|NC|LH)\b[^\n]{0,40}(no_healthy|overflow|failure|upstream|cluster|")|no_cluster|cluster_not_found|no healthy`, chances{"upstream-down": 88}},
	{`(?-i:\b(sH|sD|cD)--\s)|\bUT\b|\bUMSDR\b|\bSI\b[^\n]{0,20}stream_idle`, chances{"upstream-slow": 80}},
	{`(?-i:\b(C[CDHRQL]|c[HR])--\s)|"? 499 \d|\bDC\b[^\n]{0,40}downstream|downstream_remote_disconnect|client (has )?(disconnected|closed|went away|prematurely)|client prematurely closed`, chances{"slow-answer": 82}},
	{`\bNR\b[^\n]{0,24}route|\bRLSE?\b[^\n]{0,24}(rate|limit)`, chances{"route-unknown": 60}},
	{`\bUAEX\b|ext_authz_(denied|error)|rbac_access_denied`, chances{"policy-denies": 70}},
	{`\bRL\b[^\n]{0,24}(request_rate|limit)|request_rate_limited|local_rate`, chances{"burst-limit": 85}},
	{`(?-i:\bPR--\s)|\bDPE\b|http1\.codec_error|codec_error`, chances{"request-invalid": 60}},

	// Entra, by number.
	{`AADSTS(50105|50020|50057|500213|50177|90072)\b`, chances{"policy-denies": 85}},
	{`AADSTS(50053|50055|50072|50074|50144|50158|50034|50056|50097|53000|53001|53002|53004|530021|75011|160021|50132)\b`, chances{"login-required": 80}},
	{`AADSTS(50001|500011)\b|resource principal`, chances{"resource-unknown": 80, "scope-unknown": 15}},
	{`AADSTS(700027|700021|700023|1000502|50012)\b`, chances{"client-secret-wrong": 75, "jwt-signature": 15}},
	{`AADSTS(90014|901001|9002313|90023|90019|900561|900971|9002012)\b`, chances{"request-invalid": 80, "form-expected": 30}},
	{`AADSTS(50194|90009|900023|50059|90130)\b|not configured as a multi-tenant|tenant[^\n]{0,30}not found`, chances{"client-unknown": 75}},
	{`AADSTS(135010|70000|700005)\b`, chances{"refresh-revoked": 40, "code-expired": 30}},

	// A code that still wears its encoding.
	{`cannot decrypt the (authori[sz]ation )?code|code[^\n]{0,24}(contains?|has|holds|with)[^\n]{0,16}%2[FB]`, chances{"code-encoded": 70}},
	{`/(token|accessToken)\?[^\s]*(grant_type|client_secret)=`, chances{"form-expected": 70}},
	{`malformed (auth(orization)? )?code|code[^\n]{0,60}%2F|(decode|encoding|encoded)[^\n]{0,40}\bcode\b|\bcode\b[^\n]{0,40}(decode|encoded|%2F)|cannot decrypt the (authori[sz]ation )?code`, chances{"code-encoded": 45}},
	{`timestamp_refused|timestamp (refused|rejected)|nonce_used`, chances{"clock-skew": 80}},
}
