package gateway

import (
	"time"

	"github.com/candor-gateway/candor/internal/buffer"
)

// The limits of a lingering close and of the rest of a refused body.
const (
	lingerGap   = 2 * time.Second
	lingerTotal = 30 * time.Second
	lingerBytes = 16 << 20
)

// afterwards does what the call's end asks for and says whether another call may come.
func (c *conn) afterwards(x *exchange, end after) bool {
	switch end {
	case keeps:
		x.settle()
		return true
	case drains:
		return c.drain(x)
	case lingers:
		c.linger()
	case aborts:
		c.abort()
	case closes:
	}
	return false
}

// drain reads and drops the rest of a body of known length, and keeps the connection if it comes in time.
func (c *conn) drain(x *exchange) bool {
	b := &x.body
	from := c.g.o.Clock.Mono()
	for !b.skipInHand(x) {
		if b.more == nil {
			b.more = c.g.buffers().Get(buffer.Small)
		}
		b.mr, b.mw = 0, 0
		n, end := c.read(b.more.B, from, lingerGap)
		if n == 0 {
			if end == timedOut {
				c.linger()
			}
			return false
		}
		b.mw = n
	}
	x.settle()
	return true
}

// linger half-closes and reads until the client has closed too, so that no reset overtakes the answer (RFC 9112 §9.6).
func (c *conn) linger() {
	if c.tls != nil {
		_ = c.tls.CloseWrite() // close_notify first, or a TLS client reads a truncated answer
	}
	if c.tcp.CloseWrite() != nil {
		return
	}
	buf := c.g.buffers().Get(buffer.Small)
	defer c.g.buffers().Put(buf)
	start, read := c.g.o.Clock.Mono(), 0
	for read < lingerBytes {
		now := c.g.o.Clock.Mono()
		left := lingerTotal - time.Duration(now-start)
		if left <= 0 {
			return
		}
		// The raw socket: what is discarded need not be deciphered.
		c.reading.Set(c.g.o.Clock, c.tcp.SetReadDeadline, now, min(lingerGap, left))
		n, err := c.tcp.Read(buf.B)
		if err != nil {
			return
		}
		read += n
	}
}
