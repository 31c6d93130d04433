package explain

import (
	"strconv"
	"strings"
)

// Text writes an explanation for people to read.
func (e *Explanation) Text() string {
	var w strings.Builder
	if e.Nearest != "" {
		w.WriteString(e.Nearest + "\n\n")
	}
	switch {
	case e.Call != nil:
		e.Call.text(&w, e.Answer)
		w.WriteString("\n")
	case e.Answer != nil:
		e.Answer.text(&w)
		if len(e.Meanings) > 1 {
			line(&w, "Says", e.Answer.Says)
			line(&w, "Fix", e.Answer.Fix)
		}
		w.WriteString("\n")
	}
	e.ranking(&w)
	if len(e.Meanings) > 1 {
		w.WriteString("It can mean " + strconv.Itoa(len(e.Meanings)) + " things:\n\n")
	}
	for i := range e.Meanings {
		if i > 0 {
			w.WriteString("\n")
		}
		e.Meanings[i].text(&w)
	}
	if len(e.IDs) > 0 {
		w.WriteString("\nIds to give to support: " + strings.Join(e.IDs, ", ") + ".\n")
	}
	if e.Note != "" {
		w.WriteString("\n" + e.Note + "\n")
	}
	return w.String()
}

// writers says who wrote an answer.
var writers = map[string]string{
	"gateway":       "Candor wrote this answer: the call was refused or failed at the gateway.",
	"upstream":      "The API behind the gateway answered this error; Candor put it into the contract.",
	"authorization": "Candor's authorization server wrote this answer.",
	"unknown":       "The answer speaks the contract; without its head it cannot be told whether Candor or the API wrote it.",
	"other":         "Nothing says that Candor wrote this answer: it came from the API, or from something on the way.",
}

func (a *Answer) writer() string {
	switch {
	case !a.Log:
		return writers[a.By]
	case a.By == "gateway":
		return "A line of the access log: Candor answered, or ended the call."
	}
	return "A line of the access log: the API answered."
}

func (a *Answer) text(w *strings.Builder) {
	for _, before := range a.Before {
		w.WriteString("Before it came " + strconv.Itoa(before.Status) + ": " + before.Means + "\n")
	}
	w.WriteString(a.writer() + "\n")
	line(w, "Id", a.RequestID)
	line(w, "Note", a.Note)
	line(w, "Tried", a.Tried)
	a.staged(w)
	line(w, "Leads to", a.Location)
	a.effect(w)
}

// staged says that a failure is none of the API's or of the gateway's, but was wanted.
func (a *Answer) staged(w *strings.Builder) {
	if a.Staged != "" {
		line(w, "Staged", "on purpose, by the sandbox: "+a.Staged)
	}
}

func (a *Answer) effect(w *strings.Builder) {
	if a.Applied == "no" {
		line(w, "Effect", "none: no byte of the call reached the API")
	}
	if a.Applied == "unknown" {
		line(w, "Effect", "not known: the call may have reached the API")
	}
}

func (m *Meaning) text(w *strings.Builder) {
	w.WriteString(m.headline() + "\n")
	line(w, "What", m.What)
	list(w, "Causes", m.Causes)
	line(w, "Who", m.Who)
	list(w, "How", m.How)
	line(w, "Repeat", m.Repeat)
}

// headline is "401 EXPIRED_ACCESS_TOKEN (expired_access_token, serviceErrorCode 65602)" or "302 Found".
func (m *Meaning) headline() string {
	name := m.Code
	if name == "" {
		name = m.Title
	}
	head := strings.TrimSpace(m.Status + " " + name)
	if m.Problem == "" {
		return head
	}
	if m.Subcode != 0 {
		return head + " (" + m.Problem + ", serviceErrorCode " + strconv.Itoa(m.Subcode) + ")"
	}
	return head + " (" + m.Problem + ")"
}

// line writes a labelled line, unless it is empty.
func line(w *strings.Builder, label, text string) {
	if text == "" {
		return
	}
	w.WriteString("  " + label + strings.Repeat(" ", 10-len(label)) + text + "\n")
}

// list writes a labelled list.
func list(w *strings.Builder, label string, items []string) {
	for _, item := range items {
		line(w, label, "- "+item)
		label = ""
	}
}
