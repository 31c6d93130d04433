package gateway

import (
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/heads"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/problem"
)

// How a connection is found after an answer.
const (
	isKept = iota
	isClosed
	isReset
)

// What we add to the head of a forwarded answer, its framing apart, and the ids that the linkedin profile adds instead of ours.
const (
	added       = ourID
	addedNow    = added + "Date: " + noonDate + "\r\n"
	linkedInIDs = "x-li-uuid: AZypRQoAfe+BI0VniavN7w==\r\nx-li-fabric: fabric\r\nx-li-request-id: " + noonHex + "\r\n"
)

func TestAnswerHeads(t *testing.T) {
	const (
		get     = "GET /public/ HTTP/1.1\r\nHost: a.example\r\n\r\n"
		head    = "HEAD /public/ HTTP/1.1\r\nHost: a.example\r\n\r\n"
		old     = "GET /public/ HTTP/1.0\r\n\r\n"
		stays   = "GET /public/ HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"
		cross   = "GET /public/ HTTP/1.1\r\nHost: a.example\r\nOrigin: https://app.example.com\r\n\r\n"
		their   = "Access-Control-Allow-Origin: *\r\nAccess-Control-Allow-Credentials: true\r\naccess-control-expose-headers: X\r\n"
		exposes = "Access-Control-Expose-Headers: " + heads.Exposed + ", X-Request-Id"
	)
	cors := func(p *plan) {
		p.API.CORS = &route.CORSSpec{Origins: []string{"https://app.example.com"}, Methods: []string{"GET"}}
	}
	everybody := func(p *plan) { p.API.CORS = &route.CORSSpec{Origins: []string{"*"}, Methods: []string{"GET"}} }
	linkedIn := func(p *plan) { p.API.Profile = problem.LinkedIn }
	for name, c := range map[string]struct {
		plan func(*plan)
		in   string // "" is get; {limited} a call that counts, with a good token
		up   string
		ends bool // the upstream closes after its answer
		want string
		is   int
	}{
		"a length": {
			up:   "HTTP/1.1 200 Fine\r\nServer: x\r\ncontent-LENGTH: 002\r\nDate: yesterday\r\nX-A:  1 \r\n\r\nhi",
			want: "HTTP/1.1 200 Fine\r\nServer: x\r\nDate: yesterday\r\nX-A:  1 \r\n" + added + "Content-Length: 2\r\n\r\nhi",
		},
		"no reason": {
			up:   "HTTP/1.1 299 \r\nContent-Length: 0\r\n\r\n",
			want: "HTTP/1.1 299 \r\n" + addedNow + "Content-Length: 0\r\n\r\n",
		},
		"a reason that is no ASCII": {
			up:   "HTTP/1.1 200 \xc3\xa9\tok\r\nContent-Length: 0\r\n\r\n",
			want: "HTTP/1.1 200 \xc3\xa9\tok\r\n" + addedNow + "Content-Length: 0\r\n\r\n",
		},
		"an answer of HTTP/1.0": {
			up:   "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi",
			want: "HTTP/1.1 200 OK\r\n" + strings.Replace(addedNow, "1.1 candor", "1.0 candor", 1) + "Content-Length: 2\r\n\r\nhi",
		},
		"chunks": {
			up:   "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n02;ext=1\r\nhi\r\n1\r\n!\r\n0\r\nX-T: 1\r\n\r\n",
			want: "HTTP/1.1 200 OK\r\nTrailer: X-T\r\n" + addedNow + "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n1\r\n!\r\n0\r\nX-T: 1\r\n\r\n",
		},
		"until it closes": {
			up: "HTTP/1.1 200 OK\r\n\r\nhi", ends: true,
			want: "HTTP/1.1 200 OK\r\n" + addedNow + "Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
		},
		"until it closes, and nothing came": {
			up: "HTTP/1.1 200 OK\r\n\r\n", ends: true,
			want: "HTTP/1.1 200 OK\r\n" + addedNow + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		},
		"a length to HTTP/1.0": {
			in: old, up: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", is: isClosed,
			want: "HTTP/1.1 200 OK\r\n" + addedNow + "Content-Length: 2\r\nConnection: close\r\n\r\nhi",
		},
		"a length to HTTP/1.0 that stays": {
			in: stays, up: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi",
			want: "HTTP/1.1 200 OK\r\n" + addedNow + "Content-Length: 2\r\nConnection: keep-alive\r\n\r\nhi",
		},
		"chunks to HTTP/1.0": {
			in: stays, up: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n2\r\nhi\r\n0\r\nX-T: 1\r\n\r\n", is: isClosed,
			want: "HTTP/1.1 200 OK\r\n" + addedNow + "Connection: close\r\n\r\nhi",
		},
		"until it closes to HTTP/1.0": {
			in: stays, up: "HTTP/1.1 200 OK\r\n\r\nhi", ends: true, is: isClosed,
			want: "HTTP/1.1 200 OK\r\n" + addedNow + "Connection: close\r\n\r\nhi",
		},
		"HEAD with a length": {
			in: head, up: "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n",
			want: "HTTP/1.1 200 OK\r\n" + addedNow + "Content-Length: 20\r\n\r\n",
		},
		"HEAD with chunks": {
			in: head, up: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
			want: "HTTP/1.1 200 OK\r\n" + addedNow + "\r\n",
		},
		"HEAD without a length": {
			in: head, up: "HTTP/1.1 200 OK\r\n\r\n",
			want: "HTTP/1.1 200 OK\r\n" + addedNow + "\r\n",
		},
		"204": {
			up:   "HTTP/1.1 204 No Content\r\nX-A: 1\r\n\r\n",
			want: "HTTP/1.1 204 No Content\r\nX-A: 1\r\n" + addedNow + "\r\n",
		},
		"204 with a length": {
			up:   "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n",
			want: "HTTP/1.1 204 No Content\r\n" + addedNow + "\r\n",
		},
		"304 with the length that it would have": {
			up:   "HTTP/1.1 304 Not Modified\r\nContent-Length: 20\r\nETag: \"x\"\r\n\r\n",
			want: "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n" + addedNow + "Content-Length: 20\r\n\r\n",
		},
		"205": {
			up:   "HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n",
			want: "HTTP/1.1 205 Reset Content\r\n" + addedNow + "Content-Length: 0\r\n\r\n",
		},
		"an error passes as it is": {
			up:   "HTTP/1.1 500 Oh\r\nContent-Type: text/html\r\nContent-Length: 3\r\n\r\n<a>",
			want: "HTTP/1.1 500 Oh\r\nContent-Type: text/html\r\n" + addedNow + "Content-Length: 3\r\n\r\n<a>",
		},
		"what belongs to one hop": {
			up: "HTTP/1.1 200 OK\r\nConnection: X-Mine, keep-alive\r\nKeep-Alive: timeout=5\r\nX-Mine: 1\r\nProxy-Authenticate: x\r\nUpgrade: h2c\r\nTE: x\r\nX-A: 1\r\n" +
				"Content-Length: 0\r\n\r\n",
			want: "HTTP/1.1 200 OK\r\nX-A: 1\r\n" + addedNow + "Content-Length: 0\r\n\r\n",
		},
		"the upstream closes, the client need not": {
			up:   "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
			want: "HTTP/1.1 200 OK\r\n" + addedNow + "Content-Length: 0\r\n\r\n",
		},
		"what only we may say": {
			up:   "HTTP/1.1 429 No\r\nCandor-Problem: throttled\r\nCandor-App: x\r\nX-Request-Id: theirs\r\nx-li-uuid: theirs\r\nContent-Length: 0\r\n\r\n",
			want: "HTTP/1.1 429 No\r\nx-li-uuid: theirs\r\n" + addedNow + "Content-Length: 0\r\n\r\n",
		},
		"ids of the linkedin profile": {
			plan: linkedIn,
			up:   "HTTP/1.1 200 OK\r\nX-Li-UUID: theirs\r\nX-Request-Id: theirs\r\nX-LI-FABRIC: theirs\r\nx-li-request-id: theirs\r\nContent-Length: 0\r\n\r\n",
			want: "HTTP/1.1 200 OK\r\n" + linkedInIDs + "Date: " + noonDate +
				"\r\nContent-Length: 0\r\n\r\n",
		},
		"an id under another name": {
			plan: func(p *plan) { p.API.Headers.RequestID = "Trace-Id" },
			up:   "HTTP/1.1 200 OK\r\nX-Request-Id: theirs\r\nTRACE-id: theirs\r\nContent-Length: 0\r\n\r\n",
			want: "HTTP/1.1 200 OK\r\nX-Request-Id: theirs\r\nTrace-Id: " + noonUUID + "\r\nDate: " + noonDate + "\r\nContent-Length: 0\r\n\r\n",
		},
		"an id under its own name, and identity under another": {
			plan: func(p *plan) { p.API.Headers.App = "X-App" },
			up:   "HTTP/1.1 200 OK\r\nX-Request-Id: theirs\r\nContent-Length: 0\r\n\r\n",
			want: "HTTP/1.1 200 OK\r\n" + addedNow + "Content-Length: 0\r\n\r\n",
		},
		"no id": {
			plan: func(p *plan) { p.API.Headers.RequestID = "" },
			up:   "HTTP/1.1 200 OK\r\nX-Request-Id: theirs\r\nContent-Length: 0\r\n\r\n",
			want: "HTTP/1.1 200 OK\r\nX-Request-Id: theirs\r\nDate: " + noonDate + "\r\nContent-Length: 0\r\n\r\n",
		},
		"cors is off": {
			in: cross, up: "HTTP/1.1 200 OK\r\n" + their + "Content-Length: 0\r\n\r\n",
			want: "HTTP/1.1 200 OK\r\n" + their + addedNow + "Content-Length: 0\r\n\r\n",
		},
		"cors of ours in the place of theirs": {
			plan: cors, in: cross,
			up:   "HTTP/1.1 200 OK\r\n" + their + "Vary: Accept\r\nContent-Length: 0\r\n\r\n",
			want: "HTTP/1.1 200 OK\r\nVary: Accept\r\n" + addedNow + "Access-Control-Allow-Origin: https://app.example.com\r\n" + exposes + ", X\r\nVary: Origin\r\nContent-Length: 0\r\n\r\n",
		},
		"cors for every origin": {
			plan: everybody, in: cross,
			up:   "HTTP/1.1 200 OK\r\n" + their + "Content-Length: 0\r\n\r\n",
			want: "HTTP/1.1 200 OK\r\n" + addedNow + "Access-Control-Allow-Origin: *\r\n" + exposes + ", X\r\nContent-Length: 0\r\n\r\n",
		},
		"cors for every origin, and no origin: a cache may keep the answer": {
			plan: everybody, up: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
			want: "HTTP/1.1 200 OK\r\n" + addedNow + "Access-Control-Allow-Origin: *\r\n" + exposes + "\r\nContent-Length: 0\r\n\r\n",
		},
		"cors with credentials, and names that scripts may read": {
			plan: func(p *plan) { cors(p); p.API.CORS.Credentials, p.API.CORS.Expose = true, []string{"Link", "X-Total"} }, in: cross,
			up: "HTTP/1.1 200 OK\r\n" + their + "Access-Control-Expose-Headers: ETag ,, a b,*\r\nContent-Length: 0\r\n\r\n",
			want: "HTTP/1.1 200 OK\r\n" + addedNow + "Access-Control-Allow-Origin: https://app.example.com\r\nAccess-Control-Allow-Credentials: true\r\n" + exposes +
				", Link, X-Total, X, ETag, *\r\nVary: Origin\r\nContent-Length: 0\r\n\r\n",
		},
		"cors with credentials, and a longer origin": {
			plan: func(p *plan) { cors(p); p.API.CORS.Credentials = true }, in: strings.Replace(cross, ".com\r\n\r\n", ".com.evil.example\r\n\r\n", 1),
			up:   "HTTP/1.1 200 OK\r\n" + their + "Content-Length: 0\r\n\r\n",
			want: "HTTP/1.1 200 OK\r\n" + addedNow + "Vary: Origin\r\nContent-Length: 0\r\n\r\n",
		},
		"cors, and an origin that is not allowed": {
			plan: cors, in: strings.Replace(cross, "app.", "bad.", 1),
			up:   "HTTP/1.1 200 OK\r\n" + their + "Content-Length: 0\r\n\r\n",
			want: "HTTP/1.1 200 OK\r\n" + addedNow + "Vary: Origin\r\nContent-Length: 0\r\n\r\n",
		},
		"cors, and no origin": {
			plan: cors, up: "HTTP/1.1 200 OK\r\n" + their + "Content-Length: 0\r\n\r\n",
			want: "HTTP/1.1 200 OK\r\n" + addedNow + "Vary: Origin\r\nContent-Length: 0\r\n\r\n",
		},
		"cors and an id under another name": {
			plan: func(p *plan) { everybody(p); p.API.Headers.RequestID = "Trace-Id" },
			in:   cross, up: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
			want: "HTTP/1.1 200 OK\r\nTrace-Id: " + noonUUID + "\r\nDate: " + noonDate + "\r\nAccess-Control-Allow-Origin: *\r\n" +
				"Access-Control-Expose-Headers: " + heads.Exposed + ", Trace-Id\r\nContent-Length: 0\r\n\r\n",
		},
		"cors and the ids of linkedin": {
			plan: func(p *plan) { linkedIn(p); everybody(p) },
			in:   cross, up: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
			want: "HTTP/1.1 200 OK\r\n" + linkedInIDs + "Date: " + noonDate + "\r\nAccess-Control-Allow-Origin: *\r\n" +
				"Access-Control-Expose-Headers: " + heads.Exposed + ", x-li-uuid, x-li-fabric, x-li-request-id\r\nContent-Length: 0\r\n\r\n",
		},
		"limits": {
			in: "{limited}", up: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
			want: "HTTP/1.1 200 OK\r\n" + addedNow + ourLimit + "Content-Length: 0\r\n\r\n",
		},
		"limits of the upstream that are stricter": {
			in: "{limited}", up: "HTTP/1.1 200 OK\r\nRateLimit: \"a\";r=200;t=9, \"b\"; t=9; r=98\r\nRateLimit-Policy: \"a\";q=1\r\nContent-Length: 0\r\n\r\n",
			want: "HTTP/1.1 200 OK\r\nRateLimit: \"a\";r=200;t=9, \"b\"; t=9; r=98\r\nRateLimit-Policy: \"a\";q=1\r\n" + addedNow + "Content-Length: 0\r\n\r\n",
		},
		"limits of the upstream that are wider": {
			in: "{limited}", up: "HTTP/1.1 200 OK\r\nRateLimit: \"a\";r=100;t=9\r\nratelimit-policy: \"a\";q=1\r\nX-A: 1\r\nContent-Length: 0\r\n\r\n",
			want: "HTTP/1.1 200 OK\r\nX-A: 1\r\n" + addedNow + ourLimit + "Content-Length: 0\r\n\r\n",
		},
		"limits of the upstream alone": {
			up:   "HTTP/1.1 200 OK\r\nRateLimit: \"a\";r=100;t=9\r\nContent-Length: 0\r\n\r\n",
			want: "HTTP/1.1 200 OK\r\nRateLimit: \"a\";r=100;t=9\r\n" + addedNow + "Content-Length: 0\r\n\r\n",
		},
		"interim answers": {
			up:   "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nLink: </a>\r\nX-Request-Id: theirs\r\n\r\nHTTP/1.1 199 \r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
			want: "HTTP/1.1 103 Early\r\nLink: </a>\r\n\r\nHTTP/1.1 199 \r\n\r\nHTTP/1.1 200 OK\r\n" + addedNow + "Content-Length: 0\r\n\r\n",
		},
		"interim answers to HTTP/1.0": {
			in: old, up: "HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", is: isClosed,
			want: "HTTP/1.1 200 OK\r\n" + addedNow + "Content-Length: 0\r\nConnection: close\r\n\r\n",
		},
		"eight interim answers": {
			up:   strings.Repeat("HTTP/1.1 103 \r\n\r\n", 8) + "HTTP/1.1 204 \r\n\r\n",
			want: strings.Repeat("HTTP/1.1 103 \r\n\r\n", 8) + "HTTP/1.1 204 \r\n" + addedNow + "\r\n",
		},
		"bytes behind the end": {
			up:   "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi there",
			want: "HTTP/1.1 200 OK\r\n" + addedNow + "Content-Length: 2\r\n\r\nhi",
		},
		"a length that does not come whole": {
			up: "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhi", ends: true, is: isReset,
			want: "HTTP/1.1 200 OK\r\n" + addedNow + "Content-Length: 3\r\n\r\nhi",
		},
		"chunks that do not end, to HTTP/1.0": {
			in: old, up: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n", ends: true, is: isReset,
			want: "HTTP/1.1 200 OK\r\n" + addedNow + "Connection: close\r\n\r\nhi",
		},
	} {
		t.Run(name, func(t *testing.T) {
			engines(t, func(t *testing.T, portable bool) {
				p := newPlan()
				p.Options.Portable = portable
				if c.plan != nil {
					c.plan(p)
				}
				o := answering(c.up)
				if c.ends {
					o = acting(answerAndClose(c.up))
				}
				h := p.open(t, o)
				in := c.in
				switch in {
				case "":
					in = get
				case "{limited}":
					in = h.get("/limited")
				}
				client := h.dial(t)
				client.send(in)
				if diff := cmp.Diff(c.want, client.gets(c.is, len(c.want))); diff != "" {
					t.Errorf("the client's answer (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// ourLimit is what the route limited says of itself after its first call. A day is left until midnight, and the id's jitter.
const ourLimit = "RateLimit: \"app\";r=99;t=43251\r\nRateLimit-Policy: \"app\";q=100;w=86400\r\n"

// gets reads an answer of n bytes and sees what becomes of the connection.
func (c *client) gets(is, n int) string {
	c.tb.Helper()
	switch is {
	case isClosed:
		return c.end()
	case isReset:
		return c.cut()
	}
	got := c.exactly(n)
	c.send("GET /nothing HTTP/1.1\r\nHost: a.example\r\n\r\n") // kept: it answers another call
	if next := c.read(); next.status != 401 {
		c.tb.Errorf("the next call got %d, want 401", next.status)
	}
	return got
}

// exactly reads n bytes, or what comes of them.
func (c *client) exactly(n int) string {
	b := make([]byte, n)
	_ = c.tcp.SetReadDeadline(time.Now().Add(patience / 5))
	n, _ = io.ReadFull(c.r, b)
	_ = c.tcp.SetReadDeadline(time.Now().Add(patience))
	return string(b[:n])
}
