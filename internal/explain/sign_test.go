package explain

import (
	"strings"
	"testing"
)

// What callers really paste: each is told for what it is, and nothing of another's is told as ours.
func TestSigns(t *testing.T) {
	for _, tc := range []struct{ in, want string }{
		// No answer came.
		{"Error: connect ECONNREFUSED 127.0.0.1:8080", "No answer: no server at this address"},
		{"curl: (7) Failed to connect to 127.0.0.1 port 8080 after 0 ms: Connection refused", "No answer: no server at this address"},
		{"curl: (7) Failed to connect to localhost port 443 after 0 ms: Couldn't connect to server", "No answer: no server at this address"},
		{"dial tcp 127.0.0.1:8080: connect: connection refused", "No answer: no server at this address"},
		{"requests.exceptions.ConnectionError: HTTPConnectionPool(host='127.0.0.1', port=8080): Max retries exceeded with url: / (Caused by NewConnectionError('<x>: Failed to establish a new connection: [Errno 111] Connection refused'))", "No answer: no server at this address"},
		{"requests.exceptions.ConnectionError: HTTPSConnectionPool(host='a', port=443): Max retries exceeded with url: /", "No answer: the connection failed"},
		{"requests.exceptions.ConnectionError: ('Connection aborted.', RemoteDisconnected('Remote end closed connection without response'))", "The connection ended without an answer"},
		{"ConnectionError(MaxRetryError(\"HTTPSConnectionPool(host='a', port=443): Max retries exceeded (Caused by NameResolutionError(...))\"))", "No answer: the name was not found"},
		{"requests.exceptions.SSLError: HTTPSConnectionPool(host='a', port=443): Max retries exceeded (Caused by SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate')))", "No answer: the certificate is not trusted"},
		{"curl: (28) Operation timed out after 5001 milliseconds with 0 bytes received", "No answer in time"},
		{"Error: connect ETIMEDOUT 10.0.0.1:443", "No answer in time"},
		{"AxiosError: timeout of 1000ms exceeded", "No answer in time"},
		{"context deadline exceeded (Client.Timeout exceeded while awaiting headers)", "No answer in time"},
		{"curl: (35) OpenSSL/3.0.2: error:0A00010B:SSL routines::wrong version number", "No answer: TLS was not agreed on"},
		{"http: server gave HTTP response to HTTPS client", "No answer: TLS was not agreed on"},
		{"curl: (60) SSL certificate problem: unable to get local issuer certificate", "No answer: the certificate is not trusted"},
		{"x509: certificate signed by unknown authority", "No answer: the certificate is not trusted"},
		{"curl: (52) Empty reply from server", "The connection ended without an answer"},
		{"Error: socket hang up", "The connection ended without an answer"},
		{"curl: (56) Recv failure: Connection reset by peer", "The connection was cut"},
		{"Error: read ECONNRESET", "The connection was cut"},
		{"curl: (18) transfer closed with 3 bytes remaining to read", "The connection was cut"},
		{"Error: getaddrinfo ENOTFOUND api.example.com", "No answer: the name was not found"},
		{"curl: (6) Could not resolve host: api.example.com", "No answer: the name was not found"},
		{"Error: connect EHOSTUNREACH 10.0.0.1:443", "No answer: there is no way to the address"},
		{"curl: (1) Received HTTP/0.9 when not allowed", "The answer is not HTTP"},
		{"curl: (92) HTTP/2 stream 1 was not closed cleanly: PROTOCOL_ERROR (err 1)", "HTTP/2 failed"},
		{"curl: (47) Maximum (50) redirects followed", "Redirects go in a circle"},
		{"SyntaxError: Unexpected token '<', \"<html>\" is not valid JSON", "The answer is not JSON"},
		{"TypeError: Failed to fetch", "The script got no answer"},
		{"AxiosError: Network Error", "The script got no answer"},

		// Chrome, then Firefox.
		{"Access to fetch at 'http://a' from origin 'http://b' has been blocked by CORS policy: No 'Access-Control-Allow-Origin' header is present on the requested resource.", "CORS: the script may not read the answer"},
		{"has been blocked by CORS policy: Response to preflight request doesn't pass access control check: It does not have HTTP ok status.", "CORS: the preflight was refused"},
		{"has been blocked by CORS policy: Response to preflight request doesn't pass access control check: Redirect is not allowed for a preflight request.", "CORS: the preflight was redirected"},
		{"has been blocked by CORS policy: Request header field x-a is not allowed by Access-Control-Allow-Headers in preflight response.", "CORS: a header is not allowed"},
		{"has been blocked by CORS policy: Method PUT is not allowed by Access-Control-Allow-Methods in preflight response.", "CORS: the method is not allowed"},
		{"The value of the 'Access-Control-Allow-Origin' header in the response must not be the wildcard '*' when the request's credentials mode is 'include'.", "CORS: credentials and *"},
		{"The 'Access-Control-Allow-Origin' header has a value 'https://a' that is not equal to the supplied origin.", "CORS: another origin is allowed"},
		{"The 'Access-Control-Allow-Origin' header contains multiple values 'a, a', but only one is allowed.", "CORS: two answers in one"},
		{"Cross-Origin Request Blocked: The Same Origin Policy disallows reading the remote resource at http://a. (Reason: CORS header ‘Access-Control-Allow-Origin’ missing). Status code: 404.", "CORS: the script may not read the answer"},
		{"Cross-Origin Request Blocked: (Reason: CORS preflight response did not succeed). Status code: 403.", "CORS: the preflight was refused"},
		{"Cross-Origin Request Blocked: (Reason: header ‘x-a’ is not allowed according to header ‘Access-Control-Allow-Headers’ from CORS preflight response).", "CORS: a header is not allowed"},
		{"Cross-Origin Request Blocked: (Reason: Did not find method in CORS header ‘Access-Control-Allow-Methods’).", "CORS: the method is not allowed"},
		{"Cross-Origin Request Blocked: (Reason: CORS request did not succeed). Status code: (null).", "No answer came to the script"},

		// Other servers.
		{`{"message":"no Route matched with those values"}`, "404 Kong: no route"},
		{"no Route matched with those values", "404 Kong: no route"},
		{"HTTP/1.1 404 Not Found\r\nServer: kong/3.0\r\n\r\n{\"message\":\"no Route matched with those values\"}", "404 Kong: no route"},
		{`{"message":"Missing Authentication Token"}`, "403 Amazon API Gateway: no such route"},
		{`{"message":"Forbidden"}`, "4xx or 5xx Another gateway's answer"},
		{"error code: 1020", "403 Cloudflare: a rule refused the call"},
		{"error code: 1105", "4xx or 5xx Cloudflare: an error of its own"},
		{"<html><title>Attention Required! | Cloudflare</title></html>", "403 or 503 Cloudflare: a test for browsers"},
		{"<html><head><title>502 Bad Gateway</title></head><body><center>nginx</center></body></html>", "502 Bad Gateway"},
		{"<html><head><title>400 The plain HTTP request was sent to HTTPS port</title></head></html>", "400 nginx: http on the https port"},
		{"connect() failed (111: Connection refused) while connecting to upstream", "502 or 504 nginx: the server behind it"},
		{"<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle this request.\n</body></html>", "503 HAProxy: no server"},
		{"upstream connect error or disconnect/reset before headers. reset reason: connection failure, transport failure reason: delayed connect error: 111", "503 Envoy: no connection to the server behind it"},
		{"no healthy upstream", "503 Envoy: no healthy server"},
		{"RBAC: access denied", "403 Envoy: a policy refused the call"},
		{"404 page not found", "404 404 page not found: not Candor's words"},
		{"HTTP/1.1 404 Not Found\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n404 page not found\n", "404 404 page not found: not Candor's words"},
		{"Cannot GET /v1/orders", "404 Express: no such route"},

		// Ids, in the three spellings.
		{"019cab15-c700-7def-8123-456789abcdef", "The id of a call"},
		{"019cab15c7007def8123456789abcdef", "The id of a call"},
		{"AZyrFccAfe+BI0VniavN7w==", "The id of a call"},
		{"x-li-uuid: AZyrFccAfe+BI0VniavN7w==", "The id of a call"},
		{`"requestId":"019cab15-c700-7def-8123-456789abcdef"`, "The id of a call"},
		{"urn:uuid:019cab15-c700-7def-8123-456789abcdef", "The id of a call"},
		{"7f1c2a7e-3c55-4f0a-9d3e-0a1b2c3d4e5f", "An id of another program"},
		{"d41d8cd98f00b204e9800998ecf8427e", ""},

		// A word of the language is the name of a problem only where it stands by itself.
		{"connect", "method_not_allowed"},
		{"we could not connect it", ""},
		{"the memory is gone", ""},
		{"Request failed with status code 401 INVALID_ACCESS_TOKEN", "invalid_access_token"},
	} {
		e, _ := Explain([]byte(tc.in))
		var got []string
		for i := range e.Meanings {
			m := &e.Meanings[i]
			got = append(got, strings.TrimSpace(m.Problem+m.headlineIfForeign()))
		}
		if s := strings.Join(got, ", "); s != tc.want {
			t.Errorf("%q:\n%s\nwant %s", tc.in, s, tc.want)
		}
		if strings.HasPrefix(tc.want, "4") && e.Answer != nil && e.Answer.By != "other" {
			t.Errorf("%q: by %q", tc.in, e.Answer.By)
		}
	}
}

