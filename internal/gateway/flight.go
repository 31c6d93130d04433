package gateway

import (
	"cmp"
	"context"
	"time"

	"github.com/candor-gateway/candor/httpcache"
	"github.com/candor-gateway/candor/internal/cache"
	"github.com/candor-gateway/candor/internal/downstream"
	"github.com/candor-gateway/candor/internal/upstream"
)

// mostAwaited is how long a call waits for what another one brings: its caller may read slowly. Then it goes by itself.
const mostAwaited = 10 * time.Second

// mayWait reports whether a call may have what another one brings: it asks for nothing newer than what is on its way.
func (c *cached) mayWait() bool {
	return c.keep.whole && !c.keep.asks.Has(httpcache.NoStore) && c.status.Forward != httpcache.CallersWish && c.status.Forward != httpcache.Miss &&
		!c.keep.asks.Has(httpcache.NoCache) && !c.keep.asks.Has(httpcache.MaxAge) && !c.keep.asks.Has(httpcache.MinFresh)
}

// await makes the call the one that brings the answer for all that ask the same, or waits for the one that does. It waits for one other at most: where that
// brings nothing that it may have it goes by itself, beside all others that waited.
func await(ctx context.Context, x *exchange) (downstream.After, bool) {
	c := x.cached
	flight, leads := x.g.flights.Join(flightOf(x))
	if leads {
		c.flight = flight
		return 0, false
	}
	if !waitFor(x, flight) {
		return x.endUpstream(failed, upstream.Fault{Cause: upstream.Cancelled}), true
	}
	e := landed(flight)
	x.g.flights.Land(flight, nil) // where it is not over nobody else is to wait for it
	if e == nil || !isVariant(x, e) {
		return 0, false
	}
	before := c.status.Forward
	c.entry = e
	_, now := x.g.now()
	if c.look(now); c.use.Verdict != httpcache.Fresh {
		return useStored(ctx, x, now)
	}
	c.status.Forward, c.status.Collapsed = before, true
	return answerStored(x, cache.Coalesced), true
}

// landed is what a flight has brought; nil: nothing, or it is not over.
func landed(f *cache.Flight) *cache.Entry {
	select {
	case <-f.Over():
		return f.Entry()
	default:
		return nil
	}
}

// waitFor waits for a flight, not for ever. It reports false where the client has left meanwhile.
func waitFor(x *exchange, f *cache.Flight) bool {
	gone := make(leaving, 1)
	limit := time.NewTimer(cmp.Or(x.g.o.Awaits, mostAwaited))
	defer limit.Stop()
	x.g.waiting.Add(1)
	defer x.g.waiting.Add(-1)
	wait := x.from.Wait()
	wait.On(gone, x.g.o.Clock.Mono())
	select {
	case <-f.Over():
	case <-gone:
	case <-limit.C:
	}
	return wait.Over()
}

// leaving is told once that the client has left. It has room for that.
type leaving chan struct{}

// Cancel is upstream.Watch's.
func (l leaving) Cancel() { l <- struct{}{} }

// piece copies a piece of the answer. Where it turns out that this is not kept nobody waits for it any longer.
func (c *cached) piece(x *exchange, data []byte) {
	if c.keep.piece(data); !c.keep.on {
		c.land(x, nil)
	}
}

// land lets those go on who wait for this call: with e, or by themselves.
func (c *cached) land(x *exchange, e *cache.Entry) {
	if c.flight != nil {
		x.g.flights.Land(c.flight, e)
		c.flight = nil
	}
}
