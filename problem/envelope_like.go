package problem

import "slices"

// likes are the envelopes of services that many clients are written for, as far as those clients read them, with our own facts beside.
var likes = []struct {
	name string
	of   Template
}{
	// The gateway's own errors: a message and an id.
	{"kong", object(
		text("message", "$message"), text("request_id", "$id"), text("code", "$code"), text("fix", "$fix"), text("help", "$help"),
	)},
	// REST-JSON and JSON 1.1: the SDKs take the error's name from __type or code where no header has it.
	{"aws", object(
		text("__type", "$code"), text("message", "$message"), text("requestId", "$id"), text("fix", "$fix"), text("help", "$help"),
	)},
	// google.rpc.Status in JSON, with ErrorInfo, whose metadata are strings, RequestInfo and LocalizedMessage.
	{"google", object(as("error", object(
		text("code", "$status"), text("message", "$message"), text("status", "$code"),
		as("details", list(
			object(
				text("@type", "type.googleapis.com/google.rpc.ErrorInfo"), text("reason", "$code"), text("domain", "candor-gateway.dev"),
				as("metadata", object(text("problem", "$problem"), text("action", "$action"), text("applied", "$applied"), text("help", "$help"))),
			),
			object(text("@type", "type.googleapis.com/google.rpc.RequestInfo"), text("requestId", "$id")),
			object(text("@type", "type.googleapis.com/google.rpc.LocalizedMessage"), text("locale", "en"), text("message", "$fix")),
		)),
	)))},
	// An error object; of its types api_error is the one for whatever has none of its own.
	{"stripe", object(as("error", object(
		text("type", "api_error"), text("code", "$problem"), text("message", "$message"), text("doc_url", "$help"), text("fix", "$fix"), text("request_id", "$id"),
	)))},
}

// EnvelopeLike is the envelope of another service.
func EnvelopeLike(name string) (Template, bool) {
	for _, l := range likes {
		if l.name == name {
			return l.of, true
		}
	}
	return Template{}, false
}

// EnvelopeLikes are the names that EnvelopeLike knows.
func EnvelopeLikes() []string {
	var names []string
	for _, l := range likes {
		names = append(names, l.name)
	}
	return slices.Clip(names)
}

func object(items ...Template) Template { return Template{Kind: ObjectValue, Items: items} }
func list(items ...Template) Template   { return Template{Kind: ListValue, Items: items} }
func text(name, s string) Template      { return Template{Name: name, Text: s} }

func as(name string, t Template) Template {
	t.Name = name
	return t
}
