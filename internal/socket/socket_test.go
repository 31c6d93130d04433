package socket

import (
	"runtime"
	"testing"

	"github.com/candor-gateway/candor/internal/testkit"
)

func TestWatch(t *testing.T) {
	ours, theirs := testkit.Pair(t)
	var w Watch
	if w.Open(ours); !w.Quiet() || w.Ended() {
		t.Fatal("a fresh connection must be quiet and not ended")
	}
	if _, err := theirs.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	testkit.Until(t, "a byte came", func() bool { return !w.Quiet() })
	if w.Ended() {
		t.Error("a byte is no end")
	}
	theirs.CloseWrite()
	testkit.Until(t, "ended behind an unread byte", w.Ended)
	if allocs := testing.AllocsPerRun(100, func() { w.Ended() }); allocs > 1 {
		t.Errorf("a look allocates %v times", allocs)
	}
}

func TestWatchOfAClosedConnection(t *testing.T) {
	ours, _ := testkit.Pair(t)
	ours.Close()
	var w Watch
	if w.Open(ours); w.Quiet() || !w.Ended() {
		t.Error("a closed connection must be ended, and not quiet")
	}
}

func TestTaken(t *testing.T) {
	ours, theirs := testkit.Pair(t)
	var w Watch
	w.Open(ours)
	before := w.Taken(0)
	if _, err := ours.Write([]byte("hello")); err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS == "linux" { // elsewhere it is not known
		testkit.Until(t, "acknowledged", func() bool { return w.Taken(0) == before+5 })
	}
	theirs.Close()
	ours.Close()
	if got := w.Taken(9); got != 9 {
		t.Errorf("of a closed connection: %d", got)
	}
}
