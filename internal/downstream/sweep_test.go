package downstream

import (
	"strconv"
	"testing"
	"time"
)

// unplugged is a connection without a socket, and with the number n.
func (u *user) unplugged(n int) *Conn {
	c := &Conn{side: &u.side, user: u, finished: true}
	c.peer.Number = uint32(n)
	c.seat.open(1)
	return c
}

// swept is how often the sweep looks at a connection.
func (u *user) swept(c *Conn) (n int) {
	w := &u.side.sweep
	for i := range w.came {
		for at := w.came[i].last.Load(); at != nil; at = at.next {
			if at == c {
				n++
			}
		}
	}
	for at := w.all; at != nil; at = at.next {
		if at == c {
			n++
		}
	}
	return n
}

// Only those who had a call not long ago are looked at.
func TestWhoIsSwept(t *testing.T) {
	const s = int64(time.Second)
	u := newUser()
	c, other := u.unplugged(1), u.unplugged(17)
	other.busy()
	for _, step := range []struct {
		name string
		do   func()
		at   int64
		want int
	}{
		{"nothing has come", func() {}, 2 * s, 0},
		{"a call begins", c.busy, 2 * s, 1},
		{"it takes long", func() {}, 60 * s, 1},
		{"another follows", c.busy, 60 * s, 1},
		{"it is over", func() { c.seat.rest(60 * s) }, 60 * s, 1},
		{"for a moment", func() {}, 61*s - 1, 1},
		{"for long", func() {}, 61 * s, 0},
		{"a head begins", func() { c.seat.restWithin(62 * s) }, 62 * s, 0},
		{"it is whole", c.busy, 64 * s, 1},
		{"it is over, and the next head begins", func() { c.seat.restWithin(65 * s) }, 65 * s, 1},
		{"that is not whole for long", func() {}, 66 * s, 0},
		{"it is, and its call is over", func() { c.busy(); c.seat.rest(67 * s) }, 70 * s, 0},
		{"it is asked to leave within a call's time", func() { c.busy(); c.seat.rest(71 * s); c.seat.ask(71 * s) }, 71 * s, 1},
		{"it closes", c.close, 71 * s, 0},
	} {
		step.do()
		u.side.sweep.look(time.Hour, step.at)
		if got := u.swept(c); got != step.want {
			t.Errorf("%s: it is in %d times, want %d", step.name, got, step.want)
		}
		if u.swept(other) != 1 {
			t.Errorf("%s: the other one is lost", step.name)
		}
	}
}

// A call that begins while its connection is let go is looked at, once.
func TestSweepLosesNoCall(t *testing.T) {
	u := newUser()
	c, what := u.unplugged(1), &cancelled{}
	for i := range 5000 {
		now := int64(i+1) * int64(time.Minute)
		c.busy()
		c.seat.rest(now - int64(cool))
		done := make(chan struct{})
		go func() {
			defer close(done)
			c.busy()
			c.wait.On(what, now)
		}()
		u.side.sweep.look(time.Hour, now)
		<-done
		if n := u.swept(c); n != 1 {
			t.Fatalf("the call's connection is in %d times", n)
		}
		if c.wait.Over(); what.n.Load() != 0 {
			t.Fatal("it was given up")
		}
	}
}

// A client that leaves while its call waits is noticed by the first sweep that finds the wait long enough. A connection without a socket has left.
func TestSweepGivesUp(t *testing.T) {
	u := newUser()
	c, what := u.unplugged(1), &cancelled{}
	c.busy()
	c.wait.On(what, 5)
	for _, step := range []struct {
		at   int64
		want int32
	}{{14, 0}, {15, 1}, {16, 1}} {
		u.side.sweep.look(10*time.Nanosecond, step.at)
		if got := what.n.Load(); got != step.want {
			t.Errorf("at %d it was given up %d times, want %d", step.at, got, step.want)
		}
	}
}

func TestSweepAllocatesNothing(t *testing.T) {
	u := newUser()
	c := u.unplugged(1)
	now := int64(0)
	if n := testing.AllocsPerRun(100, func() {
		now += int64(time.Minute)
		c.busy()
		c.seat.rest(now)
		u.side.sweep.look(time.Hour, now)
		u.side.sweep.look(time.Hour, now+int64(cool))
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
	if u.swept(c) != 0 {
		t.Error("it stayed in")
	}
}

// 10 000 connections, of which so many serve calls.
func BenchmarkSweep(b *testing.B) {
	for _, serve := range []int{0, 100, 10_000} {
		b.Run("serve="+strconv.Itoa(serve), func(b *testing.B) {
			u := newUser()
			now := int64(time.Hour)
			for i := range 10_000 {
				c := u.unplugged(i)
				c.busy()
				if i >= serve {
					c.seat.rest(1)
				}
			}
			u.side.sweep.look(time.Hour, now)
			for b.Loop() {
				if !u.side.sweep.isEmpty() {
					u.side.sweep.look(time.Hour, now)
				}
			}
		})
	}
}
