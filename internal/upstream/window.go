package upstream

import "time"

// window counts calls of the latest past. It goes on in steps of a tenth of what it looks back, so that it forgets a little early and never late.
type window struct {
	steps [10]step // a ring
	at    int      // the latest
}

// step is the calls of a tenth of the window.
type step struct {
	from          int64 // mono ns of its first one
	calls, failed int
}

// now is the step that calls at now (mono ns) count in.
func (w *window) now(now int64, within time.Duration) *step {
	s := &w.steps[w.at]
	if s.calls > 0 && now-s.from < int64(within)/int64(len(w.steps)) {
		return s
	}
	if s.calls > 0 {
		w.at = (w.at + 1) % len(w.steps)
		s = &w.steps[w.at]
	}
	*s = step{from: now}
	return s
}

// add counts a call.
func (w *window) add(now int64, within time.Duration, failed bool) {
	s := w.now(now, within)
	s.calls++
	if failed {
		s.failed++
	}
}

// fail takes a call that was counted as a good one for one that has failed.
func (w *window) fail(now int64, within time.Duration) {
	s := w.now(now, within)
	if s.calls == 0 { // it was counted in an earlier step
		s.calls++
	}
	s.failed = min(s.failed+1, s.calls)
}

// sum is how many calls failed, and of how many.
func (w *window) sum(now int64, within time.Duration) (failed, calls int) {
	for i := range w.steps {
		if s := &w.steps[i]; s.calls > 0 && now-s.from < int64(within) {
			failed += s.failed
			calls += s.calls
		}
	}
	return failed, calls
}
