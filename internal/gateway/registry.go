package gateway

import (
	"net/netip"
	"sync"
	"sync/atomic"

	"github.com/candor-gateway/candor/internal/downstream"
)

// registry is the connections that are open. It is asked at accept and close, and by the sweep; never by a call.
type registry struct {
	total, perAddress int
	open              atomic.Int64

	mu    sync.Mutex
	all   map[*downstream.Conn]struct{}
	from  map[netip.Addr]int
	empty chan struct{} // closed while no connection is open and somebody waits
}

func (r *registry) init(o Options) {
	r.total, r.perAddress = o.Connections, o.PerAddress
	r.all, r.from = map[*downstream.Conn]struct{}{}, map[netip.Addr]int{}
}

// bound changes how many connections there may be; those that are open stay.
func (r *registry) bound(total, perAddress int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.total, r.perAddress = total, perAddress
	clear(r.from)
	if perAddress == 0 {
		return
	}
	for c := range r.all {
		r.from[c.Peer().Addr]++
	}
}

// add reports whether there is room for the connection.
func (r *registry) add(c *downstream.Conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.total > 0 && len(r.all) >= r.total || r.perAddress > 0 && r.from[c.Peer().Addr] >= r.perAddress {
		return false
	}
	r.all[c] = struct{}{}
	if r.perAddress > 0 {
		r.from[c.Peer().Addr]++
	}
	r.open.Store(int64(len(r.all)))
	return true
}

func (r *registry) remove(c *downstream.Conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.all[c]; !ok {
		return
	}
	delete(r.all, c)
	if r.perAddress > 0 {
		if r.from[c.Peer().Addr]--; r.from[c.Peer().Addr] <= 0 {
			delete(r.from, c.Peer().Addr)
		}
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
