package gateway

import (
	"context"
	"time"

	"github.com/candor-gateway/candor/internal/downstream"
)

// How long Settle leaves connections alone: between two calls, and before the first, which may still be on its way. Where all that are left are busy, it waits
// settleBusy for those whose call is not admitted: most are about to be, but the end of a refused upload is waited for, too. It looks again after settleEvery.
const (
	settleIdle   = time.Second
	settleSilent = 2 * time.Second
	settleBusy   = time.Second
	settleEvery  = 10 * time.Millisecond
)

// Settle waits after Leave until no connection can bring another call, or ctx ends: each call is its connection's last, and those that have waited for one
// long enough are closed in order. A client that is about to speak is not met by a close. The listeners must accept nothing any more. admitted is how many calls
// were admitted and are not over: when the connections that are left are theirs, nothing is counted here any more.
func (g *Gateway) Settle(ctx context.Context, admitted func() int64) {
	t := time.NewTicker(settleEvery)
	defer t.Stop()
	busy := g.o.Clock.Mono() // since when all are
	for g.conns.open.Load() > admitted() {
		now := g.o.Clock.Mono()
		if g.settle(now) {
			busy = now
		}
		if now-busy >= int64(settleBusy) || ctx.Err() != nil {
			return
		}
		<-t.C
	}
}

// settle closes what has waited long enough at now, and reports whether something waits.
func (g *Gateway) settle(now int64) (waits bool) {
	g.conns.each(func(c *downstream.Conn) {
		is, since := c.Spare()
		waits = waits || is != downstream.Busy
		if is == downstream.Idle && now-since >= int64(settleIdle) || is == downstream.Silent && now-since >= int64(settleSilent) {
			c.MakeRoom(since)
		}
	})
	return waits
}
