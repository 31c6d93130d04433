package downstream

import "time"

// cool is how long a connection waits with the stack that has served its calls. It does so once a call has come within that time of the one before.
const cool = time.Second

// cools reports whether the connection has waited long enough with its stack. It reports true once a wait.
func (c *Conn) cools(now int64) bool {
	since := c.state.Load()
	return since > 0 && now-since >= int64(cool) && c.warm.CompareAndSwap(true, false)
}

// keepWarm notes how the connection waits for its next call.
func (c *Conn) keepWarm() {
	if c.warm.Load() != c.brisk {
		c.warm.Store(c.brisk)
	}
}
