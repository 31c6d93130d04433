package upstream

import (
	"errors"
	"net"

	"github.com/candor-gateway/candor/internal/tunnel"
)

// wire is what a TLS connection stands on. While it is sealed nothing is read from the socket, so that what the TLS layer has in hand already shows.
type wire struct {
	*net.TCPConn
	c      *Conn
	own    bool // crypto/tls has set a limit for writes itself
	sealed bool
	one    [1]byte
	seal   tunnel.Seal // of a tunnel
}

// Read is net.Conn's.
func (w *wire) Read(b []byte) (int, error) {
	if w.sealed {
		return 0, errSealed
	}
	if err := w.seal.Check(); err != nil {
		return 0, err
	}
	return w.TCPConn.Read(b)
}

// empty reports whether the TLS layer has nothing in hand that came behind the answer: the next call would get it as its own. A nil wire, of a plain
// connection, has no place to hide anything.
func (w *wire) empty(over net.Conn) bool {
	if w == nil {
		return true
	}
	w.sealed = true
	n, err := over.Read(w.one[:])
	w.sealed = false
	return n == 0 && errors.Is(err, errSealed)
}

// errSealed is a net.Error that crypto/tls takes for passing.
var errSealed error = sealedError{}

type sealedError struct{}

func (sealedError) Error() string   { return "nothing more is in hand" }
func (sealedError) Timeout() bool   { return true }
func (sealedError) Temporary() bool { return true }
