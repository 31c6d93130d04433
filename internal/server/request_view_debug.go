package server

import (
	"strconv"
	"strings"

	"github.com/candor-gateway/candor/internal/pages/people"
	"github.com/candor-gateway/candor/internal/requestlog"
)

// verdictFacts are what every check says of a call that was debugged.
func verdictFacts(checks []requestlog.Check) []people.Fact {
	var pairs []string
	for _, c := range checks {
		text := strings.TrimSpace(c.Verdict + " " + c.Problem)
		if c.Mode != "" {
			text += " (" + c.Mode + ")"
		}
		if c.Why != "" {
			text += ": " + c.Why
		}
		pairs = append(pairs, c.Check, text)
	}
	return facts(pairs...)
}

// tryFacts are its attempts, and how it was rewritten for them.
func tryFacts(r *requestlog.Record) []people.Fact {
	var pairs []string
	for i, t := range r.Tries {
		text := t.Address
		if t.Reused {
			text += ", over a connection that was kept"
		}
		text += ", from " + millisOf(t.Begun) + " to " + millisOf(t.Ended)
		if t.Fault != "" || t.Status > 0 {
			text += ": " + t.How()
		}
		pairs = append(pairs, "Attempt "+strconv.Itoa(i+1), strings.TrimPrefix(text, ", "))
	}
	if w := r.Rewrite; w != nil {
		pairs = append(pairs, "Target as sent", w.Target, "Fields added", strings.Join(w.Added, ", "), "Fields dropped", strings.Join(w.Dropped, ", "))
	}
	return facts(pairs...)
}

func millisOf(us int64) string { return strconv.FormatFloat(float64(us)/1000, 'f', 3, 64) + " ms" }
