package pages

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestExport(t *testing.T) {
	s := operators(t)
	for _, c := range []struct {
		name   string
		before []string // files in the folder; nil: there is no folder
		force  bool
		wrong  bool
	}{
		{name: "no folder"},
		{name: "an empty folder", before: []string{}},
		{name: "an earlier export", before: []string{"index.html", "throttled.md"}},
		{name: "files of others", before: []string{"index.html", "notes.txt"}, wrong: true},
		{name: "files of others, forced", before: []string{"index.html", "notes.txt"}, force: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			parent := t.TempDir()
			dir := filepath.Join(parent, "a", "errors")
			if c.before != nil {
				write(t, dir, c.before)
			}
			n, err := s.Export(dir+"/", c.force)
			if c.wrong {
				var other *OtherFilesError
				if !errors.As(err, &other) || cmp.Diff([]string{"notes.txt"}, other.Names) != "" {
					t.Errorf("%v", err)
				}
				if diff := cmp.Diff(c.before, names(t, dir)); diff != "" {
					t.Errorf("a refused export changed the folder:\n%s", diff)
				}
				return
			}
			if err != nil || n != len(s.files()) {
				t.Fatalf("%d %v", n, err)
			}
			for _, f := range s.files() {
				text, failed := os.ReadFile(filepath.Join(dir, f.name))
				if failed != nil || string(text) != string(f.text) {
					t.Errorf("%s: %v", f.name, failed)
				}
			}
			want := len(s.files())
			if c.force {
				want++ // what was there stays
			}
			if got := len(names(t, dir)); got != want {
				t.Errorf("%d files, want %d", got, want)
			}
			if diff := cmp.Diff([]string{"errors"}, names(t, filepath.Dir(dir))); diff != "" {
				t.Errorf("something is left beside the folder:\n%s", diff)
			}
			info, err := os.Stat(dir)
			if err != nil || info.Mode().Perm()&0o055 != 0o055 {
				t.Errorf("others cannot read the folder: %v %v", info.Mode(), err)
			}
		})
	}
}

// TestExportThatFails leaves nothing.
func TestExportThatFails(t *testing.T) {
	s := site(t, Options{})
	parent := t.TempDir()
	write(t, parent, []string{"file"})
	if _, err := s.Export(filepath.Join(parent, "file"), true); err == nil {
		t.Error("a file was taken for a folder")
	}
	if _, err := s.Export(filepath.Join(parent, "file", "errors"), true); err == nil {
		t.Error("a file was taken for a folder")
	}
	dir := filepath.Join(parent, "errors")
	if err := os.MkdirAll(filepath.Join(dir, "zz.html"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Export(dir, false); err == nil {
		t.Error("a folder of others was taken")
	}
	if diff := cmp.Diff([]string{"errors", "file"}, names(t, parent)); diff != "" {
		t.Error(diff)
	}
}

// TestLinksOfFilesResolve: each file leads to files that are there.
func TestLinksOfFilesResolve(t *testing.T) {
	s := operators(t)
	there := map[string]string{}
	for _, f := range s.files() {
		there[f.name] = string(f.text)
	}
	for name, text := range there {
		if !strings.HasSuffix(name, ".html") {
			continue
		}
		for _, m := range hrefs.FindAllStringSubmatch(text, -1) {
			link, place, _ := strings.Cut(m[1], "#")
			if strings.Contains(link, ":") {
				continue // the operator's own, or data:
			}
			if link == "" {
				link = name
			}
			if to, ok := there[link]; !ok || place != "" && !strings.Contains(to, ` id="`+place+`"`) {
				t.Errorf("%s links to %s, which is not there", name, m[1])
			}
		}
	}
}

func write(t *testing.T, dir string, files []string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("before"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func names(t *testing.T, dir string) (all []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}
