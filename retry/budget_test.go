package retry_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/candor-gateway/candor/retry"
)

const second = int64(time.Second)

// outage sends so many calls in each second, each of which wants to be sent again so often, and tells how many were.
func outage(b *retry.Budget, from int64, calls []int, wants int) (sent, again int) {
	for i, n := range calls {
		for k := range n {
			now := from + int64(i)*second + int64(k)*second/int64(n)
			b.Count(now)
			sent++
			for range wants {
				if b.Take(now) {
					again++
				}
			}
		}
	}
	return sent, again
}

// Where everything fails, retries add a tenth, or one a second where that is more: over any course of traffic, however often each call would be sent again.
func TestBudgetDoesNotAmplify(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var b retry.Budget
		calls := rapid.SliceOfN(rapid.OneOf(rapid.Just(0), rapid.IntRange(0, 30), rapid.IntRange(0, 400)), 1, 40).Draw(t, "calls")
		sent, again := outage(&b, rapid.Int64Range(0, 1000*second).Draw(t, "from"), calls, rapid.IntRange(1, 9).Draw(t, "wants"))
		if most := sent/10 + len(calls) + 10; again > most {
			t.Fatalf("%d of %d calls in %d s were sent again, at most %d may be", again, sent, len(calls), most)
		}
	})
}

// At a hundred calls a second and more it is a tenth and no more, from the second second on.
func TestBudgetInATotalOutage(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var b retry.Budget
		calls := rapid.SliceOfN(rapid.IntRange(100, 500), 1, 30).Draw(t, "calls")
		sent, again := outage(&b, 0, calls, 2)
		if again > sent/10 {
			t.Fatalf("%d of %d", again, sent)
		}
		if again < sent/10-sent/50-1 { // a call of the last second earns for the next ones
			t.Fatalf("%d of %d: it starves", again, sent)
		}
	})
}

// A call that fails after a quiet time is sent again as often as any policy says, whatever was before.
func TestBudgetStarvesNobody(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var b retry.Budget
		calls := rapid.SliceOfN(rapid.IntRange(0, 100), 0, 20).Draw(t, "calls")
		outage(&b, 0, calls, 9)
		now := int64(len(calls)+10) * second
		b.Count(now)
		for i := range 9 {
			if !b.Take(now) {
				t.Fatalf("retry %d of a call alone was denied", i+1)
			}
		}
	})
}

// One failure a second is healed forever, and so is one in ten calls.
func TestBudgetOfWhatFailsAlways(t *testing.T) {
	t.Parallel()
	var slow, tenth retry.Budget
	for i := range int64(100) {
		slow.Count(i * second)
		if !slow.Take(i * second) {
			t.Fatalf("one a second: denied in second %d", i)
		}
		for k := range int64(200) {
			now := i*second + k*second/200
			tenth.Count(now)
			if k%10 == 9 && !tenth.Take(now) {
				t.Fatalf("one in ten: denied at call %d of second %d", k, i)
			}
		}
	}
}

// Many at once take what there is and not one more, and those that are late by some seconds take no more either.
func TestBudgetTogether(t *testing.T) {
	t.Parallel()
	var b retry.Budget
	var taken atomic.Int64
	var work sync.WaitGroup
	for range 8 {
		work.Go(func() {
			for i := range 500 {
				b.Count(5*second + int64(i))
			}
		})
	}
	work.Wait()
	for i := range int64(8) {
		work.Go(func() {
			for range 100 {
				if b.Take((5 + i%2) * second) {
					taken.Add(1)
				}
			}
		})
	}
	work.Wait()
	if n := taken.Load(); n < 400 || n > 408 { // who has read before another has counted in the second before his may come on top
		t.Errorf("%d of 400 were taken", n)
	}
}

func TestBudgetAllocatesNothing(t *testing.T) {
	var b retry.Budget
	if n := testing.AllocsPerRun(100, func() {
		b.Count(second)
		b.Take(second)
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
