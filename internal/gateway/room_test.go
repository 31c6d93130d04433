package gateway

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/downstream"
	"github.com/candor-gateway/candor/internal/socket"
	"github.com/candor-gateway/candor/internal/testkit"
)

// anHour is a limit that no wait of a test comes to.
var anHour = Times{Handshake: time.Hour, FirstByte: time.Hour, Head: time.Hour, Idle: time.Hour, BodyGap: time.Hour, WriteStall: time.Hour}

// crowd opens a house with n places at most, whose clock stands still but for ahead: how long somebody was at rest does not depend on the machine.
func crowd(t *testing.T, portable bool, n int) (h *house, ahead *atomic.Int64) {
	t.Helper()
	p := newPlan()
	ahead = &atomic.Int64{}
	p.Options.Portable, p.Options.Connections, p.Shift, p.Stands = portable, n, ahead, true
	p.Times = anHour
	return p.open(t, answering("HTTP/1.1 204 \r\n\r\n")), ahead
}

// dialFrom connects to addr from an address of this machine.
func dialFrom(tb testing.TB, addr, from string) *client {
	tb.Helper()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: patience}
	nc, err := d.Dial("tcp", addr)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = nc.Close() })
	_ = nc.SetDeadline(time.Now().Add(patience))
	return &client{tb: tb, c: nc, tcp: nc.(*net.TCPConn), r: bufio.NewReader(nc)}
}

// known waits until n connections are in the state is.
func (h *house) known(tb testing.TB, is downstream.Spare, n int) {
	tb.Helper()
	testkit.Until(tb, "known", func() bool {
		got := 0
		h.conns.each(func(c *downstream.Conn) {
			if s, _ := c.Spare(); s == is {
				got++
			}
		})
		return got == n
	})
}

// gets204 makes a call that must reach the upstream.
func (c *client) gets204(h *house) {
	c.tb.Helper()
	c.send(h.get("/me"))
	if got := c.read(); got.status != 204 {
		c.tb.Fatalf("got %q", got.head)
	}
}

// Whoever has the most places gives them up, first those it does not use.
func TestRoomIsMade(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		h, ahead := crowd(t, portable, 4)
		step := func(idle int) { // a client has its answer before its connection is idle: who is idle longest is settled here
			h.known(t, downstream.Idle, idle)
			ahead.Add(int64(2 * time.Second))
		}
		guest := dialFrom(t, h.plain, "127.0.0.2")
		guest.gets204(h)
		step(1)
		older := h.dial(t)
		older.gets204(h)
		step(2)
		younger := h.dial(t)
		younger.gets204(h)
		silent := h.dial(t)
		h.known(t, downstream.Silent, 1)
		step(3)

		first := dialFrom(t, h.plain, "127.0.0.3")
		if got := silent.end(); got != "" {
			t.Errorf("who never spoke got %q", got)
		}
		first.gets204(h)
		testkit.Until(t, "closed", func() bool { return h.Connections() == 4 }) // one at a time leaves, of so few
		second := dialFrom(t, h.plain, "127.0.0.3")
		if got := older.end(); got != "" {
			t.Errorf("who was idle longest got %q", got)
		}
		second.gets204(h)
		h.known(t, downstream.Idle, 4)
		if n := h.MadeRoom(); n != 2 {
			t.Errorf("%d were closed, want 2", n)
		}
		guest.gets204(h) // the one with least places is left alone, and is idle again
		younger.gets204(h)
	})
}

