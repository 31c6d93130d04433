package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/usage"
)

// usageText is what an app did, what is left and what it may do.
func usageText(r *usage.Report) string {
	s := &sheet{label: 13}
	s.WriteString(shown(r.App) + ": " + didShown(&r.Did) + " today\n")
	s.say("As of " + r.Time.Format("2006-01-02 15:04:05 MST") + "; the day began at midnight UTC.")
	s.say(repeatedShown(&r.Did))
	for _, note := range r.Notes {
		s.say(note)
	}
	for i := range r.Resources {
		writeResource(s, &r.Resources[i], r.Time)
	}
	writeHours(s, r.Hours)
	writeRights(s, &r.Rights)
	return s.String()
}

// didShown is how many calls there were.
func didShown(d *usage.Did) string {
	text := plural(d.Calls, "call")
	if d.Failed > 0 {
		text += fmt.Sprintf(", %d failed", d.Failed)
	}
	return text
}

func plural(n int64, of string) string {
	if n == 1 {
		return "1 " + of
	}
	return fmt.Sprintf("%d %ss", n, of)
}

// repeatedShown says how many calls need not have been made; "" where none is known.
func repeatedShown(d *usage.Did) string {
	if d.Repeated == 0 {
		return ""
	}
	return fmt.Sprintf("%d of today's %s repeated an earlier one: keep answers and ask less.", d.Repeated, plural(d.LetThrough, "call"))
}

// endedShown are the problems with their numbers.
func endedShown(all []usage.Ended) string {
	var parts []string
	for _, e := range all {
		parts = append(parts, fmt.Sprintf("%s %d", e.Problem, e.Calls))
	}
	return strings.Join(parts, ", ")
}

func writeResource(s *sheet, r *usage.Resource, now time.Time) {
	name := shown(r.Resource)
	if name == "" {
		name = "no resource that the app may know of"
	}
	s.heading(name)
	s.row("calls", didShown(&r.Did))
	s.row("errors", endedShown(r.Errors))
	s.row("repeated", repeatedShown(&r.Did))
	for i := range r.Limits {
		writeLimit(s, &r.Limits[i], now)
	}
	var members []string
	for _, m := range r.Throttled {
		members = append(members, fmt.Sprintf("%s %d", m.Member, m.Calls))
	}
	s.row("throttled", strings.Join(members, ", "))
}

const usageBar = 20

func writeLimit(s *sheet, l *usage.Limit, now time.Time) {
	of := fmt.Sprintf("%d a %s", l.Limit, strings.ToLower(l.Window))
	if l.Used == nil || l.Left == nil || l.ResetsAt == nil {
		s.row("limit", of+" for each member")
		return
	}
	text := fmt.Sprintf("%s %d of %s, %d left", gauge(*l.Used, l.Limit, usageBar), *l.Used, of, *l.Left)
	if l.Quota == "burst" {
		text += " (at once)"
	} else {
		text += fmt.Sprintf("; all again in %s", spanShown(l.ResetsAt.Sub(now)))
	}
	s.row("limit", text)
}

// gauge is how much of something there is; what there is at all is seen.
func gauge(of, most int64, width int) string {
	n := 0
	if of > 0 && most > 0 {
		n = max(1, int(min(of, most)*int64(width)/most))
	}
	return "[" + strings.Repeat("#", n) + strings.Repeat(".", width-n) + "]"
}

// spanShown is a time to wait, in its two largest units.
func spanShown(d time.Duration) string {
	d = max(0, d).Round(time.Second)
	hours, minutes, seconds := int(d/time.Hour), int(d/time.Minute)%60, int(d/time.Second)%60
	switch {
	case hours > 0:
		return fmt.Sprintf("%d h %d min", hours, minutes)
	case minutes > 0:
		return fmt.Sprintf("%d min %d s", minutes, seconds)
	}
	return fmt.Sprintf("%d s", seconds)
}

// writeHours draws the hours from the first one on in which there were calls.
func writeHours(s *sheet, all []usage.Hour) {
	for len(all) > 0 && all[0].Calls == 0 {
		all = all[1:]
	}
	if len(all) == 0 {
		s.heading("The last 24 hours")
		s.say("No call.")
		return
	}
	most := int64(0)
	for i := range all {
		most = max(most, all[i].Calls)
	}
	s.heading("The last 24 hours, by UTC")
	for i := range all {
		h := &all[i]
		text := gauge(h.Calls, most, usageBar) + " " + didShown(&h.Did)
		if len(h.Errors) > 0 {
			text += ": " + endedShown(h.Errors)
		}
		s.row(h.Time.Format("02 Jan 15:04"), text)
	}
}

func writeRights(s *sheet, r *usage.Rights) {
	s.heading("What it may do")
	if r.Disabled {
		s.say("Nothing: the app is disabled.")
	}
	s.row("products", strings.Join(orNone(r.Products), ", "))
	s.row("scopes", strings.Join(orNone(r.Scopes), ", "))
	for _, u := range r.ScopeUses {
		name := u.Scope
		if name == "" {
			name = "unknown"
		}
		s.row(name, fmt.Sprintf("asked for %d times in 24 hours, granted %d, refused %d", u.Asked, u.Granted, u.Refused))
	}
}
