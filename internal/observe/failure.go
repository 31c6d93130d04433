package observe

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/candor-gateway/candor/internal/accesslog"
	"github.com/candor-gateway/candor/internal/redact"
)

// Failure is a call that failed, or would fail in candor serve, as it is told. Its texts hold no secrets that could be known as such, and are cut.
type Failure struct {
	Time     string   `json:"time"`
	Status   int      `json:"status"` // 0: no answer was sent
	Method   string   `json:"method"`
	Path     string   `json:"path"`
	By       string   `json:"by"`
	What     string   `json:"what"`
	Says     string   `json:"says,omitempty"` // the answer's own words
	Code     string   `json:"code,omitempty"` // likewise
	Fix      string   `json:"fix"`
	ID       string   `json:"id"`
	AnswerID string   `json:"answer_id,omitempty"` // the API's own
	Would    []string `json:"would,omitempty"`     // problems that candor serve would answer with
	Millis   int64    `json:"duration_ms"`

	at    int64
	cause string // for the summary
}

// Who made a call fail.
const (
	byUpstream = "upstream"
	byCandor   = "Candor"
	byClient   = "client"
	byWouldBe  = "would-be by Candor"
)

// The bounds of what is shown.
const (
	maxPath   = 200
	maxMethod = 32
	maxID     = 128
)

// judge finds out whether a call has failed, and what is to be said of it.
func (s *Screen) judge(e *accesslog.Entry, w *words, r *route) (f Failure, failed bool) {
	would := s.would(e)
	switch {
	case e.Problem != "" || e.Status == 0:
		f.byUs(e, s.o.Upstream)
	case e.Status >= 400 || w.errors:
		f.byThem(e, w, r)
	case noWebSocket(e):
		f.By, f.cause = byUpstream, fmt.Sprintf("%d by upstream: no WebSocket", e.Status)
		f.What = fmt.Sprintf("the client asked for a WebSocket, and upstream answered %d as to any other call", e.Status)
		f.Fix = "Look whether the API opens WebSockets at this path, and whether the client means another one."
	case len(would) > 0:
		f.By, f.cause = byWouldBe, "would-be by Candor: "+would[0].problem
	default:
		return f, false
	}
	for _, x := range would {
		f.add(x.text)
		f.Fix = either(f.Fix, x.fix)
		f.Would = append(f.Would, x.problem)
	}
	if f.By == byUpstream && len(e.Tolerated) > 0 {
		f.add("the call is not as HTTP asks (" + strings.Join(e.Tolerated, ", ") + ")")
	}
	f.about(e)
	return f, true
}

// noWebSocket reports whether a WebSocket was asked for and answered as if it were not (RFC 9110 §7.8 allows that): clients take it for a failure.
func noWebSocket(e *accesslog.Entry) bool {
	return e.Seen != nil && e.Seen.WebSocket && e.ByUpstream && e.Status < 400 && e.Status != 101
}

// about fills in what is the same of every failure.
func (f *Failure) about(e *accesslog.Entry) {
	f.at = e.Time
	f.Time = time.Unix(0, e.Time).UTC().Format("2006-01-02T15:04:05.000Z")
	f.Status, f.Millis = e.Status, e.Stations.Done/1e3
	f.Method = cut(string(e.Method), maxMethod)
	f.Path = pathShown(e.Target)
	f.ID = string(e.ID.AppendUUID(nil))
	f.AnswerID = cut(string(redact.AppendTarget(nil, e.AnswerID)), maxID)
}

// add adds a sentence to what happened.
func (f *Failure) add(text string) {
	if text == "" {
		return
	}
	if f.What != "" {
		f.What += "; "
	}
	f.What += text
}

// byThem is what an upstream's answer says, and what is known beside.
func (f *Failure) byThem(e *accesslog.Entry, w *words, r *route) {
	f.By = byUpstream
	f.Says, f.Code = w.says, w.code
	f.What = "upstream answered " + strconv.Itoa(e.Status)
	known := factOf(e, w, r)
	switch said := w.quoted(); {
	case said != "":
		f.What += ": " + said
	case w.unread != "":
		f.What += "; " + w.unread
	case known.says == "":
		f.What += " and gave no reason"
	}
	f.add(known.says)
	f.Fix = known.fix
	f.cause = fmt.Sprintf("%d by upstream: %s", e.Status, known.cause)
	if e.Status < 400 && w.grpc == "" {
		f.cause = fmt.Sprintf("%d by upstream: errors in the body", e.Status)
	}
}

// pathShown is the path of a target, without its query and without secrets.
func pathShown(target []byte) string {
	target, _, _ = bytes.Cut(target, []byte{'?'})
	return cut(string(redact.AppendTarget(nil, target[:min(len(target), 4*maxPath)])), maxPath)
}

// cut cuts a text to n characters.
func cut(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	count := 0
	for i := range s {
		if count == n-1 {
			return s[:i] + "…"
		}
		count++
	}
	return s
}

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
