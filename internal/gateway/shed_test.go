package gateway

import (
	"bufio"
	"io"
	"math/rand/v2"
	"net"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/testkit"
	"github.com/candor-gateway/candor/internal/upstream"
	"github.com/candor-gateway/candor/problem"
)

// holding is an origin that answers a call once it is told to.
func holding(answer string) (o *origin, release chan struct{}) {
	release = make(chan struct{})
	o = acting(nil)
	o.serve = func(c *net.TCPConn, r *bufio.Reader) {
		for {
			raw, err := readCall(r)
			if err != nil {
				return
			}
			o.seen <- raw
			<-release
			if _, err := io.WriteString(c, answer); err != nil {
				return
			}
		}
	}
	return o, release
}

// As many calls as in_flight says are at the upstream; one more is told so at once, is not sent, and has its share of the quota back.
func TestInFlightOfAnUpstream(t *testing.T) {
	for name, c := range map[string]struct {
		profile problem.Profile
		want    string
	}{
		"standard": {problem.Standard, "HTTP/1.1 503 Service Unavailable\r\nDate: Sun, 01 Mar 2026 12:00:00 GMT\r\nX-Content-Type-Options: nosniff\r\nContent-Type: application/problem+json\r\nContent-Length: 476\r\nCandor-Problem: infrastructure_protection\r\nX-Request-Id: 019ca945-0a00-7def-8123-456789abcdef\r\nProxy-Status: candor; error=connection_limit_reached\r\nRetry-After: 1\r\nCache-Control: no-store\r\nVary: Accept, Sec-Fetch-Mode\r\n\r\n" +
			"{\"type\":\"tag:candor-gateway.dev,2026:infrastructure_protection\",\"title\":\"Protection from overload\",\"status\":503,\"detail\":\"The service is protecting itself from overload; try again shortly\",\"instance\":\"urn:uuid:019ca945-0a00-7def-8123-456789abcdef\",\"serviceErrorCode\":102,\"code\":\"INFRASTRUCTURE_PROTECTION\",\"fix\":\"Wait 1 second and send the call again; the service returns to normal by itself.\",\"action\":\"wait\",\"applied\":\"no\",\"requestId\":\"019ca945-0a00-7def-8123-456789abcdef\"}"},
		"linkedin": {problem.LinkedIn, "HTTP/1.1 429 Too Many Requests\r\nDate: Sun, 01 Mar 2026 12:00:00 GMT\r\nX-Content-Type-Options: nosniff\r\nContent-Type: application/json\r\nContent-Length: 320\r\nCandor-Problem: infrastructure_protection\r\nx-li-uuid: AZypRQoAfe+BI0VniavN7w==\r\nx-li-fabric: fabric\r\nx-li-request-id: 019ca9450a007def8123456789abcdef\r\nProxy-Status: candor; error=connection_limit_reached\r\nRetry-After: 1\r\nCache-Control: no-store\r\nVary: Accept, Sec-Fetch-Mode\r\n\r\n" +
			"{\"status\":429,\"serviceErrorCode\":102,\"code\":\"INFRASTRUCTURE_PROTECTION\",\"message\":\"The service is protecting itself from overload; try again shortly\",\"fix\":\"Wait 1 second and send the call again; the service returns to normal by itself.\",\"action\":\"wait\",\"applied\":\"no\",\"requestId\":\"019ca945-0a00-7def-8123-456789abcdef\"}"},
	} {
		t.Run(name, func(t *testing.T) {
			engines(t, func(t *testing.T, portable bool) {
				p := newPlan()
				p.Options.Portable, p.API.Profile, p.Spec.InFlight, p.Limits[0].N = portable, c.profile, 2, 3
				o, release := holding("HTTP/1.1 204 \r\n\r\n")
				h := p.open(t, o)
				t.Cleanup(func() { close(release) })
				first, second, third := h.dial(t), h.dial(t), h.dial(t)
				for _, cl := range []*client{first, second} {
					cl.send(h.get("/limited"))
					testkit.Receive(t, "the call at the upstream", o.seen)
				}
				for range 3 { // the quota has room for one more: it is not used up by what was refused
					third.send(h.get("/limited"))
					a := third.read()
					if diff := cmp.Diff(c.want, a.head+a.body); diff != "" {
						t.Fatalf("beyond the bound (-want +got):\n%s", diff)
					}
				}
				if n := h.upstream.InFlight(); n != 2 {
					t.Errorf("%d calls in flight, want 2", n)
				}
				release <- struct{}{}
				release <- struct{}{}
				for _, cl := range []*client{first, second} {
					if a := cl.read(); a.status != 204 {
						t.Errorf("within the bound: %q", a.head)
					}
				}
				testkit.Until(t, "none in flight", func() bool { return h.upstream.InFlight() == 0 })
				third.send(h.get("/limited"))
				release <- struct{}{}
				if a := third.read(); a.status != 204 {
					t.Errorf("after the others: %q", a.head)
				}
				const told = `"note":"too many calls in flight","detail":"upstream_in_flight","limit":"upstreams.up.in_flight","limit_value":2,"unit":"calls"`
				if lines := strings.Join(h.logged(t, 6), "\n"); strings.Count(lines, told) != 3 {
					t.Errorf("logged %s, want three times %s", lines, told)
				}
			})
		})
	}
}

