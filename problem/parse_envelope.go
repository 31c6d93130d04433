package problem

import (
	"encoding/json"
	"maps"
	"slices"
)

// envelopeWords are the members, at any depth, by which an operator's envelope is read: what it calls them otherwise is not known here.
var envelopeWords = map[string]func(*Parsed) *string{
	"message":    func(p *Parsed) *string { return &p.Message },
	"fix":        func(p *Parsed) *string { return &p.Fix },
	"action":     func(p *Parsed) *string { return &p.Action },
	"applied":    func(p *Parsed) *string { return &p.Applied },
	"id":         func(p *Parsed) *string { return &p.RequestID },
	"requestId":  func(p *Parsed) *string { return &p.RequestID },
	"request_id": func(p *Parsed) *string { return &p.RequestID },
	"help":       func(p *Parsed) *string { return &p.Help },
	"doc_url":    func(p *Parsed) *string { return &p.Help },
}

// byEnvelope takes what is not known yet from a body in a format of an operator's. That it is one, Candor-Problem has said.
func (p *Parsed) byEnvelope(text []byte) {
	var body any
	if json.Unmarshal(text, &body) == nil {
		p.take(body)
	}
}

// take takes what stands at the top before what stands deeper.
func (p *Parsed) take(value any) {
	switch v := value.(type) {
	case []any:
		for _, item := range v {
			p.take(item)
		}
	case map[string]any:
		names := slices.Sorted(maps.Keys(v))
		for _, name := range names {
			text, isText := v[name].(string)
			if place := envelopeWords[name]; place != nil && isText && *place(p) == "" {
				*place(p) = text
			}
		}
		for _, name := range names {
			p.take(v[name])
		}
	}
}
