package config

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"github.com/candor-gateway/candor/problem"
)

// errorsSpec is an envelope as it is configured.
type errorsSpec struct {
	envelope, like problem.Template
	contentType    string
}

var errorsKeys = object[errorsSpec]{
	what: "errors",
	like: "{envelope: {error: {code: $code, message: $message}}}, {like: kong}, or off",
	fields: []field[errorsSpec]{
		key("envelope", func(e *errorsSpec) *problem.Template { return &e.envelope }, envelopeTemplate),
		key("like", func(e *errorsSpec) *problem.Template { return &e.like }, like),
		key("content_type", func(e *errorsSpec) *string { return &e.contentType }, checked("a JSON media type, as in application/json", func(s string) string {
			if problem.CheckJSONType(s) != nil {
				return "is no JSON type: expected application/json, or one that ends with +json, as in application/vnd.example.error+json"
			}
			return ""
		})),
	},
}

// ownErrors is the operator's own format of errors. What is like another's is printed as what it is.
var ownErrors = orOff(kind[problem.Envelope]{
	read: func(r *reader, n *yaml.Node, v *problem.Envelope) {
		e, mistakes := errorsSpec{contentType: "application/json"}, len(r.mistakes)
		errorsKeys.read(r, n, &e)
		envelope, ofEnvelope := pairOf(n, "envelope")
		alike, _ := pairOf(n, "like")
		switch {
		case len(r.mistakes) > mistakes:
			return
		case envelope != nil && alike != nil:
			r.note(alike, "errors has an envelope of its own beside like:; leave one of them out")
			return
		case envelope == nil && alike == nil:
			r.note(n, "errors needs envelope: or like: here")
			return
		}
		made, err := problem.NewEnvelope(e.contentType, e.chosen())
		if err != nil {
			r.note(cmp.Or(ofEnvelope, n), err.Error())
			return
		}
		*v = *made
	},
	write: func(v problem.Envelope) *yaml.Node {
		n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		n.Content = append(n.Content, keyNode("envelope"), envelopeTemplate.write(v.Template), keyNode("content_type"), textNode(v.ContentType))
		return n
	},
})

func (e *errorsSpec) chosen() problem.Template {
	if e.like.Kind == problem.ObjectValue {
		return e.like
	}
	return e.envelope
}

// pairOf is a key of a mapping and its value, nil if it is not there.
func pairOf(n *yaml.Node, name string) (k, value *yaml.Node) {
	for i := 0; i+1 < len(n.Content) && n.Kind == yaml.MappingNode; i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i], n.Content[i+1]
		}
	}
	return nil, nil
}

// like is the envelope of another service.
var like = kind[problem.Template]{
	read: func(r *reader, n *yaml.Node, v *problem.Template) {
		expected := "one of " + strings.Join(problem.EnvelopeLikes(), ", ")
		s, ok := r.scalar(n, expected)
		if !ok {
			return
		}
		if *v, ok = problem.EnvelopeLike(s); !ok {
			r.note(n, fmt.Sprintf("expected %s, not %s%s", expected, r.quote(n), didYouMean(s, problem.EnvelopeLikes())))
		}
	},
}

// envelopeTemplate is the envelope itself: a mapping or a list, of values that may name facts.
var envelopeTemplate = kind[problem.Template]{
	read: func(r *reader, n *yaml.Node, v *problem.Template) {
		switch {
		case r.broken[n]:
		case n.Kind != yaml.MappingNode && n.Kind != yaml.SequenceNode:
			r.note(n, "expected the envelope as a mapping or a list, as in {error: {code: $code, message: $message}}, not "+shapeOrNothing(n))
		case len(n.Content) == 0:
			r.note(n, "the envelope is empty; say what errors look like, as in {error: {code: $code, message: $message}}")
		default:
			r.template(n, v)
		}
	},
	write: templateNode,
}

func (r *reader) template(n *yaml.Node, v *problem.Template) {
	switch {
	case r.broken[n]:
	case n.Kind == yaml.MappingNode:
		v.Kind = problem.ObjectValue
		for name, pair := range r.pairs(n) {
			r.checkMember(pair[0])
			item := problem.Template{Name: name}
			r.template(pair[1], &item)
			v.Items = append(v.Items, item)
		}
	case n.Kind == yaml.SequenceNode:
		v.Kind = problem.ListValue
		v.Items = make([]problem.Template, len(n.Content))
		for i, item := range n.Content {
			r.template(item, &v.Items[i])
		}
	default:
		r.leaf(n, v)
	}
}

