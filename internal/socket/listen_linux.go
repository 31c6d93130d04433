package socket

import (
	"net"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// What the runtime sets on each connection that it accepts, TCP_NODELAY apart.
const (
	keepAlive     = 15 * time.Second
	keepAliveMost = 9
)

// Listening is how to listen, with the options that each connection is to have: on Linux it has those of its listener, and accepting sets none. Multipath TCP
// is not offered: a connection accepted by such a listener has the options of none, and costs more.
func Listening() *net.ListenConfig {
	lc := &net.ListenConfig{KeepAlive: -1, Control: inherited}
	lc.SetMultipathTCP(false)
	return lc
}

// inherited sets on a listener what its connections are to have.
func inherited(_, _ string, c syscall.RawConn) error {
	return c.Control(func(fd uintptr) {
		for _, o := range [...]struct{ level, name, value int }{
			{unix.SOL_SOCKET, unix.SO_KEEPALIVE, 1},
			{unix.IPPROTO_TCP, unix.TCP_KEEPIDLE, int(keepAlive / time.Second)},
			{unix.IPPROTO_TCP, unix.TCP_KEEPINTVL, int(keepAlive / time.Second)},
			{unix.IPPROTO_TCP, unix.TCP_KEEPCNT, keepAliveMost},
			{unix.IPPROTO_TCP, unix.TCP_INQ, 1},
		} {
			_ = unix.SetsockoptInt(int(fd), o.level, o.name, o.value) // an old kernel lacks the last one; nothing depends on any
		}
	})
}
