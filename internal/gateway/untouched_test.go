package gateway

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/internal/upstream"
)

// untouched is a plan in which everything goes to the upstream as it came.
func untouched() *plan {
	p := newPlan()
	public := route.Credentials{Need: route.Public}
	p.API = route.APISpec{
		Name: "test", Upstream: "up", Credentials: public, Untouched: true, Unguarded: true, Headers: route.HeaderNames{RequestID: "X-Request-Id"},
		Routes: []route.Spec{{Name: "all", Path: "/**", Credentials: &public}},
	}
	p.Spec.RequestID, p.Spec.Host = "", "api.test:99"
	p.Spec.Waits = upstream.Waits{}
	return p
}

const alongside = "X-Forwarded-For: 127.0.0.1\r\nCandor-Hops: 1\r\n"

// What the upstream gets is what was sent, but for Host, the peer, the count of hops, and what belongs to one hop alone.
func TestUntouchedCalls(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		in, want string
		plan     func(*plan)
	}{
		"the order and spelling of fields": {
			in:   "GET /a HTTP/1.1\r\nuser-AGENT:x\r\nhost:   a.example \r\nX-B: 1\r\nx-b:2\r\nX_Under: 3\r\nAccept-Encoding: gzip, br\r\n\r\n",
			want: "GET /a HTTP/1.1\r\nuser-AGENT:x\r\nhost:   api.test:99 \r\nX-B: 1\r\nx-b:2\r\nX_Under: 3\r\nAccept-Encoding: gzip, br\r\n" + alongside + "\r\n",
		},
		"the caller's Host": {
			in:   "GET /a HTTP/1.1\r\nHost: a.example\r\n\r\n",
			want: "GET /a HTTP/1.1\r\nHost: a.example\r\n" + alongside + "\r\n",
			plan: func(p *plan) { p.Spec.Host = "" },
		},
		"a path before that of the call": {
			in:   "GET /a//b/../c?x=1 HTTP/1.1\r\nHost: a.example\r\n\r\n",
			want: "GET /v1/a//b/../c?x=1 HTTP/1.1\r\nHost: api.test:99\r\n" + alongside + "\r\n",
			plan: func(p *plan) { p.Spec.Prefix = "/v1" },
		},
		"what a URL may not have": {
			in:   "GET /%zz/a//b/./..\\%2F%5c/\xc3\xa9;x?q=%&[]{}|\"<>^`#\xff HTTP/1.1\r\nHost: a.example\r\n\r\n",
			want: "GET /%zz/a//b/./..\\%2F%5c/\xc3\xa9;x?q=%&[]{}|\"<>^`#\xff HTTP/1.1\r\nHost: api.test:99\r\n" + alongside + "\r\n",
		},
		"an empty query": {
			in:   "GET /? HTTP/1.1\r\nHost: a.example\r\n\r\n",
			want: "GET /? HTTP/1.1\r\nHost: api.test:99\r\n" + alongside + "\r\n",
		},
		"a token in the query": {
			in:   "GET /?access_token=abc&access_token=d HTTP/1.1\r\nHost: a.example\r\n\r\n",
			want: "GET /?access_token=abc&access_token=d HTTP/1.1\r\nHost: api.test:99\r\n" + alongside + "\r\n",
		},
		"two credentials, and fields that other APIs would take for an identity": {
			in:   "GET / HTTP/1.1\r\nHost: a.example\r\nAuthorization: Bearer a\r\nAuthorization: Basic b\r\nX-User: me\r\nX-Original-URL: /admin\r\n\r\n",
			want: "GET / HTTP/1.1\r\nHost: api.test:99\r\nAuthorization: Bearer a\r\nAuthorization: Basic b\r\nX-User: me\r\nX-Original-URL: /admin\r\n" + alongside + "\r\n",
		},
		"ids": {
			in:   "GET / HTTP/1.1\r\nHost: a.example\r\nX-Request-Id: mine\r\nX-Client-Request-Id: too\r\nx-li-uuid: 1\r\n\r\n",
			want: "GET / HTTP/1.1\r\nHost: api.test:99\r\nX-Request-Id: mine\r\nX-Client-Request-Id: too\r\nx-li-uuid: 1\r\n" + alongside + "\r\n",
		},
		"traces and Via": {
			in:   "GET / HTTP/1.1\r\nHost: a.example\r\nVia: 1.1 cache\r\ntraceparent: 00-1\r\nb3: 0\r\n\r\n",
			want: "GET / HTTP/1.1\r\nHost: api.test:99\r\nVia: 1.1 cache\r\ntraceparent: 00-1\r\nb3: 0\r\n" + alongside + "\r\n",
		},
		"what others have said of where it came from": {
			in:   "GET / HTTP/1.1\r\nHost: a.example\r\nx-forwarded-for: 1.2.3.4\r\nA: 1\r\nX-Forwarded-For: 5.6.7.8 \r\nX-Forwarded-Proto: https\r\nForwarded: for=1.2.3.4\r\nX-Real-IP: 1.2.3.4\r\n\r\n",
			want: "GET / HTTP/1.1\r\nHost: api.test:99\r\nx-forwarded-for: 1.2.3.4\r\nA: 1\r\nX-Forwarded-For: 5.6.7.8, 127.0.0.1\r\nX-Forwarded-Proto: https\r\nForwarded: for=1.2.3.4\r\nX-Real-IP: 1.2.3.4\r\nCandor-Hops: 1\r\n\r\n",
		},
		"an empty X-Forwarded-For": {
			in:   "GET / HTTP/1.1\r\nHost: a.example\r\nX-Forwarded-For: \r\n\r\n",
			want: "GET / HTTP/1.1\r\nHost: api.test:99\r\nX-Forwarded-For: 127.0.0.1\r\nCandor-Hops: 1\r\n\r\n",
		},
		"X-Forwarded-For left as it came": {
			in:   "GET / HTTP/1.1\r\nHost: a.example\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n",
			want: "GET / HTTP/1.1\r\nHost: api.test:99\r\nX-Forwarded-For: 1.2.3.4\r\nCandor-Hops: 1\r\n\r\n",
			plan: func(p *plan) { p.Spec.NoForwarded = true },
		},
		"what is ours alone to say, and Proxy": {
			in:   "GET / HTTP/1.1\r\nHost: a.example\r\nCandor-App: a\r\ncandor_member: b\r\nCandor-Whatever: c\r\nCandor-Hops: 3\r\nProxy: http://evil\r\nCandor: d\r\n\r\n",
			want: "GET / HTTP/1.1\r\nHost: api.test:99\r\nCandor: d\r\nX-Forwarded-For: 127.0.0.1\r\nCandor-Hops: 4\r\n\r\n",
		},
		"what belongs to one hop": {
			in:   "GET / HTTP/1.1\r\nHost: a.example\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nProxy-Connection: x\r\nTE: trailers, deflate\r\nUpgrade: h2c\r\nA: 1\r\n\r\n",
			want: "GET / HTTP/1.1\r\nHost: api.test:99\r\nA: 1\r\n" + alongside + "TE: trailers\r\nConnection: TE\r\n\r\n",
		},
		"a length in its place": {
			in:   "POST / HTTP/1.1\r\nHost: a.example\r\ncontent-length: 3\r\nContent-Type: text/x\r\n\r\nabc",
			want: "POST / HTTP/1.1\r\nHost: api.test:99\r\ncontent-length: 3\r\nContent-Type: text/x\r\n" + alongside + "\r\nabc",
		},
		"no length at all": {
			in:   "POST / HTTP/1.1\r\nHost: a.example\r\n\r\n",
			want: "POST / HTTP/1.1\r\nHost: api.test:99\r\n" + alongside + "\r\n",
		},
		"chunks and trailers": {
			in:   "POST / HTTP/1.1\r\nHost: a.example\r\ntransfer-encoding: Chunked\r\nTrailer: X-Sum\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n",
			want: "POST / HTTP/1.1\r\nHost: api.test:99\r\ntransfer-encoding: Chunked\r\nTrailer: X-Sum\r\n" + alongside + "\r\n3\r\nabc\r\n0\r\nX-Sum: 1\r\n\r\n",
		},
		"a body on GET": {
			in:   "GET / HTTP/1.1\r\nHost: a.example\r\nContent-Length: 2\r\n\r\nhi",
			want: "GET / HTTP/1.1\r\nHost: api.test:99\r\nContent-Length: 2\r\n" + alongside + "\r\nhi",
		},
		"a body that is waited for": {
			in:   "POST / HTTP/1.1\r\nHost: a.example\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n\r\nhi",
			want: "POST / HTTP/1.1\r\nHost: api.test:99\r\nExpect: 100-Continue\r\nContent-Length: 2\r\n" + alongside + "\r\nhi",
		},
		"another expectation": {
			in:   "GET / HTTP/1.1\r\nHost: a.example\r\nExpect: the-spanish-inquisition\r\n\r\n",
			want: "GET / HTTP/1.1\r\nHost: api.test:99\r\nExpect: the-spanish-inquisition\r\n" + alongside + "\r\n",
		},
		"a method that nobody knows": {
			in:   "pUrGe-x / HTTP/1.1\r\nHost: a.example\r\n\r\n",
			want: "pUrGe-x / HTTP/1.1\r\nHost: api.test:99\r\n" + alongside + "\r\n",
		},
		"TRACE": {
			in:   "TRACE /x HTTP/1.1\r\nHost: a.example\r\n\r\n",
			want: "TRACE /x HTTP/1.1\r\nHost: api.test:99\r\n" + alongside + "\r\n",
		},
		"another method in a field": {
			in:   "POST / HTTP/1.1\r\nHost: a.example\r\nX-HTTP-Method-Override: what ever\r\nContent-Length: 0\r\n\r\n",
			want: "POST / HTTP/1.1\r\nHost: api.test:99\r\nX-HTTP-Method-Override: what ever\r\nContent-Length: 0\r\n" + alongside + "\r\n",
		},
		"a preflight": {
			in:   "OPTIONS /x HTTP/1.1\r\nHost: a.example\r\nOrigin: https://b.example\r\nAccess-Control-Request-Method: put\r\nCookie: a=b\r\n\r\n",
			want: "OPTIONS /x HTTP/1.1\r\nHost: api.test:99\r\nOrigin: https://b.example\r\nAccess-Control-Request-Method: put\r\nCookie: a=b\r\n" + alongside + "\r\n",
		},
		"the options of the server": {
			in:   "OPTIONS * HTTP/1.1\r\nHost: a.example\r\n\r\n",
			want: "OPTIONS * HTTP/1.1\r\nHost: api.test:99\r\n" + alongside + "\r\n",
			plan: func(p *plan) { p.Spec.Prefix = "/v1" },
		},
		"a target that names the server": {
			in:   "GET HTTP://a.example?x HTTP/1.1\r\nHost: a.example\r\n\r\n",
			want: "GET http://api.test:99/v1?x HTTP/1.1\r\nHost: api.test:99\r\n" + alongside + "\r\n",
			plan: func(p *plan) { p.Spec.Prefix = "/v1" },
		},
		"a target that names the server, and the caller's Host": {
			in:   "GET HTTP://a.example HTTP/1.1\r\nHost: A.example\r\n\r\n",
			want: "GET HTTP://a.example HTTP/1.1\r\nHost: A.example\r\n" + alongside + "\r\n",
			plan: func(p *plan) { p.Spec.Host = "" },
		},
		"HTTP/1.0 without Host": {
			in:   "GET /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
			want: "GET /x HTTP/1.1\r\nHost: api.test:99\r\n" + alongside + "\r\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			engines(t, func(t *testing.T, portable bool) {
				p := untouched()
				p.Options.Portable = portable
				if c.plan != nil {
					c.plan(p)
				}
				h := p.open(t, answering("HTTP/1.1 204 No Content\r\n\r\n"))
				client := h.dial(t)
				client.send(c.in)
				a := client.read()
				if a.status == 100 {
					a = client.read()
				}
				if a.status != 204 {
					t.Fatalf("answered %s%s", a.head, a.body)
				}
				if diff := cmp.Diff(c.want, <-h.origin.seen); diff != "" {
					t.Errorf("the upstream got (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// A credential that is only observed is verified, and passes as it came all the same: in its field, and in the query.
func TestUntouchedCredential(t *testing.T) {
	t.Parallel()
	p, required, observe := untouched(), route.Credentials{Need: route.Required}, route.All(route.Observe)
	p.API.Credentials, p.API.TokenInQuery, p.API.Modes = required, true, observe
	p.API.Routes[0].Credentials, p.API.Routes[0].Modes, p.API.Routes[0].Scopes = &required, &observe, [][]string{{"r_profile"}}
	h := p.open(t, answering("HTTP/1.1 204 No Content\r\n\r\n"))
	for name, c := range map[string]struct{ in, want string }{
		"in its field": {"GET /a HTTP/1.1\r\nHost: a.example\r\nAuthorization: Bearer " + h.token + "\r\n\r\n", "GET /a HTTP/1.1\r\nHost: api.test:99\r\nAuthorization: Bearer " + h.token + "\r\n"},
		"in the query": {"GET /a?b&access_token=" + h.token + " HTTP/1.1\r\nHost: a.example\r\n\r\n", "GET /a?b&access_token=" + h.token + " HTTP/1.1\r\nHost: api.test:99\r\n"},
		"a bad one":    {"GET /a HTTP/1.1\r\nHost: a.example\r\nAuthorization: Bearer no\r\n\r\n", "GET /a HTTP/1.1\r\nHost: api.test:99\r\nAuthorization: Bearer no\r\n"},
		"none":         {"GET /a HTTP/1.1\r\nHost: a.example\r\n\r\n", "GET /a HTTP/1.1\r\nHost: api.test:99\r\n"},
	} {
		client := h.dial(t)
		client.send(c.in)
		if a := client.read(); a.status != 204 {
			t.Fatalf("%s: answered %s%s", name, a.head, a.body)
		}
		if diff := cmp.Diff(c.want+alongside+"\r\n", <-h.origin.seen); diff != "" {
			t.Errorf("%s: the upstream got (-want +got):\n%s", name, diff)
		}
	}
}

// Two credentials where they are only observed: both pass, whichever the API reads, and nobody is known by one of them.
func TestUntouchedCredentials(t *testing.T) {
	t.Parallel()
	p, required, observe := untouched(), route.Credentials{Need: route.Required}, route.All(route.Observe)
	p.API.Credentials, p.API.Modes = required, observe
	p.API.Routes[0].Credentials, p.API.Routes[0].Modes, p.API.Routes[0].Scopes = &required, &observe, [][]string{{"r_profile"}}
	accept := route.TwoAuthorization
	p.API.Routes[0].Accept = &accept
	h := p.open(t, answering("HTTP/1.1 204 No Content\r\n\r\n"))
	client := h.dial(t)
	client.send("GET /a HTTP/1.1\r\nHost: a.example\r\nAuthorization: Bearer " + h.token + "\r\nauthorization: Basic b3RoZXI=\r\n\r\n")
	if a := client.read(); a.status != 204 {
		t.Fatalf("answered %s%s", a.head, a.body)
	}
	want := "GET /a HTTP/1.1\r\nHost: api.test:99\r\nAuthorization: Bearer " + h.token + "\r\nauthorization: Basic b3RoZXI=\r\n" + alongside + "\r\n"
	if diff := cmp.Diff(want, <-h.origin.seen); diff != "" {
		t.Errorf("the upstream got (-want +got):\n%s", diff)
	}
	line := h.logged(t, 1)[0]
	if says := `"tolerated":["two_authorization"]`; !strings.Contains(line, says) {
		t.Errorf("%s lacks %s", line, says)
	}
	if strings.Contains(line, `"member"`) || strings.Contains(line, h.token) {
		t.Errorf("it knows who: %s", line)
	}
}

// What the caller gets is what the upstream said, but for what belongs to one hop alone, and an id where there is none.
func TestUntouchedAnswers(t *testing.T) {
	t.Parallel()
	const id = "X-Request-Id: " + noonUUID + "\r\n"
	for name, c := range map[string]struct {
		method, answer string
		want           string
	}{
		"reason, order and spelling": {
			answer: "HTTP/1.1 200 Very Well\r\nserver:x\r\nSet-Cookie: a=1\r\nset-cookie: b=2; Path=/\r\nContent-LENGTH:  2\r\nETag: \"1\"\r\n\r\nhi",
			want:   "HTTP/1.1 200 Very Well\r\nserver:x\r\nSet-Cookie: a=1\r\nset-cookie: b=2; Path=/\r\nContent-LENGTH:  2\r\nETag: \"1\"\r\n" + id + "\r\nhi",
		},
		"an id of its own": {
			answer: "HTTP/1.1 200 OK\r\nx-request-id: theirs\r\nContent-Length: 0\r\n\r\n",
			want:   "HTTP/1.1 200 OK\r\nx-request-id: theirs\r\nContent-Length: 0\r\n\r\n",
		},
		"an error": {
			answer: "HTTP/1.1 404 Nope\r\nContent-Type: text/html\r\nContent-Length: 4\r\nAccess-Control-Allow-Origin: *\r\n\r\n<p/>",
			want:   "HTTP/1.1 404 Nope\r\nContent-Type: text/html\r\nContent-Length: 4\r\nAccess-Control-Allow-Origin: *\r\n" + id + "\r\n<p/>",
		},
		"limits, dates and policies of its own": {
			answer: "HTTP/1.1 429 Too Many\r\nRateLimit: \"a\";r=0\r\nDate: yesterday\r\nX-Content-Type-Options: sniff\r\nRetry-After: 1\r\nx-li-uuid: 1\r\nContent-Length: 0\r\n\r\n",
			want:   "HTTP/1.1 429 Too Many\r\nRateLimit: \"a\";r=0\r\nDate: yesterday\r\nX-Content-Type-Options: sniff\r\nRetry-After: 1\r\nx-li-uuid: 1\r\nContent-Length: 0\r\n" + id + "\r\n",
		},
		"what belongs to one hop, and what is ours alone to say": {
			answer: "HTTP/1.1 200 OK\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nUpgrade: h2\r\nCandor-Problem: none\r\nContent-Length: 0\r\n\r\n",
			want:   "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" + id + "\r\n",
		},
		"one length twice": {
			answer: "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\nA: 1\r\nContent-Length: 2\r\n\r\nhi",
			want:   "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nA: 1\r\n" + id + "\r\nhi",
		},
		"chunks and trailers": {
			answer: "HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\nA: 1\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 1\r\n\r\n",
			want:   "HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nA: 1\r\n" + id + "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\nX-Sum: 1\r\n\r\n",
		},
		"HEAD": {
			method: "HEAD",
			answer: "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nA: 1\r\n\r\n",
			want:   "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nA: 1\r\n" + id + "\r\n",
		},
		"not modified": {
			answer: "HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\nContent-Length: 7\r\n\r\n",
			want:   "HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\nContent-Length: 7\r\n" + id + "\r\n",
		},
		"a redirect to the host of the URL": {
			answer: "HTTP/1.1 302 Found\r\nLocation: http://api.test:99/x\r\nContent-Length: 0\r\n\r\n",
			want:   "HTTP/1.1 302 Found\r\nLocation: http://api.test:99/x\r\nContent-Length: 0\r\n" + id + "\r\n",
		},
		"a range": {
			answer: "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-1/9\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n\x1f\x8b",
			want:   "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-1/9\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n" + id + "\r\n\x1f\x8b",
		},
		"a status that HTTP does not know": {
			answer: "HTTP/1.1 799 Odd\r\nContent-Length: 0\r\n\r\n",
			want:   "HTTP/1.1 799 Odd\r\nContent-Length: 0\r\n" + id + "\r\n",
		},
		"an interim answer": {
			answer: "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nx-request-id: 1\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
			want:   "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nx-request-id: 1\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n" + id + "\r\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			engines(t, func(t *testing.T, portable bool) {
				p := untouched()
				p.Options.Portable = portable
				h := p.open(t, answering(c.answer))
				method := c.method
				if method == "" {
					method = "GET"
				}
				client := h.dial(t)
				client.send(method + " / HTTP/1.1\r\nHost: a.example\r\n\r\n")
				var got strings.Builder
				for a := (answer{status: 100}); a.status < 200; {
					a = client.readTo(method)
					got.WriteString(a.head + a.body)
				}
				if diff := cmp.Diff(c.want, got.String()); diff != "" {
					t.Errorf("the caller got (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// A page of another site can make a name of its own lead to a loopback address: only names that were told are answered there, and addresses.
func TestHostsOfALoopbackListener(t *testing.T) {
	t.Parallel()
	l := &Listener{Names: []string{"localhost", "api.test"}}
	for host, want := range map[string]bool{
		"localhost": true, "LOCALHOST:8080": true, "api.test": true, "api.test:1": true, "127.0.0.1": true, "127.0.0.1:8080": true, "[::1]": true, "[::1]:8080": true,
		"10.0.0.1": true, "": true, "evil.example": false, "localhost.evil.example": false, "evil.example:8080": false, "127.0.0.1.evil.example": false, "0x7f.1": false,
		"2130706433": false, "api.test.": false, "xlocalhost": false,
	} {
		if got := l.answersTo([]byte(host)); got != want {
			t.Errorf("%q: %v, want %v", host, got, want)
		}
	}
	if !(&Listener{}).answersTo([]byte("evil.example")) {
		t.Error("a listener without names takes every one")
	}
}
