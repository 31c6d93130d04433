package explain

import (
	"strconv"
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/requestlog"
)

// Call is what the request log knows of a call, in sentences.
type Call struct {
	ID       string    `json:"id"`
	Time     time.Time `json:"time"`
	Happened string    `json:"happened"`
	Checks   string    `json:"checks,omitempty"` // which let it pass, and which did not
	Observed []string  `json:"observed,omitempty"`
	Changed  []string  `json:"changed,omitempty"`       // since such calls last worked, and what can be why
	Also     []string  `json:"alsoDifferent,omitempty"` // and what hardly can
	Recurs   string    `json:"recurs,omitempty"`
	Judge    string    `json:"judge,omitempty"` // what would become of it now
	Next     string    `json:"next,omitempty"`  // what to do about an answer that is the API's own
	Note     string    `json:"note,omitempty"`
}

// Record explains a call that the request log has. It says what the record says: of one for a developer no more than that developer may know. The record has no secrets.
func Record(r *requestlog.Record) Explanation {
	e, ok := explained(r)
	if !ok {
		e = Explanation{Answer: &Answer{Status: r.Status, By: r.By, RequestID: r.RequestID}, Meanings: []Meaning{unknownEnd(r)}}
	}
	if e.Answer == nil {
		e.Answer = &Answer{Status: r.Status, By: r.By}
	}
	e.Answer.Log, e.Answer.Note, e.Answer.RequestID = false, "", idOf(r.RequestID)
	if s := r.Said; s != nil {
		e.Answer.Says, e.Answer.Fix, e.Answer.Applied = said(s.Message), said(s.Fix), applied(s.Applied)
	}
	e.Answer.Staged = stagedIn(r)
	e.Call = callOf(r)
	return e
}

// stagedIn is what the head of the answer says of it: developers are told no note.
func stagedIn(r *requestlog.Record) string {
	if r.Answer == nil {
		return ""
	}
	for _, f := range r.Answer.Headers {
		if strings.EqualFold(f.Name, stagedField) {
			return stagedAs(f.Value)
		}
	}
	return ""
}

// explained is what the catalogue says of it, or what is known of others' answers where the API's own was passed on.
func explained(r *requestlog.Record) (Explanation, bool) {
	l := lineOf(r)
	if r.Problem == "" && r.By == requestlog.ByUpstream && r.Answer != nil && r.Status >= 400 {
		passed := passedOn(r)
		return at(passed, passed, time.Time{})
	}
	return newBook().log(&l)
}

// passedOn is the API's answer as curl -i shows it.
func passedOn(r *requestlog.Record) []byte {
	var w strings.Builder
	w.WriteString("HTTP/1.1 " + strconv.Itoa(r.Status) + "\n")
	for _, f := range r.Answer.Headers {
		w.WriteString(strings.Map(printable, f.Name) + ": " + strings.Map(printable, f.Value) + "\n")
	}
	w.WriteString("\n")
	if r.Answer.Body != nil {
		w.WriteString(r.Answer.Body.Text)
	}
	return []byte(w.String())
}

func applied(is string) string {
	if is == "no" || is == "unknown" {
		return is
	}
	return ""
}

// unknownEnd is a call that ended in no way that has a name here: one that went well, for the most part.
func unknownEnd(r *requestlog.Record) Meaning {
	if r.Status > 0 && r.Status < 400 {
		return Meaning{Status: strconv.Itoa(r.Status), Title: "It went well", What: "The call was answered as it should be; it is kept because somebody asked to see it.", Who: nobody, How: []string{"There is nothing to mend."}, Repeat: noFailure}
	}
	return Meaning{
		Title: "An end without a name", What: "The record names no problem that this version of candor knows.", Who: who["operator"],
		How: []string{"Look at the record itself: candor requests show says all that is kept."}, Repeat: noRepeat,
	}
}

// lineOf is what a line of the access log would say of it.
func lineOf(r *requestlog.Record) logLine {
	l := logLine{Time: r.Time.UTC().Format(time.RFC3339Nano), ID: r.RequestID, Method: r.Method, Target: r.Target, Status: r.Status, Problem: r.Problem, By: r.By}
	if c := r.Cause; c != nil {
		l.Detail, l.Part, l.Line, l.Chunk, l.At, l.Field, l.Excerpt = c.Detail, c.Part, c.Line, c.Chunk, c.At, c.Field, c.Excerpt
		l.Limit, l.Window, l.Value, l.Sent = c.Limit, c.Window, c.Value, c.Sent
		if c.Quota != "" {
			l.Limit = c.Quota
		}
	}
	if s := r.Said; s != nil {
		l.says, l.cure = s.Message, s.Fix
	}
	return l
}

