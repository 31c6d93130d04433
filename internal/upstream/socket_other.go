//go:build !unix

package upstream

import "net"

// socket is nothing here: whether a pooled connection has died shows at the write.
type socket struct{}

func (s *socket) prepare(*net.TCPConn) {}

func (c *Conn) alive() bool { return true }
