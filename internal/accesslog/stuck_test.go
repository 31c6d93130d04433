package accesslog

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// stuck is a sink that takes nothing until it is released.
func stuck() (s *sink, release func()) {
	s = &sink{}
	free := make(chan struct{})
	s.next = func(b []byte) (int, error) {
		<-free
		return len(b), nil
	}
	return s, func() { close(free) }
}

// own is a log of the process, without times.
func own(to *bytes.Buffer) *slog.Logger {
	return slog.New(slog.NewTextHandler(to, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}))
}

// TestTheEndDoesNotWait: a reader that never reads keeps neither the log's end nor who asks for it again.
func TestTheEndDoesNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, release := stuck()
		l := New(s, Options{})
		l.Append([]byte("one\n"))
		l.Append([]byte("two\n"))
		<-time.After(flushAfter) // of synctest's clock: the writer holds both
		synctest.Wait()
		l.Append([]byte("three\n"))
		begun := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		unwritten, err := l.CloseWithin(ctx)
		if unwritten != 3 || err != nil {
			t.Errorf("%d unwritten, %v; want 3", unwritten, err)
		}
		if spent := time.Since(begun); spent != 2*time.Second {
			t.Errorf("it took %s", spent)
		}
		if d := cmp.Diff(Stats{Lines: 3, Lost: 3}, l.Stats()); d != "" {
			t.Errorf("(-want +got)\n%s", d)
		}
		closeLog(t, l)
		release()
	})
}

// TestAReopenDoesNotWait: while the old file takes nothing, the log may be sent to new ones; then each line is in one of them.
func TestAReopenDoesNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "access.log")
		s, release := stuck()
		l := newLog(s, Options{})
		l.path = path
		go l.run()
		l.Append([]byte("old 1\n"))
		<-time.After(flushAfter)
		l.Append([]byte("old 2\n"))
		for n, line := range []string{"new 1\n", "new 2\n"} {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			if err := l.Reopen(ctx); err != nil {
				t.Fatal(n, err)
			}
			cancel()
			l.Append([]byte(line))
		}
		release()
		closeLog(t, l)
		if err := l.Reopen(t.Context()); err != nil { // a reload beside the end
			t.Error(err)
		}
		text, err := os.ReadFile(path)
		if err != nil || string(text) != "new 1\nnew 2\n" || s.String() != "old 1\nold 2\n" {
			t.Errorf("the new file has %q, the old %q, %v", text, s.String(), err)
		}
	})
}

// TestTheEndOfALogThatWasToTurn: the writer that was left behind may go on later, and finds nothing amiss.
func TestTheEndOfALogThatWasToTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, release := stuck()
		l := newLog(s, Options{Prompt: true})
		l.path = filepath.Join(t.TempDir(), "access.log")
		go l.run()
		l.Append([]byte("old 1\n"))
		synctest.Wait()
		l.Append([]byte("old 2\n"))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := l.Reopen(ctx); err != nil {
			t.Fatal(err)
		}
		if unwritten, err := l.CloseWithin(ctx); unwritten != 2 || err != nil {
			t.Errorf("%d unwritten, %v; want 2", unwritten, err)
		}
		release()
		<-l.stopped
		if s.String() != "old 1\nold 2\n" {
			t.Errorf("got %q", s.String())
		}
	})
}

// TestDroppedLinesAreToldOnce at their beginning, and once when the log has caught up.
func TestDroppedLinesAreToldOnce(t *testing.T) {
	s, release := stuck()
	var said bytes.Buffer
	l := New(s, Options{Log: own(&said), Prompt: true})
	line := []byte(strings.Repeat("x", 1023) + "\n")
	for range 3 * 1024 { // the writer may hold up to as much as waits
		l.Append(line)
	}
	release()
	l.Flush()
	l.Flush()
	closeLog(t, l)
	dropped := l.Stats().Dropped
	if dropped == 0 || l.Stats().Missing() != dropped {
		t.Errorf("%+v", l.Stats())
	}
	got := strings.Split(said.String(), "\n")
	if len(got) != 3 || !strings.HasPrefix(got[0], "level=WARN ") || !strings.HasPrefix(got[1], `level=INFO msg="the access log is written again" lines_lost=`) {
		t.Errorf("it was told: %q", got)
	}
}

// TestPromptLines leave without waiting for a second.
func TestPromptLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var s sink
		l := New(&s, Options{Prompt: true})
		if n, err := l.Write([]byte("one\n")); n != 4 || err != nil {
			t.Error(n, err)
		}
		synctest.Wait()
		if s.String() != "one\n" {
			t.Errorf("got %q", s.String())
		}
		closeLog(t, l)
	})
}

// TestMissingLinesInOnesOwnWords.
func TestMissingLinesInOnesOwnWords(t *testing.T) {
	var s sink
	s.next = func([]byte) (int, error) { return 0, os.ErrClosed }
	l := New(&s, Options{Missing: func(dst []byte, n uint64) []byte { return append(dst, "missing\n"...) }})
	l.Append([]byte("lost\n"))
	l.Flush()
	s.fail(nil)
	l.Flush()
	closeLog(t, l)
	if s.String() != "missing\n" {
		t.Errorf("got %q", s.String())
	}
}
