package gateway

import (
	"context"
	"time"

	"github.com/candor-gateway/candor/internal/clock"
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
				g.look(g.o.Clock.Mono())
			}
		}
	}
}

// look cancels the calls whose client is gone.
func (g *Gateway) look(now int64) {
	g.conns.each(func(c *conn) {
		if c.wait.longerThan(sweepEvery, now) && c.hasLeft() {
			c.wait.giveUp()
		}
	})
}

// Leave makes every answer from now on close its connection: the first half of a drain.
func (g *Gateway) Leave() { g.phase.CompareAndSwap(serving, leaving) }

// Drain closes idle connections, refuses calls whose head comes only now, and waits until the last call is over or ctx ends; then it resets what is left.
// The listeners must be closed before.
func (g *Gateway) Drain(ctx context.Context) error {
	g.phase.Store(finished)
	g.conns.each(func(c *conn) {
		if c.idle.Load() {
			_ = c.tcp.SetReadDeadline(clock.Passed())
		}
	})
	done := g.conns.done()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
	}
	g.conns.each(func(c *conn) {
		c.wait.giveUp()
		_ = c.tcp.SetLinger(0)
		_ = c.tcp.Close()
	})
	<-done
	return ctx.Err()
}

// Close ends the gateway's own goroutine, after Drain.
func (g *Gateway) Close() { close(g.stopped) }

// Connections is how many client connections are open.
func (g *Gateway) Connections() int64 { return g.conns.open.Load() }

// Held is how many bytes of bodies are held.
func (g *Gateway) Held() int64 { return g.held.Load() }
