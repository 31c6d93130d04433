package problem

import (
	"encoding/json"
	"fmt"
)

// piece is text of an envelope, then a fact if there is one.
type piece struct {
	text   string
	fact   told
	quoted bool // the fact stands in a string
	comma  bool // goes before the text, unless nothing stands before it in its object or list
	member int  // so many pieces, this one the first, are a member that is left out if it lacks a fact
}

// builder makes pieces of a template: whatever is the same for every case becomes one text.
type builder struct {
	pieces []piece
	text   []byte
	comma  bool
}

// flush ends a piece that has no fact.
func (b *builder) flush() {
	if len(b.text) > 0 || b.comma {
		b.end(tellNothing, false)
	}
}

func (b *builder) end(f told, quoted bool) {
	b.pieces = append(b.pieces, piece{text: string(b.text), fact: f, quoted: quoted, comma: b.comma})
	b.text, b.comma = b.text[:0], false
}

func (b *builder) raw(s string) { b.text = append(b.text, s...) }

// str appends what a JSON string holds.
func (b *builder) str(s string) {
	w := pen{b: b.text, in: inJSON}
	w.text(s)
	b.text = w.b
}

func (b *builder) value(t *Template) error {
	switch t.Kind {
	case ObjectValue:
		return b.items(t, "{", "}")
	case ListValue:
		return b.items(t, "[", "]")
	case LiteralValue:
		if !json.Valid([]byte(t.Text)) {
			return fmt.Errorf("%q is no JSON", t.Text)
		}
		b.raw(t.Text)
		return nil
	default:
		return b.words(t.Text)
	}
}

// How sure it is that something stands before an item of an object or a list.
type before uint8

const (
	nothing before = iota
	perhaps
	something
)

func (b *builder) items(t *Template, open, shut string) error {
	b.raw(open)
	stands := nothing
	for i := range t.Items {
		item := &t.Items[i]
		fixed := item.always()
		if !fixed || stands == perhaps {
			b.flush()
		}
		first := len(b.pieces)
		switch b.comma = stands == perhaps; stands {
		case something:
			b.raw(",")
		case nothing, perhaps:
		}
		if t.Kind == ObjectValue {
			b.raw(`"`)
			b.str(item.Name)
			b.raw(`":`)
		}
		if err := b.value(item); err != nil {
			return err
		}
		switch {
		case fixed:
			stands = something
		default:
			b.flush()
			b.pieces[first].member = len(b.pieces) - first
			stands = max(stands, perhaps)
		}
	}
	b.raw(shut)
	return nil
}

// always reports whether every case has what the value needs.
func (t *Template) always() bool {
	if t.Kind != TextValue {
		return true
	}
	all, _ := segments(t.Text)
	for _, s := range all {
		if s.fact != tellNothing && !tolds[s.fact].always {
			return false
		}
	}
	return true
}

// words is a text; one that is a fact alone has that fact's type.
func (b *builder) words(text string) error {
	all, m := segments(text)
	if m != nil {
		return m
	}
	if len(all) == 1 && all[0].text == "" && tolds[all[0].fact].bare {
		b.end(all[0].fact, false)
		return nil
	}
	b.raw(`"`)
	for _, s := range all {
		b.str(s.text)
		if s.fact != tellNothing {
			b.end(s.fact, true)
		}
	}
	b.raw(`"`)
	return nil
}
