package server

import (
	"net/http"

	"github.com/candor-gateway/candor/problem"
)

// fromPages lets pages of public apps read the answers of an endpoint (Fetch, CORS protocol). What acts on no cookie needs no more protection than that.
func fromPages(serve func(*site, http.ResponseWriter, *http.Request) *problem.Problem) func(*site, http.ResponseWriter, *http.Request) *problem.Problem {
	return func(s *site, w http.ResponseWriter, r *http.Request) *problem.Problem {
		h, origin := w.Header(), r.Header.Get("Origin")
		h.Add("Vary", "Origin")
		if origin == "" {
			return serve(s, w, r)
		}
		facts := s.auth.facts(s.auth.s.o.Now())
		may := facts.MayRead(origin)
		if may {
			h.Set("Access-Control-Allow-Origin", origin)
			h.Set("Access-Control-Expose-Headers", "X-Request-Id, Retry-After, WWW-Authenticate")
			h.Set("Cross-Origin-Resource-Policy", "cross-origin")
		}
		asks := r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != ""
		switch {
		case asks && may:
			h.Set("Access-Control-Allow-Methods", http.MethodPost)
			h.Set("Access-Control-Allow-Headers", "Content-Type")
			h.Set("Access-Control-Max-Age", "600")
			w.WriteHeader(http.StatusNoContent)
			return nil
		case asks:
			v, _ := w.(*visit)
			s.auth.refuse(w, v, &problem.OAuthProblem{Cause: problem.OAuthOrigin, Value: origin})
			return nil
		}
		return serve(s, w, r)
	}
}
