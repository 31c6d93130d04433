package pages

import (
	"html/template"
	"strings"
)

// index is the list of all pages.
type index struct {
	Title   string  `json:"title"`
	Classes []group `json:"classes"`
}

// group is a class of statuses, and the problems that are answered with one of it.
type group struct {
	Class    string `json:"class"`
	Title    string `json:"title"`
	Problems []Line `json:"problems"`
}

func (b *book) index() *index {
	i := &index{Title: "Error reference"}
	for n := 1; n <= classes; n++ {
		c := b.class(n)
		i.Classes = append(i.Classes, group{c.Class, c.Title, c.Problems})
	}
	return i
}

type indexView struct {
	*index
	place
}

func (i *index) document(t *template.Template) (document, error) {
	return render(t, "index", "index", i, i.markdown(), func(p place) any { return indexView{i, p} })
}

func (i *index) markdown() string {
	var w strings.Builder
	w.WriteString("# " + i.Title + "\n\nEvery failure that an answer can name, in the field Candor-Problem of its head. Each has a page of its name beside this one.\n")
	for _, g := range i.Classes {
		if len(g.Problems) > 0 {
			bullets(&w, g.Class+": "+g.Title, lines(g.Problems))
		}
	}
	return w.String()
}
