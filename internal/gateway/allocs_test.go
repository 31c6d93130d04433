package gateway

import (
	"bufio"
	"io"
	"net"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/downstream"
	"github.com/candor-gateway/candor/internal/forwarded"
	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/internal/upstream"
	"github.com/candor-gateway/candor/internal/usage"
	"github.com/candor-gateway/candor/retry"
)

// echoer is an origin that reads calls of one known length and answers each with the same bytes: it allocates nothing.
func echoer(answer string) *origin {
	return acting(func(c *net.TCPConn, _ *bufio.Reader) {
		in, out := make([]byte, 64<<10), []byte(answer)
		for {
			n := 0
			for n < 4 || string(in[n-4:n]) != "\r\n\r\n" {
				m, err := c.Read(in[n:])
				if err != nil {
					return
				}
				n += m
			}
			if _, err := c.Write(out); err != nil {
				return
			}
		}
	})
}

// repeated is a call that is sent again and again on one connection; its answer has a known length.
type repeated struct {
	c       *client
	in, out []byte
}

func (h *house) repeat(tb testing.TB, in string) *repeated {
	tb.Helper()
	r := &repeated{c: h.dial(tb), in: []byte(in)}
	r.c.send(in)
	first := r.c.read()
	r.out = make([]byte, len(first.head)+len(first.body))
	return r
}

func (r *repeated) once(tb testing.TB) {
	tb.Helper()
	if _, err := r.c.tcp.Write(r.in); err != nil {
		tb.Fatal(err)
	}
	if _, err := io.ReadFull(r.c.tcp, r.out); err != nil {
		tb.Fatal(err)
	}
}

// kilobyte is an answer with a body of 1 KiB.
var kilobyte = "HTTP/1.1 200 OK\r\nServer: origin\r\nContent-Type: application/json\r\nContent-Length: 1024\r\n\r\n" + strings.Repeat("x", 1024)

// lasting is the same for the store.
var lasting = strings.Replace(kilobyte, "\r\n\r\n", "\r\nCache-Control: max-age=1000000\r\nETag: \"v1\"\r\nVary: Accept-Language, Accept-Encoding\r\n\r\n", 1)

// calls are those that the pins and benchmarks are about.
func (h *stage) samples() map[string]string {
	return map[string]string{
		"refuse":  "GET /me HTTP/1.1\r\nHost: a.example\r\nUser-Agent: test\r\nAccept: */*\r\n\r\n",
		"forward": h.get("/limited", "User-Agent: test", "Accept: */*", "X-Request-Id: mine-1"),
		"public":  "GET /public/x HTTP/1.1\r\nHost: a.example\r\n\r\n",
		"proxied": "GET /public/x HTTP/1.1\r\nHost: a.example\r\nForwarded: for=x\r\nX-Forwarded-For: x, y\r\nX-Forwarded-Proto: https\r\n\r\n",
	}
}

func perfPlan(portable bool) *plan {
	p := newPlan()
	p.Options.Portable, p.Sink = portable, io.Discard
	p.Limits[0].N = 1_000_000_000
	return p
}

// A call on kept connections allocates nothing, refused or forwarded, on either loop, from its first byte to its line in the access log, recorded or not. What is allowed is the
// runtime's own: timers, and pools that a collection has emptied.
func TestAllocations(t *testing.T) {
	const calls = 2000
	engines(t, func(t *testing.T, portable bool) {
		settle := func(int) []*requestlog.Record { return nil }
		pin := func(h *house, name, in string) {
			t.Run(name, func(t *testing.T) {
				r := h.repeat(t, in)
				for range 100 {
					r.once(t)
				}
				settle(0) // what is recorded of the first calls is none of theirs
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				for range calls {
					r.once(t)
				}
				runtime.ReadMemStats(&after)
				if n := after.Mallocs - before.Mallocs; n > calls*allowance/100 {
					t.Errorf("%d allocations and %d bytes in %d calls", n, after.TotalAlloc-before.TotalAlloc, calls)
				}
			})
		}
		p := perfPlan(portable)
		settle = p.recorded(t, requestlog.Options{}, requestlog.Settings{Detail: 1})
		h := p.open(t, echoer(kilobyte))
		for name, in := range h.samples() {
			pin(h, name, in)
		}
		p = perfPlan(portable)
		p.Options.Recorder = newLending()
		h = p.open(t, echoer(kilobyte))
		for name, in := range h.samples() {
			pin(h, "handed over: "+name, in)
		}
		p = perfPlan(portable)
		p.Options.Debug = requestlog.NewDebug([32]byte{1})
		p.Options.Debug.Mint(time.Now().Add(time.Hour))
		h = p.open(t, echoer(kilobyte))
		for name, in := range h.samples() {
			pin(h, "while a call may be debugged: "+name, in)
		}
		p = perfPlan(portable)
		p.Options.Usage = usage.New()
		h = p.open(t, echoer(kilobyte))
		for name, in := range h.samples() {
			pin(h, "counted: "+name, in)
		}
		p = perfPlan(portable)
		p.Options.Now = func() int64 { return noon.UnixNano() }
		p.cache(route.CachePerPrincipal)
		h = p.open(t, echoer(lasting))
		for name, in := range h.samples() {
			pin(h, "stored: "+name, in)
		}
		pin(h, "stored, one of its variants", h.get("/limited", "Accept-Language: de", "Accept-Encoding: gzip, br"))
		pin(h, "stored, not modified", h.get("/limited", `If-None-Match: "v1"`))
		p = perfPlan(portable)
		p.Spec.InFlight, p.Spec.Breaker = 100, &upstream.BreakerSpec{Failures: 50, Of: 20, Within: time.Second, Open: time.Second, Statuses: []int{503}}
		h = p.open(t, echoer(kilobyte))
		for name, in := range h.samples() {
			pin(h, "bounded, and with a breaker: "+name, in)
		}
		for source, field := range map[forwarded.Source]string{
			forwarded.XForwardedFor: "X-Forwarded-For: 198.51.100.1, 203.0.113.5", forwarded.XRealIP: "X-Forwarded-For: 203.0.113.5\r\nX-Real-IP: 203.0.113.5",
			forwarded.Forwarded: "Forwarded: for=198.51.100.1, for=\"[2001:db8::1]:80\";proto=https",
		} {
			p = perfPlan(portable)
			p.Front = local(source, downstream.Ungreeting)
			b := p.open(t, echoer(kilobyte))
			pin(b, "behind a balancer: "+field, b.get("/limited", field))
		}
		p = perfPlan(portable)
		for i := range p.API.Routes {
			p.API.Routes[i].Retry = new(retry.Usual())
		}
		h = p.open(t, echoer(kilobyte))
		for name, in := range h.samples() {
			pin(h, "tried again, if it failed: "+name, in)
		}
		p = untouched()
		p.Options.Portable, p.Sink = portable, io.Discard
		pin(p.open(t, echoer(kilobyte)), "untouched", "GET /%zz HTTP/1.1\r\nHost: a.example\r\nX-Forwarded-For: x\r\nAuthorization: Bearer x\r\n\r\n")
	})
}
