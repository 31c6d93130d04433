package gateway

import (
	"bufio"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/testkit"
)

const goOn = "HTTP/1.1 100 Continue\r\n\r\n"

func TestExpectIsAskedOnceAndAfterAdmission(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		p := newPlan()
		p.Options.Portable = portable
		h := p.open(t, answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"))
		for name, c := range map[string]struct{ head, body, atUpstream string }{
			"length": {"Content-Length: 5\r\n", "hello", "Content-Length: 5\r\n\r\nhello"},
			"chunks": {"Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"},
		} {
			t.Run(name, func(t *testing.T) {
				c1 := h.dial(t)
				for range 2 { // the second on the kept connection
					c1.send("PUT /public/ HTTP/1.1\r\nHost: a.example\r\nExpect: 100-Continue\r\n" + c.head + "\r\n")
					if got := c1.exactly(len(goOn)); got != goOn {
						t.Fatalf("asked for the body by %q", got)
					}
					c1.send(c.body)
					want := answer{200, "HTTP/1.1 200 OK\r\n" + addedNow + "Content-Length: 2\r\n\r\n", "hi"}
					if diff := cmp.Diff(want, c1.read(), cmp.AllowUnexported(answer{})); diff != "" {
						t.Fatal(diff)
					}
					if raw := <-h.origin.seen; !strings.HasSuffix(raw, c.atUpstream) || strings.Contains(raw, "Expect") {
						t.Errorf("at the upstream: %q", raw)
					}
				}
			})
		}
	})
}

func TestExpectThatNeedsNoAnswer(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		p := newPlan()
		p.Options.Portable = portable
		h := p.open(t, answering("HTTP/1.1 204 No\r\n\r\n"))
		for name, in := range map[string]string{
			"the body is here":     "PUT /public/ HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello",
			"the body is empty":    "PUT /public/ HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 0\r\n\r\n",
			"there is no body":     "PUT /public/ HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n",
			"chunks that are here": "PUT /public/ HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
			"HTTP/1.0":             "PUT /public/ HTTP/1.0\r\nConnection: keep-alive\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx",
		} {
			t.Run(name, func(t *testing.T) {
				c := h.dial(t)
				c.send(in)
				if a := c.read(); a.status != 204 {
					t.Errorf("got %q", a.head)
				}
			})
		}
	})
}

func TestExpectOfARefusedCall(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		p := newPlan()
		p.Options.Portable = portable
		h := p.open(t, answering("unused"))
		for name, c := range map[string]struct {
			in     string
			status int
		}{
			"no token":     {"PUT /me HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n", 401},
			"too large":    {"PUT /small HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 101\r\n\r\n", 413},
			"chunks":       {"PUT /me HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n", 401},
			"another word": {"PUT /public/ HTTP/1.1\r\nHost: a\r\nExpect: 200-ok\r\nContent-Length: 5\r\n\r\n", 417},
		} {
			t.Run(name, func(t *testing.T) {
				client := h.dial(t)
				client.send(c.in)
				a := client.read() // no 100 before it: its status would be read here
				if a.status != c.status || testkit.Field(a.head, "Connection") != "close" {
					t.Errorf("got %q, want %d and a close", a.head, c.status)
				}
				if rest := client.end(); rest != "" {
					t.Errorf("after the answer: %q", rest)
				}
			})
		}
	})
}

// An upstream may answer before it asks for anything. Whatever the client hears first, 100 never stands within an answer or behind it.
func TestExpectAndAnEarlyAnswer(t *testing.T) {
	early := "HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno"
	engines(t, func(t *testing.T, portable bool) {
		p := newPlan()
		p.Options.Portable = portable
		h := p.open(t, acting(func(c *net.TCPConn, r *bufio.Reader) {
			if _, err := testkit.ReadHead(r); err == nil {
				_, _ = io.WriteString(c, early)
				_, _ = io.Copy(io.Discard, c)
			}
		}))
		for range 50 {
			c := h.dial(t)
			c.send("PUT /public/ HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5000000\r\n\r\n")
			got := c.end()
			want := "HTTP/1.1 103 Early\r\n\r\nHTTP/1.1 403 No\r\n" + addedNow + "Content-Length: 2\r\nConnection: close\r\n\r\nno"
			if got = strings.TrimPrefix(got, goOn); got != want {
				t.Fatal(cmp.Diff(want, got))
			}
		}
	})
}
