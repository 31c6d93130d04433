package downstream

import (
	"errors"
	"os"
	"time"

	"github.com/candor-gateway/candor/internal/buffer"
)

// The limits of a lingering close and of the rest of a refused body.
const (
	lingerGap   = 2 * time.Second
	lingerTotal = 30 * time.Second
	lingerBytes = 16 << 20
	lingerBrief = 250 * time.Millisecond // in all, where another connection waits for the place
)

// linger half-closes and reads until the client has closed too, so that no reset overtakes the answer (RFC 9112 §9.6).
func (c *Conn) linger() {
	if c.tls != nil {
		_ = c.tls.CloseWrite() // close_notify first, or a TLS client reads a truncated answer
	}
	if c.tcp.CloseWrite() != nil {
		return
	}
	buf := c.side.Buffers.Get(buffer.Small)
	defer c.side.Buffers.Put(buf)
	start, read, total := c.side.Clock.Mono(), 0, lingerTotal
	if c.seat.leaving {
		total = lingerBrief
	}
	for read < lingerBytes {
		now := c.side.Clock.Mono()
		left := total - time.Duration(now-start)
		if left <= 0 {
			return
		}
		// The raw socket: what is discarded need not be deciphered.
		gap := min(lingerGap, left)
		c.reading.Set(c.side.Clock, c.tcp.SetReadDeadline, now, gap)
		if c.stop.Load() {
			return
		}
		n, err := c.tcp.Read(buf.B)
		read += n
		switch {
		case err == nil:
		case !errors.Is(err, os.ErrDeadlineExceeded) || c.side.Clock.Mono()-now >= int64(gap):
			return
		default: // the deadline was for a wait that is over
			c.reading.Moved()
		}
	}
}
