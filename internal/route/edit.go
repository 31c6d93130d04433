package route

import "strings"

// EditSpec says which fields of a head are written otherwise than they came.
type EditSpec struct {
	Set    []FieldSpec // in the place of what came
	Add    []FieldSpec // beside what came
	Remove []string
}

// FieldSpec is one field line.
type FieldSpec struct {
	Name  string
	Value Text
}

// Text is the value of a field, which may be a secret: printing it gives what may be shown of it.
type Text struct{ value, shown string }

// NewText makes a text of which only shown may be shown.
func NewText(value, shown string) Text { return Text{value, shown} }

// Value is the text itself.
func (t Text) Value() string { return t.value }

// String is what may be shown of it.
func (t Text) String() string { return t.shown }

// GoString is String, so that %#v tells no more than %v.
func (t Text) GoString() string { return t.shown }

// Equal compares the texts themselves.
func (t Text) Equal(o Text) bool { return t.value == o.value }

// Edit is what becomes of the fields of a head; nil: nothing. Immutable.
type Edit struct {
	Lines []byte   // that are written
	Drops []string // the names of what came and does not pass, in small letters
}

func newEdit(s *EditSpec) *Edit {
	if len(s.Set)+len(s.Add)+len(s.Remove) == 0 {
		return nil
	}
	e := &Edit{}
	for _, f := range s.Set {
		e.Drops = append(e.Drops, strings.ToLower(f.Name))
	}
	for _, name := range s.Remove {
		e.Drops = append(e.Drops, strings.ToLower(name))
	}
	for _, some := range [][]FieldSpec{s.Set, s.Add} {
		for _, f := range some {
			e.Lines = append(append(append(append(e.Lines, f.Name...), ": "...), f.Value.value...), "\r\n"...)
		}
	}
	return e
}
