package main

import (
	"strings"

	"github.com/candor-gateway/candor/internal/requestlog"
)

// writeDebugged says what only a call has that asked for it: what each check says, how it was rewritten, each attempt.
func writeDebugged(s *sheet, r *requestlog.Record) {
	if !r.Debug || len(r.Checks) == 0 {
		return
	}
	s.heading("Every check")
	for _, c := range r.Checks {
		verdict := strings.TrimSpace(c.Verdict + " " + c.Problem)
		if c.Why != "" {
			verdict += ": " + c.Why
		}
		s.row(c.Check, strings.TrimPrefix(c.Mode+", "+verdict, ", "))
	}
	if len(r.Tries) > 0 {
		s.heading("Attempts")
	}
	for _, t := range r.Tries {
		end := "an answer after " + millis(t.Ended)
		if t.Fault != "" {
			end = t.Fault + " after " + millis(t.Ended)
		}
		s.row("to", strings.TrimPrefix(t.Address+", "+end, ", "))
	}
	if w := r.Rewrite; w != nil {
		s.heading("As it was sent on")
		s.row("target", w.Target)
		s.row("added", strings.Join(w.Added, ", "))
		s.row("dropped", strings.Join(w.Dropped, ", "))
	}
}
