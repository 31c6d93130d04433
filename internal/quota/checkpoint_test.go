package quota

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"math"
	"runtime"
	"slices"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/access"
)

// memory is a Store.
type memory struct {
	saved []Counter // of the last call
	calls int
	err   error
}

var _ Store = (*memory)(nil)

func (m *memory) SaveCounters(_ context.Context, counters iter.Seq[Counter]) error {
	m.calls++
	got := slices.Collect(counters)
	if m.err != nil {
		return m.err
	}
	m.saved = sorted(got)
	return nil
}

func (m *memory) LoadCounters(context.Context) ([]Counter, error) { return m.saved, m.err }

func sorted(in []Counter) []Counter {
	out := slices.Clone(in)
	slices.SortFunc(out, func(a, b Counter) int {
		return cmp.Or(cmp.Compare(a.Resource, b.Resource), cmp.Compare(a.Key, b.Key),
			cmp.Compare(a.Window, b.Window), cmp.Compare(a.App, b.App), cmp.Compare(a.Member, b.Member))
	})
	return out
}

var (
	midnight  = at(12 * time.Hour)
	slowBurst = Limit{Key: App, Window: Minute, N: 60, Burst: true}
)

func TestSnapshotAndRestore(t *testing.T) {
	limits := []Limit{appDay, memberDay, burst, slowBurst}
	l := New(Options{})
	s := l.Set("people", limits, nil)
	var r Result
	l.Take(s, 1, 8, noon, &r)
	l.Take(s, 1, 9, noon, &r)
	l.Take(s, 2, 8, noon, &r)
	want := []Counter{
		{Resource: "people", Key: App, Window: Minute, Burst: true, App: 1, Ends: at(2 * time.Second)},
		{Resource: "people", Key: App, Window: Minute, Burst: true, App: 2, Ends: at(time.Second)},
		{Resource: "people", Key: App, Window: Day, App: 1, Used: 2, Ends: midnight},
		{Resource: "people", Key: App, Window: Day, App: 2, Used: 1, Ends: midnight},
		{Resource: "people", Key: Member, Window: Day, App: 1, Member: 8, Used: 1, Ends: midnight},
		{Resource: "people", Key: Member, Window: Day, App: 1, Member: 9, Used: 1, Ends: midnight},
		{Resource: "people", Key: Member, Window: Day, App: 2, Member: 8, Used: 1, Ends: midnight},
	}
	got := sorted(l.Snapshot(nil, noon))
	if d := gocmp.Diff(want, got); d != "" {
		t.Fatalf("Snapshot: (-want +got)\n%s", d)
	}

	for _, c := range []struct {
		name     string
		now      int64
		restored int
	}{
		{"at once", noon, 7},
		{"when the bursts are over", at(time.Hour), 5},
		{"when the day is over", midnight, 0},
		{"with a clock two days behind", at(-48 * time.Hour), 0},
	} {
		again := New(Options{})
		again.Set("another", limits, nil) // numbers differ from before
		if n := again.Restore(got, c.now); n != c.restored {
			t.Errorf("%s: %d restored, want %d", c.name, n, c.restored)
		}
		if d := gocmp.Diff(want[7-c.restored:], sorted(again.Snapshot(nil, c.now)), equalEmpty); d != "" {
			t.Errorf("%s: (-want +got)\n%s", c.name, d)
		}
	}
}

var equalEmpty = gocmp.Transformer("empty", func(c []Counter) string {
	if len(c) == 0 {
		return "none"
	}
	return gocmp.Diff(nil, c)
})

func TestRestoredCountsCount(t *testing.T) {
	l := New(Options{})
	l.Restore([]Counter{{Resource: "people", Key: App, Window: Day, App: 1, Used: 4, Ends: midnight}}, noon)
	s := l.Set("people", []Limit{appDay}, nil)
	var r Result
	if !l.Take(s, 1, 0, noon, &r) || l.Take(s, 1, 0, noon, &r) {
		t.Error("of a limit of 5 with 4 used, not exactly one was left")
	}
	// A second Restore does not take back what was counted meanwhile.
	l.Restore([]Counter{{Resource: "people", Key: App, Window: Day, App: 1, Used: 1, Ends: midnight}}, noon)
	if l.Take(s, 1, 0, noon, &r) {
		t.Error("Restore lowered a count")
	}
}

func TestRestoreRefusesNonsense(t *testing.T) {
	l := New(Options{})
	n := l.Restore([]Counter{
		{Resource: "x", Window: 99, Used: 1, Ends: midnight},
		{Resource: "x", Window: Day, Key: 9, Used: 1, Ends: midnight},
		{Resource: "x", Window: Day, Used: -1, Ends: midnight},
		{Resource: "x", Window: Day, Used: MaxN + 1, Ends: midnight},
		{Resource: "x", Window: Minute, Used: 1, Ends: midnight},
		{Resource: "x", Window: Second, Used: 1, Ends: at(100 * 365 * 24 * time.Hour)},
		{Resource: "x", Window: Day, Used: 5, Ends: math.MaxInt64},
		{Resource: "x", Window: Day, Burst: true, Ends: at(4 * 24 * time.Hour)},
		{Resource: "x", Window: Day, Used: 5, Ends: at(36 * time.Hour)}, // tomorrow's, at noon
	}, noon)
	if n != 0 || l.Counters() != 0 {
		t.Errorf("%d restored, %d counters", n, l.Counters())
	}
}

