//go:build linux && (amd64 || arm64)

package gateway

import (
	"context"
	"errors"
	"io"
	"net"
	"os"

	"github.com/candor-gateway/candor/internal/buffer"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/socket"
)

// fast is the connection's loop inside one RawConn.Read for all of its life: the wait is armed once, so no readiness is lost and nothing is read in vain.
// Its closure reads, serves calls that are wholly in hand, and parks. What must read the client in the middle of a call leaves the closure and comes back.
type fast struct {
	recv    socket.Receiver
	step    func(fd uintptr) bool
	ctx     context.Context //nolint:containedctx // the closure is made once; its calls get the connection's context by it
	fd      uintptr
	inside  bool // the closure runs: descriptor and read lock are held, reads and writes go to the descriptor
	left    int  // what the kernel had after the last read
	partial bool // of TLS: a head or a record has begun, so a reset behind it must not be missed
	why     leave
	fault   http1.Fault
	end     after
}

// leave says why the closure returned.
type leave uint8

const (
	gone    leave = iota // EOF, reset, or the drain
	outside              // a call is in hand that must read more of the client
	ending               // a call ended in another way than by keeping the connection
)

// loop serves calls until the connection ends.
func (c *conn) loop(ctx context.Context) {
	raw := c.watch.Raw()
	if c.g.o.Portable || raw == nil {
		c.portable(ctx)
		return
	}
	f := &c.fast
	f.ctx = ctx
	f.step = c.readable
	if raw.Control(f.recv.Open) != nil {
		return
	}
	c.since = c.g.o.Clock.Mono()
	for {
		f.why = gone
		if err := raw.Read(f.step); err != nil {
			if !c.wokenByLimit(err) {
				return
			}
			continue
		}
		switch f.why {
		case outside:
			if !c.oneCall(ctx, c.x, f.fault) {
				return
			}
		case ending:
			if !c.afterwards(c.x, f.end) {
				return
			}
		default:
			return
		}
		c.since = c.g.o.Clock.Mono()
	}
}

// readable is called once per readiness edge. It says true to leave RawConn.Read.
func (c *conn) readable(fd uintptr) (done bool) {
	f := &c.fast
	f.fd, f.inside, f.left = fd, true, 1
	done = c.pump()
	f.inside = false
	return done
}

// pump serves what is in hand and reads until there is nothing left.
func (c *conn) pump() bool {
	x := c.hold()
	for {
		if c.serveInHand(x) {
			return true
		}
		if c.fast.left == 0 && c.tls == nil && x.w == x.r { // else a reset may be left, whose readiness is used up
			return c.park(x)
		}
		n, again := c.recvHead(x)
		if n > 0 {
			continue
		}
		if again {
			return c.park(x)
		}
		return true // gone; a call half sent is nobody's any more
	}
}

// serveInHand serves the calls that are whole. It says true where the closure must be left.
func (c *conn) serveInHand(x *exchange) bool {
	f := &c.fast
	for {
		fault, whole := c.parse(x)
		if !whole {
			return false
		}
		if !x.inHandWhole(fault) {
			f.why, f.fault = outside, fault
			return true
		}
		c.calls++
		c.idle.Store(false)
		if end := c.g.protect(f.ctx, x, fault); end != keeps {
			f.why, f.end = ending, end
			return true
		}
		c.since = c.lastMono
		x.settle()
	}
}

// inHandWhole says whether a call can be served without reading more of the client.
func (x *exchange) inHandWhole(f http1.Fault) bool {
	h := &x.call.Head
	if f.Kind != http1.OK {
		return true
	}
	switch h.Body {
	case http1.NoBody:
		return true
	case http1.LengthBody:
		return h.Length <= int64(x.w-x.r-h.Len)
	default:
		return false
	}
}

// recvHead reads what there is. It says true where there is nothing now.
func (c *conn) recvHead(x *exchange) (int, bool) {
	x.roomForHead()
	if c.tls != nil {
		c.fast.partial = x.w > x.r
		n, err := c.tls.Read(x.in.B[x.w:])
		x.w += n
		x.read += int64(n)
		return n, errors.Is(err, errWouldBlock)
	}
	n, left, errno := c.fast.recv.Recv(c.fast.fd, x.in.B[x.w:])
	c.fast.left = left
	x.w += n
	x.read += int64(n)
	return n, errno == socket.Again
}

// park gives back what an idle connection does not need, and sets the limit that now holds. It reports whether the connection must not wait.
func (c *conn) park(x *exchange) bool {
	c.idle.Store(x.w == x.r)
	c.yield()
	limit, since := c.limitNow(c.since)
	c.reading.Set(c.g.o.Clock, c.tcp.SetReadDeadline, since, limit)
	return c.stopped()
}

// wokenByLimit ends a wait that a deadline broke: false where the connection is over. A deadline that was set for an earlier limit is set anew.
func (c *conn) wokenByLimit(err error) bool {
	if !errors.Is(err, os.ErrDeadlineExceeded) || c.stopped() {
		return false
	}
	now := c.g.o.Clock.Mono()
	limit, since := c.limitNow(now)
	if limit > 0 && now-since >= int64(limit) {
		if x := c.x; x != nil && x.w > x.r {
			c.oneCall(c.fast.ctx, x, http1.Fault{Kind: http1.Incomplete, Line: 1})
		}
		return false
	}
	c.reading.Moved()
	c.reading.Set(c.g.o.Clock, c.tcp.SetReadDeadline, since, limit)
	return true
}

// sendNow writes what fits without parking, where the closure runs.
func (c *conn) sendNow(b []byte) int {
	if !c.fast.inside || c.tls != nil || len(b) > buffer.Small {
		return 0
	}
	n, _ := socket.Send(c.fast.fd, b)
	return n // whatever stopped it, the ordinary write that follows meets it again
}

// wire is what a TLS connection stands on.
func (c *conn) wire() net.Conn {
	if c.g.o.Portable {
		return c.tcp
	}
	return &wire{c.tcp, c}
}

// wire reads and writes the descriptor while the closure runs, and never parks there: it answers a temporary error instead, over which crypto/tls keeps the
// part of a record that has come.
type wire struct {
	*net.TCPConn
	c *conn
}

// Read is net.Conn's.
func (w *wire) Read(b []byte) (int, error) {
	f := &w.c.fast
	if !f.inside {
		return w.TCPConn.Read(b)
	}
	if f.left == 0 && !f.partial || len(b) == 0 {
		return 0, errWouldBlock
	}
	n, left, errno := f.recv.Recv(f.fd, b)
	f.left, f.partial = left, true
	switch {
	case errno == socket.Again:
		return 0, errWouldBlock
	case errno != 0:
		return 0, errno
	case n == 0:
		return 0, io.EOF
	}
	return n, nil
}

// Write is net.Conn's.
func (w *wire) Write(b []byte) (int, error) {
	if !w.c.fast.inside || len(b) > 2*buffer.Small || len(b) == 0 {
		return w.TCPConn.Write(b)
	}
	n, _ := socket.Send(w.c.fast.fd, b)
	if n == len(b) {
		return n, nil
	}
	rest, err := w.TCPConn.Write(b[n:])
	return n + rest, err
}

// errWouldBlock is a net.Error that crypto/tls takes for passing.
var errWouldBlock error = wouldBlockError{}

type wouldBlockError struct{}

func (wouldBlockError) Error() string   { return "the read would block" }
func (wouldBlockError) Timeout() bool   { return true }
func (wouldBlockError) Temporary() bool { return true }
