package sandbox

import (
	"bytes"
	"net"
	"net/http"
	"strconv"
	"time"
)

// What is wrong on the wire takes the connection over, writes bytes as they are and ends it: by an ordinary close, or by a reset.

func (s scene) reset() { s.sendRaw(nil, true) }

func (s scene) resetMidBody() { s.sendRaw(half(answerOf(s.next, s.r)), true) }

func (s scene) truncate() { s.sendRaw(half(answerOf(s.next, s.r)), false) }

func (s scene) garbage() {
	s.sendRaw([]byte("\x15\x03 220 this is no HTTP at all\r\n\x00\xff\r\n\r\n"), false)
}

// wrongLength says of a whole body that it is ten bytes longer than it is, or half as long.
func (s scene) wrongLength() {
	rec := answerOf(s.next, s.r)
	length := rec.body.Len() + 10
	if s.f.word == shortLength {
		length = rec.body.Len() / 2
	}
	rec.header.Set("Content-Length", strconv.Itoa(length))
	s.sendRaw(append(rec.head(), rec.body.Bytes()...), false)
}

// slowHead waits before each line of the head but the first, and before the empty one. The body follows at once.
func (s scene) slowHead() {
	rec := answerOf(s.next, s.r)
	c := s.take()
	defer c.Close()
	for line := range bytes.Lines(rec.head()) {
		if _, err := c.Write(line); err != nil || !paused(s.r.Context(), s.f.wait) {
			return
		}
	}
	_, _ = c.Write(rec.body.Bytes()) // the connection ends here in any case
}

// take takes the connection over. It ends the call where that cannot be.
func (s scene) take() net.Conn {
	c, _, err := http.NewResponseController(s.w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // ends the connection all the same
	}
	return c
}

// arrival is how long a reset waits behind what was sent: some systems drop at a reset what was not read yet.
const arrival = 20 * time.Millisecond

func (s scene) sendRaw(raw []byte, rst bool) {
	c := s.take()
	defer c.Close()
	if len(raw) > 0 {
		_, _ = c.Write(raw) // what cannot be written is cut off too
	}
	t, ok := c.(*net.TCPConn)
	if !ok || !rst {
		return
	}
	if len(raw) > 0 {
		paused(s.r.Context(), arrival)
	}
	_ = t.SetLinger(0) // close without FIN: the peer sees a reset
}

// head is the answer's head as it goes over the wire.
func (rec *recording) head() []byte {
	var b bytes.Buffer
	b.WriteString("HTTP/1.1 " + strconv.Itoa(rec.status) + " " + http.StatusText(rec.status) + "\r\n")
	_ = rec.header.Write(&b) // a buffer takes everything
	b.WriteString("\r\n")
	return b.Bytes()
}

// half is an answer cut in the middle of its body; one without a body is cut in the middle of its head.
func half(rec *recording) []byte {
	head, body := rec.head(), rec.body.Bytes()
	if len(body) == 0 {
		return head[:len(head)/2]
	}
	return append(head, body[:len(body)/2]...)
}
