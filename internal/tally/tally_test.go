package tally

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// all is what Each tells.
type all struct {
	Route  uint32
	Totals Totals
}

func read(c *Calls) (out []all) {
	c.Each(func(route uint32, t *Totals) { out = append(out, all{route, *t}) })
	return out
}

func TestCount(t *testing.T) {
	c := New(4)
	if got := read(c); got != nil {
		t.Errorf("before any call: got %v", got)
	}
	for shard, call := range []Call{
		{Route: 3, Status: 200, ByUpstream: true, Micros: 500, In: 10, Out: 100},
		{Route: 3, Status: 204, ByUpstream: true, Micros: 501, In: 10, Out: 20},
		{Route: 3, Status: 429, Problem: 250, Micros: 0, In: 10, Out: 30},
		{Route: 3, Problem: 7, Micros: 60_000_000, In: 1},
		{Route: NoRoute, Status: 400, Problem: 1, Micros: 20, In: 5, Out: 6},
		{Route: 0, Status: 502, Problem: 2, ByUpstream: false, Micros: -1, In: -1, Out: -1},
		{Route: 0, Status: 502, Problem: 2, ByUpstream: true, Micros: 30_000_000},
	} {
		c.Count(uint32(shard), &call)
	}
	want := []all{
		{NoRoute, Totals{
			Outcomes: map[Outcome]uint64{{4, 1, false}: 1},
			Buckets:  [Buckets]uint64{0: 1}, Micros: 20, In: 5, Out: 6,
		}},
		{0, Totals{
			Outcomes: map[Outcome]uint64{{5, 2, false}: 1, {5, 2, true}: 1},
			Buckets:  [Buckets]uint64{0: 1, Buckets - 2: 1}, Micros: 30_000_000,
		}},
		{3, Totals{
			Outcomes: map[Outcome]uint64{{2, 0, true}: 2, {4, 250, false}: 1, {0, 7, false}: 1},
			Buckets:  [Buckets]uint64{0: 2, 1: 1, Buckets - 1: 1}, Micros: 60_001_001, In: 31, Out: 150,
		}},
	}
	if d := cmp.Diff(want, read(c)); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

func TestBounds(t *testing.T) {
	if Bound(0) != 0.0005 || Bound(Buckets-2) != 30 {
		t.Errorf("got %v to %v", Bound(0), Bound(Buckets-2))
	}
}

func TestNothingIsLostInACrowd(t *testing.T) {
	c := New(3)
	const goroutines, each = 50, 400
	var wg sync.WaitGroup
	for g := range goroutines {
		wg.Go(func() {
			for i := range each {
				c.Count(uint32(g), &Call{Route: uint32(i % 20), Status: 200, Problem: uint8(i % 50), Micros: 1, In: 1, Out: 2})
			}
		})
	}
	wg.Wait()
	var calls, buckets, in, out uint64
	outcomes := 0
	for _, r := range read(c) {
		outcomes += len(r.Totals.Outcomes)
		for _, n := range r.Totals.Outcomes {
			calls += n
		}
		for _, n := range r.Totals.Buckets {
			buckets += n
		}
		in, out = in+r.Totals.In, out+r.Totals.Out
	}
	const n = goroutines * each
	if calls != n || buckets != n || in != n || out != 2*n || outcomes != 100 {
		t.Errorf("got %d calls, %d in buckets, %d and %d bytes, %d outcomes", calls, buckets, in, out, outcomes)
	}
}

func TestNoAllocs(t *testing.T) {
	c := New(2)
	calls := []Call{{Route: 9, Status: 200}, {Route: NoRoute, Status: 404, Problem: 3}, {Route: 100, Status: 500, Problem: 8, Tolerated: 1<<15 | 5}}
	for i := range calls {
		c.Count(0, &calls[i])
	}
	if n := testing.AllocsPerRun(100, func() {
		for i := range calls {
			c.Count(0, &calls[i])
		}
	}); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}

func BenchmarkCount(b *testing.B) {
	c := New(2)
	b.ReportAllocs()
	call := Call{Route: 9, Status: 200, ByUpstream: true, Micros: 900, In: 100, Out: 1000}
	for b.Loop() {
		c.Count(0, &call)
	}
}

func TestTolerated(t *testing.T) {
	c := New(2)
	for shard, kinds := range []uint16{1, 1<<15 | 1, 0, 1 << 4} {
		c.Count(uint32(shard), &Call{Tolerated: kinds})
	}
	for bit, want := range map[int]uint64{0: 2, 4: 1, 15: 1, 3: 0} {
		if got := c.Tolerated(bit); got != want {
			t.Errorf("bit %d: %d, want %d", bit, got, want)
		}
	}
}