func callOf(r *requestlog.Record) *Call {
	c := &Call{ID: r.RequestID, Time: r.Time.UTC(), Happened: happened(r), Checks: checks(r), Changed: texts(r.Changed), Also: texts(r.Also), Recurs: recurs(r.Recurs), Next: next(r), Note: said(r.Note)}
	for _, w := range r.Would {
		c.Observed = append(c.Observed, said(strings.TrimSpace("the check "+w.Check+" would have refused it for "+w.Problem+" "+inBrackets(w.Detail))))
	}
	return c
}

// happened is one sentence: who answered what to which call of whom, and when.
func happened(r *requestlog.Record) string {
	call := r.Method + " " + target(r.Target)
	switch {
	case r.Target == "" && r.Method != "": // what was asked for is not told
		call = "a " + r.Method
	case r.Target == "":
		call = "a call"
	}
	if r.App != "" {
		call += " of the app " + r.App
	}
	when := ""
	if !r.Time.IsZero() {
		when = ", on " + r.Time.UTC().Format("2006-01-02 at 15:04:05 UTC")
	}
	return strings.Map(printable, answered(r, call)+when+".")
}

func answered(r *requestlog.Record, call string) string {
	result := strings.TrimSpace(strconv.Itoa(r.Status) + " " + r.Problem)
	switch {
	case r.Status == 0 && r.Problem == "":
		return "Nobody answered " + call
	case r.Status == 0:
		return "Nobody answered " + call + " (" + r.Problem + ")"
	case r.By == requestlog.ByUpstream:
		return "The API" + behind(r) + " answered " + result + " to " + call
	case r.Upstream != nil && r.Upstream.Status != 0 && r.Upstream.Status != r.Status:
		return "The gateway answered " + result + " to " + call + ", after the API" + behind(r) + " had answered " + strconv.Itoa(r.Upstream.Status)
	}
	return "The gateway answered " + result + " to " + call
}

// behind names the API, to whom may know.
func behind(r *requestlog.Record) string {
	if r.Upstream == nil || r.Upstream.Name+r.Upstream.Address == "" {
		return ""
	}
	return " " + inBrackets(strings.TrimSpace(r.Upstream.Name+" "+r.Upstream.Address))
}

func inBrackets(s string) string {
	if s == "" {
		return ""
	}
	return "(" + s + ")"
}

func checks(r *requestlog.Record) string {
	passed := strings.Join(r.Passed, ", ")
	switch {
	case r.Refused == "" && passed == "":
		return ""
	case r.Refused == "":
		return "it passed " + passed
	case passed == "":
		return r.Refused + " refused it"
	}
	return r.Refused + " refused it; it had passed " + passed
}

func texts(all []requestlog.Difference) []string {
	var told []string
	for i := range all {
		told = append(told, said(all[i].Text))
	}
	return told
}

// recurs says how often the same failure came, and when such a call last worked.
func recurs(r *requestlog.Recurs) string {
	if r == nil {
		return ""
	}
	worked := "; no such call is known to have worked"
	if !r.LastGood.IsZero() {
		worked = "; such a call last worked on " + minute(r.LastGood)
	}
	if r.Few > 0 {
		worked += ", and only " + strconv.FormatInt(r.Few, 10) + " are known: too few to say what has changed"
	}
	if r.Times <= 1 && !r.AtLeast {
		return "this is the first time that it is seen" + worked
	}
	return atLeast(r) + strconv.FormatInt(r.Times, 10) + " times since " + minute(r.Since) + ", this one included" + worked
}

// atLeast comes before a number that is not all.
func atLeast(r *requestlog.Recurs) string {
	if r.AtLeast {
		return "at least "
	}
	return ""
}

func minute(t time.Time) string { return t.UTC().Format("2006-01-02 at 15:04 UTC") }

// text writes what the log knows, for people. a is what was answered.
func (c *Call) text(w *strings.Builder, a *Answer) {
	w.WriteString(c.Happened + "\n")
	line(w, "Id", c.ID)
	if a != nil {
		a.staged(w)
	}
	line(w, "Recurs", c.Recurs)
	list(w, "Changed", c.Changed)
	list(w, "Differs", c.Also)
	line(w, "Next", c.Next)
	line(w, "Now", c.Judge)
	line(w, "Checks", c.Checks)
	list(w, "Observed", c.Observed)
	line(w, "Note", c.Note)
	if a != nil {
		a.effect(w)
	}
}
