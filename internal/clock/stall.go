package clock

import "time"

// Stall finds out whether a peer has taken nothing of what is written to it for a limit. That a socket takes bytes is no sign of it: its buffer takes some
// of them, and after each wait a few more, though nobody reads at the other end. So whoever writes looks now and then how much the peer has taken, and
// gives up once that has not grown for the limit. The limit is never early and at most a sixteenth of it late, or a second.
// The zero value is a write that nobody has looked at.
type Stall struct {
	looked bool
	since  int64  // mono ns since when nothing was taken
	taken  uint64 // by then
}

// Next is how long from now (mono ns) the writer waits before it looks at what was taken; 0: it need not look, since limit is none.
func (s *Stall) Next(now int64, limit time.Duration) time.Duration {
	if limit <= 0 {
		return 0
	}
	every := max(1, min(limit/32, time.Duration(maxSlack)/2))
	if left := time.Duration(s.since + int64(limit) - now); s.looked && left < every {
		return max(1, left)
	}
	return every
}

// Passed notes at now how many bytes the peer has taken in all, and reports whether the limit has passed.
func (s *Stall) Passed(now int64, taken uint64, limit time.Duration) bool {
	if !s.looked || taken != s.taken {
		s.looked, s.since, s.taken = true, now, taken
		return false
	}
	return now-s.since >= int64(limit)
}
