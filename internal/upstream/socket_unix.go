//go:build unix

package upstream

import (
	"net"
	"syscall"
)

// socket looks at a connection without reading it. The closure is made once, so a look allocates nothing.
type socket struct {
	raw  syscall.RawConn
	look func(fd uintptr)
	dead bool
}

func (s *socket) prepare(tcp *net.TCPConn) {
	raw, err := tcp.SyscallConn()
	if err != nil {
		return // closed already: the first write says so
	}
	s.raw = raw
	s.look = func(fd uintptr) {
		var one [1]byte
		_, _, err := syscall.Recvfrom(int(fd), one[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		s.dead = err != syscall.EAGAIN //nolint:errorlint // an Errno is compared as it is
	}
}

// alive says whether a pooled connection can carry a call: it has not ended, and not a byte came that nobody asked for.
func (c *Conn) alive() bool {
	s := &c.socket
	if s.raw == nil {
		return false
	}
	s.dead = true
	return s.raw.Control(s.look) == nil && !s.dead
}
