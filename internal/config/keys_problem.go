package config

import (
	"fmt"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v4"

	"github.com/candor-gateway/candor/problem"
)

// Tables of the keys that change what answers say.

var supportFields = []field[Config]{
	key("default", func(c *Config) *string { return &c.Support.Default }, text("an address or a link")),
	key("partner", func(c *Config) *string { return &c.Support.Partner }, text("an address or a link")),
	key("limits", func(c *Config) *string { return &c.Support.Limits }, text("an address or a link")),
	key("more_limits", func(c *Config) *string { return &c.Support.MoreLimits }, text("an address or a link")),
	key("status_page", func(c *Config) *string { return &c.Support.StatusPage }, link),
}

var overrideKeys = object[problem.Override]{
	what: "a problem",
	fields: []field[problem.Override]{
		key("code", func(o *problem.Override) *string { return &o.Code }, orNothing(checked("a code in capitals, as in TOO_MANY_REQUESTS", codeRule))),
		key("subcode", func(o *problem.Override) **int { return &o.Subcode }, subcode),
		key("message", func(o *problem.Override) *string { return &o.Message }, orNothing(sentence)),
		key("fix", func(o *problem.Override) *string { return &o.Fix }, orNothing(sentence)),
		key("status", func(o *problem.Override) *int { return &o.Status }, ownStatus),
	},
}

// overrides is a mapping from problems to what their answers say instead.
var overrides = kind[[]problem.Override]{
	read: func(r *reader, n *yaml.Node, v *[]problem.Override) {
		if n.Kind != yaml.MappingNode {
			r.note(n, "expected a mapping from problems to what their answers say, not "+shapeOrNothing(n))
			return
		}
		for name, pair := range r.pairs(n) {
			t, ok := problem.ByName(name)
			if !ok {
				r.note(pair[0], fmt.Sprintf("there is no problem %s%s", quoted(name), didYouMean(name, problemNames())))
			}
			o := problem.Override{Type: t}
			overrideKeys.read(r, pair[1], &o)
			if _, n := pairOf(pair[1], "status"); ok && n != nil && o.Status != 0 {
				r.checkStatus(n, &o)
			}
			*v = append(*v, o)
		}
	},
	write: func(v []problem.Override) *yaml.Node {
		n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		for _, o := range v {
			n.Content = append(n.Content, keyNode(o.Type.Name()), overrideKeys.write(&o))
		}
		return flowIfFlat(n)
	},
}

// ownStatus is kept as 0 where the row's holds.
var ownStatus = kind[int]{
	read: integer(400, 599).read,
	write: func(v int) *yaml.Node {
		if v == 0 {
			return nil
		}
		return integer(400, 599).write(v)
	},
}

func (r *reader) checkStatus(n *yaml.Node, o *problem.Override) {
	if err := problem.CheckStatus(o.Type, o.Status); err != nil {
		r.note(n, err.Error())
	}
}

// checkOverrides notes a status that nothing can take: those of the linkedin profile are fixed.
func (r *reader) checkOverrides() {
	for i := range r.cfg.APIs {
		if r.cfg.APIs[i].Profile == problem.Standard {
			return
		}
	}
	for i := range r.cfg.Listeners {
		if r.cfg.Listeners[i].Profile == problem.Standard {
			return
		}
	}
	for _, o := range r.cfg.Problems {
		if o.Status != 0 {
			r.wrongAt("a status is changed in the standard profile alone, and everything here is linkedin", "problems", o.Type.Name(), "status")
		}
	}
}

// orNothing leaves out an empty text where --print writes.
func orNothing(k kind[string]) kind[string] {
	return kind[string]{read: k.read, write: func(v string) *yaml.Node {
		if v == "" {
			return nil
		}
		return k.write(v)
	}}
}

var subcode = kind[*int]{
	read: func(r *reader, n *yaml.Node, v **int) {
		*v = new(int)
		integer(0, 999_999).read(r, n, *v)
	},
	write: func(v *int) *yaml.Node {
		if v == nil {
			return nil
		}
		return integer(0, 999_999).write(*v)
	},
}

var sentence = checked("a sentence", func(s string) string {
	switch {
	case s == "":
		return "is empty; leave the key out to keep the sentence there is"
	case len(s) > 1024:
		return "is longer than 1024 bytes"
	case strings.ContainsFunc(s, unicode.IsControl):
		return "holds a line end or a control character; expected one line"
	}
	if err := problem.CheckSentence(s); err != nil {
		return "is not a valid sentence: " + err.Error()
	}
	return ""
})

func codeRule(s string) string {
	for i, c := range []byte(s) {
		if c != '_' && (c < 'A' || c > 'Z') && (i == 0 || c < '0' || c > '9') {
			return "is not a valid code: expected capitals, digits and '_', as in TOO_MANY_REQUESTS"
		}
	}
	if s == "" || len(s) > 64 {
		return "is not a valid code: expected 1 to 64 letters"
	}
	return ""
}

func problemNames() []string {
	var names []string
	for _, t := range problem.Types() {
		names = append(names, t.Name())
	}
	return names
}
