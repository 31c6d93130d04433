package downstream

import (
	"errors"
	"net"
	"os"
	"time"

	"github.com/candor-gateway/candor/internal/clock"
)

// write writes b, all of it, and returns how much of it went. It fails where the client takes nothing for the stall limit.
func (c *Conn) write(b []byte) (sent int, err error) {
	if sent = c.fast.sendNow(b); sent == len(b) {
		return sent, nil
	}
	if c.tls != nil {
		return c.tls.Write(b) // over wire, which writes patiently
	}
	n, err := c.patiently(b[sent:])
	return sent + n, err
}

// patiently writes to the socket as long as the client takes something.
func (c *Conn) patiently(b []byte) (sent int, err error) {
	var stall clock.Stall
	limit, now := c.switched.stallOr(c.user.Times().WriteStall), c.side.Clock.Mono()
	for {
		c.writing.Set(c.side.Clock, c.tcp.SetWriteDeadline, now, stall.Next(now, limit))
		if c.switched.halted.Load() { // before the deadline was moved: nothing would wake the write
			return sent, os.ErrDeadlineExceeded
		}
		n, err := c.tcp.Write(b[sent:])
		if sent += n; err == nil || !errors.Is(err, os.ErrDeadlineExceeded) || c.switched.halted.Load() {
			return sent, err
		}
		if now = c.side.Clock.Mono(); stall.Passed(now, c.watch.taken(sent), limit) {
			return sent, err
		}
		c.writing.Moved()
	}
}

// patient is the socket under a TLS connection. crypto/tls goes on after no write that failed, so the writes are made patient below it.
type patient struct {
	*net.TCPConn
	c   *Conn
	own bool // crypto/tls has set a limit of its own, for its close_notify
}

// Read is net.Conn's.
func (p *patient) Read(b []byte) (int, error) {
	if err := p.c.switched.seal.Check(); err != nil {
		return 0, err
	}
	return p.TCPConn.Read(b)
}

// Write is net.Conn's.
func (p *patient) Write(b []byte) (int, error) {
	if p.c.tls == nil || p.own { // the handshake has one limit for all of it
		return p.TCPConn.Write(b)
	}
	return p.c.patiently(b)
}

// SetWriteDeadline is net.Conn's.
func (p *patient) SetWriteDeadline(t time.Time) error {
	p.own = true
	return p.TCPConn.SetWriteDeadline(t)
}
