package har

import (
	"cmp"
	"encoding/json"
	"math"
	"time"
)

// entry is what the file says. Exporters leave out what they do not know, write -1 for it, or null.
type entry struct {
	StartedDateTime loose[string]  `json:"startedDateTime"`
	Time            loose[float64] `json:"time"`
	Request         struct {
		Method      loose[string]         `json:"method"`
		URL         loose[string]         `json:"url"`
		HTTPVersion loose[string]         `json:"httpVersion"`
		Headers     loose[[]loose[field]] `json:"headers"`
		Cookies     loose[[]loose[field]] `json:"cookies"`
		PostData    loose[struct {
			MimeType loose[string]         `json:"mimeType"`
			Text     loose[string]         `json:"text"`
			Encoding loose[string]         `json:"encoding"`
			Params   loose[[]loose[field]] `json:"params"`
		}] `json:"postData"`
	} `json:"request"`
	Response struct {
		Status      loose[float64]        `json:"status"`
		StatusText  loose[string]         `json:"statusText"`
		HTTPVersion loose[string]         `json:"httpVersion"`
		Headers     loose[[]loose[field]] `json:"headers"`
		Cookies     loose[[]loose[field]] `json:"cookies"`
		Content     loose[struct {
			MimeType loose[string] `json:"mimeType"`
			Text     loose[string] `json:"text"`
			Encoding loose[string] `json:"encoding"`
		}] `json:"content"`
		Error loose[string] `json:"_error"`
	} `json:"response"`
	Timings loose[map[string]any] `json:"timings"`
}

type field struct {
	Name     loose[string] `json:"name"`
	Value    loose[string] `json:"value"`
	FileName loose[string] `json:"fileName"`
}

// loose is a value that is left out where the file has something of another kind: one odd member spoils no entry.
type loose[T any] struct{ is T }

// UnmarshalJSON takes what fits.
func (l *loose[T]) UnmarshalJSON(text []byte) error {
	var is T
	if json.Unmarshal(text, &is) == nil {
		l.is = is
	}
	return nil
}

func (e *entry) read(number int) Entry {
	began, _ := time.Parse(time.RFC3339Nano, e.StartedDateTime.is) // zero if it is none
	q, a := &e.Request, &e.Response
	post, content := &q.PostData.is, &a.Content.is
	read := Entry{
		Number: number, Began: began, Took: milliseconds(e.Time.is), Phases: phases(e.Timings.is), Error: a.Error.is,
		Request: Request{
			Method: q.Method.is, URL: q.URL.is, Version: q.HTTPVersion.is, Headers: fields(q.Headers.is), Cookies: fields(q.Cookies.is),
			Type: post.MimeType.is, Body: decode(post.Text.is, post.Encoding.is), Params: fields(post.Params.is),
		},
		Response: Response{
			Text: a.StatusText.is, Version: a.HTTPVersion.is, Headers: fields(a.Headers.is), Cookies: fields(a.Cookies.is),
			Type: content.MimeType.is, Body: decode(content.Text.is, content.Encoding.is),
		},
	}
	if s := a.Status.is; s >= 100 && s <= 999 {
		read.Response.Status = int(s)
	}
	return read
}

func fields(all []loose[field]) []Field {
	var read []Field
	for i := range all {
		f := &all[i].is
		read = append(read, Field{Name: f.Name.is, Value: cmp.Or(f.Value.is, f.FileName.is)})
	}
	return read
}

// phaseNames are in the order in which they come. ssl is a part of connect.
var phaseNames = []string{"blocked", "dns", "connect", "ssl", "send", "wait", "receive"}

func phases(timings map[string]any) []Phase {
	var all []Phase
	for _, name := range phaseNames {
		ms, ok := timings[name].(float64)
		if took := milliseconds(ms); ok && took > 0 {
			all = append(all, Phase{Name: name, Took: took})
		}
	}
	return all
}

// milliseconds is 0 for what is unknown, which is -1, and for what no call can take.
func milliseconds(ms float64) time.Duration {
	if math.IsNaN(ms) || ms <= 0 || ms > float64(30*24*time.Hour/time.Millisecond) {
		return 0
	}
	return time.Duration(ms * float64(time.Millisecond)).Round(time.Microsecond)
}
