package gateway

import (
	"log/slog"
	"net/netip"
	"sync"
	"sync/atomic"

	"github.com/candor-gateway/candor/internal/downstream"
)

// registry is the connections that are open. It is asked at accept and close; never by a call.
type registry struct {
	total, perAddress int
	open              atomic.Int64
	asked             atomic.Int64 // to make room, since the start
	refused           atomic.Int64 // since the start
	ungreeted         atomic.Int64 // the same, for want of a PROXY header

	log *slog.Logger

	making sync.Mutex // held by who makes room

	mu     sync.Mutex
	all    map[*downstream.Conn]bool // whether it was asked to leave
	from   map[netip.Addr]int        // of each network
	left   int                       // asked to leave, and still here
	vain   int64                     // mono ns before which nobody can be asked to leave
	tellAt int64                     // mono ns before which the log is not told again that all places are taken
	empty  chan struct{}             // closed while no connection is open and somebody waits
}

func (r *registry) init(o Options) {
	r.total, r.perAddress, r.log = o.Connections, o.PerAddress, o.Log
	r.all, r.from = map[*downstream.Conn]bool{}, map[netip.Addr]int{}
}

// bound changes how many connections there may be; those that are open stay.
func (r *registry) bound(total, perAddress int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.total, r.perAddress = total, perAddress
}

// network is who shares a bound: an IPv4 address, or an IPv6 /64, which one customer has alone.
func network(addr netip.Addr) netip.Addr {
	if addr.Is4() {
		return addr
	}
	p, err := addr.Prefix(64)
	if err != nil {
		return addr
	}
	return p.Addr()
}

// add reports whether there is room for the connection at now (mono ns), or was made. One for many is not bound to what an address may have.
func (r *registry) add(c *downstream.Conn, now int64, forMany bool) bool {
	ok, full := r.enter(c, forMany)
	if full && r.makeRoom(now) {
		ok, _ = r.enter(c, forMany)
	}
	if !ok {
		r.refused.Add(1)
	}
	return ok
}

// enter adds the connection if there is room. full says that there is none for anybody.
func (r *registry) enter(c *downstream.Conn, forMany bool) (ok, full bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	from := network(c.Peer().Addr)
	if r.perAddress > 0 && !forMany && r.from[from] >= r.perAddress {
		return false, false
	}
	if r.full() {
		return false, true
	}
	r.all[c] = false
	r.from[from]++
	r.open.Store(int64(len(r.all)))
	return true, false
}

// full reports whether all places are taken. Those who were asked to leave are gone in a moment: each of them makes place for one.
func (r *registry) full() bool {
	return r.total > 0 && len(r.all)-min(r.left, r.above()) >= r.total
}

func (r *registry) remove(c *downstream.Conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	asked, ok := r.all[c]
	if !ok {
		return
	}
	delete(r.all, c)
	if asked {
		r.left--
	}
	from := network(c.Peer().Addr)
	if r.from[from]--; r.from[from] <= 0 {
		delete(r.from, from)
	}
	r.open.Store(int64(len(r.all)))
	if len(r.all) == 0 && r.empty != nil {
		close(r.empty)
		r.empty = nil
	}
}

// each calls f for every open connection. f must not block.
func (r *registry) each(f func(*downstream.Conn)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for c := range r.all {
		f(c)
	}
}

// done is closed once no connection is open.
func (r *registry) done() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.all) == 0 {
		closed := make(chan struct{})
		close(closed)
		return closed
	}
	if r.empty == nil {
		r.empty = make(chan struct{})
	}
	return r.empty
}
