//go:build linux

package main

import (
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// TestAccessLogOfOneWhoDoesNotAppend: haproxy shares our descriptor and takes O_APPEND off it. No line is lost and none is counted twice.
func TestAccessLogOfOneWhoDoesNotAppend(t *testing.T) {
	t.Parallel()
	l, err := newAccessLog(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.file.Close() })
	if _, err := unix.FcntlInt(l.file.Fd(), unix.F_SETFL, 0); err != nil {
		t.Fatal(err)
	}
	for round, c := range []struct {
		lines string
		calls int64
		line  int64
	}{{"{1}\n{2}\n", 2, 4}, {"", 0, 4}, {"{three}\n", 1, 8}, {"{4}\n{five}\n{6}\n", 3, 5}} {
		if _, err := l.file.WriteString(c.lines); err != nil {
			t.Fatal(err)
		}
		l.calls = c.calls
		if err := l.settle(t.Context()); err != nil || l.calls != 0 || l.line != c.line {
			t.Errorf("round %d: %v; %d calls are left, mean length %d; want %d", round, err, l.calls, l.line, c.line)
		}
	}
	_, _ = l.file.WriteString("{a}\n{b:1}\n{b:2}\n{half")
	l.calls = 3
	if got, err := l.last(t.Context(), "b:"); got != "{b:2}" || err != nil {
		t.Errorf("the last line is %q, %v", got, err)
	}
	if got, err := l.last(t.Context(), "c:"); got != "" || err != nil {
		t.Errorf("the last line of none is %q, %v", got, err)
	}
}

func TestLinesLikeOurs(t *testing.T) {
	t.Parallel()
	ours := `{"time":"2026-11-26T00:53:04.380Z","api":"a\"b","status":401,"detail":{"at":3,"text":"x: y"},"duration_us":125,"reused":true}`
	want := `{"time":"$t","api":"a\"b","status":$s,"detail":{"at":3,"text":"x: y"},"duration_us":$d,"reused":true}`
	if got := likeOurs(ours, map[string]string{"time": `"$t"`, "status": "$s", "duration_us": "$d"}); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := nginxLine(`{"api":"it's $5"}`); got != `'{"api":"it\'s _5"}'` {
		t.Errorf("got %s", got)
	}
}
