// Package gateway is the API listener: calls come in by downstream, are judged by admission, go out by upstream, and their answers go back. Open serve.go first.
package gateway

import (
	"hash/maphash"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/candor-gateway/candor/internal/accesslog"
	"github.com/candor-gateway/candor/internal/buffer"
	"github.com/candor-gateway/candor/internal/cache"
	"github.com/candor-gateway/candor/internal/callid"
	"github.com/candor-gateway/candor/internal/clock"
	"github.com/candor-gateway/candor/internal/downstream"
	"github.com/candor-gateway/candor/internal/heads"
	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/internal/tally"
	"github.com/candor-gateway/candor/internal/usage"
)

// Times are the time limits towards clients.
type Times = downstream.Times

// Options shape a Gateway. Clock and Buffers are shared with the upstreams.
type Options struct {
	Clock   *clock.Clock
	Buffers *buffer.Lender
	Log     *slog.Logger
	Access  *accesslog.Log // nil: no access log
	Sink    Sink           // nil: nobody looks on, and nothing is copied
	Tally   *tally.Calls   // nil: not counted
	Usage   *usage.Counts  // nil: nobody asks what apps did
	// Recorder keeps what happened to calls; nil: nobody does.
	Recorder Recorder
	// Debug knows the calls that ask to be recorded whole; nil: none may.
	Debug *requestlog.Debug
	// Cache keeps answers for other calls, of routes that say so; nil: none are kept.
	Cache *cache.Store
	// Awaits is how long a call waits for what another one brings for both, at most; 0: 10 s.
	Awaits time.Duration
	// Now and NewID make exact answers for tests; nil: the clock's time, a random UUIDv7.
	Now   func() int64
	NewID func(unixMilli int64) callid.ID
	// Stage fails calls on purpose: the sandbox's one seam, nil in production.
	Stage Stage
	// Random spreads the waits before calls are sent again; nil: the runtime's generator.
	Random func() uint64
	// Connections bounds the connections of the process, PerAddress those of one client address (IPv6: one /64); 0: no bound.
	Connections, PerAddress int
	// Portable uses the plain loop where a faster one exists, too: both pass the same tests.
	Portable bool
}

// Gateway serves calls on its listeners. All methods are safe for concurrent use.
type Gateway struct {
	o       Options
	policy  atomic.Pointer[Policy]
	dates   heads.Dates
	side    downstream.Side
	conns   registry
	phase   atomic.Int32  // a downstream.Phase
	numbers atomic.Uint32 // of connections
	held    held
	turned  turned
	knocks  knocks
	tunnels tunnels
	flights cache.Flights
	besides besides
	resting resting
	waiting atomic.Int64 // calls that wait for what another one brings
	stopped chan struct{}

	followed atomic.Bool // another process serves on the same sockets once this one does not

	exchanges sync.Pool // of *exchange
}

// New makes a gateway under policy p. Close ends its goroutines.
func New(p *Policy, o Options) *Gateway {
	g := &Gateway{o: o, stopped: make(chan struct{})}
	g.held.seed = maphash.MakeSeed()
	g.side.Clock, g.side.Buffers, g.side.Portable = o.Clock, o.Buffers, o.Portable
	g.policy.Store(p)
	g.conns.init(o)
	go g.sweep()
	go g.tidy()
	return g
}

// SetPolicy makes p the policy of every call whose head comes from now on.
func (g *Gateway) SetPolicy(p *Policy) { g.policy.Store(p) }

// SetBounds changes how many connections the process and one client address may have; 0: no bound.
func (g *Gateway) SetBounds(connections, perAddress int) { g.conns.bound(connections, perAddress) }

// Policy is the present policy.
func (g *Gateway) Policy() *Policy { return g.policy.Load() }

// Connections is how many client connections are open.
func (g *Gateway) Connections() int64 { return g.conns.open.Load() }

// MadeRoom is how many connections were closed to make room for others.
func (g *Gateway) MadeRoom() int64 { return g.conns.asked.Load() }

// Refused is how many connections were turned away.
func (g *Gateway) Refused() int64 { return g.conns.refused.Load() }

// Ungreeted is how many connections were closed since they did not begin with a PROXY header, where they have to.
func (g *Gateway) Ungreeted() int64 { return g.conns.ungreeted.Load() }

// Held is how many bytes calls hold, of bodies that are checked and of large heads.
func (g *Gateway) Held() int64 { return g.held.total.Load() }

// random is a number to draw waits by.
func (g *Gateway) random() uint64 {
	if g.o.Random != nil {
		return g.o.Random()
	}
	return rand.Uint64() //nolint:gosec // a wait is no secret
}

// now is one reading of the clock: mono ns for limits, unix ns for everything that is said.
func (g *Gateway) now() (mono, unix int64) {
	mono, unix = g.o.Clock.Now()
	if g.o.Now != nil {
		unix = g.o.Now()
	}
	return mono, unix
}
