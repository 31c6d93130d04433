// Package tally counts what became of calls: plain atomic numbers that the
// gateway adds to and the operator's listener reads. It knows routes and
// problems by their numbers alone.
package tally

import (
	"sync"
	"sync/atomic"
)

// NoRoute stands for the calls that reached no route.
const NoRoute = ^uint32(0)

// Call is what is counted of one call.
type Call struct {
	Route      uint32 // its number, or NoRoute
	Status     int    // of the answer; 0 if none was sent
	Problem    uint8  // its number; 0 is none
	ByUpstream bool   // who wrote the answer
	Micros     int64  // duration in microseconds
	In, Out    int64  // bytes from and to the client
	Tolerated  uint16 // what was let pass of it: a bit for each kind
}

// Calls are the counts of all routes. The shards of a route lie on cache lines
// of their own, so that cores which count the same route need not wait for each
// other.
type Calls struct {
	routes atomic.Pointer[[]*route] // NoRoute's first, then by number; grows, never shrinks
	mu     sync.Mutex               // held to grow
	mask   uint32
	uses   []uses // one a shard
}

type route struct {
	cells []atomic.Pointer[cell] // one a shard, made when first needed
}

// New makes counts with at least as many shards as asked for; as many as there
// are cores is enough.
func New(shards int) *Calls {
	n := 1
	for n < shards && n < 64 {
		n *= 2
	}
	c := &Calls{mask: uint32(n - 1), uses: make([]uses, n)}
	c.routes.Store(new([]*route))
	return c
}

// Count adds one call. Shard is any number, the same for all calls of one
// goroutine: the number of its connection, for instance.
func (c *Calls) Count(shard uint32, call *Call) {
	c.cell(call.Route+1, shard&c.mask).count(call) // NoRoute+1 is 0
	if call.Tolerated != 0 {
		c.uses[shard&c.mask].count(call.Tolerated)
	}
}

// Tolerated is how often what the bit stands for was let pass.
func (c *Calls) Tolerated(bit int) (n uint64) {
	for i := range c.uses {
		n += c.uses[i].of[bit].Load()
	}
	return n
}

// Bytes adds what a call that was counted has read and written since.
func (c *Calls) Bytes(shard, route uint32, in, out int64) {
	to := c.cell(route+1, shard&c.mask)
	to.in.Add(uint64(max(0, in)))
	to.out.Add(uint64(max(0, out)))
}

func (c *Calls) cell(index, shard uint32) *cell {
	routes := *c.routes.Load()
	if index >= uint32(len(routes)) {
		routes = c.grow(int(index) + 1)
	}
	slot := &routes[index].cells[shard]
	if found := slot.Load(); found != nil {
		return found
	}
	slot.CompareAndSwap(nil, new(cell))
	return slot.Load()
}

func (c *Calls) grow(n int) []*route {
	c.mu.Lock()
	defer c.mu.Unlock()
	old := *c.routes.Load()
	if n <= len(old) {
		return old
	}
	routes := append(make([]*route, 0, n+n/4), old...)
	for len(routes) < n {
		routes = append(routes, &route{cells: make([]atomic.Pointer[cell], c.mask+1)})
	}
	c.routes.Store(&routes)
	return routes
}

// Beyond is the one class of all statuses from 600 on, which HTTP does not
// define and an upstream may send all the same.
const Beyond = 6

// Outcome is how calls ended. Class is the first digit of the status up to 5,
// or Beyond; 0 if no answer was sent.
type Outcome struct {
	Class, Problem uint8
	ByUpstream     bool
}

// Totals are the counts of one route. They are read while others count, so
// they may differ by the calls of that moment.
type Totals struct {
	Outcomes map[Outcome]uint64
	Buckets  [Buckets]uint64 // calls whose duration fell between the bound before and their own
	Micros   uint64          // all durations together
	In, Out  uint64          // bytes
}

// Each calls f with the totals of every route that had calls, NoRoute's first,
// then in order of their numbers.
func (c *Calls) Each(f func(route uint32, t *Totals)) {
	for i, r := range *c.routes.Load() {
		t := Totals{Outcomes: map[Outcome]uint64{}}
		for s := range r.cells {
			if found := r.cells[s].Load(); found != nil {
				found.addTo(&t)
			}
		}
		if len(t.Outcomes) > 0 {
			f(uint32(i)-1, &t)
		}
	}
}
