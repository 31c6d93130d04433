package downstream

import (
	"sync/atomic"
	"testing"
	"time"
)

type cancelled struct{ n atomic.Int32 }

func (c *cancelled) Cancel() { c.n.Add(1) }

func TestWait(t *testing.T) {
	t.Parallel()
	var w Wait
	if !w.Over() {
		t.Error("nothing was waited for, and it was given up")
	}
	w.giveUp()
	what := &cancelled{}
	w.On(what, 5)
	if w.longerThan(10*time.Nanosecond, 14) || !w.longerThan(10*time.Nanosecond, 15) {
		t.Error("the time is measured wrongly")
	}
	if !w.Over() || what.n.Load() != 0 || w.longerThan(0, 100) {
		t.Error("it was given up by nobody, and is over")
	}
	w.On(what, 5)
	w.giveUp()
	w.giveUp()
	if w.Over() || what.n.Load() != 1 {
		t.Errorf("it was given up once: %d", what.n.Load())
	}
	if !w.Over() {
		t.Error("the next call is told of it too")
	}
}

// Whoever gives a wait up and whoever ends it agree on who was first, and on what was cancelled.
func TestWaitIsGivenUpOnce(t *testing.T) {
	t.Parallel()
	var w Wait
	for i := range 1000 {
		what, done := &cancelled{}, make(chan struct{})
		w.On(what, int64(i+1))
		go func() {
			defer close(done)
			w.giveUp()
		}()
		kept := w.Over()
		<-done
		if kept == (what.n.Load() == 1) {
			t.Fatalf("kept: %v, cancelled %d times", kept, what.n.Load())
		}
	}
}

func TestWaitAllocatesNothing(t *testing.T) {
	var w Wait
	what := &cancelled{}
	if n := testing.AllocsPerRun(100, func() {
		w.On(what, 1)
		w.Over()
	}); n > 0 {
		t.Errorf("%v allocations", n)
	}
}
