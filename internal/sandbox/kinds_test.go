package sandbox

import (
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// docs/sandbox.md has the table of what can be staged on the wire, as it is.
func TestKindsAreTold(t *testing.T) {
	const file, mark = "../../docs/sandbox.md", "<!-- the table of internal/sandbox/kinds.go: "
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begun := strings.Cut(string(text), mark+"begin -->\n")
	got, after, ended := strings.Cut(rest, mark+"end -->")
	if !begun || !ended {
		t.Fatalf("%s has no place for the table", file)
	}
	want := kindsTable()
	if *update {
		got = want
		if err := os.WriteFile(file, []byte(before+mark+"begin -->\n"+want+mark+"end -->"+after), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s tells something else (go test ./internal/sandbox -run Kinds -update writes it): %s", file, d)
	}
}

func kindsTable() string {
	var b strings.Builder
	b.WriteString("| `X-Sandbox-Fault` | also | the API |\n|---|---|---|\n")
	for _, row := range mischiefs[noMischief+1:] {
		b.WriteString("| `" + row.example + "` | " + row.also + " | " + row.about + " |\n")
	}
	return b.String()
}
