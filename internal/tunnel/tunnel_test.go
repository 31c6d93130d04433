package tunnel

import (
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"

	"github.com/candor-gateway/candor/internal/buffer"
	"github.com/candor-gateway/candor/internal/clock"
	"github.com/candor-gateway/candor/internal/testkit"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// dug is a tunnel under way, and the peers at its ends.
type dug struct {
	*Tunnel
	client, upstream *net.TCPConn
	over             chan struct{}
	shift            atomic.Int64 // ns that the clock is ahead
	told             chan any     // of panics
}

// dig runs a tunnel as change wants it.
func dig(t *testing.T, portable bool, change func(*Tunnel, *End, *End)) *dug {
	t.Helper()
	d := &dug{over: make(chan struct{}), told: make(chan any, 2)}
	c := clock.New(func() time.Time { return time.Now().Add(time.Duration(d.shift.Load())) })
	d.Tunnel = &Tunnel{Clock: c, Buffers: &buffer.Lender{}, Panic: func(r any) { d.told <- r }}
	var near, far *net.TCPConn
	near, d.client = testkit.Pair(t)
	far, d.upstream = testkit.Pair(t)
	ends := [2]*End{end(near, portable), end(far, portable)}
	if change != nil {
		change(d.Tunnel, ends[0], ends[1])
	}
	go func() {
		defer close(d.over)
		d.Run(ends[0], ends[1])
		_ = near.Close()
		_ = far.Close()
	}()
	t.Cleanup(func() {
		d.End(Gateway, Drained)
		<-d.over
	})
	return d
}

func end(c *net.TCPConn, portable bool) *End {
	return &End{
		TCP: c, Portable: portable,
		Write: func(b []byte) error { _, err := c.Write(b); return err },
		Stop:  func() { _ = c.SetDeadline(clock.Passed()) },
	}
}

// ended waits for the end and returns who ended it, and how.
func (d *dug) ended(t *testing.T) string {
	t.Helper()
	select {
	case <-d.over:
	case <-time.After(testkit.Patience):
		t.Fatal("the tunnel did not end")
	}
	by, why := d.Ended()
	return by.String() + " " + why.String()
}

func both(t *testing.T, test func(t *testing.T, portable bool)) {
	t.Helper()
	for name, portable := range map[string]bool{"fast": false, "portable": true} {
		t.Run(name, func(t *testing.T) { test(t, portable) })
	}
}

func read(t *testing.T, c *net.TCPConn, want string) {
	t.Helper()
	_ = c.SetReadDeadline(time.Now().Add(testkit.Patience))
	got := make([]byte, len(want))
	if n, err := io.ReadFull(c, got); err != nil || string(got) != want {
		t.Fatalf("read %q, %v, want %q", got[:n], err, want)
	}
}

func hearEnd(t *testing.T, c *net.TCPConn) {
	t.Helper()
	_ = c.SetReadDeadline(time.Now().Add(testkit.Patience))
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		t.Errorf("no end: %v", err)
	}
}

func reset(c *net.TCPConn) {
	_ = c.SetLinger(0)
	_ = c.Close()
}

func TestEnds(t *testing.T) {
	for _, c := range []struct {
		name string
		do   func(t *testing.T, d *dug)
		want string
	}{
		{"the client ends first", func(t *testing.T, d *dug) {
			_ = d.client.CloseWrite()
			hearEnd(t, d.upstream)
			_, _ = d.upstream.Write([]byte("late"))
			_ = d.upstream.Close()
			read(t, d.client, "late")
		}, "client closed"},
		{"the upstream ends first", func(t *testing.T, d *dug) {
			_ = d.upstream.CloseWrite()
			hearEnd(t, d.client)
			_, _ = d.client.Write([]byte("late"))
			read(t, d.upstream, "late")
			_ = d.client.Close()
		}, "upstream closed"},
		{"the client is gone", func(t *testing.T, d *dug) {
			reset(d.client)
			if _, err := io.ReadAll(d.upstream); err == nil {
				t.Error("an end in order")
			}
		}, "client reset"},
		{"the upstream is gone", func(t *testing.T, d *dug) {
			reset(d.upstream)
			if _, err := io.ReadAll(d.client); err == nil {
				t.Error("an end in order")
			}
		}, "upstream reset"},
		{"from outside", func(_ *testing.T, d *dug) { d.End(Gateway, Revoked) }, "gateway revoked"},
		{"twice: the first counts", func(_ *testing.T, d *dug) {
			d.End(Gateway, Expired)
			d.End(Gateway, Drained)
		}, "gateway expired"},
		{"after one side, which counts", func(t *testing.T, d *dug) {
			_ = d.client.CloseWrite()
			hearEnd(t, d.upstream)
			d.End(Gateway, Drained)
		}, "client closed"},
		{"the upstream is closed while the client writes", func(t *testing.T, d *dug) {
			_, _ = d.upstream.Write([]byte("bye"))
			_ = d.upstream.CloseWrite()
			read(t, d.client, "bye")
			hearEnd(t, d.client)
			_ = d.upstream.Close()
			_ = d.client.SetWriteDeadline(time.Now().Add(testkit.Patience))
			for range 100 { // until the reset of the one comes, and then on: it must not reach the client
				if _, err := d.client.Write(make([]byte, 1000)); err != nil {
					t.Errorf("the client's write: %v", err)
					break
				}
			}
			_ = d.client.Close()
		}, "upstream closed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			both(t, func(t *testing.T, portable bool) {
				d := dig(t, portable, nil)
				_, _ = d.client.Write([]byte("a"))
				read(t, d.upstream, "a")
				c.do(t, d)
				if d := cmp.Diff(c.want, d.ended(t)); d != "" {
					t.Error(d)
				}
			})
		})
	}
}

