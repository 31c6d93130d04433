package digest

import (
	"strconv"
	"strings"
	"time"
)

// Markdown is the digest for people. What comes from outside is text and nothing else.
func (d *Digest) Markdown() string {
	var w strings.Builder
	w.WriteString("# What failed from " + day(d.From) + " to " + day(d.To) + "\n\n" + d.summary() + "\n\n")
	for i := range d.Findings {
		d.Findings[i].markdown(&w, i+1)
	}
	if d.More != nil {
		w.WriteString("And " + count(int64(d.More.Causes), "more cause", "more causes") + ", of " + calls(d.More.Calls) + " altogether.\n\n")
	}
	list(&w, "What recurs most", d.Recurs)
	list(&w, "Revisions of the configuration", d.revisions())
	list(&w, "What this cannot know", d.Notes)
	return strings.TrimRight(w.String(), "\n") + "\n"
}

func (d *Digest) revisions() []string {
	var all []string
	for i := range d.Revisions {
		all = append(all, d.Revisions[i].text())
	}
	if d.MoreRevisions > 0 {
		all = append(all, "and "+number(int64(d.MoreRevisions))+" earlier in these days")
	}
	return all
}

func day(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

func (d *Digest) summary() string {
	s := calls(d.Calls) + ", of which " + number(d.Failed) + " failed" + percent(d.Failed, d.Calls)
	if d.CallsBefore > 0 {
		s += "; in as many days before " + calls(d.CallsBefore) + ", of which " + number(d.FailedBefore) + " failed" + percent(d.FailedBefore, d.CallsBefore)
	}
	if len(d.Findings) == 0 {
		return s + ". Nothing stands out."
	}
	return s + "."
}

func percent(part, of int64) string {
	if of == 0 {
		return ""
	}
	return " (" + strconv.FormatFloat(100*float64(part)/float64(of), 'f', 1, 64) + " %)"
}

func (f *Finding) markdown(w *strings.Builder, n int) {
	w.WriteString("## " + strconv.Itoa(n) + ". " + unlinked(escape(f.What)) + "\n\n")
	if f.Trend != "" {
		w.WriteString(escape(f.Trend) + "\n\n")
	}
	item(w, "What to do", f.Do)
	item(w, "Whom to write to", strings.Join(f.Whom, "; "))
	if len(f.Apps) > 1 {
		item(w, "Apps", f.apps())
	}
	codes(w, "Most often", f.Often)
	codes(w, "For example", f.Examples)
	w.WriteString("\n")
}

func (f *Finding) apps() string {
	var all []string
	for _, s := range f.Apps {
		name := s.App
		switch name {
		case "":
			name = "not known"
		case otherApps:
			name = "not counted one by one"
		}
		all = append(all, name+" "+number(s.Calls))
	}
	if f.MoreApps > 0 {
		all = append(all, "and "+number(int64(f.MoreApps))+" more")
	}
	return strings.Join(all, ", ")
}

func item(w *strings.Builder, name, is string) {
	if is != "" {
		w.WriteString("- " + name + ": " + escape(is) + "\n")
	}
}

func list(w *strings.Builder, title string, all []string) {
	if len(all) == 0 {
		return
	}
	w.WriteString("## " + title + "\n\n")
	for _, l := range all {
		w.WriteString("- " + unlinked(escape(l)) + "\n")
	}
	w.WriteString("\n")
}

// codes are texts from outside, each in a code span.
func codes(w *strings.Builder, name string, all []string) {
	if len(all) == 0 {
		return
	}
	spans := make([]string, 0, len(all))
	for _, s := range all {
		spans = append(spans, code(printable(s)))
	}
	w.WriteString("- " + name + ": " + strings.Join(spans, ", ") + "\n")
}

// code is a code span, whose marks are longer than any row of backticks within (CommonMark §6.1).
func code(s string) string {
	marks := "`"
	for strings.Contains(s, marks) {
		marks += "`"
	}
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " "
	}
	return marks + s + marks
}

// escape makes of a text one that Markdown shows as it is (CommonMark §2.4): no markup, no HTML, no entity.
func escape(s string) string {
	s = printable(s)
	var w strings.Builder
	for i := range len(s) {
		if strings.IndexByte("\\`*[]<>|~&#", s[i]) >= 0 || s[i] == '_' && !within(s, i) {
			w.WriteByte('\\')
		}
		w.WriteByte(s[i])
	}
	return w.String()
}

// links are what GFM makes a link of without being asked to (GFM §6.9), and addresses of mail.
var links = strings.NewReplacer("://", `\://`, "www.", `www\.`, "WWW.", `WWW\.`, "@", `\@`)

// unlinked leaves no link in an escaped text with names from outside.
func unlinked(s string) string { return links.Replace(s) }

// within reports whether an underscore stands within a word, where it emphasises nothing.
func within(s string, i int) bool {
	return i > 0 && i+1 < len(s) && isWord(s[i-1]) && isWord(s[i+1])
}

func isWord(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}