func TestCheckpoint(t *testing.T) {
	l := New(Options{})
	s := l.Set("people", []Limit{appDay}, nil)
	var r Result
	var m memory
	ctx := t.Context()
	step := func(name string, err error, want ...Counter) {
		t.Helper()
		m.saved, m.err = nil, err
		if got := l.Checkpoint(ctx, &m, noon); !errors.Is(got, err) {
			t.Fatalf("%s: got error %v, want %v", name, got, err)
		}
		if d := gocmp.Diff(want, m.saved); d != "" {
			t.Fatalf("%s: (-want +got)\n%s", name, d)
		}
	}
	first := Counter{Resource: "people", Key: App, Window: Day, App: 1, Used: 1, Ends: midnight}
	second := Counter{Resource: "people", Key: App, Window: Day, App: 2, Used: 1, Ends: midnight}

	step("nothing counted", nil)
	l.Take(s, 1, 0, noon, &r)
	step("the first", nil, first)
	step("nothing new", nil)
	l.Take(s, 2, 0, noon, &r)
	step("what changed", nil, second)
	l.Return(&r)
	second.Used = 0
	step("a call given back", nil, second)
	l.Take(s, 2, 0, noon, &r)
	second.Used = 1
	step("the store is down", errors.New("disk full"))
	step("all is saved again", nil, first, second)
	if m.calls != 5 {
		t.Errorf("the store was asked %d times, want 5: never for nothing", m.calls)
	}
}

// TestCheckpointAmidACrowd: what is counted while a checkpoint reads is saved by it or by the next.
func TestCheckpointAmidACrowd(t *testing.T) {
	l := New(Options{Rest: runtime.Gosched})
	s := l.Set("x", []Limit{{Key: App, Window: Day, N: MaxN}, {Key: Member, Window: Day, N: MaxN}, {Key: App, Window: Second, N: MaxN}}, nil)
	kept := keeper{}
	done := make(chan struct{})
	go func() {
		defer close(done)
		crowd(func(g, turn int) bool {
			var r Result
			l.Take(s, 1, access.MemberID(1+(g*50+turn)%700), noon, &r)
			if turn%5 == 0 {
				l.Return(&r)
			}
			return true
		})
	}()
	for ended := false; !ended; {
		select {
		case <-done:
			ended = true
		default:
		}
		if err := l.Checkpoint(t.Context(), kept, noon); err != nil {
			t.Error(err)
		}
	}
	var app, members int64
	for _, c := range kept {
		if c.Key == App {
			app += c.Used
		} else {
			members += c.Used
		}
	}
	if app != 4000 || members != 4000 || len(kept) != 701 {
		t.Errorf("%d of the app, %d of members in %d counters are saved, want 4000, 4000, 701", app, members, len(kept))
	}
}

// keeper is a Store that keeps the latest.
type keeper map[Counter]Counter

func (k keeper) SaveCounters(_ context.Context, counters iter.Seq[Counter]) error {
	for c := range counters {
		id := c
		id.Used, id.Ends = 0, 0
		k[id] = c
	}
	return nil
}

func (keeper) LoadCounters(context.Context) ([]Counter, error) { return nil, nil }

// stubborn is a Store that takes so many counters and then fails.
type stubborn int

func (s stubborn) SaveCounters(_ context.Context, counters iter.Seq[Counter]) error {
	n := stubborn(0)
	if s > 0 {
		for range counters {
			if n++; n == s {
				break
			}
		}
	}
	return errors.New("disk full")
}

func (stubborn) LoadCounters(context.Context) ([]Counter, error) { return nil, nil }

// TestCheckpointThatBreaksOff: wherever the store fails, the next checkpoint saves all, and the one after it what has changed.
func TestCheckpointThatBreaksOff(t *testing.T) {
	for after := range stubborn(5) {
		l := New(Options{})
		s := l.Set("x", []Limit{memberDay}, nil)
		var r Result
		for m := range access.MemberID(4) {
			l.Take(s, 1, 1+m, noon, &r)
		}
		if err := l.Checkpoint(t.Context(), after, noon); err == nil {
			t.Fatal("the store's error is lost")
		}
		l.Take(s, 1, 9, noon, &r)
		var all, one memory
		if err := l.Checkpoint(t.Context(), &all, noon); err != nil || len(all.saved) != 5 {
			t.Errorf("after %d: %v, %v", after, all.saved, err)
		}
		l.Take(s, 1, 3, noon, &r)
		if err := l.Checkpoint(t.Context(), &one, noon); err != nil || len(one.saved) != 1 || one.saved[0].Used != 2 {
			t.Errorf("after %d, then: %v, %v", after, one.saved, err)
		}
	}
}

// TestCheckpointRests: no stretch of it, nor of a sweep, is long.
func TestCheckpointRests(t *testing.T) {
	rests := 0
	l := New(Options{Rest: func() { rests++ }})
	s := l.Set("x", []Limit{memberDay}, nil)
	var r Result
	for m := range access.MemberID(10 * stretch) {
		l.Take(s, 1, 1+m, noon, &r)
	}
	for name, f := range map[string]func(){
		"Checkpoint": func() { _ = l.Checkpoint(t.Context(), &memory{}, noon) },
		"a second one, of all": func() {
			l.unsaved = true
			_ = l.Checkpoint(t.Context(), &memory{}, noon)
		},
		"Sweep": func() { l.Sweep(noon) },
	} {
		if rests = 0; name == "Checkpoint" {
			l.changeAll()
		}
		if f(); rests < 10 {
			t.Errorf("%s: %d rests", name, rests)
		}
	}
}
