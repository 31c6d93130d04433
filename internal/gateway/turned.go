package gateway

import (
	"context"
	"slices"
	"sync"

	"github.com/candor-gateway/candor/internal/downstream"
)

// maxTurned bounds the connections that are turned away with an answer at one time: each may take its time to ask, and to read.
const maxTurned = 128

// turned are the connections that are being turned away. Where there are too many the oldest, which has had its time, goes for the newest.
type turned struct {
	mu  sync.Mutex
	all []*downstream.Conn // in the order in which they came
	n   int                // of them and of those that were hurried and are not gone yet
}

// add reports whether the connection may be turned away with an answer.
func (t *turned) add(c *downstream.Conn) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.n >= 2*maxTurned {
		return false
	}
	if len(t.all) == maxTurned {
		t.all[0].Hurry()
		t.all = slices.Delete(t.all, 0, 1)
	}
	t.all, t.n = append(t.all, c), t.n+1
	return true
}

func (t *turned) remove(c *downstream.Conn) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.n--
	if i := slices.Index(t.all, c); i >= 0 {
		t.all = slices.Delete(t.all, i, i+1)
	}
}

func (g *Gateway) turnAway(ctx context.Context, c *downstream.Conn) {
	defer g.turned.remove(c)
	c.TurnAway(ctx)
}
