//go:build linux && (amd64 || arm64)

package upstream

import (
	"time"

	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/socket"
)

// fast is an exchange inside one RawConn.Read: a read that must say EAGAIN (the liveness check, almost free here), the write, and then parked until the
// answer's head is whole.
type fast struct {
	recv   socket.Receiver
	step   func(fd uintptr) bool
	opened bool

	call   []byte
	toHEAD bool
	sent   bool
	rest   bool  // the call did not fit: the portable way goes on
	broken error // of the write: what the upstream has said is read all the same
	fault  Fault
	one    [1]byte
}

// fastPath reports whether this connection can be used so.
func (c *Conn) fastPath() bool { return c.nc == c.tcp && c.watch.Raw() != nil && !c.up.portable }

func (e *fast) exchange(c *Conn, call []byte, now int64, stall time.Duration, until int64, toHEAD bool) Fault {
	raw := c.watch.Raw()
	if !e.opened {
		e.opened = true
		e.step = func(fd uintptr) bool { return e.ready(c, fd) }
		if raw.Control(e.recv.Open) != nil {
			return Fault{Cause: Broke}
		}
	}
	e.call, e.toHEAD, e.sent, e.rest, e.broken, e.fault = call, toHEAD, false, false, nil, Fault{}
	c.until = until
	c.sentAt.Store(now)
	for {
		if !c.setLimit(FirstByteTimeout, now) {
			return Fault{Cause: Cancelled}
		}
		err := raw.Read(e.step)
		if err == nil {
			break
		}
		if f, again := c.readFault(err, FirstByteTimeout, now); !again {
			return f
		}
	}
	left := e.call
	e.call = nil
	if e.rest {
		return c.exchangePortable(left, now, stall, until, toHEAD)
	}
	return e.fault
}

// ready is called at once and then once per readiness edge.
func (e *fast) ready(c *Conn, fd uintptr) (done bool) {
	if !e.sent {
		if e.send(c, fd) {
			return true
		}
		if c.Reused && e.broken == nil {
			return false
		} // else what came before the write has no edge any more: it is looked for now
	}
	return e.read(c, fd)
}

func (e *fast) read(c *Conn, fd uintptr) (done bool) {
	for {
		c.room()
		n, _, errno := e.recv.Recv(fd, c.buf.B[c.w:])
		switch {
		case errno == socket.Again && e.broken == nil:
			return false
		case errno == socket.Again:
			e.fault = Fault{Cause: Broke, Err: e.broken}
			return true
		case errno != 0:
			e.fault = Fault{Cause: Broke, Err: errno}
			return true
		case n == 0:
			e.fault = Fault{Cause: Ended}
			return true
		}
		c.w += n
		c.got = true
		if f := http1.ParseResponse(c.buf.B[c.r:c.w], &c.up.limits, e.toHEAD, false, &c.Head); f.Kind != http1.Incomplete {
			e.fault = c.beginBody(f)
			return true
		} // the head is not whole: also where nothing is said to be left a reset may be, whose readiness is used up
	}
}

// send writes the call, after a reused connection was seen to be alive.
func (e *fast) send(c *Conn, fd uintptr) (done bool) {
	if c.Reused {
		if _, _, errno := e.recv.Recv(fd, e.one[:]); errno != socket.Again {
			e.fault = Fault{Cause: Broke}
			return true
		}
	}
	n, errno := socket.Send(fd, e.call)
	c.wrote = n > 0
	e.sent = true
	if errno != 0 && errno != socket.Again {
		e.broken = errno
		return false
	}
	e.call = e.call[n:]
	e.rest = len(e.call) > 0
	return e.rest
}
