package changes_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/candor-gateway/candor/internal/changes"
)

func TestGate(t *testing.T) {
	t.Parallel()
	var g changes.Gate
	k := changes.New(changes.Options{}).Key(changes.App, "acme", "/v2/posts")
	passed := func(n int, now int64) (out int) {
		for range n {
			if g.Take(k, now) {
				out++
			}
		}
		return out
	}
	for _, step := range []struct {
		at   int64
		n    int
		want int
	}{
		{noon, 100, 8},
		{noon + 1, 100, 1},
		{noon + 1, 1, 0},
		{noon + 2, 5, 1},
		{noon + 1000, 5, 1},
	} {
		if got := passed(step.n, step.at); got != step.want {
			t.Errorf("of %d calls at %d %d passed, want %d", step.n, step.at-noon, got, step.want)
		}
	}
}

func TestGateOfManyGoroutines(t *testing.T) {
	t.Parallel()
	var g changes.Gate
	k := changes.New(changes.Options{}).Key(changes.App, "acme", "/v2/posts")
	var passed atomic.Int64
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 1000 {
				if g.Take(k, noon) {
					passed.Add(1)
				}
			}
		})
	}
	all.Wait()
	if got := passed.Load(); got != 8 {
		t.Errorf("%d passed, want 8", got)
	}
}

func TestGateAllocatesNothing(t *testing.T) {
	var g changes.Gate
	m := changes.New(changes.Options{})
	now := noon
	if n := testing.AllocsPerRun(100, func() {
		now++
		g.Take(m.Key(changes.App, "acme", "/v2/posts"), now)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
