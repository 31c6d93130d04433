package server

import (
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/accesslog"
	"github.com/candor-gateway/candor/internal/callid"
	"github.com/candor-gateway/candor/internal/pages"
	"github.com/candor-gateway/candor/problem"
)

// visit is one request to www and what became of it. It notes what is written.
type visit struct {
	http.ResponseWriter
	www     *www
	site    *site
	r       *http.Request
	id      callid.ID
	begun   time.Time
	unix    int64
	path    *wwwPath
	problem *problem.Problem
	oauth   string // what went wrong at an endpoint of the authorization server, or a page to sign in
	app     string // that has asked there
	note    string // for the log
	// signedIn: somebody has, by this
	signedIn bool
	status   int
	in, out  int64 // bytes of bodies
}

// browserPolicy is what browsers may do with the pages.
var browserPolicy = pages.Policy()

// ServeHTTP answers one request, whatever it is, and logs it.
func (w *www) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	w.s.await(r.Context())
	v := &visit{ResponseWriter: rw, www: w, site: w.site.Load(), r: r, begun: time.Now(), unix: w.s.o.Now().UnixNano()}
	v.id = w.newID(v.unix / 1e6)
	defer v.end()
	h := v.Header()
	h.Set("X-Request-Id", string(v.id.AppendUUID(nil)))
	h.Set("Content-Security-Policy", browserPolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	if p := v.answer(isStanding(r.Context())); p != nil {
		v.refuse(p)
	}
}

func (w *www) newID(unixMilli int64) callid.ID {
	if w.s.o.NewID != nil {
		return w.s.o.NewID(unixMilli)
	}
	return callid.New(unixMilli, rand.Uint64(), rand.Uint64()) //nolint:gosec // an id is no secret
}

// answer serves the path that is asked for, or returns why not, in the order in which calls are checked.
func (v *visit) answer(standing bool) *problem.Problem {
	if standing {
		v.Header().Set("Connection", "close")
		return &problem.Problem{Type: problem.ServiceUnavailable, Detail: problem.DetailConnections, RetryAfter: 1}
	}
	if p := checkHead(v.r); p != nil {
		return p
	}
	if p := v.site.facts.checkHost(v.r); p != nil {
		return p
	}
	if v.r.Method == http.MethodOptions && v.r.URL.Path == "*" { // RFC 9110 §9.3.7
		v.Header().Set("Allow", strings.Join(reading, ", "))
		v.WriteHeader(http.StatusNoContent)
		return nil
	}
	if v.path = v.www.find(v.r.URL.Path); v.path == nil || v.path.off != nil && v.path.off(v.site) {
		v.path = nil
		return v.site.unknownPath(v.r.URL.Path)
	}
	if p := v.path.allows(v.r.Method); p != nil && !v.path.own {
		return p
	}
	if v.r.ContentLength > wwwForm && !v.path.own {
		return &problem.Problem{Type: problem.PayloadTooLarge, Limit: wwwForm, Sent: v.r.ContentLength}
	}
	v.r.Body = &body{http.MaxBytesReader(v.ResponseWriter, v.r.Body, wwwForm), &v.in}
	return v.path.serve(v.site, v, v.r)
}

// checkHead refuses a head that is longer than any reader's.
func checkHead(r *http.Request) *problem.Problem {
	if n := len(r.RequestURI); n > wwwLine {
		return &problem.Problem{Type: problem.URITooLong, Limit: wwwLine, Sent: int64(n)}
	}
	const around = len(": \r\n")
	n := len(r.Method) + len(r.RequestURI) + len(r.Proto) + len("Host") + len(r.Host) + 2*around
	for name, values := range r.Header {
		for _, value := range values {
			n += len(name) + len(value) + around
		}
	}
	if n > wwwHead {
		return &problem.Problem{Type: problem.HeadersTooLarge, Part: "request head", Limit: wwwHead, Sent: int64(n)}
	}
	return nil
}

func (v *visit) refuse(p *problem.Problem) {
	v.problem = p
	v.site.pages.Refuse(v, v.r, p, string(v.id.AppendUUID(nil)))
}

// end logs the visit. What panicked is a 500 of this visit alone.
func (v *visit) end() {
	if fault := recover(); fault != nil {
		v.www.s.log.Error("a page panicked; the visit got 500", "id", string(v.id.AppendUUID(nil)), "panic", fmt.Sprint(fault), "stack", string(debug.Stack()))
		if v.status != 0 {
			panic(http.ErrAbortHandler) // a part is out: only the connection can say so
		}
		v.refuse(&problem.Problem{Type: problem.InternalError})
	}
	v.www.answers.Add(1)
	v.www.s.counted.count(v)
	if v.www.s.access != nil {
		v.www.s.access.Append(v.entry().AppendJSON(nil))
	}
}

// entry is the visit's line: that of a call, but in and out have no heads in them.
func (v *visit) entry() *accesslog.Entry {
	e := &accesslog.Entry{
		Time: v.unix, ID: v.id, Listener: v.www.Name, Client: v.site.facts.client(v.r), Method: []byte(v.r.Method), Target: []byte(v.r.RequestURI),
		Version: v.r.Proto, Status: v.status, In: v.in, Out: v.out, RequestID: []byte(v.r.Header.Get("X-Request-Id")),
		UserAgent: []byte(v.r.UserAgent()), Stations: accesslog.Stations{Done: max(1, time.Since(v.begun).Microseconds())},
	}
	if v.path != nil {
		e.Route = v.path.name
	}
	e.Problem, e.App, e.Note = v.oauth, v.app, v.note
	if p := v.problem; p != nil {
		e.Problem, e.Cause = p.Type.Name(), accesslog.Cause{Detail: p.Cause(), Part: p.Part, Excerpt: p.Excerpt, Value: p.Limit, Sent: p.Sent}
		if p.Limit > 0 {
			e.Cause.Unit = "bytes"
		}
	}
	return e
}

// body is one of which is counted what is read.
type body struct {
	io.ReadCloser
	read *int64
}

// Read is io.Reader's.
func (b *body) Read(into []byte) (int, error) {
	n, err := b.ReadCloser.Read(into)
	*b.read += int64(n)
	return n, err
}

// WriteHeader notes the status.
func (v *visit) WriteHeader(status int) {
	if v.status == 0 {
		v.status = status
	}
	v.ResponseWriter.WriteHeader(status)
}

// Write notes how much.
func (v *visit) Write(b []byte) (int, error) {
	if v.status == 0 {
		v.status = http.StatusOK
	}
	n, err := v.ResponseWriter.Write(b)
	v.out += int64(n)
	return n, err
}

// Unwrap is for http.ResponseController.
func (v *visit) Unwrap() http.ResponseWriter { return v.ResponseWriter }
