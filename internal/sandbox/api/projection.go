package api

import "fmt"

// projection is a parsed Rest.li projection such as (elements*(handle~)): which fields of an
// object to give, and what of them. nil gives everything.
type projection []pick

// pick is one field of a projection. each is the star of elements*(…): sub holds for every element.
type pick struct {
	name string
	each bool
	sub  projection
}

// Bounds of what is parsed: real projections stay far below.
const (
	mostProjection = 2048
	mostDepth      = 8
)

// projectionParser reads
//
//	list = "(" item *( "," item ) ")"
//	item = ( "*" / name [ "*" ] [ "~" [ ":" name ] ] ) [ list ]
//
// and reports where, counted from 1, the text leaves that.
type projectionParser struct {
	text string
	at   int
}

func parseProjection(text string) (projection, error) {
	if len(text) > mostProjection {
		return nil, fmt.Errorf("longer than %d characters", mostProjection)
	}
	p := projectionParser{text: text}
	l, err := p.list(0)
	if err != nil {
		return nil, err
	}
	if p.at < len(text) {
		return nil, p.expected("the end")
	}
	return l, nil
}

func (p *projectionParser) list(depth int) (projection, error) {
	if !p.take('(') {
		return nil, p.expected("'('")
	}
	if depth == mostDepth {
		return nil, p.expected(fmt.Sprintf("at most %d levels", mostDepth))
	}
	var l projection
	for {
		item, err := p.item(depth)
		if err != nil {
			return nil, err
		}
		l = append(l, item)
		if p.take(')') {
			return l, nil
		}
		if !p.take(',') {
			return nil, p.expected("',' or ')'")
		}
	}
}

func (p *projectionParser) item(depth int) (pick, error) {
	var k pick
	if k.name = p.name(); k.name == "" && !p.take('*') {
		return k, p.expected("a field name")
	}
	k.each = k.name == "" || p.take('*')
	if k.name != "" && p.take('~') {
		k.name += "~"
	}
	if p.take(':') && p.name() == "" { // ~:playableStreams says how to decorate; each URN here has one way
		return k, p.expected("a name after ':'")
	}
	if p.at == len(p.text) || p.text[p.at] != '(' {
		return k, nil
	}
	var err error
	k.sub, err = p.list(depth + 1)
	return k, err
}

func (p *projectionParser) name() string {
	from := p.at
	for p.at < len(p.text) && isNameByte(p.text[p.at]) {
		p.at++
	}
	return p.text[from:p.at]
}

func isNameByte(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '_' || b == '$' || b == '-' || b == '.'
}

func (p *projectionParser) take(b byte) bool {
	if p.at == len(p.text) || p.text[p.at] != b {
		return false
	}
	p.at++
	return true
}

func (p *projectionParser) expected(what string) error {
	return fmt.Errorf("%s expected at position %d", what, p.at+1)
}

// apply gives what l picks of v. A field that v does not have is an error: it names it.
func (l projection) apply(v any) (any, error) {
	if l == nil {
		return v, nil
	}
	switch v := v.(type) {
	case object:
		return l.applyObject(v)
	case list:
		return l.applyList(v)
	}
	return v, nil
}

func (l projection) applyObject(o object) (any, error) {
	out := object{}
	for _, k := range l {
		if k.name == "" { // a star alone: every field
			out = append(out, o...)
			continue
		}
		p, ok := o.get(k.name)
		if !ok {
			return nil, fmt.Errorf("there is no field %s", k.name)
		}
		var err error
		if p.value, err = k.apply(p.value); err != nil {
			return nil, err
		}
		out = out.with(o, p)
	}
	return out, nil
}

// with adds p; a decoration brings what it decorates along (handle~ gives handle too).
func (o object) with(from object, p pair) object {
	p.onDemand = false
	if n := len(p.key) - 1; p.key[n] == '~' {
		if plain, ok := from.get(p.key[:n]); ok {
			o = o.with(from, plain)
		}
	}
	if _, there := o.get(p.key); there {
		return o
	}
	return append(o, p)
}

// apply gives what k says of its field's value.
func (k pick) apply(v any) (any, error) {
	if l, ok := v.(list); ok && k.each {
		return k.sub.applyList(l)
	}
	return k.sub.apply(v)
}

func (l projection) applyList(elements list) (any, error) {
	if len(l) == 1 && l[0].name == "" { // elements(*(…)) says the same as elements*(…)
		l = l[0].sub
	}
	out := make(list, 0, len(elements))
	for _, e := range elements {
		picked, err := l.apply(e)
		if err != nil {
			return nil, err
		}
		out = append(out, picked)
	}
	return out, nil
}
