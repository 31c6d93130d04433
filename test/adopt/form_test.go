package adopt

import (
	"regexp"
	"slices"
	"strings"

	"github.com/candor-gateway/candor/test/wire/stage"
)

// message is a request or an answer without what belongs to one hop alone: its line without the version, its other fields as they came, and its body as one piece,
// with its trailers.
type message struct {
	line   string
	fields []string
	body   string
}

// hop are the fields of one hop (RFC 9110 §7.6.1), and how a body is framed.
var hop = []string{"connection", "keep-alive", "proxy-connection", "te", "upgrade", "transfer-encoding", "date"}

var (
	version = regexp.MustCompile(` ?HTTP/1\.[01] ?`)
	chunked = regexp.MustCompile(`(?i)\r\ntransfer-encoding: *chunked\r\n`)
)

// read parses a message that is whole.
func read(raw string) (m message) {
	raw = stage.Plain([]byte(chunked.ReplaceAllString(raw, "\r\nTransfer-Encoding: chunked\r\n")))
	head, body, _ := strings.Cut(raw, "\r\n\r\n")
	lines := strings.Split(head, "\r\n")
	m.line, m.body = version.ReplaceAllString(lines[0], ""), strings.TrimSuffix(body, "<end>\r\n") // no trailers
	drop := hop
	for _, line := range lines[1:] {
		if name, value, _ := strings.Cut(line, ":"); strings.EqualFold(name, "connection") {
			for named := range strings.SplitSeq(value, ",") {
				drop = append(slices.Clone(drop), strings.ToLower(strings.TrimSpace(named)))
			}
		}
	}
	for _, line := range lines[1:] {
		if !slices.Contains(drop, nameOf(line)) {
			m.fields = append(m.fields, line)
		}
	}
	return m
}

// nameOf is the name of a field line, in small letters.
func nameOf(line string) string {
	name, _, _ := strings.Cut(line, ":")
	return strings.ToLower(name)
}

// take takes out the fields of these names, and returns their lines.
func (m *message) take(names ...string) (taken []string) {
	m.fields = slices.DeleteFunc(slices.Clone(m.fields), func(line string) bool {
		if !slices.Contains(names, nameOf(line)) {
			return false
		}
		taken = append(taken, line)
		return true
	})
	return taken
}

// text is the message in lines that a difference can be read from.
func (m *message) text() []string {
	return slices.Concat([]string{m.line}, m.fields, []string{""}, stage.Escape(m.body))
}

func (m *message) has(name string) bool {
	return slices.ContainsFunc(m.fields, func(line string) bool { return nameOf(line) == name })
}

// lengthLast puts Content-Length behind the other fields and in our letters, where Candor writes it anew.
func (m *message) lengthLast() {
	for _, line := range m.take("content-length") {
		_, value, _ := strings.Cut(line, ":")
		m.fields = append(m.fields, "Content-Length:"+value)
	}
}
