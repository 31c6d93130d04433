package downstream

import (
	"net"
	"sync"

	"github.com/candor-gateway/candor/internal/clock"
	"github.com/candor-gateway/candor/internal/socket"
)

// watch looks at the client's end without reading it, for one at a time. It may be used from anywhere.
type watch struct {
	mu sync.Mutex
	of socket.Watch
}

// open comes before all else.
func (w *watch) open(tcp *net.TCPConn) { w.of.Open(tcp) }

// hasLeft reports whether the client has closed its side, or all of it.
func (w *watch) hasLeft() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.of.Ended()
}

// hasMore reports whether bytes have come that nobody has read, or the end: what is unread makes a reset of a plain close.
func (w *watch) hasMore() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return !w.of.Quiet()
}

// taken is how many bytes the client has taken so far; where that is not known, what its socket took.
func (w *watch) taken(sent int) uint64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.of.Taken(uint64(sent))
}

// WakeIdle lets the connection notice that the user has Finished, if it is idle. It may be called from anywhere.
func (c *Conn) WakeIdle() {
	if c.seat.isIdle() {
		_ = c.tcp.SetReadDeadline(clock.Passed())
	}
}

// Break resets the connection, whatever it is doing. It may be called from anywhere.
func (c *Conn) Break() {
	c.wait.giveUp()
	_ = c.tcp.SetLinger(0)
	_ = c.tcp.Close()
}
