package api

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"
)

// form reads the fields of a JSON body and gathers all that is wrong with them, so that a caller
// mends a body once and not field by field. Paths are spelled as in errorDetails: a/b/c.
type form struct {
	body  map[string]any
	wrong []inputError
}

// mostBody bounds what is read of a body; the gateway's own bound is the same.
const mostBody = 1 << 20

func readForm(r *http.Request) (*form, *answer) {
	b, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, mostBody))
	if err != nil {
		bad := fail(413, 0, "PAYLOAD_TOO_LARGE", "The body of this call may have at most 1 MiB")
		return nil, &bad
	}
	f := &form{}
	if err := json.Unmarshal(b, &f.body); err != nil || f.body == nil {
		bad := fail(400, 0, "INVALID_BODY", "The body must be a JSON object")
		return nil, &bad
	}
	return f, nil
}

// find walks to the value at path. A step that is no object is reported once, at that step.
func (f *form) find(path string) (any, bool) {
	var v any = f.body
	at := ""
	for step := range strings.SplitSeq(path, "/") {
		o, isObject := v.(map[string]any)
		if !isObject {
			f.report(inputError{fieldInvalid, "Field " + at + " must be an object", at})
			return nil, false
		}
		at = strings.TrimPrefix(at+"/"+step, "/")
		if v = o[step]; v == nil {
			f.report(inputError{missingField, "Field " + at + " is required", at})
			return nil, false
		}
	}
	return v, true
}

func (f *form) report(e inputError) {
	if !slices.Contains(f.wrong, e) {
		f.wrong = append(f.wrong, e)
	}
}

// str gives the text at path, which must be there and not empty.
func (f *form) str(path string) string {
	v, found := f.find(path)
	if !found {
		return ""
	}
	s, isText := v.(string)
	switch {
	case !isText:
		f.report(inputError{fieldInvalid, "Field " + path + " must be a string", path})
	case strings.TrimSpace(s) == "":
		f.report(inputError{missingField, "Field " + path + " is required and is empty", path})
		return ""
	}
	return s
}

// text is a string of at most so many characters.
func (f *form) text(path string, most int) string {
	s := f.str(path)
	if n := utf8.RuneCountInString(s); n > most {
		f.report(inputError{valueInvalid, fmt.Sprintf("Field %s has %d characters; it may have %d", path, n, most), path})
	}
	return s
}

// urn is any URN.
func (f *form) urn(path string) string {
	s := f.str(path)
	if s != "" && !isURN(s) {
		f.report(inputError{valueInvalid, "Field " + path + " must be a URN, such as urn:li:person:" + members[1].ID, path})
	}
	return s
}

// oneOf is one of a few words.
func (f *form) oneOf(path string, words []string) string {
	s := f.str(path)
	if s != "" && !slices.Contains(words, s) {
		f.report(inputError{valueInvalid, "Field " + path + " must be one of " + strings.Join(words, ", "), path})
	}
	return s
}

// flag is true or false; false if absent.
func (f *form) flag(path string) bool {
	v, there := f.body[path]
	b, isFlag := v.(bool)
	if there && !isFlag {
		f.report(inputError{fieldInvalid, "Field " + path + " must be true or false", path})
	}
	return b
}
