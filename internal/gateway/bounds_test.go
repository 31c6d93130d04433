package gateway

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/testkit"
)

func TestBoundsOnConnections(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		for name, bound := range map[string]func(*Options){
			"in all":      func(o *Options) { o.Connections = 2 },
			"per address": func(o *Options) { o.PerAddress = 2 },
		} {
			t.Run(name, func(t *testing.T) {
				p := newPlan()
				p.Options.Portable = portable
				bound(&p.Options)
				h := p.open(t, answering("HTTP/1.1 204 \r\n\r\n"))
				a, b := h.dial(t), h.dialTLS(t)
				for _, c := range []*client{a, b} {
					c.send(h.get("/me"))
					if got := c.read(); got.status != 204 {
						t.Fatalf("within the bound: got %q", got.head)
					}
				}
				c := h.dial(t)
				c.send(h.get("/me"))
				got := c.read()
				if got.status != 503 || testkit.Field(got.head, "Retry-After") != "1" || testkit.Field(got.head, "Connection") != "close" || testkit.Field(got.head, "Candor-Problem") != "service_unavailable" {
					t.Errorf("got %q", got.head)
				}
				c.send(h.get("/me"))
				if rest := c.end(); rest != "" {
					t.Errorf("after it: %q", rest)
				}
				if over := h.dialTLS(t); over.handshakes() {
					t.Error("a connection over TLS beyond the bound was served")
				}
				a.tcp.Close()
				testkit.Until(t, "closed", func() bool { return h.Connections() == 1 })
				c = h.dial(t)
				c.send(h.get("/me"))
				if got := c.read(); got.status != 204 {
					t.Errorf("after one has gone: got %q", got.head)
				}
			})
		}
	})
}

func (c *client) handshakes() bool {
	_, err := c.c.Write([]byte("GET"))
	return err == nil
}

// Those turned away are bounded too, or waiting for them would cost what the bound saves: the oldest, which has had its answer, goes for the newest.
func TestBoundOnThoseTurnedAway(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		p := newPlan()
		p.Options.Connections, p.Options.Portable = 1, portable
		h := p.open(t, answering("HTTP/1.1 204 \r\n\r\n"))
		first := h.dial(t)
		first.send(h.get("/me"))
		first.read()
		silent := h.dial(t)
		testkit.Until(t, "turned away", func() bool { return h.Refused() == 1 })
		for range maxTurned + 10 {
			c := h.dial(t)
			c.send(h.get("/me"))
			if got := c.read(); got.status != 503 || testkit.Field(got.head, "Retry-After") != "1" {
				t.Fatalf("got %q", got.head)
			}
		}
		if got := silent.end(); got != "" {
			t.Errorf("who asked nothing got %q", got)
		}
	})
}

func TestBoundOnBodiesHeld(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		p := newPlan()
		p.Options.Portable, p.Bodies = portable, 100
		h := p.open(t, answering("HTTP/1.1 204 \r\n\r\n"))
		post := func(n int) string {
			return fmt.Sprintf("POST /json HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", n, `"`+strings.Repeat("x", n-2)+`"`)
		}
		for _, step := range []struct{ n, status int }{{100, 204}, {101, 503}, {100, 204}, {5000, 503}} {
			c := h.dial(t)
			c.send(post(step.n))
			got := c.read()
			if got.status != step.status {
				t.Fatalf("a body of %d: got %q", step.n, got.head)
			}
			if step.status == 503 && (testkit.Field(got.head, "Retry-After") != "1" || !strings.Contains(got.body, `"applied":"no"`)) {
				t.Errorf("got %q %q", got.head, got.body)
			}
			testkit.Until(t, "given back", func() bool { return h.Held() == 0 })
		}
		t.Run("a client that leaves gives its share back", func(t *testing.T) {
			c := h.dial(t)
			c.send(post(200)[:200])
			c.halfClose()
			c.end()
			testkit.Until(t, "given back", func() bool { return h.Held() == 0 })
		})
	})
}

