package house

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"
	"testing"

	"github.com/candor-gateway/candor/problem"
)

// The catalogue lists what something answers with, and nothing else: problem/later.go marks the rest.
func TestCatalogueListsWhatIsMade(t *testing.T) {
	t.Parallel()
	files := readTree(t)
	made := madeProblems(files)
	for i, name := range constants(t, files, "problem/types.go", "None") {
		typ := problem.Type(i)
		if typ == problem.None || typ == problem.ClientGone { // nobody is left to read it
			continue
		}
		if listed := slices.Contains(problem.Types(), typ); listed != made[name] {
			t.Errorf("problem.%s is made: %t, listed: %t", name, made[name], listed)
		}
	}
	for i, name := range constants(t, files, "problem/detail.go", "NoDetail") {
		d := problem.Detail(i)
		if listed := slices.Contains(problem.Details(d.Type()), d); d != problem.NoDetail && listed != made[name] {
			t.Errorf("problem.%s is made: %t, listed: %t", name, made[name], listed)
		}
	}
}

// imitators name problems without having them: they explain one, or list its call.
var imitators = []string{"problem/", "internal/explain/", "internal/sandbox/lines.go", "cmd/candor/"}

// madeProblems gathers the constants of problem that are put somewhere. Where one is compared with, or is the key of a table, it was made elsewhere.
func madeProblems(files []*source) map[string]bool {
	made := map[string]bool{}
	for _, file := range files {
		if in(file.name, imitators) {
			continue
		}
		asked := map[ast.Node]bool{}
		ast.Inspect(file.tree, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.KeyValueExpr:
				asked[n.Key] = true
			case *ast.IndexExpr:
				asked[n.Index] = true
			case *ast.BinaryExpr:
				asked[n.X], asked[n.Y] = n.Op == token.EQL || n.Op == token.NEQ, n.Op == token.EQL || n.Op == token.NEQ
			case *ast.CaseClause:
				for _, e := range n.List {
					asked[e] = true
				}
			}
			if name, ok := strings.CutPrefix(call(n), "problem."); ok && !asked[n] {
				made[name] = true
			}
			return true
		})
	}
	return made
}

// constants lists the exported names of the block of constants that begins with first, by their value.
func constants(t *testing.T, files []*source, name, first string) (names []string) {
	t.Helper()
	for _, file := range files {
		if file.name != name {
			continue
		}
		for _, d := range file.tree.Decls {
			block, ok := d.(*ast.GenDecl)
			if ok && block.Tok == token.CONST && block.Specs[0].(*ast.ValueSpec).Names[0].Name == first {
				return exported(block)
			}
		}
	}
	t.Fatalf("%s has no constants that begin with %s", name, first)
	return nil
}

func exported(block *ast.GenDecl) (names []string) {
	for _, spec := range block.Specs {
		if name := spec.(*ast.ValueSpec).Names[0]; name.IsExported() {
			names = append(names, name.Name)
		}
	}
	return names
}
