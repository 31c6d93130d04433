//go:build !linux || !(amd64 || arm64)

package gateway

import (
	"context"
	"net"
)

// fast exists on Linux alone.
type fast struct{}

func (c *conn) loop(ctx context.Context) { c.portable(ctx) }

func (c *conn) sendNow([]byte) int { return 0 }

func (c *conn) wire() net.Conn { return c.tcp }
