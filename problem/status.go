package problem

// statusText is what a status is called: the code of the contract and the title of the registry.
type statusText struct {
	status      int
	code, title string
}

// statusTexts are the statuses from 400 on that IANA has registered.
var statusTexts = [...]statusText{
	{400, "BAD_REQUEST", "Bad Request"},
	{401, "UNAUTHORIZED", "Unauthorized"},
	{402, "PAYMENT_REQUIRED", "Payment Required"},
	{403, "FORBIDDEN", "Forbidden"},
	{404, "NOT_FOUND", "Not Found"},
	{405, "METHOD_NOT_ALLOWED", "Method Not Allowed"},
	{406, "NOT_ACCEPTABLE", "Not Acceptable"},
	{407, "PROXY_AUTHENTICATION_REQUIRED", "Proxy Authentication Required"},
	{408, "REQUEST_TIMEOUT", "Request Timeout"},
	{409, "CONFLICT", "Conflict"},
	{410, "GONE", "Gone"},
	{411, "LENGTH_REQUIRED", "Length Required"},
	{412, "PRECONDITION_FAILED", "Precondition Failed"},
	{413, "PAYLOAD_TOO_LARGE", "Content Too Large"},
	{414, "URI_TOO_LONG", "URI Too Long"},
	{415, "UNSUPPORTED_MEDIA_TYPE", "Unsupported Media Type"},
	{416, "RANGE_NOT_SATISFIABLE", "Range Not Satisfiable"},
	{417, "EXPECTATION_FAILED", "Expectation Failed"},
	{418, "IM_A_TEAPOT", "I'm a teapot"},
	{421, "MISDIRECTED_REQUEST", "Misdirected Request"},
	{422, "UNPROCESSABLE", "Unprocessable Content"},
	{423, "LOCKED", "Locked"},
	{424, "FAILED_DEPENDENCY", "Failed Dependency"},
	{425, "TOO_EARLY", "Too Early"},
	{426, "UPGRADE_REQUIRED", "Upgrade Required"},
	{428, "PRECONDITION_REQUIRED", "Precondition Required"},
	{429, "TOO_MANY_REQUESTS", "Too Many Requests"},
	{431, "HEADERS_TOO_LARGE", "Request Header Fields Too Large"},
	{451, "UNAVAILABLE_FOR_LEGAL_REASONS", "Unavailable For Legal Reasons"},
	{500, "INTERNAL_SERVER_ERROR", "Internal Server Error"},
	{501, "NOT_IMPLEMENTED", "Not Implemented"},
	{502, "BAD_GATEWAY", "Bad Gateway"},
	{503, "SERVICE_UNAVAILABLE", "Service Unavailable"},
	{504, "GATEWAY_TIMEOUT", "Gateway Timeout"},
	{505, "HTTP_VERSION_NOT_SUPPORTED", "HTTP Version Not Supported"},
	{506, "VARIANT_ALSO_NEGOTIATES", "Variant Also Negotiates"},
	{507, "INSUFFICIENT_STORAGE", "Insufficient Storage"},
	{508, "LOOP_DETECTED", "Loop Detected"},
	{511, "NETWORK_AUTHENTICATION_REQUIRED", "Network Authentication Required"},
}

func statusNamed(status int) (statusText, bool) {
	for i := range statusTexts {
		if statusTexts[i].status == status {
			return statusTexts[i], true
		}
	}
	return statusText{}, false
}

func statusTitle(status int) string {
	t, _ := statusNamed(status)
	return t.title
}

// statusCode is the code of an upstream's status: its name, or that of its class.
func statusCode(status int) string {
	if t, ok := statusNamed(status); ok {
		return t.code
	}
	if status < 500 {
		return "CLIENT_ERROR"
	}
	return "SERVER_ERROR"
}

// StatusTitle is what a status from 400 on is called, or "".
func StatusTitle(status int) string { return statusTitle(status) }

// StatusByCode finds the status whose name is a code: what upstream_client_error and upstream_server_error say.
func StatusByCode(code string) (int, bool) {
	for i := range statusTexts {
		if statusTexts[i].code == code {
			return statusTexts[i].status, true
		}
	}
	return 0, false
}
