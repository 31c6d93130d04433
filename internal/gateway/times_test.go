package gateway

import (
	"bufio"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/downstream"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/internal/testkit"
)

// brief is a limit that passes in these tests.
const brief = 100 * time.Millisecond

// timed opens a house with the limits that set makes, over an upstream that answers 204.
func timed(t *testing.T, portable bool, set func(*plan)) *house {
	t.Helper()
	p := newPlan()
	p.Options.Portable = portable
	set(p)
	return p.open(t, answering("HTTP/1.1 204 \r\n\r\n"))
}

func TestTimeLimitsThatCloseInSilence(t *testing.T) {
	for name, c := range map[string]struct {
		set  func(*plan)
		dial func(*house, testing.TB) *client
		act  func(*house, *client)
	}{
		//nolint:thelper // the shape of (*house).dial
		"handshake":             {func(p *plan) { p.Times.Handshake = brief }, func(h *house, tb testing.TB) *client { return dialTo(tb, h.tls) }, nil},
		"first byte":            {func(p *plan) { p.Times.FirstByte = brief }, (*house).dial, nil},
		"first byte within TLS": {func(p *plan) { p.Times.FirstByte = brief }, (*house).dialTLS, nil},
		"idle":                  {func(p *plan) { p.Times.Idle = brief }, (*house).dial, func(h *house, c *client) { c.send(h.get("/me")); c.read() }},
		"idle behind a refusal": {func(p *plan) { p.Times.Idle = brief }, (*house).dial, func(_ *house, c *client) { c.send("GET /me HTTP/1.1\r\nHost: a\r\n\r\n"); c.read() }},
		"idle within TLS":       {func(p *plan) { p.Times.Idle = brief }, (*house).dialTLS, func(h *house, c *client) { c.send(h.get("/me")); c.read() }},
		"idle behind one that streamed": {func(p *plan) { p.Times.Idle = brief }, (*house).dial, func(_ *house, c *client) {
			c.send("PUT /public/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n")
			c.send("hello\r\n0\r\n\r\n")
			c.read()
		}},
	} {
		t.Run(name, func(t *testing.T) {
			engines(t, func(t *testing.T, portable bool) {
				h := timed(t, portable, c.set)
				client := c.dial(h, t)
				if c.act != nil {
					c.act(h, client)
				}
				before := time.Now()
				if got := client.end(); got != "" {
					t.Errorf("got %q, want nothing", got)
				}
				if took := time.Since(before); took > patience/2 {
					t.Errorf("it took %v", took)
				}
				testkit.Until(t, "closed", func() bool { return h.Connections() == 0 })
			})
		})
	}
}

func TestTimeLimitsThatAreAnswered(t *testing.T) {
	checked := "POST /json HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{"
	for name, c := range map[string]struct {
		set     func(*plan)
		in      string
		message string
		applied string
	}{
		"head":               {func(p *plan) { p.Times.Head = brief }, "GET /me HTT", "head", "no"},
		"head, a byte":       {func(p *plan) { p.Times.Head = brief }, "G", "head", "no"},
		"head, a blank line": {func(p *plan) { p.Times.Head = brief }, "\r\n", "head", "no"},
		"body, buffered":     {func(p *plan) { p.Times.BodyGap = brief }, checked, "body", "no"},
		"body, streamed":     {func(p *plan) { p.Times.BodyGap = brief }, "PUT /public/ HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\nx", "body", "unknown"},
		"body, in chunks":    {func(p *plan) { p.Times.BodyGap = brief }, "PUT /public/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "body", "unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			engines(t, func(t *testing.T, portable bool) {
				h := timed(t, portable, c.set)
				for over, dial := range map[string]func(testing.TB) *client{"plain": h.dial, "TLS": h.dialTLS} {
					client := dial(t)
					client.send(c.in)
					got := client.read()
					if got.status != 408 || testkit.Field(got.head, "Connection") != "close" || !strings.Contains(got.body, `"applied":"`+c.applied+`"`) || !strings.Contains(got.body, c.message) {
						t.Errorf("%s: got %q %q", over, got.head, got.body)
					}
					if rest := client.end(); rest != "" {
						t.Errorf("%s: after it: %q", over, rest)
					}
				}
				testkit.Until(t, "closed at the upstream", func() bool { return h.origin.open() == 0 })
				if n := h.Policy().Admission.Quota.InFlight(); n != 0 {
					t.Errorf("%d calls are still counted as in flight", n)
				}
			})
		})
	}
}

