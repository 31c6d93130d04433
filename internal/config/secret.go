package config

import (
	"strings"

	"go.yaml.in/yaml/v4"
)

// Secret is a text that is never shown: printing it gives the variable that it came from, or
// "(hidden)". The zero value is no secret at all.
type Secret struct{ value, shown string }

const hidden = "(hidden)"

// Value is the secret itself.
func (s Secret) Value() string { return s.value }

// String is what may be shown of it.
func (s Secret) String() string { return s.shown }

// GoString is String, so that %#v tells no more than %v.
func (s Secret) GoString() string { return s.shown }

// Equal compares the secrets themselves.
func (s Secret) Equal(o Secret) bool { return s.value == o.value }

// secret is visible ASCII, since it travels in a header field. Mistakes never quote it.
var secret = kind[Secret]{
	read: func(r *reader, n *yaml.Node, v *Secret) {
		s, ok := r.secretText(n)
		if !ok {
			return
		}
		*v = Secret{s, shownSecret(r.written[n], s)}
	},
	write: func(v Secret) *yaml.Node {
		if strings.HasPrefix(v.shown, "${") {
			return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Style: yaml.DoubleQuotedStyle, Value: v.shown}
		}
		return textNode(v.shown)
	},
}

func (r *reader) secretText(n *yaml.Node) (string, bool) {
	const expected = "a secret of visible ASCII without blanks, best as a variable: ${ADMIN_TOKEN}"
	switch {
	case r.broken[n]:
		return "", false
	case n.Kind != yaml.ScalarNode || isNull(n):
		r.note(n, "expected "+expected)
		return "", false
	case n.Value == hidden:
		r.note(n, "the secret was hidden by --print; write it here, best as a variable: ${ADMIN_TOKEN}")
		return "", false
	}
	for _, c := range []byte(n.Value) {
		if c <= ' ' || c >= 0x7F {
			r.note(n, "this value cannot be sent in a header field; expected "+expected)
			return "", false
		}
	}
	return n.Value, true
}

// shownSecret is how a secret is printed so that it loads again: by its variable if it is one
// variable and nothing else. A default written in the file is itself a secret.
func shownSecret(written, value string) string {
	inner, isVariable := strings.CutPrefix(written, "${")
	inner, closed := strings.CutSuffix(inner, "}")
	name, standIn, hasDefault := strings.Cut(inner, ":-")
	switch {
	case isVariable && closed && !strings.ContainsAny(name, "${}") && (!hasDefault || standIn == ""):
		return written
	case isVariable && closed && !strings.ContainsAny(inner, "${}") && value != standIn:
		return "${" + name + "}"
	case value == "":
		return ""
	}
	return hidden
}
