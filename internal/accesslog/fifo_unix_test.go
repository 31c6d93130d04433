//go:build unix

package accesslog

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestANamedPipe: the log begins before a reader is there, goes on while one restarts, and ends though nobody reads.
func TestANamedPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	first := reader(t, path)
	l.Append([]byte("first\n"))
	l.Flush()
	first("first\n")
	l.Append([]byte("between\n"))
	l.Flush()
	second := reader(t, path)
	second("between\n")
	if err = l.Reopen(t.Context()); err != nil {
		t.Fatal(err)
	}

	line := []byte(strings.Repeat("x", 1023) + "\n")
	for range 1024 {
		l.Append(line)
	}
	l.rouse()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	unwritten, err := l.CloseWithin(ctx)
	if unwritten == 0 || err != nil {
		t.Errorf("%d unwritten, %v", unwritten, err)
	}
	<-l.stopped // the file was closed under the writer
}

// reader opens the pipe; what it returns reads what is wanted, once, and leaves.
func reader(t *testing.T, path string) func(want string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return func(want string) {
		defer f.Close()
		_ = f.SetReadDeadline(time.Now().Add(10 * time.Second))
		got := make([]byte, len(want))
		if _, err := io.ReadFull(f, got); err != nil || string(got) != want {
			t.Errorf("read %q, %v; want %q", got, err, want)
		}
	}
}
