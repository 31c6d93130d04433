package usage

import (
	"hash/maphash"
	"sync/atomic"
)

// Repeats knows what was asked within the last minute and a hash of what was answered. It is of one size: where more different calls come in a minute than it has room
// for, the oldest are pushed out, and what repeats those is not seen. So what it finds is never too much, but for hashes that meet by chance (1 in 2³² of calls whose
// answer has changed). It takes no lock and allocates nothing.
type Repeats struct {
	seed   maphash.Seed
	sets   [setCount]set
	pushed atomic.Uint64
}

const (
	ways     = 4 // slots of a set: a cache line
	setBits  = 14
	setCount = 1 << setBits
)

type set [ways]slot

// slot is one call: a hash of what was asked, and in one word when (above) and a hash of what was answered (below). The latter is one of both: read between
// the two writes of another call, it fits neither.
type slot struct{ asked, told atomic.Uint64 }

// claimed is what told is while a slot gets another call.
const claimed = 1

// Times are kept in units of 2²⁴ ns, about 17 ms; their difference in whole units says for sure that less than a minute lies between them.
const (
	unit       = 24
	withinUnit = 60_000_000_000>>unit - 1
)

// NewRepeats makes one that knows nothing.
func NewRepeats() *Repeats { return &Repeats{seed: maphash.MakeSeed()} }

// Seed is by which calls and answers have to be hashed.
func (r *Repeats) Seed() maphash.Seed { return r.seed }

// Pushed is how many calls were pushed out within a minute of their coming: as many repetitions at least may have been missed.
func (r *Repeats) Pushed() uint64 { return r.pushed.Load() }

// Seen notes that a call with this hash of what was asked came at unix ns and was answered so, and reports whether the last one that asked the same, less than a minute
// before, was answered the same.
func (r *Repeats) Seen(asked, answered uint64, at int64) bool {
	asked |= 1 // 0 is that of an empty slot
	now := uint32(at >> unit)
	told := uint64(now)<<32 | uint64(uint32(mix(asked, answered)>>32))
	if told == claimed || told == 0 {
		told = 2
	}
	in := &r.sets[mix(asked, 0)>>(64-setBits)]
	for i := range in {
		if in[i].asked.Load() == asked {
			return in[i].again(asked, told, now)
		}
	}
	r.put(in, asked, told, now)
	return false
}

// again puts a call in the place of the last one that asked the same.
func (s *slot) again(asked, told uint64, now uint32) bool {
	was := s.told.Load()
	if was == claimed || s.asked.Load() != asked { // another call is taking the slot
		return false
	}
	s.told.CompareAndSwap(was, told) // else one of the same moment has done so, or the slot is another's
	return uint32(was) == uint32(told) && now-uint32(was>>32) <= withinUnit
}

// put takes the slot of a set that says least: an empty one, else the oldest.
func (r *Repeats) put(in *set, asked, told uint64, now uint32) {
	best, age := -1, int64(-1)
	var was uint64
	for i := range in {
		of := in[i].told.Load()
		if of == claimed {
			continue
		}
		old := int64(now - uint32(of>>32))
		if of == 0 {
			old = 1 << 33
		}
		if old > age {
			best, age, was = i, old, of
		}
	}
	if best < 0 || !in[best].told.CompareAndSwap(was, claimed) { // others are at it: this call is not remembered
		r.pushed.Add(1)
		return
	}
	if age <= withinUnit {
		r.pushed.Add(1)
	}
	in[best].asked.Store(asked)
	in[best].told.Store(told)
}

// mix spreads two hashes over 64 bits; seeds are in them already.
func mix(a, b uint64) uint64 {
	x := a ^ (b*0x9e3779b97f4a7c15 + 0x7f4a7c159e3779b9)
	x ^= x >> 32
	x *= 0xd6e8feb86659fd93
	x ^= x >> 32
	x *= 0xd6e8feb86659fd93
	return x ^ x>>32
}
