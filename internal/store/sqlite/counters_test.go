package sqlite

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/quota"
	"github.com/candor-gateway/candor/internal/store/storetest"
)

// used is an app's counter of a day that ends an hour after noon.
func used(app access.AppID, n int64) quota.Counter {
	return quota.Counter{Resource: "people", Key: quota.App, Window: quota.Day, App: app, Used: n, Ends: storetest.Noon.Add(time.Hour).UnixNano()}
}

func (s *Store) mustSave(t *testing.T, counters ...quota.Counter) {
	t.Helper()
	if err := s.SaveCounters(t.Context(), slices.Values(counters)); err != nil {
		t.Fatal(err)
	}
}

// loaded is what a store that is opened on the directory has.
func loaded(t *testing.T, dir string) map[quota.Counter]quota.Counter {
	t.Helper()
	s := open(t, dir)
	all, err := s.LoadCounters(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return byIdentity(all)
}

func byIdentity(all []quota.Counter) map[quota.Counter]quota.Counter {
	m := make(map[quota.Counter]quota.Counter)
	for _, c := range all {
		m[identity(c)] = c
	}
	return m
}

// TestCountersMoveOver: a database of an earlier candor has them in a table.
func TestCountersMoveOver(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	for _, statement := range []string{
		`INSERT INTO counters (resource, key, window, burst, app_id, member, used, ends) VALUES ('people', 0, 3, 0, 1, 0, 7, 99)`,
		`INSERT INTO counters (resource, key, window, burst, app_id, member, used, ends) VALUES ('people', 1, 1, 1, 1, 8, 0, 98)`,
	} {
		if _, err := s.w.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	want := byIdentity([]quota.Counter{
		{Resource: "people", Key: quota.App, Window: quota.Day, App: 1, Used: 7, Ends: 99},
		{Resource: "people", Key: quota.Member, Window: quota.Minute, Burst: true, App: 1, Member: 8, Ends: 98},
	})
	for range 2 {
		if diff := cmp.Diff(want, loaded(t, dir)); diff != "" {
			t.Errorf("-want +got\n%s", diff)
		}
	}
	s = open(t, dir)
	var left int
	if err := s.w.QueryRowContext(t.Context(), `SELECT count(*) FROM counters`).Scan(&left); err != nil || left != 0 {
		t.Errorf("%d are left in the table, %v", left, err)
	}
	s.mustSave(t, used(1, 8))
	want[identity(used(1, 8))] = used(1, 8)
	if diff := cmp.Diff(want, loaded(t, dir)); diff != "" {
		t.Errorf("after a save: -want +got\n%s", diff)
	}
	if info, err := os.Stat(filepath.Join(dir, CountersFile)); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("the file: %v %v, want it for its owner alone", info.Mode(), err)
	}
}

// TestCountersCutAnywhere: of a file that was cut, or has something else from some byte on, what is whole before counts, and the next save goes on behind it.
func TestCountersCutAnywhere(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, CountersFile)
	s := open(t, dir)
	s.mustSave(t, used(1, 1), used(2, 2))
	first := size(t, path)
	s.mustSave(t, used(1, 3))
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for cut := range whole {
		want := map[quota.Counter]quota.Counter{}
		if cut >= first {
			want = byIdentity([]quota.Counter{used(1, 1), used(2, 2)})
		}
		for name, tail := range map[string][]byte{"cut": nil, "zeros": make([]byte, 300), "noise": bytes.Repeat([]byte{0x5a}, 300)} {
			if cut < len(countersHeader) && name != "cut" {
				continue // that is none of our files
			}
			if err := os.WriteFile(path, slices.Concat(whole[:cut], tail), 0o600); err != nil {
				t.Fatal(err)
			}
			f := counterFile{path: path}
			got, err := f.load()
			if err != nil || !maps.Equal(got, want) {
				t.Fatalf("%s at %d: %v, %v", name, cut, got, err)
			}
			if err := f.append(t.Context(), slices.Values([]quota.Counter{used(9, 9)})); err != nil {
				t.Fatal(err)
			}
			want[identity(used(9, 9))] = used(9, 9)
			if got, err := f.load(); err != nil || !maps.Equal(got, want) {
				t.Fatalf("%s at %d, after a save: %v, %v", name, cut, got, err)
			}
			delete(want, identity(used(9, 9)))
			if err := f.finish(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func size(t *testing.T, path string) int {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return int(info.Size())
}

// TestCountersOfSomebodyElse: what is no file of counters is neither read as one nor written over.
func TestCountersOfSomebodyElse(t *testing.T) {
	for _, text := range []string{"candor counters 2\n", "my own notes", "\x00\x00"} {
		dir := t.TempDir()
		s := open(t, dir)
		path := filepath.Join(dir, CountersFile)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		_, read := s.LoadCounters(t.Context())
		write := s.SaveCounters(t.Context(), slices.Values([]quota.Counter{used(1, 1)}))
		for _, err := range []error{read, write} {
			if err == nil || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "move the file away") {
				t.Errorf("%q: %v", text, err)
			}
		}
		if kept, err := os.ReadFile(path); err != nil || string(kept) != text {
			t.Errorf("%q became %q, %v", text, kept, err)
		}
	}
}

// TestCountersFileStaysSmall: a sweep leaves the latest of each alone, also where somebody has deleted the file.
func TestCountersFileStaysSmall(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, CountersFile)
	s := open(t, dir)
	rests := 0
	s.Rest = func() { rests++ }
	for i := range 500 {
		s.mustSave(t, used(access.AppID(1+i%7), int64(i)))
	}
	ended := used(9, 1)
	ended.Ends = storetest.Noon.UnixNano()
	s.mustSave(t, ended)
	before := size(t, path)
	if n, err := s.Sweep(t.Context(), storetest.Noon); n != 1 || err != nil || rests == 0 {
		t.Errorf("swept %d with %d rests, %v; want the one that has ended", n, rests, err)
	}
	if after := size(t, path); after > before/50 {
		t.Errorf("%d bytes of %d are left", after, before)
	}
	s.mustSave(t, used(8, 8))
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if n, err := s.Sweep(t.Context(), storetest.Noon); n != 0 || err != nil {
		t.Errorf("swept %d, %v", n, err)
	}
	if got := loaded(t, dir); len(got) != 8 || got[identity(used(3, 0))].Used != 499 {
		t.Errorf("%v", got)
	}
	if left, err := filepath.Glob(path + ".*"); err != nil || len(left) > 0 {
		t.Errorf("%v is left behind, %v", left, err)
	}
}

// TestCountersThatCannotBeWritten: after an error the same place is written again.
func TestCountersThatCannotBeWritten(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	s.mustSave(t, used(1, 1))
	good := s.counters.file
	closed, err := os.Open(good.Name())
	if err != nil {
		t.Fatal(err)
	}
	s.counters.file = closed // for reading alone
	if err := s.SaveCounters(t.Context(), slices.Values([]quota.Counter{used(2, 2)})); err == nil || !strings.HasPrefix(err.Error(), "save the counters: ") {
		t.Errorf("%v", err)
	}
	s.counters.file = good
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	s.mustSave(t, used(3, 3))
	if got, want := loaded(t, dir), byIdentity([]quota.Counter{used(1, 1), used(3, 3)}); !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestCountersAreAMap: whatever is saved, swept and opened again, the latest of each identity is there.
func TestCountersAreAMap(t *testing.T) {
	dir, rounds := t.TempDir(), 0
	rapid.Check(t, func(t *rapid.T) {
		rounds++
		f := &counterFile{path: filepath.Join(dir, fmt.Sprint(CountersFile, rounds))}
		want := map[quota.Counter]quota.Counter{}
		for range rapid.IntRange(1, 8).Draw(t, "steps") {
			switch rapid.IntRange(0, 3).Draw(t, "step") {
			case 0:
				now := rapid.Int64Range(0, 100).Draw(t, "now")
				if _, err := f.rewrite(context.Background(), now, func() {}); err != nil {
					t.Fatal(err)
				}
				if f.file != nil {
					maps.DeleteFunc(want, func(_, c quota.Counter) bool { return c.Ends <= now })
				}
			case 1:
				if err := f.finish(); err != nil {
					t.Fatal(err)
				}
				f = &counterFile{path: f.path}
			default:
				some := rapid.SliceOfN(rapid.Custom(drawCounter), 0, 300).Draw(t, "counters")
				if err := f.append(context.Background(), slices.Values(some)); err != nil {
					t.Fatal(err)
				}
				maps.Copy(want, byIdentity(some))
			}
			got, err := f.load()
			maps.DeleteFunc(got, func(_, c quota.Counter) bool { return c.Ends <= 100 })
			kept := maps.Clone(want)
			maps.DeleteFunc(kept, func(_, c quota.Counter) bool { return c.Ends <= 100 })
			if err != nil || !maps.Equal(got, kept) {
				t.Fatalf("%v\nwant %v, %v", got, kept, err)
			}
		}
		_ = f.finish()
	})
}

func drawCounter(t *rapid.T) quota.Counter {
	return quota.Counter{
		Resource: rapid.SampledFrom([]string{"", "people", "people/me", strings.Repeat("long", 100)}).Draw(t, "resource"),
		Key:      quota.Key(rapid.IntRange(0, 1).Draw(t, "key")), Window: quota.Window(rapid.IntRange(0, 3).Draw(t, "window")),
		Burst: rapid.Bool().Draw(t, "burst"), App: access.AppID(rapid.Uint32Range(0, 5).Draw(t, "app")),
		Member: access.MemberID(rapid.Uint64Range(0, 5).Draw(t, "member")), Used: rapid.Int64Range(0, 1<<40).Draw(t, "used"),
		Ends: rapid.Int64Range(0, 200).Draw(t, "ends"),
	}
}

// FuzzCounters: whatever stands in the file, reading it ends, and what is saved behind it is there.
func FuzzCounters(f *testing.F) {
	f.Add([]byte(nil))
	f.Add([]byte(countersHeader))
	block := make([]byte, blockHead)
	for app := range access.AppID(3) {
		c := used(app, 7)
		block = appendRecord(block, &c)
	}
	f.Add(append([]byte(countersHeader), seal(block)...))
	f.Add(append([]byte(countersHeader), seal(append(make([]byte, blockHead), 0xff, 0xff, 0xff, 0xff, 0x7f))...))
	f.Fuzz(func(t *testing.T, text []byte) {
		file := counterFile{path: filepath.Join(t.TempDir(), CountersFile)}
		if err := os.WriteFile(file.path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		before, err := file.load()
		if err != nil {
			return
		}
		if err := file.append(t.Context(), slices.Values([]quota.Counter{used(77, 7)})); err != nil {
			t.Fatal(err)
		}
		if before == nil {
			before = map[quota.Counter]quota.Counter{}
		}
		before[identity(used(77, 7))] = used(77, 7)
		if after, err := file.load(); err != nil || !maps.Equal(before, after) {
			t.Fatalf("%v\nwant %v, %v", after, before, err)
		}
		if err := file.finish(); err != nil {
			t.Fatal(err)
		}
	})
}
