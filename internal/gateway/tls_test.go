package gateway

import (
	"bytes"
	"crypto/tls"
	"net"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/testkit"
)

func TestPlainHTTPOnTheTLSPort(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		p := newPlan()
		p.Options.Portable = portable
		h := p.open(t, answering("unused"))
		for _, in := range []string{
			"GET /me HTTP/1.1\r\nHost: a\r\n\r\n",
			"GET http://a/me HTTP/1.1\r\nHost: a\r\n\r\n",
			"PUT https://a/me HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n" + strings.Repeat("x", 100000),
			"OPTIONS * HTTP/1.1\r\n\r\n",
		} {
			c := dialTo(t, h.tls)
			c.send(in)
			got := c.read()
			if got.status != 400 || testkit.Field(got.head, "Connection") != "close" || testkit.Field(got.head, "Candor-Problem") != "malformed_request" ||
				testkit.Field(got.head, "X-Request-Id") != noonUUID || !strings.Contains(got.body, "https") {
				t.Errorf("%.30q: got %q %q", in, got.head, got.body)
			}
			if rest := c.end(); rest != "" {
				t.Errorf("after it: %q", rest)
			}
			c.tcp.Close()
		}
		for _, in := range []string{"\x16\x03\x01\xff\xff", "\x00\x00\x00\x00\x00\x00", "get /me HTTP/1.1\r\n\r\n", "\x80\x2e\x01\x03\x01"} {
			c := dialTo(t, h.tls)
			c.send(in)
			c.halfClose()
			if got := c.end(); strings.HasPrefix(got, "HTTP/") {
				t.Errorf("%q, no HTTP request: got %q", in, got)
			}
			c.tcp.Close()
		}
		testkit.Until(t, "closed", func() bool { return h.Connections() == 0 })
	})
}

// tap notes what comes over a connection, undeciphered, and delivers it in small pieces where it is told to.
type tap struct {
	net.Conn
	in    bytes.Buffer
	write int // bytes a write; 0: all at once
}

func (t *tap) Read(b []byte) (int, error) {
	n, err := t.Conn.Read(b)
	t.in.Write(b[:n])
	return n, err
}

func (t *tap) Write(b []byte) (int, error) {
	if t.write == 0 {
		return t.Conn.Write(b)
	}
	for i := 0; i < len(b); i += t.write {
		if _, err := t.Conn.Write(b[i:min(len(b), i+t.write)]); err != nil {
			return i, err
		}
	}
	return len(b), nil
}

// tapped connects over TLS through a tap.
func (h *house) tapped(tb testing.TB, pieces int, most uint16) (*client, *tap) {
	tb.Helper()
	c := dialTo(tb, h.tls)
	_ = c.tcp.SetNoDelay(true)
	in := &tap{Conn: c.tcp, write: pieces}
	c.c = tls.Client(in, &tls.Config{InsecureSkipVerify: true, MaxVersion: most})
	c.r.Reset(c.c)
	return c, in
}

// A client that is told the end of an answer by the connection's end must be told by TLS, or it cannot tell a whole answer from a cut one.
func TestCloseNotifyBeforeTheEnd(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		p := newPlan()
		p.Options.Portable, p.Times.Idle = portable, brief
		h := p.open(t, acting(answerAndClose("HTTP/1.1 200 OK\r\n\r\nhi")))
		for name, in := range map[string]string{
			"an answer to the end":  "GET /public/ HTTP/1.0\r\n\r\n",
			"a refusal that closes": "GET /me HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
			"a framing fault":       "GET /me HTTP/1.1\nHost: a\r\n\r\n",
			"an idle connection":    "GET /me HTTP/1.1\r\nHost: a\r\n\r\n",
		} {
			for version, most := range map[string]uint16{"1.2": tls.VersionTLS12, "1.3": tls.VersionTLS13} {
				t.Run(name+" over "+version, func(t *testing.T) {
					c, _ := h.tapped(t, 0, most)
					c.send(in)
					if got := c.end(); !strings.HasPrefix(got, "HTTP/1.1 ") { // io.ErrUnexpectedEOF without a close_notify
						t.Errorf("got %q", got)
					}
				})
			}
		}
	})
}

// Records that come byte by byte, and many calls in one record.
func TestRecordsInParts(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		p := newPlan()
		p.Options.Portable = portable
		body := strings.Repeat("0123456789", 5000)
		h := p.open(t, answering("HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\n"+body))
		want := answer{200, "HTTP/1.1 200 OK\r\n" + addedNow + "Content-Length: 50000\r\n\r\n", body}
		for name, pieces := range map[string]int{"bytes": 1, "sevens": 7, "whole": 0} {
			t.Run(name, func(t *testing.T) {
				c, _ := h.tapped(t, pieces, tls.VersionTLS13)
				for _, in := range []string{
					h.get("/me"),
					h.get("/me") + h.get("/me"),
					"PUT /public/ HTTP/1.1\r\nHost: a\r\nContent-Length: 300\r\n\r\n" + strings.Repeat("x", 300),
					"PUT /public/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
				} {
					c.send(in)
					for range strings.Count(in, "HTTP/1.1") {
						if diff := cmp.Diff(want, c.read(), cmp.AllowUnexported(answer{})); diff != "" {
							t.Fatal(diff)
						}
					}
				}
			})
		}
		t.Run("a record of each byte", func(t *testing.T) {
			c := h.dialTLS(t)
			for _, b := range []byte(h.get("/me")) {
				c.send(string(b))
			}
			if diff := cmp.Diff(want, c.read(), cmp.AllowUnexported(answer{})); diff != "" {
				t.Fatal(diff)
			}
		})
		t.Run("a large body both ways", func(t *testing.T) {
			c := h.dialTLS(t)
			go c.send("PUT /public/ HTTP/1.1\r\nHost: a\r\nContent-Length: 5000000\r\n\r\n" + strings.Repeat("x", 5000000))
			if diff := cmp.Diff(want, c.read(), cmp.AllowUnexported(answer{})); diff != "" {
				t.Fatal(diff)
			}
		})
	})
}
