package config

import (
	"fmt"

	"go.yaml.in/yaml/v4"
)

// list is a sequence of one kind. Each item starts from the kind's own beginning.
func list[V any](k kind[V], what, example string) kind[[]V] {
	return kind[[]V]{
		read: func(r *reader, n *yaml.Node, v *[]V) {
			items, ok := r.items(n, what, example)
			if !ok {
				return
			}
			*v = make([]V, len(items))
			for i, item := range items {
				k.read(r, item, &(*v)[i])
			}
		},
		write: func(v []V) *yaml.Node {
			n := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
			for _, item := range v {
				n.Content = append(n.Content, k.write(item))
			}
			return flowIfFlat(n)
		},
	}
}

// items is what a list holds. A single plain value is refused with the way to write it.
func (r *reader) items(n *yaml.Node, what, example string) ([]*yaml.Node, bool) {
	switch {
	case r.broken[n]:
		return nil, false
	case n.Kind == yaml.SequenceNode:
		return n.Content, true
	case n.Kind == yaml.ScalarNode && !isNull(n):
		r.note(n, fmt.Sprintf("expected a list of %s, as in %s, not %s; put it in [ ]", what, example, r.quote(n)))
	default:
		r.note(n, fmt.Sprintf("expected a list of %s, as in %s, not %s%s", what, example, shapeOrNothing(n), asItem(n)))
	}
	return nil, false
}

// asItem is how the first key of a mapping is written where it is an item of a list: as the first of its keys, or as its name.
func asItem(n *yaml.Node) string {
	if n.Kind != yaml.MappingNode || len(n.Content) < 2 || n.Style == yaml.FlowStyle {
		return ""
	}
	if key, value := n.Content[0].Value, n.Content[1]; value.Kind != yaml.MappingNode {
		return fmt.Sprintf("; an item begins with a dash: \"- %s: …\"", key)
	}
	return fmt.Sprintf("; an item begins with a dash, and has its name in it: \"- name: %s\"", n.Content[0].Value)
}

// named is a mapping from names to one kind; each value knows its name.
func named[V any](k kind[V], what string, name func(*V) *string, word kind[string]) kind[[]V] {
	return kind[[]V]{
		read: func(r *reader, n *yaml.Node, v *[]V) {
			if r.broken[n] {
				return
			}
			if n.Kind != yaml.MappingNode {
				r.note(n, fmt.Sprintf("expected a mapping from names to %s, not %s%s", what, shapeOrNothing(n), asNamed(n)))
				return
			}
			*v = make([]V, 0, len(n.Content)/2)
			for _, pair := range r.pairs(n) {
				var item V
				k.read(r, pair[1], &item)
				word.read(r, pair[0], name(&item))
				*v = append(*v, item)
			}
		},
		write: func(v []V) *yaml.Node {
			n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
			for i := range v {
				n.Content = append(n.Content, keyNode(*name(&v[i])), k.write(v[i]))
			}
			return flowIfFlat(n)
		},
	}
}

// asNamed is how a list is written where each thing has a name.
func asNamed(n *yaml.Node) string {
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 {
		return ""
	}
	name := "NAME"
	if _, value := child(n.Content[0], "name"); value != nil {
		name = value.Value
	}
	return fmt.Sprintf("; leave the dashes out, and begin each with its name: \"%s: …\"", name)
}

// orOff reads the word off as nil, and anything else by k.
func orOff[V any](k kind[V]) kind[*V] {
	return kind[*V]{
		read: func(r *reader, n *yaml.Node, v **V) {
			if isOff(n) {
				*v = nil
				return
			}
			*v = new(V)
			k.read(r, n, *v)
		},
		write: func(v *V) *yaml.Node {
			if v == nil {
				return textNode("off")
			}
			return k.write(*v)
		},
	}
}

func isOff(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && (n.Value == "off" || n.Value == "false")
}

// keyNode writes a key; variables are never put into keys.
func keyNode(name string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: name}
}

// textNode writes a value that loads as this text.
func textNode(text string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: literal(text)}
}

// plainNode writes a number, a truth, a size: what needs no quotes.
func plainNode(text string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Value: text}
}

// flowIfFlat puts what holds only plain values, or nothing, on one line.
func flowIfFlat(n *yaml.Node) *yaml.Node {
	for _, c := range n.Content {
		if c.Kind != yaml.ScalarNode && len(c.Content) > 0 && c.Style != yaml.FlowStyle {
			return n
		}
	}
	if n.Kind == yaml.SequenceNode || len(n.Content) == 0 {
		n.Style = yaml.FlowStyle
	}
	return n
}
