package server

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/candor-gateway/candor/internal/pages"
	"github.com/candor-gateway/candor/internal/pages/people"
	"github.com/candor-gateway/candor/internal/portal"
	"github.com/candor-gateway/candor/internal/redact"
	"github.com/candor-gateway/candor/problem"
)

// wwwPath is one thing that www serves.
type wwwPath struct {
	at      string // a slash at its end stands for all below it
	name    string // in the access log
	methods []string
	// serve answers, and returns nil; or it answers nothing and returns why. Unless it says otherwise, nobody keeps the answer.
	serve func(*site, http.ResponseWriter, *http.Request) *problem.Problem
	off   func(*site) bool // a site without it; nil: all have it
	own   bool             // it judges method and size of the body itself
}

var reading = []string{http.MethodGet, http.MethodHead}

// wwwPaths are all of them. Places are kept for what is to come, so that no page is put there: /services, what else is below /oauth/ and /.well-known/,
// /v1/.
var wwwPaths = slices.Concat([]wwwPath{
	{"/", "www/home", reading, home, nil, false},
	{pages.Path, "www/errors", reading, errorPage, nil, false},
	{pages.Path + "/", "www/errors", reading, errorPage, nil, false},
}, oauthPaths, oidcPaths, userInfoPaths, authorizePaths, peoplePaths, requestPaths, usagePaths, lookPaths)

// furtherPaths are those of pages that are not ours.
func furtherPaths(further map[string]http.Handler) (all []wwwPath) {
	for _, at := range slices.Sorted(maps.Keys(further)) {
		page := further[at]
		all = append(all, wwwPath{at, "www/further", reading, func(_ *site, w http.ResponseWriter, r *http.Request) *problem.Problem {
			page.ServeHTTP(w, r)
			return nil
		}, nil, false})
	}
	return all
}

// home leads to what there is to read: who makes apps to what they did, and all others to the errors.
func home(s *site, w http.ResponseWriter, r *http.Request) *problem.Problem {
	v, _ := w.(*visit)
	if s.entrance == nil || r.Header.Get("Cookie") == "" {
		http.Redirect(w, r, pages.Path, http.StatusFound)
		return nil
	}
	return v.withSession(r, func(v *visit, r *http.Request) *problem.Problem {
		at := pages.Path
		if who, _ := portal.Current(r.Context()); looks(who) {
			at = people.UsagePath
		}
		http.Redirect(v, r, at, http.StatusFound)
		return nil
	})
}

// find is the row of a path; nil where there is none.
func (w *www) find(path string) *wwwPath {
	for i := range w.paths {
		p := &w.paths[i]
		below := len(p.at) > 1 && strings.HasSuffix(p.at, "/") && strings.HasPrefix(path, p.at)
		if path == p.at || below {
			return p
		}
	}
	return nil
}

// unknownPath is the problem of a path that is none: the first of its segments is not known. Of an authorization server the last one is not, and a client that
// looks for it in the wrong place is told the right one.
func (s *site) unknownPath(path string) *problem.Problem {
	word, rest, _ := strings.Cut(strings.Trim(path, "/"), "/")
	nearest := pages.Path
	if at := nearestOAuth(word, rest); at != "" && s.auth != nil {
		word, nearest = rest[strings.LastIndexByte(rest, '/')+1:], at
	}
	return &problem.Problem{Type: problem.ResourceNotFound, Word: redact.AppendTarget(nil, []byte(word)), Nearest: nearest}
}

// allows refuses a method that a row has not (RFC 9110 §15.5.6).
func (p *wwwPath) allows(method string) *problem.Problem {
	if slices.Contains(p.methods, method) {
		return nil
	}
	return &problem.Problem{Type: problem.MethodNotAllowed, Method: []byte(method), Allow: []byte(strings.Join(p.methods, ", "))}
}
