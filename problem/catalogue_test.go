package problem

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const exampleID = "019cab15-c700-7def-8123-456789abcdef"

func catalogue(tb testing.TB, o Options) *Catalogue {
	tb.Helper()
	c, err := New(o)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func TestEveryConstantHasItsRow(t *testing.T) {
	names := map[string]bool{}
	for typ := MalformedRequest; typ < typeCount; typ++ {
		r := rows[typ]
		if r.name == "" || r.status == 0 || r.code == "" || r.title == "" {
			t.Errorf("rows[%d] lacks a fact: %+v", typ, r)
		}
		if names[r.name] {
			t.Errorf("%s is the name of two rows", r.name)
		}
		names[r.name] = true
		if len(sentences[typ].message) == 0 || len(sentences[typ].fix) == 0 {
			t.Errorf("sentences[%s] has no message or no fix", typ)
		}
		if len(advice[typ].causes) == 0 || len(advice[typ].fixes) == 0 {
			t.Errorf("advice[%s] has no causes or no fixes", typ)
		}
		if got, ok := ByName(r.name); ok == laterTypes[typ] || ok && got != typ {
			t.Errorf("ByName(%q) = %v, %t", r.name, got, ok)
		}
	}
	for typ := MalformedRequest; typ < typeCount; typ++ {
		if got, want := slices.Contains(Types(), typ), typ != ClientGone && !laterTypes[typ]; got != want {
			t.Errorf("Types lists %s: %t", typ, got)
		}
	}
	for _, name := range []string{"", "none", "EXPIRED_ACCESS_TOKEN"} {
		if got, ok := ByName(name); ok {
			t.Errorf("ByName(%q) = %v", name, got)
		}
	}
}

func TestEveryDetailHasItsRow(t *testing.T) {
	names := map[string]bool{}
	for d := DetailBareLF; d < detailCount; d++ {
		r := details[d]
		if r.of == None || r.name == "" || r.text == "" {
			t.Errorf("details[%d] lacks a fact: %+v", d, r)
		}
		if names[r.name] {
			t.Errorf("%s is the name of two details", r.name)
		}
		names[r.name] = true
		if d.Type() != r.of || d.Name() != r.name || d.String() != r.name {
			t.Errorf("detail %d is %s of %s", d, d.Name(), d.Type())
		}
	}
	if Detail(255).Name() != "" || Detail(255).Type() != None || NoDetail.Name() != "" {
		t.Error("what is no detail has a name")
	}
	if diff := cmp.Diff([]Detail{DetailReset, DetailEndedEarly}, Details(UpstreamBroke)); diff != "" {
		t.Error(diff)
	}
}

// The contract, read from its table: status, subcode, code of the linkedin profile.
func TestRowsAreTheContracts(t *testing.T) {
	c := catalogue(t, Options{Profile: LinkedIn})
	for _, want := range []struct {
		typ             Type
		status, subcode int
		code            string
		who             Who
		retry           Retry
	}{
		{MalformedRequest, 400, 0, "BAD_REQUEST", Caller, RetryNo},
		{InvalidURL, 400, 0, "INVALID_URL", Caller, RetryNo},
		{InvalidBody, 400, 0, "INVALID_BODY", Caller, RetryNo},
		{InvalidInput, 400, 0, "PARAM_INVALID", Caller, RetryNo},
		{MissingField, 400, 0, "MISSING_FIELD", Caller, RetryNo},
		{AmbiguousCredentials, 400, 0, "AMBIGUOUS_CREDENTIALS", Caller, RetryNo},
		{VersionMissing, 400, 0, "VERSION_MISSING", Caller, RetryNo},
		{UnknownAuthScheme, 401, 65605, "UNKNOWN_AUTH_SCHEME", Caller, RetryNo},
		{TokenInURL, 401, 401, "EMPTY_ACCESS_TOKEN", Caller, RetryNo},
		{EmptyAccessToken, 401, 401, "EMPTY_ACCESS_TOKEN", Caller, RetryNo},
		{InvalidAccessToken, 401, 65600, "INVALID_ACCESS_TOKEN", Caller, RetryNo},
		{RevokedAccessToken, 401, 65601, "REVOKED_ACCESS_TOKEN", TheMember, RetryNo},
		{ExpiredAccessToken, 401, 65602, "EXPIRED_ACCESS_TOKEN", Caller, RetryRefresh},
		{RestrictedMember, 401, 65608, "RESTRICTED_MEMBER", TheMember, RetryNo},
		{EmptyAPIKey, 401, 0, "EMPTY_API_KEY", Caller, RetryNo},
		{InvalidAPIKey, 401, 0, "INVALID_API_KEY", Caller, RetryNo},
		{ExpiredAPIKey, 401, 0, "EXPIRED_API_KEY", Caller, RetryNo},
		{AccessDenied, 403, 100, "ACCESS_DENIED", Caller, RetryNo},
		{AppDisabled, 403, 100, "APP_DISABLED", Operator, RetryNo},
		{AddressNotAllowed, 403, 0, "ADDRESS_NOT_ALLOWED", Operator, RetryNo},
		{PreflightDenied, 403, 0, "PREFLIGHT_DENIED", Operator, RetryNo},
		{ResourceNotFound, 404, 0, "RESOURCE_NOT_FOUND", Caller, RetryNo},
		{EntityNotFound, 404, 0, "NOT_FOUND", Caller, RetryNo},
		{MethodNotAllowed, 405, 0, "METHOD_NOT_ALLOWED", Caller, RetryNo},
		{NotAcceptable, 406, 0, "NOT_ACCEPTABLE", Caller, RetryNo},
		{RequestTimeout, 408, 0, "REQUEST_TIMEOUT", Caller, RetryBackoff},
		{Conflict, 409, 0, "CONFLICT", Caller, RetryNo},
		{Gone, 410, 0, "GONE", Caller, RetryNo},
		{LengthRequired, 411, 0, "LENGTH_REQUIRED", Caller, RetryNo},
		{PreconditionFailed, 412, 0, "PRECONDITION_FAILED", Caller, RetryNo},
		{PayloadTooLarge, 413, 0, "PAYLOAD_TOO_LARGE", Caller, RetryNo},
		{URITooLong, 414, 0, "URI_TOO_LONG", Caller, RetryNo},
		{UnsupportedMediaType, 415, 0, "UNSUPPORTED_MEDIA_TYPE", Caller, RetryNo},
		{ExpectationFailed, 417, 0, "EXPECTATION_FAILED", Caller, RetryNo},
		{MisdirectedRequest, 421, 0, "MISDIRECTED_REQUEST", Caller, RetryNo},
		{Unprocessable, 422, 0, "UNPROCESSABLE", Caller, RetryNo},
		{NonexistentVersion, 426, 0, "NONEXISTENT_VERSION", Caller, RetryNo},
		{Throttled, 429, 101, "TOO_MANY_REQUESTS", Caller, RetryAfter},
		{TooManyFailures, 429, 0, "TOO_MANY_FAILED_CREDENTIALS", Caller, RetryAfter},
		{InfrastructureProtection, 429, 102, "INFRASTRUCTURE_PROTECTION", Operator, RetryAfter},
		{HeadersTooLarge, 431, 0, "HEADERS_TOO_LARGE", Caller, RetryNo},
		{InternalError, 500, 0, "INTERNAL_ERROR", Operator, RetryBackoff},
		{TokenVerificationFailed, 500, 0, "TOKEN_VERIFICATION_FAILED", Operator, RetryBackoff},
		{NotImplemented, 501, 0, "NOT_IMPLEMENTED", Caller, RetryNo},
		{UpstreamUnreachable, 502, 0, "BAD_GATEWAY", Upstream, RetryBackoff},
		{UpstreamBroke, 502, 0, "BAD_GATEWAY", Upstream, RetryBackoff},
		{UpstreamInvalid, 502, 0, "BAD_GATEWAY", Upstream, RetryNo},
		{ServiceUnavailable, 503, 0, "SERVICE_UNAVAILABLE", Operator, RetryAfter},
		{GatewayTimeout, 504, 0, "GATEWAY_TIMEOUT", Upstream, RetryBackoff},
		{HTTPVersion, 505, 0, "HTTP_VERSION_NOT_SUPPORTED", Caller, RetryNo},
		{LoopDetected, 508, 0, "LOOP_DETECTED", Operator, RetryNo},
		{UpstreamClientError, 400, 0, "BAD_REQUEST", Upstream, RetryByStatus},
		{UpstreamServerError, 500, 0, "INTERNAL_SERVER_ERROR", Upstream, RetryByStatus},
	} {
		r := c.Row(want.typ)
		if r.Status != want.status || r.Subcode != want.subcode || r.Code != want.code || r.Who != want.who || r.Retry != want.retry {
			t.Errorf("%s: %d %d %s %s %s; want %d %d %s %s %s", r.Name, r.Status, r.Subcode, r.Code, r.Who, r.Retry,
				want.status, want.subcode, want.code, want.who, want.retry)
		}
	}
	standard := catalogue(t, Options{})
	if got := standard.Row(InfrastructureProtection).Status; got != 503 {
		t.Errorf("infrastructure_protection is %d in the standard profile", got)
	}
}

// The linkedin profile's messages, to the letter.
func TestMessagesAreTheContracts(t *testing.T) {
	c := catalogue(t, Options{Profile: LinkedIn})
	versioned := Example(AccessDenied)
	versioned.Resource, versioned.Version = "me", []byte("20250601")
	end := Example(InvalidBody)
	end.Excerpt, end.Detail, end.Line, end.At = nil, DetailUnexpectedEnd, 1, 1
	for _, tc := range []struct {
		p    Problem
		want string
	}{
		{Example(InvalidURL), `Invalid character '%zz' at position 12 of the path`},
		{Example(InvalidBody), `Unexpected '}' at line 3, column 14 of the JSON body`},
		{end, `Unexpected end at line 1, column 1 of the JSON body`},
		{Example(VersionMissing), `A version must be present. Please specify a version by adding the LinkedIn-Version header.`},
		{Example(UnknownAuthScheme), `Unknown authentication schema`},
		{Example(TokenInURL), `Empty oauth2_access_token`},
		{Example(EmptyAccessToken), `Empty oauth2_access_token`},
		{Example(InvalidAccessToken), `Invalid access token`},
		{Example(RevokedAccessToken), `The token used in the request has been revoked by the user`},
		{Example(ExpiredAccessToken), `The token used in the request has expired`},
		{Example(RestrictedMember), `Member is restricted`},
		{Example(AccessDenied), `Not enough permissions to access: GET /me`},
		{versioned, `Not enough permissions to access: me.GET.20250601`},
		{Example(ResourceNotFound), `Resource person does not exist`},
		{Example(MethodNotAllowed), `DELETE is not supported here; supported: GET, HEAD`},
		{Example(LengthRequired), `Content-Length is required for POST, even with an empty body`},
		{Example(NonexistentVersion), `Requested version 20240401 is not active`},
		{Example(Throttled), `Resource level throttle limit for calls to this resource is reached.`},
		{Example(InfrastructureProtection), `The service is protecting itself from overload; try again shortly`},
		{Example(InternalError), `Internal Server Error`},
		{Example(TokenVerificationFailed), `The access token could not be verified`},
		{Example(GatewayTimeout), `The API call took too long to process`},
	} {
		if got := string(c.AppendMessage(nil, &tc.p)); got != tc.want {
			t.Errorf("%s: %q\nwant %q", tc.p.Type, got, tc.want)
		}
	}
}

func TestFixesAreSentences(t *testing.T) {
	open := regexp.MustCompile(`\{\??[a-z]+\}|[\[\]]|  `)
	for _, profile := range []Profile{Standard, LinkedIn} {
		c := catalogue(t, Options{Profile: profile})
		for typ := MalformedRequest; typ < typeCount; typ++ {
			for _, p := range []Problem{{Type: typ}, Example(typ)} {
				message, fix := string(c.AppendMessage(nil, &p)), string(c.AppendFix(nil, &p))
				if open.MatchString(message + fix) {
					t.Errorf("%s: a fact is left open: %q, %q", typ, message, fix)
				}
				if !strings.HasSuffix(fix, ".") || message == "" {
					t.Errorf("%s: no sentence: %q, %q", typ, message, fix)
				}
			}
		}
	}
}

// An answer whose problem is not known to us is our fault, and says so.
func TestNoRowIsAnInternalError(t *testing.T) {
	c := catalogue(t, Options{Profile: LinkedIn})
	for _, typ := range []Type{None, typeCount, 255} {
		got := string(c.Append(nil, Contract, &Problem{Type: typ, Detail: 255}, nil))
		want := `{"status":500,"serviceErrorCode":0,"code":"INTERNAL_ERROR","message":"Internal Server Error","fix":"Try again with growing waits, and report the request and the id of this answer.","action":"contact_support","applied":"no"}`
		if got != want {
			t.Errorf("%d: %s\nwant %s", typ, got, want)
		}
	}
}

func TestOverrides(t *testing.T) {
	seven := 7
	c := catalogue(t, Options{
		Profile: LinkedIn, ErrorsURL: "https://example.com/errors/", VersionStatus: 400,
		Overrides: []Override{
			{Type: Throttled, Code: "SLOW_DOWN", Subcode: &seven, Message: "Only {limit} calls [a {window}] [sic]", Fix: "Ask for more at https://example.com/limits."},
			{Type: ExpiredAccessToken, Message: "Expired at {expiredat}"},
			{Type: UpstreamClientError, Code: "THEIRS"},
			{Type: EmptyAccessToken, Fix: "Read {authdocs}"},
		},
	})
	for _, tc := range []struct {
		name string
		p    Problem
		want string
	}{
		{
			"all of a row", Example(Throttled),
			`{"status":429,"serviceErrorCode":7,"code":"SLOW_DOWN","message":"Only 500 calls a day [sic]","fix":"Ask for more at https://example.com/limits.","errorDetails":{"limit":500,"period":"DAY","quota":"member","resetsAt":"2026-03-02T00:00:00Z","calls":500,"repeated":412},"action":"wait","applied":"no","help":"https://example.com/errors/throttled"}`,
		},
		{
			"a fact is lacking: the row's own sentence",
			Problem{Type: ExpiredAccessToken},
			`{"status":401,"serviceErrorCode":65602,"code":"EXPIRED_ACCESS_TOKEN","message":"The token used in the request has expired","fix":"Send the member through authorization again.","action":"reauthorize","applied":"no","help":"https://example.com/errors/expired_access_token"}`,
		},
		{
			"a code by status",
			Problem{Type: UpstreamClientError, Status: 418},
			`{"status":418,"serviceErrorCode":0,"code":"THEIRS","message":"The API answered 418 I'm a teapot","fix":"Correct the call as the documentation of the API says; the gateway let it pass.","action":"fix_request","applied":"no","help":"https://example.com/errors/upstream_client_error"}`,
		},
		{
			"another status of versions",
			Problem{Type: NonexistentVersion},
			`{"status":400,"serviceErrorCode":0,"code":"NONEXISTENT_VERSION","message":"Requested version is not active","fix":"Send LinkedIn-Version with an active version.","action":"fix_request","applied":"no","help":"https://example.com/errors/nonexistent_version"}`,
		},
	} {
		if diff := cmp.Diff(tc.want, string(c.Append(nil, Contract, &tc.p, nil))); diff != "" {
			t.Errorf("%s:\n%s", tc.name, diff)
		}
	}
}

func TestOptionsAreChecked(t *testing.T) {
	minus := -1
	for want, o := range map[string]Options{
		"versions.status is 200; expected a status from 400 to 599":                                       {VersionStatus: 200},
		`docs.errors is "errors"; expected a link that begins with https://`:                              {ErrorsURL: "errors"},
		"an override names no problem of the catalogue":                                                   {Overrides: []Override{{}}},
		"gone: subcode is -1; expected 0 or more":                                                         {Overrides: []Override{{Type: Gone, Subcode: &minus}}},
		"gone: {limits} is no fact that a sentence can name; known are " + strings.Join(factList(), ", "): {Overrides: []Override{{Type: Gone, Fix: "Look at [{limits}]"}}},
	} {
		if _, err := New(o); err == nil || err.Error() != want {
			t.Errorf("%v\nwant %s", err, want)
		}
	}
}

func TestActionsAndRetriesOfACase(t *testing.T) {
	c := catalogue(t, Options{})
	for _, tc := range []struct {
		p      Problem
		action Action
		retry  Retry
	}{
		{Problem{Type: ExpiredAccessToken}, Reauthorize, RetryRefresh},
		{Problem{Type: ExpiredAccessToken, Refreshable: true}, RefreshToken, RetryRefresh},
		{Problem{Type: AccessDenied, Reason: AppLacksProduct}, RequestPermission, RetryNo},
		{Problem{Type: AccessDenied, Reason: ScopeChanged}, Reauthorize, RetryNo},
		{Problem{Type: UpstreamClientError, Status: 409}, FixRequest, RetryNo},
		{Problem{Type: UpstreamClientError, Status: 401}, Reauthorize, RetryNo},
		{Problem{Type: UpstreamClientError, Status: 403}, RequestPermission, RetryNo},
		{Problem{Type: UpstreamClientError, Status: 408}, RetryCall, RetryBackoff},
		{Problem{Type: UpstreamClientError, Status: 429}, Wait, RetryAfter},
		{Problem{Type: UpstreamServerError, Status: 500}, ContactSupport, RetryBackoff},
		{Problem{Type: UpstreamServerError, Status: 501}, ContactSupport, RetryNo},
		{Problem{Type: UpstreamServerError, Status: 503}, RetryCall, RetryAfter},
		{Problem{Type: UpstreamServerError, Status: 200}, ContactSupport, RetryBackoff},
	} {
		if action, retry := c.Action(&tc.p), c.RetryOf(&tc.p); action != tc.action || retry != tc.retry {
			t.Errorf("%s %d: %s, %s; want %s, %s", tc.p.Type, tc.p.Status, action, retry, tc.action, tc.retry)
		}
	}
}

// Of an error of the API itself, what the fix says is what the action says.
func TestFixesOfWrappedErrors(t *testing.T) {
	c := catalogue(t, Options{})
	for _, tc := range []struct {
		p    Problem
		says string
	}{
		{Problem{Type: UpstreamClientError, Status: 429}, "Wait as long as Retry-After says"},
		{Problem{Type: UpstreamClientError, Status: 408}, "try again with growing waits"},
		{Problem{Type: UpstreamClientError, Status: 401}, "Get a credential"},
		{Problem{Type: UpstreamClientError, Status: 403}, "Ask whoever runs the API"},
		{Problem{Type: UpstreamClientError, Status: 400}, "Correct the call as the documentation of the API says"},
		{Problem{Type: UpstreamClientError, Status: 400, UpstreamBody: []byte("{}")}, "Correct the call as the API says in errorDetails"},
		{Problem{Type: UpstreamServerError, Status: 503}, "try again with growing waits"},
		{Problem{Type: UpstreamServerError, Status: 500}, "Report the request"},
	} {
		if got := string(c.AppendFix(nil, &tc.p)); !strings.Contains(got, tc.says) {
			t.Errorf("%s %d: %q", tc.p.Type, tc.p.Status, got)
		}
	}
}

func TestBodiesAreJSON(t *testing.T) {
	for _, profile := range []Profile{Standard, LinkedIn} {
		c := catalogue(t, Options{Profile: profile, ErrorsURL: "https://example.com/e"})
		for typ := MalformedRequest; typ < typeCount; typ++ {
			for _, p := range []Problem{{Type: typ}, Example(typ), hostile(typ)} {
				for _, d := range []Dialect{Contract, RFC9457} {
					if b := c.Append(nil, d, &p, []byte(exampleID)); !json.Valid(b) {
						t.Errorf("%s, %s, %s: %s", profile, d, typ, b)
					}
				}
			}
		}
	}
}

// hostile has in every place what JSON, a header or a terminal could trip over.
func hostile(t Type) Problem {
	const evil = "\x00\x1b[31m\"\\\r\n\x7f\x80\xff\xc3é\u2028\u202e\U000e0001</script>"
	p := Example(t)
	p.At, p.Line, p.Part, p.Field, p.Excerpt, p.Word = 1, 1, evil, []byte(evil), []byte(evil), []byte("%00%22"+evil)
	p.Name, p.Other, p.Method, p.Resource, p.Version, p.Active, p.Allow = evil, evil, []byte(evil), evil, []byte(evil), evil, []byte(evil)
	p.Nearest, p.Example, p.Docs, p.Window, p.Quota = evil, evil, evil, "", evil
	p.Required, p.Granted = []string{evil, evil}, []string{evil}
	p.Reason, p.Limit, p.Sent = ScopeMissing, 5, 7
	return p
}

// Rendering is on the way of every refused call: it allocates nothing, whatever the row, dialect and profile.
func TestNoAllocs(t *testing.T) {
	dst, id := make([]byte, 0, 8192), []byte(exampleID)
	for _, profile := range []Profile{Standard, LinkedIn} {
		c := catalogue(t, Options{Profile: profile, ErrorsURL: "https://example.com/e", Support: Support{Default: "help@example.com"}})
		for typ := MalformedRequest; typ < typeCount; typ++ {
			for _, p := range []Problem{Example(typ), hostile(typ)} {
				allocs := testing.AllocsPerRun(10, func() {
					q := p
					c.Append(dst, Contract, &q, id)
					c.Append(dst, RFC9457, &q, id)
					c.Append(dst, Markdown, &q, id)
					c.Append(dst, HTML, &q, id)
					c.AppendChallenge(dst, &q)
					c.AppendMessage(dst, &q)
					c.AppendFix(dst, &q)
					c.AppendDetail(dst, &q)
				})
				if allocs != 0 {
					t.Errorf("%s, %s: %v allocations", profile, typ, allocs)
				}
			}
		}
		for d := DetailBareLF; d < detailCount; d++ {
			p := ExampleOf(d)
			if allocs := testing.AllocsPerRun(10, func() { c.Append(dst, Contract, &p, id) }); allocs != 0 {
				t.Errorf("%s, %s: %v allocations", profile, d, allocs)
			}
		}
	}
	c, accept := catalogue(t, Options{}), []byte(`text/html, application/json;q=0.9;x="a,b", application/problem+json;q=0.95, */*;q=0.1`)
	if allocs := testing.AllocsPerRun(10, func() { c.Negotiate(accept, nil) }); allocs != 0 {
		t.Errorf("Negotiate: %v allocations", allocs)
	}
}

func BenchmarkAppend(b *testing.B) {
	c, p, id := catalogue(b, Options{Profile: LinkedIn}), Example(EmptyAccessToken), []byte(exampleID)
	dst := make([]byte, 0, 1024)
	b.ReportAllocs()
	for b.Loop() {
		c.Append(dst, Contract, &p, id)
	}
}

// The causes' own examples have the facts that their sentences name.
func TestDetailsOfExamplesAreSaid(t *testing.T) {
	c := catalogue(t, Options{})
	for d := DetailBareLF; d < detailCount; d++ {
		p := ExampleOf(d)
		if got := string(c.AppendDetail(nil, &p)); got == "" || strings.ContainsAny(got, "{}") {
			t.Errorf("%s: %q", d, got)
		}
	}
}
