package requestlog

import (
	"strconv"
	"strings"
)

// How is how it ended, in a few words.
func (t *Try) How() string {
	switch {
	case t.Fault != "":
		return t.Fault
	case t.Status > 0:
		return strconv.Itoa(t.Status)
	}
	return "an answer"
}

// TriedText tells how often a call was sent, and how each attempt ended where that is known: "3: connection refused, 503, 503".
func (r *Record) TriedText() string {
	if r.Upstream == nil || r.Upstream.Attempts < 2 {
		return ""
	}
	var ends []string
	for i := range r.Tries {
		ends = append(ends, r.Tries[i].How())
	}
	return strings.TrimSuffix(strconv.Itoa(r.Upstream.Attempts)+": "+strings.Join(ends, ", "), ": ")
}

// unretried says in words why a call was not sent again.
var unretried = map[string]string{
	"applied":  "it may have taken effect",
	"body":     "its body had begun to be passed on as it came",
	"too_late": "the wait before that would have been too long",
	"budget":   "many were sent again already in the ten seconds before",
	"left":     "its client left while it waited for that",
	"drained":  "the gateway ended",
}

// NotRetriedText tells why the call was not sent again, though its route has such failures tried again: "applied: it may have taken effect".
func (r *Record) NotRetriedText() string {
	if r.Upstream == nil || r.Upstream.NotRetried == "" {
		return ""
	}
	return strings.TrimSuffix(r.Upstream.NotRetried+": "+unretried[r.Upstream.NotRetried], ": ")
}
