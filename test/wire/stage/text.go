// Package stage is what the tests that speak raw bytes stand on: a running gateway, the recording upstream behind it, and
// clients that send exactly what they are told.
package stage

import (
	"fmt"
	"strconv"
	"strings"
)

// Words are what stands behind names in a text: {{name}}.
type Words map[string]string

// Unescape reads a text with Go escapes, in which {{3 x TEXT}} is three times TEXT, and {{name}} is the word of that name.
func (w Words) Unescape(text string) (string, error) {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{{")
		plain, err := strconv.Unquote(`"` + strings.ReplaceAll(before, `"`, `\"`) + `"`)
		if err != nil {
			return "", fmt.Errorf("%q: %w", before, err)
		}
		out.WriteString(plain)
		if !found {
			return out.String(), nil
		}
		inner, after, closed := strings.Cut(rest, "}}")
		if !closed {
			return "", fmt.Errorf("%q: the braces are not closed", rest)
		}
		said, err := w.braces(inner)
		if err != nil {
			return "", err
		}
		out.WriteString(said)
		text = after
	}
}

func (w Words) braces(inner string) (string, error) {
	if said, ok := w[inner]; ok {
		return said, nil
	}
	count, what, ok := strings.Cut(inner, " x ")
	n, err := strconv.Atoi(count)
	if !ok || err != nil {
		return "", fmt.Errorf("{{%s}} is neither a known word nor a repetition", inner)
	}
	said, err := w.Unescape(what)
	return strings.Repeat(said, n), err
}

// Escape writes raw bytes as lines of text that Unescape reads, one for each line of theirs.
func Escape(raw string) []string {
	var lines []string
	for line := range strings.Lines(raw) {
		quoted := strconv.QuoteToASCII(line)
		lines = append(lines, strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`))
	}
	return lines
}
