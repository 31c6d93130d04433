package api

import "net/http"

// me is GET /v2/me: the member whose token was sent.
func (a *API) me(r *http.Request, c caller) answer {
	p, known := a.people[c.member]
	if !known {
		return a.noMember(r, c, "/me")
	}
	return projected(r.URL.Query().Get("projection"), a.profile(p))
}

// noMember tells a token of an application alone from one of a member that this world does not have
// (token mint can make such a one).
func (a *API) noMember(r *http.Request, c caller, resource string) answer {
	if c.member == "" {
		return needsMember(r.Method, resource)
	}
	return notFound("member", c.member)
}

// projected answers with what a projection picks of body, or with what is wrong with it.
func projected(projection string, body object) answer {
	if projection == "" {
		return ok(body)
	}
	l, err := parseProjection(projection)
	if err != nil {
		return failProjection(err)
	}
	picked, err := l.apply(body)
	if err != nil {
		return failProjection(err)
	}
	return ok(picked)
}

func failProjection(err error) answer {
	return failParameter("projection", "Invalid projection: "+err.Error())
}
