package gateway

import (
	"bufio"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/candor-gateway/candor/internal/testkit"
)

// What the first attempt has written counts, however the second one fails: the upstream may have done the call.
func TestASecondAttemptForgetsNothing(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		p := newPlan()
		p.Options.Portable, p.Limits[0].N = portable, 2
		var calls atomic.Int64
		var o *origin
		o = acting(func(c *net.TCPConn, r *bufio.Reader) {
			for {
				if _, err := readCall(r); err != nil {
					return
				}
				if calls.Add(1) == 2 {
					_ = o.stop() // nobody can be dialled any more, and this call gets no answer
					return
				}
				_, _ = io.WriteString(c, "HTTP/1.1 204 \r\n\r\n")
			}
		})
		h := p.open(t, o)
		c := h.dial(t)
		c.send(h.get("/limited"))
		c.read()
		c.send(h.get("/limited"))
		a := c.read()
		if a.status != 502 || testkit.Field(a.head, "Candor-Problem") != "upstream_unreachable" || !strings.Contains(a.body, `"applied":"unknown"`) {
			t.Errorf("got %q %q", a.head, a.body)
		}
		c.send(h.get("/limited"))
		if a := c.read(); a.status != 429 {
			t.Errorf("the one that may have been done was not counted: got %q", a.head)
		}
	})
}