// The limit of a head is absolute: bytes that keep coming do not move it.
func TestHeadThatDrips(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		h := timed(t, portable, func(p *plan) { p.Times.Head = 2 * brief })
		c := h.dial(t)
		c.send("GET /me HTTP/1.1\r\nX-Slow: ")
		stop := make(chan struct{})
		defer close(stop)
		go func() {
			tick := time.NewTicker(brief / 10)
			defer tick.Stop()
			for {
				select {
				case <-stop:
					return
				case <-tick.C:
					c.send("x")
				}
			}
		}()
		if got := c.read(); got.status != 408 {
			t.Errorf("got %q", got.head)
		}
	})
}

// A body that drips is cut off however fast it began, whoever waits for it: the upstream is reset, and who holds a buffer gives it back.
func TestRateOfABody(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		for name, c := range map[string]struct{ head, applied string }{
			"streamed": {"PUT /public/ HTTP/1.1\r\nHost: a\r\n", "unknown"},
			"checked":  {"POST /json HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n", "no"},
		} {
			t.Run(name, func(t *testing.T) {
				var ahead atomic.Int64
				p := newPlan()
				p.Options.Portable, p.Shift, p.Times.BodyGap = portable, &ahead, 10*time.Minute
				h := p.open(t, answering("HTTP/1.1 204 \r\n\r\n"))
				client := h.dial(t)
				client.send(c.head + "Content-Length: 500000\r\n\r\n\"" + strings.Repeat("x", 100_000))
				stop, stopped := make(chan struct{}), make(chan struct{})
				go func() {
					defer close(stopped)
					tick := time.NewTicker(brief / 10)
					defer tick.Stop()
					for {
						select {
						case <-stop:
							return
						case <-tick.C:
							ahead.Add(int64(time.Second))
							client.send("x")
						}
					}
				}()
				got := client.read()
				close(stop)
				<-stopped
				if got.status != 408 || !strings.Contains(got.body, "240") || !strings.Contains(got.body, `"applied":"`+c.applied+`"`) {
					t.Errorf("got %q %q", got.head, got.body)
				}
				testkit.Until(t, "given back", func() bool { return h.Held() == 0 })
				if line := h.logged(t, 1)[0]; !strings.Contains(line, `"detail":"body_rate"`) || strings.Contains(line, "body_gap") {
					t.Errorf("logged %s", line)
				}
			})
		}
	})
}

// A call that waits behind one whose upstream was slow has its own time, though the deadline of the socket is long past.
func TestCallBehindASlowOne(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		p := newPlan()
		p.Options.Portable = portable
		p.Times.BodyGap, p.Times.FirstByte = brief/2, brief/2
		came := make(chan struct{}, 1)
		h := p.open(t, acting(func(c *net.TCPConn, r *bufio.Reader) {
			for {
				if _, err := readCall(r); err != nil {
					return
				}
				came <- struct{}{}
				<-time.After(3 * brief)
				if _, err := io.WriteString(c, "HTTP/1.1 204 \r\n\r\n"); err != nil {
					return
				}
			}
		}))
		begin := func(t *testing.T, raw string) (c *client) {
			t.Helper()
			testkit.Until(t, "in time for the first byte", func() bool {
				c = h.dial(t)
				c.send(raw)
				_, _ = c.r.Peek(1)
				return len(came) > 0
			})
			<-came
			return c
		}
		for name, first := range map[string]string{
			"streamed": "PUT /public/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
			"whole":    "GET /public/ HTTP/1.1\r\nHost: a\r\n\r\n",
		} {
			t.Run(name, func(t *testing.T) {
				c := begin(t, first+"GET /me HTTP/1.1\r\nHost: a\r\n\r\n")
				for i, want := range []int{204, 401} {
					if got := c.read(); got.status != want {
						t.Fatalf("answer %d: got %q %q, want %d", i, got.head, got.body, want)
					}
				}
			})
			t.Run(name+", and a part", func(t *testing.T) {
				c := begin(t, first+"GET /me HTTP/1.1\r\n")
				c.read()
				c.send("Host: a\r\n\r\n")
				if got := c.read(); got.status != 401 {
					t.Fatalf("got %q %q", got.head, got.body)
				}
			})
		}
	})
}

