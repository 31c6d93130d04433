package gateway

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/candor-gateway/candor/internal/buffer"
	"github.com/candor-gateway/candor/internal/clock"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/socket"
)

// conn is one client connection. One goroutine runs it from accept to close.
type conn struct {
	g        *Gateway
	listener *Listener
	tcp      *net.TCPConn
	nc       net.Conn // tcp, or the TLS connection over it
	tls      *tls.Conn
	name     string // that the TLS client asked for (SNI), "" none
	from     netip.Addr
	number   uint32 // of the connection: which pools of the upstream it looks into first

	x       *exchange // held while a call is under way, or bytes of one are in hand
	reading clock.Alarm
	writing clock.Alarm
	calls   int // whose head was whole
	id      []byte
	hop     []byte // the lines that tell the upstream who calls, the same for every call
	idle    atomic.Bool

	wait     wait
	fast     fast
	watch    socket.Watch
	looking  sync.Mutex // one look at a time
	lastMono int64      // of the latest call's end
	since    int64      // mono ns since when the connection is idle
	finished bool
	stop     atomic.Bool // a read for the upload is to end
}

func (c *conn) secure() bool { return c.tls != nil }

// run serves the connection's calls, one after the other.
func (c *conn) run(ctx context.Context) {
	defer c.end()
	if !c.handshake(ctx) {
		return
	}
	c.loop(ctx)
}

// portable is the loop on net.Conn alone.
func (c *conn) portable(ctx context.Context) {
	for {
		x := c.hold()
		f, ok := c.awaitHead(x)
		if !ok || !c.oneCall(ctx, x, f) {
			return
		}
	}
}

// oneCall serves a call whose head is whole, and ends it. It says whether another may come.
func (c *conn) oneCall(ctx context.Context, x *exchange, f http1.Fault) bool {
	c.calls++
	c.idle.Store(false)
	return c.afterwards(x, c.g.protect(ctx, x, f))
}

// hold gives the connection an exchange, if it has none.
func (c *conn) hold() *exchange {
	if c.x == nil {
		c.x = c.g.calls.get(c)
	}
	return c.x
}

// yield gives the exchange back if nothing is in hand.
func (c *conn) yield() {
	if x := c.x; x != nil && x.r == x.w {
		c.x = nil
		c.g.calls.put(x)
	}
}

// awaitHead reads until a head is whole or wrong (Incomplete: its time is up). It says false where nothing is to be answered.
func (c *conn) awaitHead(x *exchange) (http1.Fault, bool) {
	for {
		if f, done := c.parse(x); done {
			return f, true
		}
		now := c.g.o.Clock.Mono()
		n, end := c.readHead(x, now)
		if n > 0 {
			continue
		}
		return http1.Fault{Kind: http1.Incomplete, Line: 1}, end == timedOut && x.w > x.r
	}
}

// parse looks for a whole head in what is in hand.
func (c *conn) parse(x *exchange) (f http1.Fault, done bool) {
	if x.w == x.r {
		return f, false
	}
	f = http1.ParseRequest(x.in.B[x.r:x.w], c.heads(), &x.call.Head)
	if f.Kind != http1.Incomplete {
		return f, true
	}
	if x.started == 0 {
		x.started = c.g.o.Clock.Mono()
	}
	return f, false
}

func (c *conn) heads() *http1.Limits { return c.g.policy.Load().heads(c.secure()) }

// readHead reads more of a head under the limit that holds at this point.
func (c *conn) readHead(x *exchange, now int64) (int, ended) {
	c.idle.Store(x.w == x.r)
	if x.w == x.r {
		c.since = now
		if c.g.phase.Load() == finished {
			return 0, over
		}
	}
	limit, since := c.limitNow(now)
	x.roomForHead()
	n, end := c.read(x.in.B[x.w:], since, limit)
	x.w += n
	x.read += int64(n)
	return n, end
}

