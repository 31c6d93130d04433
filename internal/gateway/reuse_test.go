package gateway

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/testkit"
)

// Which call takes a kept connection that has been idle for more than a second: one that can be sent again, and so is not lost if the upstream closes.
func TestKeptConnections(t *testing.T) {
	const put = "PUT /public/a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\n"
	for name, c := range map[string]struct {
		first, rest string // what is sent of the call, and once it has reached the upstream
		dialled     int64
	}{
		"GET":                                  {"GET /public/a HTTP/1.1\r\nHost: a\r\n\r\n", "", 1},
		"POST":                                 {"POST /public/a HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", "", 2},
		"PUT":                                  {put + "hello", "", 1},
		"PUT whose body is not in hand":        {put, "hello", 2},
		"PUT of whose body a part is missing":  {put + "he", "llo", 2},
		"PUT in chunks whose end is not there": {"PUT /public/a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "0\r\n\r\n", 2},
	} {
		t.Run(name, func(t *testing.T) {
			engines(t, func(t *testing.T, portable bool) {
				var ahead atomic.Int64
				p := newPlan()
				p.Options.Portable, p.Shift = portable, &ahead
				h := p.open(t, answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"))
				client := h.dial(t)
				client.send("GET /public/a HTTP/1.1\r\nHost: a\r\n\r\n")
				client.read()
				testkit.Until(t, "pooled", func() bool { return h.upstream.Idle() == 1 })
				ahead.Add(int64(1500 * time.Millisecond))
				client.send(c.first)
				if c.rest != "" {
					testkit.Until(t, "at the upstream", func() bool { return h.upstream.Idle() == 0 || h.upstream.Stats().Dialled.Load() == 2 })
					client.send(c.rest)
				}
				if got := client.read(); got.status != 200 || h.upstream.Stats().Dialled.Load() != c.dialled {
					t.Errorf("%q, %d connections were made, want %d", got.head, h.upstream.Stats().Dialled.Load(), c.dialled)
				}
			})
		})
	}
}
