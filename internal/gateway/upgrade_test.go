package gateway

import (
	"bufio"
	"crypto/tls"
	"io"
	"net"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/quota"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/internal/testkit"
)

const (
	handshake = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
	openWS    = "GET /ws HTTP/1.1\r\nHost: a.example\r\n" + handshake + "\r\n"
	switching = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
)

// upgradePlan is a plan whose API opens WebSockets.
func upgradePlan() *plan {
	p := newPlan()
	public, yes, websocket := route.Credentials{Need: route.Public}, true, []string{route.WebSocket}
	p.API.Routes = append(p.API.Routes,
		route.Spec{Name: "ws", Path: "/ws", Credentials: &public, Upgrade: &route.Upgrade{Protocols: websocket, Idle: patience}},
		route.Spec{Name: "wsmine", Path: "/wsmine", Upgrade: &route.Upgrade{Protocols: websocket}, TokenInQuery: &yes, Quota: "few"},
		route.Spec{Name: "wsends", Path: "/wsends", Upgrade: &route.Upgrade{Protocols: websocket, EndAtExpiry: true}},
		route.Spec{Name: "wsidle", Path: "/wsidle", Credentials: &public, Upgrade: &route.Upgrade{Protocols: websocket, Idle: 50 * time.Millisecond}},
		route.Spec{Name: "wsshort", Path: "/wsshort", Credentials: &public, Upgrade: &route.Upgrade{Protocols: websocket}, CallTimeout: 50 * time.Millisecond},
	)
	return p
}

// peer is an upstream's side of a connection that has been switched.
type peer struct {
	net.Conn
	tcp *net.TCPConn
	r   *bufio.Reader
	raw string // the call that has switched it
}

// switcher is an origin that reads a call, answers it and does what act says.
func switcher(answer string, act func(p *peer)) *origin {
	o := acting(nil)
	o.serve = func(c *net.TCPConn, r *bufio.Reader) {
		p := &peer{Conn: c, tcp: c, r: r}
		if o.over != nil {
			p.Conn = tls.Server(c, o.over)
			p.r = bufio.NewReader(p.Conn)
		}
		var err error
		if p.raw, err = readCall(p.r); err != nil {
			return
		}
		select {
		case o.seen <- p.raw:
		default: // nobody looks
		}
		if _, err = io.WriteString(p, answer); err == nil && act != nil {
			act(p)
		}
	}
	return o
}

// echo sends back what comes, until its end.
func echo(p *peer) {
	_, _ = io.Copy(p, p.r)
	_ = p.Conn.(interface{ CloseWrite() error }).CloseWrite()
	_, _ = io.Copy(io.Discard, p.r)
}

// waysThrough runs a test over both loops, plain and over TLS on either side.
func waysThrough(t *testing.T, test func(t *testing.T, p *plan, dial func(*testing.T, *house) *client, secure func(*origin) *origin)) {
	t.Helper()
	for _, c := range []struct {
		name     string
		tls, utl bool
	}{{"plain", false, false}, {"tls before us", true, false}, {"tls behind us", false, true}, {"tls on both sides", true, true}} {
		t.Run(c.name, func(t *testing.T) {
			engines(t, func(t *testing.T, portable bool) {
				p := upgradePlan()
				p.Options.Portable = portable
				test(t, p, func(t *testing.T, h *house) *client {
					if c.tls {
						return h.dialTLS(t)
					}
					return h.dial(t)
				}, func(o *origin) *origin {
					if c.utl {
						o.over, p.Spec.InsecureSkipVerify = serverTLS(t), true
					}
					return o
				})
			})
		})
	}
}

// opened reads the head of the answer, which must switch.
func (c *client) opened() string {
	c.tb.Helper()
	a := c.read()
	if a.status != 101 {
		c.tb.Fatalf("not switched: %s%s", a.head, a.body)
	}
	return a.head
}