func TestWholeCallLimit(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		p := newPlan()
		p.Options.Portable = portable
		p.API.Routes = append(p.API.Routes, route.Spec{Name: "partly", Path: "/partly", CallTimeout: brief})
		h := p.open(t, acting(func(c *net.TCPConn, r *bufio.Reader) {
			raw, err := readCall(r)
			if err == nil && strings.HasPrefix(raw, "GET /partly") {
				_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe")
			}
			_, _ = r.ReadByte()
		}))
		testkit.Until(t, "at the upstream in time", func() bool {
			c := h.dial(t)
			c.send("GET /short HTTP/1.1\r\nHost: a\r\n\r\n")
			got := c.read()
			if got.status != 504 {
				t.Fatalf("got %q %q", got.head, got.body)
			}
			return strings.Contains(got.body, `"applied":"unknown"`)
		})
		testkit.Until(t, "answered in part in time", func() bool {
			c := h.dial(t)
			c.send(h.get("/partly"))
			got := c.readTo("HEAD") // of a cut answer, the head alone
			if got.status == 504 {
				return false
			}
			want := "HTTP/1.1 200 OK\r\n" + addedNow + "Content-Length: 5\r\n\r\n"
			if rest := c.cut(); got.head != want || rest != "he" {
				t.Errorf("got %q %q", got.head, rest)
			}
			return true
		})
	})
}

func TestRestOfARefusedBody(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		var ahead atomic.Int64
		h := timed(t, portable, func(p *plan) { p.Shift = &ahead })
		for name, n := range map[string]int{"65536": 65536, "65537": 65537} {
			t.Run(name, func(t *testing.T) {
				c := h.dial(t)
				c.send("PUT /me HTTP/1.1\r\nHost: a\r\nContent-Length: " + name + "\r\n\r\n")
				got := c.read()
				if kept := testkit.Field(got.head, "Connection") == ""; got.status != 401 || kept != (n <= 65536) {
					t.Fatalf("got %q", got.head)
				}
				c.send(strings.Repeat("x", n))
				if n > 65536 {
					if rest := c.end(); rest != "" {
						t.Errorf("after it: %q", rest)
					}
					return
				}
				c.send(h.get("/me"))
				if got := c.read(); got.status != 204 {
					t.Errorf("the next call got %q", got.head)
				}
			})
		}
		t.Run("what is in hand does not count", func(t *testing.T) {
			c := h.dial(t)
			c.send("PUT /me HTTP/1.1\r\nHost: a\r\nContent-Length: 65546\r\n\r\n0123456789")
			c.send(strings.Repeat("x", 65536) + h.get("/me"))
			for i, want := range []int{401, 204} {
				if got := c.read(); got.status != want {
					t.Fatalf("answer %d: got %q", i, got.head)
				}
			}
		})
		testkit.Until(t, "the others closed", func() bool { return h.Connections() == 0 })
		t.Run("it does not come in time", func(t *testing.T) {
			c := h.dial(t)
			c.send("PUT /me HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nx")
			if got := c.read(); got.status != 401 || testkit.Field(got.head, "Connection") != "" {
				t.Fatalf("got %q", got.head)
			}
			ahead.Add(int64(2 * time.Second)) // which what is dropped may take
			c.send("x")
			if rest := c.end(); rest != "" {
				t.Errorf("after it: %q", rest)
			}
			if n := h.Connections(); n != 1 {
				t.Errorf("%d connections, want 1: a plain close can overtake the answer", n)
			}
			c.halfClose()
			testkit.Until(t, "closed", func() bool { return h.Connections() == 0 })
		})
	})
}

// The idle time of a connection begins behind the rest of a body that was dropped.
func TestIdleBehindARefusedBody(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		var ahead atomic.Int64
		h := timed(t, portable, func(p *plan) { p.Shift, p.Times = &ahead, anHour })
		c := h.dial(t)
		c.send("GET /me HTTP/1.1\r\nHost: a\r\n\r\n")
		c.read()
		c.send("PUT /me HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nx")
		c.read()
		ahead.Add(int64(time.Minute))
		before := h.clock.Mono()
		c.send("x")
		h.known(t, downstream.Idle, 1)
		h.conns.each(func(c *downstream.Conn) {
			if _, since := c.Spare(); since < before {
				t.Errorf("idle for %v more than it is", time.Duration(before-since))
			}
		})
	})
}
