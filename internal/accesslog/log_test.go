package accesslog

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// sink is a writer whose writes can be held up and made to fail.
type sink struct {
	mu    sync.Mutex
	data  bytes.Buffer
	next  func(b []byte) (int, error) // nil: all is written
	calls int
}

func (s *sink) Write(b []byte) (int, error) {
	s.mu.Lock()
	next := s.next
	s.mu.Unlock()
	n, err := len(b), error(nil)
	if next != nil {
		n, err = next(b)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	s.data.Write(b[:n])
	return n, err
}

func (s *sink) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.data.String()
}

func (s *sink) fail(next func(b []byte) (int, error)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next = next
}

func closeLog(t *testing.T, l *Log) {
	t.Helper()
	if err := l.Close(); err != nil {
		t.Error(err)
	}
}

func TestWrittenAfterASecond(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s sink
		l := New(&s, Options{})
		l.Append([]byte("one\n"))
		synctest.Wait()
		if got := s.String(); got != "" {
			t.Errorf("at once: got %q", got)
		}
		<-time.After(flushAfter) // of synctest's clock
		synctest.Wait()
		if got := s.String(); got != "one\n" {
			t.Errorf("after a second: got %q", got)
		}
		closeLog(t, l)
	})
}

func TestWrittenAt64KiB(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s sink
		l := New(&s, Options{})
		line := []byte(strings.Repeat("x", 1023) + "\n")
		for range 63 {
			l.Append(line)
		}
		synctest.Wait()
		if got := len(s.String()); got != 0 {
			t.Errorf("below 64 KiB: %d bytes written", got)
		}
		l.Append(line)
		synctest.Wait()
		if got := len(s.String()); got != flushAt || s.calls != 1 {
			t.Errorf("at 64 KiB: %d bytes in %d writes", got, s.calls)
		}
		closeLog(t, l)
	})
}

func TestCloseAndFlushLoseNothing(t *testing.T) {
	var s sink
	l := New(&s, Options{})
	l.Append([]byte("one\n"))
	l.Flush()
	if got := s.String(); got != "one\n" {
		t.Errorf("Flush: got %q", got)
	}
	l.Append([]byte("two\n"))
	closeLog(t, l)
	l.Append([]byte("late\n"))
	closeLog(t, l)
	if got := s.String(); got != "one\ntwo\n" {
		t.Errorf("Close: got %q", got)
	}
	if d := cmp.Diff(Stats{Lines: 2, Dropped: 1}, l.Stats()); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}

func TestEveryLineOfACrowdOnce(t *testing.T) {
	var s sink
	l := New(&s, Options{})
	var wg sync.WaitGroup
	for g := range 20 {
		wg.Go(func() {
			for i := range 500 {
				l.Append(fmt.Appendf(nil, "%d.%d\n", g, i))
			}
		})
	}
	wg.Wait()
	closeLog(t, l)
	seen := map[string]int{}
	for line := range strings.Lines(s.String()) {
		seen[line]++
	}
	for g := range 20 {
		for i := range 500 {
			if line := fmt.Sprintf("%d.%d\n", g, i); seen[line] != 1 {
				t.Fatalf("line %q was written %d times", line, seen[line])
			}
		}
	}
	if len(seen) != 20*500 {
		t.Errorf("%d different lines, want 10000", len(seen))
	}
}

// TestSlowWriter fills the buffer while a write is held up, and holds that the
// log tells how many lines are missing, and where.
func TestSlowWriter(t *testing.T) {
	var s sink
	entered, release := make(chan struct{}), make(chan struct{})
	s.next = func(b []byte) (int, error) {
		entered <- struct{}{}
		<-release
		return len(b), nil
	}
	l := New(&s, Options{Now: func() time.Time { return time.Unix(0, when) }})
	line := []byte(strings.Repeat("x", 1023) + "\n")
	for range 64 {
		l.Append(line)
	}
	<-entered // the first 64 lines are with the writer
	for range 1024 + 7 {
		l.Append(line) // 1 MiB fits, 7 lines do not; and nobody waits
	}
	want := Stats{Lines: 64 + 1024, Dropped: 7}
	if d := cmp.Diff(want, l.Stats()); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	s.fail(nil)
	close(release)
	closeLog(t, l)
	got := s.String()
	tail := `{"time":"2026-03-04T05:06:07.089Z","dropped":7}` + "\n"
	if got != strings.Repeat(string(line), 64+1024)+tail {
		t.Errorf("%d lines written, the last %q", strings.Count(got, "\n"), got[strings.LastIndexByte(got[:len(got)-1], '\n')+1:])
	}
}

