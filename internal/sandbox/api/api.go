// Package api is the LinkedIn-like API that stands behind the sandbox's gateway: a handful of
// resources over a small invented world. It knows nothing of gateways: who calls is read from the
// headers that the gateway sets (Candor-App, Candor-Member, Candor-Scopes), and what it refuses
// it refuses in the contract's JSON, as a good upstream would.
package api

import (
	"net/http"
	"strconv"
	"time"
)

// API answers the resources of the sandbox. It is safe for use by many goroutines.
type API struct {
	now      func() time.Time
	pictures string
	people   map[string]*Person
	posts    *posts
	mux      *http.ServeMux
}

// Options are what the world of the API needs from outside.
type Options struct {
	// Now is the clock that posts are dated by.
	Now func() time.Time
	// Pictures is the address under which PictureSVG is served, without a final slash:
	// a member's picture is Pictures + "/" + id + ".svg".
	Pictures string
}

// Resource is one line of what the API offers, as GET / lists it. ID is the resource's name, on its first line only.
type Resource struct {
	ID, Method, Path, Scopes, About string
}

// New returns the API with its seeded posts.
func New(o Options) *API {
	a := &API{now: o.Now, pictures: o.Pictures, people: map[string]*Person{}, posts: newPosts(), mux: http.NewServeMux()}
	for i := range members {
		a.people[members[i].ID] = &members[i]
	}
	for _, p := range seededPosts() {
		a.posts.put(p)
	}
	for pattern, serve := range map[string]handler{
		"GET /{$}":                     a.index,
		"GET /v2/me":                   a.me,
		"GET /v2/emailAddress":         a.emailAddress,
		"GET /v2/userinfo":             a.userinfo,
		"POST /v2/userinfo":            a.userinfo,
		"GET /v2/people/{key}":         a.person,
		"GET /v2/connections":          a.connections,
		"POST /v2/connections":         a.connections,
		"POST /v2/ugcPosts":            a.createUGC,
		"POST /rest/posts":             a.createPost,
		"GET /rest/posts/{urn}":        a.getPost,
		"DELETE /rest/posts/{urn}":     a.deletePost,
		"GET /rest/organizations/{id}": a.organization,
		"GET /rest/adAccounts":         a.adAccounts,
	} {
		a.mux.Handle(pattern, serve)
	}
	a.mux.Handle("/", handler(nothingHere))
	return a
}

// ServeHTTP answers one call.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.mux.ServeHTTP(w, r) }

// handler is one operation: a request in, an answer out; what the bytes look like is answer's part.
type handler func(r *http.Request, c caller) answer

// ServeHTTP lets a handler stand in a mux.
func (h handler) ServeHTTP(w http.ResponseWriter, r *http.Request) { h(r, callerOf(r)).write(w) }

// caller is who calls, as the gateway says.
type caller struct {
	app, member, scopes string
}

func callerOf(r *http.Request) caller {
	return caller{app: r.Header.Get("Candor-App"), member: r.Header.Get("Candor-Member"), scopes: r.Header.Get("Candor-Scopes")}
}

// answer is what an operation has to say: a status, fields beside the usual ones, and a body or nil.
type answer struct {
	status int
	header [][2]string
	body   any
}

func ok(body any) answer { return answer{status: 200, body: body} }

func (a answer) write(w http.ResponseWriter) {
	for _, f := range a.header {
		w.Header().Set(f[0], f[1])
	}
	if a.body == nil {
		w.WriteHeader(a.status)
		return
	}
	b := appendJSON(make([]byte, 0, 1024), a.body)
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(b)))
	w.WriteHeader(a.status)
	_, _ = w.Write(b) // the caller may have left; there is nobody to tell
}

func nothingHere(r *http.Request, _ caller) answer {
	return fail(404, 0, "RESOURCE_NOT_FOUND", "Resource "+r.URL.Path+" does not exist")
}
