package gateway

import (
	"net/netip"
	"sync"
	"sync/atomic"
)

// registry is the connections that are open. It is asked at accept and close, and by the sweep; never by a call.
type registry struct {
	total, perAddress int
	open              atomic.Int64

	mu    sync.Mutex
	all   map[*conn]struct{}
	from  map[netip.Addr]int
	empty chan struct{} // closed while no connection is open and somebody waits
}

func (r *registry) init(o Options) {
	r.total, r.perAddress = o.Connections, o.PerAddress
	r.all, r.from = map[*conn]struct{}{}, map[netip.Addr]int{}
}

// add says whether there is room for the connection.
func (r *registry) add(c *conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.total > 0 && len(r.all) >= r.total || r.perAddress > 0 && r.from[c.from] >= r.perAddress {
		return false
	}
	r.all[c] = struct{}{}
	if r.perAddress > 0 {
		r.from[c.from]++
	}
	r.open.Store(int64(len(r.all)))
	return true
}

func (r *registry) remove(c *conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.all[c]; !ok {
		return
	}
	delete(r.all, c)
	if r.perAddress > 0 {
		if r.from[c.from]--; r.from[c.from] <= 0 {
			delete(r.from, c.from)
		}
	}
	r.open.Store(int64(len(r.all)))
	if len(r.all) == 0 && r.empty != nil {
		close(r.empty)
		r.empty = nil
	}
}

// each calls f for every open connection. f must not block.
func (r *registry) each(f func(*conn)) {
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

// calls lends exchanges.
type calls struct{ pool sync.Pool }

func (p *calls) get(c *conn) *exchange {
	x, ok := p.pool.Get().(*exchange)
	if !ok {
		x = &exchange{g: c.g}
		x.call.Head.Reset()
	}
	x.conn = c
	x.in = c.g.buffers().Get(1)
	return x
}

func (p *calls) put(x *exchange) {
	x.g.buffers().Put(x.in)
	x.in = nil
	if x.body.more != nil {
		x.g.buffers().Put(x.body.more)
		x.body.more = nil
	}
	x.reset()
	p.pool.Put(x)
}
