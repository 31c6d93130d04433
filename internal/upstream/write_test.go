package upstream_test

import (
	"io"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/upstream"
)

// An upstream that takes a call slowly is waited for, also where the whole of it takes longer than the limit of a write that stalls.
func TestWriteThatIsTakenSlowly(t *testing.T) {
	const short = 20 * time.Millisecond
	const pieces, size = 9, 4 << 20
	p := newPeer(t)
	b := start(t, p.spec(), false)
	c := b.dial(t)
	at := p.next(t)
	read := make(chan error, 1)
	go func() {
		for range pieces {
			b.wait(t, 7*short)
			if _, err := io.CopyN(io.Discard, at, size); err != nil {
				read <- err
				return
			}
		}
		read <- nil
	}()
	if f := c.Send(make([]byte, pieces*size), b.now(), 50*short); f.Cause != upstream.OK {
		t.Errorf("%v: %v", f.Cause, f.Err)
	}
	if err := <-read; err != nil {
		t.Error(err)
	}
	c.Abort()
}

// A piece that is waited for up to a time and no longer leaves the connection as it is.
func TestPieceThatComesTooLate(t *testing.T) {
	p := newPeer(t)
	b := start(t, p.spec(), false)
	c := b.dial(t)
	at := p.next(t)
	say(t, at, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")
	if f := b.exchange(c, get); f.Cause != upstream.OK {
		t.Fatal(f)
	}
	if _, f := c.Piece(b.now() + int64(20*time.Millisecond)); f.Cause != upstream.TooLate {
		t.Errorf("got %v", f.Cause)
	}
	say(t, at, "ok")
	if data, f := c.Piece(0); string(data) != "ok" || f.Cause != upstream.OK {
		t.Errorf("got %q, %v", data, f.Cause)
	}
	c.Abort()
}
