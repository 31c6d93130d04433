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
