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

// atOnce is what one read brings: what was written in one piece, on a loopback.
func atOnce(c net.Conn) string {
	b := make([]byte, 1<<16)
	_ = c.SetReadDeadline(time.Now().Add(patience))
	n, _ := c.Read(b)
	return string(b[:n])
}

// tiny are bytes in chunks of their own.
var tiny = strings.Repeat("1\r\nx\r\n", 200)

// What an upstream has sent together leaves together, however it is cut into chunks, and is held back for nothing.
func TestChunksThatCameTogether(t *testing.T) {
	// Each step is written once the step before it has come to the client.
	steps := []struct{ up, client string }{
		{"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n", ""}, // its head is not pinned here
		{tiny, tiny},
		{"8\r\ndata: 1\n\r\n", "8\r\ndata: 1\n\r\n"},
		{"1\r\n\n\r\n6\r\ndat", "1\r\n\n\r\n3\r\ndat\r\n"}, // a part of a chunk has come, and is passed on
		{"a: ", "3\r\na: \r\n"},
		{"\r\n", ""},
		{"2\r\n2\n\r\n" + tiny + "0\r\n\r\n", "2\r\n2\n\r\n" + tiny + "0\r\n\r\n"},
	}
	engines(t, func(t *testing.T, portable bool) {
		next := make(chan struct{})
		p := newPlan()
		p.Options.Portable = portable
		h := p.open(t, acting(func(c *net.TCPConn, r *bufio.Reader) {
			if _, err := readCall(r); err != nil {
				return
			}
			for _, step := range steps {
				if _, ok := <-next; !ok {
					return
				}
				_, _ = io.WriteString(c, step.up)
			}
			_, _ = r.ReadByte()
		}))
		defer close(next)
		c := h.dial(t)
		c.send("GET /public/ HTTP/1.1\r\nHost: a\r\n\r\n")
		for i, step := range steps {
			next <- struct{}{}
			if step.client == "" && i > 0 {
				continue
			}
			if got := atOnce(c.tcp); i == 0 && !strings.HasSuffix(got, "\r\n\r\n") || i > 0 && got != step.client {
				t.Fatalf("step %d: got %q, want %q", i, got, step.client)
			}
		}
	})
}

// The same on the way up.
func TestChunksOfACallThatCameTogether(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		seen := make(chan string, 10_000) // more than comes
		p := newPlan()
		p.Options.Portable = portable
		h := p.open(t, acting(func(c *net.TCPConn, r *bufio.Reader) {
			if _, err := testkit.ReadHead(r); err != nil {
				return
			}
			seen <- ""
			for all := ""; !strings.HasSuffix(all, "\r\n0\r\n\r\n"); {
				got := atOnce(c)
				if all += got; got == "" {
					break
				}
				seen <- got
			}
			_, _ = io.WriteString(c, "HTTP/1.1 204 \r\n\r\n")
		}))
		for over, dial := range map[string]func(testing.TB) *client{"plain": h.dial, "TLS": h.dialTLS} {
			t.Run(over, func(t *testing.T) {
				c := dial(t)
				c.send("POST /public/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
				testkit.Receive(t, "a piece at the upstream", seen)
				for _, step := range [][2]string{
					{tiny, tiny}, {"5\r\nhe", "2\r\nhe\r\n"}, {"llo\r\n" + tiny, "3\r\nllo\r\n" + tiny}, {"1\r\nx\r\n0\r\n\r\n", "1\r\nx\r\n0\r\n\r\n"},
				} {
					c.send(step[0])
					if got := testkit.Receive(t, "a piece at the upstream", seen); got != step[1] {
						t.Fatalf("got %q, want %q", got, step[1])
					}
				}
				if got := c.read(); got.status != 204 {
					t.Errorf("got %q", got.head)
				}
			})
		}
	})
}
