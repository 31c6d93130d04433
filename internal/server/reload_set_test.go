package server

import (
	"strconv"

	"go.yaml.in/yaml/v4"
)

// set puts a value at a place, which is made where its mapping lacks it.
func (f *file) set(n *yaml.Node, at []string, value *yaml.Node) {
	if i, err := strconv.Atoi(at[0]); err == nil && n.Kind == yaml.SequenceNode {
		f.set(n.Content[i], at[1:], value)
		return
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		switch {
		case n.Content[i].Value != at[0]:
		case len(at) == 1:
			n.Content[i+1] = value
			return
		default:
			f.set(n.Content[i+1], at[1:], value)
			return
		}
	}
	n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: at[0]}, value)
}
