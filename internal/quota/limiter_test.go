package quota

import (
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/access"
)

// noon is the middle of a UTC day, of an hour's first second.
var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC).UnixNano()

func at(d time.Duration) int64 { return noon + int64(d) }

func unix(s string) int64 {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t.Unix()
}

// told is all that a Result says.
type told struct {
	Taken              bool
	Refused            Limit
	ResetsAt           int64
	Tightest           Limit
	Left               int64
	RetryAfter         int
	Policy, RateLimits string
}

func tell(taken bool, r *Result) told {
	out := told{Taken: taken, RetryAfter: r.RetryAfter(0)}
	out.Refused, out.ResetsAt, _ = r.Refused()
	out.Tightest, _, out.Left = r.Tightest()
	out.Policy = string(r.AppendPolicy(nil))
	out.RateLimits = string(r.AppendRateLimit(nil, 0))
	return out
}

var (
	appDay    = Limit{Key: App, Window: Day, N: 5}
	memberDay = Limit{Key: Member, Window: Day, N: 2}
	burst     = Limit{Key: App, Window: Second, N: 3, Burst: true}
)

func TestTake(t *testing.T) {
	const member, app, burstItem, comma = `"member";q=2;w=86400`, `"app";q=5;w=86400`, `"burst";q=3;w=1`, `, `
	midnight := unix("2026-03-05T00:00:00Z")
	l := New(Options{})
	s := l.Set("people", []Limit{burst, appDay, memberDay}, nil)
	for _, c := range []struct {
		name   string
		after  time.Duration
		member access.MemberID
		want   told
	}{
		{"first", 0, 1, told{Taken: true, Tightest: memberDay, Left: 1, Policy: member + comma + burstItem + comma + app, RateLimits: `"member";r=1;t=43200, "burst";r=2;t=1, "app";r=4;t=43200`}},
		{"second", 0, 1, told{Taken: true, Tightest: memberDay, Left: 0, Policy: member + comma + burstItem + comma + app, RateLimits: `"member";r=0;t=43200, "burst";r=1;t=1, "app";r=3;t=43200`}},
		{"member full", 0, 1, told{Refused: memberDay, ResetsAt: midnight, Tightest: memberDay, RetryAfter: 43200, Policy: member + comma + burstItem + comma + app, RateLimits: `"member";r=0;t=43200, "burst";r=1;t=1, "app";r=3;t=43200`}},
		{"another member", 0, 2, told{Taken: true, Tightest: burst, Left: 0, Policy: burstItem + comma + member + comma + app, RateLimits: `"burst";r=0;t=1, "member";r=1;t=43200, "app";r=2;t=43200`}},
		{"burst full", 0, 3, told{Refused: burst, ResetsAt: noon/1e9 + 1, Tightest: burst, RetryAfter: 1, Policy: burstItem + comma + member + comma + app, RateLimits: `"burst";r=0;t=1, "member";r=2;t=43200, "app";r=2;t=43200`}},
		{"a third of a second on", 334 * time.Millisecond, 3, told{Taken: true, Tightest: burst, Left: 0, Policy: burstItem + comma + member + comma + app, RateLimits: `"burst";r=0;t=1, "member";r=1;t=43200, "app";r=1;t=43200`}},
		{"no member: 2-legged", 10 * time.Second, 0, told{Taken: true, Tightest: appDay, Left: 0, Policy: app + comma + burstItem + comma + member, RateLimits: `"app";r=0;t=43190, "burst";r=2;t=1`}},
		{"app full", 20 * time.Second, 4, told{Refused: appDay, ResetsAt: midnight, Tightest: appDay, RetryAfter: 43180, Policy: app + comma + member + comma + burstItem, RateLimits: `"app";r=0;t=43180, "member";r=2;t=43180, "burst";r=3;t=0`}},
		{"a moment before midnight", 12*time.Hour - 1, 4, told{Refused: appDay, ResetsAt: midnight, Tightest: appDay, RetryAfter: 1, Policy: app + comma + member + comma + burstItem, RateLimits: `"app";r=0;t=1, "member";r=2;t=1, "burst";r=3;t=0`}},
		{"midnight", 12 * time.Hour, 1, told{Taken: true, Tightest: memberDay, Left: 1, Policy: member + comma + burstItem + comma + app, RateLimits: `"member";r=1;t=86400, "burst";r=2;t=1, "app";r=4;t=86400`}},
	} {
		var r Result
		got := tell(l.Take(s, 7, c.member, at(c.after), &r), &r)
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s: (-want +got)\n%s", c.name, d)
		}
	}
}

