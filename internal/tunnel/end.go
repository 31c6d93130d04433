package tunnel

import (
	"crypto/tls"
	"errors"
	"net"
	"os"
	"sync/atomic"

	"github.com/candor-gateway/candor/internal/buffer"
	"github.com/candor-gateway/candor/internal/clock"
	"github.com/candor-gateway/candor/internal/socket"
)

// End is one of the two connections. Its exported fields are set by its owner, who leaves it alone until Run returns. One goroutine reads it, another writes it.
type End struct {
	TCP   *net.TCPConn
	TLS   *tls.Conn // over TCP; nil: plain
	Seal  *Seal     // through which TLS reads
	First []byte    // what was read of it and belongs to the tunnel
	// Write writes all of it, as long as the peer takes something; os.ErrDeadlineExceeded where it does not.
	Write func([]byte) error
	// Stop wakes whoever reads or writes the connection, for good. It may be called from anywhere.
	Stop func()
	// Portable waits with a buffer in hand where one could wait without, too: both pass the same tests.
	Portable bool

	side    By
	watch   socket.Watch
	holds   bool // it is waited for with a buffer in hand
	step    func(fd uintptr) bool
	fault   error // that the last look has found
	reading clock.Alarm
	larger  bool         // the last piece filled its buffer
	count   atomic.Int64 // bytes that came
	ended   atomic.Bool  // its last byte has come
	lost    atomic.Bool  // a write has found that it is gone
}

func (e *End) open() {
	e.reading.Moved()
	e.watch.Open(e.TCP)
	e.step = func(fd uintptr) (ready bool) {
		ready, e.fault = look(fd)
		return ready
	}
	e.holds = !canWait || e.Portable || e.watch.Raw() == nil
}

// errIdle ends a read because nothing came from either side for the limit.
var errIdle = errors.New("idle")

// read reads what there is, or waits for it. The buffer is for the caller to give back, nil where there is none.
func (e *End) read(t *Tunnel) (buf *buffer.Buffer, n int, err error) {
	size := buffer.Small
	if e.larger {
		size = buffer.Large
	}
	switch {
	case e.holds:
		buf, n, err = e.readHolding(t, size)
	case e.TLS == nil:
		buf, n, err = e.readPlain(t, size)
	default:
		buf, n, err = e.readSealed(t)
	}
	e.larger = n >= size && e.TLS == nil // a record of TLS fits the small one
	if n > 0 {
		err = nil // it is met again
	}
	return buf, n, err
}

// readHolding waits with a buffer in hand.
func (e *End) readHolding(t *Tunnel, size int) (buf *buffer.Buffer, n int, err error) {
	buf = t.Buffers.Get(size)
	err = e.await(t, func() (err error) {
		if e.TLS != nil {
			n, err = e.TLS.Read(buf.B)
			return err
		}
		n, err = e.TCP.Read(buf.B)
		return err
	})
	return buf, n, err
}

// readPlain waits for the socket without a buffer, and reads it.
func (e *End) readPlain(t *Tunnel, size int) (buf *buffer.Buffer, n int, err error) {
	err = e.await(t, func() (err error) {
		if err = e.untilReadable(); err != nil {
			return err
		}
		if buf == nil {
			buf = t.Buffers.Get(size)
		}
		n, err = e.TCP.Read(buf.B) // the deadline may pass just now
		return err
	})
	return buf, n, err
}

// readSealed reads what TLS has in hand; where that is nothing it waits for the socket without a buffer, and lets TLS read that once.
func (e *End) readSealed(t *Tunnel) (buf *buffer.Buffer, n int, err error) {
	e.Seal.closed = true
	defer func() { e.Seal.closed = false }()
	for reads := 0; ; reads = 1 {
		buf = t.Buffers.Get(buffer.Small)
		e.Seal.left = reads
		n, err = e.TLS.Read(buf.B)
		if n > 0 || err != nil && !errors.Is(err, errSealed) && !errors.Is(err, os.ErrDeadlineExceeded) {
			return buf, n, err
		}
		t.Buffers.Put(buf)
		if err = e.await(t, e.untilReadable); err != nil {
			return nil, 0, err
		}
	}
}

func (e *End) untilReadable() error {
	if err := e.watch.Raw().Read(e.step); err != nil {
		return err
	}
	return e.fault
}

// await waits under the limit for idleness, which bytes of the other side move as well.
func (e *End) await(t *Tunnel, wait func() error) error {
	for {
		last := t.moved.Load()
		if now := t.Clock.Mono(); t.Idle > 0 && now-last >= int64(t.Idle) {
			return errIdle
		}
		e.reading.Set(t.Clock, e.TCP.SetReadDeadline, last, t.Idle)
		if t.stopped.Load() { // before the deadline was moved: nothing would wake the read
			return os.ErrDeadlineExceeded
		}
		err := wait()
		if err == nil || !errors.Is(err, os.ErrDeadlineExceeded) || t.stopped.Load() {
			return err
		}
		e.reading.Moved()
	}
}

// closeWrite says that no more bytes come: with close_notify first where TLS is spoken.
func (e *End) closeWrite() {
	if e.TLS != nil {
		_ = e.TLS.CloseWrite()
	}
	_ = e.TCP.CloseWrite()
}

// reset ends the connection so that nobody takes what was written for whole.
func (e *End) reset() {
	_ = e.TCP.SetLinger(0)
	_ = e.TCP.Close()
}

// Seal stands between TLS and its socket. While it is closed nothing is read from the socket but as often as is said, so that what TLS has in hand shows. The
// zero Seal is open. It belongs to the goroutine that reads.
type Seal struct {
	closed bool
	left   int // reads that it lets through
}

// Check reports whether the socket may be read; else it returns the error to answer with.
func (s *Seal) Check() error {
	switch {
	case !s.closed:
		return nil
	case s.left == 0:
		return errSealed
	}
	s.left--
	return nil
}

// errSealed is a net.Error that crypto/tls takes for passing.
var errSealed error = sealedError{}

type sealedError struct{}

func (sealedError) Error() string   { return "nothing more is in hand" }
func (sealedError) Timeout() bool   { return true }
func (sealedError) Temporary() bool { return true }
