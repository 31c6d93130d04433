package upstream

import (
	"bytes"
	"time"

	"github.com/candor-gateway/candor/internal/ascii"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/tunnel"
)

// switches reports whether an answer switches to this protocol, and to no other (RFC 9110 §7.8).
func switches(h *http1.ResponseHead, protocol string) bool {
	return protocol != "" && h.Count(http1.Upgrade) == 1 && ascii.EqualFold(h.Get(http1.Upgrade), protocol)
}

// Detach takes the connection out of HTTP after an answer that has switched it, with what came behind that. It is closed by Close, and goes back to no pool. A
// write fails once the upstream has taken nothing for stall; 0: it waits.
func Detach(c *Conn, stall time.Duration) *tunnel.End {
	e := &tunnel.End{
		TCP: c.tcp, First: bytes.Clone(c.buf.B[c.r:c.w]), Portable: c.up.portable, Stop: c.Cancel,
		Write: func(b []byte) error { return c.write(b, c.up.clock.Mono(), stall) },
	}
	if c.wire != nil {
		e.TLS, e.Seal = c.tls, &c.wire.seal
	}
	c.giveBack()
	c.Head = http1.ResponseHead{}
	_ = c.nc.SetDeadline(time.Time{})
	c.writing.Moved()
	return e
}