// What an upstream gets of a handshake, or does not get.
func TestWhatOpensAWebSocket(t *testing.T) {
	for _, c := range []struct {
		name, in string
		asks     bool // the upstream is asked for a WebSocket
		status   int
		dropped  string
	}{
		{"as browsers do", "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: websocket\r\n\r\n", true, 101, ""},
		{"in another case", "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: UPGRADE\r\nUpgrade: WebSocket\r\n\r\n", true, 101, ""},
		{"among several", "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c , websocket,foo/2\r\n\r\n", true, 101, ""},
		{"in two fields", "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\nUpgrade: websocket\r\n\r\n", true, 101, ""},
		{"without content", "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 0\r\n\r\n", true, 101, ""},
		{"without Connection", "GET /ws HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n", false, 200, "websocket"},
		{"another option", "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: keep-alive\r\nUpgrade: websocket\r\n\r\n", false, 200, "websocket"},
		{"HTTP/1.0", "GET /ws HTTP/1.0\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", false, 200, "websocket"},
		{"POST", "POST /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nContent-Length: 2\r\n\r\nhi", false, 200, "websocket"},
		{"HEAD", "HEAD /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n", false, 200, "websocket"},
		{"h2c", "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n", false, 200, "h2c"},
		{"h2c with a body", "POST /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\nContent-Length: 2\r\n\r\nhi", false, 200, "h2c"},
		{"a name that only begins so", "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket/13\r\n\r\n", false, 200, "websocket/13"},
		{"another protocol", "GET /ws HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: TLS/1.0\r\n\r\n", false, 200, "TLS/1.0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			engines(t, func(t *testing.T, portable bool) {
				p := upgradePlan()
				p.Options.Portable = portable
				o := acting(nil)
				o.serve = func(tcp *net.TCPConn, r *bufio.Reader) {
					raw, err := readCall(r)
					if err != nil {
						return
					}
					o.seen <- raw
					if testkit.Field(raw, "Upgrade") == "websocket" && testkit.Field(raw, "Connection") == "Upgrade" {
						_, _ = io.WriteString(tcp, switching)
						return
					}
					_, _ = io.WriteString(tcp, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
				}
				h := p.open(t, o)
				cl := h.dial(t)
				cl.send(c.in)
				if a := cl.read(); a.status != c.status {
					t.Errorf("%s%s", a.head, a.body)
				}
				raw := testkit.Receive(t, "the call at the upstream", o.seen)
				if asks := strings.Contains(strings.ToLower(raw), "upgrade"); asks != c.asks {
					t.Errorf("the upstream got %q", raw)
				}
				line := h.logged(t, 1)[0]
				if got := strings.Contains(line, `"upgrade_dropped":"`+c.dropped+`"`); got != (c.dropped != "") {
					t.Error(line)
				}
			})
		})
	}
}