// Ten thousand calls in one write are answered in order, whoever answers.
func TestPipelined(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		p := newPlan()
		p.Options.Portable = portable
		h := p.open(t, acting(func(c *net.TCPConn, r *bufio.Reader) {
			for {
				raw, err := readCall(r)
				if err != nil {
					return
				}
				path := strings.Fields(raw)[1]
				fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(path), path)
			}
		}))
		for name, dial := range map[string]func(testing.TB) *client{"plain": h.dial, "TLS": h.dialTLS} {
			calls := 10000
			if name == "TLS" {
				calls = 1000
			}
			t.Run(name, func(t *testing.T) {
				var all strings.Builder
				for i := range calls {
					switch i % 4 {
					case 0:
						fmt.Fprintf(&all, "GET /public/%d HTTP/1.1\r\nHost: a\r\n\r\n", i)
					case 1:
						all.WriteString("GET /me HTTP/1.1\r\nHost: a\r\n\r\n")
					case 2:
						fmt.Fprintf(&all, "PUT /me HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello")
					case 3:
						fmt.Fprintf(&all, "PUT /public/%d HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", i)
					}
				}
				c := dial(t)
				_ = c.tcp.SetDeadline(time.Now().Add(6 * patience))
				go c.send(all.String())
				for i := range calls {
					got := c.read()
					want := answer{status: 401}
					if i%4 == 0 || i%4 == 3 {
						want = answer{status: 200, body: fmt.Sprintf("/public/%d", i)}
					}
					if got.status != want.status || want.status == 200 && got.body != want.body {
						t.Fatalf("answer %d: got %q %q", i, got.head, got.body)
					}
				}
				c.halfClose()
				if rest := c.end(); rest != "" {
					t.Errorf("after the last: %q", rest)
				}
			})
		}
	})
}

// A client that does not read holds nobody but itself: its upstream is given up after the stall, and it is reset.
func TestClientThatNeverReads(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		p := newPlan()
		p.Options.Portable = portable
		p.Times.WriteStall = 100 * time.Millisecond
		stopped := make(chan error, 2)
		h := p.open(t, acting(func(c *net.TCPConn, r *bufio.Reader) {
			if _, err := readCall(r); err != nil {
				return
			}
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\n\r\n")
			var err error
			for chunk := make([]byte, 1<<16); err == nil; {
				_, err = c.Write(chunk)
			}
			stopped <- err
		}))
		for name, dial := range map[string]func(testing.TB) *client{"plain": h.dial, "TLS": h.dialTLS} {
			t.Run(name, func(t *testing.T) {
				c := dial(t)
				c.send("GET /public/ HTTP/1.1\r\nHost: a\r\n\r\n")
				if name == "TLS" {
					_, _ = c.c.Read(make([]byte, 1)) // the handshake
				}
				<-stopped
				testkit.Until(t, "closed", func() bool { return h.Connections() == 0 })
				if _, err := io.Copy(io.Discard, c.c); err == nil {
					t.Error("a cut answer ended in order")
				}
			})
		}
		for _, line := range h.logged(t, 2) {
			if !strings.Contains(line, `"problem":"client_gone"`) || !strings.Contains(line, `"status":200`) {
				t.Errorf("logged %s", line)
			}
		}
	})
}

// An upstream that answers without reading the call's body does not hold the call until its write stalls.
func TestEarlyAnswerOfAnUpstreamThatDoesNotRead(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		p := newPlan()
		p.Options.Portable = portable
		p.Times.WriteStall = time.Hour
		release := make(chan struct{})
		defer close(release)
		h := p.open(t, acting(func(c *net.TCPConn, r *bufio.Reader) {
			if _, err := testkit.ReadHead(r); err == nil {
				_, _ = io.WriteString(c, "HTTP/1.1 403 No\r\nContent-Length: 2\r\n\r\nno")
				<-release
			}
		}))
		c := h.dial(t)
		sent := make(chan struct{})
		go func() {
			defer close(sent)
			c.send("PUT /public/ HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\n" + strings.Repeat("x", 10000000))
		}()
		want := "HTTP/1.1 403 No\r\n" + addedNow + "Content-Length: 2\r\nConnection: close\r\n\r\nno"
		if got := c.end(); got != want {
			t.Errorf("got %q", got)
		}
		<-sent // linger reads it
		if line := h.logged(t, 1)[0]; !strings.Contains(line, `"status":403`) || !strings.Contains(line, `"by":"upstream"`) {
			t.Errorf("logged %s", line)
		}
	})
}
