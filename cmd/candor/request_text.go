package main

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/explain"
	"github.com/candor-gateway/candor/internal/requestlog"
)

// requestText is what became of a call, from what matters most to what is seldom asked for.
func requestText(r *requestlog.Record, now time.Time) string {
	s := &sheet{label: 13}
	s.WriteString(title(r) + "\n")
	s.say(momentMilli(r.Time) + ago(now.Sub(r.Time)))
	writeCause(s, r)
	writeHistory(s, r)
	writeChecks(s, r)
	writeSent(s, r)
	writeAnswered(s, r)
	writeCredential(s, r)
	writeUpstream(s, r)
	writeTimeline(s, r)
	writeDebugged(s, r)
	writeIDs(s, r)
	return s.String()
}

// title is the call and its end, in a line.
func title(r *requestlog.Record) string {
	call := shown(callShown(r))
	if most := sheetWidth - len(" -> ") - len(endShown(r)); len([]rune(call)) > most {
		call = string([]rune(call)[:most-1]) + "…"
	}
	return call + " -> " + endShown(r)
}

// callShown is method and path; what follows the path stands further down.
func callShown(r *requestlog.Record) string {
	path, _, _ := strings.Cut(r.Target, "?")
	if r.Method == "" && path == "" {
		return "a call without a head"
	}
	return strings.TrimSpace(r.Method + " " + path)
}

// endShown is the status and the problem.
func endShown(r *requestlog.Record) string {
	status := "no answer"
	if r.Status != 0 {
		status = strconv.Itoa(r.Status)
	}
	return strings.TrimSpace(status + " " + r.Problem)
}

func momentMilli(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05.000 MST") }

func ago(d time.Duration) string {
	if d < 0 {
		return ""
	}
	return ", " + age(d) + " ago"
}

// writeCause says what was wrong and what to do.
func writeCause(s *sheet, r *requestlog.Record) {
	s.heading("What happened")
	switch said := r.Said; {
	case said != nil && said.Message != "":
		s.say(ended(said.Message))
		if said.Fix != "" {
			s.say("Fix: " + ended(said.Fix))
		}
	case r.By == requestlog.ByUpstream:
		if r.FromCache() {
			s.say(fmt.Sprintf("The API answered another call with %d, and the gateway had that in its cache. The API did not get this one.", r.Status))
		} else {
			s.say(fmt.Sprintf("The API itself answered with %d; the gateway passed it on.", r.Status))
		}
		if next := explain.Record(r).Call.Next; next != "" {
			s.say("What to do: " + next)
		}
	case r.Problem == "":
		s.say("Nothing went wrong: somebody wanted to see this call.")
	default:
		s.say("The call ended with " + r.Problem + ".")
	}
	if r.Note != "" {
		s.say("Note: " + ended(r.Note))
	}
	if c := r.Cause; c != nil {
		s.row("detail", c.Detail)
		s.row("where", whereOf(c))
		s.row("limit", limitOf(c))
	}
}

// whereOf is the place of what was wrong.
func whereOf(c *requestlog.Cause) string {
	var all []string
	add := func(name string, n int) {
		if n > 0 {
			all = append(all, name+" "+strconv.Itoa(n))
		}
	}
	if c.Part != "" {
		all = append(all, c.Part)
	}
	add("line", c.Line)
	add("chunk", c.Chunk)
	add("position", c.At)
	if c.Field != "" {
		all = append(all, "field "+c.Field)
	}
	if c.Excerpt != "" {
		all = append(all, "'"+c.Excerpt+"'")
	}
	return strings.Join(all, ", ")
}

func limitOf(c *requestlog.Cause) string {
	var all []string
	if c.Limit != "" {
		all = append(all, c.Limit)
	}
	if c.Quota != "" {
		all = append(all, "of the "+c.Quota)
	}
	if c.Value > 0 {
		all = append(all, strings.TrimSpace(strconv.FormatInt(c.Value, 10)+" "+c.Unit))
	}
	if c.Window != "" {
		all = append(all, "per "+strings.ToLower(c.Window))
	}
	if c.Sent > 0 {
		all = append(all, fmt.Sprintf("(this was %d)", c.Sent))
	}
	return strings.Join(all, " ")
}

// writeHistory says since when it is so, and what is otherwise since then.
func writeHistory(s *sheet, r *requestlog.Record) {
	if h := r.Recurs; h != nil {
		s.heading("How often")
		s.say(recurs(h))
	}
	if len(r.Changed) > 0 {
		s.heading("What changed since it last worked")
		s.list(differences(r.Changed))
	}
	if len(r.Also) > 0 {
		s.heading("Also different, but hardly the cause")
		s.list(differences(r.Also))
	}
}

func recurs(h *requestlog.Recurs) string {
	text := "This is the first of its kind"
	if h.Times > 1 || h.AtLeast {
		text = fmt.Sprintf("It has failed in this way %s%d times since %s", map[bool]string{true: "at least "}[h.AtLeast], h.Times, moment(h.Since))
	}
	if h.LastGood.IsZero() {
		return text + "; no such call is known to have worked."
	}
	text += "; such a call last worked at " + moment(h.LastGood)
	if h.Few > 0 {
		text += fmt.Sprintf(", and only %d are known: too few to say what has changed", h.Few)
	}
	return text + "."
}

func differences(all []requestlog.Difference) (texts []string) {
	for _, d := range all {
		texts = append(texts, d.Text)
	}
	return texts
}

// writeChecks says how far it came.
func writeChecks(s *sheet, r *requestlog.Record) {
	if len(r.Passed) == 0 && r.Refused == "" && len(r.Would) == 0 && len(r.Tolerated) == 0 {
		return
	}
	s.heading("Checks")
	s.row("passed", strings.Join(r.Passed, ", "))
	s.row("refused by", r.Refused)
	for _, w := range r.Would {
		text := w.Check + ", with " + w.Problem
		if w.Detail != "" {
			text += " (" + w.Detail + ")"
		}
		s.row("only observed", text)
	}
	s.row("tolerated", strings.Join(r.Tolerated, ", "))
}

// writeCredential says whose call it was.
func writeCredential(s *sheet, r *requestlog.Record) {
	s.heading("Who called")
	app := r.App
	if r.ClientID != "" {
		app += ", client id " + r.ClientID
	}
	if app == "" {
		app = "not known"
	}
	s.row("app", app)
	s.row("member", r.Member)
	if t := r.Token; t != nil {
		s.row("credential", tokenShown(t))
		s.row("scopes", strings.Join(t.Scopes, ", "))
		s.row("issued", momentIf(t.IssuedAt))
		s.row("expires", momentIf(t.ExpiresAt))
	}
	s.row("from", from(r))
}

func tokenShown(t *requestlog.Token) string {
	text := t.Kind
	if !t.Genuine {
		text += ", not proven"
	}
	if t.Place != "" {
		text += ", in the " + t.Place
	}
	if t.Hash != "" {
		text += ", its SHA-256 begins with " + t.Hash
	}
	return text
}

func momentIf(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return moment(t)
}

func from(r *requestlog.Record) string {
	text := addressOf(r.Client)
	if peer := addressOf(r.Peer); peer != "" && peer != text {
		text = strings.TrimPrefix(text+" through "+peer, " ")
	}
	return text
}

func addressOf(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}

// ended has a full stop.
func ended(text string) string {
	if text == "" || strings.HasSuffix(text, ".") {
		return text
	}
	return text + "."
}
