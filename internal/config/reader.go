package config

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// reader goes through one document and collects mistakes; it never stops at one.
type reader struct {
	file     string
	dir      string // the folder that paths start from
	env      func(string) (string, bool)
	mistakes []Mistake
	places   map[[2]int]bool // line and column of each mistake
	warnings []Mistake
	broken   map[*yaml.Node]bool   // a mistake is noted and the value is not to be read
	written  map[*yaml.Node]string // what stands in the file where a variable was put in
	cfg      *Config               // what has been read so far: later keys take defaults from earlier ones

	upstreams, scopes, products, quotas defined
}

// whole notes a mistake of the file itself.
func (r *reader) whole(text string) {
	r.mistakes = append(r.mistakes, Mistake{File: r.file, Text: text})
}

// at notes a mistake at a line and column.
func (r *reader) at(line, column int, text string) {
	r.mistakes = append(r.mistakes, Mistake{File: r.file, Line: line, Column: column, Text: text})
	r.places[[2]int{line, column}] = true
}

// note notes a mistake at a node.
func (r *reader) note(n *yaml.Node, text string) { r.at(n.Line, n.Column, text) }

// wrong notes that a scalar is not what was expected there.
func (r *reader) wrong(n *yaml.Node, expected string) {
	r.note(n, cmp.Or(curly(n.Value), fmt.Sprintf("expected %s, not %s", expected, r.quote(n))))
}

// curly is what to say of a value in quotes that are none to YAML, "" of any other.
func curly(value string) string {
	const marks = "“”„‟‘’‚«»"
	bare := strings.Trim(value, marks)
	if value == "" || strings.HasPrefix(value, bare) && bare != "" {
		return ""
	}
	first, _ := utf8.DecodeRuneInString(value)
	return fmt.Sprintf("%c is a curly quote, which YAML takes for a letter; write %s", first, quoted(bare))
}

// quote is the value as it stands in the file: never what a variable held.
func (r *reader) quote(n *yaml.Node) string {
	text, fromVariable := r.written[n]
	if !fromVariable {
		text = n.Value
	}
	return quoted(text)
}

// quoted makes any text safe to show in one line.
func quoted(text string) string {
	const most = 64
	letters := []rune(text)
	if len(letters) > most {
		text = string(letters[:most]) + "…"
	}
	return strconv.Quote(text)
}

// quotedPath makes a path safe to show in one line, whole: its end tells most.
func quotedPath(file string) string { return strconv.Quote(file) }

// scalar is a node's text. It notes what is wrong with a node that has none.
func (r *reader) scalar(n *yaml.Node, expected string) (string, bool) {
	switch {
	case r.broken[n]:
		return "", false
	case n.Kind != yaml.ScalarNode:
		r.note(n, fmt.Sprintf("expected %s, not %s", expected, shape(n)))
		return "", false
	case isNull(n):
		r.note(n, "the value is missing; expected "+expected)
		return "", false
	}
	return n.Value, true
}

// isNull tells an absent value (nothing, ~ or null without quotes) from an empty text.
func isNull(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && n.Tag == "!!null"
}

// shape names a node's form to somebody who has never heard of nodes.
func shape(n *yaml.Node) string {
	switch n.Kind {
	case yaml.SequenceNode:
		return "a list"
	case yaml.MappingNode:
		return "a mapping of keys"
	default:
		return quoted(n.Value)
	}
}