// checkMember checks the name of a member, which is said as it is.
func (r *reader) checkMember(k *yaml.Node) {
	fact, dollar := strings.CutPrefix(k.Value, "$")
	switch {
	case k.ShortTag() != "!!str":
		r.note(k, fmt.Sprintf("a name in JSON is a text; write \"%s\"", k.Value))
	case dollar && slices.Contains(problem.EnvelopeFacts(), fact):
		r.note(k, fmt.Sprintf("a fact is a value and no name: write %s: %s", fact, k.Value))
	}
}

// leaf reads a plain value with the type that YAML gives it.
func (r *reader) leaf(n *yaml.Node, v *problem.Template) {
	switch n.ShortTag() {
	case "!!int", "!!float":
		v.Kind = problem.LiteralValue
		var ok bool
		if v.Text, ok = jsonNumber(n); !ok {
			r.note(n, r.quote(n)+" is no number in JSON; put it in quotes")
		}
	case "!!bool", "!!null":
		if n.Value == "" {
			r.note(n, "the value is missing; write null, or \"\" for an empty text")
		}
		v.Kind, v.Text = problem.LiteralValue, strings.ToLower(n.Value)
		if n.ShortTag() == "!!null" {
			v.Text = "null"
		}
	default:
		v.Text = n.Value
		if m := problem.CheckEnvelopeText(n.Value); m != nil {
			r.note(n, r.envelopeMistake(n, m))
		}
	}
}

func (r *reader) envelopeMistake(n *yaml.Node, m *problem.TextMistake) string {
	if _, fromVariable := r.written[n]; fromVariable {
		return "what a variable put in here has a $, which begins the name of a fact; write $$ for a dollar"
	}
	if m.Fact != "" {
		return fmt.Sprintf("$%s is no fact ($$ is a dollar)%s", m.Fact, didYouMean(m.Fact, problem.EnvelopeFacts()))
	}
	return m.Text
}

// jsonNumber is a number of YAML as JSON writes it.
func jsonNumber(n *yaml.Node) (string, bool) {
	if json.Valid([]byte(n.Value)) {
		return n.Value, true
	}
	var number any
	if n.Decode(&number) != nil {
		return "", false
	}
	switch x := number.(type) {
	case float64:
		return strconv.FormatFloat(x, 'g', -1, 64), !math.IsInf(x, 0) && !math.IsNaN(x)
	case int, int64, uint64:
		return fmt.Sprint(x), true
	}
	return "", false
}

func templateNode(t problem.Template) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	switch t.Kind {
	case problem.TextValue:
		return textNode(t.Text)
	case problem.LiteralValue:
		return plainNode(t.Text)
	case problem.ListValue:
		n = &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
	case problem.ObjectValue:
	}
	for _, item := range t.Items {
		if t.Kind == problem.ObjectValue {
			n.Content = append(n.Content, keyNode(item.Name))
		}
		n.Content = append(n.Content, templateNode(item))
	}
	return flowIfFlat(n)
}

// checkErrors proves each envelope: that it is JSON for every problem, with the configuration's own words in it.
func (r *reader) checkErrors() {
	if len(r.mistakes) > 0 {
		return
	}
	r.prove(r.cfg.Errors, r.cfg.Profile, "errors")
	for i := range r.cfg.Listeners {
		r.prove(r.cfg.Listeners[i].Errors, r.cfg.Listeners[i].Profile, "listeners", i, "errors")
	}
	for i := range r.cfg.APIs {
		r.prove(r.cfg.APIs[i].Errors, r.cfg.APIs[i].Profile, "apis", i, "errors")
	}
}

func (r *reader) prove(e *problem.Envelope, profile problem.Profile, at ...any) {
	if e == nil {
		return
	}
	o := r.cfg.Texts()
	o.Profile, o.Envelope = profile, e
	c, err := problem.New(o)
	if err == nil {
		err = c.Prove()
	}
	if err != nil {
		r.wrongAt(err.Error(), at...)
	}
}
