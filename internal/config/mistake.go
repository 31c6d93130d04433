package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Mistake is one thing in a configuration that cannot stand, and where it stands.
type Mistake struct {
	File string
	// Line and Column count from 1, columns in characters. Both are 0 when the file as a whole is meant.
	Line, Column int
	// Text is one sentence without a final full stop: what is wrong, and what was expected.
	Text string
}

// String spells the mistake as compilers do: file:line:column: text.
func (m Mistake) String() string {
	if m.Line == 0 {
		return m.File + ": " + m.Text
	}
	return fmt.Sprintf("%s:%d:%d: %s", m.File, m.Line, m.Column, m.Text)
}

// Warning spells one that is none, but probably not what was meant: file:line:column: warning: text.
func (m Mistake) Warning() string {
	m.Text = "warning: " + m.Text
	return m.String()
}

// Mistakes is the error of Load and Parse: all that is wrong, in the order of the file.
type Mistakes []Mistake

// shownMistakes bounds what one error says; nobody reads a thousand lines.
const shownMistakes = 200

// Error puts each mistake on a line of its own.
func (ms Mistakes) Error() string {
	lines := make([]string, 0, min(len(ms), shownMistakes)+1)
	for _, m := range ms[:min(len(ms), shownMistakes)] {
		lines = append(lines, m.String())
	}
	if more := len(ms) - shownMistakes; more > 0 {
		lines = append(lines, fmt.Sprintf("%s: and %d more mistakes", ms[0].File, more))
	}
	return strings.Join(lines, "\n")
}

// inOrder sorts by position and keeps one of equal mistakes.
func inOrder(ms []Mistake) Mistakes {
	slices.SortStableFunc(ms, func(a, b Mistake) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return slices.Compact(ms)
}
