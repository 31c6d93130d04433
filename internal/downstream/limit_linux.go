//go:build linux && (amd64 || arm64)

package downstream

import (
	"errors"
	"os"
)

// wokenByLimit ends a wait that a deadline broke: false where the connection is over. A deadline that was set for an earlier limit is set again.
func (f *fast) wokenByLimit(err error) bool {
	c := f.c
	switch {
	case !errors.Is(err, os.ErrDeadlineExceeded):
		return false
	case c.seat.isLeaving():
		return f.makeWay()
	case c.stopped():
		return false
	}
	return f.rearm()
}

// makeWay ends a connection that was asked to make room. It reports true where more has come after all: that is served first.
func (f *fast) makeWay() bool {
	c := f.c
	if c.watch.hasMore() {
		return f.rearm()
	}
	if k := c.call; k != nil && !k.empty() {
		c.endCall(k, c.serve(c.ctx, k, Fault{Cause: NoRoom}))
	}
	return false
}

// rearm sets the limit that now holds, for a socket whose deadline has passed. It reports false where that limit has passed, too.
func (f *fast) rearm() bool {
	c := f.c
	now := c.side.Clock.Mono()
	limit, since := c.limitNow(now)
	if limit > 0 && now-since >= int64(limit) {
		if k := c.call; k != nil && !k.empty() {
			c.endCall(k, c.serve(c.ctx, k, c.headTime()))
		}
		return false
	}
	c.idle.woken()
	c.reading.Moved()
	c.reading.Set(c.side.Clock, c.tcp.SetReadDeadline, since, limit)
	return true
}
