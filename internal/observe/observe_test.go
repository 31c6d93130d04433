package observe

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/candor-gateway/candor/internal/accesslog"
	"github.com/candor-gateway/candor/internal/callid"
)

var (
	noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	id   = callid.New(noon.UnixMilli(), 0xdef, 0x0123456789abcdef)
)

const idText = "019ca945-0a00-7def-8123-456789abcdef"

// call is what a gateway tells of a call that an upstream answered.
func call(method, target string, status int, change ...func(*accesslog.Entry)) *accesslog.Entry {
	e := &accesslog.Entry{
		Time: noon.UnixNano(), ID: id, Method: []byte(method), Target: []byte(target), Status: status, ByUpstream: true, Seen: &accesslog.Seen{},
		Stations: accesslog.Stations{Admit: 10, Connect: 100, FirstByte: 1000, Done: 2000},
	}
	for _, c := range change {
		c(e)
	}
	return e
}

func body(contentType, text string) func(*accesslog.Entry) {
	return func(e *accesslog.Entry) {
		e.Seen.Answer.Type, e.Seen.Answer.Body, e.Seen.Answer.Whole = []byte(contentType), []byte(text), true
	}
}

func sent(authorization string) func(*accesslog.Entry) {
	return func(e *accesslog.Entry) { e.Seen.Authorization = []byte(authorization) }
}

// fragment is a call whose URL nothing lets pass in candor serve.
func fragment(e *accesslog.Entry) {
	e.Seen.Odd, e.Seen.OddWhat, e.Seen.OddFix = "fragment", []byte("The URL has a #"), []byte("Leave it out.")
}

func withCookie(e *accesslog.Entry) { e.Seen.Cookie = true }

func answer(change func(*accesslog.Answer)) func(*accesslog.Entry) {
	return func(e *accesslog.Entry) { change(&e.Seen.Answer) }
}

// ours is a call that Candor itself ended.
func ours(problem, detail, note string, status int) func(*accesslog.Entry) {
	return func(e *accesslog.Entry) {
		e.Problem, e.ByUpstream, e.Status, e.Note = problem, false, status, note
		e.Cause.Detail = detail
		e.Stations.FirstByte = 0
		e.Seen.What, e.Seen.Fix = []byte("What it says"), []byte("What to do.")
	}
}

func tolerated(words ...string) func(*accesslog.Entry) {
	return func(e *accesslog.Entry) { e.Tolerated = words }
}

func jwt(claims string) string {
	part := base64.RawURLEncoding.EncodeToString
	return "Bearer " + part([]byte(`{"alg":"none"}`)) + "." + part([]byte(claims)) + ".c2ln"
}

// shown is what a screen writes of calls.
func shown(o Options, calls ...*accesslog.Entry) (*Screen, string) {
	var out bytes.Buffer
	o.Out, o.Upstream = &out, "http://127.0.0.1:3000"
	s := New(o)
	for _, e := range calls {
		s.Call(e)
	}
	return s, out.String()
}

