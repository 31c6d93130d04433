//go:build !linux || !(amd64 || arm64)

package downstream

import (
	"context"
	"net"
)

// fast exists on Linux alone.
type fast struct{}

func (c *Conn) loop(ctx context.Context) { c.portable(ctx) }

func (c *Conn) sendNow([]byte) int { return 0 }

func (c *Conn) wire() net.Conn { return &patient{TCPConn: c.tcp, c: c} }
