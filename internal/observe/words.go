package observe

import (
	"bytes"
	"strings"

	"github.com/candor-gateway/candor/internal/accesslog"
	"github.com/candor-gateway/candor/internal/explain"
)

// words are an answer's own, as far as they can be read.
type words struct {
	says, code string
	fix        string
	errors     bool   // a success that tells of errors
	grpc       string // its status in gRPC, which is not 0
	unread     string // why its body was not read

	challenge, allow, retryAfter, location string
}

// maxSays is how many characters are repeated of a sentence.
const maxSays = 200

// quoted are the words as they are shown.
func (w *words) quoted() string {
	switch {
	case w.says != "" && w.code != "" && !strings.Contains(strings.ToLower(w.says), strings.ToLower(w.code)):
		return `"` + w.says + `" (` + w.code + ")"
	case w.says != "":
		return `"` + w.says + `"`
	case w.code != "":
		return `"` + w.code + `"`
	}
	return ""
}

// sentence is a text of somebody else's, on one line, with what looks like a secret hidden, and cut.
func sentence(text []byte) string {
	return cut(explain.Hide(strings.Join(strings.Fields(strings.ToValidUTF8(string(text), "\ufffd")), " ")), maxSays)
}

// wordsOf reads what the answer of a call says, if an upstream gave one.
func wordsOf(e *accesslog.Entry) (w words) {
	if e.Seen == nil || !e.ByUpstream {
		return w
	}
	a := &e.Seen.Answer
	if w.readGRPC(a); w.errors {
		return w
	}
	if e.Status < 400 && (len(a.Body) == 0 || len(a.Encoding) > 0 && !mayBeGraphQL(e)) {
		return w
	}
	body, unread := undone(a.Encoding, a.Body)
	if e.Status < 400 {
		w.readErrors(body)
		return w
	}
	w.unread = unread
	w.challenge, w.allow = sentence(a.Challenge), sentence(a.Allow)
	w.retryAfter, w.location = sentence(a.RetryAfter), sentence(a.Location)
	w.read(kindOf(a.Type, body), body)
	if w.says == "" {
		w.says = sentence(challengeSays(a.Challenge))
	}
	return w
}

// mayBeGraphQL reports whether a call is made as those of GraphQL are (GraphQL over HTTP, §5): it spares most good answers the undoing of their coding.
func mayBeGraphQL(e *accesslog.Entry) bool {
	return string(e.Method) == "POST" || bytes.Contains(e.Target, []byte("query=")) || bytes.Contains(e.Target, []byte("extensions="))
}

// kindOf is what a body most likely is: its type says so, or its first byte where the type says nothing.
func kindOf(contentType, body []byte) string {
	kind, _, _ := strings.Cut(strings.ToLower(string(contentType)), ";")
	kind = strings.TrimSpace(kind)
	begin := bytes.TrimLeft(body, " \t\r\n\ufeff")
	switch {
	case kind == "application/json" || strings.HasSuffix(kind, "+json") || len(begin) > 0 && (begin[0] == '{' || begin[0] == '['):
		return "json"
	case kind == "text/html" || kind == "application/xhtml+xml":
		return "html"
	case kind == "application/xml" || kind == "text/xml" || strings.HasSuffix(kind, "+xml"):
		return "xml"
	case len(begin) > 0 && begin[0] == '<':
		return "html"
	case kind == "" || strings.HasPrefix(kind, "text/"):
		return "text"
	}
	return kind
}

// read reads the body of an error.
func (w *words) read(kind string, body []byte) {
	switch kind {
	case "json":
		w.readJSON(body)
	case "html":
		w.says = sentence(pageSays(body))
	case "xml":
		for _, name := range []string{"message", "faultstring", "detail", "description", "title"} {
			if w.says = sentence([]byte(plainText(element(body, name)))); w.says != "" {
				break
			}
		}
		w.code = sentence([]byte(plainText(element(body, "code"))))
	case "text":
		line, _, _ := bytes.Cut(bytes.TrimLeft(body, " \t\r\n"), []byte{'\n'})
		w.says = sentence(line)
	}
}

// element is the text of the first element of a name, in any case, without elements in it.
func element(body []byte, name string) []byte {
	low := bytes.ToLower(body)
	for from := 0; ; {
		at := bytes.Index(low[from:], []byte("<"+name))
		if at < 0 {
			return nil
		}
		from += at + 1 + len(name)
		if from == len(low) || low[from] != '>' && low[from] != ' ' {
			continue
		}
		open := bytes.IndexByte(low[from:], '>')
		if open < 0 {
			return nil
		}
		text := body[min(from+open+1, len(body)):] // ToLower may change lengths of what is not ASCII
		text, _, _ = bytes.Cut(text, []byte{'<'})
		return text
	}
}

// challengeSays is what a challenge gives as its reason (RFC 6750 §3).
func challengeSays(challenge []byte) []byte {
	for _, name := range []string{`error_description="`, `error="`} {
		if _, after, found := bytes.Cut(challenge, []byte(name)); found {
			said, _, _ := bytes.Cut(after, []byte{'"'})
			return said
		}
	}
	return nil
}
