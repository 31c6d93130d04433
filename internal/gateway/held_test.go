package gateway

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/candor-gateway/candor/internal/testkit"
)

const least48 = 48 << 10 // what a head beyond 16 KiB takes

func jsonCall(n int) string {
	return fmt.Sprintf("POST /json HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", n, `"`+strings.Repeat("x", n-2)+`"`)
}

func largeHead() string {
	return "GET /public/ HTTP/1.1\r\nHost: a\r\nX-Large: " + strings.Repeat("x", 20_000)
}

// While more than half is in use no one address has more than its share: what it keeps unfinished refuses its own calls, and nobody else's.
func TestShareOfWhatIsHeld(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		for name, c := range map[string]struct {
			proxies  []netip.Prefix
			own      int // status of what the same address sends
			anothers int
		}{
			"a client":   {own: 503, anothers: 204},
			"a balancer": {proxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, own: 204, anothers: 204},
		} {
			t.Run(name, func(t *testing.T) {
				p := newPlan()
				p.Options.Portable, p.Bodies, p.Front.Proxies = portable, 8000, c.proxies
				h := p.open(t, answering("HTTP/1.1 204 \r\n\r\n"))
				for range 4 {
					h.dial(t).send(strings.TrimSuffix(jsonCall(1001), `"`))
				}
				testkit.Until(t, "held", func() bool { return h.Held() == 4000 })
				own := h.dial(t)
				own.send(jsonCall(500))
				if got := own.read(); got.status != c.own || c.own == 503 && (testkit.Field(got.head, "Retry-After") != "1" || !strings.Contains(got.body, "memory")) {
					t.Errorf("the same address: got %q %q", got.head, got.body)
				}
				testkit.Until(t, "given back", func() bool { return h.Held() == 4000 })
				another := dialFrom(t, h.plain, "127.0.0.2")
				another.send(jsonCall(3000)) // more than a share, in one call
				if got := another.read(); got.status != c.anothers {
					t.Errorf("another: got %q %q", got.head, got.body)
				}
			})
		}
	})
}

// A head that outgrows its first buffer counts, from its growth until it is given back.
func TestHeadsThatAreHeld(t *testing.T) {
	engines(t, func(t *testing.T, portable bool) {
		for over, dial := range map[string]func(*house, testing.TB) *client{"plain": (*house).dial, "TLS": (*house).dialTLS} {
			t.Run(over, func(t *testing.T) {
				p := newPlan()
				p.Options.Portable, p.Bodies = portable, 128<<10
				h := p.open(t, answering("HTTP/1.1 204 \r\n\r\n"))
				slow := dial(h, t)
				slow.send(largeHead())
				testkit.Until(t, "held", func() bool { return h.Held() == least48 })
				second := dial(h, t)
				second.send(largeHead())
				if got := second.read(); got.status != 503 || testkit.Field(got.head, "Retry-After") != "1" || testkit.Field(got.head, "Connection") != "close" || !strings.Contains(got.body, "memory") {
					t.Errorf("got %q %q", got.head, got.body)
				}
				small := dial(h, t)
				small.gets204(h) // what holds nothing is never refused
				another := dialFrom(t, h.plain, "127.0.0.2")
				another.send(largeHead() + "\r\n\r\n")
				if got := another.read(); got.status != 204 {
					t.Errorf("another: got %q %q", got.head, got.body)
				}
				slow.send("\r\n\r\n")
				if got := slow.read(); got.status != 204 {
					t.Errorf("got %q %q", got.head, got.body)
				}
				for _, c := range []*client{slow, another} {
					_ = c.tcp.Close()
				}
				testkit.Until(t, "given back", func() bool { return h.Held() == 0 })
			})
		}
	})
}

func TestHoldAllocatesNothing(t *testing.T) {
	s := newPlan().build(t)
	l, from := &Listener{}, netip.MustParseAddr("2001:db8::1")
	if n := testing.AllocsPerRun(100, func() {
		if s.hold(s.Policy(), l, from, 100, 0) {
			s.held.give(from, 100)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