// endings are what an upstream does with a call, and what its client does meanwhile.
var endings = []struct {
	act    func(c *net.TCPConn, r *bufio.Reader) // behind the head of the call
	call   string                                // "" a GET
	leaves bool                                  // the client does, once the call is there
}{
	{act: says("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")},
	{act: says("HTTP/1.1 200 OK\r\n\r\nok")},
	{act: says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n")},
	{act: says("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"), call: "HEAD"},
	{act: says("HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno")},
	{act: says("")},
	{act: func(c *net.TCPConn, _ *bufio.Reader) { _ = c.SetLinger(0) }},
	{act: says("hello\r\n\r\n")},
	{act: says("HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n" + strings.Repeat("x", 100000))},
	{act: says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\nnot a size\r\n")},
	{act: says("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n")},
	{act: says("HTTP/1.1 413 \r\nContent-Length: 0\r\n\r\n"), call: "PUT"},
	{act: unanswering, leaves: true},
	{act: func(c *net.TCPConn, r *bufio.Reader) {
		says("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok")(c, r)
		unanswering(c, r)
	}, leaves: true},
	{act: unanswering, call: "PUT", leaves: true},
}

func says(answer string) func(*net.TCPConn, *bufio.Reader) {
	return func(c *net.TCPConn, _ *bufio.Reader) { _, _ = io.WriteString(c, answer) }
}

// unanswering waits until the other side has left.
func unanswering(_ *net.TCPConn, r *bufio.Reader) { _, _ = io.Copy(io.Discard, r) }

// staged is an origin that ends each call as its path says, and its connection with it, but for the first of the ways.
func staged() *origin {
	o := acting(nil)
	o.serve = func(c *net.TCPConn, r *bufio.Reader) {
		for {
			head, err := testkit.ReadHead(r)
			if err != nil {
				return
			}
			_, path, _ := strings.Cut(head, "/public/")
			endings[path[0]-'a'].act(c, r)
			if path[0] != 'a' {
				return
			}
		}
	}
	return o
}

// endOne makes a call and sees it to its end, or leaves it.
func endOne(h *house, n int) {
	e := &endings[n]
	nc, err := net.DialTimeout("tcp", h.plain, patience)
	if err != nil {
		return
	}
	defer nc.Close()
	_ = nc.SetDeadline(time.Now().Add(patience))
	method, rest := e.call, "Connection: close\r\n\r\n"
	switch method {
	case "":
		method = "GET"
	case "PUT":
		rest = "Content-Length: 500\r\n\r\nhello"
	}
	_, _ = io.WriteString(nc, method+" /public/"+string(rune('a'+n))+" HTTP/1.1\r\nHost: a\r\n"+rest)
	switch {
	case !e.leaves && e.call != "PUT":
		_, _ = io.Copy(io.Discard, nc)
	case !e.leaves, n == partly: // a part of the answer is here
		_, _ = nc.Read(make([]byte, 1))
	}
}

// partly is the number of the ending whose answer is never whole.
const partly = 13

// However calls end, and whatever panics meanwhile, none is counted once it is over.
func TestInFlightNeverLeaks(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		p := newPlan()
		p.Options.Portable, p.Spec.InFlight, p.Spec.Wrap, p.Log = portable, 3, upstream.WrapAll, io.Discard
		p.Spec.Breaker = &upstream.BreakerSpec{Failures: 100, Of: 1 << 30, Within: time.Second, Open: time.Second}
		p.Tick = func() {
			if rand.IntN(50) > 0 {
				return
			}
			if stack := string(debug.Stack()); strings.Contains(stack, "(*exchange).forward(") && !strings.Contains(stack, ").endUpstream(") {
				panic("asked to")
			}
		}
		h := p.open(t, staged())
		var work sync.WaitGroup
		for range 5 {
			work.Go(func() {
				for _, i := range rand.Perm(6 * len(endings)) {
					endOne(h, i%len(endings))
				}
			})
		}
		work.Wait()
		testkit.Until(t, "none in flight", func() bool { return h.upstream.InFlight() == 0 })
		if n := h.Policy().Admission.Quota.InFlight(); n != 0 {
			t.Errorf("%d calls in flight", n)
		}
	})
}

