package config

import (
	"cmp"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"
)

// kind is how values of one Go type are read from the file and written by --print. One table of
// kinds serves both, so that what is printed is what is read.
type kind[V any] struct {
	read  func(r *reader, n *yaml.Node, v *V)
	write func(v V) *yaml.Node // nil: nothing to say
}

// field is one key of a mapping.
type field[T any] struct {
	name  string
	must  bool
	read  func(r *reader, n *yaml.Node, t *T)
	write func(t *T) *yaml.Node
	fill  func(t *T) // sets what holds when the key is absent, if that depends on earlier keys
	later string     // the key is known but comes with a later version: what it will be
	moved string     // the key stands elsewhere: where
}

// key is a field whose value lives at one place of T.
func key[T, V any](name string, place func(*T) *V, k kind[V]) field[T] {
	return field[T]{
		name:  name,
		read:  func(r *reader, n *yaml.Node, t *T) { k.read(r, n, place(t)) },
		write: func(t *T) *yaml.Node { return k.write(*place(t)) },
	}
}

// required makes the absence of a key a mistake.
func required[T any](f field[T]) field[T] { f.must = true; return f }

// or fills in what the absence of a key means.
func (f field[T]) or(fill func(*T)) field[T] { f.fill = fill; return f }

// later is a key that this version knows by name only.
func later[T any](name, what string) field[T] { return field[T]{name: name, later: what} }

// elsewhere is a key that people look for here, and where it is.
func elsewhere[T any](name, where string) field[T] { return field[T]{name: name, moved: where} }

// object is a mapping with known keys. The keys are read in the table's order, whatever their
// order in the file, so that a key may take its default from one above it.
type object[T any] struct {
	what   string // "a listener"
	start  func() T
	fields []field[T]
	short  string // the key that a plain value or list stands for, if any
	like   string // an example, where a plain value is often written
}

// kind is the object as a value of its own.
func (o object[T]) kind() kind[T] {
	return kind[T]{
		read: func(r *reader, n *yaml.Node, t *T) {
			if o.start != nil {
				*t = o.start()
			}
			o.read(r, n, t)
		},
		write: func(t T) *yaml.Node { return o.write(&t) },
	}
}

func (o object[T]) read(r *reader, n *yaml.Node, t *T) {
	if r.broken[n] {
		return
	}
	if n.Kind != yaml.MappingNode {
		o.readShort(r, n, t)
		return
	}
	values := o.sort(r, n)
	for i := range o.fields {
		f := &o.fields[i]
		value, present := values[f.name]
		switch {
		case present && f.moved != "":
			r.note(value[0], quoted(f.name)+" "+f.moved)
		case present && f.later != "" && saysNothing(value[1]):
		case present && f.later != "":
			r.note(value[0], fmt.Sprintf("%s (%s) comes with a later version of Candor; leave it out", quoted(f.name), f.later))
		case present:
			f.read(r, value[1], t)
		case f.must:
			r.note(n, fmt.Sprintf("%s needs %s: here", o.what, f.name))
		case f.fill != nil:
			f.fill(t)
		}
	}
}

// saysNothing tells the value of a later key that asks for nothing.
func saysNothing(n *yaml.Node) bool {
	return isOff(n) || n.Kind == yaml.SequenceNode && len(n.Content) == 0
}

// readShort reads a plain value where a mapping may stand for more.
func (o object[T]) readShort(r *reader, n *yaml.Node, t *T) {
	if o.short == "" || isNull(n) {
		like := ""
		if o.like != "" {
			like = ", as in " + o.like
		}
		r.note(n, fmt.Sprintf("expected %s as a mapping with %s%s, not %s", o.what, strings.Join(o.names(), ", "), like, shapeOrNothing(n)))
		return
	}
	for i := range o.fields {
		f := &o.fields[i]
		switch {
		case f.name == o.short:
			f.read(r, n, t)
		case f.fill != nil:
			f.fill(t)
		}
	}
}

func shapeOrNothing(n *yaml.Node) string {
	if isNull(n) {
		return "nothing"
	}
	return shape(n)
}

// sort finds the node pair of each known key, and notes unknown and repeated ones.
func (o object[T]) sort(r *reader, n *yaml.Node) map[string][2]*yaml.Node {
	names := o.names()
	values := make(map[string][2]*yaml.Node, len(n.Content)/2)
	for name, pair := range r.pairs(n) {
		if o.knows(name) {
			values[name] = pair
			continue
		}
		r.note(pair[0], fmt.Sprintf("unknown key %s in %s%s", quoted(name), o.what, cmp.Or(o.glued(name), didYouMean(name, names))))
	}
	return values
}

// glued is what is missing in a key that has its value in it: path:/a, path /a, path = /a.
func (o object[T]) glued(name string) string {
	word, value, found := strings.Cut(name, ":")
	if before, after, equals := strings.Cut(name, "="); equals && o.knows(strings.TrimSpace(before)) {
		word, value, found = strings.TrimSpace(before), after, true
	}
	if !found {
		word, value, _ = strings.Cut(name, " ")
	}
	if value == "" || !o.knows(word) {
		return ""
	}
	return fmt.Sprintf("; a key ends with a colon and a blank: \"%s: %s\"", word, strings.TrimSpace(value))
}

func (o object[T]) knows(name string) bool {
	for i := range o.fields {
		if o.fields[i].name == name {
			return true
		}
	}
	return false
}

func (o object[T]) names() []string {
	var names []string
	for i := range o.fields {
		if o.fields[i].later == "" && o.fields[i].moved == "" {
			names = append(names, o.fields[i].name)
		}
	}
	return names
}

func (o object[T]) write(t *T) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	for i := range o.fields {
		f := &o.fields[i]
		if f.later != "" || f.moved != "" {
			continue
		}
		if value := f.write(t); value != nil {
			n.Content = append(n.Content, keyNode(f.name), value)
		}
	}
	return n
}

// pairs yields key and value of a mapping in the file's order, without keys that cannot be: no
// text, or there already.
func (r *reader) pairs(n *yaml.Node) func(yield func(string, [2]*yaml.Node) bool) {
	return func(yield func(string, [2]*yaml.Node) bool) {
		first := make(map[string]*yaml.Node, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			k := n.Content[i]
			if !r.mayBeKey(k, first) {
				continue
			}
			first[k.Value] = k
			if !yield(k.Value, [2]*yaml.Node{k, n.Content[i+1]}) {
				return
			}
		}
	}
}

func (r *reader) mayBeKey(k *yaml.Node, first map[string]*yaml.Node) bool {
	switch before := first[k.Value]; {
	case k.Kind != yaml.ScalarNode:
		r.note(k, "a key is a word, not "+shape(k))
	case k.Tag == "!!merge":
		r.note(k, "merge keys (<<) are not used here; write the keys out")
	case before != nil:
		r.note(k, fmt.Sprintf("the key %s is here twice; the first is on line %d", quoted(k.Value), before.Line))
	default:
		return true
	}
	return false
}
