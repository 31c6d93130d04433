package report

import (
	"encoding/json"

	"github.com/candor-gateway/candor/internal/explain"
)

// sweep hides in all that a bundle says what was found to be a secret in any part of it. Names, times and ids are no texts of the caller's, and stay.
func (b *Bundle) sweep(hide func(string) string) {
	if r := b.Request; r != nil {
		r.Method, r.URL, r.Version, r.Body = hide(r.Method), hide(r.URL), hide(r.Version), hide(r.Body)
		sweepFields(r.Headers, hide)
	}
	if r := b.Response; r != nil {
		r.Text, r.Version, r.Body = hide(r.Text), hide(r.Version), hide(r.Body)
		sweepFields(r.Headers, hide)
	}
	b.Failure, b.ClientID, b.App, b.SendTo = hide(b.Failure), hide(b.ClientID), hide(b.App), hide(b.SendTo)
	for i := range b.Tokens {
		t := &b.Tokens[i]
		t.Where, t.App, t.Scopes, t.Issuer, t.Audience = hide(t.Where), hide(t.App), hide(t.Scopes), hide(t.Issuer), hide(t.Audience)
	}
	b.Explanation = sweepExplanation(b.Explanation, hide)
}

func sweepFields(all []Field, hide func(string) string) {
	for i := range all {
		all[i].Name, all[i].Value = hide(all[i].Name), hide(all[i].Value)
	}
}

// sweepExplanation goes through its JSON, whose strings are all that it says. What it cannot go through is left out.
func sweepExplanation(e *explain.Explanation, hide func(string) string) *explain.Explanation {
	if e == nil {
		return nil
	}
	text, err := json.Marshal(e)
	if err != nil {
		return nil
	}
	var any map[string]any
	if json.Unmarshal(text, &any) != nil {
		return nil
	}
	if text, err = json.Marshal(swept(any, hide)); err != nil {
		return nil
	}
	var clean explain.Explanation
	if json.Unmarshal(text, &clean) != nil {
		return nil
	}
	return &clean
}

// swept hides in the strings of a JSON value, and leaves the names of members.
func swept(value any, hide func(string) string) any {
	switch is := value.(type) {
	case string:
		return hide(is)
	case []any:
		for i := range is {
			is[i] = swept(is[i], hide)
		}
	case map[string]any:
		for name := range is {
			is[name] = swept(is[name], hide)
		}
	}
	return value
}

// cut shortens what is longer than anybody reads.
func (b *Bundle) cut() {
	if r := b.Request; r != nil {
		r.Method, r.URL, r.Version, r.Body = cut(r.Method, 40), cut(r.URL, 4*valueMax), cut(r.Version, 40), cut(r.Body, bodyMax)
		cutFields(r.Headers)
	}
	if r := b.Response; r != nil {
		r.Text, r.Version, r.Body = cut(r.Text, 200), cut(r.Version, 40), cut(r.Body, bodyMax)
		cutFields(r.Headers)
	}
	b.Failure = cut(b.Failure, valueMax)
}

func cutFields(all []Field) {
	for i := range all {
		all[i].Name, all[i].Value = cut(all[i].Name, 200), cut(all[i].Value, valueMax)
	}
}

func cut(s string, most int) string {
	runes := []rune(s)
	if len(runes) <= most {
		return s
	}
	return string(runes[:most-1]) + "…"
}
