package gateway

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/downstream"
	"github.com/candor-gateway/candor/internal/testkit"
)

// finish drains as the server does, once its listeners are closed.
func (h *house) finish(tb testing.TB, within time.Duration) chan error {
	tb.Helper()
	done := make(chan error, 1)
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), within)
		defer cancel()
		done <- h.Drain(ctx)
	}()
	return done
}

func TestDrain(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		p := newPlan()
		p.Options.Portable = portable
		arrived, release := make(chan struct{}, 10), make(chan struct{})
		h := p.open(t, acting(func(c *net.TCPConn, r *bufio.Reader) {
			for {
				raw, err := readCall(r)
				if err != nil {
					return
				}
				if strings.HasPrefix(raw, "GET /public/slow") {
					arrived <- struct{}{}
					<-release
				}
				if _, err := io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"); err != nil {
					return
				}
			}
		}))
		get := func(path string) string { return "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n" }
		idle, busy, begun, fresh, late := h.dial(t), h.dial(t), h.dial(t), h.dial(t), h.dialTLS(t)
		idle.send(get("/public/"))
		idle.read()
		late.send(get("/public/"))
		late.read()
		begun.send("GET /public/ HT")
		busy.send(get("/public/slow"))
		<-arrived

		h.Leave()
		leaving := h.dial(t)
		leaving.send(get("/public/"))
		if got := leaving.read(); got.status != 200 || testkit.Field(got.head, "Connection") != "close" {
			t.Errorf("while leaving: got %q", got.head)
		}
		if rest := leaving.end(); rest != "" {
			t.Errorf("after it: %q", rest)
		}
		refused := h.dial(t)
		refused.send(get("/me"))
		if got := refused.read(); got.status != 401 || testkit.Field(got.head, "Connection") != "close" {
			t.Errorf("while leaving: got %q", got.head)
		}
		refused.tcp.Close()

		done := h.finish(t, patience)
		for name, c := range map[string]*client{"idle": idle, "fresh": fresh, "idle within TLS": late} {
			if got := c.end(); got != "" {
				t.Errorf("%s: got %q", name, got)
			}
			c.tcp.Close()
		}
		begun.send("TP/1.1\r\nHost: a\r\n\r\n")
		if got := begun.read(); got.status != 503 || testkit.Field(got.head, "Connection") != "close" || testkit.Field(got.head, "Retry-After") != "1" {
			t.Errorf("a head that came only now: got %q", got.head)
		}
		begun.tcp.Close()
		select {
		case err := <-done:
			t.Fatalf("drained (%v) with a call in flight", err)
		default:
		}
		close(release)
		if got := busy.read(); got.status != 200 || got.body != "hi" || testkit.Field(got.head, "Connection") != "close" {
			t.Errorf("the call in flight: got %q", got.head)
		}
		busy.tcp.Close()
		if err := <-done; err != nil {
			t.Errorf("drain: %v", err)
		}
	})
}

// What is still there when the time is up is broken off, and nothing is waited for that is not there.
func TestDrainThatTakesTooLong(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		p := newPlan()
		p.Options.Portable = portable
		arrived := make(chan struct{}, 10)
		h := p.open(t, acting(func(_ *net.TCPConn, r *bufio.Reader) {
			if _, err := testkit.ReadHead(r); err == nil {
				arrived <- struct{}{}
				_, _ = io.Copy(io.Discard, r)
			}
		}))
		for name, in := range map[string]string{
			"it waits for its upstream": "GET /public/slow HTTP/1.1\r\nHost: a\r\n\r\n",
			"its body is awaited":       "PUT /public/slow HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\nx",
		} {
			for over, dial := range map[string]func(testing.TB) *client{"plain": h.dial, "TLS": h.dialTLS} {
				c := dial(t)
				c.send(in)
				<-arrived
				defer func() { // closed or reset: no byte of an answer was written that could look whole
					if got, err := io.ReadAll(c.r); len(got) > 0 || errors.Is(err, os.ErrDeadlineExceeded) {
						t.Errorf("%s, %s: got %q, %v", name, over, got, err)
					}
				}()
			}
		}
		begun := h.dial(t)
		begun.send("GET /public/ HT")
		before := time.Now()
		if err := <-h.finish(t, brief); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("drain: %v", err)
		}
		if took := time.Since(before); took > patience/2 {
			t.Errorf("it took %v", took)
		}
		if n := h.Connections(); n != 0 {
			t.Errorf("%d connections are left", n)
		}
		if n := h.Policy().Admission.Quota.InFlight(); n != 0 {
			t.Errorf("%d calls are still counted as in flight", n)
		}
	})
}

// A refusal that nobody reads is reset as well: a close would make a cut answer look whole to some.
func TestRefusalsThatNobodyReads(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		p := newPlan()
		p.Options.Portable = portable
		p.Times.WriteStall = 10 * brief
		h := p.open(t, answering("unused"))
		c := h.dial(t)
		call := strings.Repeat("GET /me HTTP/1.1\r\nHost: a\r\n\r\n", 100)
		err := error(nil)
		for err == nil { // until nothing more is taken from us
			_ = c.tcp.SetWriteDeadline(time.Now().Add(brief))
			_, err = io.WriteString(c.c, call)
		}
		testkit.Until(t, "closed", func() bool { return h.Connections() == 0 })
		if _, end := io.Copy(io.Discard, c.c); end == nil && errors.Is(err, os.ErrDeadlineExceeded) {
			t.Error("it ended in order")
		}
	})
}

// An end that may wait for nothing breaks off no call where there is none: connections that rest are closed, and that is all.
func TestDrainAtOnce(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		p := newPlan()
		p.Options.Portable = portable
		h := p.open(t, answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"))
		idle, fresh := h.dial(t), h.dial(t)
		idle.send("GET /public/ HTTP/1.1\r\nHost: a\r\n\r\n")
		idle.read()
		testkit.Until(t, "both at rest", func() bool {
			n := 0
			h.conns.each(func(c *downstream.Conn) {
				if is, _ := c.Spare(); is != downstream.Busy {
					n++
				}
			})
			return n == 2
		})
		over, cancel := context.WithCancel(t.Context())
		cancel()
		if err := h.Drain(over); err != nil {
			t.Errorf("no call was broken off: %v", err)
		}
		for _, c := range []*client{idle, fresh} { // closed or reset, whichever came first
			_, _ = io.Copy(io.Discard, c.c)
		}
	})
}
