package report

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/har"
)

// exchange is one call as it was recorded. It holds credentials: what leaves this room goes through a veil.
type exchange struct {
	began    time.Time // zero if it is not known
	took     time.Duration
	phases   []har.Phase
	clock    string // when the request was sent, of a transcript with --trace-time, which names no day
	method   string
	url      string
	version  string
	tls      bool // of a transcript, whose request lines do not say it
	headers  []har.Field
	cookies  []har.Field // of a HAR file, which may leave them out of the headers
	typ      string      // of the body
	body     []byte
	params   []har.Field // of a form whose text is not there
	answers  []answer    // interim ones first
	followed []answer    // redirects that led here
	failure  string      // what the client said where no answer came
}

// answer is one head that came back, and of the last one the body.
type answer struct {
	clock   string
	status  int
	text    string
	version string
	headers []har.Field
	typ     string
	body    []byte
}

// last is the answer to the call; nil if none came.
func (x *exchange) last() *answer {
	if len(x.answers) == 0 {
		return nil
	}
	return &x.answers[len(x.answers)-1]
}

// redirects reports whether the answer leads elsewhere.
func (a *answer) redirects() bool { return a.status/100 == 3 && a.status != 304 }

func (x *exchange) failed() bool {
	a := x.last()
	return a == nil || a.status >= 400 || a.status < 200
}

// get is the first field of that name; "" if there is none.
func get(fields []har.Field, name string) string {
	for _, f := range fields {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

// The most that is read: a transcript is one call or a few, a HAR file all those of a page.
const (
	TranscriptMax = 1 << 20
	FileMax       = 32 << 20
)

// What is said of an input that no report can be made of.
var (
	ErrNothing  = errors.New("there is nothing to report: the input is empty")
	ErrUnknown  = errors.New("cannot tell what this is; expected what curl -v or curl -i shows, or a HAR file")
	ErrTooLarge = fmt.Errorf("this is more than is read, %d MiB of a HAR file and %d MiB of anything else; export the failed request alone", FileMax>>20, TranscriptMax>>20)
	ErrNoEntry  = errors.New("there is no such entry")
)

// choose finds the entry that was asked for, from 1, or the last that failed.
func choose(all []exchange, number int) (*exchange, error) {
	switch {
	case number < 0 || number > len(all):
		return nil, fmt.Errorf("%w: it has %s, from 1 on", ErrNoEntry, count(len(all), "entry", "entries"))
	case number > 0:
		return &all[number-1], nil
	}
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].failed() {
			return &all[i], nil
		}
	}
	if len(all) == 1 {
		return &all[0], nil
	}
	return nil, fmt.Errorf("%w that failed: say which of the %d is meant", ErrNoEntry, len(all))
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// fromHAR is the call of an entry.
func fromHAR(e *har.Entry) exchange {
	q, a := &e.Request, &e.Response
	x := exchange{
		began: e.Began, took: e.Took, phases: e.Phases, method: q.Method, url: q.URL, version: q.Version, headers: sent(q.Headers), cookies: q.Cookies,
		typ: q.Type, body: q.Body, params: q.Params, failure: e.Error,
	}
	if a.Status == 0 {
		return x
	}
	came := answer{status: a.Status, text: a.Text, version: a.Version, headers: sent(a.Headers), typ: a.Type, body: a.Body}
	if get(came.headers, "Set-Cookie") == "" {
		for _, c := range a.Cookies {
			came.headers = append(came.headers, har.Field{Name: "Set-Cookie", Value: c.Name + "=" + c.Value})
		}
	}
	x.answers = []answer{came}
	return x
}

// sent leaves out what HTTP/2 says in the shape of fields and the method, URL and status say already.
func sent(fields []har.Field) []har.Field {
	var kept []har.Field
	for _, f := range fields {
		if f.Name != "" && f.Name[0] != ':' {
			kept = append(kept, f)
		}
	}
	return kept
}
