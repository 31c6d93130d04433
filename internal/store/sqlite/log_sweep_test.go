package sqlite

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/candor-gateway/candor/internal/callid"
	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/internal/store/storetest"
)

func TestSweepByAge(t *testing.T) {
	logs(t, func(t *testing.T, l *Log) {
		for n := range 2*logStretch + 10 {
			add(t, l, record(n))
		}
		hour := storetest.Noon
		counts := []requestlog.Count{{App: "a", Hour: hour.Add(-time.Hour), Calls: 1}, {App: "a", Hour: hour, Calls: 2}}
		if err := l.SaveCounts(t.Context(), counts); err != nil {
			t.Fatal(err)
		}
		before := storetest.Noon.Add((2*logStretch + 5) * time.Second)
		for _, want := range []int{2*logStretch + 5, 0} {
			if gone, err := l.Sweep(t.Context(), before, 1<<30); gone != want || err != nil {
				t.Errorf("gone %d, want %d: %v", gone, want, err)
			}
		}
		left, _, err := l.Records(t.Context(), &requestlog.Filter{})
		if len(left) != 5 || left[4].ID != idAt(2*logStretch+5) || err != nil {
			t.Error(len(left), err)
		}
		got, err := l.Counts(t.Context(), nil, time.Unix(0, 0))
		same(t, "the counts", got, counts[1:])
		if n := count(t, l, "details"); n != 5 || err != nil {
			t.Errorf("%d details of 5 records: %v", n, err)
		}
	})
}

// TestSweepBySize: the oldest go, the latest that fit stay, and the file becomes shorter.
func TestSweepBySize(t *testing.T) {
	t.Run("small records", func(t *testing.T) { sweepBySize(t, 1000, 300) })
	t.Run("large records", func(t *testing.T) { sweepBySize(t, 6000, 60) })
	t.Run("the largest", func(t *testing.T) { sweepBySize(t, 30_000, 15) })
}

func sweepBySize(t *testing.T, each, least int) {
	logs(t, func(t *testing.T, l *Log) {
		const most = 1 << 20
		records := min(3000, 12<<20/each)
		var all []*requestlog.Record
		for n := range records {
			r := record(n)
			for len(r.Note) < each { // which cannot be made shorter by much
				r.Note += fmt.Sprint(rand.Uint64())
			}
			all = append(all, r)
		}
		add(t, l, all...)
		rests := 0
		l.Rest = func() { rests++ }
		gone, err := l.Sweep(t.Context(), storetest.Noon, most)
		if err != nil {
			t.Fatal(err)
		}
		taken, err := l.Bytes(t.Context())
		if left := records - gone; taken > most || taken < most/2 || left < least || err != nil {
			t.Errorf("%d records are left, in %d bytes: %v", left, taken, err)
		}
		if n := count(t, l, "calls"); n != records-gone {
			t.Errorf("%d records, and %d of %d are said to be gone", n, gone, records)
		}
		if _, err := l.Record(t.Context(), idAt(gone)); err != nil {
			t.Error(err)
		}
		if p, err := pagesOf(t.Context(), l.r); p.all*logPage > most || err != nil {
			t.Errorf("%+v pages: %v", p, err)
		}
		if rests < gone/logStretch {
			t.Errorf("it rested %d times", rests)
		}
		if l.file == "" {
			return
		}
		if info, err := os.Stat(l.file); err != nil || info.Size() > most {
			t.Error(info.Size(), err)
		}
	})
}

// TestALogInMemoryKeepsItsSize without a sweep: the oldest make room.
func TestALogInMemoryKeepsItsSize(t *testing.T) {
	const most, records = 1 << 20, 5000
	l, err := OpenLogMemory(t.Context(), most)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for n := range records {
		r := record(n)
		r.Note = strings.Repeat("x", 1000)
		add(t, l, r)
	}
	p, err := pagesOf(t.Context(), l.r)
	if p.all*logPage > most || err != nil {
		t.Errorf("%+v pages: %v", p, err)
	}
	page, next, err := l.Records(t.Context(), &requestlog.Filter{Most: 200})
	if len(page) != 200 || page[0].ID != idAt(records-1) || page[199].ID != idAt(records-200) || next == (callid.ID{}) || err != nil {
		t.Error(len(page), next, err)
	}
	huge := record(records)
	huge.Note = strings.Repeat("x", 2*most)
	if err := l.Add(t.Context(), []*requestlog.Record{huge}); !isFull(err) {
		t.Error(err)
	}
	add(t, l, record(1))
}

// TestNothingIsLeftOfWhatWasForgotten in any file, not even where SQLite has no row any more.
func TestNothingIsLeftOfWhatWasForgotten(t *testing.T) {
	dir := t.TempDir()
	l := openLog(t, dir)
	const needle = "needle-in-the-log"
	for n := range 900 {
		r := record(n)
		if r.App == "ada" {
			r.Member, r.Target, r.Note = needle, "/"+needle, strings.Repeat(needle, n%400)
		}
		add(t, l, r)
	}
	if n := found(t, dir, needle); n == 0 {
		t.Fatal("the needle is not found where it is")
	}
	if gone, err := l.Forget(t.Context(), "", needle); gone != 300 || err != nil {
		t.Error(gone, err)
	}
	if n := found(t, dir, needle); n != 0 {
		t.Errorf("the needle is found %d times", n)
	}
}

func TestLogFilesAreTheOwnersAlone(t *testing.T) {
	dir := t.TempDir()
	l := openLog(t, dir)
	add(t, l, record(0))
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) != 3 {
		t.Fatal(files, err)
	}
	for _, f := range files {
		if info, err := os.Stat(f); err != nil || info.Mode().Perm() != 0o600 {
			t.Error(f, info.Mode(), err)
		}
	}
	if head, err := os.ReadFile(l.file); err != nil || !bytes.HasPrefix(head, []byte("SQLite format 3\x00")) {
		t.Error(err)
	}
}
