//go:build linux && (amd64 || arm64)

package socket

import (
	"bytes"
	"syscall"
	"testing"

	"github.com/candor-gateway/candor/internal/testkit"
)

func TestRecvSaysWhatIsLeft(t *testing.T) {
	ours, theirs := testkit.Pair(t)
	raw, err := ours.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var r Receiver
	var w Watch
	w.Open(ours)
	b := make([]byte, 4)
	do := func(f func(fd uintptr)) {
		t.Helper()
		if err := raw.Control(f); err != nil {
			t.Fatal(err)
		}
	}
	do(func(fd uintptr) {
		r.Open(fd)
		if _, _, errno := r.Recv(fd, b); errno != syscall.EAGAIN {
			t.Errorf("nothing to read: errno %v", errno)
		}
	})
	theirs.Write([]byte("abcdef"))
	testkit.Until(t, "bytes came", func() bool { return !w.Quiet() })
	do(func(fd uintptr) {
		if n, left, errno := r.Recv(fd, b); n != 4 || left != 2 || errno != 0 || string(b) != "abcd" {
			t.Errorf("got %d bytes %q, %d left, errno %v", n, b[:n], left, errno)
		}
		if n, left, _ := r.Recv(fd, b); n != 2 || left != 0 {
			t.Errorf("got %d bytes, %d left; want 2 and 0", n, left)
		}
	})
	theirs.Write([]byte("g"))
	theirs.CloseWrite()
	testkit.Until(t, "ended", w.Ended)
	do(func(fd uintptr) {
		if n, left, _ := r.Recv(fd, b); n != 1 || left != 1 {
			t.Errorf("the end must be told behind the last byte: %d bytes, %d left", n, left)
		}
		if n, _, errno := r.Recv(fd, b); n != 0 || errno != 0 {
			t.Errorf("at the end: %d bytes, errno %v", n, errno)
		}
	})
	do(func(fd uintptr) {
		if n := testing.AllocsPerRun(100, func() { r.Recv(fd, b) }); n != 0 {
			t.Errorf("Recv allocates %v times", n)
		}
	})
}

func TestSendStopsWhereTheSocketIsFull(t *testing.T) {
	ours, _ := testkit.Pair(t)
	raw, _ := ours.SyscallConn()
	big := bytes.Repeat([]byte("x"), 1<<20)
	_ = raw.Control(func(fd uintptr) {
		for range 1000 {
			if _, errno := Send(fd, big); errno != 0 {
				if errno != syscall.EAGAIN {
					t.Errorf("errno %v", errno)
				}
				return
			}
		}
		t.Error("a socket that nobody reads never filled")
	})
}

// What the doc of Recv warns of: TCP_INQ knows of no reset.
func TestRecvDoesNotTellOfAReset(t *testing.T) {
	ours, theirs := testkit.Pair(t)
	raw, err := ours.SyscallConn()
	if err != nil {
		t.Fatal(err)
	}
	var r Receiver
	var w Watch
	w.Open(ours)
	theirs.Write([]byte("ab"))
	testkit.Until(t, "bytes came", func() bool { return !w.Quiet() })
	theirs.SetLinger(0)
	theirs.Close()
	testkit.Until(t, "reset", w.Ended)
	_ = raw.Control(func(fd uintptr) {
		r.Open(fd)
		b := make([]byte, 4)
		if n, left, errno := r.Recv(fd, b); n != 2 || left != 0 || errno != 0 {
			t.Errorf("before the reset: %d bytes, %d left, errno %v", n, left, errno)
		}
		if n, _, errno := r.Recv(fd, b); n != 0 || errno != syscall.ECONNRESET {
			t.Errorf("the reset: %d bytes, errno %v", n, errno)
		}
	})
}
