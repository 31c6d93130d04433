package portal

import (
	"bytes"
	"maps"
	"net/http"
)

// answer is one that waits until the session is kept. Answers to people are pages, and small.
type answer struct {
	head   http.Header // its own: what is said of an answer that is not sent must not stand over another
	status int
	body   bytes.Buffer
}

// Header is what will be sent.
func (a *answer) Header() http.Header { return a.head }

// WriteHeader notes the status; the first counts.
func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

// Write notes what is written.
func (a *answer) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(b)
}

func (a *answer) send(w http.ResponseWriter) {
	clear(w.Header())
	maps.Copy(w.Header(), a.head)
	if a.status == 0 { // it was left to the caller
		return
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body.Bytes()) // it fails only if the client has gone
}
