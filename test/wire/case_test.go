package wire

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/candor-gateway/candor/test/wire/stage"
)

// wireCase is one raw case. What the lines of its text mean is said by sigils, and at the top of each file.
type wireCase struct {
	name    string
	sent    []string // texts
	later   []string
	steps   []string
	got     []string
	answer  []string
	ends    []end
	says    []string
	hides   []string
	logs    []string
	options map[string]bool
}

// end is what an answer is and leaves behind.
type end struct {
	status  int
	problem string
	open    bool
}

// The options, whose meaning stands in sigils.
const (
	onlyPlain = "plain"
	onlyWhole = "whole"
	streams   = "streams"
	splitMay  = "splitmay"
	rechunked = "rechunked"
	kept      = "kept"
	gone      = "gone"
)

var knownOptions = []string{onlyPlain, onlyWhole, streams, splitMay, rechunked, kept, gone}

func readCases(tb testing.TB) []*wireCase {
	tb.Helper()
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		tb.Fatal(err)
	}
	var cases []*wireCase
	for _, file := range files {
		archive, err := txtar.ParseFile(file)
		if err != nil {
			tb.Fatal(err)
		}
		topic := strings.TrimSuffix(filepath.Base(file), ".txtar")
		for _, f := range archive.Files {
			cases = append(cases, readCase(tb, topic+"/"+f.Name, string(f.Data)))
		}
	}
	return cases
}

func readCase(tb testing.TB, name, text string) *wireCase {
	tb.Helper()
	c := &wireCase{name: name, options: map[string]bool{}}
	for line := range strings.Lines(text) {
		kind, rest, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if !ok {
			tb.Fatalf("%s: what is %q?", name, line)
		}
		switch kind {
		case ">":
			c.sent = append(c.sent, rest)
		case "+":
			c.later = append(c.later, rest)
		case "@":
			c.steps = append(c.steps, rest)
		case "^":
			c.got = append(c.got, rest)
		case "<":
			c.answer = append(c.answer, rest)
		case "=":
			c.ends = append(c.ends, readEnd(tb, name, rest))
		case "~":
			c.says = append(c.says, rest)
		case "!":
			c.hides = append(c.hides, rest)
		case "$":
			c.logs = append(c.logs, rest)
		case "%":
			c.options[rest] = true
		default:
			tb.Fatalf("%s: what is %q?", name, line)
		}
	}
	return c
}

func readEnd(tb testing.TB, name, text string) end {
	tb.Helper()
	words := strings.Fields(text)
	if len(words) != 3 {
		tb.Fatalf("%s: = %s", name, text)
	}
	status, err := strconv.Atoi(words[0])
	if err != nil || words[2] != "open" && words[2] != "closed" {
		tb.Fatalf("%s: = %s", name, text)
	}
	return end{status, strings.TrimSuffix(words[1], "-"), words[2] == "open"}
}

// script is the upstream's part, for one call after the other.
func (c *wireCase) script(tb testing.TB, w stage.Words) (scripts []stage.Script) {
	tb.Helper()
	if len(c.steps) == 0 {
		return nil
	}
	var now stage.Script
	for _, line := range c.steps {
		if line == "--" {
			scripts, now = append(scripts, now), nil
			continue
		}
		step, err := stage.ParseStep(line, w)
		if err != nil {
			tb.Fatalf("%s: %v", c.name, err)
		}
		now = append(now, step)
	}
	return append(scripts, now)
}

func raw(tb testing.TB, w stage.Words, lines []string) string {
	tb.Helper()
	var all strings.Builder
	for _, line := range lines {
		said, err := w.Unescape(line)
		if err != nil {
			tb.Fatal(err)
		}
		all.WriteString(said)
	}
	return all.String()
}

func TestCasesAreWellFormed(t *testing.T) {
	t.Parallel()
	cases := readCases(t)
	if len(cases) < 120 {
		t.Errorf("%d cases; at least 120 were promised", len(cases))
	}
	names := map[string]bool{}
	for _, c := range cases {
		if names[c.name] || len(c.sent) == 0 || len(c.ends) == 0 {
			t.Errorf("%s: twice, or without what is sent or answered", c.name)
		}
		names[c.name] = true
		for option := range c.options {
			if !slices.Contains(knownOptions, option) {
				t.Errorf("%s: option %q", c.name, option)
			}
		}
	}
}