func TestWriteErrorsAreToldOnce(t *testing.T) {
	var own bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&own, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
	var s sink
	l := New(&s, Options{Log: logger})
	full := errors.New("disk full")
	// The first line leaves whole, the second in part.
	left := 6
	s.fail(func([]byte) (int, error) {
		n := left
		left = 0
		return n, full
	})
	l.Append([]byte("one\n"))
	l.Append([]byte("two\n"))
	l.Append([]byte("three\n"))
	l.Flush()
	l.Append([]byte("four\n"))
	l.Flush()
	s.fail(nil)
	l.Append([]byte("five\n"))
	l.Flush()
	closeLog(t, l)

	// What broke off stands alone on its line.
	if d := cmp.Diff("one\ntw\nfive\n"+`{"dropped":3}`+"\n", s.String()); d != "" {
		t.Errorf("the log: (-want +got)\n%s", d)
	}
	want := `level=ERROR msg="cannot write the access log; calls are served, and their lines are lost until this is mended" error="disk full"` + "\n" +
		`level=INFO msg="the access log is written again" lines_lost=3` + "\n"
	if d := cmp.Diff(want, own.String()); d != "" {
		t.Errorf("our own log: (-want +got)\n%s", d)
	}
	st := l.Stats()
	if st.Lines != 5 || st.Lost != 3 || st.Dropped != 0 || st.Errors == 0 {
		t.Errorf("got %+v", st)
	}
}

func TestReopenLosesNothing(t *testing.T) {
	dir := t.TempDir()
	path, old := filepath.Join(dir, "access.log"), filepath.Join(dir, "access.log.1")
	l, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 1000 {
				l.Append(fmt.Appendf(nil, "%d.%d\n", g, i))
			}
		})
	}
	for i := range 5 {
		if err = os.Rename(path, fmt.Sprintf("%s.%d", old, i)); err != nil {
			t.Fatal(err)
		}
		if err = l.Reopen(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	wg.Wait()
	closeLog(t, l)
	files, err := filepath.Glob(path + "*")
	if err != nil || len(files) != 6 {
		t.Fatalf("got %v, %v", files, err)
	}
	lines := map[string]bool{}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(b)) {
			lines[line] = true
		}
	}
	if len(lines) != 4000 {
		t.Errorf("%d lines in all files, want 4000", len(lines))
	}
}

func TestReopenSplitsAtTheCall(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "access.log")
	l, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	l.Append([]byte("before\n"))
	if err = os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	if err = l.Reopen(t.Context()); err != nil {
		t.Fatal(err)
	}
	l.Append([]byte("after\n"))
	closeLog(t, l)
	again, err := Open(path, Options{}) // goes on at the end
	if err != nil {
		t.Fatal(err)
	}
	again.Append([]byte("again\n"))
	closeLog(t, again)
	for file, want := range map[string]string{path + ".1": "before\n", path: "after\nagain\n"} {
		if got, err := os.ReadFile(file); err != nil || string(got) != want {
			t.Errorf("%s: got %q, %v; want %q", file, got, err, want)
		}
	}
}

func TestAFileThatCannotBeOpened(t *testing.T) {
	path := filepath.Join(t.TempDir(), "dir", "access.log")
	_, err := Open(path, Options{})
	if !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), path) {
		t.Errorf("Open: got %v", err)
	}
	if err = os.Mkdir(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	l, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err = os.Rename(filepath.Dir(path), filepath.Dir(path)+".old"); err != nil {
		t.Fatal(err)
	}
	if err = l.Reopen(t.Context()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Reopen: got %v", err)
	}
	l.Append([]byte("kept\n"))
	closeLog(t, l)
	if got, err := os.ReadFile(filepath.Join(filepath.Dir(path)+".old", "access.log")); err != nil || string(got) != "kept\n" {
		t.Errorf("the old file holds %q, %v", got, err)
	}
}

func TestStdout(t *testing.T) {
	l, err := Open("stdout", Options{})
	if err != nil || l.out != io.Writer(os.Stdout) {
		t.Fatalf("got %v, %v", l, err)
	}
	if err := l.Reopen(t.Context()); err != nil {
		t.Error(err)
	}
	closeLog(t, l)
}

func TestAppendNoAllocs(t *testing.T) {
	l := New(io.Discard, Options{})
	defer closeLog(t, l)
	line := []byte(strings.Repeat("x", 399) + "\n")
	for range 1000 {
		l.Append(line)
	}
	l.Flush()
	if n := testing.AllocsPerRun(100, func() { l.Append(line) }); n != 0 {
		t.Errorf("%v allocations, want 0", n)
	}
}

func BenchmarkAppend(b *testing.B) {
	l := New(io.Discard, Options{})
	defer l.Close()
	line := []byte(strings.Repeat("x", 399) + "\n")
	b.ReportAllocs()
	for b.Loop() {
		l.Append(line)
	}
}
