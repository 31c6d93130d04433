package cache

import (
	"sync"
	"sync/atomic"
)

// Result is what became of a call, or of an answer.
type Result uint8

// The results. A call that a cache was asked for is counted under one of the first five.
const (
	Hit         Result = iota // answered from the store
	Revalidated               // the same, once the API had said that the answer still holds (304)
	Stale                     // answered by what was past its time
	Coalesced                 // answered by what another call brought
	Miss                      // forwarded
	Stored                    // an answer was kept
	Evicted                   // one made room for others
	ResultCount
)

// Name is the result's word in metrics and JSON.
func (r Result) Name() string {
	return [ResultCount]string{"hit", "revalidated", "stale", "coalesced", "miss", "stored", "evicted"}[r]
}

// Figures are counts by result.
type Figures [ResultCount]uint64

// Counts are what became of calls and answers, by the numbers of routes. The zero value is ready.
type Counts struct {
	routes atomic.Pointer[[]*count]
	mu     sync.Mutex // held to grow
}

type count struct{ of [ResultCount]atomic.Uint64 }

func (c *count) add(r Result) { c.of[r].Add(1) }

// Add counts one.
func (c *Counts) Add(route uint32, r Result) { c.of(route).add(r) }

// of is the count of a route.
func (c *Counts) of(route uint32) *count {
	if all := c.routes.Load(); all != nil && int(route) < len(*all) {
		return (*all)[route]
	}
	return c.grow(int(route))
}

func (c *Counts) grow(route int) *count {
	c.mu.Lock()
	defer c.mu.Unlock()
	var all []*count
	if old := c.routes.Load(); old != nil {
		all = append(all, *old...)
	}
	for len(all) <= route {
		all = append(all, &count{})
	}
	c.routes.Store(&all)
	return all[route]
}

// Each yields what became of the calls of each route of which there were any.
func (c *Counts) Each(yield func(route uint32, f Figures) bool) {
	all := c.routes.Load()
	if all == nil {
		return
	}
	for i, one := range *all {
		var f Figures
		for r := range one.of {
			f[r] = one.of[r].Load()
		}
		if f != (Figures{}) && !yield(uint32(i), f) {
			return
		}
	}
}
