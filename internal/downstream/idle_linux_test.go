//go:build linux && (amd64 || arm64)

package downstream

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"runtime"
	"runtime/metrics"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/testkit"
)

// connect starts a connection over loopback, and returns its client's end too.
func (u *user) connect(tb testing.TB) (client *net.TCPConn, c *Conn) {
	tb.Helper()
	tcp, client := testkit.Pair(tb)
	u.gone.Add(1)
	c = u.side.New(tcp, nil, u.side.Clock.Mono(), 1, u)
	c.Start(tb.Context())
	return client, c
}

// getOne makes one call on the client's end.
func getOne(tb testing.TB, client *net.TCPConn) {
	tb.Helper()
	_ = client.SetDeadline(time.Now().Add(patience))
	if _, err := io.WriteString(client, "GET / HTTP/1.1\r\nHost: a\r\n\r\n"); err != nil {
		tb.Fatal(err)
	}
	readOK(tb, client)
}

func readOK(tb testing.TB, client *net.TCPConn) {
	tb.Helper()
	got, err := http.ReadResponse(bufio.NewReader(client), nil)
	if err != nil {
		tb.Fatal(err)
	}
	got.Body.Close()
	if got.StatusCode != 200 {
		tb.Fatalf("answered %s", got.Status)
	}
}

func answering() *user {
	u := newUser()
	u.serve = func(c Call, _ Fault) After {
		c.Answer([]byte("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n"), nil)
		return Keep
	}
	return u
}

func (c *Conn) rests() bool { return c.seat.isIdle() && !c.idle.warm.Load() }

// A connection waits with the stack that has served it only as long as calls follow each other; whichever way it waits, its next call is served.
func TestHowAConnectionWaits(t *testing.T) {
	u := answering()
	defer u.side.Close()
	client, c := u.connect(t)
	testkit.Until(t, "a fresh connection rests", c.rests)
	getOne(t, client)
	testkit.Until(t, "it rests after its first call", c.rests)
	getOne(t, client)
	testkit.Until(t, "it stays warm after the second", c.idle.warm.Load)
	now := u.side.Clock.Mono()
	u.side.sweep.look(time.Second, now)
	if !c.idle.warm.Load() {
		t.Error("it cools too soon")
	}
	u.side.sweep.look(time.Second, now+int64(cool))
	testkit.Until(t, "it rests", c.rests)
	getOne(t, client)
	testkit.Until(t, "it waits", func() bool { return c.seat.isIdle() })
	client.Close()
	u.gone.Wait()
}

// An idle connection holds the smallest stack there is, whether it has been served or not.
func TestStacksOfIdleConnections(t *testing.T) {
	const most = 200
	stacks := []metrics.Sample{{Name: "/memory/classes/heap/stacks:bytes"}}
	u := answering()
	defer u.side.Close()
	runtime.GC() // gives back the stacks of tests before, which would be taken for a gain
	metrics.Read(stacks)
	before := int64(stacks[0].Value.Uint64())
	all, clients := make([]*Conn, most), make([]*net.TCPConn, most)
	for i := range all {
		clients[i], all[i] = u.connect(t)
		testkit.Until(t, "it rests", all[i].rests)
		getOne(t, clients[i])
		testkit.Until(t, "it rests again", all[i].rests)
	}
	metrics.Read(stacks)
	if each := (int64(stacks[0].Value.Uint64()) - before) / most; each > mostStack {
		t.Errorf("%d bytes of stack for each idle connection, want at most %d", each, mostStack)
	}
	for i := range all {
		clients[i].Close()
	}
	u.gone.Wait()
}

// Who may be made to give its stack back.
func TestCools(t *testing.T) {
	second := int64(time.Second)
	for _, row := range []struct {
		name  string
		state int64
		warm  bool
		cools bool
	}{
		{"a call is under way", 0, true, false},
		{"a head has begun", -second, true, false},
		{"asked to leave", asked, true, false},
		{"waits on a small stack", second, false, false},
		{"warm for a moment", 8*second + 1, true, false},
		{"warm for long", 8 * second, true, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			var c Conn
			c.seat.state.Store(row.state)
			c.idle.warm.Store(row.warm)
			if got := c.cools(9 * second); got != row.cools {
				t.Errorf("cools: %t", got)
			}
			if c.cools(9 * second) {
				t.Error("it cools twice")
			}
		})
	}
}

// However many connections have something to do at once, a bounded number of hands waits for more.
func TestCrewKeepsFewHands(t *testing.T) {
	u := answering()
	held := make(chan struct{})
	answer := u.serve
	u.serve = func(c Call, f Fault) After { <-held; return answer(c, f) }
	clients := make([]*net.TCPConn, 2*maxIdleHands)
	for i := range clients {
		clients[i], _ = u.connect(t)
		_, _ = io.WriteString(clients[i], "GET / HTTP/1.1\r\nHost: a\r\n\r\n")
	}
	close(held)
	for _, c := range clients {
		readOK(t, c)
		c.Close()
	}
	u.gone.Wait()
	w := &u.side.crew
	idle := func() int {
		w.mu.Lock()
		defer w.mu.Unlock()
		return len(w.idle)
	}
	testkit.Until(t, "hands wait", func() bool { return idle() > 0 })
	if n := idle(); n > maxIdleHands {
		t.Errorf("%d hands wait", n)
	}
	u.side.Close()
	if n := idle(); n != 0 {
		t.Errorf("%d hands wait after the end", n)
	}
}
