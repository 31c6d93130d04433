package portal

import (
	"net/netip"
	"sync"
	"time"

	"github.com/candor-gateway/candor/internal/account"
)

const (
	begunMost    = 200    // sessions that a network may begin within an hour without a sign-in
	networksMost = 50_000 // that are counted; of more none is refused, and the store's own bound holds
)

// paces count who begins sessions, so that nobody pushes out those of others.
type paces struct {
	mu    sync.Mutex
	hour  int64
	begun map[netip.Prefix]int
}

// take counts one session, and reports whether it may be.
func (p *paces) take(network netip.Prefix, now time.Time) bool {
	if !network.IsValid() {
		return true
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if hour := now.Unix() / 3600; hour != p.hour || p.begun == nil {
		p.hour, p.begun = hour, make(map[netip.Prefix]int)
	}
	n, counted := p.begun[network]
	switch {
	case n >= begunMost:
		return false
	case !counted && len(p.begun) >= networksMost:
		return true
	}
	p.begun[network] = n + 1
	return true
}

// room makes sure that what is kept for this request has a session.
func (v *visit) room() error {
	if v.is || v.changed {
		return nil
	}
	if !v.sessions.paces.take(account.NetworkOf(v.from), v.now) {
		return ErrTooMany
	}
	return nil
}
