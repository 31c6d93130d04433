package sandbox

import (
	"bytes"
	"context"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// misbehaving lets an upstream do what FaultHeader asks for, with next as what it would rather answer. An unknown value never
// comes here: the gateway's side refuses it.
func misbehaving(next http.Handler, now func() time.Time) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f, _ := parseFault(r.Header.Get(FaultHeader))
		if does := mischiefs[f.mischief].does; does != nil {
			does(scene{w: w, r: r, f: f, next: next, now: now})
			return
		}
		next.ServeHTTP(w, r)
	})
}

// scene is one call that the upstream answers badly. Its methods are what mischiefs names.
type scene struct {
	w    http.ResponseWriter
	r    *http.Request
	f    fault
	next http.Handler
	now  func() time.Time
}

func (s scene) slow() {
	if waited(s.r, s.f.wait) {
		s.next.ServeHTTP(s.w, s.r)
	}
}

func (s scene) hang() {
	waited(s.r, longestWait)
	panic(http.ErrAbortHandler) // ends the connection without an answer
}

// dripped is how many bytes of a body come at a time.
const dripped = 16

// drip sends the body in pieces, each of them a write of its own.
func (s scene) drip() {
	rec := answerOf(s.next, s.r)
	rec.sendHead(s.w)
	out := http.NewResponseController(s.w)
	for piece := range slices.Chunk(rec.body.Bytes(), dripped) {
		if _, err := s.w.Write(piece); err != nil || out.Flush() != nil || !paused(s.r.Context(), s.f.wait) {
			return
		}
	}
}

// waited waits, and reports whether the caller is still there. The body is taken in first: net/http watches for the caller's
// leaving only once it has read the whole request.
func waited(r *http.Request, d time.Duration) bool {
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, 1<<20))
	if err != nil {
		return false
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	return paused(r.Context(), d)
}

// paused waits, and reports whether ctx has not ended meanwhile.
func paused(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// recording is an answer that was not sent yet.
type recording struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// answerOf is what h would answer. Its length is said; of an answer to HEAD alone, as it has no body.
func answerOf(h http.Handler, r *http.Request) *recording {
	rec := &recording{header: http.Header{}, status: 200}
	h.ServeHTTP(rec, r)
	if hasBody(rec.status) {
		rec.header.Set("Content-Length", strconv.Itoa(rec.body.Len()))
	}
	if r.Method == http.MethodHead {
		rec.body.Reset()
	}
	return rec
}

// sendHead begins to send it as it is.
func (rec *recording) sendHead(w http.ResponseWriter) {
	maps.Copy(w.Header(), rec.header)
	w.WriteHeader(rec.status)
}

// Header, WriteHeader and Write make a recording a ResponseWriter.
func (rec *recording) Header() http.Header { return rec.header }

// WriteHeader notes the status.
func (rec *recording) WriteHeader(status int) { rec.status = status }

// Write adds to the body.
func (rec *recording) Write(b []byte) (int, error) { return rec.body.Write(b) }
