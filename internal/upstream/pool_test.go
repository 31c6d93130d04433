package upstream_test

import (
	"io"
	"net"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/testkit"
	"github.com/candor-gateway/candor/internal/upstream"
)

// pooled is an upstream with one connection in its pool, and that connection on the peer's side.
func pooled(t *testing.T, portable bool, with func(*upstream.Spec)) (*bench, *net.TCPConn, int64) {
	t.Helper()
	p := newPeer(t)
	spec := p.spec()
	if with != nil {
		with(&spec)
	}
	b := start(t, spec, portable)
	c := b.dial(t)
	at := p.next(t)
	if got := b.goodCall(t, c, at, ok); got != "ok" {
		t.Fatalf("answer %q", got)
	}
	now := b.now()
	c.Release(now, true, 3)
	if b.Idle() != 1 {
		t.Fatalf("%d connections are pooled, want 1", b.Idle())
	}
	return b, at, now
}

func TestPoolReuses(t *testing.T) {
	for name, portable := range ways {
		t.Run(name, func(t *testing.T) {
			b, at, now := pooled(t, portable, nil)
			for near := range uint32(20) { // whoever asks: the other pools are looked into too
				c := b.Take(now, false, near, true)
				if c == nil || !c.Reused || b.Idle() != 0 {
					t.Fatalf("near %d: %v, %d idle", near, c, b.Idle())
				}
				c.Begin()
				if got := b.goodCall(t, c, at, ok); got != "ok" {
					t.Errorf("answer %q", got)
				}
				c.Release(now, true, near)
			}
			if s := b.Stats(); s.Dialled.Load() != 1 || s.Reused.Load() != 20 || s.Closed.Load() != 0 || s.Failed.Load() != 0 {
				t.Errorf("%d dialled, %d reused, %d closed", s.Dialled.Load(), s.Reused.Load(), s.Closed.Load())
			}
		})
	}
}

// TestPoolTakesTheLatest: the connection that was used last is the one least likely to have been closed.
func TestPoolTakesTheLatest(t *testing.T) {
	p := newPeer(t)
	b := start(t, p.spec(), true)
	var conns []*upstream.Conn
	for range 3 {
		c := b.dial(t)
		b.goodCall(t, c, p.next(t), ok)
		conns = append(conns, c)
	}
	for i, c := range conns {
		c.Release(b.now()+int64(i), true, 0)
	}
	for i := range conns {
		if got := b.Take(b.now(), true, 0, true); got != conns[2-i] {
			t.Fatalf("the connections came back in another order")
		}
	}
	for _, c := range conns {
		c.Close()
	}
}

// TestPoolIsFresh: too old, too long idle, not recent enough for a call that must not be sent twice.
func TestPoolIsFresh(t *testing.T) {
	limits := func(s *upstream.Spec) { s.PoolIdle, s.PoolAge = time.Minute, time.Hour }
	for _, c := range []struct {
		name   string
		after  time.Duration
		twice  bool
		found  bool
		pooled int // afterwards
	}{
		{"at once", 0, true, true, 0},
		{"idle, just below its limit", time.Minute, true, true, 0},
		{"idle for too long", time.Minute + 1, true, false, 0},
		{"a call that must not be sent twice, within a second", time.Second, false, true, 0},
		{"and later: another may still use it", time.Second + 1, false, false, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, at, now := pooled(t, true, limits)
			got := b.Take(now+int64(c.after), c.twice, 3, true)
			if (got != nil) != c.found || b.Idle() != c.pooled {
				t.Fatalf("%v, %d pooled; want %v, %d", got != nil, b.Idle(), c.found, c.pooled)
			}
			if got != nil {
				got.Close()
			} else if c.pooled == 0 && !gone(at) {
				t.Error("what is not fresh must be closed")
			}
		})
	}
	t.Run("too old, though just used", func(t *testing.T) {
		b, at, now := pooled(t, true, limits)
		c := b.Take(now, true, 3, true)
		c.Begin()
		b.goodCall(t, c, at, ok)
		later := now + int64(time.Hour) + 1
		c.Release(later, true, 3)
		if got := b.Take(later, true, 3, true); got != nil || b.Idle() != 0 || !gone(at) {
			t.Error("a connection older than its limit was taken or kept")
		}
	})
}

// TestPoolLiveness: a pooled connection that the peer closed, reset or said something on is never used.
func TestPoolLiveness(t *testing.T) {
	for _, c := range []struct {
		name string
		does func(*net.TCPConn)
	}{
		{"closed", func(c *net.TCPConn) { c.Close() }},
		{"half-closed", func(c *net.TCPConn) { _ = c.CloseWrite() }},
		{"reset", func(c *net.TCPConn) { _ = c.SetLinger(0); c.Close() }},
		{"a byte that nobody asked for", func(c *net.TCPConn) { _, _ = io.WriteString(c, "x") }},
		{"an answer that nobody asked for", func(c *net.TCPConn) { _, _ = io.WriteString(c, ok) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			for name, portable := range ways {
				t.Run(name, func(t *testing.T) {
					for range 20 { // the kernel may be late with what the peer did
						if refusesDead(t, portable, c.does) {
							return
						}
					}
					t.Error("a dead connection carried a call")
				})
			}
		})
		t.Run(c.name+", found by Sweep", func(t *testing.T) {
			b, at, now := pooled(t, true, nil)
			c.does(at)
			testkit.Until(t, "swept", func() bool { b.Sweep(now); return b.Idle() == 0 })
			if n := b.Stats().Closed.Load(); n != 1 {
				t.Errorf("%d closed, want 1", n)
			}
		})
	}
}

