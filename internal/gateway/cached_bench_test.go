package gateway

import (
	"io"
	"net/netip"
	"testing"

	"github.com/candor-gateway/candor/internal/accesslog"
	"github.com/candor-gateway/candor/internal/downstream"
	"github.com/candor-gateway/candor/internal/route"
)

// BenchmarkHit is all of a call that is answered from the store but its parsing and its sockets, beside a refused one on the same stage: a hit is to cost less than
// one and a half of those.
func BenchmarkHit(b *testing.B) {
	p := perfPlan(false)
	p.Options.Now = func() int64 { return noon.UnixNano() }
	p.cache(route.CachePerPrincipal)
	h := p.open(b, echoer(lasting))
	calls := h.samples()
	h.repeat(b, calls["forward"]) // which stores it
	h.repeat(b, calls["public"])
	h.o.Access = accesslog.New(io.Discard, accesslog.Options{})
	defer h.o.Access.Close()
	for _, kind := range []string{"refuse", "public", "forward"} {
		b.Run(kind, func(b *testing.B) {
			c := taken{mute{newStill(calls[kind], downstream.Peer{Addr: netip.MustParseAddr("192.0.2.7"), Number: 1}, h.Policy().heads(false))}}
			l := &Listener{Name: "listener"}
			b.ReportAllocs()
			for b.Loop() {
				x := h.lend(c, l)
				h.serve(b.Context(), x, downstream.Fault{})
				x.giveBack()
			}
		})
	}
}

// taken is a mute call that takes an answer that is passed on, too.
type taken struct{ mute }

func (taken) Body() downstream.Body { return none{} }

func (taken) Begin([]byte, downstream.Framing, bool) {}

func (taken) Piece([]byte) {}

func (taken) Flush() bool { return true }

func (taken) End([]byte) bool { return true }

func (taken) Written() bool { return false }

// none is the body of a GET.
type none struct{ bodiless }

func (none) Limit(int64) {}

func (none) Ended() bool { return true }
