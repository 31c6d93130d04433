package report

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// Markdown is the report for people. What comes from the call stands in fences, where it is text and nothing else.
func (b *Bundle) Markdown() string {
	var w strings.Builder
	w.WriteString("# Report of a call\n\nMade from " + b.Source + ". Secrets are left out; where one stood it says REDACTED.\n\n")
	b.ids(&w)
	b.request(&w)
	b.response(&w)
	b.tokens(&w)
	b.timeline(&w)
	list(&w, "What is missing", b.Missing)
	if b.Explanation != nil {
		w.WriteString("## What it means\n\n")
		fence(&w, b.Explanation.Text())
	}
	w.WriteString("## Where to send it\n\n" + inline(b.SendTo) + "\n")
	return w.String()
}

func (b *Bundle) ids(w *strings.Builder) {
	for _, l := range []struct{ name, is string }{{"Request id", b.RequestID}, {"Client id", b.ClientID}, {"App", b.App}} {
		switch {
		case l.is == "" && l.name == "App": // of a recording nobody expects it
			continue
		case l.is == "":
			l.is = unknown
		}
		w.WriteString("- " + l.name + ": " + inline(l.is) + "\n")
	}
	w.WriteString("\n")
}

func (b *Bundle) request(w *strings.Builder) {
	w.WriteString("## Request\n\n")
	r := b.Request
	if r == nil {
		w.WriteString("Not recorded.\n\n")
		return
	}
	fence(w, message(words(r.Method, r.URL, r.Version), r.Headers, r.Body))
}

func (b *Bundle) response(w *strings.Builder) {
	w.WriteString("## Response\n\n")
	if r := b.Response; r != nil {
		fence(w, message(words(r.Version, strconv.Itoa(r.Status), r.Text), r.Headers, r.Body))
		return
	}
	w.WriteString("None came.\n\n")
	if b.Failure != "" {
		fence(w, b.Failure)
	}
}

// words are those of a first line that are known.
func words(all ...string) string {
	return strings.Join(slices.DeleteFunc(all, func(w string) bool { return w == "" }), " ")
}

func message(first string, headers []Field, body string) string {
	var w strings.Builder
	w.WriteString(first + "\n")
	for _, f := range headers {
		w.WriteString(f.Name + ": " + f.Value + "\n")
	}
	if body != "" {
		w.WriteString("\n" + body)
	}
	return w.String()
}

func (b *Bundle) tokens(w *strings.Builder) {
	if len(b.Tokens) == 0 {
		return
	}
	proof := "What each says of itself, which nobody has proven."
	if b.Tokens[0].Genuine {
		proof = "The gateway has proven that it is genuine."
	}
	w.WriteString("## Tokens\n\n" + proof + "\n\n")
	for i := range b.Tokens {
		t := &b.Tokens[i]
		w.WriteString("- " + inline(t.Where) + ": " + t.known() + "\n")
		for _, l := range []struct{ name, is string }{
			{"app", t.App},
			{"scopes", t.Scopes},
			{"issuer", t.Issuer},
			{"audience", t.Audience},
			{"issued", moment(t.Issued)},
			{"good from", moment(t.NotYet)},
			{"ends", moment(t.Ends)},
			{"fault", t.Fault},
		} {
			if l.is != "" {
				w.WriteString("  - " + l.name + ": " + inline(l.is) + "\n")
			}
		}
	}
	w.WriteString("\n")
}

// known is what a token is recognised by.
func (t *Token) known() string {
	by := t.Kind
	if t.SHA256 != "" {
		by += ", SHA-256 begins with " + inline(t.SHA256)
	}
	if t.Length > 0 {
		by += ", " + count(t.Length, "character", "characters")
	}
	return by
}

func (b *Bundle) timeline(w *strings.Builder) {
	var lines []string
	for _, m := range b.Timeline {
		at := m.Time
		if m.At != nil {
			at = moment(m.At)
		}
		lines = append(lines, at+" "+m.What)
	}
	list(w, "Timeline", lines)
}

func list(w *strings.Builder, title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	w.WriteString("## " + title + "\n\n")
	for _, l := range lines {
		w.WriteString("- " + l + "\n")
	}
	w.WriteString("\n")
}

func moment(at *time.Time) string {
	if at == nil {
		return ""
	}
	return at.Format("2006-01-02T15:04:05.000Z")
}

// fence is longer than any row of backticks within (CommonMark §4.5).
func fence(w *strings.Builder, text string) {
	marks := strings.Repeat("`", max(3, longest(text)+1))
	w.WriteString(marks + "text\n" + strings.TrimRight(text, "\n") + "\n" + marks + "\n\n")
}

// inline is a code span (CommonMark §6.1).
func inline(text string) string {
	marks := strings.Repeat("`", longest(text)+1)
	if strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") {
		text = " " + text + " "
	}
	return marks + text + marks
}

// longest is the length of the longest row of backticks.
func longest(text string) int {
	most, row := 0, 0
	for i := range len(text) {
		if text[i] != '`' {
			row = 0
			continue
		}
		row++
		most = max(most, row)
	}
	return most
}
