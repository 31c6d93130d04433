package house

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// files are names of sources as the documents write them: with their room, or as one of the room that was named last.
var files = regexp.MustCompile("`((?:[a-z0-9]+/)*[a-z0-9_]+\\.go)`")

// TestWhere: every file that "Where do I change …" and CONTRIBUTING.md name is there.
func TestWhere(t *testing.T) {
	var there []string
	if err := filepath.WalkDir("..", func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".go") {
			there = append(there, "/"+filepath.ToSlash(path))
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"../docs/architecture.md", "../CONTRIBUTING.md"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		named := files.FindAllStringSubmatch(string(text), -1)
		if len(named) < 5 {
			t.Errorf("%s names %d files", name, len(named))
		}
		for _, n := range named {
			if !slices.ContainsFunc(there, func(path string) bool { return strings.HasSuffix(path, "/"+n[1]) }) {
				t.Errorf("%s names %s, which is nowhere", name, n[1])
			}
		}
	}
}