// limitNow is the limit within which the client must send something, and since when it counts: a head that has begun, the first byte, or an idle connection.
func (c *conn) limitNow(now int64) (limit time.Duration, since int64) {
	times := &c.g.policy.Load().Times
	switch x := c.x; {
	case x != nil && x.w > x.r && x.started == 0: // it came behind a call that took longer than the deadline, and nobody has looked at it
		return times.Head, now
	case x != nil && x.w > x.r:
		return times.Head, x.started
	case c.calls == 0:
		return times.FirstByte, c.since
	}
	return times.Idle, c.since
}

// roomForHead makes space behind w: what is before r is done with.
func (x *exchange) roomForHead() {
	if x.w < len(x.in.B) {
		return
	}
	if x.r > 0 {
		x.w = copy(x.in.B, x.in.B[x.r:x.w])
		x.r = 0
		return
	}
	x.in = x.g.buffers().Grow(x.in, x.w, len(x.in.B)+1)
}

// ended says why a read brought nothing.
type ended uint8

const (
	over     ended = iota // EOF, reset, closed
	timedOut              // the limit passed
)

// read reads once into b. limit counts from since (mono ns).
func (c *conn) read(b []byte, since int64, limit time.Duration) (int, ended) {
	for {
		c.reading.Set(c.g.o.Clock, c.nc.SetReadDeadline, since, limit)
		if c.stopped() { // asked to before the deadline was moved: nothing would wake the read
			return 0, over
		}
		n, err := c.nc.Read(b)
		switch {
		case n > 0:
			return n, over
		case err == nil:
			continue
		case !errors.Is(err, os.ErrDeadlineExceeded) || c.stopped():
			return 0, over
		case limit > 0 && c.g.o.Clock.Mono()-since >= int64(limit):
			return 0, timedOut
		}
		c.reading.Moved()
	}
}

// write writes b, all of it. A write that makes no progress for the stall limit fails.
func (c *conn) write(b []byte, x *exchange) bool {
	if n := c.sendNow(b); n > 0 {
		x.sent += int64(n)
		if b = b[n:]; len(b) == 0 {
			return true
		}
	}
	stall := x.policy.Times.WriteStall
	for {
		c.writing.Set(c.g.o.Clock, c.nc.SetWriteDeadline, c.g.o.Clock.Mono(), stall)
		n, err := c.nc.Write(b)
		x.sent += int64(n)
		if err == nil {
			return true
		}
		if n == 0 || c.secure() || !errors.Is(err, os.ErrDeadlineExceeded) {
			x.entry.Note = err.Error()
			return false
		}
		b = b[n:] // some of it went: that is progress
		c.writing.Moved()
	}
}

// write writes a part of the answer.
func (x *exchange) write(b []byte) bool {
	x.parted = true
	return x.conn.write(b, x)
}

// end closes the connection and gives back what it holds.
func (c *conn) end() {
	if !c.finished {
		_ = c.nc.Close()
	}
	if x := c.x; x != nil {
		c.x = nil
		c.g.calls.put(x)
	}
	c.g.conns.remove(c)
}

// abort resets the connection.
func (c *conn) abort() {
	c.finished = true
	_ = c.tcp.SetLinger(0)
	_ = c.tcp.Close()
}

func (g *Gateway) buffers() *buffer.Lender { return g.o.Buffers }

// stopped says whether a deadline that passed was a request to stop: of an upload that is no longer needed, or of a drain that closes idle connections.
func (c *conn) stopped() bool { return c.stop.Load() || c.idle.Load() && c.g.phase.Load() == finished }

// hasLeft says whether the client has closed its side, or all of it.
func (c *conn) hasLeft() bool {
	c.looking.Lock()
	defer c.looking.Unlock()
	return c.watch.Ended()
}

// hasMore says whether bytes have come that nobody has read, or the end: what is unread makes a reset of a plain close.
func (c *conn) hasMore() bool {
	c.looking.Lock()
	defer c.looking.Unlock()
	return !c.watch.Quiet()
}
