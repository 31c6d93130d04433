package gateway

import (
	"time"

	"github.com/candor-gateway/candor/internal/downstream"
)

// The sweep looks every 20 ms for clients that have gone while their call waited for its upstream: one goroutine for all, no timer a call.
const sweepEvery = 20 * time.Millisecond

func (g *Gateway) sweep() {
	t := time.NewTicker(sweepEvery)
	defer t.Stop()
	for {
		select {
		case <-g.stopped:
			return
		case <-t.C:
			if g.conns.open.Load() > 0 {
				g.giveUp(g.o.Clock.Mono())
			}
		}
	}
}

// giveUp gives up the waits whose client is gone.
func (g *Gateway) giveUp(now int64) {
	g.conns.each(func(c *downstream.Conn) { c.Watch(sweepEvery, now) })
}
