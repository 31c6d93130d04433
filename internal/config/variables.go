package config

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/candor-gateway/candor/internal/ascii"
)

// prepare walks the tree once before it is read: variables are put in, and what this
// configuration does without (anchors, aliases, merge keys, tags of one's own) is refused. So no
// node is ever reached twice, and a file costs what its length says.
func (r *reader) prepare(n *yaml.Node) {
	if n.Anchor != "" {
		r.note(n, fmt.Sprintf("anchors (&%s) are not used here; write the value out where it is needed", n.Anchor))
	}
	switch n.Kind {
	case yaml.AliasNode:
		r.note(n, fmt.Sprintf("aliases (*%s) are not used here; write the value out, or quote a value that begins with *", n.Value))
		r.broken[n] = true
	case yaml.ScalarNode:
		r.prepareScalar(n)
	case yaml.MappingNode:
		for i := 1; i < len(n.Content); i += 2 {
			r.prepare(n.Content[i])
		}
	case yaml.SequenceNode:
		for _, item := range n.Content {
			r.prepare(item)
		}
	default: // documents and streams do not stand in a document
	}
}

func (r *reader) prepareScalar(n *yaml.Node) {
	if strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!") {
		r.note(n, fmt.Sprintf("tags (%s) are not used here; quote a value that begins with an exclamation mark", n.Tag))
	}
	if !strings.Contains(n.Value, "${") {
		return
	}
	text, why := expand(n.Value, r.env)
	if why != "" {
		r.note(n, why)
		r.broken[n] = true
		return
	}
	r.written[n] = n.Value
	n.Value = text
	if n.Tag == "!!null" || n.Tag == "" {
		n.Tag = "!!str"
	}
}

// expand puts variables into a value: ${NAME}, ${NAME:-text if NAME is unset or empty}, and $${
// for a literal ${. It says why it cannot, without quoting what a variable holds.
func expand(s string, env func(string) (string, bool)) (text, why string) {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(s, "${")
		if !found {
			out.WriteString(s)
			return out.String(), ""
		}
		if literal, ok := strings.CutSuffix(before, "$"); ok {
			out.WriteString(literal + "${")
			s = rest
			continue
		}
		out.WriteString(before)
		inner, after, closed := strings.Cut(rest, "}")
		if !closed {
			return "", "a ${ is not closed by }; write $${ for a literal ${"
		}
		name, standIn, hasDefault := strings.Cut(inner, ":-")
		if !isVariable(name) {
			return "", "the name between ${ and } must be letters, digits and _, as in ${NAME} or ${NAME:-default}; write $${ for a literal ${"
		}
		value, set := env(name)
		switch {
		case hasDefault && value == "":
			value = standIn
		case !set:
			return "", fmt.Sprintf("the variable %s is not set; set it, or give a default with ${%s:-default}", name, name)
		}
		out.WriteString(value)
		s = after
	}
}

func isVariable(name string) bool {
	for i, c := range []byte(name) {
		if !isWordByte(c) || i == 0 && ascii.IsDigit(c) {
			return false
		}
	}
	return name != ""
}

// literal is the text that loads as s.
func literal(s string) string { return strings.ReplaceAll(s, "${", "$${") }