// refusesDead reports whether a connection to which this was done is found out before a byte of a call is written.
func refusesDead(t *testing.T, portable bool, does func(*net.TCPConn)) bool {
	t.Helper()
	b, at, now := pooled(t, portable, nil)
	does(at)
	c := b.Take(now, true, 3, true)
	if c == nil {
		return b.Idle() == 0 && b.Stats().Closed.Load() == 1
	}
	c.Begin()
	_ = at.SetDeadline(time.Now().Add(time.Second))
	f := within(t, func() upstream.Fault { return b.exchange(c, get) })
	defer c.Abort()
	return f.Cause == upstream.Broke && !c.Wrote() && !c.Got()
}

// TestOnlyWhatEndedExactlyIsPooled: anything else could hand one call's bytes to the next.
func TestOnlyWhatEndedExactlyIsPooled(t *testing.T) {
	for _, c := range []struct {
		name, answer string
		whole        bool // the call was sent to its end
		rest         bool // the peer closes behind its answer
		pooled       bool
	}{
		{name: "length", answer: ok, whole: true, pooled: true},
		{name: "chunked", answer: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n", whole: true, pooled: true},
		{name: "204", answer: "HTTP/1.1 204 No Content\r\n\r\n", whole: true, pooled: true},
		{name: "the call was not sent to its end", answer: ok},
		{name: "a byte behind the answer", answer: ok + "x", whole: true},
		{name: "another answer behind it", answer: ok + ok, whole: true},
		{name: "a byte behind the last chunk", answer: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\nx", whole: true},
		{name: "a body behind 204", answer: "HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nok", whole: true},
		{name: "the peer asked to close", answer: "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", whole: true},
		{name: "HTTP/1.0", answer: "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok", whole: true},
		{name: "HTTP/1.0 with keep-alive", answer: "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok", whole: true, pooled: true},
		{name: "delimited by the close", answer: "HTTP/1.1 200 OK\r\n\r\nok", whole: true, rest: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			for name, portable := range ways {
				t.Run(name, func(t *testing.T) {
					p := newPeer(t)
					b := start(t, p.spec(), portable)
					conn := b.dial(t)
					at := p.next(t)
					answered := make(chan struct{})
					go func() {
						defer close(answered)
						expect(t, at, get)
						say(t, at, c.answer)
						if c.rest {
							_ = at.CloseWrite()
						}
					}()
					if f := b.exchange(conn, get); f.Cause != upstream.OK {
						t.Fatal(f)
					}
					<-answered // all of it is here now
					if _, f := body(conn); f.Cause != upstream.OK {
						t.Fatal(f)
					}
					if conn.Release(b.now(), c.whole, 0); c.rest && b.Idle() != 0 {
						t.Error("a connection that has ended is pooled")
					}
					b.Sweep(b.now()) // what stands in the socket, and not in our hands, shows here
					if got := b.Idle() == 1; got != c.pooled || b.Stats().Closed.Load() == 0 != c.pooled {
						t.Errorf("pooled %v, want %v", got, c.pooled)
					}
				})
			}
		})
	}
	t.Run("an answer that was not read to its end", func(t *testing.T) {
		p := newPeer(t)
		b := start(t, p.spec(), true)
		conn := b.dial(t)
		at := p.next(t)
		say(t, at, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok")
		if f := b.exchange(conn, get); f.Cause != upstream.OK {
			t.Fatal(f)
		}
		if conn.Release(b.now(), true, 0); b.Idle() != 0 {
			t.Error("half an answer is left in a pooled connection")
		}
	})
}

// TestPoolSize: never more idle connections than that, however many client connections there are.
func TestPoolSize(t *testing.T) {
	for _, size := range []int{1, 3, 16, 20, 50} {
		p := newPeer(t)
		spec := p.spec()
		spec.PoolSize = size
		b := start(t, spec, true)
		var all []*upstream.Conn
		for range 60 {
			c := b.dial(t)
			b.goodCall(t, c, p.next(t), ok)
			all = append(all, c)
		}
		for i, c := range all {
			c.Release(b.now(), true, uint32(i))
		}
		if got := b.Idle(); got != size {
			t.Errorf("%d are pooled, want %d", got, size)
		}
		found := 0
		for c := b.Take(b.now(), true, 7, false); c != nil; c = b.Take(b.now(), true, 7, false) {
			found++
			c.Close()
		}
		if found != size {
			t.Errorf("%d of %d pooled connections are found", found, size)
		}
	}
}

// TestClose: what is pooled is closed at once, what is in use when it comes back. A call under way that began before may still go to the upstream.
func TestClose(t *testing.T) {
	b, at, now := pooled(t, true, nil)
	inUse := b.Take(now, true, 3, true)
	inUse.Begin()
	p := newPeer(t)
	other := start(t, p.spec(), true)
	c := other.dial(t)
	idle := p.next(t)
	other.goodCall(t, c, idle, ok)
	c.Release(other.now(), true, 0)
	other.Close()
	if !gone(idle) || other.Idle() != 0 {
		t.Error("a pooled connection outlives Close")
	}
	b.Close()
	if got := b.goodCall(t, inUse, at, ok); got != "ok" {
		t.Errorf("the connection in use: %q", got)
	}
	if inUse.Release(b.now(), true, 3); !gone(at) || b.Idle() != 0 {
		t.Error("a connection that comes back after Close is kept")
	}
	late := other.dial(t) // its policy was replaced while it was being admitted
	if got := other.goodCall(t, late, p.next(t), ok); got != "ok" {
		t.Errorf("a late call: %q", got)
	}
	if late.Release(other.now(), true, 0); other.Idle() != 0 {
		t.Error("a late connection is kept")
	}
}
