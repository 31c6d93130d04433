package upstream

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"os"
	"sync/atomic"
	"time"

	"github.com/candor-gateway/candor/internal/buffer"
	"github.com/candor-gateway/candor/internal/clock"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/socket"
)

// Conn is one connection to an upstream. One goroutine reads it, at most one other writes it; Cancel may come from anywhere.
type Conn struct {
	Head   http1.ResponseHead // of the answer that was found last
	Reused bool               // it came from the pool: the upstream may have closed it just now

	up      *Upstream
	nc      net.Conn // tcp, or the TLS connection over it
	tcp     *net.TCPConn
	tls     *tls.Conn // nil: plain
	wire    *wire     // under TLS; nil: plain
	fast    fast      // what the platform adds
	watch   socket.Watch
	address string

	buf  *buffer.Buffer // held from the first byte read until Release
	r, w int            // buf.B[r:w] is read and not yet used

	reading, writing clock.Alarm
	stall            atomic.Int64 // how long a write goes on while the upstream takes nothing, in ns
	parked                        // what the pool knows of it
	waits            Waits
	cancelled        atomic.Bool

	until    int64        // mono ns at which the call's own limit passes; 0: none
	halfway  int64        // mono ns at which half of the time up to that has passed
	patience int64        // mono ns up to which a piece of the body is worth waiting for; 0: as long as it takes
	sentAt   atomic.Int64 // mono ns at which the call was written whole; 0: not yet
	awaiting atomic.Bool  // a head is being waited for

	body  bodyState
	got   bool    // a byte of an answer came
	wrote bool    // a byte of the call was written, or may have been
	let   Lenient // what of an answer was let pass
	broke Cause   // how the body of an answer broke, if it did
	pass  pass    // of the call that has it
}

// Address is the upstream's address and port, for the log.
func (c *Conn) Address() string { return c.address }

// begin makes the connection ready for another call.
func (c *Conn) begin() {
	c.got, c.wrote = false, false
	c.r, c.w = 0, 0
	c.Head.Reset()
	c.body = bodyState{}
	c.sentAt.Store(0)
	c.until, c.patience = 0, 0
	c.waits = c.up.spec.Waits
}

// Send writes b, all of it. A write that makes no progress for stall is a fault; so is one that fails, but the upstream may have said why before: look by
// await.
func (c *Conn) Send(b []byte, now int64, stall time.Duration) Fault {
	if len(b) == 0 {
		return Fault{}
	}
	if c.cancelled.Load() {
		return Fault{Cause: Cancelled}
	}
	if !c.wrote { // else whoever has written before may look at it beside us
		c.wrote = true
	}
	err := c.write(b, now, stall)
	switch {
	case err == nil:
		return Fault{}
	case c.cancelled.Load():
		return Fault{Cause: Cancelled}
	case errors.Is(err, os.ErrDeadlineExceeded):
		return Fault{Cause: WriteStalled, Err: err}
	}
	return Fault{Cause: Broke, Err: err}
}

// SentWhole tells that the whole call is written: from now (mono ns) on the upstream has its time for the first byte. It may be called beside the wait for the answer.
func (c *Conn) SentWhole(now int64) {
	c.sentAt.Store(now)
	if c.awaiting.Load() {
		_ = c.nc.SetReadDeadline(clock.Passed()) // wakes await, which then counts from now
	}
}

// await reads until the head of an answer is whole: c.Head. It waits for a byte as long as the call is being sent, and FirstByte after that; never longer
// than until (mono ns), if that is not zero. Interim answers are answers like others here; call next before await again.
func (c *Conn) await(until int64, toHEAD bool) Fault {
	c.until = until
	for {
		if c.w > c.r {
			f := http1.ParseResponse(c.buf.B[c.r:c.w], &c.up.limits, toHEAD, false, &c.Head)
			if f.Kind != http1.Incomplete {
				return c.beginBody(f)
			}
		}
		if f := c.fill(FirstByteTimeout); f.Cause != OK {
			return c.lost(f)
		}
	}
}

// beginBody begins the body behind a whole head, or says what is wrong with the head.
func (c *Conn) beginBody(f http1.Fault) Fault {
	if f.Kind != http1.OK {
		return invalid(f, c.Head.Buf, f.LineIn(c.Head.Buf))
	}
	letPass(c, Lenient(c.Head.Mended()))
	c.body.begin(&c.Head)
	if c.Head.Status >= 200 {
		c.promise.hear(&c.Head, c.up.clock)
	}
	c.r += c.Head.Len
	return Fault{}
}

// next forgets an interim answer; await looks for the one after it.
func (c *Conn) next() {
	c.w = copy(c.buf.B, c.buf.B[c.r:c.w])
	c.r = 0
	c.Head.Reset()
}

// KeepHead makes the head outlive the reading of its body, which otherwise takes the same memory.
func (c *Conn) KeepHead() { c.Head.Buf = bytes.Clone(c.Head.Buf[:c.Head.Len]) }

