package requestlog

import (
	"testing"
	"time"
)

// What is removed behind steps of the wall clock, of a log that keeps two weeks: rows of how far the clock goes between two looks, and how old a record can then be.
func TestSteps(t *testing.T) {
	const day, keep = 24 * time.Hour, 14 * 24 * time.Hour
	begun := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name  string
		keep  time.Duration
		ahead time.Duration // at the start
		moves []time.Duration
		want  time.Duration // before what age, by the clock at the end; 0: nothing is too old
	}{
		{"seconds", keep, 0, []time.Duration{time.Second, time.Second}, keep},
		{"an hour, as a clock that was behind", keep, 0, []time.Duration{time.Hour}, keep},
		{"sixty days", keep, 0, []time.Duration{time.Second, 60 * day, time.Second}, keep + 60*day},
		{"twice", keep, 0, []time.Duration{60 * day, time.Second, 2 * day}, keep + 62*day},
		{"sixty days, and put right", keep, 0, []time.Duration{60 * day, time.Second, -60 * day}, keep},
		{"put right by more", keep, 0, []time.Duration{60 * day, -61 * day}, keep},
		{"back, and an hour", keep, 0, []time.Duration{-60 * day, time.Hour}, keep},
		{"back", keep, 0, []time.Duration{-60 * day}, keep},
		{"back, and put right", keep, 0, []time.Duration{-60 * day, 60 * day}, keep},
		{"sixty days, and two weeks pass", keep, 0, append([]time.Duration{60 * day}, hours(14*24)...), keep},
		{"sixty days, and not yet two weeks", keep, 0, append([]time.Duration{60 * day}, hours(14*24-1)...), keep + 60*day},
		{"ahead from the start", keep, 60 * day, []time.Duration{time.Second}, keep + 60*day},
		{"ahead from the start, and two weeks pass", keep, 60 * day, hours(14 * 24), keep},
		{"a log of an hour", time.Hour, 0, []time.Duration{40 * time.Minute}, time.Hour + 40*time.Minute},
		{"for ever", 0, 0, []time.Duration{60 * day}, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, now := steps{ahead: tt.ahead}, begun
			s.note(now, tt.keep)
			for _, d := range tt.moves {
				now = now.Add(d)
				s.note(now, tt.keep)
			}
			before := s.before(now, tt.keep)
			if tt.want == 0 && !before.IsZero() || tt.want > 0 && now.Sub(before) != tt.want {
				t.Errorf("what is older than %s is removed, want %s", now.Sub(before), tt.want)
			}
		})
	}
}

// hours are so many, one after another.
func hours(n int) []time.Duration {
	all := make([]time.Duration, n)
	for i := range all {
		all[i] = time.Hour
	}
	return all
}
