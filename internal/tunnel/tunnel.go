// Package tunnel carries bytes both ways between two connections that speak a protocol of their own, as WebSocket is behind its handshake. Whoever reads slowly
// slows down the other side: no more than one piece a way is in memory, and none while nothing comes. The end of one side's bytes is passed on as such, a reset
// as a reset.
package tunnel

import (
	"errors"
	"io"
	"os"
	"sync/atomic"
	"time"

	"github.com/candor-gateway/candor/internal/buffer"
	"github.com/candor-gateway/candor/internal/clock"
)

// By is who ended a tunnel.
type By uint8

// Who may end one.
const (
	Nobody By = iota // it goes on
	Client
	Upstream
	Gateway
)

// Why is how a tunnel ended.
type Why uint8

// The ways.
const (
	Closed   Why = iota // that side has sent its last byte
	Reset               // that side is gone without a word
	Idle                // nothing came from either side for the limit
	Stalled             // one side took nothing for the limit
	Revoked             // what it was opened with was taken back
	Expired             // what it was opened with has ended
	Drained             // the process ends
	Panicked            // a fault of ours
)

var bys = [...]string{Nobody: "", Client: "client", Upstream: "upstream", Gateway: "gateway"}

var whys = [...]string{
	Closed: "closed", Reset: "reset", Idle: "idle", Stalled: "stalled", Revoked: "revoked", Expired: "expired", Drained: "drained", Panicked: "panic",
}

// String is the side as the log names it.
func (b By) String() string { return bys[b] }

// String is the way as the log names it.
func (w Why) String() string { return whys[w] }

// Tunnel is two connections that carry each other's bytes. Its exported fields are set before Run and not changed after.
type Tunnel struct {
	Clock   *clock.Clock
	Buffers *buffer.Lender
	Idle    time.Duration // it ends once nothing has come from either side for so long; 0: never
	Panic   func(any)     // told of a panic, which ends the tunnel alone

	ends    atomic.Pointer[ends]
	moved   atomic.Int64  // mono ns at which bytes last came
	over    atomic.Uint32 // By and Why of whoever ended it first
	stopped atomic.Bool   // both ways are to leave
}

type ends struct{ client, upstream *End }

// Run carries bytes until both ways have ended. The connections stay open, for their owners to close, unless one of them was reset.
func (t *Tunnel) Run(client, upstream *End) {
	t.open(client, upstream)
	done := make(chan struct{})
	go func() {
		defer close(done)
		t.carry(upstream, client)
	}()
	t.carry(client, upstream)
	<-done
}

func (t *Tunnel) open(client, upstream *End) {
	t.moved.Store(t.Clock.Mono())
	client.side, upstream.side = Client, Upstream
	client.open()
	upstream.open()
	t.ends.Store(&ends{client, upstream})
	if t.stopped.Load() { // ended before it began
		t.stop()
	}
}

func (t *Tunnel) stop() {
	t.stopped.Store(true)
	if e := t.ends.Load(); e != nil {
		e.client.Stop()
		e.upstream.Stop()
	}
}

// End ends the tunnel. The first who did so is remembered. It may be called from anywhere, and does not block.
func (t *Tunnel) End(by By, why Why) {
	if t.note(by, why) || by == Gateway {
		t.stop()
	}
}

// Ended is who ended the tunnel, and why. It is for whoever has waited for Run.
func (t *Tunnel) Ended() (By, Why) {
	over := t.over.Load()
	return By(over >> 8), Why(over & 0xff)
}

// Counts are the bytes that have come from each side. It may be called from anywhere.
func (t *Tunnel) Counts() (client, upstream int64) {
	if e := t.ends.Load(); e != nil {
		return e.client.count.Load(), e.upstream.count.Load()
	}
	return 0, 0
}

// note remembers who ended the tunnel, and reports whether nobody did before.
func (t *Tunnel) note(by By, why Why) bool {
	return t.over.CompareAndSwap(0, uint32(by)<<8|uint32(why))
}

// carry carries what comes from one end to the other.
func (t *Tunnel) carry(from, to *End) {
	defer t.survive()
	if first := from.First; len(first) > 0 {
		from.First = nil
		from.count.Add(int64(len(first)))
		if err := to.Write(first); err != nil {
			t.unwritable(from, to, err)
			return
		}
	}
	for {
		err := t.piece(from, to)
		var lost unwritten
		switch {
		case err == nil:
			continue
		case t.stopped.Load():
		case errors.As(err, &lost):
			t.unwritable(from, to, lost.error)
		case errors.Is(err, io.EOF):
			t.closed(from, to)
		case errors.Is(err, errIdle):
			t.End(Gateway, Idle)
		default:
			t.note(from.side, Reset)
			to.reset()
		}
		return
	}
}

// survive ends the tunnel, and nothing else, where a way has panicked.
func (t *Tunnel) survive() {
	if r := recover(); r != nil {
		t.End(Gateway, Panicked)
		if t.Panic != nil {
			t.Panic(r)
		}
	}
}

// unwritten is the error of a piece that could be read, and not written.
type unwritten struct{ error }

// piece carries what there is, or waits for it.
func (t *Tunnel) piece(from, to *End) error {
	buf, n, err := from.read(t)
	if n > 0 {
		t.moved.Store(t.Clock.Mono())
		from.count.Add(int64(n))
		if err = to.Write(buf.B[:n]); err != nil {
			err = unwritten{err}
		}
	}
	t.Buffers.Put(buf)
	return err
}

// closed passes on the end of what one side had to say. The other may have more.
func (t *Tunnel) closed(from, to *End) {
	if from.lost.Load() { // a reset that a write of ours has met first
		t.note(from.side, Reset)
		to.reset()
		return
	}
	t.note(from.side, Closed)
	from.ended.Store(true)
	to.closeWrite()
}

// unwritable ends a way whose bytes nobody takes any more. What the other side had said before that is still on its way to this one: so it is not broken off,
// but read until it has heard of the end.
func (t *Tunnel) unwritable(from, to *End, err error) {
	switch {
	case t.stopped.Load():
		return
	case errors.Is(err, os.ErrDeadlineExceeded):
		t.End(Gateway, Stalled)
		return
	case !to.ended.Load():
		to.lost.Store(true)
	}
	t.discard(from)
}

// goodbye is how long bytes are read and dropped that nobody takes any more.
const goodbye = 2 * time.Second

// discard reads and drops what comes until the end, or for a moment.
func (t *Tunnel) discard(e *End) {
	buf := t.Buffers.Get(buffer.Small)
	defer t.Buffers.Put(buf)
	e.reading.Moved()
	_ = e.TCP.SetReadDeadline(t.Clock.Time(t.Clock.Mono() + int64(goodbye)))
	for !t.stopped.Load() {
		if _, err := e.TCP.Read(buf.B); err != nil {
			return
		}
	}
}
