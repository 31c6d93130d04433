package downstream

import (
	"sync"
	"sync/atomic"
	"time"
)

// canceller is what a call waits for: a connection that is being made, or an answer.
type canceller interface{ Cancel() }

// Wait is what a call waits for on the other side. On and Over are the call's own; a client that leaves meanwhile makes somebody else give it up. The zero
// value waits for nothing.
type Wait struct {
	of    canceller
	what  atomic.Pointer[canceller] // &of; nil: nothing is waited for, or it was given up
	since atomic.Int64              // mono ns; 0: nothing is waited for
	mu    sync.Mutex                // held while it is given up
}

// On begins a wait at now (mono ns) for something that Cancel ends.
func (w *Wait) On(what interface{ Cancel() }, now int64) {
	w.of = what
	w.what.Store(&w.of)
	w.since.Store(now)
}

// Over ends the wait, and reports whether nobody has given it up. It reports true where nothing was waited for.
func (w *Wait) Over() bool {
	if w.since.Load() == 0 {
		return true
	}
	w.since.Store(0)
	if w.what.Swap(nil) != nil {
		return true
	}
	w.mu.Lock() // whoever gives it up is done with it only then
	defer w.mu.Unlock()
	return false
}

// giveUp cancels what is waited for, if anything is.
func (w *Wait) giveUp() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if what := w.what.Swap(nil); what != nil {
		(*what).Cancel()
	}
}

// longerThan reports whether something has been waited for at least since d before now (mono ns).
func (w *Wait) longerThan(d time.Duration, now int64) bool {
	since := w.since.Load()
	return since != 0 && now-since >= int64(d)
}
