//go:build linux && (amd64 || arm64)

package downstream

import (
	"errors"

	"github.com/candor-gateway/candor/internal/buffer"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/socket"
)

// fast is the connection's loop inside one RawConn.Read for as long as calls follow each other: the wait is armed once, so no readiness is lost and nothing
// is read in vain. Its closure reads, serves calls that are wholly in hand, and parks. What must read the client in the middle of a call leaves the closure
// and comes back. A connection that is not brisk leaves it too, and dozes.
type fast struct {
	c       *Conn
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

// run serves calls until the connection ends, or waits on another goroutine.
func (f *fast) run(c *Conn) (waits bool) {
	raw := c.watch.of.Raw()
	switch {
	case c.side.Portable || raw == nil:
		portable{c}.run(c.ctx)
		return false
	case f.step == nil:
		f.c, f.step = c, f.readable
	case f.woken != nil && !f.wokenByLimit(f.woken):
		return false
	}
	for {
		f.why = gone
		if err := raw.Read(f.step); err != nil {
			if !f.wokenByLimit(err) {
				return false
			}
			continue
		}
		if f.why == slow {
			go f.doze()
			return true
		}
		if !f.outside() {
			return false
		}
	}
}

// outside does what the closure was left for, and reports whether it is to be entered again.
func (f *fast) outside() bool {
	c := f.c
	switch f.why {
	case outside:
		f.end = c.serve(c.ctx, c.call, c.call.fault)
	case closing:
	case leaving:
		return f.makeWay()
	default:
		return false
	}
	again := c.endCall(c.call, f.end)
	c.idle.since = c.side.Clock.Mono()
	return again
}

// doze waits for something to do. The goroutine does nothing else: what it calls while it waits fits into the smallest stack there is.
func (f *fast) doze() {
	c := f.c
	f.dozes = true
	f.woken = c.watch.of.Raw().Read(f.step)
	f.dozes = false
	c.side.crew.serve(c)
}

// readable is called once per readiness edge. It reports true to leave RawConn.Read.
func (f *fast) readable(fd uintptr) (done bool) {
	if f.dozes {
		return socket.Readable(fd)
	}
	f.fd, f.inside, f.left = fd, true, 1
	done = f.pump()
	f.inside = false
	return done
}

// pump serves what is in hand and reads until there is nothing left.
func (f *fast) pump() bool {
	c := f.c
	k := c.borrow()
	for served := 0; ; {
		if f.serveInHand(k) {
			return true
		}
		if c.tls == nil && k.empty() && (f.left == 0 || served > 0 && !c.idle.brisk) { // with a head begun a reset may be left, whose readiness is used up
			return f.park(k)
		}
		if c.idle.brisk && !f.recv.Opened() {
			f.recv.Open(f.fd)
		}
		n, again := f.recvHead(k)
		if served += n; n > 0 {
			continue
		}
		if again {
			return f.park(k)
		}
		return true // gone; a call half sent is nobody's any more
	}
}

// serveInHand serves the calls that are whole. It reports whether the closure must be left.
func (f *fast) serveInHand(k *call) bool {
	c := f.c
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

// inHandWhole reports whether a call can be served without reading more of the client. One that asks for another protocol may be followed by that, which needs
// the descriptor.
func (k *call) inHandWhole(f Fault) bool {
	h := &k.head
	if f.Cause != OK {
		return true
	}
	switch h.Body {
	case http1.NoBody:
		return !h.Upgrade
	case http1.LengthBody:
		return h.Length <= int64(len(k.bytes())-h.Len) && !h.Upgrade
	default:
		return false
	}
}

// recvHead reads what there is. It reports true where there is nothing now.
func (f *fast) recvHead(k *call) (int, bool) {
	c := f.c
	room := k.room(c.side.Buffers)
	if c.tls != nil {
		f.partial = !k.empty()
		n, err := c.tls.Read(room)
		k.took(n)
		return n, errors.Is(err, errWouldBlock)
	}
	n, left, errno := f.recv.Recv(f.fd, room)
	f.left = left
	k.took(n)
	return n, errno == socket.Again
}

// park gives back what an idle connection does not need, and sets the limit that now holds. It reports whether the connection must not wait.
func (f *fast) park(k *call) bool {
	c := f.c
	waits := k.empty()
	c.idle.keep()
	c.rest(k)
	c.yield()
	limit, since := c.limitNow(c.idle.since)
	c.reading.Set(c.side.Clock, c.tcp.SetReadDeadline, since, limit)
	switch {
	case c.seat.isLeaving():
		f.why = leaving
	case c.stopped():
	case waits && !c.idle.brisk:
		f.why = slow
	default:
		return false
	}
	return true
}

// sendNow writes what fits without parking, where the closure runs.
func (f *fast) sendNow(b []byte) int {
	if !f.inside || f.c.tls != nil || len(b) > buffer.Small {
		return 0
	}
	n, _ := socket.Send(f.fd, b)
	return n // whatever stopped it, the ordinary write that follows meets it again
}
