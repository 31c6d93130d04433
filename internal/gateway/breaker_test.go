package gateway

import (
	"bufio"
	"io"
	"net"
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

// breaking is a plan with a breaker that four calls open, and a clock that moves when it is told to.
func breaking(portable bool) *plan {
	p := newPlan()
	p.Options.Portable, p.Stands, p.Shift = portable, true, new(atomic.Int64)
	p.Spec.Breaker = &upstream.BreakerSpec{Failures: 50, Of: 4, Within: 10 * time.Second, Open: 5 * time.Second, Statuses: []int{502, 503, 504}}
	return p
}

// started opens the house. A call is never sent at 0 of its clock, which stands for none that was.
func (p *plan) started(t *testing.T, o *origin) *house {
	t.Helper()
	h := p.open(t, o)
	if p.Stands {
		p.Shift.Store(int64(time.Second))
	}
	return h
}

// changing is an origin that does with a call what was said last, and counts them.
type changing struct {
	*origin
	act   atomic.Pointer[func(c *net.TCPConn, r *bufio.Reader)]
	calls atomic.Int64
}

func newChanging() *changing {
	o := &changing{}
	o.origin = acting(func(c *net.TCPConn, r *bufio.Reader) {
		for {
			if _, err := testkit.ReadHead(r); err != nil {
				return
			}
			o.calls.Add(1)
			(*o.act.Load())(c, r)
		}
	})
	return o
}

func (o *changing) does(act func(c *net.TCPConn, r *bufio.Reader)) { o.act.Store(&act) }

// resetting ends a connection with a reset.
func resetting(c *net.TCPConn, _ *bufio.Reader) {
	_ = c.SetLinger(0)
	_ = c.Close()
}

const noContent = "HTTP/1.1 204 No Content\r\n\r\n"

// once makes a call on a connection of its own.
func (h *house) once(t *testing.T, raw string) answer {
	t.Helper()
	c := h.dial(t)
	defer c.tcp.Close()
	c.send(raw)
	return c.read()
}

// An upstream that fails too often is sent nothing for a while. Callers are told at once, with the cause and for how long; then one call tries.
func TestBreakerOpensAndCloses(t *testing.T) {
	for name, c := range map[string]struct {
		profile problem.Profile
		want    string
	}{
		"standard": {problem.Standard, "HTTP/1.1 503 Service Unavailable\r\nDate: Sun, 01 Mar 2026 12:00:00 GMT\r\nX-Content-Type-Options: nosniff\r\nContent-Type: application/problem+json\r\nContent-Length: 477\r\nCandor-Problem: service_unavailable\r\nX-Request-Id: 019ca945-0a00-7def-8123-456789abcdef\r\nProxy-Status: candor; error=destination_unavailable\r\nRetry-After: 4\r\nCache-Control: no-store\r\nVary: Accept, Sec-Fetch-Mode\r\n\r\n" +
			"{\"type\":\"tag:candor-gateway.dev,2026:service_unavailable\",\"title\":\"Service unavailable\",\"status\":503,\"detail\":\"The service is not available now: the API failed too often (connection broke), so calls are held back from it, for 1 s so far\",\"instance\":\"urn:uuid:019ca945-0a00-7def-8123-456789abcdef\",\"serviceErrorCode\":0,\"code\":\"SERVICE_UNAVAILABLE\",\"fix\":\"Wait 4 seconds and send the call again.\",\"action\":\"wait\",\"applied\":\"no\",\"requestId\":\"019ca945-0a00-7def-8123-456789abcdef\"}"},
		"linkedin": {problem.LinkedIn, "HTTP/1.1 503 Service Unavailable\r\nDate: Sun, 01 Mar 2026 12:00:00 GMT\r\nX-Content-Type-Options: nosniff\r\nContent-Type: application/json\r\nContent-Length: 332\r\nCandor-Problem: service_unavailable\r\nx-li-uuid: AZypRQoAfe+BI0VniavN7w==\r\nx-li-fabric: fabric\r\nx-li-request-id: 019ca9450a007def8123456789abcdef\r\nProxy-Status: candor; error=destination_unavailable\r\nRetry-After: 4\r\nCache-Control: no-store\r\nVary: Accept, Sec-Fetch-Mode\r\n\r\n" +
			"{\"status\":503,\"serviceErrorCode\":0,\"code\":\"SERVICE_UNAVAILABLE\",\"message\":\"The service is not available now: the API failed too often (connection broke), so calls are held back from it, for 1 s so far\",\"fix\":\"Wait 4 seconds and send the call again.\",\"action\":\"wait\",\"applied\":\"no\",\"requestId\":\"019ca945-0a00-7def-8123-456789abcdef\"}"},
	} {
		t.Run(name, func(t *testing.T) {
			engines(t, func(t *testing.T, portable bool) {
				p, o := breaking(portable), newChanging()
				p.API.Profile, p.Limits[0].N = c.profile, 6
				var mu sync.Mutex
				var told []upstream.BreakerChange
				p.Breaker = func(c upstream.BreakerChange) {
					mu.Lock()
					defer mu.Unlock()
					told = append(told, c)
				}
				h := p.started(t, o.origin)
				o.does(resetting)
				for range 4 {
					if a := h.once(t, h.get("/limited")); testkit.Field(a.head, "Candor-Problem") != "upstream_broke" {
						t.Fatalf("before: %q", a.head)
					}
				}
				p.Shift.Add(int64(1500 * time.Millisecond))
				o.does(says(noContent))
				for range 5 {
					a := h.once(t, h.get("/limited"))
					if diff := cmp.Diff(c.want, a.head+a.body); diff != "" {
						t.Fatalf("while it is open (-want +got):\n%s", diff)
					}
				}
				if n := o.calls.Load(); n != 4 {
					t.Errorf("the upstream has seen %d calls, want 4", n)
				}
				p.Shift.Add(int64(3500 * time.Millisecond))
				for range 2 { // as many as the quota has left: what was refused has not counted
					if a := h.once(t, h.get("/limited")); a.status != 204 {
						t.Fatalf("behind it: %q", a.head)
					}
				}
				if a := h.once(t, h.get("/limited")); testkit.Field(a.head, "Candor-Problem") != "throttled" {
					t.Errorf("beyond the quota: %q", a.head)
				}
				mu.Lock()
				defer mu.Unlock()
				for i := range told {
					told[i].Last, _, _ = strings.Cut(told[i].Last, ":") // what the system adds is its own
				}
				if diff := cmp.Diff([]upstream.BreakerChange{
					{State: upstream.BreakerOpen, Failed: 4, Calls: 4, Last: "connection broke", For: 5 * time.Second},
					{State: upstream.BreakerHalfOpen, For: 5 * time.Second},
					{State: upstream.BreakerClosed, For: 5 * time.Second},
				}, told); diff != "" {
					t.Errorf("told (-want +got):\n%s", diff)
				}
				const noted = `"note":"given a rest","detail":"breaker"`
				for _, line := range h.logged(t, 12) {
					if strings.Contains(line, `"status":503`) && (!strings.Contains(line, noted) || !strings.Contains(line, `"excerpt":"connection broke"`) || strings.Contains(line, `"upstream":`)) {
						t.Errorf("logged %s", line)
					}
				}
			})
		})
	}
}

// What says something against an upstream opens its breaker; what a caller can bring about alone does not.
func TestBreakerCounts(t *testing.T) {
	const get = "GET /public/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
	put := func(rest string) string { return "PUT /public/ HTTP/1.1\r\nHost: a\r\n" + rest }
	for name, c := range map[string]struct {
		act    func(c *net.TCPConn, r *bufio.Reader)
		call   string // "" get
		leaves bool   // once the call is there
		plan   func(*plan)
		why    string // "" it stays closed
	}{
		"500":                             {act: says("HTTP/1.1 500 \r\nContent-Length: 0\r\n\r\n")},
		"404":                             {act: says("HTTP/1.1 404 \r\nContent-Length: 0\r\n\r\n")},
		"429":                             {act: says("HTTP/1.1 429 \r\nContent-Length: 0\r\n\r\n")},
		"503":                             {act: says("HTTP/1.1 503 \r\nContent-Length: 0\r\n\r\n"), why: "status 503"},
		"503, which is none there":        {act: says("HTTP/1.1 503 \r\nContent-Length: 0\r\n\r\n"), plan: func(p *plan) { p.Spec.Breaker.Statuses = nil }},
		"503, wrapped":                    {act: says("HTTP/1.1 503 \r\nContent-Length: 0\r\n\r\n"), plan: func(p *plan) { p.Spec.Wrap = upstream.WrapAll }, why: "status 503"},
		"a reset":                         {act: resetting, why: "connection broke"},
		"an end":                          {act: func(c *net.TCPConn, _ *bufio.Reader) { _ = c.Close() }, why: "ended early"},
		"a reset of a body that was sent": {act: func(c *net.TCPConn, r *bufio.Reader) { _, _ = r.Discard(2); resetting(c, r) }, call: put("Content-Length: 2\r\n\r\nhi"), why: "connection broke"},
		"a reset before the body came":    {act: resetting, call: put("Content-Length: 200000\r\n\r\nhi")},
		"no HTTP":                         {act: says("hello\r\n\r\n"), why: "invalid answer"},
		"a cut answer": {act: func(c *net.TCPConn, r *bufio.Reader) {
			says("HTTP/1.1 200 \r\nContent-Length: 9\r\n\r\nok")(c, r)
			_ = c.Close()
		}, why: "ended early"},
		"wrong chunks": {act: says("HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\nno size\r\n"), why: "invalid answer"},
		"no answer":    {act: unanswering, plan: func(p *plan) { p.Stands, p.Spec.FirstByte = false, 20*time.Millisecond }, why: "first byte timed out"},
		"an answer that stops": {
			act: func(c *net.TCPConn, r *bufio.Reader) {
				says("HTTP/1.1 200 \r\nContent-Length: 9\r\n\r\nok")(c, r)
				unanswering(c, r)
			},
			plan: func(p *plan) { p.Stands, p.Spec.Gap = false, 20*time.Millisecond }, why: "gap in the answer timed out",
		},
		"a head that is too large for us": {act: says("HTTP/1.1 200 \r\nX: " + strings.Repeat("x", 70<<10) + "\r\n\r\n")},
		"a client that leaves":            {act: unanswering, leaves: true},
		"a body that does not come":       {act: unanswering, call: put("Content-Length: 9\r\n\r\nhi"), leaves: true},
	} {
		t.Run(name, func(t *testing.T) {
			p, o := breaking(false), newChanging()
			if c.plan != nil {
				c.plan(p)
			}
			p.Stands = p.Stands && !c.leaves // or nobody is seen to
			if c.call == "" {
				c.call = get
			}
			h := p.started(t, o.origin)
			o.does(c.act)
			for n := int64(1); n <= 6 && h.upstream.Breaker() == upstream.BreakerClosed; n++ {
				cl := h.dial(t)
				cl.send(c.call)
				switch {
				case c.leaves:
					testkit.Until(t, "at the upstream", func() bool { return o.calls.Load() >= n })
				case c.call == get:
					_, _ = io.Copy(io.Discard, cl.tcp)
				default: // the gateway waits for the rest of the body
					_, _ = cl.tcp.Read(make([]byte, 1))
				}
				_ = cl.tcp.Close()
				h.logged(t, int(n)) // it is over
			}
			if opened := h.upstream.Breaker() == upstream.BreakerOpen; opened != (c.why != "") {
				t.Fatalf("opened: %v", opened)
			}
			if c.why == "" {
				return
			}
			if n := o.calls.Load(); n != 4 {
				t.Errorf("opened by %d calls, want 4", n)
			}
			if a := h.once(t, get); testkit.Field(a.head, "Candor-Problem") != "service_unavailable" || !strings.Contains(a.body, "failed too often ("+c.why+")") {
				t.Errorf("refused as %q", a.body)
			}
		})
	}
}

// Nobody can be dialled: the first calls say so, the others are spared the attempt. An address is told to none of them.
func TestBreakerOfAnUpstreamThatIsNotThere(t *testing.T) {
	p := breaking(false)
	h := p.started(t, nowhere())
	for i := range 8 {
		a := h.once(t, h.get("/me"))
		want := "upstream_unreachable"
		if i >= 4 {
			want = "service_unavailable"
		}
		if got := testkit.Field(a.head, "Candor-Problem"); got != want || !strings.Contains(a.body, `"applied":"no"`) || strings.Contains(a.body, "127.0.0.1") {
			t.Errorf("call %d: %s, %s", i+1, got, a.body)
		}
	}
	if n := h.upstream.Stats().Dialled.Load(); n != 4 {
		t.Errorf("%d connections were tried, want 4", n)
	}
}

// A trial that fails is told, too, and the rest goes on; while it is under way the others are refused.
func TestBreakerTriesOneAtATime(t *testing.T) {
	p, o := breaking(false), newChanging()
	h := p.started(t, o.origin)
	o.does(resetting)
	for range 4 {
		h.once(t, h.get("/me"))
	}
	p.Shift.Add(int64(5 * time.Second))
	release := make(chan struct{})
	o.does(func(c *net.TCPConn, r *bufio.Reader) {
		<-release
		resetting(c, r)
	})
	trial := h.dial(t)
	trial.send(h.get("/me"))
	testkit.Until(t, "at the upstream", func() bool { return o.calls.Load() == 5 })
	for range 3 {
		if a := h.once(t, h.get("/me")); a.status != 503 || testkit.Field(a.head, "Retry-After") != "1" {
			t.Errorf("beside the trial: %q", a.head)
		}
	}
	close(release)
	if a := trial.read(); a.status != 502 {
		t.Errorf("the trial: %q", a.head)
	}
	if a := h.once(t, h.get("/me")); a.status != 503 || testkit.Field(a.head, "Retry-After") != "5" || !strings.Contains(a.body, "for 5 s so far") {
		t.Errorf("behind it: %q %s", a.head, a.body)
	}
	if n := o.calls.Load(); n != 5 {
		t.Errorf("%d calls were sent, want 5", n)
	}
}

// What an upstream knows goes on with the one that a reload puts in its place.
func TestShedsOnOverAReload(t *testing.T) {
	p, o := breaking(false), newChanging()
	p.Stands, p.Spec.InFlight = false, 1 // or nobody is seen to leave
	h := p.started(t, o.origin)
	o.does(unanswering)
	waits := h.dial(t)
	waits.send(h.get("/me"))
	testkit.Until(t, "at the upstream", func() bool { return o.calls.Load() == 1 })
	p.Spec.InFlight, p.Spec.Connect = 2, time.Second
	changed, err := upstream.New(p.Spec, *h.upstream.Limits(), h.clock, h.o.Buffers)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(changed.Close)
	changed.Follow(h.upstream)
	policy := *h.Policy()
	policy.Upstreams = []*upstream.Upstream{changed}
	h.SetPolicy(&policy)
	if n := changed.InFlight(); n != 1 {
		t.Errorf("%d in flight behind the reload, want the one of before", n)
	}
	second := h.dial(t)
	second.send(h.get("/me"))
	testkit.Until(t, "at the upstream", func() bool { return o.calls.Load() == 2 })
	if a := h.once(t, h.get("/me")); testkit.Field(a.head, "Candor-Problem") != "infrastructure_protection" {
		t.Errorf("the third: %q", a.head)
	}
	_, _ = waits.tcp.Close(), second.tcp.Close()
	testkit.Until(t, "none in flight", func() bool { return changed.InFlight() == 0 && h.upstream.InFlight() == 0 })
	o.does(resetting)
	for range 4 {
		h.once(t, h.get("/me"))
	}
	if changed.Breaker() != upstream.BreakerOpen || h.upstream.Breaker() != upstream.BreakerOpen {
		t.Errorf("%v, and %v before", changed.Breaker(), h.upstream.Breaker())
	}
	p.Spec.Targets = []string{"http://127.0.0.1:1"}
	other, err := upstream.New(p.Spec, *h.upstream.Limits(), h.clock, h.o.Buffers)
	if err != nil {
		t.Fatal(err)
	}
	other.Follow(changed)
	if other.Breaker() != upstream.BreakerClosed {
		t.Error("another target is not known by what became of this one")
	}
}
