package gateway

import (
	"math"
	"sync"
	"sync/atomic"

	"github.com/candor-gateway/candor/internal/tunnel"
)

// tunnels is the calls that have switched their connections, and those that ask for it. Only they touch it.
type tunnels struct {
	mu    sync.Mutex
	taken int // places, of both
	open  map[*passage]struct{}
	n     atomic.Int64 // in open
	next  atomic.Int64 // unix ns at which the first of them ends with its token; at the most, none does
	heard atomic.Uint64
}

// enter takes a place, if there is one; 0: there is always one. leave gives it back.
func (t *tunnels) enter(most int) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if most > 0 && t.taken >= most {
		return false
	}
	t.taken++
	return true
}

func (t *tunnels) leave() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.taken--
}

// add notes that p, which has a place, has switched its connection.
func (t *tunnels) add(p *passage) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.open == nil {
		t.open = map[*passage]struct{}{}
	}
	t.open[p] = struct{}{}
	t.n.Store(int64(len(t.open)))
	t.due()
	if !p.standing.Stands() { // taken back while the handshake was under way, before anybody could look here
		p.tunnel.End(tunnel.Gateway, tunnel.Revoked)
	}
}

// remove gives its place back, too.
func (t *tunnels) remove(p *passage) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.open, p)
	t.n.Store(int64(len(t.open)))
	t.taken--
}

// due notes when the first of them ends with its token.
func (t *tunnels) due() {
	next := int64(math.MaxInt64)
	for p := range t.open {
		if p.ends > 0 {
			next = min(next, p.ends)
		}
	}
	t.next.Store(next)
}

// look ends those whose token was taken back or has ended by now (unix ns). It asks each of them only where that may be so.
func (t *tunnels) look(news uint64, now int64) {
	if t.n.Load() == 0 || t.heard.Swap(news) == news && now < t.next.Load() {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for p := range t.open {
		switch {
		case !p.standing.Stands():
			p.tunnel.End(tunnel.Gateway, tunnel.Revoked)
		case p.ends > 0 && now >= p.ends:
			p.tunnel.End(tunnel.Gateway, tunnel.Expired)
			p.ends = 0
		}
	}
	t.due()
}

// drain ends them all.
func (t *tunnels) drain() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for p := range t.open {
		p.tunnel.End(tunnel.Gateway, tunnel.Drained)
	}
}

// Upgrades is how many connections are open that were switched to another protocol.
func (g *Gateway) Upgrades() int64 { return g.tunnels.n.Load() }

// lookAtTunnels is the sweep's part in them.
func (g *Gateway) lookAtTunnels() {
	if g.tunnels.n.Load() == 0 {
		return
	}
	_, now := g.now()
	g.tunnels.look(g.policy.Load().Admission.Tokens.News(), now)
}
