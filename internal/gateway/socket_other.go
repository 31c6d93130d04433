//go:build !unix

package gateway

// socket is nothing here: a client that is gone shows at the next write.
type socket struct{}

func (s *socket) prepare(*conn) {}

func (c *conn) hasLeft() bool { return false }
