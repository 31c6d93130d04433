package house

import (
	"go/ast"
	"path"
	"testing"
)

// onTheWay are the rooms in which everything about a call comes together: what is not parted there grows into one object.
var onTheWay = []string{"internal/gateway/", "internal/downstream/", "internal/upstream/", "internal/heads/"}

// How many methods a type may have there, and how many lines a file: past that it is several.
const (
	maxMethods = 40
	maxLines   = 300
)

func TestTypesStaySmall(t *testing.T) {
	t.Parallel()
	methods := map[string]map[string]bool{} // by type: the same method for several systems is one
	for _, file := range readTree(t) {
		if !in(file.name, onTheWay) {
			continue
		}
		for _, d := range file.tree.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv == nil {
				continue
			}
			name := path.Dir(file.name) + "." + receiver(f.Recv.List[0].Type)
			if methods[name] == nil {
				methods[name] = map[string]bool{}
			}
			methods[name][f.Name.Name] = true
		}
	}
	for name, of := range methods {
		if len(of) > maxMethods {
			t.Errorf("%s has %d methods, more than %d", name, len(of), maxMethods)
		}
	}
}

// receiver is the name of a method's type.
func receiver(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return receiver(e.X)
	case *ast.IndexExpr:
		return receiver(e.X)
	case *ast.IndexListExpr:
		return receiver(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}

func TestFilesStayShort(t *testing.T) {
	t.Parallel()
	for _, file := range readTree(t) {
		if n := file.set.Position(file.tree.End()).Line; in(file.name, onTheWay) && n > maxLines {
			t.Errorf("%s has %d lines, more than %d", file.name, n, maxLines)
		}
	}
}
