//go:build !linux || !(amd64 || arm64)

package downstream

import "net"

// fast exists on Linux alone.
type fast struct{}

// run serves calls until the connection ends.
func (*fast) run(c *Conn) (waits bool) {
	portable{c}.run(c.ctx)
	return false
}

func (*fast) sendNow([]byte) int { return 0 }

func (*fast) wire(c *Conn) net.Conn { return &patient{TCPConn: c.tcp, c: c} }
