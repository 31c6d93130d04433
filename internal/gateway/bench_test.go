package gateway

import (
	"io"
	"net/netip"
	"testing"

	"github.com/candor-gateway/candor/internal/accesslog"
	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/downstream"
	"github.com/candor-gateway/candor/internal/heads"
	"github.com/candor-gateway/candor/internal/http1"
	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/internal/upstream"
)

// BenchmarkCalls is whole calls over loopback on one connection: refused, and forwarded to an origin in this process that answers 1 KiB, with all of
// admission and without (public). Client and origin share the cores with the gateway.
func BenchmarkCalls(b *testing.B) {
	for name, portable := range map[string]bool{"fast": false, "portable": true} {
		h := perfPlan(portable).open(b, echoer(kilobyte))
		for kind, in := range h.samples() {
			b.Run(kind+"/"+name, func(b *testing.B) {
				r := h.repeat(b, in)
				b.ReportAllocs()
				for b.Loop() {
					r.once(b)
				}
			})
		}
	}
}

// mute is a still call whose answer is dropped.
type mute struct{ *still }

func (mute) Answer(_, _ []byte) bool { return true }

func (mute) Counts() (in, out int64) { return 100, 1000 }

func (mute) Began() int64 { return 0 }

func (mute) Err() error { return nil }

func (mute) Body() downstream.Body { return bodiless{} }

type bodiless struct{ downstream.Body }

func (bodiless) Taken() int64 { return 0 }

// BenchmarkRefusal is all of a refused call but its parsing and its sockets: the verdict, the answer, and the line in the log; and what it costs more where failed calls
// are recorded, of which nearly all are only counted.
func BenchmarkRefusal(b *testing.B) {
	for name, to := range map[string]Recorder{"alone": nil, "counted": counting{}, "recorded": newLending()} {
		b.Run(name, func(b *testing.B) { benchRefusal(b, to) })
	}
}

// counting wants nothing.
type counting struct{}

func (counting) Failed(uint32, uint8, int64) *requestlog.Call        { return nil }
func (counting) Good(uint32, uint32, uint64, int64) *requestlog.Call { return nil }
func (counting) Debugged(bool) *requestlog.Call                      { return nil }
func (counting) Keep(*requestlog.Call)                               {}

func benchRefusal(b *testing.B, to Recorder) {
	b.Helper()
	p := perfPlan(false)
	p.Options.Recorder = to
	p.Options.Access = accesslog.New(io.Discard, accesslog.Options{})
	defer p.Options.Access.Close()
	s := p.build(b)
	raw := s.samples()["refuse"]
	c := mute{newStill(raw, downstream.Peer{Addr: netip.MustParseAddr("192.0.2.7"), Number: 1}, s.Policy().heads(false))}
	l := &Listener{Name: "listener"}
	b.ReportAllocs()
	for b.Loop() {
		x := s.lend(c, l)
		s.serve(b.Context(), x, downstream.Fault{})
		x.giveBack()
	}
}

// BenchmarkHeads is the heads of a forwarded call alone: that for the upstream and that for the client.
func BenchmarkHeads(b *testing.B) {
	s := perfPlan(false).build(b)
	x := s.admitted(b, s.samples()["forward"], "192.0.2.7", false)
	defer x.call.Done(admission.Unsent)
	up := &upstream.Conn{}
	lim := http1.ResponseDefaults()
	if f := http1.ParseResponse([]byte(kilobyte), &lim, false, false, &up.Head); f.Kind != http1.OK {
		b.Fatal(f.Kind)
	}
	out := make([]byte, 0, 4096)
	b.Run("request", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			to := targetOf(s.upstream, x.from.Peer(), &nothing)
			out = x.heads().AppendRequest(out[:0], &to, heads.NoBody)
		}
	})
	b.Run("answer", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			out = x.heads().AppendPassed(out[:0], &up.Head)
		}
	})
}