func TestLines(t *testing.T) {
	in := func(name string, to func(io.Writer) io.WriteCloser) func(*accesslog.Entry) {
		var b bytes.Buffer
		z := to(&b)
		_, _ = z.Write([]byte(`{"message":"too old"}`))
		_ = z.Close()
		return func(e *accesslog.Entry) {
			body("application/json", b.String())(e)
			e.Seen.Answer.Encoding = []byte(name)
		}
	}
	zipped := in("gzip", func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) })
	deflated := in("deflate", func(w io.Writer) io.WriteCloser { return zlib.NewWriter(w) })
	bare := in("deflate", func(w io.Writer) io.WriteCloser { z, _ := flate.NewWriter(w, 9); return z })
	br := in("br", func(w io.Writer) io.WriteCloser { return brotli.NewWriter(w) })
	zst := in("zstd", func(w io.Writer) io.WriteCloser { z, _ := zstd.NewWriter(w); return z })
	for name, c := range map[string]struct {
		before []*accesslog.Entry // that are good
		call   *accesslog.Entry
		want   string // between the id and the time
	}{
		"no reason": {
			call: call("GET", "/x", 403),
			want: "403 GET /x | by upstream | upstream answered 403 and gave no reason | fix: " + lookAtLog,
		},
		"a cookie that all good calls had": {
			before: []*accesslog.Entry{call("GET", "/me", 200, withCookie), call("GET", "/me", 200, withCookie)},
			call:   call("GET", "/me", 401),
			want:   `401 GET /me | by upstream | upstream answered 401; no Cookie came, which 2 good calls of /me had | fix: Log in, and let the client keep and send cookies (curl: -b and -c; fetch: credentials: "include").`,
		},
		"a cookie that is missed, with a token": {
			before: []*accesslog.Entry{call("GET", "/me", 200, withCookie)},
			call:   call("GET", "/me", 403, sent("Bearer x")),
			want:   `403 GET /me | by upstream | upstream answered 403; no Cookie came, which the one good call of /me had | fix: Log in, and let the client keep and send cookies (curl: -b and -c; fetch: credentials: "include").`,
		},
		"a cookie that is not taken": {
			before: []*accesslog.Entry{call("GET", "/me", 200, withCookie)},
			call:   call("GET", "/me", 401, withCookie),
			want:   "401 GET /me | by upstream | upstream answered 401; a cookie came and no Authorization, as with the one good call of /me | fix: Log in again: the session of the cookie may have ended.",
		},
		"a cookie that some good calls had": {
			before: []*accesslog.Entry{call("GET", "/me", 200, withCookie), call("GET", "/me", 200)},
			call:   call("GET", "/me", 401),
			want:   "401 GET /me | by upstream | upstream answered 401; no Authorization came | fix: " + usualFix(401),
		},
		"a WebSocket that was not opened": {
			call: call("GET", "/chat", 200, func(e *accesslog.Entry) { e.Seen.WebSocket = true }),
			want: "200 GET /chat | by upstream | the client asked for a WebSocket, and upstream answered 200 as to any other call | fix: Look whether the API opens WebSockets at this path, and whether the client means another one.",
		},
		"a WebSocket": {call: call("GET", "/chat", 101, func(e *accesslog.Entry) { e.Seen.WebSocket = true })},
		"gRPC-web": {
			call: call("POST", "/p.S/M", 200, answer(func(a *accesslog.Answer) { a.GRPCStatus, a.GRPCMessage = []byte("16"), []byte("no%20token") })),
			want: `200 POST /p.S/M | by upstream | upstream answered 200: "no token" (grpc-status 16 UNAUTHENTICATED) | fix: Correct what grpc-status and grpc-message name.`,
		},
		"gRPC-web that is good": {call: call("POST", "/p.S/M", 200, answer(func(a *accesslog.Answer) { a.GRPCStatus = []byte("0") }))},
		"a good call":           {call: call("GET", "/x", 200)},
		"a redirect":            {call: call("GET", "/x", 302)},
		"problem+json": {
			call: call("GET", "/x", 400, body("application/problem+json", `{"type":"about:blank","title":"Bad order","detail":"The order has no lines","status":400}`)),
			want: `400 GET /x | by upstream | upstream answered 400: "Bad order: The order has no lines" | fix: ` + usualFix(400),
		},
		"the contract": {
			call: call("GET", "/x", 401, body("application/json", `{"status":401,"serviceErrorCode":65602,"code":"EXPIRED_ACCESS_TOKEN","message":"The token has expired","fix":"Get a new one."}`), sent("Bearer x")),
			want: `401 GET /x | by upstream | upstream answered 401: "The token has expired" (EXPIRED_ACCESS_TOKEN) | fix: Get a new one.`,
		},
		"OAuth": {
			call: call("POST", "/token", 400, body("application/json", `{"error":"invalid_grant","error_description":"The code was used"}`)),
			want: `400 POST /token | by upstream | upstream answered 400: "The code was used" (invalid_grant) | fix: ` + usualFix(400),
		},
		"an error inside": {
			call: call("GET", "/x", 422, body("application/json", `{"error":{"code":"bad_card","message":"Your card was declined"}}`)),
			want: `422 GET /x | by upstream | upstream answered 422: "Your card was declined" (bad_card) | fix: ` + usualFix(422),
		},
		"errors by field": {
			call: call("GET", "/x", 422, body("application/json", `{"errors":{"email":["is taken"]}}`)),
			want: `422 GET /x | by upstream | upstream answered 422: "email: is taken" | fix: ` + usualFix(422),
		},
		"FastAPI": {
			call: call("GET", "/x", 422, body("application/json", `{"detail":[{"loc":["body","n"],"msg":"field required","type":"missing"}]}`)),
			want: `422 GET /x | by upstream | upstream answered 422: "field required" | fix: ` + usualFix(422),
		},
		"GraphQL": {
			call: call("POST", "/graphql", 200, body("application/json", `{"data":null,"errors":[{"message":"Cannot query field \"x\"","extensions":{"code":"VALIDATION"}}]}`)),
			want: `200 POST /graphql | by upstream | upstream answered 200: "Cannot query field "x"" (VALIDATION) | fix: Correct what the errors in the body name.`,
		},
		"an empty list of errors":     {call: call("POST", "/graphql", 200, body("application/json", `{"data":{},"errors":[]}`))},
		"a success that has the word": {call: call("POST", "/x", 200, body("application/json", `{"errors":0,"message":"fine"}`))},
		"text": {
			call: call("GET", "/x", 500, body("text/plain", "\n boom\nmore")),
			want: `500 GET /x | by upstream | upstream answered 500: "boom" | fix: Look into the log of the API at this time.`,
		},
		"a page": {
			call: call("GET", "/x", 502, body("text/html", "<html><head><TITLE>502 Bad Gateway</TITLE></head>")),
			want: `502 GET /x | by upstream | upstream answered 502: "502 Bad Gateway" | fix: Look into the log of the API at this time.`,
		},
		"XML": {
			call: call("GET", "/x", 400, body("application/xml", "<?xml version='1.0'?><Error><Code>NoSuchKey</Code><Message>There is none</Message></Error>")),
			want: `400 GET /x | by upstream | upstream answered 400: "There is none" (NoSuchKey) | fix: ` + usualFix(400),
		},
		"a body that is cut off": {
			call: call("GET", "/x", 400, body("application/json", `{"message":"first","detail":"no en`)),
			want: `400 GET /x | by upstream | upstream answered 400: "first" | fix: ` + usualFix(400),
		},
		"gzip":                 {call: call("GET", "/x", 400, zipped), want: `400 GET /x | by upstream | upstream answered 400: "too old" | fix: ` + usualFix(400)},
		"deflate":              {call: call("GET", "/x", 400, deflated), want: `400 GET /x | by upstream | upstream answered 400: "too old" | fix: ` + usualFix(400)},
		"deflate without zlib": {call: call("GET", "/x", 400, bare), want: `400 GET /x | by upstream | upstream answered 400: "too old" | fix: ` + usualFix(400)},
		"brotli":               {call: call("GET", "/x", 400, br), want: `400 GET /x | by upstream | upstream answered 400: "too old" | fix: ` + usualFix(400)},
		"zstd":                 {call: call("GET", "/x", 400, zst), want: `400 GET /x | by upstream | upstream answered 400: "too old" | fix: ` + usualFix(400)},
		"a coding that is not read": {
			call: call("GET", "/x", 400, body("application/json", "xyz"), answer(func(a *accesslog.Answer) { a.Encoding = []byte("compress") })),
			want: "400 GET /x | by upstream | upstream answered 400; its body is in compress, which is not read here | fix: " + usualFix(400),
		},
		"no gzip": {
			call: call("GET", "/x", 400, body("application/json", "xyz"), answer(func(a *accesslog.Answer) { a.Encoding = []byte("gzip") })),
			want: "400 GET /x | by upstream | upstream answered 400; its body cannot be read as the gzip that its Content-Encoding says | fix: " + usualFix(400),
		},
		"secrets in a sentence and in a path": {
			call: call("GET", "/x;token=abc/eyJhbGciOiJub25lIn0.eyJhIjoxfQ.c2lnbmF0dXJl?access_token=abc", 400, body("text/plain", "bad token=abcdef and eyJhbGciOiJub25lIn0.eyJhIjoxfQ.c2lnbmF0dXJl")),
			want: `400 GET /x;token=REDACTED | by upstream | upstream answered 400: "bad token=REDACTED and REDACTED" | fix: ` + usualFix(400),
		},
		"what could mislead": {
			call: call("GET", "/x", 400, body("text/plain", "a\x1b[31mb\u202ec\x00d\xffe")),
			want: `400 GET /x | by upstream | upstream answered 400: "a\u001b[31mb\u202ec\u0000d` + "\ufffd" + `e" | fix: ` + usualFix(400),
		},
		"a long sentence": {
			call: call("GET", "/x", 400, body("text/plain", strings.Repeat("ab ", 200))),
			want: `400 GET /x | by upstream | upstream answered 400: "` + strings.Repeat("ab ", 66) + `a…" | fix: ` + usualFix(400),
		},
		"a token that has ended": {
			call: call("GET", "/x", 401, sent(jwt(fmt.Sprintf(`{"exp":%d}`, noon.Add(-3*time.Hour).Unix())))),
			want: "401 GET /x | by upstream | upstream answered 401; the JWT in Authorization ended 3 h ago | fix: Send a token that has not ended yet.",
		},
		"a token that is not yet good": {
			call: call("GET", "/x", 401, sent(jwt(fmt.Sprintf(`{"nbf":%d}`, noon.Add(5*time.Minute).Unix())))),
			want: "401 GET /x | by upstream | upstream answered 401; the JWT in Authorization holds only in 5 min | fix: Compare the clocks of whoever made the token and of the API.",
		},
		"a token that is good, or is none": {
			call: call("GET", "/x", 401, sent(jwt(fmt.Sprintf(`{"exp":%d}`, noon.Add(time.Hour).Unix())))),
			want: "401 GET /x | by upstream | upstream answered 401 and gave no reason | fix: " + lookAtLog,
		},
		"no Authorization where others had one": {
			before: []*accesslog.Entry{call("GET", "/v2/me", 200, sent("Bearer x")), call("GET", "/v2/me", 200, sent("Bearer y"))},
			call:   call("GET", "/v2/me", 401),
			want:   "401 GET /v2/me | by upstream | upstream answered 401; no Authorization came, which 2 good calls of /v2/me had | fix: Send Authorization as those calls did.",
		},
		"no Authorization where others had none": {
			before: []*accesslog.Entry{call("GET", "/v2/me", 200, sent("Bearer x")), call("GET", "/v2/me", 200)},
			call:   call("GET", "/v2/me", 403),
			want:   "403 GET /v2/me | by upstream | upstream answered 403 and gave no reason | fix: " + lookAtLog,
		},
		"a challenge": {
			call: call("GET", "/x", 401, answer(func(a *accesslog.Answer) {
				a.Challenge = []byte(`Bearer realm="x", error="invalid_token", error_description="It ended"`)
			})),
			want: `401 GET /x | by upstream | upstream answered 401: "It ended"; no Authorization came; WWW-Authenticate asks for Bearer | fix: Send Authorization: Bearer and a credential that the API has given.`,
		},
		"a path that is nearly another": {
			before: []*accesslog.Entry{call("GET", "/v2/people", 200), call("GET", "/v2/people/17", 200), call("POST", "/orders", 201)},
			call:   call("GET", "/v2/poeple/99?x=y", 404),
			want:   "404 GET /v2/poeple/99 | by upstream | upstream answered 404; this path was never good here; the nearest one that was: GET /v2/people/{id} | fix: Did you mean /v2/people/{id}?",
		},
		"a value that is not there": {
			before: []*accesslog.Entry{call("GET", "/v2/people/17", 200), call("GET", "/v2/people/18", 200)},
			call:   call("GET", "/v2/people/99", 404),
			want:   "404 GET /v2/people/99 | by upstream | upstream answered 404; GET /v2/people/{id} was good here for others 2 times | fix: Check the values in the path: the API knows the path itself.",
		},
		"a path that was there": {
			before: []*accesslog.Entry{call("GET", "/v2/me", 200)},
			call:   call("GET", "/v2/me", 404),
			want:   "404 GET /v2/me | by upstream | upstream answered 404; this path was good here once before | fix: Find out what has changed in the API since.",
		},
		"a method that is not taken": {
			before: []*accesslog.Entry{call("GET", "/v2/me", 200)},
			call:   call("DELETE", "/v2/me", 405, answer(func(a *accesslog.Answer) { a.Allow = []byte("GET, HEAD") })),
			want:   "405 DELETE /v2/me | by upstream | upstream answered 405; Allow: GET, HEAD; good here so far: GET (once), DELETE never | fix: Use one of the methods in Allow.",
		},
		"a wait": {
			call: call("GET", "/x", 429, answer(func(a *accesslog.Answer) { a.RetryAfter = []byte("30") })),
			want: "429 GET /x | by upstream | upstream answered 429; Retry-After: 30 | fix: Wait as long as Retry-After says, then send it again.",
		},
		"refused": {
			call: call("GET", "/x", 0, ours("upstream_unreachable", "refused", "connection refused: dial tcp 127.0.0.1:3000: connect: connection refused", 502)),
			want: "502 GET /x | by upstream | nothing took the connection to http://127.0.0.1:3000: dial tcp 127.0.0.1:3000: connect: connection refused | fix: Start the API there, or give the URL at which it listens.",
		},
		"closed after a while": {
			call: call("GET", "/x", 0, ours("upstream_broke", "ended_early", "ended early", 502), func(e *accesslog.Entry) { e.Stations.Done = 31e6 }),
			want: "502 GET /x | by upstream | upstream closed the connection after 31 s, before there was an answer | fix: " + ways["ended_early"].fix,
		},
		"no HTTP": {
			call: call("GET", "/x", 0, ours("upstream_invalid", "status_line", `invalid answer: status_line at line 1: "hello"`, 502)),
			want: `502 GET /x | by upstream | What it says; status_line at line 1: "hello" | fix: Correct what the API answers there, or look whether another program listens at http://127.0.0.1:3000.`,
		},
		"refused by us": {
			call: call("GET", "/x", 0, ours("misdirected_request", "host_not_named", "", 421)),
			want: "421 GET /x | by Candor | What it says | fix: What to do.",
		},
		"left": {
			call: call("GET", "/x", 0, ours("client_gone", "", "", 0), func(e *accesslog.Entry) { e.Stations.Done = 12e6 }),
			want: "--- GET /x | by client | the client left after 12 s, before there was an answer | fix: Give the call more time where it is made, if the answer was still wanted.",
		},
		"past a limit that is off": {
			call: call("GET", "/x", 200, func(e *accesslog.Entry) { e.Stations.FirstByte = 31e6 }),
			want: "200 GET /x | would-be by Candor | the answer took 30 s, and candor serve would answer 504 after 30 s (upstreams.*.timeouts.first_byte) | fix: Set upstreams.*.timeouts.first_byte above it, or find out why it takes so long.",
		},
		"a large body": {
			call: call("POST", "/x", 413, func(e *accesslog.Entry) { e.Seen.Sent = 20 << 20 }),
			want: "413 POST /x | by upstream | upstream answered 413 and gave no reason; the body has 20971520 bytes, and candor serve would answer 413 above 10485760 (limits.body) | fix: " + lookAtLog,
		},
		"a body in small chunks, whose framing is not counted": {call: call("POST", "/x", 200, func(e *accesslog.Entry) { e.In, e.Seen.Sent = 50<<20, 10<<20 })},
		"a check that is observed": {
			call: call("GET", "/x", 200, func(e *accesslog.Entry) {
				e.Would = []accesslog.Would{{Check: "credential", Problem: "empty_access_token"}, {Check: "length", Problem: "length_required"}}
				e.Seen.WouldWhat, e.Seen.WouldFix = []byte("No access token was sent"), []byte("Send one.")
			}),
			want: "200 GET /x | would-be by Candor | candor serve would answer empty_access_token (credential): No access token was sent; candor serve would answer length_required (length) | fix: Send one.",
		},
		"a URL for which there is no tolerance": {
			call: call("GET", "/a#b", 200, fragment),
			want: "200 GET /a#b | would-be by Candor | candor serve would answer invalid_url (fragment), for which there is no tolerance: The URL has a # | fix: Leave it out.",
		},
		"a large head of a call": {
			call: call("GET", "/x", 200, func(e *accesslog.Entry) { e.Seen.Head = 40 << 10 }),
			want: "200 GET /x | would-be by Candor | the head of the call has 40960 bytes, and candor serve would answer 431 above 32768 (limits.head) | fix: Set limits.head above it, or send less.",
		},
		"many fields of an answer": {
			call: call("GET", "/x", 200, func(e *accesslog.Entry) { e.Seen.Answer.Fields = 1001 }),
			want: "200 GET /x | would-be by Candor | the answer has 1001 fields, and candor serve would answer 502 above 1000 (limits.upstream_fields) | fix: Set limits.upstream_fields above it, or send less.",
		},
		"an id of its own": {
			call: call("GET", "/x", 403, func(e *accesslog.Entry) { e.AnswerID = []byte("theirs") }),
			want: "403 GET /x | by upstream | upstream answered 403 and gave no reason | fix: " + lookAtLog + " | id " + idText + ", its own theirs\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			limits := Limits{Connect: 3 * time.Second, FirstByte: 30 * time.Second, Gap: 30 * time.Second, Body: 10 << 20, Head: 32 << 10, UpstreamFields: 1000}
			_, got := shown(Options{Limits: limits}, append(c.before, c.call)...)
			want := c.want
			if want != "" {
				want = "12:00:00 " + want
				if !strings.HasSuffix(want, "\n") {
					want += " | id " + idText + "\n"
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestColours(t *testing.T) {
	_, got := shown(Options{Colours: true}, call("GET", "/x", 500))
	want := "\x1b[2m12:00:00\x1b[0m \x1b[31m500\x1b[0m \x1b[1mGET /x\x1b[0m\x1b[2m | \x1b[0mby upstream\x1b[2m | \x1b[0mupstream answered 500 and gave no reason" +
		"\x1b[2m | \x1b[0mfix: " + lookAtLog + "\x1b[2m | id " + idText + "\x1b[0m\n"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestJSON(t *testing.T) {
	s, got := shown(Options{JSON: true}, call("GET", "/x", 400, body("text/plain", "a\u202eb <c>")), call("GET", "/y", 200))
	var f map[string]any
	if err := json.Unmarshal([]byte(got), &f); err != nil {
		t.Fatalf("%v in %s", err, got)
	}
	want := map[string]any{
		"time": "2026-03-01T12:00:00.000Z", "status": 400.0, "method": "GET", "path": "/x", "by": "upstream", "what": "upstream answered 400: \"a\u202eb <c>\"",
		"says": "a\u202eb <c>", "fix": usualFix(400), "id": idText, "duration_ms": 2.0,
	}
	if diff := cmp.Diff(want, f); diff != "" {
		t.Errorf("the failure (-want +got):\n%s", diff)
	}
	if strings.Contains(got, "\u202e") || strings.Count(got, "\n") != 1 {
		t.Errorf("the line is %q", got)
	}
	out := s.o.Out.(*bytes.Buffer)
	out.Reset()
	s.End()
	s.Call(call("GET", "/late", 500))
	s.End()
	var last struct {
		Summary Summary `json:"summary"`
	}
	if err := json.Unmarshal(out.Bytes(), &last); err != nil {
		t.Fatalf("%v in %s", err, out)
	}
	wanted := Summary{Calls: 2, Failures: 1, Causes: []counted{{"400 by upstream: a\u202eb <c>", 1}}, NotFound: []notFound{}, Slow: []slowRoute{}, Malformed: []malformed{}}
	if diff := cmp.Diff(wanted, last.Summary); diff != "" {
		t.Errorf("the summary (-want +got):\n%s", diff)
	}
}

func TestIsWord(t *testing.T) {
	for s, want := range map[string]bool{
		"people": true, "v2": true, "v2.1": true, "2024": false, "": true, ".well-known": true, "_search": true, "oauth2": true, "x123": false, "a-b_c.d": true,
		"550e8400-e29b-41d4-a716-446655440000": false, "abcdefghijklmnopqrstu": false, "a(b)": false, "%61": false, "me@x": false, "-a": false, ".": false, "v": true,
	} {
		if got := isWord([]byte(s)); got != want {
			t.Errorf("%q: %v", s, got)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b  string
		limit int
		want  int
	}{{"/people", "/poeple", 9, 2}, {"", "", 9, 0}, {"a", "", 9, 1}, {"kitten", "sitting", 9, 3}, {"abc", "xyz", 2, 2}, {"a", "abcdefgh", 3, 3}} {
		if got := distance(c.a, c.b, c.limit); got != c.want {
			t.Errorf("%q %q: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

// A small body can stand for a very large one: no more of it is read than the bound says.
func TestCodingsAreBounded(t *testing.T) {
	zeros := make([]byte, 4<<20)
	for name, to := range map[string]func(io.Writer) io.WriteCloser{
		"gzip": func(w io.Writer) io.WriteCloser { return gzip.NewWriter(w) },
		"br":   func(w io.Writer) io.WriteCloser { return brotli.NewWriter(w) },
		"zstd": func(w io.Writer) io.WriteCloser { z, _ := zstd.NewWriter(w); return z },
	} {
		var b bytes.Buffer
		z := to(&b)
		_, _ = z.Write(zeros)
		_ = z.Close()
		plain, _ := undone([]byte(name), b.Bytes()[:min(b.Len(), 4<<10)])
		if len(plain) > maxPlain {
			t.Errorf("%s: %d bytes", name, len(plain))
		}
	}
}
