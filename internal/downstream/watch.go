package downstream

import (
	"time"

	"github.com/candor-gateway/candor/internal/clock"
)

// Watch gives up what the connection's call has waited for at least since d before now (mono ns), if its client has left; of a connection that has waited for
// a call for long it takes the stack. It may be called from anywhere and does not block.
func (c *Conn) Watch(d time.Duration, now int64) {
	if c.cools(now) {
		_ = c.tcp.SetReadDeadline(clock.Passed())
		return
	}
	if c.wait.longerThan(d, now) && c.hasLeft() {
		c.wait.giveUp()
	}
}

// WakeIdle lets the connection notice that the user has Finished, if it is idle. It may be called from anywhere.
func (c *Conn) WakeIdle() {
	if c.state.Load() > 0 {
		_ = c.tcp.SetReadDeadline(clock.Passed())
	}
}

// Break resets the connection, whatever it is doing. It may be called from anywhere.
func (c *Conn) Break() {
	c.wait.giveUp()
	_ = c.tcp.SetLinger(0)
	_ = c.tcp.Close()
}

// hasLeft reports whether the client has closed its side, or all of it.
func (c *Conn) hasLeft() bool {
	c.looking.Lock()
	defer c.looking.Unlock()
	return c.watch.Ended()
}

// hasMore reports whether bytes have come that nobody has read, or the end: what is unread makes a reset of a plain close.
func (c *Conn) hasMore() bool {
	c.looking.Lock()
	defer c.looking.Unlock()
	return !c.watch.Quiet()
}
