package report

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/candor-gateway/candor/internal/har"
	"github.com/candor-gateway/candor/internal/redact"
)

// readMax is the longest body that is looked into, bodyMax how many characters of one are shown, partsMax how many parts of a form.
const (
	readMax  = 1 << 20
	bodyMax  = 16 << 10
	partsMax = 100
)

// formLike is a form whose type was not said.
var formLike = regexp.MustCompile(`^[A-Za-z0-9._~%\[\]+-]+=[^\s&]*(?:&[A-Za-z0-9._~%\[\]+-]+=[^\s&]*)*$`)

// side is whose body it is. An answer's code is that of an error, a request's one that opens something.
type side uint8

const (
	asked side = iota
	answered
)

// body is a body that may be shown. It learns what it hides.
func (v *veil) body(typ string, body []byte, of side) string {
	text := bytes.TrimSpace(body)
	kind, params, _ := mime.ParseMediaType(typ) // "" if it is none
	switch {
	case len(text) == 0:
		return ""
	case len(text) > readMax:
		return "(" + count(len(body), "byte", "bytes") + ", left out: too long)"
	case startsJSON(text[0]):
		if shown, ok := v.json(text, of, 0); ok {
			return strings.Map(printableText, string(indent(shown)))
		}
	case kind == "multipart/form-data" && params["boundary"] != "":
		if shown, ok := v.multipart(text, params["boundary"], of); ok {
			return shown
		}
	}
	if !utf8.Valid(text) {
		return "(" + count(len(body), "byte", "bytes") + " that are no text, left out)"
	}
	if kind == "application/x-www-form-urlencoded" || formLike.Match(text) {
		return strings.Map(printableText, v.form(string(text), of))
	}
	return strings.Map(printableText, v.text(string(text)))
}

// startsJSON reports whether a text that begins so can be an object, a list or a string that holds one.
func startsJSON(c byte) bool { return c == '{' || c == '[' || c == '"' }

// params is a form of which a HAR file has the parameters alone.
func (v *veil) params(all []har.Field, of side) string {
	var w strings.Builder
	for _, p := range all[:min(len(all), partsMax)] {
		w.WriteString(v.prose(p.Name) + "=" + strings.Map(printableText, v.value(p.Name, p.Value, of)) + "\n")
	}
	return w.String()
}

// form keeps the names, and the values that are no secrets.
func (v *veil) form(text string, of side) string {
	v.learnPairs(text)
	pairs := strings.Split(text, "&")
	for i, pair := range pairs {
		name, value, found := strings.Cut(pair, "=")
		if !found {
			pairs[i] = v.prose(pair)
			continue
		}
		pairs[i] = v.prose(name) + "=" + v.value(name, value, of)
	}
	return strings.Join(pairs, "&")
}

// value is what a name stands for, in a form or in JSON.
func (v *veil) value(name, value string, of side) string {
	switch {
	case value == "":
		return ""
	case open(name, value, of):
		return v.looks(string(redact.AppendTarget(nil, []byte(value))))
	case redact.IsSecret([]byte(name)):
		v.learn(value)
		return redact.Mark
	}
	return v.text(value)
}

var (
	// openName are names that tell of a credential and hold none, or that support needs.
	openName = regexp.MustCompile(`(?i)^(?:token_type|token_type_hint|grant_type|response_type|code_challenge_method|client_id|client_assertion_type|redirect_uri|scope|.*_expires_in)$`)
	// errorCode is what the code of an error looks like, and no code that opens something.
	errorCode = regexp.MustCompile(`^(?:[A-Z]+(?:_[A-Z]+)*|[a-z]+(?:[_. -][a-z]+)*|(?:[A-Z][a-z]+){1,6}|[0-9]{1,5})$`)
	idMember  = regexp.MustCompile(`(?i)(?:request|correlation|trace)[_-]?id$`)
)

// open reports whether a value may be shown although its name or look would hide it.
func open(name, value string, of side) bool {
	switch {
	case openName.MatchString(name):
		return len(value) <= 1000
	case idMember.MatchString(name):
		return isID(value)
	}
	return of == answered && strings.EqualFold(name, "code") && len(value) <= 64 && errorCode.MatchString(value)
}

// multipart shows the parts' names, and the values of those that are no files.
func (v *veil) multipart(text []byte, boundary string, of side) (string, bool) {
	var w strings.Builder
	r := multipart.NewReader(bytes.NewReader(text), boundary)
	for range partsMax {
		part, err := r.NextPart()
		if err != nil {
			return w.String(), w.Len() > 0
		}
		is, err := io.ReadAll(part)
		shown := v.value(part.FormName(), string(is), of)
		switch {
		case err != nil:
			shown = "(cut)"
		case part.FileName() != "" || !utf8.Valid(is):
			shown = "(a file of " + count(len(is), "byte", "bytes") + ", left out)"
		}
		w.WriteString(strings.Map(printableText, v.prose(part.FormName())+"="+shown) + "\n")
	}
	return w.String() + "…\n", true
}

// text is anything else: XML and HTML, what is nearly JSON, a form in a value, prose.
func (v *veil) text(s string) string {
	s = v.looks(s)
	switch trimmed := strings.TrimSpace(s); {
	case trimmed == "":
		return s
	case startsJSON(trimmed[0]):
		if shown, ok := v.json([]byte(trimmed), asked, 1); ok {
			return string(shown)
		}
		return v.prose(asQuery(s))
	case tag.MatchString(s):
		return v.markup(s)
	case formLike.MatchString(trimmed):
		v.learnPairs(trimmed)
		return v.prose(asQuery(s))
	}
	return v.prose(s)
}

// asQuery hides what stands behind names, as in a query: in forms, XML and what is nearly JSON.
func asQuery(s string) string {
	return string(redact.AppendTarget(nil, []byte("?"+s))[1:])
}
