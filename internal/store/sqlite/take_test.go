package sqlite

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestUndo: what was made since the directory was taken goes, and nothing else.
func TestUndo(t *testing.T) {
	for _, c := range []struct {
		name  string
		there []string // before
		made  []string // in it since
		left  []string
	}{
		{"nothing was there", nil, []string{File, CountersFile}, nil},
		{"the directory", []string{""}, []string{File}, []string{""}},
		{"a lock", []string{"", LockFile}, []string{File}, []string{"", LockFile}},
		{"what is not ours", nil, []string{File, "notes"}, []string{"", "notes"}},
		{"a database and its counters", []string{"", File}, []string{CountersFile}, []string{"", CountersFile, File}},
	} {
		t.Run(c.name, func(t *testing.T) {
			top := t.TempDir()
			dir := filepath.Join(top, "in", "data")
			put(t, dir, c.there)
			f, err := Take(dir)
			if err != nil {
				t.Fatal(err)
			}
			put(t, dir, c.made)
			if err := f.Undo(); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.left, below(t, top, dir)); diff != "" {
				t.Errorf("left (-want +got):\n%s", diff)
			}
			if held := Holder(dir); held != nil {
				t.Errorf("held by %v", held)
			}
		})
	}
}

// TestTakeThatFails leaves nothing either.
func TestTakeThatFails(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	put(t, dir, []string{""})
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	if _, err := Take(dir); err == nil && Check(dir) != nil {
		t.Error("it was taken")
	}
	if names, err := os.ReadDir(dir); err != nil || Check(dir) != nil && len(names) > 0 {
		t.Errorf("left %v, %v", names, err)
	}
}

// put makes empty files in a directory; "" is the directory alone.
func put(t *testing.T, dir string, names []string) {
	t.Helper()
	for _, name := range names {
		err := os.MkdirAll(dir, 0o700)
		if err == nil && name != "" {
			err = os.WriteFile(filepath.Join(dir, name), nil, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// below is what there is of a directory and in it, in the order of the names; nil if all of it up to top is gone.
func below(t *testing.T, top, dir string) (all []string) {
	t.Helper()
	if _, err := os.Stat(dir); err != nil {
		if left, err := os.ReadDir(top); err != nil || len(left) > 0 {
			t.Errorf("left of the way to it: %v, %v", left, err)
		}
		return nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	all = []string{""}
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}
