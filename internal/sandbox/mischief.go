package sandbox

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// misbehaving lets an upstream do what FaultHeader asks for, with next as what it would rather answer. An unknown value never
// comes here: the gateway's side refuses it.
func misbehaving(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f, _ := parseFault(r.Header.Get(FaultHeader))
		switch f.mischief {
		case slow:
			if waited(r, f.wait) {
				next.ServeHTTP(w, r)
			}
		case reset:
			sendRaw(w, nil, true)
		case truncate:
			sendRaw(w, half(answerOf(next, r)), false)
		case garbage:
			sendRaw(w, []byte("\x15\x03 220 this is no HTTP at all\r\n\x00\xff\r\n\r\n"), false)
		case status:
			foreign(w, f.status)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// waited waits, and reports whether the caller is still there. The body is taken in first: net/http watches for the caller's
// leaving only once it has read the whole request.
func waited(r *http.Request, d time.Duration) bool {
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, 1<<20))
	if err != nil {
		return false
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

// foreign answers with a status in a shape of its own, as an upstream does that has never heard of the contract.
func foreign(w http.ResponseWriter, status int) {
	if status == http.StatusNoContent || status == http.StatusNotModified {
		w.WriteHeader(status)
		return
	}
	text := http.StatusText(status)
	if text == "" {
		text = "status " + strconv.Itoa(status)
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, `{"error":`+strconv.Quote(text)+`,"source":"sandbox upstream"}`) // nobody to tell
}

// sendRaw takes the connection, writes bytes as they are and ends it: by a reset, or by an ordinary close.
func sendRaw(w http.ResponseWriter, raw []byte, rst bool) {
	c, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // ends the connection all the same
	}
	defer c.Close()
	if len(raw) > 0 {
		_, _ = c.Write(raw) // what cannot be written is truncated too
	}
	if t, ok := c.(*net.TCPConn); ok && rst {
		_ = t.SetLinger(0) // close without FIN: the peer sees a reset
	}
}

// half is an answer cut in the middle of its body; one without a body is cut in the middle of its head.
func half(rec *recording) []byte {
	var head bytes.Buffer
	head.WriteString("HTTP/1.1 " + strconv.Itoa(rec.status) + " " + http.StatusText(rec.status) + "\r\n")
	rec.header.Set("Content-Length", strconv.Itoa(rec.body.Len()))
	_ = rec.header.Write(&head) // a buffer takes everything
	head.WriteString("\r\n")
	if rec.body.Len() == 0 {
		return head.Bytes()[:head.Len()/2]
	}
	return append(head.Bytes(), rec.body.Bytes()[:rec.body.Len()/2]...)
}

// recording is an answer that was not sent yet.
type recording struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func answerOf(h http.Handler, r *http.Request) *recording {
	rec := &recording{header: http.Header{}, status: 200}
	h.ServeHTTP(rec, r)
	return rec
}

// Header, WriteHeader and Write make a recording a ResponseWriter.
func (rec *recording) Header() http.Header { return rec.header }

// WriteHeader notes the status.
func (rec *recording) WriteHeader(status int) { rec.status = status }

// Write adds to the body.
func (rec *recording) Write(b []byte) (int, error) { return rec.body.Write(b) }