func (m *Meaning) headlineIfForeign() string {
	if m.Problem != "" {
		return ""
	}
	return m.headline()
}

// Every sign has all that a reader needs, and says nothing twice.
func TestSignsAreWhole(t *testing.T) {
	for _, table := range signs {
		for i := range table {
			m := table[i].meaning()
			if m.Title == "" || m.What == "" || m.Who == "" || len(m.How) == 0 || m.Repeat == "" {
				t.Errorf("%s: %+v", table[i].words.expr, m)
			}
			if got := distinct(m.How); len(got) != len(m.How) {
				t.Errorf("%s: advice is given twice: %q", m.Title, m.How)
			}
		}
	}
}

// No sentence of ours is taken for another's.
func TestOurWordsAreNoSigns(t *testing.T) {
	for _, r := range Catalogue() {
		for _, words := range []string{r.Standard.Message, r.LinkedIn.Message, r.Title, r.Standard.Code} {
			if m, _, ok := known(words); ok {
				t.Errorf("%s: %q is told as %s", r.Problem, words, m.Title)
			}
		}
	}
}

// Advice of the catalogue is not given twice in other words.
func TestDistinct(t *testing.T) {
	for _, tc := range []struct {
		earlier, later string
		same           bool
	}{
		{"Send Authorization: Bearer TOKEN; this call had no Authorization header.", "Send Authorization: Bearer TOKEN.", true},
		{"Find out whether the call took effect before you repeat it, unless its method is idempotent; then try again with growing waits.", "Find out whether the call took effect before you repeat it, unless applied is no or the method is idempotent.", true},
		{"Send the key on every call.", "Compare the key with the one that was issued.", false},
	} {
		if got := sameAdvice(tc.earlier, tc.later); got != tc.same {
			t.Errorf("%q, %q: %t", tc.earlier, tc.later, got)
		}
	}
}
