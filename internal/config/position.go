package config

import (
	"fmt"

	"go.yaml.in/yaml/v4"
)

// Position is where a value stands in the file: Position("apis", 0, "routes", 2, "path"). Keys are
// strings and items numbers. Where the value was left out it is the nearest mapping around it; 0, 0
// where there is no file.
func (c *Config) Position(path ...any) (line, column int) {
	n, _, _ := find(c.root, path)
	if n == nil {
		return 0, 0
	}
	return n.Line, n.Column
}

// Said reports whether the file itself has a value there, and not only a default.
func (c *Config) Said(path ...any) bool {
	_, _, whole := find(c.root, path)
	return whole
}

// Mistake is one that was found only after loading, shown at the place it is about.
func (c *Config) Mistake(text string, path ...any) Mistake {
	line, column := c.Position(path...)
	return Mistake{File: c.File, Line: line, Column: column, Text: text}
}

// find goes down the path as far as the file goes. It answers the node to point at, which is the
// value or, where that begins on a line of its own, its key; the value; and whether the whole path
// is there.
func find(n *yaml.Node, path []any) (at, value *yaml.Node, whole bool) {
	at = n
	for _, step := range path {
		key, next := child(n, step)
		if next == nil {
			return at, n, false
		}
		n, at = next, next
		if key != nil && next.Line != key.Line {
			at = key
		}
	}
	return at, n, n != nil
}

func child(n *yaml.Node, step any) (key, value *yaml.Node) {
	if n == nil {
		return nil, nil
	}
	switch step := step.(type) {
	case int:
		if n.Kind == yaml.SequenceNode && step >= 0 && step < len(n.Content) {
			return nil, n.Content[step]
		}
	case string:
		for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == step {
				return n.Content[i], n.Content[i+1]
			}
		}
	default:
		panic(fmt.Sprintf("config: a position is made of keys and numbers, not %T", step))
	}
	return nil, nil
}
