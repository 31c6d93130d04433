// Package report makes of a recorded call what support needs to look into it: the request, the answer with its ids, the client, the token by its kind, times and
// a few digits of its hash, a timeline, and what the answer means. No secret is in it.
package report

import (
	"errors"
	"fmt"
	"strings"

	"github.com/candor-gateway/candor/internal/explain"
	"github.com/candor-gateway/candor/internal/har"
)

// Bundle is what support gets.
type Bundle struct {
	Request     *Request             `json:"request,omitempty"`
	Response    *Response            `json:"response,omitempty"`
	Failure     string               `json:"failure,omitempty"` // what the client said where no answer came
	RequestID   string               `json:"requestId,omitempty"`
	ClientID    string               `json:"clientId,omitempty"`
	App         string               `json:"app,omitempty"` // its name, where the instance told it
	Tokens      []Token              `json:"tokens,omitempty"`
	Timeline    []Moment             `json:"timeline,omitempty"`
	Explanation *explain.Explanation `json:"explanation,omitempty"`
	SendTo      string               `json:"sendTo"`
	Missing     []string             `json:"missing,omitempty"` // what the input did not tell, and how to record it
	Source      string               `json:"source"`
}

// Request is what was sent, without its secrets.
type Request struct {
	Method  string  `json:"method"`
	URL     string  `json:"url"`
	Version string  `json:"version,omitempty"`
	Headers []Field `json:"headers,omitempty"`
	Body    string  `json:"body,omitempty"`
}

// Response is what came back.
type Response struct {
	Status  int     `json:"status"`
	Text    string  `json:"text,omitempty"`
	Version string  `json:"version,omitempty"`
	Headers []Field `json:"headers,omitempty"`
	Body    string  `json:"body,omitempty"`
}

// Make makes the report of a transcript of curl or of a HAR file: of the entry with that number, from 1, or with 0 of the last that failed.
func Make(input []byte, entry int) (*Bundle, error) {
	all, source, err := read(input)
	if err != nil {
		return nil, err
	}
	x, err := choose(all, entry)
	if err != nil {
		return nil, err
	}
	b := x.bundle()
	b.Source = source
	if len(all) > 1 {
		b.Source += fmt.Sprintf(", entry %d of %d", index(all, x)+1, len(all))
	}
	return b, nil
}

func index(all []exchange, x *exchange) int {
	for i := range all {
		if &all[i] == x {
			return i
		}
	}
	return 0
}

// read reads the calls of either.
func read(input []byte) (all []exchange, source string, err error) {
	switch {
	case len(input) > FileMax:
		return nil, "", ErrTooLarge
	case har.Looks(input):
		all, err = readHAR(input)
		return all, "a HAR file", err
	case len(input) > TranscriptMax:
		return nil, "", ErrTooLarge
	}
	text := explain.UTF8(input)
	if len(text) == 0 {
		return nil, "", ErrNothing
	}
	if har.Looks(text) { // in UTF-16
		all, err = readHAR(text)
		return all, "a HAR file", err
	}
	all = readTranscript(text)
	if len(all) == 0 || len(all) == 1 && all[0].last() == nil && all[0].failure == "" {
		return nil, "", ErrUnknown
	}
	return all, "a transcript of curl", nil
}

func readHAR(text []byte) ([]exchange, error) {
	entries, err := har.Read(text)
	switch {
	case err != nil && !errors.Is(err, har.ErrNone):
		return nil, fmt.Errorf("read the HAR file: %w", err)
	case err != nil:
		return nil, ErrUnknown
	case len(entries) == 0:
		return nil, fmt.Errorf("%w: the HAR file has none; reload the page with the panel open, and export again", ErrNoEntry)
	}
	all := make([]exchange, 0, len(entries))
	for i := range entries {
		all = append(all, fromHAR(&entries[i]))
	}
	return all, nil
}

// bundle is a call without its secrets. Each part is hidden by itself first; then what was hidden in one is looked for in all.
func (x *exchange) bundle() *Bundle {
	v := &veil{}
	v.learnCookies(x.cookies)
	b := &Bundle{Request: v.request(x), Response: v.response(x.last())}
	b.Failure = strings.Map(printable, v.prose(x.failure))
	b.Tokens = x.tokens()
	b.ClientID = x.clientID(b.Tokens)
	b.RequestID = x.requestID()
	hide := v.sweeper().Replace
	b.Explanation = x.explain(hide)
	b.Timeline = x.timeline(b)
	b.SendTo = x.sendTo(b)
	b.Missing = x.missing()
	b.sweep(hide)
	b.cut() // only now: half of a secret is no more recognised
	return b
}

func (v *veil) learnCookies(all []har.Field) {
	for _, c := range all {
		v.learn(c.Value)
	}
}

func (v *veil) request(x *exchange) *Request {
	if x.method == "" && x.url == "" {
		return nil
	}
	r := &Request{Method: v.looks(strings.Map(printable, x.method)), URL: v.target(x.url), Version: strings.Map(printable, x.version), Headers: v.fields(x.headers)}
	if get(x.headers, "Cookie") == "" && len(x.cookies) > 0 {
		r.Headers = append(r.Headers, v.fields([]har.Field{{Name: "Cookie", Value: joined(x.cookies)}})...)
	}
	if len(x.body) > 0 {
		r.Body = v.body(x.typ, x.body, asked)
		return r
	}
	r.Body = v.params(x.params, asked)
	return r
}

func joined(cookies []har.Field) string {
	var w strings.Builder
	for i, c := range cookies {
		if i > 0 {
			w.WriteString("; ")
		}
		w.WriteString(c.Name + "=" + c.Value)
	}
	return w.String()
}

func (v *veil) response(a *answer) *Response {
	if a == nil {
		return nil
	}
	return &Response{
		Status: a.status, Text: v.prose(strings.Map(printable, a.text)), Version: strings.Map(printable, a.version),
		Headers: v.fields(a.headers), Body: v.body(a.typ, a.body, answered),
	}
}

// missing is what support would like to have and was not recorded.
func (x *exchange) missing() []string {
	var all []string
	a := x.last()
	switch {
	case x.method == "" && x.url == "" && a == nil:
		all = append(all, "The request: paste the command line before what curl says.")
	case x.method == "" && x.url == "":
		all = append(all, "The request: record the call with curl -v, or paste the command line before its answer.")
	case len(x.body) == 0 && len(x.params) == 0 && (get(x.headers, "Content-Type") != "" || sends(get(x.headers, "Content-Length"))):
		all = append(all, "The request's body, which curl -v does not show: paste the command line before its answer.")
	}
	if a != nil && len(a.body) == 0 && a.status >= 400 && x.method != "HEAD" && sends(get(a.headers, "Content-Length")) {
		all = append(all, "The answer's body: it was not recorded.")
	}
	if a != nil && x.requestID() == "" {
		all = append(all, "An id of the call: the answer has none that Candor gives.")
	}
	return all
}

func sends(contentLength string) bool { return contentLength != "" && contentLength != "0" }