// fill reads at least one byte more, or says which limit passed: the first byte's, counted from the end of the call, or a gap's, counted from now.
func (c *Conn) fill(limits Cause) Fault {
	c.room()
	from := c.up.clock.Mono()
	if limits == FirstByteTimeout {
		c.awaiting.Store(true)
		defer c.awaiting.Store(false)
	}
	for {
		if !c.setLimit(limits, from) {
			return Fault{Cause: Cancelled}
		}
		n, err := c.nc.Read(c.buf.B[c.w:])
		if n > 0 {
			c.w += n
			c.got = true
			return Fault{}
		}
		if f, again := c.readFault(err, limits, from); !again {
			return f
		}
	}
}

// setLimit sets the deadline of a read. Cancel and SentWhole set it too, from elsewhere, to wake the reader: what they have to say is looked at after it was
// set, so that neither is lost. It reports false where the connection is cancelled.
func (c *Conn) setLimit(limits Cause, from int64) bool {
	for {
		sent := c.sentAt.Load()
		since, limit := c.limit(limits, from)
		c.reading.Set(c.up.clock, c.nc.SetReadDeadline, since, limit)
		if c.cancelled.Load() {
			return false
		}
		if c.sentAt.Load() == sent {
			return true
		}
		c.reading.Moved()
	}
}

// limit is the span of time that bounds a read, and since when it counts.
func (c *Conn) limit(limits Cause, from int64) (since int64, limit time.Duration) {
	since, limit = from, c.body.gap
	if limits == FirstByteTimeout {
		if since = c.sentAt.Load(); since == 0 {
			since, limit = from, 0
		} else {
			limit = c.waits.FirstByte
		}
	}
	for _, until := range [...]int64{c.until, c.patience} {
		if left := until - since; until > 0 && (limit <= 0 || left < int64(limit)) {
			limit = time.Duration(max(1, left))
		}
	}
	return since, limit
}

// readFault says what a failed read means, or that the deadline that woke it belonged to an earlier limit.
func (c *Conn) readFault(err error, limits Cause, from int64) (f Fault, again bool) {
	switch {
	case c.cancelled.Load():
		return Fault{Cause: Cancelled}, false
	case errors.Is(err, os.ErrDeadlineExceeded):
		now := c.up.clock.Mono()
		since, limit := c.limit(limits, from)
		if c.until > 0 && now >= c.until {
			return Fault{Cause: CallTimeout}, false
		}
		if c.patience > 0 && now >= c.patience {
			return Fault{Cause: TooLate}, false
		}
		if limit > 0 && now-since >= int64(limit) {
			return Fault{Cause: limits, Limit: limit}, false
		}
		c.reading.Moved()
		return Fault{}, true
	case errors.Is(err, io.EOF):
		return Fault{Cause: Ended}, false
	}
	return Fault{Cause: Broke, Err: err}, false
}

// room makes space behind w.
func (c *Conn) room() {
	switch {
	case c.buf == nil:
		c.buf = c.up.buffers.Get(buffer.Small)
	case c.r == c.w:
		c.r, c.w = 0, 0
		if c.Head.Len == 0 {
			c.Head.Reset()
		}
	}
	if c.w == len(c.buf.B) {
		c.buf = c.up.buffers.Grow(c.buf, c.w, len(c.buf.B)+1)
	}
}

// Release ends a call: the connection goes back to the pool if both sides ended exactly (whole says so of the request), else it is closed.
func (c *Conn) Release(now int64, whole bool, near uint32) {
	reusable := whole && c.let == 0 && c.body.endedByItself() && c.r == c.w && c.Head.Persistent() && !c.cancelled.Load() && c.wire.empty(c.nc)
	c.giveBack()
	if !reusable {
		c.Close()
		return
	}
	c.up.put(c, now, near)
}

// Cancel wakes whoever reads or writes the connection, for good: it is closed when the call ends.
func (c *Conn) Cancel() {
	c.cancelled.Store(true)
	_ = c.nc.SetDeadline(clock.Passed())
}

// Close ends the connection.
func (c *Conn) Close() {
	c.giveBack()
	c.up.stats.Closed.Add(1)
	_ = c.nc.Close()
}

// Abort resets the connection: an upstream that reads a body must not take its end for the body's.
func (c *Conn) Abort() {
	c.giveBack()
	c.up.stats.Closed.Add(1)
	_ = c.tcp.SetLinger(0)
	_ = c.tcp.Close()
}

func (c *Conn) giveBack() {
	if c.pass.up != nil {
		c.pass.leave(c.broke)
	}
	c.up.buffers.Put(c.buf)
	c.buf = nil
	c.r, c.w = 0, 0
}

// prepare sets what a fresh socket needs.
func (c *Conn) prepare() {
	_ = c.tcp.SetNoDelay(true)
	c.used = c.made
	c.address = c.tcp.RemoteAddr().String()
	c.watch.Open(c.tcp)
}
