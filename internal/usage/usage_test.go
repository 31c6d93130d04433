package usage_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/internal/store/sqlite"
	"github.com/candor-gateway/candor/internal/usage"
	"github.com/candor-gateway/candor/problem"
)

var noon = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

// opened is a store in a folder.
func opened(t *testing.T, dir string) *sqlite.Log {
	t.Helper()
	l, err := sqlite.OpenLog(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func save(t *testing.T, c *usage.Counts, to requestlog.Store, now time.Time) {
	t.Helper()
	if err := c.Save(t.Context(), to, now); err != nil {
		t.Fatal(err)
	}
}

func counts(t *testing.T, of requestlog.Store) []requestlog.Count {
	t.Helper()
	got, err := of.Counts(t.Context(), nil, noon.Add(-24*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestCountsAreSaved(t *testing.T) {
	store, c := opened(t, t.TempDir()), usage.New()
	ada := usage.Call{At: noon.UnixNano(), App: "ada", AppID: 1, Member: "m1", Resource: "people"}
	with := func(change func(*usage.Call)) *usage.Call {
		call := ada
		change(&call)
		return &call
	}
	for range 3 {
		c.Count(&ada)
		c.Count(with(func(c *usage.Call) { c.Repeated = true }))
	}
	c.Count(with(func(c *usage.Call) { c.Problem = problem.Throttled }))
	c.Count(with(func(c *usage.Call) { c.Problem, c.Member = problem.Throttled, "m2" }))
	c.Count(with(func(c *usage.Call) { c.At += int64(time.Hour) }))
	c.Count(&usage.Call{At: noon.UnixNano(), Problem: problem.ResourceNotFound})
	if calls, repeated := c.Today("ada", "people", noon.UnixNano()); calls != 7 || repeated != 3 {
		t.Errorf("today: %d, %d repeated", calls, repeated)
	}
	save(t, c, store, noon)
	save(t, c, store, noon) // nothing twice
	c.Count(&ada)
	save(t, c, store, noon.Add(time.Hour))
	throttled := problem.Throttled.Name()
	want := []requestlog.Count{
		{Hour: noon, Problem: problem.ResourceNotFound.Name(), Calls: 1},
		{App: "ada", Resource: "people", Hour: noon, Calls: 7, Repeated: 3},
		{App: "ada", Resource: "people", Hour: noon, Problem: throttled, Member: "m1", Calls: 1},
		{App: "ada", Resource: "people", Hour: noon, Problem: throttled, Member: "m2", Calls: 1},
		{App: "ada", Resource: "people", Hour: noon.Add(time.Hour), Calls: 1},
	}
	if d := cmp.Diff(want, counts(t, store)); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

// A process goes on with what an earlier one has counted of the day, and a new day begins with nothing.
func TestTodayOverARestart(t *testing.T) {
	dir := t.TempDir()
	late := time.Date(2026, 11, 26, 23, 59, 59, 0, time.UTC)
	call := func(at time.Time) *usage.Call {
		return &usage.Call{At: at.UnixNano(), App: "ada", AppID: 1, Resource: "people", Repeated: true}
	}
	for n := range 3 {
		store, c := opened(t, dir), usage.New()
		c.Count(call(late))
		save(t, c, store, late)
		if calls, repeated := c.Today("ada", "people", late.UnixNano()); calls != int64(n+1) || repeated != calls {
			t.Errorf("process %d: %d, %d repeated", n, calls, repeated)
		}
		_ = store.Close()
		next := late.Add(time.Second)
		if calls, _ := c.Today("ada", "people", next.UnixNano()); calls != 0 {
			t.Errorf("the new day begins with %d", calls)
		}
		c.Count(call(next))
		if calls, _ := c.Today("ada", "people", next.UnixNano()); calls != 1 {
			t.Errorf("the new day has %d", calls)
		}
	}
}

// What the store does not take is not lost, and not counted twice.
func TestStoreThatFails(t *testing.T) {
	dir := t.TempDir()
	closed, c := opened(t, t.TempDir()), usage.New()
	_ = closed.Close()
	for i := range 3 {
		c.Count(&usage.Call{At: noon.UnixNano(), App: "ada", AppID: 1, Resource: "people"})
		if err := c.Save(t.Context(), closed, noon.Add(time.Duration(i)*time.Hour)); err == nil {
			t.Error("a closed store takes counts")
		}
	}
	store := opened(t, filepath.Join(dir))
	save(t, c, store, noon)
	if d := cmp.Diff([]requestlog.Count{{App: "ada", Resource: "people", Hour: noon, Calls: 3}}, counts(t, store)); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	if errors.Is(c.Save(t.Context(), store, noon), requestlog.ErrOpening) || c.Lost() != 0 {
		t.Error(c.Lost())
	}
}

// What is too much to be counted apart is counted together: the sums are right.
func TestTooMuchToCountApart(t *testing.T) {
	store, c := opened(t, t.TempDir()), usage.New()
	const members, apps = 10_050, 41_000
	for i := range members {
		for range 2 {
			c.Count(&usage.Call{At: noon.UnixNano(), App: "ada", AppID: 1, Member: fmt.Sprint(i), Resource: "people", Problem: problem.Throttled})
		}
	}
	for i := range apps {
		for range 2 {
			c.Count(&usage.Call{At: noon.UnixNano(), App: fmt.Sprint("app", i), AppID: uint32(i + 2), Resource: "people"})
		}
	}
	save(t, c, store, noon)
	var sum, other, others int64
	for _, n := range counts(t, store) {
		sum += n.Calls
		if n.Member == usage.Other {
			other += n.Calls
		}
		if n.App == usage.OtherApps {
			others += n.Calls
		}
	}
	if sum != 2*(members+apps) || other != 100 || others != 2*(10_000+1+apps-50_000) {
		t.Errorf("%d calls, of other members %d, of other apps %d", sum, other, others)
	}
	save(t, c, store, noon.Add(time.Hour)) // what is over makes room
	c.Count(&usage.Call{At: noon.Add(time.Hour).UnixNano(), App: "late", AppID: 1 << 20})
	save(t, c, store, noon.Add(time.Hour))
	all := counts(t, store)
	if last := all[len(all)-1]; last.App != "late" {
		t.Errorf("%+v", last)
	}
}

// No call is lost between those that count and one that saves and sweeps.
func TestNothingIsLostInACrowd(t *testing.T) {
	store, c := opened(t, t.TempDir()), usage.New()
	const crowd, each = 8, 5000
	var wg sync.WaitGroup
	for range crowd {
		wg.Go(func() {
			for i := range each {
				c.Count(&usage.Call{At: noon.UnixNano(), App: "ada", AppID: 1, Resource: "people", Repeated: i%2 == 0})
			}
		})
	}
	for i := range 40 {
		save(t, c, store, noon.Add(time.Duration(i%2+1)*time.Hour)) // their hour is over: the cell goes whenever it is empty
	}
	wg.Wait()
	save(t, c, store, noon)
	if d := cmp.Diff([]requestlog.Count{{App: "ada", Resource: "people", Hour: noon, Calls: crowd * each, Repeated: crowd * each / 2}}, counts(t, store)); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	if calls, repeated := c.Today("ada", "people", noon.UnixNano()); calls != crowd*each || repeated != calls/2 {
		t.Error(calls, repeated)
	}
}

func TestLastHour(t *testing.T) {
	c := usage.New()
	at := func(minute int) int64 { return noon.Add(time.Duration(minute) * time.Minute).UnixNano() }
	for minute := range 90 {
		c.Count(&usage.Call{At: at(minute), Problem: problem.Throttled})
	}
	for _, w := range []struct {
		of     problem.Type
		minute int
		want   uint64
	}{{problem.Throttled, 89, 60}, {problem.Throttled, 100, 49}, {problem.Throttled, 150, 0}, {problem.Throttled, 30, 1}, {problem.ResourceNotFound, 89, 0}} {
		if got := c.LastHour(w.of, at(w.minute)); got != w.want {
			t.Errorf("%s at minute %d: %d, want %d", w.of.Name(), w.minute, got, w.want)
		}
	}
}

var benched = []usage.Call{
	{At: noon.UnixNano(), App: "ada", AppID: 1, Member: "m1", Resource: "people"},
	{At: noon.UnixNano(), App: "ada", AppID: 1, Member: "m1", Resource: "people", Problem: problem.Throttled},
	{At: noon.UnixNano(), Problem: problem.ResourceNotFound},
}

func TestNoAllocs(t *testing.T) {
	c := usage.New()
	var n uint64
	if got := testing.AllocsPerRun(1000, func() {
		for i := range benched {
			c.Count(&benched[i])
		}
		n++
		c.Repeats.Seen(n*0x9e3779b97f4a7c15, n, int64(n))
	}); got != 0 {
		t.Errorf("%v allocations, want 0", got)
	}
}

func BenchmarkCount(b *testing.B) {
	c := usage.New()
	b.ReportAllocs()
	for b.Loop() {
		c.Count(&benched[0])
	}
}

func BenchmarkSeen(b *testing.B) {
	c := usage.New()
	b.ReportAllocs()
	var n uint64
	for b.Loop() {
		n++
		c.Repeats.Seen(n*0x9e3779b97f4a7c15, n, int64(n)<<10)
	}
}
