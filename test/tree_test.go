package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
)

const module = "github.com/candor-gateway/candor/"

// source is one file of the tree that is no test, whatever system it is built for.
type source struct {
	name    string // from the top of the tree, with slashes
	imports []string
	tree    *ast.File
	set     *token.FileSet
}

// at is where a node stands: file and line.
func (f *source) at(n ast.Node) string {
	return f.name + ":" + strconv.Itoa(f.set.Position(n.Pos()).Line)
}

// parseOnce reads the tree the first time it is asked for.
var parseOnce = sync.OnceValues(func() (files []*source, err error) {
	err = fs.WalkDir(os.DirFS(".."), ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && outside(name):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		file, err := parse(name)
		files = append(files, file)
		return err
	})
	return files, err
})

// outside names the folders that are no rooms: what has a module of its own, what is kept for tests, what git keeps.
func outside(dir string) bool {
	base := path.Base(dir)
	return dir != "." && (strings.HasPrefix(base, ".") || base == "testdata" || dir == "tools" || dir == "test")
}

func parse(name string) (*source, error) {
	f := &source{name: name, set: token.NewFileSet()}
	var err error
	if f.tree, err = parser.ParseFile(f.set, "../"+name, nil, parser.SkipObjectResolution); err != nil {
		return nil, err
	}
	for _, spec := range f.tree.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return nil, err
		}
		f.imports = append(f.imports, imported)
	}
	return f, nil
}

func readTree(t *testing.T) []*source {
	t.Helper()
	files, err := parseOnce()
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// imports gathers, for each folder that holds code, the rooms that it imports, sorted.
func imports(files []*source) map[string][]string {
	rooms := map[string][]string{}
	for _, f := range files {
		room := path.Dir(f.name)
		rooms[room] = append(rooms[room], nil...)
		for _, imported := range f.imports {
			if to, ok := strings.CutPrefix(imported, module); ok && !slices.Contains(rooms[room], to) {
				rooms[room] = append(rooms[room], to)
			}
		}
	}
	for _, row := range rooms {
		slices.Sort(row)
	}
	return rooms
}

// in reports whether a file stands at one of the places: prefixes of its name.
func in(name string, places []string) bool {
	return slices.ContainsFunc(places, func(p string) bool { return strings.HasPrefix(name, p) })
}

// call is what a node calls or mentions as package.Name, or nothing.
func call(n ast.Node) string {
	s, ok := n.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	pkg, ok := s.X.(*ast.Ident)
	if !ok {
		return ""
	}
	return pkg.Name + "." + s.Sel.Name
}