func TestJitterIsForDaysAlone(t *testing.T) {
	l := New(Options{})
	var r Result
	for _, c := range []struct {
		limit      Limit
		retryAfter int
		rateLimit  string
	}{
		{Limit{Key: App, Window: Day, N: 1}, 43200 + 37, `"app";r=0;t=43237`},
		{Limit{Key: App, Window: Hour, N: 1}, 3600, `"app";r=0;t=3600`},
	} {
		s := l.Set("x", []Limit{c.limit}, nil)
		l.Take(s, 1, 1, noon, &r)
		l.Take(s, 1, 1, noon, &r)
		if n, f := r.RetryAfter(37), string(r.AppendRateLimit(nil, 37)); n != c.retryAfter || f != c.rateLimit {
			t.Errorf("%v: got %d and %s, want %d and %s", c.limit, n, f, c.retryAfter, c.rateLimit)
		}
	}
}

func TestWithoutLimits(t *testing.T) {
	l := New(Options{})
	onlyMembers := l.Set("m", []Limit{{Key: Member, Window: Day, N: 1}}, nil)
	for _, c := range []struct {
		name string
		set  *Set
		want told
	}{
		{"nil Set", nil, told{Taken: true}},
		{"empty Set", l.Set("e", nil, nil), told{Taken: true}},
		{"no member to count", onlyMembers, told{Taken: true, Policy: `"member";q=1;w=86400`}},
	} {
		var r Result
		l.Take(onlyMembers, 1, 1, noon, &r) // what a Result held before does not show
		for range 3 {
			got := tell(l.Take(c.set, 1, 0, noon, &r), &r)
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("%s: (-want +got)\n%s", c.name, d)
			}
		}
	}
}

