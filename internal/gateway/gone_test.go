package gateway

import (
	"bufio"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/testkit"
)

// A reset that comes right behind data has no readiness of its own: it must be found all the same, at once and not at a limit.
func TestResetBehindAPart(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		p := newPlan()
		p.Options.Portable = portable
		h := p.open(t, acting(func(c *net.TCPConn, r *bufio.Reader) {
			if _, err := readCall(r); err == nil {
				_, _ = io.WriteString(c, "HTTP/1.1 20")
				_ = c.SetLinger(0)
			}
		}))
		t.Run("of an answer", func(t *testing.T) {
			c := h.dial(t)
			c.send("GET /public/ HTTP/1.1\r\nHost: a\r\n\r\n")
			if a := c.read(); a.status != 502 || testkit.Field(a.head, "Candor-Problem") != "upstream_broke" {
				t.Errorf("got %q", a.head)
			}
			c.tcp.Close()
			testkit.Until(t, "closed", func() bool { return h.Connections() == 0 })
		})
		t.Run("of a head", func(t *testing.T) {
			c := h.dial(t)
			c.send("GET /pub")
			c.reset()
			testkit.Until(t, "closed", func() bool { return h.Connections() == 0 })
		})
		t.Run("of a head over TLS", func(t *testing.T) {
			c := h.dialTLS(t)
			c.send("GET /pub")
			c.reset()
			testkit.Until(t, "closed", func() bool { return h.Connections() == 0 })
		})
		t.Run("of a record", func(t *testing.T) {
			c := h.dialTLS(t)
			c.send("GET /public/ HTTP/1.1\r\nHost: a\r\n\r\n")
			c.read()
			_, _ = c.tcp.Write([]byte{23, 3, 3, 0, 40, 1, 2, 3})
			c.reset()
			testkit.Until(t, "closed", func() bool { return h.Connections() == 0 })
		})
	})
}

func (c *client) reset() {
	_ = c.tcp.SetLinger(0)
	_ = c.tcp.Close()
}

// A client that ends what it sends within its body is gone, and the upstream must not take what it has for all of it.
func TestGoneWithinTheBody(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		for name, head := range map[string]string{"length": "Content-Length: 500\r\n\r\nhello", "chunks": "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n3\r\n"} {
			t.Run(name, func(t *testing.T) {
				p := newPlan()
				p.Options.Portable = portable
				ends := make(chan error, 100)
				h := p.open(t, acting(func(_ *net.TCPConn, r *bufio.Reader) {
					_, err := readCall(r)
					ends <- err
				}))
				for i := range 20 {
					c := h.dial(t)
					c.send("PUT /public/ HTTP/1.1\r\nHost: a\r\n" + head)
					if i%2 == 0 {
						testkit.Until(t, "at the upstream", func() bool { return h.origin.open() > 0 })
					}
					c.halfClose()
					if got := c.end(); got != "" {
						t.Fatalf("a client that is gone got %q", got)
					}
					if i%2 == 0 {
						if err := <-ends; err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
							t.Fatalf("at the upstream the call ended with %v, want a reset", err)
						}
					}
				}
				for _, line := range h.logged(t, 20) {
					if !strings.Contains(line, `"problem":"client_gone"`) || !strings.Contains(line, `"status":0`) {
						t.Errorf("logged %s", line)
					}
				}
			})
		}
	})
}

// A half-close behind a whole call: what needs no upstream is answered, a forwarded call is cancelled.
func TestHalfCloseBehindAWholeCall(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		p := newPlan()
		p.Options.Portable = portable
		cancelled := make(chan error, 2)
		h := p.open(t, acting(func(c *net.TCPConn, r *bufio.Reader) {
			if raw, err := readCall(r); err != nil || strings.HasPrefix(raw, "GET /public/fast") {
				_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
				return
			}
			_, err := r.ReadByte()
			cancelled <- err
		}))
		t.Run("refused", func(t *testing.T) {
			for name, dial := range map[string]func(testing.TB) *client{"plain": h.dial, "TLS": h.dialTLS} {
				c := dial(t)
				c.send("GET /me HTTP/1.1\r\nHost: a\r\n\r\n")
				c.halfClose()
				if got := c.end(); !strings.HasPrefix(got, "HTTP/1.1 401 ") || !strings.HasSuffix(got, "}") {
					t.Errorf("%s: got %q", name, got)
				}
			}
		})
		t.Run("refused, with a body", func(t *testing.T) {
			c := h.dial(t)
			c.send("PUT /me HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello")
			c.halfClose()
			if got := c.end(); !strings.HasPrefix(got, "HTTP/1.1 401 ") {
				t.Errorf("got %q", got)
			}
		})
		t.Run("forwarded", func(t *testing.T) {
			c := h.dial(t)
			before := time.Now()
			c.send("GET /public/slow HTTP/1.1\r\nHost: a\r\n\r\n")
			c.halfClose()
			if got := c.end(); got != "" {
				t.Errorf("got %q", got)
			}
			if err := <-cancelled; err == nil {
				t.Error("the upstream was not told")
			}
			if took := time.Since(before); took < 15*time.Millisecond {
				t.Errorf("cancelled after %v, want 20 ms of waiting before anybody looks", took)
			}
			if line := h.logged(t, 4)[3]; !strings.Contains(line, `"problem":"client_gone"`) {
				t.Errorf("logged %s", line)
			}
		})
	})
}

// What a client sends behind a call that closes must not make a reset of the close, which could overtake the answer.
func TestBytesBehindACallThatCloses(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		p := newPlan()
		p.Options.Portable = portable
		more := make(chan struct{})
		h := p.open(t, acting(func(c *net.TCPConn, r *bufio.Reader) {
			if _, err := readCall(r); err == nil {
				<-more
				_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
			}
		}))
		for name, dial := range map[string]func(testing.TB) *client{"plain": h.dial, "TLS": h.dialTLS} {
			t.Run(name, func(t *testing.T) {
				c := dial(t)
				c.send("GET /public/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
				testkit.Until(t, "forwarded", func() bool { return h.origin.open() == 1 })
				c.send("GET /public/ HTTP/1.1\r\nHost: a\r\n\r\n")
				more <- struct{}{}
				want := "HTTP/1.1 200 OK\r\n" + addedNow + "Content-Length: 2\r\nConnection: close\r\n\r\nhi"
				if got := c.end(); got != want {
					t.Errorf("got %q", got)
				}
				testkit.Until(t, "closed", func() bool { return h.origin.open() == 0 })
			})
		}
	})
}
