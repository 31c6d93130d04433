package api

import (
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
)

// connections is GET /v2/connections?q=viewer: whom the member knows. A query too long for a URL may
// come as the body of a POST with X-HTTP-Method-Override: GET (query tunnelling).
func (a *API) connections(r *http.Request, c caller) answer {
	q, bad := tunnelled(r)
	if bad != nil {
		return *bad
	}
	if bad = finder(q, "viewer"); bad != nil {
		return *bad
	}
	p, bad := pageOf(q)
	if bad != nil {
		return *bad
	}
	if _, known := a.people[c.member]; !known {
		return a.noMember(r, c, "/connections")
	}
	return projected(q.Get("projection"), p.of(a.known(c.member), r.URL.Path, q))
}

// known lists everybody but the member: the sandbox is a small world.
func (a *API) known(member string) list {
	l := make(list, 0, len(members)-1)
	for i := range members {
		if p := &members[i]; p.ID != member {
			l = append(l, object{
				{key: "to", value: p.urn()},
				{key: "to~", value: a.profile(p), onDemand: true},
			})
		}
	}
	return l
}

// tunnelled gives the query of a GET, or of a POST that stands for one.
func tunnelled(r *http.Request) (url.Values, *answer) {
	if r.Method != http.MethodPost {
		return r.URL.Query(), nil
	}
	if !strings.EqualFold(r.Header.Get("X-HTTP-Method-Override"), http.MethodGet) {
		bad := fail(405, 0, "METHOD_NOT_ALLOWED", "POST is supported here only with X-HTTP-Method-Override: GET")
		bad.header = [][2]string{{"Allow", "GET, HEAD"}}
		return nil, &bad
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/x-www-form-urlencoded" {
		bad := fail(415, 0, "UNSUPPORTED_MEDIA_TYPE", "A tunnelled query is sent as application/x-www-form-urlencoded")
		return nil, &bad
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, 64<<10))
	if err != nil {
		bad := fail(413, 0, "PAYLOAD_TOO_LARGE", "A tunnelled query may have at most 64 KiB")
		return nil, &bad
	}
	q, err := url.ParseQuery(string(body))
	if err != nil {
		bad := failParameter("", "The body is not a urlencoded query")
		return nil, &bad
	}
	for name, values := range r.URL.Query() { // what stood in the URL stays part of the query
		q[name] = append(q[name], values...)
	}
	return q, nil
}
