package downstream

import (
	"github.com/candor-gateway/candor/internal/buffer"
	"github.com/candor-gateway/candor/internal/http1"
)

// answer is how far the answer to a call has come.
type answer struct {
	out     []byte // what is to be written, in its framing
	piece   []byte // behind it, as it is: lent
	framing Framing
	chunked bool
	closing bool // it says Connection: close
	passed  bool // it is passed on, and not ours
	then    ending
	written bool
	sent    int64
	err     error
}

func (a *answer) begin() { *a = answer{out: a.out[:0], then: closes} }

// shrink keeps no more memory than most answers need.
func (a *answer) shrink() {
	*a = answer{out: a.out[:0]}
	if cap(a.out) > 2*buffer.Small {
		a.out = nil
	}
}

// Interim is Call's.
func (k *call) Interim(head []byte) bool { return k.write(head) }

// Answer is Call's.
func (k *call) Answer(head, body []byte) bool {
	a := &k.answer
	a.then = k.early()
	a.closing = a.then != keeps && a.then != dropsRest
	a.passed, a.piece = false, nil
	a.out = append(k.appendConnection(append(a.out[:0], head...)), "\r\n"...)
	if string(k.head.Method.Of(k.head.Buf)) != "HEAD" {
		a.out = append(a.out, body...)
	}
	return k.Flush()
}

// Begin is Call's.
func (k *call) Begin(head []byte, as Framing, whole bool) {
	a := &k.answer
	a.framing, a.passed, a.then, a.piece = as, true, keeps, nil
	a.chunked = as == Unknown && k.head.Minor > 0
	a.closing = !whole || k.body.unknown || as == Unknown && !a.chunked || !k.head.Persistent() || !k.conn.stays()
	a.out = append(a.out[:0], head...)
	if a.chunked {
		a.out = append(a.out, "Transfer-Encoding: chunked\r\n"...)
	}
	a.out = append(k.appendConnection(a.out), "\r\n"...)
}

// appendConnection says what becomes of the connection, where the version does not say it already (RFC 9112 §9.3).
func (k *call) appendConnection(out []byte) []byte {
	switch {
	case k.answer.closing:
		return append(out, "Connection: close\r\n"...)
	case k.head.Minor == 0:
		return append(out, "Connection: keep-alive\r\n"...)
	}
	return out
}

// Piece is Call's.
func (k *call) Piece(b []byte) {
	a := &k.answer
	switch {
	case len(b) == 0 || a.framing == None:
	case a.chunked:
		a.out = http1.AppendChunk(a.out, b)
	case len(a.out) == 0 && len(a.piece) == 0:
		a.piece = b // it goes as it is
	default:
		a.out = append(append(a.out, a.piece...), b...)
		a.piece = nil
	}
}

// End is Call's.
func (k *call) End(trailers []byte) bool {
	if k.answer.chunked {
		k.answer.out = http1.AppendLastChunk(k.answer.out, trailers)
	}
	return k.Flush()
}

// Flush is Call's.
func (k *call) Flush() bool {
	a := &k.answer
	b := a.out
	if len(b) == 0 {
		b = a.piece
	}
	a.out, a.piece = a.out[:0], nil
	if len(b) == 0 {
		return true
	}
	a.written = true
	return k.write(b)
}

// Written is Call's.
func (k *call) Written() bool { return k.answer.written }

// Err is Call's.
func (k *call) Err() error { return k.answer.err }