// Never are more calls at the upstream than there may be, however many come.
func TestInFlightIsExact(t *testing.T) {
	const most, calls = 4, 50
	var here, met, refused atomic.Int64
	o := acting(func(c *net.TCPConn, r *bufio.Reader) {
		for {
			if _, err := readCall(r); err != nil {
				return
			}
			n := here.Add(1)
			for m := met.Load(); n > m && !met.CompareAndSwap(m, n); m = met.Load() {
				continue
			}
			runtime.Gosched()
			here.Add(-1)
			if _, err := io.WriteString(c, "HTTP/1.1 204 \r\n\r\n"); err != nil {
				return
			}
		}
	})
	p := newPlan()
	p.Spec.InFlight = most
	h := p.open(t, o)
	var work sync.WaitGroup
	for range 4 * most {
		c := h.dial(t)
		work.Go(func() {
			for range calls {
				c.send("GET /public/ HTTP/1.1\r\nHost: a\r\n\r\n")
				if a := c.read(); a.status == 503 {
					refused.Add(1)
				}
			}
		})
	}
	work.Wait()
	if met.Load() > most || met.Load() == 0 || refused.Load() == 4*most*calls {
		t.Errorf("%d calls at once, want %d at most; %d refused", met.Load(), most, refused.Load())
	}
}

// A WebSocket is counted until its connection is switched, and no longer.
func TestInFlightOfAWebSocket(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		p := upgradePlan()
		p.Options.Portable, p.Spec.InFlight = portable, 1
		h := p.open(t, switcher(switching, echo))
		var open []*client
		for range 2 {
			c := h.dial(t)
			c.send(openWS)
			if a := c.read(); a.status != 101 {
				t.Fatalf("%q", a.head)
			}
			open = append(open, c)
		}
		if n := h.upstream.InFlight(); n != 0 {
			t.Errorf("%d calls in flight beside two WebSockets", n)
		}
		for _, c := range open {
			_ = c.tcp.Close()
		}
		testkit.Until(t, "closed", func() bool { return h.Upgrades() == 0 })
		if n := h.upstream.InFlight(); n != 0 {
			t.Errorf("%d calls in flight behind them", n)
		}
	})
}

// Whoever has its answer can ask again at once, over whatever connection: its place is free by then.
func TestInFlightIsFreeBehindAnAnswer(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		p := newPlan()
		p.Options.Portable, p.Spec.InFlight = portable, 1
		h := p.open(t, answering("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"))
		one, other := h.dial(t), h.dial(t)
		for i := range 200 {
			one.send("GET /public/ HTTP/1.1\r\nHost: a\r\n\r\n")
			if a := one.read(); a.status != 200 {
				t.Fatalf("call %d: %q", i+1, a.head)
			}
			one, other = other, one
		}
	})
}
