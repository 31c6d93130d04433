package clock

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestClock(t *testing.T) {
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	c := New(func() time.Time { return now })
	now = now.Add(1500 * time.Millisecond)
	mono, unix := c.Now()
	if mono != 1.5e9 || unix != now.UnixNano() || c.Mono() != mono || !c.Time(mono).Equal(now) {
		t.Errorf("1.5 s after the epoch: %d ns, unix %d, %v", mono, unix, c.Time(mono))
	}
	if !Passed().Before(now) {
		t.Error("Passed has not passed")
	}
	if n := testing.AllocsPerRun(100, func() { c.Now() }); n != 0 {
		t.Errorf("a reading allocates %v times", n)
	}
}

// Since is asked for the epoch's age in the place of a whole reading.
func TestSince(t *testing.T) {
	epoch, readings := time.Unix(1000, 0), 0
	c := New(func() time.Time { readings++; return epoch }).Since(func(at time.Time) time.Duration { return epoch.Add(time.Minute).Sub(at) })
	if got := c.Mono(); got != int64(time.Minute) || readings != 1 {
		t.Errorf("%d ns after %d whole readings, want a minute after the first one", got, readings)
	}
}

// However limits follow each other, a socket's deadline is never early, and late by a sixteenth of the limit at most, a second at most.
func TestAlarmIsNeverEarlyAndHardlyLate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		epoch := time.Unix(1000, 0)
		c := New(func() time.Time { return epoch })
		var a Alarm
		var deadline time.Time
		moves, now := 0, int64(0)
		set := func(at time.Time) error {
			deadline = at
			moves++
			return nil
		}
		for range rapid.IntRange(1, 50).Draw(t, "steps") {
			now += rapid.Int64Range(0, int64(3*time.Second)).Draw(t, "later")
			limit := time.Duration(rapid.SampledFrom([]int64{0, 1, 1e6, 1e8, 1e9, 2e9, 10e9, 30e9, 60e9}).Draw(t, "limit"))
			a.Set(c, set, now, limit)
			if limit == 0 {
				if !deadline.IsZero() {
					t.Fatalf("no limit, but the deadline %v", deadline)
				}
				continue
			}
			late := deadline.Sub(epoch.Add(time.Duration(now) + limit))
			if late < 0 || late > min(limit/16, time.Second) {
				t.Fatalf("the deadline of %v is late by %v", limit, late)
			}
		}
	})
}

// That is what it is for: a limit that is asked for again and again moves the deadline at most once in a sixteenth of it.
func TestAlarmMovesRarely(t *testing.T) {
	epoch := time.Unix(1000, 0)
	c := New(func() time.Time { return epoch })
	var a Alarm
	moves := 0
	set := func(time.Time) error { moves++; return nil }
	for now := int64(0); now < int64(10*time.Second); now += int64(time.Millisecond) {
		a.Set(c, set, now, time.Minute)
	}
	if moves > 10 {
		t.Errorf("10 000 calls within ten seconds moved the deadline %d times, want once a second", moves)
	}
	if n := testing.AllocsPerRun(100, func() { a.Set(c, set, 0, time.Minute) }); n != 0 {
		t.Errorf("it allocates %v times", n)
	}
}
