//go:build linux && (amd64 || arm64)

package downstream

import (
	"io"
	"net"

	"github.com/candor-gateway/candor/internal/buffer"
	"github.com/candor-gateway/candor/internal/socket"
)

// wire is what a TLS connection stands on.
func (*fast) wire(c *Conn) net.Conn {
	p := patient{TCPConn: c.tcp, c: c}
	if c.side.Portable {
		return &p
	}
	return &wire{p}
}

// wire reads and writes the descriptor while the closure runs, and never parks there: it answers a temporary error instead, over which crypto/tls keeps the
// part of a record that has come.
type wire struct{ patient }

// Read is net.Conn's.
func (w *wire) Read(b []byte) (int, error) {
	f := &w.c.fast
	if !f.inside {
		return w.patient.Read(b)
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
		return w.patient.Write(b)
	}
	n, _ := socket.Send(w.c.fast.fd, b)
	if n == len(b) {
		return n, nil
	}
	rest, err := w.patient.Write(b[n:])
	return n + rest, err
}

// errWouldBlock is a net.Error that crypto/tls takes for passing.
var errWouldBlock error = wouldBlockError{}

type wouldBlockError struct{}

func (wouldBlockError) Error() string   { return "the read would block" }
func (wouldBlockError) Timeout() bool   { return true }
func (wouldBlockError) Temporary() bool { return true }
