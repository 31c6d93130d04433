// Package pages is what people read in a browser: the reference of all errors, a page for each problem of the catalogue and each class of statuses, as HTML,
// as JSON and as Markdown. Each page is made once, from the catalogue alone; the same pages are served and written as files.
package pages

import (
	"fmt"
	"html/template"
	"strings"

	"github.com/candor-gateway/candor/problem"
)

// Options say in whose words the pages speak. The zero value is the catalogue as it is without configuration.
type Options struct {
	Profile        problem.Profile    // the one that stands first
	Overrides      []problem.Override // what the operator says instead of the catalogue
	Support        problem.Support
	Authentication string // the page on how to get a token; "" if there is none
	Errors         string // where the pages stand, for the links in example answers; "" if nowhere
	Fabric         string // of the linkedin profile; "" is candor
}

// Site is all pages, made and immutable.
type Site struct {
	catalogue *problem.Catalogue // of the profile that stands first
	errors    string             // where the pages stand, as answers say it; "" if nowhere
	templates *template.Template
	index     document
	pages     map[string]document // by name: expired_access_token, 4xx
	lines     []Line
	names     []string    // of the pages, in the order of the index
	near      []candidate // what a name that has no page may have meant
}

// classes is how many classes of statuses there are; indexName is the name of the index among files.
const (
	classes   = 5
	indexName = "index"
)

// New makes all pages. An override that cannot be is an error.
func New(o Options) (*Site, error) {
	b, err := newBook(o)
	if err != nil {
		return nil, err
	}
	s := &Site{catalogue: b.first(), errors: strings.TrimRight(o.Errors, "/"), templates: templates(), pages: map[string]document{}}
	if s.index, err = b.index().document(s.templates); err != nil {
		return nil, fmt.Errorf("the index of the pages: %w", err)
	}
	for i := range b.entries {
		e := &b.entries[i]
		s.near, s.lines = append(s.near, e.candidate()), append(s.lines, e.line())
		if err := s.add(e.Problem, e); err != nil {
			return nil, err
		}
	}
	for n := 1; n <= classes; n++ {
		c := b.class(n)
		s.near = append(s.near, candidate{name: c.Class})
		if err := s.add(c.Class, c); err != nil {
			return nil, err
		}
	}
	s.near = append(s.near, candidate{name: oauthName})
	return s, s.add(oauthName, b.oauth())
}

// written is whatever has a page.
type written interface {
	document(t *template.Template) (document, error)
}

func (s *Site) add(name string, w written) (err error) {
	if s.pages[name], err = w.document(s.templates); err != nil {
		return fmt.Errorf("the page %s: %w", name, err)
	}
	s.names = append(s.names, name)
	return nil
}

// Names are the pages, in the order of the index: problems first, then classes, and what OAuth clients are told.
func (s *Site) Names() []string { return s.names }

// Lines are the problems that have a page, in its order.
func (s *Site) Lines() []Line { return s.lines }
