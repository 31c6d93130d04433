package problem

import (
	"fmt"
	"strings"
)

// phrase is a compiled sentence: text, places for facts, and groups that are said only if their facts are known.
type phrase []part

// part is a piece of text, then a fact if there is one. A part that opens a group counts the parts that belong to it.
type part struct {
	text  string
	fact  fact
	group int
}

// compile reads a sentence: {fact} stands for a fact of the case, {?fact} says nothing but asks for it, and [text {fact}] is a
// group. Brackets without a fact between them are text. Groups do not nest.
func compile(text string) (phrase, error) {
	var ph phrase
	for text != "" {
		open := strings.IndexByte(text, '[')
		end := strings.IndexByte(text[max(open, 0):], ']') + max(open, 0)
		if open < 0 || end <= open {
			return ph.plain(text)
		}
		group, err := phrase(nil).plain(text[open+1 : end])
		if err != nil {
			return nil, err
		}
		if !group.asks() {
			if ph, err = ph.plain(text[:end+1]); err != nil {
				return nil, err
			}
			text = text[end+1:]
			continue
		}
		if ph, err = ph.plain(text[:open]); err != nil {
			return nil, err
		}
		ph = append(ph, part{group: len(group)})
		ph = append(ph, group...)
		text = text[end+1:]
	}
	return ph, nil
}

// plain appends a sentence without groups.
func (ph phrase) plain(text string) (phrase, error) {
	for text != "" {
		before, rest, found := strings.Cut(text, "{")
		name, after, closed := strings.Cut(rest, "}")
		if !found || !closed {
			return append(ph, part{text: text}), nil
		}
		f, silent := factNamed(name)
		if f == noFact {
			return nil, fmt.Errorf("{%s} is no fact that a sentence can name; known are %s", name, strings.Join(factList(), ", "))
		}
		if silent {
			f |= silently
		}
		ph = append(ph, part{text: before, fact: f})
		text = after
	}
	return ph, nil
}

func (ph phrase) asks() bool {
	for _, p := range ph {
		if p.fact != noFact {
			return true
		}
	}
	return false
}

// say writes the first of the phrases of which all facts outside groups are known. The last one is written in any case.
func (c *Catalogue) say(w *pen, p *Problem, phrases []phrase) {
	start := len(w.b)
	for i := range phrases {
		if c.write(w, p, phrases[i]) {
			return
		}
		w.b = w.b[:start]
	}
}

// write writes one phrase and reports whether all its facts were known; if not, what it wrote is to be cut off.
func (c *Catalogue) write(w *pen, p *Problem, ph phrase) bool {
	for i := 0; i < len(ph); i++ {
		if n := ph[i].group; n > 0 {
			c.writeGroup(w, p, ph[i+1:i+1+n])
			i += n
			continue
		}
		if !c.writePart(w, p, &ph[i]) {
			return false
		}
	}
	return true
}

func (c *Catalogue) writeGroup(w *pen, p *Problem, group phrase) {
	start := len(w.b)
	for i := range group {
		if !c.writePart(w, p, &group[i]) {
			w.b = w.b[:start]
			return
		}
	}
}

func (c *Catalogue) writePart(w *pen, p *Problem, pt *part) bool {
	w.text(pt.text)
	f := pt.fact &^ silently
	if f == noFact {
		return true
	}
	start := len(w.b)
	known := c.fact(w, p, f)
	if pt.fact&silently != 0 {
		w.b = w.b[:start]
	}
	return known
}