func TestFirstBytes(t *testing.T) {
	both(t, func(t *testing.T, portable bool) {
		d := dig(t, portable, func(_ *Tunnel, client, upstream *End) {
			client.First, upstream.First = []byte("from it"), []byte("and back")
		})
		read(t, d.upstream, "from it")
		read(t, d.client, "and back")
		if c, u := d.Counts(); c != 7 || u != 8 {
			t.Errorf("%d and %d bytes", c, u)
		}
	})
}

// Idleness is of both ways together, and told by the clock that the tunnel was given.
func TestIdle(t *testing.T) {
	both(t, func(t *testing.T, portable bool) {
		const idle = time.Hour
		var near *End
		d := dig(t, portable, func(d *Tunnel, client, _ *End) { d.Idle, near = idle, client })
		wake := func() { _ = near.TCP.SetReadDeadline(clock.Passed()) } // as the socket's own deadline would
		for range 3 {
			d.shift.Add(int64(idle) * 2 / 3)
			_, _ = d.upstream.Write([]byte("x"))
			read(t, d.client, "x")
			wake()
		}
		_, _ = d.client.Write([]byte("still"))
		read(t, d.upstream, "still")
		d.shift.Add(int64(idle))
		wake()
		if got := d.ended(t); got != "gateway idle" {
			t.Error(got)
		}
	})
}

func TestStalled(t *testing.T) {
	both(t, func(t *testing.T, portable bool) {
		d := dig(t, portable, func(_ *Tunnel, _, upstream *End) {
			upstream.Write = func([]byte) error { return os.ErrDeadlineExceeded }
		})
		_, _ = d.client.Write([]byte("x"))
		if got := d.ended(t); got != "gateway stalled" {
			t.Error(got)
		}
	})
}

func TestPanic(t *testing.T) {
	both(t, func(t *testing.T, portable bool) {
		d := dig(t, portable, func(_ *Tunnel, _, upstream *End) { upstream.Write = func([]byte) error { panic("here") } })
		_, _ = d.client.Write([]byte("x"))
		if got := d.ended(t); got != "gateway panic" || <-d.told != "here" {
			t.Error(got)
		}
	})
}

// One that is ended before it has begun never begins.
func TestEndedBefore(t *testing.T) {
	both(t, func(t *testing.T, portable bool) {
		d := dig(t, portable, func(d *Tunnel, _, _ *End) { d.End(Gateway, Revoked) })
		if got := d.ended(t); got != "gateway revoked" {
			t.Error(got)
		}
	})
}

func TestLargePieces(t *testing.T) {
	both(t, func(t *testing.T, portable bool) {
		d := dig(t, portable, nil)
		big := strings.Repeat("0123456789abcdef", 1<<18)
		go func() { _, _ = io.WriteString(d.client, big) }()
		read(t, d.upstream, big)
	})
}

// What says nothing is held for by nobody: no buffer is out while nothing comes.
func TestNoBufferWhileIdle(t *testing.T) {
	var near *End
	d := dig(t, false, func(_ *Tunnel, client, _ *End) { near = client })
	_, _ = d.client.Write([]byte("x"))
	read(t, d.upstream, "x")
	if near.holds == canWait {
		t.Errorf("holds a buffer: %t", near.holds)
	}
}