// Nobody is closed who was at rest for less than a second, or is served: the newcomer is told so.
func TestRoomIsNotMade(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		p := newPlan()
		ahead, held, asked := &atomic.Int64{}, make(chan struct{}), make(chan struct{}, 2)
		p.Options.Portable, p.Options.Connections, p.Shift, p.Stands, p.Times = portable, 2, ahead, true, anHour
		h := p.open(t, acting(func(c *net.TCPConn, r *bufio.Reader) {
			for {
				raw, err := readCall(r)
				if err != nil {
					return
				}
				if strings.HasPrefix(raw, "PUT") {
					asked <- struct{}{}
					<-held
				}
				if _, err := io.WriteString(c, "HTTP/1.1 204 \r\n\r\n"); err != nil {
					return
				}
			}
		}))
		serving := h.dial(t)
		serving.send("PUT /public/ HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi")
		<-asked
		ahead.Add(int64(2 * time.Second))
		fresh := h.dial(t)
		fresh.gets204(h)
		late := h.dial(t)
		late.send(h.get("/me"))
		if got := late.read(); got.status != 503 || testkit.Field(got.head, "Retry-After") != "1" || testkit.Field(got.head, "Connection") != "close" {
			t.Errorf("got %q", got.head)
		}
		fresh.gets204(h)
		close(held)
		if got := serving.read(); got.status != 204 || testkit.Field(got.head, "Connection") != "" {
			t.Errorf("got %q", got.head)
		}
		if h.MadeRoom() != 0 || h.Refused() != 1 {
			t.Errorf("%d were closed and %d refused, want 0 and 1", h.MadeRoom(), h.Refused())
		}
	})
}

// A head that is not whole gives way last, and is told why; over TLS, too.
func TestRoomOfAHeadThatHasBegun(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		for name, dial := range map[string]func(*house, testing.TB) *client{"plain": (*house).dial, "TLS": (*house).dialTLS} {
			t.Run(name, func(t *testing.T) {
				h, ahead := crowd(t, portable, 2)
				begun, idle := dial(h, t), dial(h, t)
				begun.send("POST /json HTTP/1.1\r\nHo")
				idle.gets204(h)
				h.known(t, downstream.Begun, 1)
				h.known(t, downstream.Idle, 1)
				ahead.Add(int64(2 * time.Second))
				h.dial(t).gets204(h)
				if got := idle.end(); got != "" {
					t.Errorf("who was idle got %q", got)
				}
				testkit.Until(t, "closed", func() bool { return h.Connections() == 2 })
				h.dial(t).gets204(h)
				if got := begun.read(); got.status != 503 || testkit.Field(got.head, "Retry-After") != "1" || testkit.Field(got.head, "Connection") != "close" {
					t.Errorf("got %q", got.head)
				}
				if rest := begun.end(); rest != "" {
					t.Errorf("after it %q", rest)
				}
				testkit.Until(t, "closed", func() bool {
					ahead.Add(int64(10 * time.Millisecond)) // the clock of a lingering close goes on
					return h.Connections() == 2
				})
			})
		}
	})
}

// A handshake that does not go on makes room, too.
func TestRoomOfAHandshake(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		h, ahead := crowd(t, portable, 1)
		stuck := dialTo(t, h.tls)
		testkit.Until(t, "accepted", func() bool { return h.Connections() == 1 })
		ahead.Add(int64(2 * time.Second))
		c := h.dialTLS(t)
		c.gets204(h)
		if got := stuck.end(); got != "" {
			t.Errorf("got %q", got)
		}
	})
}

