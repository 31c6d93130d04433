package api

import "net/http"

// emailAddress is GET /v2/emailAddress?q=members&projection=(elements*(handle~)).
func (a *API) emailAddress(r *http.Request, c caller) answer {
	q := r.URL.Query()
	if bad := finder(q, "members"); bad != nil {
		return *bad
	}
	p, known := a.people[c.member]
	if !known {
		return a.noMember(r, c, "/emailAddress")
	}
	element := object{
		{key: "handle", value: "urn:li:emailAddress:" + p.email},
		{key: "handle~", value: object{{key: "emailAddress", value: p.Email}}, onDemand: true},
		{key: "type", value: "EMAIL", onDemand: true},
		{key: "primary", value: true, onDemand: true},
	}
	return projected(q.Get("projection"), object{{key: "elements", value: list{element}}})
}
