package portal

import (
	"bytes"
	"net/http"
)

// answer is one that waits until the session is kept. Answers to people are pages, and small.
type answer struct {
	head   http.Header
	status int
	body   bytes.Buffer
}

// Header is that of the request's own writer.
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
	if a.status == 0 { // it was left to the caller
		return
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body.Bytes()) // it fails only if the client has gone
}
