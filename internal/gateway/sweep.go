package gateway

import "time"

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
			g.side.Sweep(sweepEvery)
			g.lookAtTunnels()
		}
	}
}
