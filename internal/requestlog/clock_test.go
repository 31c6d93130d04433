package requestlog

import (
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// A clock that steps keeps nothing from being written, counted and swept, and does not make the log do so each second.
func TestTheClockSteps(t *testing.T) {
	for _, c := range []struct {
		name string
		step time.Duration
	}{
		{"a day ahead", 24 * time.Hour},
		{"a day back", -24 * time.Hour},
		{"fifty years back", -50 * 365 * 24 * time.Hour},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var ahead atomic.Int64
				k, counts := newKept(), &ticks{}
				l := begun(Options{Open: opening(k), Now: func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }, Counts: counts}, Settings{Detail: 1, Keep: 14 * 24 * time.Hour})
				defer l.Close(t.Context())
				for n, step := range []time.Duration{0, c.step, 0} {
					ahead.Store(int64(step))
					counts.n.Add(1)
					if !l.fail(t, 1, idOf(uint64(n+1))) || l.fail(t, 1, idOf(100)) {
						t.Errorf("step %d: one a second was to be recorded", n)
					}
					time.Sleep(2 * countEvery)
					synctest.Wait()
					if k.size() != n+1 || k.sum() != int64(2*n+2) { // and one a step that was only counted
						t.Errorf("step %d: %d records, %d counted", n, k.size(), k.sum())
					}
				}
				k.mu.Lock()
				swept := k.swept
				k.mu.Unlock()
				if swept < 1 || swept > 3 {
					t.Errorf("it was swept %d times in a minute", swept)
				}
			})
		})
	}
}
