package main

import (
	"strings"

	"github.com/candor-gateway/candor/internal/requestlog"
)

// writeDebugged says what only a call has that asked for it: what each check says, and how it was rewritten; and each attempt, also of one that was sent again.
func writeDebugged(s *sheet, r *requestlog.Record) {
	writeVerdicts(s, r)
	writeTries(s, r)
	if w := r.Rewrite; w != nil && r.Debug {
		s.heading("As it was sent on")
		s.row("target", w.Target)
		s.row("added", strings.Join(w.Added, ", "))
		s.row("dropped", strings.Join(w.Dropped, ", "))
	}
}

func writeVerdicts(s *sheet, r *requestlog.Record) {
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
}

func writeTries(s *sheet, r *requestlog.Record) {
	if len(r.Tries) > 0 {
		s.heading("Attempts")
	}
	for i := range r.Tries {
		t := &r.Tries[i]
		s.row("to", strings.TrimPrefix(t.Address+", "+t.How()+" after "+millis(t.Ended), ", "))
	}
}
