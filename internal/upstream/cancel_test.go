package upstream_test

import (
	"context"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/upstream"
)

// TestCancel: from whatever goroutine, in whatever state, whoever reads or writes is woken, and the connection is used no more.
func TestCancel(t *testing.T) {
	long := make([]byte, 64<<20)
	limits := func(s *upstream.Spec) { s.FirstByte, s.Gap = time.Hour, time.Hour }
	for name, portable := range ways {
		t.Run(name, func(t *testing.T) {
			for _, c := range []struct {
				name string
				says string                                                       // the peer, first
				runs func(b *bench, c *upstream.Conn, busy func()) upstream.Fault // calls busy when the state is reached, or about to be
			}{
				{"before anything", "", func(b *bench, c *upstream.Conn, busy func()) upstream.Fault {
					busy()
					return b.exchange(c, get)
				}},
				{"before the wait for a head", "", func(b *bench, c *upstream.Conn, busy func()) upstream.Fault {
					if f := c.Send([]byte(get), b.now(), patience); f.Cause != upstream.OK {
						return f
					}
					c.SentWhole(b.now())
					busy()
					return c.Await(0, false)
				}},
				{"writing", "", func(b *bench, c *upstream.Conn, busy func()) upstream.Fault {
					go busy()
					return c.Send(long, b.now(), time.Hour)
				}},
				{"writing all of it", "", func(b *bench, c *upstream.Conn, busy func()) upstream.Fault {
					go busy()
					return c.Exchange(long, b.now(), time.Hour, 0, false)
				}},
				{"awaiting a head", "", func(b *bench, c *upstream.Conn, busy func()) upstream.Fault {
					go busy()
					return b.exchange(c, get)
				}},
				{"in a head", "HTTP/1.1 2", func(b *bench, c *upstream.Conn, busy func()) upstream.Fault {
					go busy()
					return b.exchange(c, get)
				}},
				{"in a body", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx", func(b *bench, c *upstream.Conn, busy func()) upstream.Fault {
					if f := b.exchange(c, get); f.Cause != upstream.OK {
						return f
					}
					go busy()
					_, f := body(c)
					return f
				}},
				{"before a piece of a body", "HTTP/1.1 200 OK\r\n\r\n", func(b *bench, c *upstream.Conn, busy func()) upstream.Fault {
					if f := b.exchange(c, get); f.Cause != upstream.OK {
						return f
					}
					busy()
					_, f := c.Piece(0)
					return f
				}},
			} {
				t.Run(c.name, func(t *testing.T) {
					p := newPeer(t)
					spec := p.spec()
					limits(&spec)
					b := start(t, spec, portable)
					conn := b.dial(t)
					at := p.next(t)
					say(t, at, c.says)
					cancelled := make(chan struct{})
					f := within(t, func() upstream.Fault {
						return c.runs(b, conn, func() { conn.Cancel(); close(cancelled) })
					})
					<-cancelled
					if f.Cause != upstream.Cancelled {
						t.Errorf("%v (%v), want cancelled", f.Cause, f.Err)
					}
					conn.Release(b.now(), true, 0)
					if b.Idle() != 0 {
						t.Error("a cancelled connection is pooled")
					}
				})
			}
		})
	}
	t.Run("a connection that is done with is not pooled", func(t *testing.T) {
		p := newPeer(t)
		b := start(t, p.spec(), true)
		c := b.dial(t)
		at := p.next(t)
		b.goodCall(t, c, at, ok)
		c.Cancel()
		if c.Release(b.now(), true, 0); b.Idle() != 0 || !gone(at) {
			t.Error("it is pooled, or open")
		}
	})
}

// TestCancelledBeforeAByte: nothing of a call is written once it is cancelled.
func TestCancelledBeforeAByte(t *testing.T) {
	for name, portable := range ways {
		t.Run(name, func(t *testing.T) {
			p := newPeer(t)
			b := start(t, p.spec(), portable)
			c := b.dial(t)
			at := p.next(t)
			c.Cancel()
			if f := within(t, func() upstream.Fault { return b.exchange(c, get) }); f.Cause != upstream.Cancelled || c.Wrote() {
				t.Errorf("%v, wrote %v", f.Cause, c.Wrote())
			}
			if c.Close(); !gone(at) {
				t.Error("a byte reached the peer")
			}
		})
	}
}

// TestAbort resets: a peer that reads a body must not take its end for the body's.
func TestAbort(t *testing.T) {
	p := newPeer(t)
	b := start(t, p.spec(), false)
	c := b.dial(t)
	at := p.next(t)
	if f := c.Send([]byte("x"), b.now(), patience); f.Cause != upstream.OK {
		t.Fatal(f)
	}
	expect(t, at, "x")
	c.Abort()
	if n, err := at.Read(make([]byte, 1)); n != 0 || err == nil || err.Error() == "EOF" {
		t.Errorf("read %d bytes and %v, want a reset", n, err)
	}
}

// TestDialGivenUp: whoever waits for a connection no more says so by the context.
func TestDialGivenUp(t *testing.T) {
	p := newPeer(t)
	b := start(t, p.spec(), false)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if c, f := b.Dial(ctx); c != nil || f.Cause != upstream.Cancelled {
		t.Errorf("%v, %v", c, f.Cause)
	}
	if n := b.Stats().Failed.Load(); n != 1 {
		t.Errorf("%d failed, want 1", n)
	}
}
