package gateway

import (
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/accesslog"
	"github.com/candor-gateway/candor/internal/testkit"
)

// glass is a sink that remembers what it was told last.
type glass struct {
	mu   sync.Mutex
	told []told
}

type told struct {
	Status                      int
	Problem, What, Fix          string
	Method, Target, AnswerID    string
	Type, Encoding, Challenge   string
	Allow, RetryAfter, Location string
	ContentLocation, Refresh    string
	Host                        string
	GRPCStatus, GRPCMessage     string
	Authorization, Body         string
	Odd, OddWhat                string
	Cookie, Whole               bool
	Sent                        int64
	In, Out                     int64 // of a connection that was switched, at its end
	Ended                       string
}

// Call is Sink's. What it is given is borrowed.
func (g *glass) Call(e *accesslog.Entry) {
	g.mu.Lock()
	defer g.mu.Unlock()
	s, a := e.Seen, &e.Seen.Answer
	if e.Ended != "" {
		g.told = append(g.told, told{
			Status: e.Status, Method: string(e.Method), Target: string(e.Target), In: e.In, Out: e.Out, Ended: e.EndedBy + " " + e.Ended,
		})
		return
	}
	g.told = append(g.told, told{
		Status: e.Status, Problem: e.Problem, What: string(s.What), Fix: string(s.Fix), Method: string(e.Method), Target: string(e.Target), AnswerID: string(e.AnswerID),
		Type: string(a.Type), Encoding: string(a.Encoding), Challenge: string(a.Challenge), Allow: string(a.Allow), RetryAfter: string(a.RetryAfter),
		Location: string(a.Location), ContentLocation: string(a.ContentLocation), Refresh: string(a.Refresh), Host: string(s.Host), GRPCStatus: string(a.GRPCStatus), GRPCMessage: string(a.GRPCMessage), Authorization: string(s.Authorization), Body: string(a.Body), Whole: a.Whole,
		Cookie: s.Cookie, Sent: s.Sent, Odd: s.Odd, OddWhat: string(s.OddWhat),
	})
}

func (g *glass) last() told {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.told) == 0 {
		return told{}
	}
	return g.told[len(g.told)-1]
}