func TestTheLatestResetIsTold(t *testing.T) {
	l := New(Options{})
	s := l.Set("x", []Limit{{Key: App, Window: Day, N: 1}, {Key: App, Window: Minute, N: 1}, {Key: Member, Window: Second, N: 1}}, nil)
	var r Result
	l.Take(s, 1, 1, noon, &r)
	got := tell(l.Take(s, 1, 1, noon, &r), &r)
	want := told{
		Refused: Limit{Key: App, Window: Day, N: 1}, ResetsAt: unix("2026-03-05T00:00:00Z"),
		Tightest: Limit{Key: App, Window: Day, N: 1}, RetryAfter: 43200,
		Policy:     `"app-day";q=1;w=86400, "app-minute";q=1;w=60, "member";q=1;w=1`,
		RateLimits: `"app-day";r=0;t=43200, "app-minute";r=0;t=60, "member";r=0;t=1`,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

// TestTheRefusedLimitIsToldFirst: it is the one that Retry-After speaks of, also
// where another has as little left.
func TestTheRefusedLimitIsToldFirst(t *testing.T) {
	l := New(Options{})
	s := l.Set("x", []Limit{{Key: App, Window: Day, N: 2}, {Key: App, Window: Hour, N: 1}, {Key: App, Window: Second, N: 1, Burst: true}}, nil)
	var r Result
	l.Take(s, 1, 1, noon, &r)
	for _, c := range []struct {
		after time.Duration
		want  string
	}{
		{0, `"app-hour";r=0;t=3600, "burst";r=0;t=1, "app-day";r=1;t=43230`},
		{time.Hour, `"app-day";r=0;t=39630, "app-hour";r=0;t=3600, "burst";r=0;t=1`},
		{time.Hour, `"app-day";r=0;t=39630, "app-hour";r=0;t=3600, "burst";r=0;t=1`},
	} {
		l.Take(s, 1, 1, at(c.after), &r)
		if got := string(r.AppendRateLimit(nil, 30)); got != c.want {
			t.Errorf("after %v: %s, want %s", c.after, got, c.want)
		}
		if first := fmt.Sprintf(";r=0;t=%d, ", r.RetryAfter(30)); r.RetryAfter(30) > 0 && !strings.Contains(c.want, first) {
			t.Errorf("after %v: Retry-After is %d", c.after, r.RetryAfter(30))
		}
	}
}

// TestMostLimits: all sixteen are told of, in their order.
func TestMostLimits(t *testing.T) {
	l := New(Options{})
	var of []Limit
	for _, k := range []Key{App, Member} {
		for w := Second; w <= Day; w++ {
			n := int64(10*int(w)+int(k)) + 5
			of = append(of, Limit{Key: k, Window: w, N: n}, Limit{Key: k, Window: w, N: n + 2, Burst: true})
		}
	}
	s := l.Set("x", of, nil)
	var r Result
	l.Take(s, 1, 1, noon, &r)
	value := string(r.AppendRateLimit(nil, 0))
	items := strings.Split(value, ", ")
	policies := strings.Split(string(r.AppendPolicy(nil)), ", ")
	last := 0
	for i, item := range items {
		var left int
		name, rest, _ := strings.Cut(item, ";r=")
		if _, err := fmt.Sscanf(rest, "%d;", &left); err != nil || left < last || !strings.HasPrefix(policies[i], name+";q=") {
			t.Errorf("item %d of %s, policy %s", i, value, policies[i])
		}
		last = left
	}
	if len(items) != maxLimits || len(policies) != maxLimits {
		t.Errorf("%d and %d items, want %d", len(items), len(policies), maxLimits)
	}
}

func TestPeekCountsNothing(t *testing.T) {
	l := New(Options{})
	s := l.Set("x", []Limit{appDay, burst}, nil)
	var r Result
	for range 10 {
		l.Peek(s, 1, 1, noon, &r)
		l.Return(&r)
	}
	if f := string(r.AppendRateLimit(nil, 0)); f != `"burst";r=3;t=0, "app";r=5;t=43200` {
		t.Errorf("got %s", f)
	}
	if !l.Take(s, 1, 1, noon, &r) {
		t.Error("refused after Peek")
	}
	if lim, _, left := r.Tightest(); lim != burst || left != 2 {
		t.Errorf("got %v, %d left", lim, left)
	}
	l.Take(s, 1, 1, noon, &r)
	l.Take(s, 1, 1, noon, &r)
	if l.Peek(s, 1, 1, noon, &r) || r.RetryAfter(0) != 1 {
		t.Errorf("a limit that is used up is not told; again after %d s", r.RetryAfter(0))
	}
}

func TestReturn(t *testing.T) {
	for _, limit := range []Limit{{Key: App, Window: Day, N: 1}, {Key: App, Window: Second, N: 1, Burst: true}} {
		l := New(Options{})
		s := l.Set("x", []Limit{limit}, nil)
		var r, other Result
		if !l.Take(s, 1, 1, noon, &r) || l.Take(s, 1, 1, noon, &other) {
			t.Fatalf("%v: not one of two was admitted", limit)
		}
		l.Return(&other) // nothing was taken
		if l.Take(s, 1, 1, noon, &other) {
			t.Fatalf("%v: a refused call gave something back", limit)
		}
		l.Return(&r)
		l.Return(&r)
		if !l.Take(s, 1, 1, noon, &r) || l.Take(s, 1, 1, noon, &other) {
			t.Fatalf("%v: not exactly one call came back", limit)
		}
		tomorrow := at(24 * time.Hour)
		if !l.Take(s, 1, 1, tomorrow, &other) {
			t.Fatalf("%v: refused in the next window", limit)
		}
		l.Return(&r) // of a window that has ended
		if l.Take(s, 1, 1, tomorrow, &other) {
			t.Fatalf("%v: a call of an ended window came back", limit)
		}
	}
}

func TestBurstHasNoEdges(t *testing.T) {
	l := New(Options{})
	s := l.Set("x", []Limit{{Key: App, Window: Second, N: 20, Burst: true}}, nil)
	var r Result
	admitted := func(now int64) (n int) {
		for range 100 {
			if l.Take(s, 1, 1, now, &r) {
				n++
			}
		}
		return n
	}
	for _, c := range []struct {
		after time.Duration
		want  int
	}{
		{990 * time.Millisecond, 20},
		{1000 * time.Millisecond, 0}, // the turn of the second gives nothing
		{1040 * time.Millisecond, 1},
		{1140 * time.Millisecond, 2},
		{1500 * time.Millisecond, 7},
		{9000 * time.Millisecond, 20},
	} {
		if got := admitted(at(c.after)); got != c.want {
			t.Errorf("after %v: %d admitted, want %d", c.after, got, c.want)
		}
	}
}

func TestExactWhateverN(t *testing.T) {
	for _, n := range []int64{1, 3, 7, 999, 40_000} {
		for _, burst := range []bool{false, true} {
			l := New(Options{})
			s := l.Set("x", []Limit{{Key: App, Window: Second, N: n, Burst: burst}}, nil)
			var r Result
			got := int64(0)
			for range n + 10 {
				if l.Take(s, 1, 1, noon, &r) {
					got++
				}
			}
			if got != n {
				t.Errorf("N %d, burst %v: %d admitted", n, burst, got)
			}
		}
	}
}

// crowd calls f from 100 goroutines, 50 times each, and counts the trues.
func crowd(f func(goroutine, turn int) bool) int64 {
	var admitted atomic.Int64
	var wg sync.WaitGroup
	start := make(chan struct{})
	for g := range 100 {
		wg.Go(func() {
			<-start
			for turn := range 50 {
				if f(g, turn) {
					admitted.Add(1)
				}
			}
		})
	}
	close(start)
	wg.Wait()
	return admitted.Load()
}

func TestExactlyNOfACrowd(t *testing.T) {
	plenty := Limit{Key: Member, Window: Hour, N: 1_000_000}
	for _, c := range []struct {
		name   string
		limits []Limit
		want   int64
	}{
		{"one limit", []Limit{{Key: App, Window: Day, N: 1234}}, 1234},
		{"a burst", []Limit{{Key: App, Window: Second, N: 777, Burst: true}}, 777},
		{"the last of several", []Limit{plenty, {Key: App, Window: Day, N: 2000}, {Key: App, Window: Second, N: 500, Burst: true}}, 500},
		{"the middle of several", []Limit{plenty, {Key: App, Window: Day, N: 500}, {Key: App, Window: Second, N: 2000, Burst: true}}, 500},
		{"ten members with 20 each", []Limit{{Key: Member, Window: Day, N: 20}, {Key: App, Window: Day, N: 1000}}, 200},
		{"ten members, together less", []Limit{{Key: Member, Window: Day, N: 20}, {Key: App, Window: Day, N: 150}}, 150},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := New(Options{})
			s := l.Set("x", c.limits, nil)
			got := crowd(func(g, _ int) bool {
				var r Result
				return l.Take(s, 1, access.MemberID(1+g%10), noon, &r)
			})
			if got != c.want {
				t.Errorf("%d admitted, want %d", got, c.want)
			}
		})
	}
}

