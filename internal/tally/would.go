package tally

// CountWould adds one refusal that was only observed, by the numbers of its route, its check and its problem.
func (c *Calls) CountWould(route, shard uint32, check, problem uint8) {
	found := c.cell(route+1, shard&c.mask) // NoRoute+1 is 0
	b := found.would.Load()
	if b == nil {
		found.would.CompareAndSwap(nil, new(block))
		b = found.would.Load()
	}
	b.count(key(problem)<<8 | key(check&15)<<4 | keySet)
}

// Would is what a check that is only observed would have refused calls for.
type Would struct{ Check, Problem uint8 }

// EachWould calls f with the count of every such refusal, by route as Each does.
func (c *Calls) EachWould(f func(route uint32, w Would, n uint64)) {
	for i, r := range *c.routes.Load() {
		sums := map[Would]uint64{}
		for s := range r.cells {
			if found := r.cells[s].Load(); found != nil {
				found.addWould(sums)
			}
		}
		for w, n := range sums {
			f(uint32(i)-1, w, n)
		}
	}
}

func (c *cell) addWould(sums map[Would]uint64) {
	for b := c.would.Load(); b != nil; b = b.next.Load() {
		for i := range b.keys {
			if k := b.keys[i].Load(); k != 0 {
				sums[Would{Check: uint8(k >> 4 & 15), Problem: uint8(k >> 8)}] += b.counts[i].Load()
			}
		}
	}
}
