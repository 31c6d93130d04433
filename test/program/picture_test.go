//go:build unix

package program_test

import (
	"encoding/xml"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// pictured draws the first console block of README.md, which was run a moment ago: what the API says of a call, and what candor observe says beside it.
func pictured(t *testing.T, readme []string) {
	t.Helper()
	const name = "../../docs/observe.svg"
	begin := slices.Index(readme, "```console") + 1
	answers := commands(readme[begin : begin+slices.Index(readme[begin:], "```")])
	if len(answers) < 3 || len(answers[2]) < 2 {
		t.Fatalf("the first console block of README.md has no call before and after: %q", answers)
	}
	says := answers[2][len(answers[2])-1]
	drawn := draw([]panel{
		{"Before: what your API says", answers[0]},
		{"After: what candor observe says of the same call", strings.Split(strings.ReplaceAll(says, " | ", "\n  "), "\n")},
	})
	if *updateReadme {
		if err := os.WriteFile(name, []byte(drawn), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if there, err := os.ReadFile(name); err != nil || string(there) != drawn {
		t.Errorf("docs/observe.svg is not drawn from README.md as it is (%v); go test ./test/program -run Readme -update-readme draws it again", err)
	}
}

// commands are the commands of a block, each with what it prints.
func commands(block []string) (all [][]string) {
	for _, line := range block {
		if strings.HasPrefix(line, "$ ") {
			all = append(all, nil)
		}
		if n := len(all); n > 0 {
			all[n-1] = append(all[n-1], line)
		}
	}
	return all
}

// panel is one terminal of the picture.
type panel struct {
	title string
	lines []string
}

// The measures of a picture, in its units.
const (
	wide   = 760
	margin = 16
	row    = 20
)

// colours are those of lines that begin so; the others are plain.
var colours = []struct{ begins, colour string }{
	{"$ ", "#9aa5b1"}, {"HTTP/1.1 4", "#ff9b8e"}, {"  upstream answered", "#ffd479"}, {"  fix: ", "#9be28f"},
}

func draw(panels []panel) string {
	var body strings.Builder
	y := 0
	for _, p := range panels {
		height := (len(p.lines)+1)*row + 2*margin
		fmt.Fprintf(&body, "<text class=\"t\" x=\"0\" y=\"%d\">%s</text>\n", y+row-4, escaped(p.title))
		fmt.Fprintf(&body, "<rect y=\"%d\" width=\"%d\" height=\"%d\" rx=\"8\" fill=\"#1d2733\"/>\n", y+row+4, wide, height-row)
		for i, line := range p.lines {
			fmt.Fprintf(&body, "<text x=\"%d\" y=\"%d\" fill=\"%s\">%s</text>\n", margin, y+row+margin+(i+1)*row, colourOf(line), escaped(line))
		}
		y += height + row
	}
	return fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img">
<title>A call that fails, before and after candor observe</title>
<style>text{font:13px ui-monospace,Menlo,Consolas,"DejaVu Sans Mono",monospace;white-space:pre}.t{font:600 14px system-ui,sans-serif;fill:#6b7785}</style>
%s</svg>
`, wide, y, wide, y, body.String())
}

func colourOf(line string) string {
	for _, c := range colours {
		if strings.HasPrefix(line, c.begins) {
			return c.colour
		}
	}
	return "#e8edf2"
}

func escaped(text string) string {
	var w strings.Builder
	_ = xml.EscapeText(&w, []byte(text))
	return w.String()
}
