package cache

import (
	"encoding/binary"
	"sync/atomic"
)

// Mark is a point in the store's time: a call that is sent takes one, and what it brings is kept only if nothing was dropped since that it may come from
// before.
type Mark struct{ cleared, dropped uint32 }

// ages count what was dropped. Targets share a count, so one that is dropped may keep an answer of another from being kept that is on its way: one in sixteen thousand.
type ages struct {
	cleared atomic.Uint32
	dropped [1 << 14]atomic.Uint32
}

func (a *ages) count(target ID) *atomic.Uint32 {
	return &a.dropped[binary.LittleEndian.Uint64(target[:])%uint64(len(a.dropped))]
}

func (a *ages) drop(target ID) { a.count(target).Add(1) }

func (a *ages) clear() { a.cleared.Add(1) }

func (a *ages) holds(k Key, at Mark) bool {
	return at == Mark{a.cleared.Load(), a.count(k.Target).Load()}
}

// Mark is the store's time for a target.
func (s *Store) Mark(target ID) Mark { return Mark{s.age.cleared.Load(), s.age.count(target).Load()} }
