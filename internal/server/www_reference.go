package server

import (
	"net/http"
	"sync"

	"github.com/candor-gateway/candor/internal/pages"
	"github.com/candor-gateway/candor/problem"
)

// reference are the pages of the errors.
type reference struct {
	made func() (*pages.Site, error)
}

// newReference makes them, or later: when the first of them is asked for, since to make them takes longer than all else of a start.
func newReference(with func(pages.Options) (*pages.Site, error), o pages.Options, later bool) (*reference, error) {
	if with == nil {
		with = pages.New
	}
	r := &reference{sync.OnceValues(func() (*pages.Site, error) { return with(o) })}
	if later {
		return r, nil
	}
	_, err := r.made()
	return r, err
}

// Serve is pages.Site's.
func (r *reference) Serve(w http.ResponseWriter, q *http.Request) *problem.Problem {
	site, err := r.made()
	if err != nil {
		return &problem.Problem{Type: problem.InternalError}
	}
	return site.Serve(w, q)
}

// Refuse is pages.Site's.
func (r *reference) Refuse(w http.ResponseWriter, q *http.Request, p *problem.Problem, id string) {
	site, err := r.made()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	site.Refuse(w, q, p, id)
}
