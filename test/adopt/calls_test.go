package adopt

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/test/wire/stage"
)

// call is a connection of a client that sends exact bytes. {{host}} is the upstream's address.
type call struct {
	name   string
	at     []kind // all, unless said
	sent   string // as many requests as answers
	later  string // is sent behind the first answer
	heads  bool   // its answers have no bodies
	asItIs bool   // Candor answers it itself, or writes it otherwise, where it enforces
	got    int    // how many answers are to come; 1, unless said
	status int    // of the last one, from each upstream that is not in others
	others map[kind]int
}

// Parts of calls.
const (
	host = " HTTP/1.1\r\nHost: {{host}}\r\n"
	end  = host + "\r\n"
)

var calls = []call{
	{name: "JSON", sent: "GET /json" + end, status: 200},
	{name: "fields of all sorts", sent: "GET /json" + host + "user-agent: raw/1\r\nACCEPT: */*\r\nX_Under: 1\r\nX-Empty:\r\nX-Blank:   \tmuch  \t\r\nX-Twice: a\r\nx-twice: b\r\nX-Latin: caf\xe9\r\nVia: 1.1 edge\r\n" +
		"traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\nX-Request-Id: mine\r\nForwarded: for=1.2.3.4\r\nX-Forwarded-Proto: https\r\nX-Real-IP: 1.2.3.4\r\n\r\n", status: 200},
	{name: "X-Forwarded-For of its own", sent: "GET /json" + host + "X-Forwarded-For: 1.2.3.4\r\nx-forwarded-for: 5.6.7.8\r\n\r\n", status: 200},
	{name: "fields of one hop", sent: "GET /json" + host + "Connection: keep-alive, X-Mine\r\nX-Mine: 1\r\nKeep-Alive: 5\r\nTE: trailers\r\n\r\n", status: 200},
	{name: "fields that are Candor's", sent: "GET /json" + host + "Candor-App: root\r\nProxy: evil\r\n\r\n", status: 200},
	{name: "credentials", sent: "GET /json" + host + "Authorization: Bearer of.the.api\r\nCookie: sid=1; b=\"2\"\r\nX-Api-Key: 7\r\n\r\n", status: 200},
	{name: "HEAD", sent: "HEAD /json" + end, heads: true, status: 200},
	{name: "HTTP/1.0", sent: "GET /json HTTP/1.0\r\nHost: {{host}}\r\n\r\n", status: 200},
	{name: "HTTP/1.0 without a length", sent: "GET /slowly HTTP/1.0\r\nHost: {{host}}\r\n\r\n", status: 200, others: map[kind]int{nginx: 404}},
	{name: "HTTP/1.0 that is kept", at: []kind{golang, node, nginx}, sent: "GET /json HTTP/1.0\r\nHost: {{host}}\r\nConnection: keep-alive\r\n\r\nGET /json HTTP/1.0\r\nHost: {{host}}\r\n\r\n", got: 2, status: 200},
	{name: "an error of its own", sent: "GET /error" + end, status: 503},
	{name: "a path that is not there", sent: "GET /missing/page" + end, status: 404},
	{name: "a refusal with a reason", at: []kind{golang, node, python, newer}, sent: "POST /refused" + host + "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}", status: 422},
	{name: "JSON with a mistake", at: []kind{node}, sent: "POST /refused/" + host + "Content-Type: application/json\r\nContent-Length: 1\r\n\r\n{", status: 400},
	{name: "challenges", sent: "GET /denied" + end, status: 401},
	{name: "a method that the server does not take", sent: "PURGE /odd/x" + end, status: 200},
	{name: "a method that nobody knows", at: []kind{golang, nginx}, sent: "BREW /odd/x" + end, status: 200},
	{name: "WebDAV", at: []kind{golang, node, python, newer, nginx}, sent: "PROPFIND /odd/x" + host + "Depth: 1\r\n\r\n", status: 200},
	{name: "DELETE with a body", at: []kind{golang, node}, sent: "DELETE /odd/x" + host + "Content-Length: 2\r\n\r\nhi", status: 200},
	{name: "GET with a body", at: []kind{golang, node}, sent: "GET /odd/x" + host + "Content-Length: 2\r\n\r\nhi", status: 200},
	{name: "POST without a body", at: []kind{golang, node, python, newer}, sent: "POST /echo" + host + "Content-Length: 0\r\n\r\n", status: 200},
	{name: "cookies", sent: "GET /cookies" + host + "Cookie: a=1; b=x%20y\r\n\r\n", status: 200},
	{name: "a preflight", sent: "OPTIONS /cors" + host + "Origin: https://app.example\r\nAccess-Control-Request-Method: PUT\r\nAccess-Control-Request-Headers: x-mine\r\n\r\n", status: 204},
	{name: "CORS", sent: "GET /cors" + host + "Origin: https://app.example\r\n\r\n", status: 200, others: map[kind]int{nginx: 204}},
	{name: "gzip", sent: "GET /gzip" + host + "Accept-Encoding: gzip, br;q=0.5\r\n\r\n", status: 200},
	{name: "gzip of an error page", at: []kind{nginx}, sent: "GET /error" + host + "Accept-Encoding: gzip\r\n\r\n", status: 503},
	{name: "no gzip", sent: "GET /json" + host + "Accept-Encoding: identity\r\n\r\n", status: 200},
	{name: "a redirect", sent: "GET /redirect" + end, status: 302},
	{name: "a redirect elsewhere", at: []kind{golang, node, nginx}, sent: "GET /redirect/away" + end, status: 308},
	{name: "a redirect by the name that it was called", sent: "GET /redirect/self" + end, status: 301},
	{name: "a redirect to a folder", at: []kind{nginx}, sent: "GET /dir" + end, status: 301},
	{name: "a range", at: []kind{golang, node, nginx}, sent: "GET /range" + host + "Range: bytes=3-5\r\n\r\n", status: 206},
	{name: "ranges", at: []kind{nginx}, sent: "GET /range" + host + "Range: bytes=-3\r\n\r\n", status: 206},
	{name: "a range that is not there", at: []kind{golang, node, nginx}, sent: "GET /range" + host + "Range: bytes=1000-\r\n\r\n", status: 416},
	{name: "not modified", at: []kind{golang}, sent: "GET /json" + host + "If-None-Match: \"seven\"\r\n\r\n", status: 304},
	{name: "not modified since", at: []kind{golang}, sent: "GET /range" + host + "If-Modified-Since: Mon, 05 May 2025 00:00:00 GMT\r\n\r\n", status: 304},
	{name: "not modified by an ETag of express", at: []kind{node}, sent: "GET /json" + host + "If-None-Match: *\r\n\r\n", status: 304},
	{name: "a precondition that fails", at: []kind{golang, node}, sent: "GET /range" + host + "If-Match: \"other\"\r\n\r\n", status: 412},
	{name: "204", sent: "GET /nothing" + end, status: 204},
	{name: "an empty answer", sent: "GET /empty" + end, status: 200},
	{name: "chunks without a length", sent: "GET /slowly" + end, status: 200, others: map[kind]int{nginx: 404}},
	{name: "a large answer", at: []kind{golang, node, python, newer}, sent: "GET /large" + end, status: 200},
	{name: "an upload with a length", at: []kind{golang, node, python, newer}, sent: "POST /echo" + host + "Content-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello", status: 200},
	{name: "an upload in chunks", at: []kind{golang, node, python, newer}, sent: "POST /echo" + host + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n7\r\n, world\r\n0\r\n\r\n", status: 200},
	{name: "an upload in chunks of odd sizes", at: []kind{golang, node}, sent: "POST /echo" + host + "transfer-encoding: Chunked\r\n\r\n0000A\r\n0123456789\r\n5\r\nhello\r\n0\r\n\r\n", status: 200},
	{name: "a large upload", at: []kind{golang, node, python, newer}, sent: "POST /echo" + host + "Content-Length: 100000\r\n\r\n" + strings.Repeat("0123456789", 10000), status: 200},
	{name: "an upload that waits", at: []kind{golang, node, newer}, sent: "POST /echo" + host + "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n", later: "hello", status: 200},
	{name: "an upload that says that it waits and does not", at: []kind{node, newer}, sent: "POST /echo" + host + "Expect: 100-continue\r\nContent-Length: 5\r\n\r\nhello", status: 200},
	{name: "PATCH", at: []kind{golang, node, python, newer}, sent: "PATCH /odd/x" + host + "Content-Type: application/merge-patch+json\r\nContent-Length: 2\r\n\r\n{}", status: 200},
	{name: "a form with a method of its own", at: []kind{golang, node}, sent: "POST /odd/x" + host + "X-HTTP-Method-Override: DELETE\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 7\r\n\r\na=b&c=d", status: 200},
	{name: "TRACE", sent: "TRACE /odd/x" + end, status: 200, asItIs: true, others: map[kind]int{nginx: 405}},
	{name: "a reason and fields in odd letters", at: []kind{node}, sent: "GET /reason" + end, status: 200},
	{name: "an upload to pages", at: []kind{nginx}, sent: "POST /range" + host + "Content-Length: 5\r\n\r\nhello", status: 405},
	{name: "trailers", at: []kind{golang, node}, sent: "POST /trailers" + host + "TE: trailers\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 99\r\n\r\n", status: 200},
	{name: "early hints", at: []kind{golang, node}, sent: "GET /hints" + end, got: 2, status: 200},
	{name: "one after another", at: []kind{golang, node, nginx}, sent: "GET /json" + end, later: "GET /cookies" + end + "GET /error" + end, got: 3, status: 503},
	{name: "pipelined", at: []kind{golang, node, nginx}, sent: "GET /json" + end + "GET /missing" + end + "GET /redirect" + end, got: 3, status: 302},
	{name: "a WebSocket that is not there", at: []kind{golang, python, newer, nginx}, sent: handshake, status: 404},
	{name: "an upgrade that nobody wants", at: []kind{golang, python, newer, nginx}, sent: "GET /json" + host + "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n", status: 200},
	{name: "OPTIONS *", asItIs: true, at: []kind{golang, nginx}, sent: "OPTIONS *" + end, status: 200, others: map[kind]int{nginx: 400}},
	{name: "an absolute target", asItIs: true, at: []kind{golang, nginx}, sent: "GET http://{{host}}/odd/a?b" + end, status: 200},
}

// odd are targets that a gateway likes to mend.
var odd = []string{
	"a//b", "a///", "/", "a/./b", "a/../b", "a/%2e%2e/b", "a%2Fb", "a%2fb%5C", "caf%C3%A9", "caf%c3%a9", "%7Euser/~user", "a;b=c;d", "a,b", "a:b@c", "a+b%20c", "!$&'()*", "a%25b", "a%2525b",
	"?", "??", "?a=b&&c", "?a=%zz", "?a=[b]&c={d}|e", "?q=a+b%2B", "?next=http://x/?y=z", "?a=\"b\"<c>", "?a=b#c", "a?%00", "?caf\xc3\xa9", "A/b.PHP", strings.Repeat("x/", 500), "?" + strings.Repeat("y=1&", 1000),
}

// TestNothingChanges: what a client sends, and what it is answered, is the same with Candor and without.
func TestNothingChanges(t *testing.T) {
	t.Parallel()
	for _, k := range kinds {
		t.Run(string(k), func(t *testing.T) {
			t.Parallel()
			p := startTap(t, k.start(t))
			all := ways(t, p.address)
			for _, c := range callsOf(k) {
				t.Run(c.name, func(t *testing.T) { c.compare(t, p, all) })
			}
			for _, c := range clients {
				t.Run(c.name, func(t *testing.T) { c.compare(t, k, p, all) })
			}
			if k == node {
				t.Run("a WebSocket", func(t *testing.T) { webSocket(t, p, all) })
			}
			if k != nginx {
				for _, w := range all {
					t.Run("a stream of events, "+w.name, func(t *testing.T) { stream(t, p, w) })
				}
			}
		})
	}
}

// callsOf are the calls to a kind of upstream.
func callsOf(k kind) (all []call) {
	for _, c := range calls {
		if len(c.at) > 0 && !slices.Contains(c.at, k) {
			continue
		}
		if status := c.others[k]; status != 0 {
			c.status = status
		}
		all = append(all, c)
	}
	for i, target := range odd {
		all = append(all, call{name: fmt.Sprintf("odd target %d, %.20s", i+1, target), sent: "GET /odd/" + target + end, status: -1})
	}
	return all
}

// compare makes a call in each way.
func (c *call) compare(t *testing.T, p *tap, all []way) {
	var want exchange
	for i, w := range all {
		if c.asItIs && !w.asItIs {
			continue
		}
		got := c.make(t, p, w)
		if i == 0 {
			want = got
			continue
		}
		got.check(t, w, want)
	}
}

// exchange is what a client was answered, and what the upstream got for it.
type exchange struct {
	answers, requests []message
}

func (c *call) make(t *testing.T, p *tap, w way) (x exchange) {
	t.Helper()
	p.take()
	at := func(s string) string { return strings.ReplaceAll(s, "{{host}}", p.address) }
	client := stage.Dial(t, w.address, nil)
	defer client.Close()
	client.Send(at(c.sent))
	for want, said := max(c.got, 1), false; len(x.answers) < want; {
		a, err := client.Answer(c.heads)
		if err != nil {
			t.Fatalf("%s: answer %d: %v behind %q", w.name, len(x.answers)+1, err, a.Raw)
		}
		if a.Status != 100 { // which is between two hops
			x.answers = append(x.answers, read(a.Raw))
		}
		if !said {
			said = true
			client.Send(at(c.later))
		}
		if len(x.answers) == want && a.Status != c.status && c.status >= 0 {
			t.Errorf("%s: %d, want %d: %q", w.name, a.Status, c.status, a.Raw)
		}
	}
	for _, request := range stage.Split(p.take()) {
		x.requests = append(x.requests, read(request))
	}
	return x
}

// check compares what came of a way with what came without Candor.
func (x *exchange) check(t *testing.T, w way, want exchange) {
	t.Helper()
	if len(x.answers) != len(want.answers) || len(x.requests) != len(want.requests) {
		t.Fatalf("%s: %d answers to %d requests, want %d to %d", w.name, len(x.answers), len(x.requests), len(want.answers), len(want.requests))
	}
	for i := range x.answers {
		plain, got := want.answers[i], x.answers[i]
		w.mendAnswer(t, &plain, &got)
		if diff := cmp.Diff(plain.text(), got.text()); diff != "" {
			t.Errorf("%s: another answer (-direct +through Candor):\n%s", w.name, diff)
		}
	}
	for i := range x.requests {
		plain, got := want.requests[i], x.requests[i]
		w.mendRequest(t, &plain, &got)
		if diff := cmp.Diff(plain.text(), got.text()); diff != "" {
			t.Errorf("%s: another request (-direct +through Candor):\n%s", w.name, diff)
		}
	}
}
