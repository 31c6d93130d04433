package upstream_test

import (
	"net"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/testkit"
	"github.com/candor-gateway/candor/internal/upstream"
)

// park puts a new connection into the pool that got this answer to a call, HEAD or not, at now.
func (b *bench) park(t *testing.T, p *peer, answer string, toHEAD bool, now int64) *net.TCPConn {
	t.Helper()
	c := b.dial(t)
	at := p.next(t)
	say(t, at, answer)
	if f := c.Exchange([]byte(get), now, patience, 0, toHEAD); f.Cause != upstream.OK {
		t.Fatalf("%v, %v", f.Cause, f.Err)
	}
	if _, f := body(c); f.Cause != upstream.OK {
		t.Fatal(f.Cause)
	}
	expect(t, at, get)
	c.Release(now, true, 3)
	return at
}

const (
	ms      = int64(time.Millisecond)
	none204 = "HTTP/1.1 204 No Content\r\n\r\n"
)

// TestRest: which pooled connections a call that cannot be sent again may have, by the answer that they carried last.
func TestRest(t *testing.T) {
	for _, c := range []struct {
		name, answer string
		toHEAD       bool
		after        int64
		twice, found bool
	}{
		{name: "length, at once", answer: ok, found: true},
		{name: "a length of zero, at once", answer: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", found: true},
		{name: "chunked, at once", answer: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", found: true},
		{name: "204, at once", answer: none204},
		{name: "204, a call that may be sent twice", answer: none204, twice: true, found: true},
		{name: "204, before its rest is over", answer: none204, after: 5*ms - 1},
		{name: "204, after its rest", answer: none204, after: 5 * ms, found: true},
		{name: "304, at once", answer: "HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\n"},
		{name: "304, after its rest", answer: "HTTP/1.1 304 Not Modified\r\nContent-Length: 2\r\n\r\n", after: 5 * ms, found: true},
		{name: "HEAD, at once", answer: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", toHEAD: true},
		{name: "HEAD, after its rest", answer: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n", toHEAD: true, after: 5 * ms, found: true},
		{name: "a reading older than the release", answer: none204, after: -ms},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPeer(t)
			b := start(t, p.spec(), true)
			now := b.now()
			b.park(t, p, c.answer, c.toHEAD, now)
			got := b.Take(now+c.after, c.twice, 3, true)
			if (got != nil) != c.found {
				t.Errorf("found: %v, want %v", got != nil, c.found)
			}
			if got != nil {
				got.Close()
			} else if b.Idle() != 1 {
				t.Error("a connection that has to rest was closed")
			}
		})
	}
}

// TestPoolIsLookedThrough: where the connection used last does not do, another deeper down may.
func TestPoolIsLookedThrough(t *testing.T) {
	p := newPeer(t)
	b := start(t, p.spec(), true)
	now := b.now()
	b.park(t, p, ok, false, now)
	b.park(t, p, none204, false, now+ms)
	b.park(t, p, "HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\nContent-Length: 0\r\n\r\n", false, now+2*ms)
	take := func(what string, found bool, twice bool, after int64, idle int) {
		t.Helper()
		c := b.Take(now+after, twice, 3, true)
		if (c != nil) != found || b.Idle() != idle {
			t.Errorf("%s: found %v, %d left; want %v, %d", what, c != nil, b.Idle(), found, idle)
		}
		if c != nil {
			c.Close()
		}
	}
	take("the oldest of three", true, false, 3*ms, 2)
	take("none of the other two", false, false, 3*ms, 2)
	take("the one that has rested", true, false, 6*ms, 1)
	take("the one that goes soon", false, false, 6*ms, 1)
	take("the same, for a call that may be sent twice", true, true, 6*ms, 0)
}

// TestPoolOfNone: a size of zero keeps no connection.
func TestPoolOfNone(t *testing.T) {
	p := newPeer(t)
	spec := p.spec()
	spec.PoolSize = 0
	b := start(t, spec, true)
	if at := b.park(t, p, ok, false, b.now()); b.Idle() != 0 || !gone(at) {
		t.Error("a connection is kept")
	}
}

// closer is an upstream that closes right behind its answers without saying so; each close is on its way for a while.
type closer struct {
	bench   *bench
	peer    *peer
	answer  string
	now     int64
	closing []*net.TCPConn // whose close is not here yet
	lost    int
}

// call sends a call that cannot be sent again, pause after the one before it. Where it gets a pooled connection its bytes and the close cross.
func (c *closer) call(t *testing.T, pause int64) {
	t.Helper()
	c.now += pause
	conn := c.bench.Take(c.now, false, 3, false)
	if conn != nil {
		conn.Begin()
		c.close()
	} else {
		conn = c.bench.dial(t)
		at := c.peer.next(t)
		say(t, at, c.answer)
		c.closing = append(c.closing, at)
	}
	if f := conn.Exchange([]byte(get), c.now, patience, 0, false); f.Cause != upstream.OK {
		c.lost++
		conn.Abort()
		return
	}
	if _, f := body(conn); f.Cause != upstream.OK {
		t.Fatal(f.Cause)
	}
	conn.Release(c.now, true, 3)
}

// close lets what is under way arrive.
func (c *closer) close() {
	for _, at := range c.closing {
		at.Close()
	}
	c.closing = nil
}

// TestLostCalls: an upstream that closes right behind its answers costs no call that cannot be sent again, but for the one from which that is learned.
func TestLostCalls(t *testing.T) {
	for _, c := range []struct {
		name, answer string
		seen         bool // a close was seen before
		lost         int
	}{
		{"behind 204", none204, false, 0},
		{"behind framed answers", ok, false, 1},
		{"behind framed answers, seen in the pool before", ok, true, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := newPeer(t)
			u := &closer{bench: start(t, p.spec(), true), peer: p, answer: c.answer}
			u.now = u.bench.now()
			if c.seen {
				at := u.bench.park(t, p, c.answer, false, u.now)
				at.Close()
				testkit.Until(t, "swept", func() bool { u.bench.Sweep(u.now); return u.bench.Idle() == 0 })
			}
			for i := range 60 {
				if i%3 < 2 {
					u.call(t, ms/10)
					continue
				}
				u.now += 6 * ms
				u.close()
				testkit.Until(t, "swept", func() bool { u.bench.Sweep(u.now); return u.bench.Idle() == 0 })
			}
			if u.lost != c.lost {
				t.Errorf("%d calls are lost, want %d", u.lost, c.lost)
			}
		})
	}
}

// TestIdleCloseIsNoHabit: what an upstream closes after a while, it does not close right behind an answer.
func TestIdleCloseIsNoHabit(t *testing.T) {
	p := newPeer(t)
	b := start(t, p.spec(), true)
	now := b.now()
	b.park(t, p, ok, false, now).Close()
	testkit.Until(t, "swept", func() bool { b.Sweep(now + 2*int64(time.Second)); return b.Idle() == 0 })
	b.park(t, p, ok, false, now)
	c := b.Take(now, false, 3, true)
	if c == nil {
		t.Fatal("a connection that was just used is not taken")
	}
	c.Close()
}

// TestOneClientMayFillThePool: a client whose calls cannot be sent again has many connections at rest, more than its own part of the pool holds.
func TestOneClientMayFillThePool(t *testing.T) {
	p := newPeer(t)
	b := start(t, p.spec(), true)
	now := b.now()
	for range 70 {
		b.park(t, p, none204, false, now)
	}
	if n := b.Idle(); n != 64 {
		t.Errorf("%d are pooled, want 64", n)
	}
	for range 64 {
		c := b.Take(now+5*ms, false, 3, true)
		if c == nil {
			t.Fatal("one that has rested is not found")
		}
		c.Close()
	}
}
