package problem

import (
	"encoding/json"
	"fmt"
)

// envelope is the operator's own format.
func (c *Catalogue) envelope(w *pen, p *Problem, requestID []byte) {
	pieces := c.options.Envelope.pieces
	mark, next := 0, 0 // where the member begins that may be left out, and the piece behind it
	for i := 0; i < len(pieces); i++ {
		pc := &pieces[i]
		if pc.member > 0 {
			mark, next = len(w.b), i+pc.member
		}
		if pc.comma {
			w.comma()
		}
		w.raw(pc.text)
		if pc.fact == tellNothing {
			continue
		}
		if pc.quoted {
			w.in = inJSON
		}
		known := c.tell(w, p, pc.fact, requestID)
		w.in = asPlain
		if !known {
			w.b, i = w.b[:mark], next-1
		}
	}
}

// comma parts an item from the one before it, if there is one: no value ends as an object or a list begins.
func (w *pen) comma() {
	if last := w.b[len(w.b)-1]; last != '{' && last != '[' {
		w.raw(",")
	}
}

// tell appends a fact and reports whether the case has it.
func (c *Catalogue) tell(w *pen, p *Problem, f told, requestID []byte) bool {
	start := len(w.b)
	switch f {
	case tellStatus:
		w.int(int64(c.Status(p)))
	case tellCode:
		w.text(c.Code(p))
	case tellSubcode:
		w.int(int64(c.of(p.Type).Subcode))
	case tellProblem:
		w.raw(c.of(p.Type).Name)
	case tellMessage:
		c.say(w, p, c.of(p.Type).message)
		return true
	case tellFix:
		c.fix(w, p)
	case tellID:
		w.ascii(requestID)
	case tellHelp:
		if c.pages != "" {
			w.text(c.pages)
			w.text(c.of(p.Type).Name)
		}
	case tellAction:
		w.raw(c.Action(p).String())
	case tellApplied:
		w.raw(p.Applied.String())
	case tellDetails:
		return c.pointsAt(w, p)
	case tellTime:
		w.made(requestID)
	case tellClass:
		w.int(int64(c.Status(p) / 100))
		w.raw("xx")
	default:
	}
	return len(w.b) > start
}

// made appends when an id was made: a UUID of version 7 begins with it, in milliseconds (RFC 9562 §5.7).
func (w *pen) made(id []byte) {
	if len(id) != len("019cab15-c700-7def-8123-456789abcdef") || id[8] != '-' || id[14] != '7' {
		return
	}
	var ms int64
	for i, c := range id[:13] {
		if i == 8 {
			continue
		}
		digit := unhex(c)
		if digit > 15 {
			return
		}
		ms = ms<<4 | int64(digit)
	}
	w.moment(ms / 1000)
}

// Prove renders the operator's envelope for every row and every cause, with all facts and without, and reports the first answer that is no JSON.
func (c *Catalogue) Prove() error {
	if c.options.Envelope == nil {
		return nil
	}
	id := []byte("019cab15-c700-7def-8123-456789abcdef")
	prove := func(p Problem) error {
		for _, requestID := range [][]byte{id, nil} {
			if text := c.Append(nil, Own, &p, requestID); !json.Valid(text) {
				return fmt.Errorf("the answer to %s is no JSON: %s", p.Type, text)
			}
		}
		return nil
	}
	for t := MalformedRequest; t < typeCount; t++ {
		for _, p := range []Problem{c.Example(t), {Type: t}} {
			if err := prove(p); err != nil {
				return err
			}
		}
	}
	for d := DetailBareLF; d < detailCount; d++ {
		if err := prove(ExampleOf(d)); err != nil {
			return err
		}
	}
	return nil
}
