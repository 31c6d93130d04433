package pages

import (
	"fmt"
	"html/template"
	"slices"
	"strings"
)

// entryView is an entry on its page.
type entryView struct {
	*entry
	place
}

// Heading is the page's title in a browser's tab.
func (v entryView) Heading() string { return v.Title + " (" + v.Problem + ")" }

func (e *entry) document(t *template.Template) (document, error) {
	return render(t, "entry", e.Problem, e, e.markdown(), func(p place) any { return entryView{e, p} })
}

// markdown is for programs that read: what a page says, without what its answer says itself.
func (e *entry) markdown() string {
	var w strings.Builder
	first := e.Profiles[0]
	front(&w, [][2]string{
		{"problem", e.Problem},
		{"status", e.Status},
		{"code", first.Code},
		{"serviceErrorCode", fmt.Sprint(first.ServiceErrorCode)},
		{"action", e.Action},
		{"retry", e.Retry},
		{"who", e.Who},
	})
	fmt.Fprintf(&w, "# %s\n\n%s\n\n", e.Title, ended(first.Message))
	fmt.Fprintf(&w, "Who can fix it: %s.\nDid it reach the API? %s\nMay it be repeated? %s\n", e.WhoCan, e.Reached, e.Repeat)
	bullets(&w, "When it comes", e.When)
	bullets(&w, "What to do", slices.Concat(e.Do, e.DoLinkedIn))
	if e.Authentication != "" {
		fmt.Fprintf(&w, "- How to get a token: %s\n", e.Authentication)
	}
	for _, c := range e.Ask {
		fmt.Fprintf(&w, "- %s: %s\n", c.For, c.Text)
	}
	return w.String()
}
