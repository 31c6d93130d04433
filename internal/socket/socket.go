// Package socket is what Candor asks of a socket beside net: whether its peer has gone, and on Linux reads and writes that never park. It is the only
// room with unsafe and syscall in it, and imports nothing of ours.
package socket

import "syscall"

// Watch looks at a connection without reading it. Its closure is made once, so a look allocates nothing. The zero value looks at nothing.
type Watch struct {
	raw  syscall.RawConn
	look func(fd uintptr)
	mode mode
	yes  bool
}

type mode uint8

const (
	quiet mode = iota
	ended
)

// Open makes w look at c, which must outlive it.
func (w *Watch) Open(c syscall.Conn) {
	raw, err := c.SyscallConn()
	if err != nil {
		return // closed already: whoever reads next is told
	}
	w.raw = raw
	w.look = func(fd uintptr) {
		if w.mode == quiet {
			w.yes = isQuiet(int(fd))
			return
		}
		w.yes = hasEnded(int(fd))
	}
}

// Taken is how many bytes the peer has acknowledged since the connection was made, or otherwise where that is not known. What is acknowledged is in the peer's
// hand but for what its own buffer holds. Not safe for concurrent use.
func (w *Watch) Taken(otherwise uint64) uint64 {
	n := otherwise
	if w.raw != nil {
		_ = w.raw.Control(func(fd uintptr) { n = acknowledged(int(fd), otherwise) }) // fails on a closed connection, which the next write reports
	}
	return n
}

// Raw is the raw connection, nil if there is none.
func (w *Watch) Raw() syscall.RawConn { return w.raw }

// Quiet reports whether the connection stands and not a byte of it waits to be read. Not safe for concurrent use.
func (w *Watch) Quiet() bool { return w.ask(quiet) }

// Ended reports whether the peer has closed its side, or all of it. Not safe for concurrent use.
func (w *Watch) Ended() bool { return w.ask(ended) }

func (w *Watch) ask(m mode) bool {
	if w.raw == nil {
		return m == ended
	}
	w.mode, w.yes = m, m == ended
	if w.raw.Control(w.look) != nil {
		return m == ended
	}
	return w.yes
}
