//go:build unix

package gateway

import (
	"sync"
	"syscall"
)

// socket looks at a client's connection without reading it.
type socket struct {
	raw  syscall.RawConn
	mu   sync.Mutex // one look at a time: the sweep's, and the drain's
	look func(fd uintptr)
	left bool
}

func (s *socket) prepare(c *conn) {
	raw, err := c.tcp.SyscallConn()
	if err != nil {
		return
	}
	s.raw = raw
	s.look = func(fd uintptr) { s.left = hasEnded(int(fd)) }
}

// hasLeft says whether the client has closed its side, or all of it.
func (c *conn) hasLeft() bool {
	s := &c.socket
	if s.raw == nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.left = false
	return s.raw.Control(s.look) == nil && s.left
}
