package requestlog

import "time"

// steps tells time that has passed from steps of the wall clock: what a clock that was set ahead makes look old is not removed for that. A machine that slept looks the
// same, and its records stay as much longer. Behind a step records stay until they are too old by any clock: nothing is kept longer than Settings.Keep of time in
// which the process ran. A step before the process began is not known.
type steps struct {
	last  time.Time     // as of the last look
	ahead time.Duration // how much of the wall clock's way has not passed; below 0 where it was set back
	since time.Time     // when that was noticed
}

// mostStep is how far the wall clock goes between two looks, which are a second apart, where it is not stepped. Of a log that is kept for less than two days it is half of that.
const mostStep = 24 * time.Hour

// note looks at the wall clock.
func (s *steps) note(now time.Time, keep time.Duration) {
	now = now.Round(0) // the monotonic clock does not know of steps
	if s.last.IsZero() {
		s.last, s.since = now, now
	}
	d, most := now.Sub(s.last), mostStep
	if s.last = now; keep > 0 {
		most = min(most, keep/2)
	}
	switch {
	case d > most, d < -most: // one undoes the other
		s.ahead, s.since = s.ahead+d, now
	case keep > 0 && now.Sub(s.since) >= keep:
		s.ahead = 0
	}
}

// before is what is older than keep.
func (s *steps) before(now time.Time, keep time.Duration) time.Time {
	if keep <= 0 {
		return time.Time{}
	}
	return now.Add(-keep - max(0, s.ahead))
}
