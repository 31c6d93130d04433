package requestlog

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// ticks count, and hand over how often they did since.
type ticks struct{ n atomic.Int64 }

func (c *ticks) Waits() bool { return c.n.Load() > 0 }

func (c *ticks) Save(ctx context.Context, to Store, now time.Time) error {
	n := c.n.Load()
	if n == 0 {
		return nil
	}
	if err := to.SaveCounts(ctx, []Count{{App: "ada", Hour: now.Truncate(time.Hour), Calls: n}}); err != nil {
		return err
	}
	c.n.Add(-n)
	return nil
}

func (k *kept) sum() (n int64) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, c := range k.counts {
		n += c.Calls
	}
	return n
}

// Counts are in the store after ten seconds, when somebody asks for it, before it is left to another process, and at the end of this one; a store that fails loses none.
func TestCountsAreHandedOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		k, c := newKept(), &ticks{}
		l := begun(Options{Open: opening(k), Now: time.Now, Counts: c}, Settings{})
		want := int64(0)
		step := func(name string, do func() error) {
			t.Helper()
			c.n.Add(1)
			want++
			if err := do(); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if got := k.sum(); got != want {
				t.Errorf("%s: %d counted, want %d", name, got, want)
			}
		}
		wait := func() error {
			time.Sleep(countEvery + lookEvery)
			synctest.Wait()
			return nil
		}
		step("in time", wait)
		step("asked for", func() error { return l.Flush(t.Context()) })
		k.fail(errors.New("full"))
		c.n.Add(1)
		if err := l.Flush(t.Context()); err == nil {
			t.Error("nothing is said of what could not be saved")
		}
		want++
		k.fail(nil)
		step("after a fault", wait)
		step("left to another", func() error { return l.Pause(t.Context()) })
		step("at the end, behind another", func() error { return l.Close(t.Context()) })
	})
}
