package gateway

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/problem"
)

// What every head for the upstream ends with, for a caller at 192.0.2.7 over plain HTTP to the host a.example.
const (
	hop      = "Candor-Hops: 1\r\nForwarded: for=192.0.2.7;proto=http\r\nX-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Host: a.example\r\n"
	identity = "Candor-App: demo\r\nCandor-Member: ada\r\nCandor-Scopes: r_profile\r\n"
	ourID    = "X-Request-Id: " + noonUUID + "\r\n"
)

func TestRequestHeads(t *testing.T) {
	bearer := "Authorization: Bearer {token}\r\n"
	host := "Host: a.example\r\n"
	for name, c := range map[string]struct {
		plan func(*plan)
		from string
		tls  bool
		in   string // {token} is a good one
		want string
	}{
		"a good call": {
			in:   "GET /me HTTP/1.1\r\n" + host + bearer + "\r\n",
			want: "GET /me HTTP/1.1\r\n" + host + hop + identity + ourID + "\r\n",
		},
		"field lines keep order, spelling and bytes": {
			in:   "GET /me HTTP/1.1\r\nhOsT:a.example\r\nX-B:  b \t\r\n" + bearer + "x-a: \x80\xff\r\nX-B:\r\n\r\n",
			want: "GET /me HTTP/1.1\r\nhOsT:a.example\r\nX-B:  b \t\r\nx-a: \x80\xff\r\nX-B:\r\n" + hop + identity + ourID + "\r\n",
		},
		"an empty line before the call is dropped": {
			in:   "\r\nGET /me HTTP/1.1\r\n" + host + bearer + "\r\n",
			want: "GET /me HTTP/1.1\r\n" + host + hop + identity + ourID + "\r\n",
		},
		"an IPv6 address": {
			from: "2001:db8::7",
			in:   "GET /public/ HTTP/1.1\r\n" + host + "\r\n",
			want: "GET /public/ HTTP/1.1\r\n" + host + "Candor-Hops: 1\r\nForwarded: for=\"[2001:db8::7]\";proto=http\r\nX-Forwarded-For: 2001:db8::7\r\n" +
				"X-Forwarded-Proto: http\r\nX-Forwarded-Host: a.example\r\n" + ourID + "\r\n",
		},
		"over TLS": {
			tls: true,
			in:  "GET /public/ HTTP/1.1\r\n" + host + "\r\n",
			want: "GET /public/ HTTP/1.1\r\n" + host + "Candor-Hops: 1\r\nForwarded: for=192.0.2.7;proto=https\r\nX-Forwarded-For: 192.0.2.7\r\n" +
				"X-Forwarded-Proto: https\r\nX-Forwarded-Host: a.example\r\n" + ourID + "\r\n",
		},
		"a Via where one is configured, with the version that the call came in": {
			plan: func(p *plan) { p.Spec.Via = "edge" },
			in:   "GET /public/ HTTP/1.0\r\n" + host + "Via: 1.1 other\r\n\r\n",
			want: "GET /public/ HTTP/1.1\r\n" + host + "Via: 1.1 other\r\nVia: 1.0 edge\r\n" + hop + ourID + "\r\n",
		},
		"the hops of others are read, and raised once": {
			in:   "GET /public/ HTTP/1.1\r\n" + host + "Candor-Hops: 3\r\nCANDOR_HOPS: 5\r\nCandor-Hops: 7\r\n\r\n",
			want: "GET /public/ HTTP/1.1\r\n" + host + strings.Replace(hop, "Hops: 1", "Hops: 8", 1) + ourID + "\r\n",
		},
		"the trace of every family passes as it came, and none is begun": {
			in: "GET /public/ HTTP/1.1\r\n" + host + "b3: 0\r\nX-B3-TraceId: 463ac35c9f6413ad\r\nX-B3-SpanId: a2fb4a1d1a96d312\r\nX-B3-Sampled: 1\r\nx-b3-flags: 1\r\n" +
				"uber-trace-id: 1:2:0:1\r\nuberctx-a: b\r\nbaggage: a=b\r\nX-Cloud-Trace-Context: 1/2;o=1\r\nX-Amzn-Trace-Id: Root=1\r\nTraceparent: 00-x\r\nTraceparent: 00-y\r\n\r\n",
			want: "GET /public/ HTTP/1.1\r\n" + host + "b3: 0\r\nX-B3-TraceId: 463ac35c9f6413ad\r\nX-B3-SpanId: a2fb4a1d1a96d312\r\nX-B3-Sampled: 1\r\nx-b3-flags: 1\r\n" +
				"uber-trace-id: 1:2:0:1\r\nuberctx-a: b\r\nbaggage: a=b\r\nX-Cloud-Trace-Context: 1/2;o=1\r\nX-Amzn-Trace-Id: Root=1\r\nTraceparent: 00-x\r\nTraceparent: 00-y\r\n" + hop + ourID + "\r\n",
		},
		"a Via that came stays, and none is added": {
			in:   "GET /public/ HTTP/1.1\r\n" + host + "Via: 1.0 edge\r\n\r\n",
			want: "GET /public/ HTTP/1.1\r\n" + host + "Via: 1.0 edge\r\n" + hop + ourID + "\r\n",
		},
		"a trace that came is kept": {
			in:   "GET /public/ HTTP/1.1\r\n" + host + "Traceparent: 00-x\r\nTracestate: a=b\r\n\r\n",
			want: "GET /public/ HTTP/1.1\r\n" + host + "Traceparent: 00-x\r\nTracestate: a=b\r\n" + hop + ourID + "\r\n",
		},
		"the caller's id goes beside ours": {
			in:   "GET /public/ HTTP/1.1\r\nX-Request-Id: mine-1\r\n" + host + "X-Client-Request-Id: other\r\n\r\n",
			want: "GET /public/ HTTP/1.1\r\n" + host + hop + ourID + "X-Client-Request-Id: mine-1\r\n" + "\r\n",
		},
		"a caller's id of 128 bytes": {
			in:   "GET /public/ HTTP/1.1\r\n" + host + "X-Request-Id: " + strings.Repeat("x", 128) + "\r\n\r\n",
			want: "GET /public/ HTTP/1.1\r\n" + host + hop + ourID + "X-Client-Request-Id: " + strings.Repeat("x", 128) + "\r\n" + "\r\n",
		},
		"a caller's id of 129 bytes is none": {
			in:   "GET /public/ HTTP/1.1\r\n" + host + "X-Request-Id: " + strings.Repeat("x", 129) + "\r\n\r\n",
			want: "GET /public/ HTTP/1.1\r\n" + host + hop + ourID + "\r\n",
		},
		"a caller's id with a blank or more than ASCII is none": {
			in:   "GET /public/ HTTP/1.1\r\n" + host + "X-Request-Id: a b\r\nx_request_id: \xc3\xa4\r\n\r\n",
			want: "GET /public/ HTTP/1.1\r\n" + host + hop + ourID + "\r\n",
		},
		"Authorization passes on a public route, whatever it is": {
			in:   "GET /public/ HTTP/1.1\r\n" + host + "Authorization: Nonsense x\r\n\r\n",
			want: "GET /public/ HTTP/1.1\r\n" + host + "Authorization: Nonsense x\r\n" + hop + ourID + "\r\n",
		},
		"a good token on a public route is not looked at": {
			in:   "GET /public/ HTTP/1.1\r\n" + host + bearer + "\r\n",
			want: "GET /public/ HTTP/1.1\r\n" + host + bearer + hop + ourID + "\r\n",
		},
		"a token on an optional route is verified and removed": {
			in:   "GET /optional HTTP/1.1\r\n" + host + bearer + "\r\n",
			want: "GET /optional HTTP/1.1\r\n" + host + hop + identity + ourID + "\r\n",
		},
		"an optional route without a token": {
			in:   "GET /optional HTTP/1.1\r\n" + host + "\r\n",
			want: "GET /optional HTTP/1.1\r\n" + host + hop + ourID + "\r\n",
		},
		"forward_credential keeps the token": {
			in:   "GET /keep HTTP/1.1\r\n" + host + bearer + "\r\n",
			want: "GET /keep HTTP/1.1\r\n" + host + bearer + hop + identity + ourID + "\r\n",
		},
		"a token alone in the query": {
			in:   "GET /query?access_token={token} HTTP/1.1\r\n" + host + "\r\n",
			want: "GET /query HTTP/1.1\r\n" + host + hop + identity + ourID + "\r\n",
		},
		"a token first in the query": {
			in:   "GET /query?access_token={token}&a=1&b HTTP/1.1\r\n" + host + "\r\n",
			want: "GET /query?a=1&b HTTP/1.1\r\n" + host + hop + identity + ourID + "\r\n",
		},
		"a token in the middle of the query": {
			in:   "GET /query?a=1&oauth2%5Faccess_token={token}&b HTTP/1.1\r\n" + host + "\r\n",
			want: "GET /query?a=1&b HTTP/1.1\r\n" + host + hop + identity + ourID + "\r\n",
		},
		"a token last in the query": {
			in:   "GET /query?a=1&access_token={token} HTTP/1.1\r\n" + host + "\r\n",
			want: "GET /query?a=1 HTTP/1.1\r\n" + host + hop + identity + ourID + "\r\n",
		},
		"a query that is empty": {
			in:   "GET /public/x? HTTP/1.1\r\n" + host + "\r\n",
			want: "GET /public/x? HTTP/1.1\r\n" + host + hop + ourID + "\r\n",
		},
		"what looks like a token passes where nobody looks for it": {
			in:   "GET /public/?access_token=x HTTP/1.1\r\n" + host + "\r\n",
			want: "GET /public/?access_token=x HTTP/1.1\r\n" + host + hop + ourID + "\r\n",
		},
		"identity and ids from outside, in both spellings": {
			in: "GET /public/ HTTP/1.1\r\n" + host + "Candor-App: x\r\nCANDOR_APP: x\r\ncandor-member: x\r\nCandor_Scopes: x\r\nCandor-Problem: x\r\n" +
				"X-Li-Uuid: x\r\nx_li_fabric: x\r\nX-Li-Request-Id: x\r\nX_Request_Id: x\r\nX-Client_Request-Id: x\r\nX-A: 1\r\n\r\n",
			want: "GET /public/ HTTP/1.1\r\n" + host + "X-A: 1\r\n" + hop + ourID + "\r\n",
		},
		"fields that move the path, in both spellings, also on a public route beside protected ones": {
			in: "GET /public/ HTTP/1.1\r\n" + host + "X-Original-URL: /me\r\nx_original_url: /me\r\nX-REWRITE-URL: /me\r\nX-Original-Uri: /me\r\nX-Forwarded-Uri: /me\r\n" +
				"SCRIPT_NAME: /public\r\nPath-Info: /me\r\nX-Invoke-Path: /me\r\nX-Original-Urls: /me\r\nProxy: http://evil\r\nPROXY: x\r\nProxyy: x\r\n\r\n",
			want: "GET /public/ HTTP/1.1\r\n" + host + "X-Original-Urls: /me\r\nProxyy: x\r\n" + hop + ourID + "\r\n",
		},
		"fields that move the path pass where no credential is looked at; Proxy never does": {
			plan: func(p *plan) { p.API.Routes = p.API.Routes[1:2] },
			in:   "GET /public/ HTTP/1.1\r\n" + host + "X-Original-URL: /me\r\nSCRIPT_NAME: /x\r\nProxy: x\r\n\r\n",
			want: "GET /public/ HTTP/1.1\r\n" + host + "X-Original-URL: /me\r\nSCRIPT_NAME: /x\r\n" + hop + ourID + "\r\n",
		},
		"identity under other names": {
			plan: func(p *plan) {
				p.API.Headers.App, p.API.Headers.Member, p.API.Headers.Scopes, p.API.Headers.RequestID = "X-App", "", "X-Scopes", "Trace-Id"
			},
			in:   "GET /me HTTP/1.1\r\n" + host + bearer + "x_app: spoofed\r\nX-APP: spoofed\r\nx-scopes: spoofed\r\nTRACE-ID: mine\r\nCandor-App: spoofed\r\nX-Member: 1\r\n\r\n",
			want: "GET /me HTTP/1.1\r\n" + host + "TRACE-ID: mine\r\nX-Member: 1\r\n" + hop + "X-App: demo\r\nX-Scopes: r_profile\r\n" + ourID + "\r\n",
		},
		"identity under a well-known name": {
			plan: func(p *plan) { p.API.Headers.Member = "From" },
			in:   "GET /me HTTP/1.1\r\n" + host + bearer + "From: mallory\r\n\r\n",
			want: "GET /me HTTP/1.1\r\n" + host + hop + "Candor-App: demo\r\nFrom: ada\r\nCandor-Scopes: r_profile\r\n" + ourID + "\r\n",
		},
		"an HTTP/1.0 client without Host": {
			in: "GET /public/ HTTP/1.0\r\n\r\n",
			want: "GET /public/ HTTP/1.1\r\nHost: 127.0.0.1:9\r\nCandor-Hops: 1\r\nForwarded: for=192.0.2.7;proto=http\r\nX-Forwarded-For: 192.0.2.7\r\n" +
				"X-Forwarded-Proto: http\r\n" + ourID + "\r\n",
		},
		"an HTTP/1.0 client with Host": {
			in:   "GET /public/ HTTP/1.0\r\n" + host + "Connection: keep-alive\r\nTE: trailers\r\nExpect: 100-continue\r\n\r\n",
			want: "GET /public/ HTTP/1.1\r\n" + host + strings.Replace(hop, "1.1 candor", "1.0 candor", 1) + ourID + "\r\n",
		},
		"HTTP/1.7 is read as 1.1": {
			in:   "GET /public/ HTTP/1.7\r\n" + host + "\r\n",
			want: "GET /public/ HTTP/1.1\r\n" + host + hop + ourID + "\r\n",
		},
		"an absolute target becomes a path": {
			in:   "GET http://a.example/public/x?y HTTP/1.1\r\n" + host + "\r\n",
			want: "GET /public/x?y HTTP/1.1\r\n" + host + hop + ourID + "\r\n",
		},
		"an absolute target without a path": {
			plan: func(p *plan) { p.API.Routes[1].Path = "/" },
			in:   "GET http://a.example?y HTTP/1.1\r\n" + host + "\r\n",
			want: "GET /?y HTTP/1.1\r\n" + host + hop + ourID + "\r\n",
		},
		"what belongs to one hop, and what Connection names": {
			in: "GET /public/ HTTP/1.1\r\n" + host + "Connection: close, X-Mine , x-other\r\nKeep-Alive: 1\r\nProxy-Connection: x\r\nProxy-Authorization: x\r\nProxy-Foo: x\r\n" +
				"TE: gzip\r\nUpgrade: h2c\r\nx-mine: 1\r\nX_Other: 1\r\nX-Last: 1\r\n\r\n",
			want: "GET /public/ HTTP/1.1\r\n" + host + "X-Last: 1\r\n" + hop + ourID + "\r\n",
		},
		"trailers are asked for": {
			in:   "GET /public/ HTTP/1.1\r\n" + host + "Te: gzip, Trailers\r\nConnection: te\r\n\r\n",
			want: "GET /public/ HTTP/1.1\r\n" + host + hop + ourID + "TE: trailers\r\nConnection: TE\r\n\r\n",
		},
		"a body with a length": {
			in:   "POST /public/ HTTP/1.1\r\n" + host + "content-length: 005\r\nX-A: 1\r\n\r\nhello",
			want: "POST /public/ HTTP/1.1\r\n" + host + "X-A: 1\r\n" + hop + ourID + "Content-Length: 5\r\n\r\nhello",
		},
		"a body of length 0": {
			in:   "POST /public/ HTTP/1.1\r\n" + host + "Content-Length: 0\r\n\r\n",
			want: "POST /public/ HTTP/1.1\r\n" + host + hop + ourID + "Content-Length: 0\r\n\r\n",
		},
		"no body and no length": {
			in:   "POST /public/ HTTP/1.1\r\n" + host + "\r\n",
			want: "POST /public/ HTTP/1.1\r\n" + host + hop + ourID + "\r\n",
		},
		"a chunked body": {
			in:   "POST /public/ HTTP/1.1\r\n" + host + "Transfer-Encoding: Chunked\r\nTrailer: X-T\r\n\r\n05;a=b\r\nhello\r\n1\r\n!\r\n0;x\r\nX-T: 1\r\n\r\n",
			want: "POST /public/ HTTP/1.1\r\n" + host + "Trailer: X-T\r\n" + hop + ourID + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1\r\n!\r\n0\r\nX-T: 1\r\n\r\n",
		},
		"what servers behind us could take for framing": {
			in:   "POST /public/ HTTP/1.1\r\n" + host + "Content_Length: 9\r\nTransfer_Encoding: chunked\r\nContent-Length: 1\r\n\r\nx",
			want: "POST /public/ HTTP/1.1\r\n" + host + hop + ourID + "Content-Length: 1\r\n\r\nx",
		},
		"an Expect that is ours to answer": {
			in:   "POST /public/ HTTP/1.1\r\n" + host + "Expect: 100-continue\r\nContent-Length: 1\r\n\r\nx",
			want: "POST /public/ HTTP/1.1\r\n" + host + hop + ourID + "Content-Length: 1\r\n\r\nx",
		},
		"a body on GET": {
			in:   "GET /public/ HTTP/1.1\r\n" + host + "Content-Length: 1\r\n\r\nx",
			want: "GET /public/ HTTP/1.1\r\n" + host + hop + ourID + "Content-Length: 1\r\n\r\nx",
		},
		"the linkedin profile": {
			plan: func(p *plan) {
				p.API.Profile, p.API.Headers.RequestID = problem.LinkedIn, ""
			},
			in:   "GET /me HTTP/1.1\r\n" + host + bearer + "X-Li-Uuid: mine\r\n\r\n",
			want: "GET /me HTTP/1.1\r\n" + host + hop + identity + ourID + "\r\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlan()
			if c.plan != nil {
				c.plan(p)
			}
			s := p.build(t)
			from, over := "192.0.2.7", false
			if c.from != "" {
				from = c.from
			}
			if c.tls {
				over = true
			}
			x := s.admitted(t, strings.ReplaceAll(c.in, "{token}", s.token), from, over)
			if x == nil {
				t.Fatal("the call was not admitted")
			}
			defer x.call.Done(admission.Unsent)
			got := string(x.prepared(s.upstream))
			if diff := cmp.Diff(strings.ReplaceAll(c.want, "{token}", s.token), got); diff != "" || !x.attempt.call.Whole {
				t.Errorf("whole: %v, at the upstream (-want +got):\n%s", x.attempt.call.Whole, diff)
			}
		})
	}
}
