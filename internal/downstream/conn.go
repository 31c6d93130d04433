package downstream

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"os"
	"sync/atomic"
	"time"

	"github.com/candor-gateway/candor/internal/clock"
	"github.com/candor-gateway/candor/internal/http1"
)

// Conn is one client connection. One goroutine at a time runs it: a hand of the crew while it has something to do, and where it can, a small one of its own
// while it waits. What others may call says so.
type Conn struct {
	side *Side
	user Handler
	peer Peer
	tcp  *net.TCPConn
	over *tls.Config // nil: plain
	tls  *tls.Conn   // nil: plain, or not yet
	nc   net.Conn    // tcp, or tls

	ctx     context.Context //nolint:containedctx // goroutines come and go; the calls of all get the connection's context by it
	call    *call           // held while one is under way, or bytes of one are in hand
	reading clock.Alarm
	writing clock.Alarm
	calls   int  // whose head was whole
	begun   bool // a hand has run it before

	seat     seat
	idle     idle
	wait     Wait
	fast     fast
	watch    watch
	switched switched
	swept    swept
	next     *Conn       // of those that the sweep looks at
	stop     atomic.Bool // a read for a body is to end
	finished bool        // it was reset
}

// New makes a connection of what was accepted at now (mono ns), and has TCP_NODELAY from package net. Start or TurnAway serves and closes it.
func (s *Side) New(tcp *net.TCPConn, over *tls.Config, now int64, number uint32, user Handler) *Conn {
	c := &Conn{side: s, user: user, tcp: tcp, nc: tcp, over: over, peer: Peer{Number: number, Addr: netip.IPv4Unspecified()}}
	if a, ok := tcp.RemoteAddr().(*net.TCPAddr); ok {
		c.peer.Addr = a.AddrPort().Addr().Unmap().WithZone("")
	}
	c.peer.From = c.peer.Addr
	c.watch.open(tcp)
	c.idle.since = now
	c.seat.open(now)
	return c
}

// Peer is whom it leads to.
func (c *Conn) Peer() *Peer { return &c.peer }

// Start serves the connection's calls, one after the other, to its end, of which the Handler is told. It does not block.
func (c *Conn) Start(ctx context.Context) {
	c.ctx = ctx
	c.side.crew.serve(c)
}

// run is what a hand does for a connection that begins, or has waited: it runs it until it waits again, or is over.
func (c *Conn) run() {
	if c.begun || c.greeted() && c.handshake(c.ctx) {
		c.begun = true
		if c.fast.run(c) {
			return
		}
		if c.Switched() {
			go c.carry()
			return
		}
	}
	c.close()
	c.user.Gone(c)
}

// TurnAway hands on what comes first as a call for which there is no room, and closes the connection.
func (c *Conn) TurnAway(ctx context.Context) {
	defer c.close()
	if !c.greeted() {
		return
	}
	k := c.borrow()
	n, _ := c.read(k.room(c.side.Buffers), c.side.Clock.Mono(), lingerGap)
	if n == 0 {
		return // an answer to nothing would be taken for a stray one
	}
	k.took(n)
	c.parse(k) // as far as it is here: the method and Accept hold
	c.refuse(ctx, k, NoRoom)
}

// refuse hands on what is in hand as a call that cannot be carried out, the connection's last.
func (c *Conn) refuse(ctx context.Context, k *call, why Cause) {
	c.busy()
	k.begin(Fault{Cause: why})
	then, _ := c.user.Serve(ctx, k, Fault{Cause: why})
	c.endCall(k, k.ends(then))
}

// serve serves a call whose head is whole, or wrong.
func (c *Conn) serve(ctx context.Context, k *call, f Fault) ending {
	c.busy()
	c.calls++
	k.begin(f)
	then, over := c.user.Serve(ctx, k, f)
	c.idle.begin(over, c.calls > 1)
	return k.ends(then)
}

// busy notes that a call begins.
func (c *Conn) busy() {
	c.seat.busy(c.calls == 0)
	if c.swept.needs() {
		c.side.sweep.enter(c)
	}
}

// close closes the connection and gives back what it holds.
func (c *Conn) close() {
	c.swept.over.Store(true)
	if !c.finished {
		_ = c.nc.Close()
	}
	c.giveBack()
}

// reset ends the connection so that nobody takes what was written for whole.
func (c *Conn) reset() {
	c.finished = true
	_ = c.tcp.SetLinger(0)
	_ = c.tcp.Close()
}

// limits are those of a head and of what follows it.
func (c *Conn) limits() *http1.Limits { return c.user.Limits(c.peer.TLS) }

// ended is why a read brought nothing.
type ended uint8

const (
	over     ended = iota // EOF, reset, closed
	timedOut              // the limit passed
	crowded               // it was asked to make room
)

// read reads once into b. limit counts from since (mono ns).
func (c *Conn) read(b []byte, since int64, limit time.Duration) (int, ended) {
	for {
		c.reading.Set(c.side.Clock, c.nc.SetReadDeadline, since, limit)
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
		case limit > 0 && c.side.Clock.Mono()-since >= int64(limit):
			return 0, timedOut
		}
		c.reading.Moved()
	}
}

// stopped reports whether a deadline that passed was a request to stop: of an upload that is no longer needed, of a user that ends idle connections, or of one
// that makes room.
func (c *Conn) stopped() bool {
	return c.stop.Load() || c.seat.isAsked() || c.seat.isIdle() && c.user.Phase() == Finished
}

// stopReading ends a read of the connection by another goroutine, and waits until that has closed done.
func (c *Conn) stopReading(done <-chan struct{}) {
	c.stop.Store(true)
	_ = c.nc.SetReadDeadline(clock.Passed())
	<-done
	c.stop.Store(false)
	c.reading.Moved()
}
