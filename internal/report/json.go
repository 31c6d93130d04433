package report

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/candor-gateway/candor/internal/redact"
)

// depthMax is how deep JSON may be nested, JSON in strings included: what is deeper is left out.
const depthMax = 32

// member is one of an object, in the order in which it came.
type member struct {
	name  string
	value json.RawMessage
}

// json hides the secrets of a JSON text, in its strings too. ok is false if it is none.
func (v *veil) json(text []byte, of side, depth int) (shown []byte, ok bool) {
	if !json.Valid(text) {
		return nil, false
	}
	return v.jsonValue("", text, of, depth), true
}

// jsonValue is the value of a member, or of an element of one.
func (v *veil) jsonValue(name string, text json.RawMessage, of side, depth int) []byte {
	text = bytes.TrimSpace(text)
	switch {
	case depth > depthMax:
		return quote("(nested too deep, left out)")
	case text[0] == '{':
		return v.object(name, text, of, depth)
	case text[0] == '[':
		return v.array(name, text, of, depth)
	case text[0] == '"':
		var s string
		if json.Unmarshal(text, &s) != nil {
			return quote(redact.Mark)
		}
		return quote(v.jsonString(name, s, of, depth))
	case text[0] == 't', text[0] == 'f', text[0] == 'n': // true, false and null are no secrets
		return text
	case redact.IsSecret([]byte(name)) && !open(name, string(text), of):
		v.learn(string(text))
		return quote(redact.Mark)
	}
	return text
}

func (v *veil) jsonString(name, s string, of side, depth int) string {
	if trimmed := strings.TrimSpace(s); len(trimmed) > 1 && (trimmed[0] == '{' || trimmed[0] == '[') && !redact.IsSecret([]byte(name)) {
		if shown, ok := v.json([]byte(trimmed), of, depth+1); ok {
			return string(shown)
		}
	}
	return v.value(name, s, of)
}

func (v *veil) object(name string, text []byte, of side, depth int) []byte {
	all, ok := members(text)
	if !ok {
		return quote("(left out)")
	}
	secret := redact.IsSecret([]byte(name))
	named := namesSecret(all)
	out := []byte{'{'}
	for i, m := range all {
		if i > 0 {
			out = append(out, ',')
		}
		inherits := m.name
		if secret || named && isValueName(m.name) {
			inherits = "secret" // of {"name": "password", "value": …}, and all below a secret's name
		}
		out = append(append(out, quote(v.prose(m.name))...), ':')
		out = append(out, v.jsonValue(inherits, m.value, of, depth+1)...)
	}
	return append(out, '}')
}

func (v *veil) array(name string, text []byte, of side, depth int) []byte {
	var all []json.RawMessage
	if json.Unmarshal(text, &all) != nil {
		return quote("(left out)")
	}
	out := []byte{'['}
	for i, e := range all {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, v.jsonValue(name, e, of, depth+1)...)
	}
	return append(out, ']')
}

// members reads an object in its order; of a name that comes twice both.
func members(text []byte) ([]member, bool) {
	d := json.NewDecoder(bytes.NewReader(text))
	if _, err := d.Token(); err != nil {
		return nil, false
	}
	var all []member
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil, false
		}
		m := member{}
		m.name, _ = name.(string) // a valid object has nothing else there
		if d.Decode(&m.value) != nil {
			return nil, false
		}
		all = append(all, m)
	}
	return all, true
}

// namesSecret reports whether a member says the name of a secret, whose value then stands beside it.
func namesSecret(all []member) bool {
	for _, m := range all {
		switch strings.ToLower(m.name) {
		case "name", "field", "param", "parameter", "property", "attribute", "label", "id", "key":
		default:
			continue
		}
		var is string
		if json.Unmarshal(m.value, &is) == nil && redact.IsSecret([]byte(is)) {
			return true
		}
	}
	return false
}

func isValueName(name string) bool {
	switch strings.ToLower(name) {
	case "value", "val", "values", "content", "text", "default":
		return true
	}
	return false
}

// quote writes a string as JSON without the escapes that HTML would need.
func quote(s string) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(s) != nil { // a string always can be written
		return []byte(`""`)
	}
	return bytes.TrimRight(b.Bytes(), "\n")
}

// indent lays a JSON text out for people.
func indent(text []byte) []byte {
	var b bytes.Buffer
	if json.Indent(&b, text, "", "  ") != nil {
		return text
	}
	return b.Bytes()
}
