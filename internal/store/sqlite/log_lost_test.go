package sqlite

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/requestlog"
)

// A file that is damaged while it is open is said to be lost once it cannot be written, and makes room for a new one.
func TestALogIsDamagedWhileItIsOpen(t *testing.T) {
	dir := t.TempDir()
	l := openLog(t, dir)
	path := filepath.Join(dir, LogFile)
	var large []*requestlog.Record // more than is kept of the file in memory
	for n := range 4000 {
		r := record(n)
		r.Note = strings.Repeat("x", 4000)
		large = append(large, r)
	}
	add(t, l, large...)
	if err := l.emptyWAL(t.Context()); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = f.WriteAt(bytes.Repeat([]byte("damaged "), 1<<20), 100<<10); err != nil {
		t.Fatal(err)
	}
	f.Close()
	if _, err = l.Sweep(t.Context(), time.Now(), 0); err == nil {
		t.Fatal("a damaged log was swept")
	}
	if lost := l.Lost(); lost == nil || !strings.Contains(lost.Error(), "log.db is damaged (") {
		t.Errorf("it is not said to be lost: %v", lost)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	next := openLog(t, dir)
	add(t, next, record(1))
	if aside, _ := filepath.Glob(path + ".damaged-*Z"); len(aside) != 1 {
		t.Errorf("put aside: %q", aside)
	}
}

// What stands beside a log whose file was replaced is not taken for the other file's.
func TestALogIsReplacedWhileItIsOpen(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // it replaces no file that is open
	}
	other := t.TempDir()
	restored := openLog(t, other)
	add(t, restored, record(7))
	if err := restored.Close(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	l := openLog(t, dir)
	for n := range 300 {
		add(t, l, record(n+100))
	}
	if err := os.Rename(filepath.Join(other, LogFile), filepath.Join(dir, LogFile)); err != nil {
		t.Fatal(err)
	}
	if lost := l.Lost(); lost == nil || !strings.HasSuffix(lost.Error(), "was replaced while it was open") {
		t.Errorf("it is not said to be lost: %v", lost)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	next := openLog(t, dir)
	page, _, err := next.Records(t.Context(), &requestlog.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	same(t, "the records of the log that was restored", page, []*requestlog.Record{record(7)})
	var found string
	if err := next.w.QueryRowContext(t.Context(), `PRAGMA integrity_check`).Scan(&found); err != nil || found != "ok" {
		t.Errorf("%s, %v", found, err)
	}
}
