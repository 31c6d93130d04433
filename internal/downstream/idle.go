package downstream

import (
	"sync/atomic"
	"time"
)

// cool is how long a connection waits with the stack that has served its calls. It does so once a call has come within that time of the one before.
const cool = time.Second

// idle is how a connection waits for its next call: with the stack that has served it, or with a small one.
type idle struct {
	since int64       // mono ns since when it is idle
	brisk bool        // its calls follow each other closely
	warm  atomic.Bool // it waits with the stack that has served it
}

// begin notes that a call is over at now (mono ns), and whether it was one that followed another.
func (i *idle) begin(now int64, follows bool) {
	i.brisk = follows && now-i.since < int64(cool)
	i.since = now
}

// keep notes how the connection waits now.
func (i *idle) keep() {
	if i.warm.Load() != i.brisk {
		i.warm.Store(i.brisk)
	}
}

// cool takes the stack away. It reports true once a wait. It may be called from anywhere.
func (i *idle) cool() bool { return i.warm.Load() && i.warm.CompareAndSwap(true, false) }

// woken notes that a deadline has broken the wait: if it was for the stack, the next wait is with a small one.
func (i *idle) woken() { i.brisk = i.brisk && i.warm.Load() }
