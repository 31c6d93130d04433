package tally

import (
	"math/bits"
	"sync/atomic"
)

// Buckets is the number of a histogram's buckets; the last has no bound.
const Buckets = len(bounds) + 1

// bounds of the buckets in microseconds, each included.
var bounds = [...]int64{500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 30_000_000}

// Bound is the upper bound of bucket i in seconds, which it includes. The last
// bucket has none.
func Bound(i int) float64 { return float64(bounds[i]) / 1e6 }

// cell is one shard of a route.
type cell struct {
	outcomes block
	would    atomic.Pointer[block] // by check and problem; nil: none was counted
	buckets  [Buckets]atomic.Uint64
	micros   atomic.Uint64
	in, out  atomic.Uint64
	_        [64]byte // the next cell begins on another cache line
}

func (c *cell) count(call *Call) {
	c.outcomes.count(keyOf(call))
	c.buckets[bucketOf(call.Micros)].Add(1)
	c.micros.Add(uint64(max(0, call.Micros)))
	c.in.Add(uint64(max(0, call.In)))
	c.out.Add(uint64(max(0, call.Out)))
}

func bucketOf(micros int64) int {
	for i, bound := range bounds {
		if micros <= bound {
			return i
		}
	}
	return len(bounds)
}

func (c *cell) addTo(t *Totals) {
	for b := &c.outcomes; b != nil; b = b.next.Load() {
		for i := range b.keys {
			if k := b.keys[i].Load(); k != 0 {
				t.Outcomes[k.outcome()] += b.counts[i].Load()
			}
		}
	}
	for i := range c.buckets {
		t.Buckets[i] += c.buckets[i].Load()
	}
	t.Micros += c.micros.Load()
	t.In += c.in.Load()
	t.Out += c.out.Load()
}

// uses is one shard of what was let pass, by the bit that stands for it.
type uses struct {
	of [16]atomic.Uint64
	_  [64]byte // the next begins on another cache line
}

func (u *uses) count(kinds uint16) {
	for ; kinds != 0; kinds &= kinds - 1 {
		u.of[bits.TrailingZeros16(kinds)].Add(1)
	}
}

// key is an Outcome in one word that is never 0.
type key uint32

const (
	keySet      = 1
	keyUpstream = 2
)

func keyOf(call *Call) key {
	k := key(call.Problem)<<8 | key(min(call.Status/100, Beyond)&15)<<4 | keySet
	if call.ByUpstream {
		k |= keyUpstream
	}
	return k
}

func (k key) outcome() Outcome {
	return Outcome{Class: uint8(k >> 4 & 15), Problem: uint8(k >> 8), ByUpstream: k&keyUpstream != 0}
}

// block counts by key, in the order in which keys first came: of the hundreds
// of outcomes that a route could have it sees a few, and the usual one first.
type block struct {
	keys   [8]atomicKey
	counts [8]atomic.Uint64
	next   atomic.Pointer[block] // where there are more keys
}

type atomicKey struct{ v atomic.Uint32 }

func (a *atomicKey) Load() key { return key(a.v.Load()) }

// claim makes the place k's, if it is still free, and reports whether it is.
func (a *atomicKey) claim(k key) bool {
	return a.v.CompareAndSwap(0, uint32(k)) || a.Load() == k
}

func (b *block) count(k key) {
	for {
		for i := range b.keys {
			have := b.keys[i].Load()
			if have == k || have == 0 && b.keys[i].claim(k) {
				b.counts[i].Add(1)
				return
			}
		}
		if b.next.Load() == nil {
			b.next.CompareAndSwap(nil, new(block))
		}
		b = b.next.Load()
	}
}
