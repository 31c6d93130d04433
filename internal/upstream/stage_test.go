package upstream_test

import (
	"bytes"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/candor-gateway/candor/internal/buffer"
	"github.com/candor-gateway/candor/internal/clock"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/testkit"
	"github.com/candor-gateway/candor/internal/upstream"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// patience is how long anything may take before a test calls it stuck.
const patience = testkit.Patience

// peer is the other side, on real sockets: it hands over each connection that is made to it.
type peer struct {
	url   string
	ln    net.Listener
	made  chan net.Conn // 64 at most wait to be looked at
	mu    sync.Mutex
	conns []net.Conn
}

func newPeer(t *testing.T) *peer {
	t.Helper()
	ln := testkit.Listen(t)
	p := &peer{url: "http://" + ln.Addr().String(), ln: ln, made: make(chan net.Conn, 64)}
	var accepting sync.WaitGroup
	accepting.Go(func() {
		for {
			c, err := ln.Accept()
			if err != nil {
				return
			}
			_ = c.SetDeadline(time.Now().Add(patience))
			p.mu.Lock()
			p.conns = append(p.conns, c)
			p.mu.Unlock()
			p.made <- c
		}
	})
	t.Cleanup(func() {
		ln.Close()
		accepting.Wait()
		for _, c := range p.conns {
			c.Close()
		}
	})
	return p
}

// next is the next connection that was made.
func (p *peer) next(t *testing.T) *net.TCPConn {
	t.Helper()
	return testkit.Receive(t, "a connection", p.made).(*net.TCPConn)
}

// spec is an upstream without limits, and with room in its pool.
func (p *peer) spec() upstream.Spec {
	return upstream.Spec{Name: "peer", Targets: []string{p.url}, PoolSize: 64}
}

// bench is an upstream with the clock that it goes by.
type bench struct {
	*upstream.Upstream
	clock *clock.Clock
}

// now is the present, in mono ns of the upstream's clock.
func (b *bench) now() int64 { return b.clock.Mono() }

// start makes an upstream that ends with the test.
func start(t *testing.T, spec upstream.Spec, portable bool) *bench {
	t.Helper()
	ck := clock.New(time.Now)
	u, err := upstream.New(spec, http1.ResponseDefaults(), ck, &buffer.Lender{})
	if err != nil {
		t.Fatal(err)
	}
	if portable {
		u.Portable()
	}
	t.Cleanup(u.Close)
	return &bench{u, ck}
}

// ways are the portable way and what the platform has beside it: every test of an exchange runs over both.
var ways = map[string]bool{"portable": true, "fast": false}

// dial makes a connection, or fails the test.
func (b *bench) dial(t *testing.T) *upstream.Conn {
	t.Helper()
	c, f := b.Dial(t.Context())
	if f.Cause != upstream.OK {
		t.Fatalf("dial: %v, %v", f.Cause, f.Err)
	}
	c.Begin()
	return c
}

const (
	get = "GET / HTTP/1.1\r\nHost: peer\r\n\r\n"
	ok  = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
)

// exchange sends a whole call, without limits of its own.
func (b *bench) exchange(c *upstream.Conn, call string) upstream.Fault {
	return c.Exchange([]byte(call), b.now(), patience, 0, false)
}

// expect reads exactly these bytes.
func expect(t *testing.T, c net.Conn, want string) {
	t.Helper()
	got := make([]byte, len(want))
	for n := 0; n < len(got); {
		m, err := c.Read(got[n:])
		if n += m; err != nil {
			t.Errorf("read %q and %v, want %q", got[:n], err, want)
			return
		}
	}
	if string(got) != want {
		t.Errorf("read %q, want %q", got, want)
	}
}

func say(t *testing.T, c net.Conn, pieces ...string) {
	t.Helper()
	for _, piece := range pieces {
		if _, err := c.Write([]byte(piece)); err != nil {
			t.Errorf("the peer cannot write: %v", err)
		}
	}
}

// body reads an answer's body to its end, or to the fault that ends it.
func body(c *upstream.Conn) (string, upstream.Fault) {
	var all bytes.Buffer
	for !c.Ended() {
		data, f := c.Piece(0)
		all.Write(data)
		if f.Cause != upstream.OK {
			return all.String(), f
		}
	}
	return all.String(), upstream.Fault{}
}

// goodCall is one whole exchange: the peer answers what it is told to.
func (b *bench) goodCall(t *testing.T, c *upstream.Conn, at net.Conn, answer string) string {
	t.Helper()
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		expect(t, at, get)
		say(t, at, answer)
	}()
	f := b.exchange(c, get)
	<-answered
	if f.Cause != upstream.OK {
		t.Fatalf("%v, %v", f.Cause, f.Err)
	}
	got, f := body(c)
	if f.Cause != upstream.OK {
		t.Fatalf("in the body: %v, %v", f.Cause, f.Err)
	}
	return got
}

// within fails the test if f takes longer than anything may.
func within(t *testing.T, f func() upstream.Fault) upstream.Fault {
	t.Helper()
	done := make(chan upstream.Fault, 1)
	go func() { done <- f() }()
	return testkit.Receive(t, "the end of it", done)
}

// gone reports whether the connection has ended on the peer's side.
func gone(c *net.TCPConn) bool {
	_ = c.SetReadDeadline(time.Now().Add(patience))
	n, err := c.Read(make([]byte, 1))
	return n == 0 && err != nil && !strings.Contains(err.Error(), "timeout")
}
