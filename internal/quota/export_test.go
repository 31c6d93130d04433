package quota

import (
	"time"

	"github.com/candor-gateway/candor/internal/access"
)

// FailedResetsAt is the Unix second at which every client may fail again.
func (l *Limiter) FailedResetsAt(now int64) int64 {
	minute := int64(time.Minute)
	return seconds((now/minute + 1) * minute)
}

// Counters is the number of counts held in memory.
func (l *Limiter) Counters() int { return l.apps.Size() + l.members.Size() }

// Of is the limits that hold for app, in the order in which they are taken.
func (s *Set) Of(app access.AppID) []Limit {
	var out []Limit
	if of := s.of(app); of != nil {
		for _, r := range of.rows {
			out = append(out, r.Limit)
		}
	}
	return out
}
