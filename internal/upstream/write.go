package upstream

import (
	"errors"
	"net"
	"os"
	"time"

	"github.com/candor-gateway/candor/internal/clock"
)

// write writes b, all of it, unless the upstream takes nothing for the stall limit.
func (c *Conn) write(b []byte, now int64, stall time.Duration) error {
	c.stall.Store(int64(stall))
	if c.nc != c.tcp {
		_, err := c.nc.Write(b) // over wire, which writes patiently
		return err
	}
	_, err := c.patiently(b, now)
	return err
}

// patiently writes to the socket as long as the upstream takes something.
func (c *Conn) patiently(b []byte, now int64) (sent int, err error) {
	var stall clock.Stall
	limit := time.Duration(c.stall.Load())
	for {
		c.writing.Set(c.up.clock, c.tcp.SetWriteDeadline, now, stall.Next(now, limit))
		if c.cancelled.Load() { // before the deadline was moved: nothing would wake the write
			return sent, os.ErrDeadlineExceeded
		}
		n, err := c.tcp.Write(b[sent:])
		if sent += n; err == nil || !errors.Is(err, os.ErrDeadlineExceeded) || c.cancelled.Load() {
			return sent, err
		}
		now = c.up.clock.Mono()
		if stall.Passed(now, c.watch.Taken(uint64(sent)), limit) {
			return sent, err
		}
		c.writing.Moved()
	}
}

// Write is net.Conn's. crypto/tls goes on after no write that failed, so the writes are made patient below it.
func (w *wire) Write(b []byte) (int, error) {
	if w.c.nc == net.Conn(w.c.tcp) || w.own { // the handshake has one limit for all of it
		return w.TCPConn.Write(b)
	}
	return w.c.patiently(b, w.c.up.clock.Mono())
}

// SetWriteDeadline is net.Conn's. crypto/tls sets a limit of its own for its close_notify.
func (w *wire) SetWriteDeadline(t time.Time) error {
	w.own = true
	return w.TCPConn.SetWriteDeadline(t)
}