// Whatever is answered to a call that opens a WebSocket but 101, what stands behind it is nobody's: neither a tunnel's nor a call.
func TestNothingIsSmuggledBehindAHandshake(t *testing.T) {
	const hidden = "GET /public/admin HTTP/1.1\r\nHost: a.example\r\n\r\n"
	for _, c := range []struct {
		name, in, answer string
		status           int
		calls            int // that reach the upstream
		noted            string
	}{
		{"the upstream answers like any", openWS, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", 200, 1, `"status":200,"by":"upstream"`},
		{"in chunks", openWS, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", 200, 1, `"status":200,"by":"upstream"`},
		{"it refuses", openWS, "HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\nhi", 400, 1, `"status":400,"by":"upstream"`},
		{"it wants a token", openWS, "HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nhi", 401, 1, `"status":401,"by":"upstream"`},
		{"it wants another version", openWS, "HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 8\r\nContent-Length: 0\r\n\r\n", 426, 1, `"status":426,"by":"upstream"`},
		{"it switches to something else", openWS, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n", 502, 1, `"problem":"upstream_invalid"`},
		{"it does not say to what", openWS, "HTTP/1.1 101 Switching Protocols\r\n\r\n", 502, 1, `"problem":"upstream_invalid"`},
		{"it switches to two", openWS, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket, h2c\r\nConnection: Upgrade\r\n\r\n", 502, 1, `"problem":"upstream_invalid"`},
		{"it switches unasked", strings.Replace(openWS, "/ws", "/public/x", 1), "", 501, 0, `"problem":"not_implemented"`},
		{"no answer", openWS, "", 502, 1, `"problem":"upstream_broke"`},
		{"a path that opens none", strings.Replace(openWS, "/ws", "/public/x", 1), "", 501, 0, `"detail":"upgrade"`},
		{"without a token", strings.Replace(openWS, "/ws", "/wsmine", 1), "", 401, 0, `"problem":"empty_access_token"`},
		{"unknown", strings.Replace(openWS, "/ws", "/none", 1), "", 401, 0, `"problem":"empty_access_token"`},
		{"with a body", strings.Replace(openWS, "Upgrade: w", "Content-Length: 4\r\nUpgrade: w", 1) + "GET ", "", 501, 0, `"detail":"upgrade_body"`},
		{"in chunks, before us", strings.Replace(openWS, "Upgrade: w", "Transfer-Encoding: chunked\r\nUpgrade: w", 1) + "0\r\n\r\n", "", 501, 0, `"detail":"upgrade_body"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			engines(t, func(t *testing.T, portable bool) {
				p := upgradePlan()
				p.Options.Portable = portable
				var calls atomic.Int32
				h := p.open(t, acting(func(tcp *net.TCPConn, r *bufio.Reader) {
					for {
						if _, err := readCall(r); err != nil {
							return
						}
						calls.Add(1)
						if c.answer == "" {
							return
						}
						_, _ = io.WriteString(tcp, c.answer)
					}
				}))
				cl := h.dial(t)
				cl.send(c.in + hidden)
				a := cl.read()
				if a.status != c.status || testkit.Field(a.head, "Connection") != "close" {
					t.Errorf("%s%s", a.head, a.body)
				}
				if rest := cl.end(); rest != "" {
					t.Errorf("and then %q", rest)
				}
				if n := int(calls.Load()); n != c.calls {
					t.Errorf("%d calls reached the upstream, want %d", n, c.calls)
				}
				if lines := h.logged(t, 1); len(lines) != 1 || !strings.Contains(lines[0], c.noted) {
					t.Errorf("logged %q", lines)
				}
				if h.upstream.Idle() != 0 || h.tunnels.places() != 0 {
					t.Errorf("%d connections in the pool, %d places taken", h.upstream.Idle(), h.tunnels.places())
				}
			})
		})
	}
}

// A 101 where nothing was asked for is 502, as it always was.
func TestUnaskedSwitch(t *testing.T) {
	h := upgradePlan().open(t, answering(switching))
	c := h.dial(t)
	c.send("GET /ws HTTP/1.1\r\nHost: a.example\r\n\r\n")
	if a := c.read(); a.status != 502 {
		t.Errorf("%s%s", a.head, a.body)
	}
}

func TestHandshakeAtTheUpstream(t *testing.T) {
	p := upgradePlan()
	o := switcher(switching, echo)
	h := p.open(t, o)
	c := h.dial(t)
	c.send("GET /wsmine?a=1&access_token=" + h.token + "&b=2 HTTP/1.1\r\nHost: a.example\r\nOrigin: https://a.example\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: chat, superchat\r\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\nTE: trailers\r\nCookie: a=b\r\n\r\n")
	c.opened()
	want := "GET /wsmine?a=1&b=2 HTTP/1.1\r\nHost: a.example\r\nOrigin: https://a.example\r\n" +
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: chat, superchat\r\nSec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\nCookie: a=b\r\n" +
		"Candor-Hops: 1\r\nForwarded: for=127.0.0.1;proto=http\r\nX-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Host: a.example\r\n" +
		"Candor-App: demo\r\nCandor-Member: ada\r\nCandor-Scopes: r_profile\r\nX-Request-Id: " + noonUUID + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
	if d := cmp.Diff(want, testkit.Receive(t, "the handshake", o.seen)); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestOriginOfAWebSocket(t *testing.T) {
	for _, c := range []struct {
		name, fields string
		status       int
	}{
		{"none: no browser", "", 101},
		{"listed", "Origin: https://app.example\r\n", 101},
		{"another", "Origin: https://evil.example\r\n", 403},
		{"its own host, not listed", "Origin: http://a.example\r\n", 403},
		{"of a sandbox", "Origin: null\r\n", 403},
		{"listed, and another", "Origin: https://app.example\r\nOrigin: https://evil.example\r\n", 403},
		{"in another case", "Origin: HTTPS://app.example\r\n", 403},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := upgradePlan()
			p.API.CORS = &route.CORSSpec{Origins: []string{"https://app.example"}}
			h := p.open(t, switcher(switching, echo))
			cl := h.dial(t)
			cl.send(strings.Replace(openWS, "Host", c.fields+"Host", 1))
			a := cl.read()
			if a.status != c.status {
				t.Errorf("%s%s", a.head, a.body)
			}
			if c.status == 403 && (testkit.Field(a.head, "Candor-Problem") != "preflight_denied" || !strings.Contains(a.body, "The WebSocket of a page of the origin")) {
				t.Errorf("%s%s", a.head, a.body)
			}
		})
	}
}

// TestObservedOriginOfAWebSocket: where preflights are only observed, a page of any origin opens one, and the log says which would not.
func TestObservedOriginOfAWebSocket(t *testing.T) {
	for _, c := range []struct{ name, fields, would string }{
		{"listed", "Origin: https://app.example\r\n", ""},
		{"another", "Origin: https://evil.example\r\n", `"would":[{"check":"preflight","problem":"preflight_denied","detail":"upgrade_origin","excerpt":"https://evil.example"}]`},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := upgradePlan()
			p.API.CORS = &route.CORSSpec{Origins: []string{"https://app.example"}}
			p.API.Modes[route.CheckPreflight] = route.Observe
			for i := range p.API.Routes {
				p.API.Routes[i].Modes = &p.API.Modes
			}
			h := p.open(t, switcher(switching, echo))
			cl := h.dial(t)
			cl.send(strings.Replace(openWS, "Host", c.fields+"Host", 1))
			cl.opened()
			if line := h.logged(t, 1)[0]; !strings.Contains(line, `"status":101`) || c.would == "" && strings.Contains(line, "would") || !strings.Contains(line, c.would) {
				t.Errorf("%s lacks %s", line, c.would)
			}
		})
	}
}

// Only what switches counts, once; frames do not.
func TestWhatAWebSocketCounts(t *testing.T) {
	for _, c := range []struct {
		name, answer string
		counted      bool
	}{
		{"switched", switching, true},
		{"refused", "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", false},
		{"broken", "", false},
		{"answered like any call", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := upgradePlan()
			p.Limits = []quota.Limit{{Key: quota.App, Window: quota.Day, N: 1}}
			h := p.open(t, switcher(c.answer, nil))
			ask := func() int {
				cl := h.dial(t)
				cl.send(h.get("/wsmine", strings.Split(strings.TrimSuffix(handshake, "\r\n"), "\r\n")...))
				return cl.read().status
			}
			first := ask()
			if second := ask(); (second == 429) != c.counted {
				t.Errorf("first %d, then %d", first, second)
			}
		})
	}
}

func TestPlacesOfWebSockets(t *testing.T) {
	p := upgradePlan()
	p.Upgrades = 2
	h := p.open(t, switcher(switching, echo))
	open := func() *client {
		c := h.dial(t)
		c.send(openWS)
		return c
	}
	first, second := open(), open()
	first.opened()
	second.opened()
	a := open().read()
	if a.status != 503 || testkit.Field(a.head, "Retry-After") != "1" || !strings.Contains(a.body, "too many WebSocket connections are open") {
		t.Errorf("%s%s", a.head, a.body)
	}
	lines := h.logged(t, 3)
	line := lines[slices.IndexFunc(lines, func(l string) bool { return strings.Contains(l, `"status":503`) })] // whoever opened one may be logged behind it
	if want := `"detail":"upgrades","limit":"upgrades","limit_value":2,"unit":"connections"`; !strings.Contains(line, want) {
		t.Errorf("%s lacks %s", line, want)
	}
	plain := h.dial(t)
	plain.send("GET /public/x HTTP/1.1\r\nHost: a\r\n\r\n")
	if a := plain.read(); a.status != 502 { // it is forwarded, and the origin knows nothing but 101
		t.Errorf("a plain call: %s%s", a.head, a.body)
	}
	_ = first.tcp.Close()
	testkit.Until(t, "a place", func() bool { return h.tunnels.places() == 1 })
	open().opened()
}