// A call that has come by the time its connection is asked to leave is served, and is the last.
func TestRoomTakesNoCall(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		for name, c := range map[string]func(*house, testing.TB) *client{"plain": (*house).dial, "TLS": (*house).dialTLS} {
			t.Run(name, func(t *testing.T) {
				h, ahead := crowd(t, portable, 100)
				for i := range 50 {
					client := c(h, t)
					client.gets204(h)
					h.known(t, downstream.Idle, 1)
					ahead.Add(int64(2 * time.Second))
					var wire socket.Watch
					wire.Open(client.tcp)
					before, sent := wire.Taken(0), make(chan struct{})
					go func() {
						defer close(sent)
						client.send("PUT /public/ HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi")
					}()
					if i%2 == 0 { // it is in the receiver's kernel, or further: on a busy machine a write returns before it is there
						<-sent
						testkit.Until(t, "acknowledged", func() bool { return wire.Taken(math.MaxUint64) > before })
					}
					h.conns.each(func(c *downstream.Conn) {
						_, since := c.Spare()
						c.MakeRoom(since)
					})
					<-sent
					head, err := testkit.ReadHead(client.r)
					switch {
					case err == nil && strings.HasPrefix(head, "HTTP/1.1 204 "):
					case err != nil && head == "" && i%2 == 1: // it came too late, as at any limit of an idle connection
					default:
						t.Fatalf("call %d: got %q, %v", i, head, err)
					}
					_ = client.tcp.Close()
					testkit.Until(t, "closed", func() bool { return h.Connections() == 0 })
				}
			})
		}
	})
}

// However few places there are: each of many newcomers gets one while others are idle, whether those have left by then or not.
func TestRoomForEachNewcomer(t *testing.T) {
	for _, c := range []struct{ places, newcomers, in int }{
		{1, 2, 1}, {2, 2, 2}, {4, 4, 4}, {20, 5, 5}, {100, 32, 32}, {100, 40, 32}, {3000, 60, 46},
	} {
		r := &registry{}
		r.init(Options{Connections: c.places, Log: slog.New(slog.DiscardHandler)})
		for i := range c.places {
			r.all[silent(i)] = false
		}
		in := 0
		for i := range c.newcomers { // nobody whom they replace has left yet
			if r.add(silent(c.places+i), int64(2*time.Second), false) {
				in++
			}
		}
		if in != c.in {
			t.Errorf("%d places, %d newcomers: %d got in, want %d", c.places, c.newcomers, in, c.in)
		}
	}
}

// silent is a connection that leads nowhere and has been silent since 1 ns.
func silent(n int) *downstream.Conn {
	return (&downstream.Side{}).New(&net.TCPConn{}, nil, 1, uint32(n), nil)
}

// Eight thousand idle connections of one address are no reason to refuse another's call, and looking for room costs little.
func TestRoomInBatches(t *testing.T) {
	h, ahead := crowd(t, false, 256)
	for range 256 {
		h.dial(t)
	}
	h.known(t, downstream.Silent, 256)
	ahead.Add(int64(2 * time.Second))
	for range 5 {
		dialFrom(t, h.plain, "127.0.0.2").gets204(h)
		testkit.Until(t, "closed", func() bool { return h.Connections() <= 256 }) // a batch leaves before the next is asked
	}
	if n := h.MadeRoom(); n != 8 {
		t.Errorf("%d were closed, want two batches of 4", n)
	}
}

func TestRank(t *testing.T) {
	t.Parallel()
	big, small, other := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2"), netip.MustParseAddr("192.0.2.3")
	found := []spare{
		{is: downstream.Begun, since: 1, from: big, level: 5},
		{is: downstream.Idle, since: 9, from: big, level: 5},
		{is: downstream.Idle, since: 3, from: big, level: 5},
		{is: downstream.Idle, since: 1, from: small, level: 1},
		{is: downstream.Idle, since: 2, from: other, level: 4},
		{is: downstream.Idle, since: 8, from: other, level: 4},
		{is: downstream.Silent, since: 7, from: small, level: 1},
		{is: downstream.Silent, since: 6, from: big, level: 5},
	}
	rank(found)
	var got []string
	for _, s := range found {
		got = append(got, fmt.Sprintf("%d/%d", s.is, s.since))
	}
	want := []string{"1/6", "1/7", "2/3", "2/2", "2/9", "2/8", "2/1", "3/1"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestNetwork(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"192.0.2.7": "192.0.2.7", "2001:db8:1:2:3::4": "2001:db8:1:2::", "::1": "::"} {
		if got := network(netip.MustParseAddr(in)).String(); got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
	}
}
