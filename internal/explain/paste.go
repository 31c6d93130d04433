package explain

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"
)

// paste is an answer as it was pasted: the heads in a row, and the body of the last one.
type paste struct {
	heads []head
	body  []byte
}

// head is a status line and its fields. A body without a head has status 0 and no fields.
type head struct {
	status int
	fields map[string]string // by lower-case name; the first of several
}

func (h *head) get(name string) string { return h.fields[strings.ToLower(name)] }

// last is the answer to the call.
func (p *paste) last() *head { return &p.heads[len(p.heads)-1] }

var (
	// statusLine is found at the beginning of a line, or glued to the body before it, as curl -iL writes it.
	statusLine = regexp.MustCompile(`(?:^|[\n}>])(HTTP/[0-9](?:\.[0-9])? ([1-9][0-9]{2})(?: [^\r\n]*)?\r?(?:\n|$))`)
	fieldLine  = regexp.MustCompile(`^:?[A-Za-z0-9!#$%&'*+.^_|~-]+:`)
	pageStatus = regexp.MustCompile(`(?is)<(?:title|h1|h2)[^>]*>[^<]*?\b([1-5][0-9]{2}|999)\b`)
)

// readPaste recognises curl -i, curl -v, a head alone, a JSON body, an HTML page.
func readPaste(text []byte) (paste, bool) {
	text = withoutMarks(text)
	if p, ok := readHeads(text); ok {
		return p, true
	}
	first, _, _ := bytes.Cut(text, []byte("\n"))
	switch {
	case text[0] == '<':
		return readPage(text)
	case text[0] == '{':
		return paste{heads: []head{{}}, body: text}, json.Valid(text)
	case fieldLine.Match(first) && (bytes.Contains(text, []byte("\n")) || isProblemField(first)):
		h, body := readFields(text)
		return paste{heads: []head{h}, body: body}, len(h.get("Candor-Problem")) > 0 || h.status > 0
	}
	return paste{}, false
}

func isProblemField(line []byte) bool {
	return len(line) > 15 && strings.EqualFold(string(line[:15]), "candor-problem:")
}

// readHeads reads heads in a row: interim answers, redirects, the answer itself.
func readHeads(text []byte) (paste, bool) {
	var p paste
	for {
		at := findStatusLine(text)
		if at == nil || len(p.heads) > 0 && !followsHead(text, at[3]) {
			p.body = text
			return p, len(p.heads) > 0
		}
		status, _ := strconv.Atoi(string(text[at[4]:at[5]])) // three digits
		h, rest := readFields(text[at[3]:])
		h.status = status
		p.heads = append(p.heads, h)
		text = rest
	}
}

// findStatusLine finds the first status line as statusLine does, in a line that could be one: the expression costs a hundred times a search.
func findStatusLine(text []byte) []int {
	for from := 0; ; {
		i := bytes.Index(text[from:], []byte("HTTP/"))
		if i < 0 {
			return nil
		}
		found := from + i
		from = found + len("HTTP/")
		start := max(found-1, 0)
		if found > 0 && !bytes.ContainsRune([]byte("\n}>"), rune(text[start])) {
			continue
		}
		end := len(text)
		if n := bytes.IndexByte(text[from:], '\n'); n >= 0 {
			end = from + n + 1
		}
		at := statusLine.FindSubmatchIndex(text[start:end])
		if at == nil {
			continue
		}
		for j := range at {
			at[j] += start
		}
		return at
	}
}

// followsHead reports whether what stands behind a status line could be the rest of a head: a body may quote one.
func followsHead(text []byte, at int) bool {
	rest := text[at:]
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	return len(bytes.TrimSpace(line)) == 0 || fieldLine.Match(line)
}

// readFields reads field lines up to an empty one.
func readFields(text []byte) (h head, rest []byte) {
	h.fields = map[string]string{}
	for len(text) > 0 {
		line, after, _ := bytes.Cut(text, []byte("\n"))
		line = bytes.TrimRight(line, "\r")
		if len(bytes.TrimSpace(line)) == 0 {
			return h, after
		}
		if !fieldLine.Match(line) {
			if line[0] == '{' || line[0] == '<' || statusLine.Match(line) {
				return h, text // the empty line got lost
			}
			text = after
			continue
		}
		h.add(line)
		text = after
	}
	return h, nil
}

func (h *head) add(line []byte) {
	colon := bytes.IndexByte(line[1:], ':') + 1 // a browser's panel writes :status: 401
	name, value := strings.ToLower(string(line[:colon])), strings.TrimSpace(string(line[colon+1:]))
	if name == ":status" {
		h.status, _ = strconv.Atoi(value) // 0 if it is no number
	}
	if _, ok := h.fields[name]; !ok {
		h.fields[name] = value
	}
}

// withoutMarks undoes what curl -v puts before each line: < for the answer's head; notes and the request are left out, and the heads that -i shows beside it.
func withoutMarks(text []byte) []byte {
	if !bytes.HasPrefix(text, []byte("< HTTP/")) && !bytes.Contains(text, []byte("\n< HTTP/")) {
		return text
	}
	var out []byte
	copied := false
	for line := range bytes.Lines(text) {
		switch {
		case bytes.HasPrefix(line, []byte("< ")):
			out = append(out, line[2:]...)
		case line[0] == '<' && len(bytes.TrimSpace(line)) == 1:
			out = append(out, '\n')
		case line[0] == '*', line[0] == '>', bytes.HasPrefix(line, []byte("{ [")), bytes.HasPrefix(line, []byte("} [")):
		case bytes.HasPrefix(line, []byte("HTTP/")) && statusLine.Match(line):
			copied = true
		case copied:
			copied = len(bytes.TrimSpace(line)) > 0
		default:
			out = append(out, line...)
		}
	}
	return out
}

// readPage reads the status from the title of a page.
func readPage(text []byte) (paste, bool) {
	m := pageStatus.FindSubmatch(text)
	if m == nil && causeOfPage(text) != "" {
		return paste{heads: []head{{}}, body: text}, true
	}
	if m == nil {
		return paste{}, false
	}
	status, _ := strconv.Atoi(string(m[1])) // three digits
	return paste{heads: []head{{status: status}}, body: text}, true
}