func TestCrowdGivesBackAll(t *testing.T) {
	limits := []Limit{{Key: Member, Window: Day, N: 3}, {Key: App, Window: Day, N: 10}, {Key: App, Window: Second, N: 5, Burst: true}}
	l := New(Options{})
	s := l.Set("x", limits, nil)
	var high, inside atomic.Int64
	crowd(func(g, _ int) bool {
		var r Result
		if !l.Take(s, 1, access.MemberID(1+g%7), noon, &r) {
			return false
		}
		n := inside.Add(1)
		for old := high.Load(); n > old && !high.CompareAndSwap(old, n); old = high.Load() {
		}
		inside.Add(-1)
		l.Return(&r)
		return true
	})
	if high.Load() > 5 {
		t.Errorf("%d at once, want at most 5", high.Load())
	}
	var r Result
	got := 0
	for range 100 {
		if l.Take(s, 1, 0, noon, &r) {
			got++
		}
	}
	if got != 5 {
		t.Errorf("after all was given back %d were admitted, want 5", got)
	}
}

func TestSweepAmidACrowd(t *testing.T) {
	l := New(Options{})
	s := l.Set("x", []Limit{{Key: App, Window: Second, N: 10}}, nil)
	// Everybody sweeps the counter of the turn before, which others are about to
	// move into their own turn.
	for turn := range 20 {
		now := at(time.Duration(turn) * time.Minute)
		got := crowd(func(int, int) bool {
			var r Result
			l.Sweep(now)
			return l.Take(s, 1, 1, now, &r)
		})
		if got != 10 {
			t.Fatalf("turn %d: %d admitted, want 10", turn, got)
		}
	}
	if l.Sweep(at(time.Hour)); l.Counters() != 0 {
		t.Errorf("%d counters are left", l.Counters())
	}
}

func TestSweepKeepsWhatCounts(t *testing.T) {
	l := New(Options{})
	s := l.Set("x", []Limit{appDay, memberDay, burst}, nil)
	var r Result
	l.Take(s, 1, 1, noon, &r)
	for _, c := range []struct {
		after       time.Duration
		swept, left int
	}{
		{0, 0, 3}, {10 * time.Second, 0, 3}, {11 * time.Second, 1, 2}, {12 * time.Hour, 0, 2}, {12*time.Hour + 10*time.Second, 2, 0},
	} {
		if n := l.Sweep(at(c.after)); n != c.swept || l.Counters() != c.left {
			t.Errorf("after %v: %d swept, %d left; want %d, %d", c.after, n, l.Counters(), c.swept, c.left)
		}
	}
	l.Return(&r) // of a counter that is gone
	if !l.Take(s, 1, 1, at(12*time.Hour), &r) {
		t.Error("refused after a sweep")
	}
}

func TestEnter(t *testing.T) {
	l := New(Options{})
	if got := crowd(func(int, int) bool { return l.Enter(321) }); got != 321 || l.InFlight() != 321 {
		t.Errorf("%d entered, %d in flight; want 321", got, l.InFlight())
	}
	l.Leave()
	if !l.Enter(321) || l.Enter(321) || !l.Enter(0) || l.InFlight() != 322 {
		t.Errorf("%d in flight, want 322", l.InFlight())
	}
}
