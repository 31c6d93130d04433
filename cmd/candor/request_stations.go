package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/candor-gateway/candor/internal/requestlog"
)

// writeUpstream says what became of the call behind the gateway.
func writeUpstream(s *sheet, r *requestlog.Record) {
	u := r.Upstream
	if u == nil {
		return
	}
	s.heading("Upstream")
	s.row("name", u.Name)
	address := u.Address
	if address != "" && u.Reused {
		address += ", over a connection that was kept"
	}
	s.row("address", address)
	s.row("target", u.Target)
	if u.Status != 0 {
		s.row("answered", strconv.Itoa(u.Status))
	}
	s.row("attempts", r.TriedText())
	s.row("not retried", r.NotRetriedText())
}

// writeTimeline says when what was reached, with a bar that ends there.
func writeTimeline(s *sheet, r *requestlog.Record) {
	t := r.Stations
	if t.Done == 0 {
		return
	}
	s.heading("Timeline")
	s.label = 21
	before := int64(0)
	for _, at := range []struct {
		name string
		us   int64
	}{
		{"head read", t.Head}, {"checks done", t.Admit}, {"connected", t.Connect}, {"first byte of the API", t.FirstByte}, {"done", t.Done},
	} {
		if at.us == 0 {
			continue
		}
		fmt.Fprintf(s, "  %-*s %12s  %s\n", s.label, at.name, millis(at.us), bar(before, at.us, t.Done))
		before = at.us
	}
	s.label = 13
}

// bar is the stretch from one moment to another of the whole.
func bar(from, to, whole int64) string {
	const width = 40
	scale := func(us int64) int { return int(min(us, whole) * width / max(whole, 1)) }
	text := strings.Repeat(" ", scale(from)) + strings.Repeat("=", scale(to)-scale(from))
	if scale(to) == scale(from) { // too short for the scale
		text += "|"
	}
	return text
}

func millis(us int64) string { return strconv.FormatFloat(float64(us)/1000, 'f', 3, 64) + " ms" }

// writeIDs is by what the call is known elsewhere.
func writeIDs(s *sheet, r *requestlog.Record) {
	s.heading("Known as")
	s.row("id", r.RequestID)
	s.row("caller's id", r.ClientTo)
	s.row("API's id", r.AnswerID)
	s.row("api", r.API)
	s.row("route", r.Route)
	s.row("resource", r.Resource)
	s.row("listener", r.Listener)
	if r.Revision > 0 {
		s.row("configuration", "revision "+strconv.Itoa(r.Revision))
	}
	if r.Hidden {
		s.row("hidden", "the caller may not know that there is such a route, and neither may the owners of the app")
	}
	if r.Debug {
		s.row("debug", "asked for with Candor-Debug")
	}
}
