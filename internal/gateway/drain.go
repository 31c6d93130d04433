package gateway

import (
	"context"

	"github.com/candor-gateway/candor/internal/downstream"
)

// Phase is how far the gateway's life has come.
func (g *Gateway) Phase() downstream.Phase { return downstream.Phase(g.phase.Load()) }

// Leave makes every answer from now on close its connection: the first half of a drain.
func (g *Gateway) Leave() {
	g.phase.CompareAndSwap(int32(downstream.Serving), int32(downstream.Leaving))
}

// LeaveTo is Leave where another process is about to serve on the same sockets: who asks is told that calls are taken.
func (g *Gateway) LeaveTo() {
	g.followed.Store(true)
	g.Leave()
}

// Return serves on after Leave, LeaveTo or Finish.
func (g *Gateway) Return() {
	g.phase.Store(int32(downstream.Serving))
	g.resting.set(false)
	g.followed.Store(false)
}

// ready reports whether calls are taken, here or by the next process on the same sockets.
func (g *Gateway) ready() bool { return g.followed.Load() || g.Phase() == downstream.Serving }

// Finish closes idle connections, and refuses calls whose head comes only now. No call that has failed is sent again.
func (g *Gateway) Finish() {
	g.phase.Store(int32(downstream.Finished))
	g.resting.set(true)
	g.conns.each((*downstream.Conn).WakeIdle)
}

// Drain closes idle connections, refuses calls whose head comes only now, and waits until the last call is over or ctx ends; then it resets what is left, and
// returns ctx's error if a call was among that. The listeners must be closed before.
func (g *Gateway) Drain(ctx context.Context) error {
	g.Finish()
	done := g.conns.done()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
	}
	g.tunnels.drain() // they have no end of their own that could be waited for
	broken := false
	g.conns.each(func(c *downstream.Conn) {
		if c.Switched() {
			return
		}
		is, _ := c.Spare()
		broken = broken || is == downstream.Busy
		c.Break()
	})
	<-done
	if !broken {
		return nil
	}
	return ctx.Err()
}

// Close ends the gateway's own goroutines, after Drain.
func (g *Gateway) Close() {
	close(g.stopped)
	g.besides.close()
	g.side.Close()
}
