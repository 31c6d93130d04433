package admin

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/pprof"
	"slices"
	"strings"
)

// endpoint is one row of what is here.
type endpoint struct {
	Path    string   `json:"path"` // a final / stands for all below it
	Methods []string `json:"methods"`
	What    string   `json:"what"`
	access  access
	serve   http.HandlerFunc
	page    bool   // for a browser
	extra   *Extra // what it is, where it is another room's; nil: it is ours
}

// access is who may use an endpoint. Over a Unix socket everybody may use all.
type access uint8

const (
	reads   access = iota // who has the token, or everybody on this machine if there is none
	open                  // everybody
	trusted               // who has the token, and nobody if there is none
)

// panel answers the operator.
type panel struct {
	Options
	endpoints []endpoint
	local     bool // on a Unix socket: who may open it may do everything
}

// Handler is what the listener serves over TCP. It guards itself: by the token if
// there is one, else by giving out what is read alone, and that by the Host that
// a request names, so that no page in a browser on this machine can reach it
// under a name of its own.
func Handler(o Options) http.Handler { return newPanel(o, false) }

func newPanel(o Options, local bool) *panel {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	p := &panel{Options: o, local: local}
	get, post := []string{"GET", "HEAD"}, []string{"POST"}
	p.endpoints = []endpoint{
		{Path: "/", Methods: get, What: "this list", serve: p.index},
		{Path: "/healthz", Methods: get, What: "200 while the process runs", access: open, serve: p.healthz},
		{Path: "/readyz", Methods: get, What: "200 while calls are taken, else 503 and why", access: open, serve: p.readyz},
		{Path: "/metrics", Methods: get, What: "metrics for Prometheus", serve: metricsOf(o).ServeHTTP},
		{Path: "/debug/pprof/", Methods: []string{"GET", "HEAD", "POST"}, What: "profiles for go tool pprof; with the token, or over the socket", access: trusted, serve: profile},
	}
	if o.Reload != nil {
		p.endpoints = append(p.endpoints, endpoint{Path: "/reload", Methods: post, What: "reads the configuration again; with the token, or over the socket", access: trusted, serve: p.reload})
	}
	if o.Mint != nil {
		p.endpoints = append(p.endpoints, endpoint{Path: "/v1/tokens", Methods: post, What: "makes an access token; with the token, or over the socket", access: trusted, serve: p.mint})
	}
	if o.Apps != nil {
		p.endpoints = append(p.endpoints,
			endpoint{Path: appsPath, Methods: []string{"GET", "HEAD", "POST"}, What: "lists apps, and creates one; with the token, or over the socket", access: trusted, serve: p.apps},
			endpoint{Path: appsPath + "/", Methods: []string{"GET", "HEAD", "POST"}, What: "shows and changes an app; with the token, or over the socket", access: trusted, serve: p.app})
	}
	p.endpoints = slices.Concat(p.endpoints, p.tokenEndpoints(), p.accountEndpoints(), p.developerKeyEndpoints(), p.requestEndpoints(), p.usageEndpoint(), p.digestEndpoint(), p.debugEndpoint(), p.cacheEndpoints())
	for _, page := range o.Pages {
		p.endpoints = append(p.endpoints, endpoint{Path: page.Path, Methods: get, What: page.What + "; with the token, also as the password of a browser, or over the socket", access: trusted, serve: page.Serve, page: true})
	}
	if o.Route != nil {
		p.endpoints = append(p.endpoints, endpoint{Path: routePath, Methods: post, What: "tells what would become of a call; with the token, or over the socket", access: trusted, serve: p.route})
	}
	if o.TakeOver != nil && local {
		p.endpoints = append(p.endpoints, endpoint{Path: takeOverPath, Methods: post, What: "hands the listening sockets over to the next process; candor serve --take-over asks for it", access: trusted, serve: p.takeOver})
	}
	p.endpoints = append(p.endpoints, p.extraEndpoints()...)
	return p
}

// ServeHTTP finds the endpoint and lets in whom it is for.
func (p *panel) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	e := p.find(r.URL.Path)
	if f := p.guard(r, e); f != nil {
		if f.Status == 401 {
			h.Set("WWW-Authenticate", `Bearer realm="candor admin"`)
			if e != nil && e.page {
				h.Add("WWW-Authenticate", `Basic realm="candor admin", charset="UTF-8"`)
			}
		}
		refuse(w, f)
		return
	}
	if e == nil {
		refuse(w, &Fault{404, "Nothing is at " + r.URL.Path, "GET / lists what is here."})
		return
	}
	if !slices.Contains(e.Methods, r.Method) {
		allow := strings.Join(e.Methods, ", ")
		h.Set("Allow", allow) // RFC 9110 §15.5.6
		refuse(w, &Fault{405, r.Method + " is not supported here; supported: " + allow, ""})
		return
	}
	e.serve(w, r)
}

func (p *panel) find(path string) *endpoint {
	for i := range p.endpoints {
		e := &p.endpoints[i]
		below := strings.HasSuffix(e.Path, "/") && e.Path != "/" && strings.HasPrefix(path, e.Path)
		if path == e.Path || below {
			return e
		}
	}
	return nil
}

func (p *panel) index(w http.ResponseWriter, _ *http.Request) {
	answer(w, 200, struct {
		What      string     `json:"what"`
		Version   string     `json:"version,omitempty"`
		Endpoints []endpoint `json:"endpoints"`
	}{"The operator's listener of Candor", p.Version, p.endpoints})
}

func (p *panel) healthz(w http.ResponseWriter, _ *http.Request) {
	answer(w, 200, struct {
		Alive bool `json:"alive"`
	}{true})
}

func (p *panel) readyz(w http.ResponseWriter, _ *http.Request) {
	var state struct {
		Ready  bool   `json:"ready"`
		Reason string `json:"reason,omitempty"`
	}
	if p.Ready != nil {
		state.Reason = p.Ready()
	}
	state.Ready = state.Reason == ""
	status := 200
	if !state.Ready {
		status = 503
	}
	answer(w, status, state)
}

// profile is net/http/pprof, which chooses by path.
func profile(w http.ResponseWriter, r *http.Request) {
	switch strings.TrimPrefix(r.URL.Path, "/debug/pprof/") {
	case "cmdline":
		pprof.Cmdline(w, r)
	case "profile":
		pprof.Profile(w, r)
	case "symbol":
		pprof.Symbol(w, r)
	case "trace":
		pprof.Trace(w, r)
	default:
		pprof.Index(w, r)
	}
}

func (p *panel) reload(w http.ResponseWriter, r *http.Request) {
	if err := p.Reload(r.Context()); err != nil {
		p.fail(w, err)
		return
	}
	answer(w, 200, struct {
		Reloaded bool `json:"reloaded"`
	}{true})
}

func (p *panel) mint(w http.ResponseWriter, r *http.Request) {
	var asked MintRequest
	if f := read(w, r, &asked); f != nil {
		refuse(w, f)
		return
	}
	made, err := p.Mint(r.Context(), asked)
	if err != nil {
		p.fail(w, err)
		return
	}
	answer(w, 201, made)
}

// fail answers an error of a hook. The operator may know every reason.
func (p *panel) fail(w http.ResponseWriter, err error) {
	var f *Fault
	if !errors.As(err, &f) {
		f = &Fault{Status: 500, Message: err.Error()}
	}
	refuse(w, f)
}

func refuse(w http.ResponseWriter, f *Fault) { answer(w, f.Status, f) }

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	_ = e.Encode(v) // fails only if the operator has gone
}
