package downstream

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

	"github.com/candor-gateway/candor/internal/clock"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/socket"
)

// Conn is one client connection. One goroutine runs it from accept to close; what others may call says so.
type Conn struct {
	side *Side
	user Handler
	peer Peer
	tcp  *net.TCPConn
	over *tls.Config // nil: plain
	tls  *tls.Conn   // nil: plain, or not yet
	nc   net.Conn    // tcp, or tls

	call    *call // held while one is under way, or bytes of one are in hand
	reading clock.Alarm
	writing clock.Alarm
	calls   int          // whose head was whole
	since   int64        // mono ns since when the connection is idle
	state   atomic.Int64 // what it waits for: room.go
	spoke   atomic.Bool  // a byte of a call has come
	leaving bool         // it was asked to make room: this call is its last

	wait     Wait
	fast     fast
	watch    socket.Watch
	looking  sync.Mutex  // one look at a time
	stop     atomic.Bool // a read for a body is to end
	finished bool        // it was reset
}

// New makes a connection of what was accepted at now (mono ns). Run or TurnAway serves and closes it.
func (s *Side) New(tcp *net.TCPConn, over *tls.Config, now int64, number uint32, user Handler) *Conn {
	c := &Conn{side: s, user: user, tcp: tcp, nc: tcp, over: over, peer: Peer{Number: number, Addr: netip.IPv4Unspecified()}}
	if a, ok := tcp.RemoteAddr().(*net.TCPAddr); ok {
		c.peer.Addr = a.AddrPort().Addr().Unmap().WithZone("")
	}
	_ = tcp.SetNoDelay(true)
	c.watch.Open(tcp)
	c.state.Store(-max(1, now))
	return c
}

// Peer is whom it leads to.
func (c *Conn) Peer() *Peer { return &c.peer }

// Run serves the connection's calls, one after the other, to its end.
func (c *Conn) Run(ctx context.Context) {
	defer c.close()
	if c.handshake(ctx) {
		c.loop(ctx)
	}
}

// TurnAway hands on what comes first as a call for which there is no room, and closes the connection.
func (c *Conn) TurnAway(ctx context.Context) {
	defer c.close()
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

// portable is the loop on net.Conn alone.
func (c *Conn) portable(ctx context.Context) {
	for {
		k := c.borrow()
		f, ok := c.awaitHead(k)
		if !ok || !c.endCall(k, c.serve(ctx, k, f)) {
			return
		}
	}
}

// serve serves a call whose head is whole, or wrong.
func (c *Conn) serve(ctx context.Context, k *call, f Fault) ending {
	c.busy()
	c.calls++
	k.begin(f)
	then, over := c.user.Serve(ctx, k, f)
	c.since = over
	return k.ends(then)
}

// close closes the connection and gives back what it holds.
func (c *Conn) close() {
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
	s := c.state.Load()
	return c.stop.Load() || s == asked || s > 0 && c.user.Phase() == Finished
}

// stopReading ends a read of the connection by another goroutine, and waits until that has closed done.
func (c *Conn) stopReading(done <-chan struct{}) {
	c.stop.Store(true)
	_ = c.nc.SetReadDeadline(clock.Passed())
	<-done
	c.stop.Store(false)
	c.reading.Moved()
}
