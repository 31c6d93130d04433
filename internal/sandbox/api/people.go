package api

import (
	"net/http"
	"strings"
)

// person is GET /v2/people/id={personId} and GET /v2/people/(id:{id}).
func (a *API) person(r *http.Request, _ caller) answer {
	id, known := personKey(r.PathValue("key"))
	if !known {
		return nothingHere(r, caller{})
	}
	p, known := a.people[id]
	if !known {
		return notFound("person", id)
	}
	return projected(r.URL.Query().Get("projection"), a.profile(p))
}

// personKey reads both spellings of a Rest.li key: of protocol 1.0 and of 2.0.
func personKey(segment string) (id string, ok bool) {
	if id, ok = strings.CutPrefix(segment, "id="); ok {
		return id, true
	}
	inner, ok := strings.CutPrefix(segment, "(id:")
	if !ok {
		return "", false
	}
	return strings.CutSuffix(inner, ")")
}
