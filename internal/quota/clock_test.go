package quota

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// take is how many of so many calls are taken at now.
func take(l *Limiter, s *Set, now int64, calls int) (n int) {
	var r Result
	for range calls {
		if l.Take(s, 1, 1, now, &r) {
			n++
		}
	}
	return n
}

// TestClockThatWasWrong: what was counted while the clock was ahead refuses
// nobody once it is right.
func TestClockThatWasWrong(t *testing.T) {
	for _, c := range []struct {
		name  string
		limit Limit
		wrong time.Duration // calls come at noon plus this, as many as the limit allows
		right time.Duration // then so many at noon plus this
		want  int           // of three times the limit
	}{
		{"a burst, an hour ahead", Limit{Key: App, Window: Second, N: 20, Burst: true}, time.Hour, 0, 20},
		{"a burst, a step back of 5 s", Limit{Key: App, Window: Second, N: 20, Burst: true}, 5 * time.Second, 0, 20},
		{"a burst, years ahead", Limit{Key: App, Window: Second, N: 20, Burst: true}, 30 * 365 * 24 * time.Hour, 0, 20},
		{"a burst of a minute, an hour ahead", Limit{Key: Member, Window: Minute, N: 60, Burst: true}, time.Hour, 0, 60},
		{"one a minute, an hour ahead", Limit{Key: App, Window: Minute, N: 1, Burst: true}, time.Hour, 0, 1},
		{"a minute, an hour ahead", Limit{Key: App, Window: Minute, N: 5}, time.Hour, 0, 5},
		{"a minute, two ahead", Limit{Key: App, Window: Minute, N: 5}, 2 * time.Minute, 0, 5},
		{"a second, a step back of 5 s", Limit{Key: App, Window: Second, N: 5}, 5 * time.Second, 0, 5},
		{"a day, a day ahead", Limit{Key: Member, Window: Day, N: 5}, 24 * time.Hour, 0, 5},
		{"a day, years ahead", Limit{Key: App, Window: Day, N: 5}, 30 * 365 * 24 * time.Hour, 0, 5},
		{"an hour, a day ahead", Limit{Key: App, Window: Hour, N: 5}, 24 * time.Hour, 0, 5},

		// What is only a little newer is of callers who read the clock later: it counts.
		{"a burst, read a little later", Limit{Key: App, Window: Second, N: 20, Burst: true}, 30 * time.Millisecond, 0, 0},
		{"a second, read across its end", Limit{Key: App, Window: Second, N: 5}, time.Second, time.Second - 1, 0},
		{"a day, read across midnight", Limit{Key: App, Window: Day, N: 5}, 12 * time.Hour, 12*time.Hour - time.Second, 0},
		{"a day, an hour ahead within the day", Limit{Key: App, Window: Day, N: 5}, time.Hour, 0, 0},
	} {
		l := New(Options{})
		s := l.Set("x", []Limit{c.limit}, nil)
		if n := take(l, s, at(c.wrong), int(c.limit.N)); n != int(c.limit.N) {
			t.Errorf("%s: %d admitted by the wrong clock", c.name, n)
		}
		if n := take(l, s, at(c.right), 3*int(c.limit.N)); n != c.want {
			t.Errorf("%s: %d admitted by the right one, want %d", c.name, n, c.want)
		}
	}
}

// TestReturnOverAClockThatWasWrong: a call counted ahead gives nothing back to
// what has begun again.
func TestReturnOverAClockThatWasWrong(t *testing.T) {
	for _, limit := range []Limit{{Key: App, Window: Second, N: 2, Burst: true}, {Key: App, Window: Minute, N: 2}} {
		l := New(Options{})
		s := l.Set("x", []Limit{limit}, nil)
		var ahead Result
		l.Take(s, 1, 1, at(time.Hour), &ahead)
		got := take(l, s, noon, 2)
		l.Return(&ahead)
		if got += take(l, s, noon, 2); got != 2 {
			t.Errorf("%v: %d admitted, want 2", limit, got)
		}
	}
}

// TestWrongClocksLeaveNothing: counters that only a wrong clock could reach
// are swept, neither saved nor restored, and do not stop the sweep of others.
func TestWrongClocksLeaveNothing(t *testing.T) {
	l := New(Options{FailedPerMinute: 1})
	s := l.Set("x", []Limit{appDay, memberDay, slowBurst}, nil)
	years := at(30 * 365 * 24 * time.Hour)
	take(l, s, years, 1)
	saved := l.Snapshot(nil, years)
	if len(saved) != 3 {
		t.Fatalf("%d counters are saved, want 3", len(saved))
	}
	if got := l.Snapshot(nil, noon); len(got) != 0 {
		t.Errorf("saved by the right clock: %v", got)
	}
	if n := New(Options{}).Restore(saved, noon); n != 0 {
		t.Errorf("%d restored", n)
	}
	if l.Sweep(noon); l.Counters() != 0 {
		t.Errorf("%d counters are left", l.Counters())
	}

	client := netip.MustParseAddr("192.0.2.1")
	l.failed.makeRoom(years)
	if !l.failed.makeRoom(noon) {
		t.Error("a sweep by a clock that was ahead puts off all others")
	}
	l.FailedCredential(client, years)
	if l.FailedCredential(client, noon) {
		t.Error("a failure that was counted ahead still counts")
	}
}

// TestNoClockLocksOut: however the clock jumped, from the first call by the
// right one on a limit refuses for no longer than the window it is in and the
// next.
func TestNoClockLocksOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := Limit{
			Key: Key(rapid.IntRange(0, 1).Draw(t, "key")), Window: Window(rapid.IntRange(0, 3).Draw(t, "window")),
			N: rapid.Int64Range(1, 50).Draw(t, "n"), Burst: rapid.Bool().Draw(t, "burst"),
		}
		l := New(Options{})
		s := l.Set("x", []Limit{limit}, nil)
		window := limit.Window.Seconds() * int64(time.Second)
		for range rapid.IntRange(1, 4).Draw(t, "jumps") {
			jump := rapid.Int64Range(int64(-40*365*24*time.Hour), int64(40*365*24*time.Hour)).Draw(t, "jump")
			if rapid.Bool().Draw(t, "near") {
				jump %= 4 * window
			}
			take(l, s, noon+jump, rapid.IntRange(0, 60).Draw(t, "calls"))
		}
		take(l, s, noon, rapid.IntRange(1, 60).Draw(t, "right"))
		if n := take(l, s, (noon/window+2)*window+window/2, 200); n != int(limit.N) {
			t.Fatalf("%v: %d admitted", limit, n)
		}
	})
}

// TestAStepIsNoMoreThanOneLimit: a clock that steps back admits at most the
// limit once more.
func TestAStepIsNoMoreThanOneLimit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := Limit{Key: App, Window: Window(rapid.IntRange(0, 3).Draw(t, "window")), N: rapid.Int64Range(1, 50).Draw(t, "n"), Burst: rapid.Bool().Draw(t, "burst")}
		l := New(Options{})
		s := l.Set("x", []Limit{limit}, nil)
		step := rapid.Int64Range(0, int64(3*24*time.Hour)).Draw(t, "step")
		got := take(l, s, noon, 100) + take(l, s, noon-step, 100) + take(l, s, noon-step, 100)
		if got > 2*int(limit.N) {
			t.Fatal(fmt.Sprint(limit, " admitted ", got))
		}
	})
}
