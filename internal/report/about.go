package report

import (
	"bytes"
	"encoding/json"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/candor-gateway/candor/internal/callid"
	"github.com/candor-gateway/candor/internal/explain"
)

// requestID is the id that Candor gave the call, in its canonical spelling.
func (x *exchange) requestID() string {
	if id, ok := x.id(); ok {
		return id.String()
	}
	return ""
}

func (x *exchange) id() (callid.ID, bool) {
	a := x.last()
	if a == nil {
		return callid.ID{}, false
	}
	for _, f := range a.headers {
		if id, ok := callid.Parse(f.Value); ok && idField.MatchString(f.Name) {
			return id, true
		}
	}
	var said struct {
		RequestID string `json:"requestId"`
	}
	if json.Unmarshal(bytes.TrimSpace(a.body), &said) != nil {
		return callid.ID{}, false
	}
	return callid.Parse(said.RequestID)
}

// clientName is what a client id can look like.
var clientName = regexp.MustCompile(`^[A-Za-z0-9._~:@/-]{1,200}$`)

// tokenEndpoint are paths at which a user of Basic is a client (RFC 6749 §2.3.1).
var tokenEndpoint = regexp.MustCompile(`(?i)/(?:access_?token|token|introspect|introspect_?token|revoke|revocation|par)/?$`)

// clientID is the app's client id, where the call says it.
func (x *exchange) clientID(tokens []Token) string {
	path, query, _ := strings.Cut(x.url, "?")
	said := []string{inForm(query), inForm(string(x.body)), inObject(x.body)}
	for _, p := range x.params {
		if p.Name == "client_id" {
			said = append(said, p.Value)
		}
	}
	if m := schemes.FindStringSubmatch(get(x.headers, "Authorization")); m != nil && tokenEndpoint.MatchString(path) {
		if user, password, ok := basic(m[1], m[2]); ok && password != "" {
			said = append(said, unescaped(user))
		}
	}
	for _, t := range tokens {
		if t.App != unknown {
			said = append(said, t.App)
		}
	}
	if a := x.last(); a != nil {
		said = append(said, inObject(a.body))
	}
	for _, id := range said {
		if clientName.MatchString(id) && safe(id) == id && !makersKey.MatchString(id) {
			return id
		}
	}
	return ""
}

func inForm(text string) string {
	for pair := range strings.SplitSeq(text, "&") {
		if name, value, _ := strings.Cut(pair, "="); name == "client_id" {
			return unescaped(value)
		}
	}
	return ""
}

func inObject(body []byte) string {
	var said struct {
		ClientID string `json:"client_id"`
	}
	if json.Unmarshal(bytes.TrimSpace(body), &said) != nil {
		return ""
	}
	return said.ClientID
}

func unescaped(value string) string {
	plain, err := url.QueryUnescape(value)
	if err != nil {
		return value
	}
	return plain
}

// explain says what the answer means, or the client's message where none came.
func (x *exchange) explain(hide func(string) string) *explain.Explanation {
	text := x.failure
	if x.last() != nil {
		text = string(x.pasted())
	}
	if e, ok := explain.Explain([]byte(hide(text))); ok {
		return &e
	}
	return nil
}

// explainMax is how much of a body is asked what it means: more than any answer that explains itself.
const explainMax = 64 << 10

// pasted is the answer as curl -iL shows it.
func (x *exchange) pasted() []byte {
	var b bytes.Buffer
	for _, a := range append(x.followed, x.answers...) {
		b.WriteString("HTTP/1.1 " + strconv.Itoa(a.status) + " " + oneLine(a.text) + "\r\n")
		for _, f := range a.headers {
			b.WriteString(oneLine(f.Name) + ": " + oneLine(f.Value) + "\r\n")
		}
		b.WriteString("\r\n")
	}
	body := x.last().body
	b.Write(body[:min(len(body), explainMax)])
	return b.Bytes()
}

func oneLine(s string) string { return strings.NewReplacer("\r", " ", "\n", " ").Replace(s) }

// contact is whom a fix says to write to: an address of mail, or a link.
var contact = regexp.MustCompile(`(?i)\b(?:report|write|tell|ask|contact|mail)\b[^.;]*?\s((?:mailto:)?[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}|https?://[^\s"'<>]+)`)

// sendTo is where the report goes: the support that the answer names, else the page that it links to, else whoever runs the host.
func (x *exchange) sendTo(b *Bundle) string {
	var said struct {
		Support string `json:"support"`
		Fix     string `json:"fix"`
		Help    string `json:"help"`
	}
	if a := x.last(); a != nil && json.Unmarshal(bytes.TrimSpace(a.body), &said) != nil {
		said.Support, said.Fix, said.Help = "", "", ""
	}
	if said.Support != "" {
		return safeContact(said.Support)
	}
	if m := contact.FindStringSubmatch(said.Fix); m != nil {
		return safeContact(m[1])
	}
	to := "the operator of the API"
	if b.Request != nil {
		if u, err := url.Parse(b.Request.URL); err == nil && u.Host != "" {
			to += " at " + u.Host
		}
	}
	if said.Help != "" {
		to += "; the error's page says whom to ask: " + safe(said.Help)
	}
	return to
}

// safeContact is an address of mail, a link, or a sentence. An address stays, since what stands before its @ is no password.
func safeContact(s string) string {
	s = strings.TrimPrefix(strings.TrimRight(s, ".,;)"), "mailto:")
	return cut(explain.Hide(strings.Map(printable, s)), 300)
}
