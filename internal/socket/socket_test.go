package socket

import (
	"net"
	"runtime"
	"testing"
	"time"
)

// pair is a TCP connection over loopback, both ends.
func pair(t *testing.T) (ours, theirs *net.TCPConn) {
	t.Helper()
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := net.DialTCP("tcp", nil, l.Addr().(*net.TCPAddr))
	if err != nil {
		t.Fatal(err)
	}
	o, err := l.AcceptTCP()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close(); o.Close() })
	return o, c
}

// until waits for a condition, at most ten seconds.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !ok(); {
		if time.Now().After(end) {
			t.Fatalf("never %s", what)
		}
	}
}

func TestWatch(t *testing.T) {
	ours, theirs := pair(t)
	var w Watch
	if w.Open(ours); !w.Quiet() || w.Ended() {
		t.Fatal("a fresh connection must be quiet and not ended")
	}
	if _, err := theirs.Write([]byte("x")); err != nil {
		t.Fatal(err)
	}
	until(t, "a byte came", func() bool { return !w.Quiet() })
	if w.Ended() {
		t.Error("a byte is no end")
	}
	theirs.CloseWrite()
	until(t, "ended behind an unread byte", w.Ended)
	if allocs := testing.AllocsPerRun(100, func() { w.Ended() }); allocs > 1 {
		t.Errorf("a look allocates %v times", allocs)
	}
}

func TestWatchOfAClosedConnection(t *testing.T) {
	ours, _ := pair(t)
	ours.Close()
	var w Watch
	if w.Open(ours); w.Quiet() || !w.Ended() {
		t.Error("a closed connection must be ended, and not quiet")
	}
}

func TestTaken(t *testing.T) {
	ours, theirs := pair(t)
	var w Watch
	w.Open(ours)
	before := w.Taken(0)
	if _, err := ours.Write([]byte("hello")); err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS == "linux" { // elsewhere it is not known
		until(t, "acknowledged", func() bool { return w.Taken(0) == before+5 })
	}
	theirs.Close()
	ours.Close()
	if got := w.Taken(9); got != 9 {
		t.Errorf("of a closed connection: %d", got)
	}
}
