package observe

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// Where APIs say what went wrong, the plainest first, and by which code: RFC 9457, the contract, RFC 6749 §5.2, JSON:API, GraphQL, and what frameworks make.
var (
	sayings = []string{
		"detail", "error_description", "message", "error.message", "error.detail", "error.description", "errors.0.message", "errors.0.detail", "errors.0.title",
		"errors.0.msg", "detail.0.msg", "errors.0", "error.errors.0.message", "fault.faultstring", "faultstring", "message.0", "errormessage", "error_message", "msg", "reason",
		"description", "error", "title", "error.title", "0.message", "0.detail", "data.message", "exception",
	}
	codes = []string{
		"code", "error.code", "errors.0.code", "errors.0.extensions.code", "error.type", "errorcode", "error_code", "error.status", "errors.0.type", "error", "name",
	}
)

// readJSON reads the error that a body in JSON tells of.
func (w *words) readJSON(body []byte) {
	r := readSome(body)
	w.fix = sentence([]byte(r.found["fix"]))
	said := ""
	for _, path := range sayings {
		if r.found[path] != "" {
			w.says, said = sentence([]byte(r.found[path])), path
			break
		}
	}
	if title := r.found["title"]; said == "detail" && title != "" && !strings.Contains(w.says, title) {
		w.says = sentence([]byte(title + ": " + r.found["detail"]))
	}
	if w.says == "" {
		w.says = sentence([]byte(r.first("errors.")))
	}
	for _, path := range codes {
		if r.found[path] != "" && path != said {
			w.code = sentence([]byte(r.found[path]))
			return
		}
	}
}

// readErrors reads the errors of a success, as GraphQL tells them: a list of objects with a message each.
func (w *words) readErrors(body []byte) {
	if !bytes.Contains(body, []byte(`"errors"`)) {
		return
	}
	r := readSome(body)
	if message := r.found["errors.0.message"]; message != "" {
		w.errors, w.says, w.code = true, sentence([]byte(message)), sentence([]byte(r.found["errors.0.extensions.code"]))
	}
}

// some is what was found in a JSON text that may have been cut off: texts and numbers by their paths, in small letters, of each list its first item alone.
type some struct {
	dec   *json.Decoder
	found map[string]string
	order []string
}

// The bounds of what is read.
const (
	maxDepth = 16
	maxFound = 64
)

func readSome(body []byte) *some {
	s := &some{dec: json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(body, []byte("\ufeff")))), found: map[string]string{}}
	s.dec.UseNumber()
	s.value("", 0, true)
	return s
}

// value reads a value, and reports whether there may be more behind it.
func (s *some) value(path string, depth int, kept bool) bool {
	t, err := s.dec.Token()
	if err != nil || depth > maxDepth {
		return false
	}
	switch t := t.(type) {
	case json.Delim:
		if t == '{' {
			return s.members(path, depth, kept)
		}
		return s.items(path, depth, kept)
	case string:
		s.note(path, t, kept)
	case json.Number:
		s.note(path, t.String(), kept)
	}
	return true
}

func (s *some) members(path string, depth int, kept bool) bool {
	for s.dec.More() {
		key, err := s.dec.Token()
		name, isName := key.(string)
		if err != nil || !isName || !s.value(join(path, strings.ToLower(name)), depth+1, kept) {
			return false
		}
	}
	_, err := s.dec.Token()
	return err == nil
}

func (s *some) items(path string, depth int, kept bool) bool {
	for i := 0; s.dec.More(); i++ {
		if !s.value(join(path, strconv.Itoa(i)), depth+1, kept && i == 0) {
			return false
		}
	}
	_, err := s.dec.Token()
	return err == nil
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func (s *some) note(path, text string, kept bool) {
	if _, again := s.found[path]; !kept || again || len(s.found) == maxFound {
		return
	}
	s.found[path] = text
	s.order = append(s.order, path)
}

// first is what was found first below a path.
func (s *some) first(prefix string) string {
	for _, path := range s.order {
		if field, under := strings.CutPrefix(path, prefix); under {
			field, _, _ = strings.Cut(field, ".")
			return field + ": " + s.found[path]
		}
	}
	return ""
}
