package pages

import (
	"html/template"
	"strconv"
	"strings"

	"github.com/candor-gateway/candor/internal/explain"
)

// class is what the reference says of a class of statuses.
type class struct {
	Class    string   `json:"class"`
	Title    string   `json:"title"`
	What     string   `json:"what"`
	WhoCan   string   `json:"who_can_fix_it"`
	Repeat   string   `json:"may_it_be_repeated"`
	Do       []string `json:"what_to_do"`
	Problems []Line   `json:"problems"`
	Statuses []status `json:"statuses"`
}

// status is what one means, whoever answers it.
type status struct {
	Status string   `json:"status"`
	Title  string   `json:"title"`
	What   string   `json:"what"`
	Do     []string `json:"what_to_do"`
}

// Line is one problem in a list.
type Line struct {
	Problem string `json:"problem"`
	Status  string `json:"status"`
	Code    string `json:"code"`
	Title   string `json:"title"`
}

func (e *entry) line() Line { return Line{e.Problem, e.Status, e.Profiles[0].Code, e.Title} }

func (b *book) class(n int) *class {
	whole, single := explain.Class(n)
	c := &class{
		Class: whole.Status, Title: whole.Title, What: whole.What, WhoCan: whole.Who, Repeat: whole.Repeat, Do: whole.How,
		Problems: b.inClass(n),
	}
	for _, m := range single {
		c.Statuses = append(c.Statuses, status{m.Status, m.Title, m.What, m.How})
	}
	return c
}

// inClass are the problems that are answered with a status of a class, in either profile.
func (b *book) inClass(n int) []Line {
	all := []Line{}
	for i := range b.entries {
		e := &b.entries[i]
		if e.Profiles[0].Status/100 == n || e.Profiles[1].Status/100 == n {
			all = append(all, e.line())
		}
	}
	return all
}

type classView struct {
	*class
	place
}

// Heading is the page's title in a browser's tab.
func (v classView) Heading() string { return v.Class + ": " + v.Title }

func (c *class) document(t *template.Template) (document, error) {
	return render(t, "class", c.Class, c, c.markdown(), func(p place) any { return classView{c, p} })
}

func (c *class) markdown() string {
	var w strings.Builder
	front(&w, [][2]string{{"class", c.Class}, {"problems", strconv.Itoa(len(c.Problems))}})
	w.WriteString("# " + c.Class + ": " + c.Title + "\n\n" + c.What + "\n\nWho can fix it: " + c.WhoCan + ".\nMay it be repeated? " + c.Repeat + "\n")
	bullets(&w, "What to do", c.Do)
	if len(c.Problems) > 0 {
		bullets(&w, "What the gateway answers", lines(c.Problems))
	}
	return w.String()
}

// lines are problems as Markdown lists them.
func lines(problems []Line) []string {
	all := make([]string, 0, len(problems))
	for _, l := range problems {
		all = append(all, "`"+l.Problem+"` ("+l.Status+"): "+l.Title)
	}
	return all
}
