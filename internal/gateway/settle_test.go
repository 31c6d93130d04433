package gateway

import (
	"bufio"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/testkit"
)

// TestSettle: a client that is about to speak is served, and its connection closed behind the answer; one that says nothing for a second is closed in order; a
// call in flight is not waited for.
func TestSettle(t *testing.T) {
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
		idle, late, lateTLS, busy, fresh := h.dial(t), h.dial(t), h.dialTLS(t), h.dial(t), h.dial(t)
		for _, c := range []*client{idle, late, lateTLS} {
			c.send(get("/public/"))
			c.read()
		}
		busy.send(get("/public/slow"))
		<-arrived
		h.LeaveTo()
		settled := make(chan struct{})
		begun := time.Now()
		go func() {
			defer close(settled)
			h.Settle(t.Context(), h.Policy().Admission.Quota.InFlight)
		}()
		for name, c := range map[string]*client{"between two calls": late, "within TLS": lateTLS, "before the first": fresh} {
			c.send(get("/public/"))
			if got := c.read(); got.status != 200 || testkit.Field(got.head, "Connection") != "close" {
				t.Errorf("%s: got %q", name, got.head)
			}
			if rest := c.end(); rest != "" {
				t.Errorf("%s: behind it %q", name, rest)
			}
			c.tcp.Close()
		}
		if got := idle.end(); got != "" {
			t.Errorf("idle: got %q", got)
		}
		if took := time.Since(begun); took < settleIdle/2 {
			t.Errorf("an idle connection was closed after %s", took)
		}
		idle.tcp.Close()
		select {
		case <-settled:
		case <-time.After(patience):
			t.Fatal("it waits for the call in flight")
		}
		done := h.finish(t, patience)
		close(release)
		if got := busy.read(); got.status != 200 || got.body != "hi" {
			t.Errorf("the call in flight: got %q", got.head)
		}
		busy.tcp.Close()
		if err := <-done; err != nil {
			t.Errorf("drain: %v", err)
		}
	})
}

// TestReadyWhereAnotherFollows: whoever asks is told of the socket, which goes on, and not of the process.
func TestReadyWhereAnotherFollows(t *testing.T) {
	g := &Gateway{}
	if !g.ready() {
		t.Error("not ready at the start")
	}
	if g.LeaveTo(); !g.ready() {
		t.Error("not ready while another follows")
	}
	g.Return()
	if g.Leave(); g.ready() {
		t.Error("ready in a drain")
	}
}
