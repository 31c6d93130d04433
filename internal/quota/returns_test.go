package quota

import (
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

// TestReturns: what was counted here, left to another Limiter and given back then is given back there, once.
func TestReturns(t *testing.T) {
	limits := []Limit{{Key: App, Window: Day, N: 100}, {Key: Member, Window: Day, N: 100}, slowBurst}
	l, next := New(Options{}), New(Options{})
	s := l.Set("people", limits, nil)
	var kept, first, second Result
	for i, r := range []*Result{&kept, &first, &second} {
		if !l.Take(s, 1, 8, noon, r) {
			t.Fatalf("call %d is one too many", i)
		}
	}
	l.Return(&first) // before: the next one never counts it
	next.Restore(l.Snapshot(nil, noon), noon)
	l.NoteReturns()
	l.Return(&second)
	l.Return(&second) // which does nothing
	back := l.Returned()
	if len(back) != 2 || len(l.Returned()) != 0 {
		t.Fatalf("given back: %+v", back)
	}
	next.TakeBack(back)
	if d := gocmp.Diff(fixed(l), fixed(next)); d != "" {
		t.Errorf("the two differ (-first +next):\n%s", d)
	}
	next.TakeBack(back)
	next.TakeBack(back) // never below nothing
	for _, c := range fixed(next) {
		if c.Used != 0 {
			t.Errorf("%+v", c)
		}
	}
	before := sorted(next.Snapshot(nil, noon))
	for _, odd := range []Counter{{Window: 200, Used: 1}, {Key: 9, Used: 1}, {Resource: "people", Burst: true, Used: 1}, {Resource: "people", Used: -1}} {
		next.TakeBack([]Counter{odd})
	}
	if d := gocmp.Diff(before, sorted(next.Snapshot(nil, noon))); d != "" {
		t.Errorf("what is no count changed something:\n%s", d)
	}
}

// fixed are the counts of fixed windows.
func fixed(l *Limiter) []Counter {
	return slices.DeleteFunc(sorted(l.Snapshot(nil, noon)), func(c Counter) bool { return c.Burst })
}
