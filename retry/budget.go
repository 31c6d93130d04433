package retry

import (
	"sync/atomic"
	"time"
)

// Budget bounds how many calls to one server are sent again: in any ten seconds a tenth of its calls, or ten where that is more, which is one a second. So retries add at most
// a tenth to the load of a server that fails (of ten calls a second and more), and a call that fails where little else happens is always sent again. The zero Budget is ready, is safe for
// concurrent use, and takes no lock.
//
// The window is that of "retry budgets" in Finagle; its floor does not come on top of the tenth but holds in its place, so that retries never are more than that where calls are many.
type Budget struct {
	calls   window
	_       [40]byte // what is counted at each call shares no line with what is asked when one failed
	retries window
}

const (
	slots  = 10 // of a second each
	floor  = slots
	tenths = 10
)

// Count counts a call at now, in ns of any clock that does not go back.
func (b *Budget) Count(now int64) { b.calls.add(second(now)) }

// Take reports whether a call may be sent again at now, and counts that.
func (b *Budget) Take(now int64) bool {
	at := second(now)
	for {
		held := b.retries.slot(at).Load()
		most := max(b.calls.sum(at)/tenths, floor)
		if b.retries.sum(at) >= most {
			return false
		}
		if b.retries.count(at, held) {
			return true
		}
	}
}

func second(now int64) uint64 { return uint64(max(0, now)/int64(time.Second)) + 1 } // 0 is that of a slot that was never used

// window counts by the second. A slot is its second and its count in one word, so that both change at once.
type window [slots]atomic.Uint64

const countBits = 32

func (w *window) slot(at uint64) *atomic.Uint64 { return &w[at%slots] }

// count adds one to the slot of a second, if it still holds what was read of it.
func (w *window) count(at, held uint64) bool {
	switch s := held >> countBits; {
	case s > at: // whoever is so late that his slot belongs to another second by now counts there
		return w.slot(at).CompareAndSwap(held, held+1)
	case s < at:
		return w.slot(at).CompareAndSwap(held, at<<countBits|1)
	}
	return w.slot(at).CompareAndSwap(held, held+1)
}

func (w *window) add(at uint64) {
	for !w.count(at, w.slot(at).Load()) {
	}
}

// sum is what was counted in the ten seconds up to at.
func (w *window) sum(at uint64) (n uint64) {
	for i := range w {
		held := w[i].Load()
		if held>>countBits+slots > at {
			n += held & (1<<countBits - 1)
		}
	}
	return n
}
