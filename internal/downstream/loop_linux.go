//go:build linux && (amd64 || arm64)

package downstream

import (
	"errors"
	"os"

	"github.com/candor-gateway/candor/internal/buffer"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/socket"
)

// fast is the connection's loop inside one RawConn.Read for as long as calls follow each other: the wait is armed once, so no readiness is lost and nothing
// is read in vain. Its closure reads, serves calls that are wholly in hand, and parks. What must read the client in the middle of a call leaves the closure
// and comes back. A connection that is not brisk leaves it too, and dozes.
type fast struct {
	recv    socket.Receiver
	step    func(fd uintptr) bool
	fd      uintptr
	left    int   // what the kernel had after the last read
	woken   error // what ended the doze, but for something to do
	inside  bool  // the closure runs: descriptor and read lock are held, reads and writes go to the descriptor
	partial bool  // of TLS: a head or a record has begun, so a reset behind it must not be missed
	dozes   bool  // the closure looks whether there is something to do, no more
	why     leave
	end     ending
}

// leave says why the closure returned.
type leave uint8

const (
	gone    leave = iota // EOF, reset, or the drain
	outside              // a call is in hand that must read more of the client
	closing              // a call ended in another way than by keeping the connection
	leaving              // it was asked to make room
	slow                 // the connection is not brisk and has nothing to do
)

// loop serves calls until the connection ends, or waits on another goroutine.
func (c *Conn) loop() (waits bool) {
	raw, f := c.watch.Raw(), &c.fast
	switch {
	case c.side.Portable || raw == nil:
		c.portable(c.ctx)
		return false
	case f.step == nil:
		f.step = c.readable
	case f.woken != nil && !c.wokenByLimit(f.woken):
		return false
	}
	for {
		f.why = gone
		if err := raw.Read(f.step); err != nil {
			if !c.wokenByLimit(err) {
				return false
			}
			continue
		}
		if f.why == slow {
			go c.doze()
			return true
		}
		if !c.outside() {
			return false
		}
	}
}

// outside does what the closure was left for, and reports whether it is to be entered again.
func (c *Conn) outside() bool {
	f := &c.fast
	switch f.why {
	case outside:
		f.end = c.serve(c.ctx, c.call, c.call.fault)
	case closing:
	case leaving:
		return c.makeWay()
	default:
		return false
	}
	again := c.endCall(c.call, f.end)
	c.since = c.side.Clock.Mono()
	return again
}

// doze waits for something to do. The goroutine does nothing else: what it calls while it waits fits into the smallest stack there is.
func (c *Conn) doze() {
	c.fast.dozes = true
	c.fast.woken = c.watch.Raw().Read(c.fast.step)
	c.fast.dozes = false
	c.side.crew.serve(c)
}

// readable is called once per readiness edge. It reports true to leave RawConn.Read.
func (c *Conn) readable(fd uintptr) (done bool) {
	f := &c.fast
	if f.dozes {
		return socket.Readable(fd)
	}
	f.fd, f.inside, f.left = fd, true, 1
	done = c.pump()
	f.inside = false
	return done
}

// pump serves what is in hand and reads until there is nothing left.
func (c *Conn) pump() bool {
	k, f := c.borrow(), &c.fast
	for served := 0; ; {
		if c.serveInHand(k) {
			return true
		}
		if c.tls == nil && k.empty() && (f.left == 0 || served > 0 && !c.brisk) { // with a head begun a reset may be left, whose readiness is used up
			return c.park(k)
		}
		if c.brisk && !f.recv.Opened() {
			f.recv.Open(f.fd)
		}
		n, again := c.recvHead(k)
		if served += n; n > 0 {
			continue
		}
		if again {
			return c.park(k)
		}
		return true // gone; a call half sent is nobody's any more
	}
}

// serveInHand serves the calls that are whole. It reports whether the closure must be left.
func (c *Conn) serveInHand(k *call) bool {
	f := &c.fast
	for {
		fault, whole := c.parse(k)
		if !whole {
			return false
		}
		if !k.inHandWhole(fault) {
			f.why, k.fault = outside, fault
			return true
		}
		if end := c.serve(c.ctx, k, fault); end != keeps {
			f.why, f.end = closing, end
			return true
		}
		k.settle()
	}
}

// inHandWhole reports whether a call can be served without reading more of the client.
func (k *call) inHandWhole(f Fault) bool {
	h := &k.head
	if f.Cause != OK {
		return true
	}
	switch h.Body {
	case http1.NoBody:
		return true
	case http1.LengthBody:
		return h.Length <= int64(len(k.bytes())-h.Len)
	default:
		return false
	}
}

// recvHead reads what there is. It reports true where there is nothing now.
func (c *Conn) recvHead(k *call) (int, bool) {
	room := k.room(c.side.Buffers)
	if c.tls != nil {
		c.fast.partial = !k.empty()
		n, err := c.tls.Read(room)
		k.took(n)
		return n, errors.Is(err, errWouldBlock)
	}
	n, left, errno := c.fast.recv.Recv(c.fast.fd, room)
	c.fast.left = left
	k.took(n)
	return n, errno == socket.Again
}

// park gives back what an idle connection does not need, and sets the limit that now holds. It reports whether the connection must not wait.
func (c *Conn) park(k *call) bool {
	waits := k.empty()
	c.keepWarm()
	c.rest(k)
	c.yield()
	limit, since := c.limitNow(c.since)
	c.reading.Set(c.side.Clock, c.tcp.SetReadDeadline, since, limit)
	switch {
	case c.isLeaving():
		c.fast.why = leaving
	case c.stopped():
	case waits && !c.brisk:
		c.fast.why = slow
	default:
		return false
	}
	return true
}

// wokenByLimit ends a wait that a deadline broke: false where the connection is over. A deadline that was set for an earlier limit is set again.
func (c *Conn) wokenByLimit(err error) bool {
	switch {
	case !errors.Is(err, os.ErrDeadlineExceeded):
		return false
	case c.isLeaving():
		return c.makeWay()
	case c.stopped():
		return false
	}
	return c.rearm()
}

// makeWay ends a connection that was asked to make room. It reports true where more has come after all: that is served first.
func (c *Conn) makeWay() bool {
	if c.hasMore() {
		return c.rearm()
	}
	if k := c.call; k != nil && !k.empty() {
		c.endCall(k, c.serve(c.ctx, k, Fault{Cause: NoRoom}))
	}
	return false
}

// rearm sets the limit that now holds, for a socket whose deadline has passed. It reports false where that limit has passed, too.
func (c *Conn) rearm() bool {
	now := c.side.Clock.Mono()
	limit, since := c.limitNow(now)
	if limit > 0 && now-since >= int64(limit) {
		if k := c.call; k != nil && !k.empty() {
			c.endCall(k, c.serve(c.ctx, k, c.headTime()))
		}
		return false
	}
	c.brisk = c.brisk && c.warm.Load()
	c.reading.Moved()
	c.reading.Set(c.side.Clock, c.tcp.SetReadDeadline, since, limit)
	return true
}

// sendNow writes what fits without parking, where the closure runs.
func (c *Conn) sendNow(b []byte) int {
	if !c.fast.inside || c.tls != nil || len(b) > buffer.Small {
		return 0
	}
	n, _ := socket.Send(c.fast.fd, b)
	return n // whatever stopped it, the ordinary write that follows meets it again
}
