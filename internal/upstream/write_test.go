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
