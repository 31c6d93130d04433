package changes

import "sync/atomic"

// What a Gate lets pass.
const (
	burst = 8       // so many of a key at once
	slots = 1 << 13 // of 8 bytes; keys that share one take turns
)

// Gate says which good calls are worth telling: the first eight of each key, then one a second. It may be used from any goroutine, and neither waits nor
// allocates. The zero value works.
type Gate struct {
	slots [slots]atomic.Uint64 // 16 bits of the key, 8 of how many passed, 40 of the second of the last one
}

// Take reports whether the good call of k at now (Unix seconds) is to be brought to Memory.Good.
func (g *Gate) Take(k Key, now int64) bool {
	mixed := (k.Who ^ k.Route*0x9e3779b97f4a7c15 ^ uint64(k.Kind)) * 0xff51afd7ed558ccd
	slot, tag := &g.slots[mixed%slots], mixed>>48
	second := uint64(now) & (1<<40 - 1)
	for {
		has := slot.Load()
		passed := has >> 40 & 0xff
		if has>>48 != tag || has == 0 {
			passed = 0
		}
		if passed >= burst && has&(1<<40-1) == second {
			return false
		}
		if slot.CompareAndSwap(has, tag<<48|min(passed+1, burst)<<40|second) {
			return true
		}
	}
}
