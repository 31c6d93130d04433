//go:build !linux || !(amd64 || arm64)

package downstream

import "net"

// fast exists on Linux alone.
type fast struct{}

// loop serves calls until the connection ends.
func (c *Conn) loop() (waits bool) {
	c.portable(c.ctx)
	return false
}

func (c *Conn) sendNow([]byte) int { return 0 }

func (c *Conn) wire() net.Conn { return &patient{TCPConn: c.tcp, c: c} }