func TestSink(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		origin *origin
		in     string
		want   told
	}{
		"a good call": {
			answering("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\nX-Request-Id: theirs\r\n\r\nhi"),
			"GET /a?b HTTP/1.1\r\nHost: a.example\r\nAuthorization: Basic x\r\n\r\n",
			told{Status: 200, Method: "GET", Target: "/a?b", Type: "text/plain", AnswerID: "theirs", Authorization: "Basic x"},
		},
		"a cookie": {
			answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), "GET /a HTTP/1.1\r\nHost: a.example\r\nCookie: sid=1\r\n\r\n",
			told{Status: 200, Method: "GET", Target: "/a", Cookie: true},
		},
		"a body": {
			answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), "POST /a HTTP/1.1\r\nHost: a.example\r\nContent-Length: 3\r\n\r\nabc",
			told{Status: 200, Method: "POST", Target: "/a", Sent: 3},
		},
		"a body in chunks, without their framing": {
			answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
			"POST /a HTTP/1.1\r\nHost: a.example\r\nTransfer-Encoding: chunked\r\n\r\n1;x=0123456789\r\na\r\n2\r\nbc\r\n0\r\nA: b\r\n\r\n",
			told{Status: 200, Method: "POST", Target: "/a", Sent: 3},
		},
		"a control byte in the path": {
			answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), "GET /a\x1bb HTTP/1.1\r\nHost: a.example\r\n\r\n",
			told{Status: 200, Method: "GET", Target: "/a\x1bb", Odd: "raw_control", OddWhat: `The path of the URL has a control byte at position 3: '\x1b'`},
		},
		"a fragment": {
			answering("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), "GET /a#b HTTP/1.1\r\nHost: a.example\r\n\r\n",
			told{Status: 200, Method: "GET", Target: "/a#b", Odd: "fragment", OddWhat: "The path of the URL has a # at position 3: '#'"},
		},
		"an error": {
			answering("HTTP/1.1 403 No\r\nContent-Type: text/plain\r\nWWW-Authenticate: Bearer\r\nAllow: GET\r\nRetry-After: 3\r\nLocation: /x\r\nContent-Location: /y\r\nrefresh: 0;url=/z\r\nContent-Encoding: br\r\nContent-Length: 2\r\n\r\nno"),
			"GET /a HTTP/1.1\r\nHost: a.example\r\n\r\n",
			told{
				Status: 403, Method: "GET", Target: "/a", Type: "text/plain", Encoding: "br", Challenge: "Bearer", Allow: "GET", RetryAfter: "3", Location: "/x", ContentLocation: "/y", Refresh: "0;url=/z", Body: "no", Whole: true,
			},
		},
		"a long error in chunks": {
			answering("HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n1000\r\n" + strings.Repeat("a", 4096) + "\r\n1\r\nb\r\n0\r\n\r\n"),
			"GET /a HTTP/1.1\r\nHost: a.example\r\n\r\n",
			told{Status: 500, Method: "GET", Target: "/a", Body: strings.Repeat("a", 4096)},
		},
		"a success in JSON": {
			answering("HTTP/1.1 200 OK\r\nContent-Type: application/graphql-response+json; charset=utf-8\r\nContent-Length: 13\r\n\r\n{\"errors\":[]}"),
			"GET /a HTTP/1.1\r\nHost: a.example\r\n\r\n",
			told{Status: 200, Method: "GET", Target: "/a", Type: "application/graphql-response+json; charset=utf-8", Body: `{"errors":[]}`, Whole: true},
		},
		"an answer of ours": {
			nowhere(), "GET /a HTTP/1.1\r\nHost: a.example\r\n\r\n",
			told{
				Status: 502, Problem: "upstream_unreachable", Method: "GET", Target: "/a", What: "The API could not be reached: it refused the connection",
				Fix: "Try again with growing waits: the call did not reach the API.",
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, g := untouched(), &glass{}
			p.Options.Sink = g
			h := p.open(t, c.origin)
			client := h.dial(t)
			client.send(c.in)
			client.read()
			testkit.Until(t, "the sink was told", func() bool { return g.last().Status != 0 })
			c.want.Host = "a.example"
			if diff := cmp.Diff(c.want, g.last()); diff != "" {
				t.Errorf("told (-want +got):\n%s", diff)
			}
		})
	}
}

// TestSinkOfWebSockets: a sink is told of a connection that was switched a second time, at its end.
func TestSinkOfWebSockets(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		upstream func(*peer)
		client   func(*client)
		want     told
	}{
		"closed by the client": {echo, func(c *client) { c.halfClose(); c.end() }, told{In: 2, Out: 2, Ended: "client closed"}},
		"closed by the upstream": {
			func(p *peer) { _, _ = io.CopyN(p, p.r, 2); _ = p.tcp.CloseWrite(); _, _ = io.Copy(io.Discard, p.r) },
			func(c *client) { c.end(); c.halfClose() },
			told{In: 2, Out: 2, Ended: "upstream closed"},
		},
		"reset by the upstream": {
			func(p *peer) { _, _ = io.CopyN(p, p.r, 2); _ = p.tcp.SetLinger(0); _ = p.tcp.Close() }, func(c *client) { c.cut() },
			told{In: 2, Out: 2, Ended: "upstream reset"},
		},
		"reset by the client": {echo, func(c *client) { c.reset() }, told{In: 2, Out: 2, Ended: "client reset"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, g := untouched(), &glass{}
			p.Options.Sink = g
			h := p.open(t, switcher(switching, c.upstream))
			client := h.dial(t)
			client.send(openWS)
			client.opened()
			testkit.Until(t, "the sink was told of the beginning", func() bool { return g.last().Status == 101 })
			client.send("hi")
			client.exactly(2)
			c.client(client)
			c.want.Status, c.want.Method, c.want.Target = 101, "GET", "/ws"
			testkit.Until(t, "the sink was told of the end", func() bool { return g.last().Ended != "" })
			if diff := cmp.Diff(c.want, g.last()); diff != "" {
				t.Errorf("told (-want +got):\n%s", diff)
			}
		})
	}
}
