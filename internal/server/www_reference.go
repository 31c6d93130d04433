package server

import (
	"fmt"
	"net/http"
	"sync"

	"github.com/candor-gateway/candor/internal/account"
	"github.com/candor-gateway/candor/internal/pages"
	"github.com/candor-gateway/candor/internal/portal"
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

// Serve is pages.Site's ServeNoted.
func (r *reference) Serve(w http.ResponseWriter, q *http.Request, note func(name string) string) *problem.Problem {
	site, err := r.made()
	if err != nil {
		return &problem.Problem{Type: problem.InternalError}
	}
	return site.ServeNoted(w, q, note)
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

// errorPage serves the reference. An operator who has signed in is told how often a problem came of late.
func errorPage(s *site, w http.ResponseWriter, r *http.Request) *problem.Problem {
	v, _ := w.(*visit)
	if s.entrance == nil || r.Header.Get("Cookie") == "" {
		return s.pages.Serve(w, r, nil)
	}
	w.Header().Add("Vary", "Cookie")
	return v.withSession(r, func(v *visit, r *http.Request) *problem.Problem {
		if who, _ := portal.Current(r.Context()); who.Roles.Has(account.Operator) {
			return s.pages.Serve(v, r, v.www.s.cameOfLate)
		}
		return s.pages.Serve(v, r, nil)
	})
}

// cameOfLate says how often a problem came in the last hour; "" of what is none.
func (s *Server) cameOfLate(name string) string {
	for _, t := range problem.Types() {
		if t.Name() == name {
			return lastHour(s.usage.LastHour(t, s.o.Now().UnixNano()))
		}
	}
	return ""
}

func lastHour(calls uint64) string {
	switch calls {
	case 0:
		return "No call ended so in the last hour."
	case 1:
		return "1 call ended so in the last hour."
	}
	return fmt.Sprintf("%d calls ended so in the last hour.", calls)
}
