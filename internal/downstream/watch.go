package downstream

import (
	"net"
	"sync"
	"time"

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

// Watch gives up what the connection's call has waited for at least since d before now (mono ns), if its client has left; of a connection that has waited for
// a call for long it takes the stack. It may be called from anywhere and does not block.
func (c *Conn) Watch(d time.Duration, now int64) {
	if c.cools(now) {
		_ = c.tcp.SetReadDeadline(clock.Passed())
		return
	}
	if c.wait.longerThan(d, now) && c.watch.hasLeft() {
		c.wait.giveUp()
	}
}

// cools reports whether the connection has waited long enough with its stack. It reports true once a wait.
func (c *Conn) cools(now int64) bool { return c.seat.idleFor(now) >= int64(cool) && c.idle.cool() }

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
