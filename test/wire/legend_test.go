package wire

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// legendHead is how the legend of a file of cases begins. What stands before it is what the file is about.
const legendHead = `Bytes have Go escapes; {{3 x TEXT}} is three times TEXT, and {{name}} is a word of gate_test.go. In a case begin
`

// sigils are with what a line begins, and what stands in it; of the options each has a row. The legend of a file has those that are in it.
var sigils = []struct{ sigil, says string }{
	{">", "the bytes that the client sends"},
	{"+", "those that it sends once the first answer is there"},
	{"@", "the steps of the upstream, -- between calls; none: it reads the call and answers 200"},
	{"^", "the bytes that must reach the upstream; none: not one may, unless the upstream has a script"},
	{"<", "the whole answer, or the beginning of it, if it ends with the empty line"},
	{"=", "status, problem or -, and whether the connection is open behind it: once for each answer"},
	{"~", "what the answers must say"},
	{"!", "what neither they nor the access log must say"},
	{"$", "what the line of the access log must say"},
	{"% " + onlyPlain + ":", "not over TLS"},
	{"% " + onlyWhole + ":", "not in pieces: what reaches the upstream depends on how the call was cut"},
	{"% " + streams + ":", "a body with a fault: in pieces a part of the call may have been sent, and never its end"},
	{"% " + splitMay + ":", "in pieces the connection may be closed: it stays open only if the whole body was here when it was refused"},
	{"% " + rechunked + ":", "the answer's chunks are cut as the upstream's bytes came"},
	{"% " + kept + ":", "the upstream's connection carries the next call"},
	{"% " + gone + ":", "the upstream's connection is closed"},
}

// TestLegends: whoever opens a file of cases finds there what its lines mean.
func TestLegends(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			t.Fatal(err)
		}
		_, got, _ := strings.Cut(string(archive.Comment), legendHead)
		if diff := cmp.Diff(strings.Split(legendOf(archive), "\n"), strings.Split(got, "\n")); diff != "" {
			t.Errorf("%s: the legend behind %q (-want +got):\n%s", file, legendHead, diff)
		}
	}
}

// legendOf are the sigils in the cases of a file.
func legendOf(archive *txtar.Archive) (legend string) {
	var lines []string
	for _, f := range archive.Files {
		lines = append(lines, strings.Split(string(f.Data), "\n")...)
	}
	for _, s := range sigils {
		if slices.ContainsFunc(lines, func(line string) bool { return strings.HasPrefix(line+" ", strings.TrimSuffix(s.sigil, ":")+" ") }) {
			legend += "    " + s.sigil + " " + s.says + "\n"
		}
	}
	return legend
}
