package tally

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Refusals that were only observed are counted by route, check and problem, over all shards, and are no calls.
func TestWould(t *testing.T) {
	c := New(4)
	for i := range 100 {
		c.CountWould(uint32(i%2), uint32(i), uint8(i%10), uint8(i%20))
	}
	c.CountWould(NoRoute, 0, 9, 200)
	type one struct {
		route uint32
		Would
	}
	got := map[one]uint64{}
	var n uint64
	c.EachWould(func(route uint32, w Would, count uint64) {
		got[one{route, w}] += count
		n += count
	})
	if n != 101 || len(got) != 21 || got[one{1, Would{3, 13}}] != 5 || got[one{NoRoute, Would{9, 200}}] != 1 {
		t.Errorf("%d in %v", n, got)
	}
	c.Each(func(uint32, *Totals) { t.Error("they are taken for calls") })
	call := Call{Route: 1, Status: 200}
	if n := testing.AllocsPerRun(100, func() {
		c.Count(1, &call)
		c.CountWould(1, 1, 3, 13)
	}); n != 0 {
		t.Error(cmp.Diff(0, n))
	}
}
