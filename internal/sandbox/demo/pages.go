package demo

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"net/http"
	"strings"
)

// The pages, and how they look.
var (
	//go:embed pages.html
	pagesHTML string
	//go:embed demo.css
	styleCSS string
)

// parse reads the pages.
func parse() (*template.Template, error) {
	t, err := template.New("pages").Parse(pagesHTML)
	if err != nil {
		return nil, fmt.Errorf("read the pages of the demo: %w", err)
	}
	return t, nil
}

// view is what a page shows.
type view struct {
	Name, Title, Text string
	At                string // of the two places in the head of each page
	O                 *Options
	Run               *run
	Failure           *Failure
	Groups            []group
	Actions           []action
}

// group is a chapter of failures.
type group struct {
	Name     string
	Failures []*Failure
}

// Steps are what was done so far.
func (v *view) Steps() []Step { return v.Run.steps }

// Link is where the browser has to go next.
func (v *view) Link() *link { return v.Run.link }

// Client is as whom the walk goes.
func (v *view) Client() *Client { return v.Run.client }

// Tokens are what the walk has got.
func (v *view) Tokens() tokens { return v.Run.tokens }

// render sends a page.
func (d *App) render(w http.ResponseWriter, status int, v view) {
	v.O = &d.o
	if v.Run == nil {
		v.Run = &run{client: &d.o.Confidential}
	}
	t, err := d.pages()
	if err != nil {
		broken(w, err)
		return
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, v.Name, &v); err != nil {
		broken(w, fmt.Errorf("show the page %s: %w", v.Name, err))
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = b.WriteTo(w) // it fails only if the browser has gone
}

// broken tells of a fault of our own.
func broken(w http.ResponseWriter, err error) {
	http.Error(w, "The demo could not do this: "+err.Error()+". Begin again at /.", http.StatusInternalServerError)
}

func noFailure(d *App, w http.ResponseWriter) {
	d.render(w, http.StatusNotFound, view{Name: "message", Title: "There is no such failure", Text: "All that can be provoked are in the list of failures."})
}

func showStyle(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	_, _ = strings.NewReader(styleCSS).WriteTo(w) // it fails only if the browser has gone
}

func (d *App) showStart(w http.ResponseWriter, _ *http.Request) {
	d.render(w, http.StatusOK, view{Name: "start", Title: "Candor demo app", At: "start"})
}

// showWalk shows how far a walk has come.
func (d *App) showWalk(w http.ResponseWriter, r *http.Request) {
	b, err := d.browserOf(w, r)
	if err != nil {
		broken(w, err)
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.walk == nil {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	v := view{Name: "walk", Title: "A walk as " + b.walk.client.Name, At: "start", Run: b.walk}
	for _, a := range actions {
		if a.can(b.walk) {
			v.Actions = append(v.Actions, a)
		}
	}
	d.render(w, http.StatusOK, v)
}

func (d *App) showFailures(w http.ResponseWriter, _ *http.Request) {
	var groups []group
	for i := range failures {
		f := &failures[i]
		if n := len(groups); n == 0 || groups[n-1].Name != f.Group {
			groups = append(groups, group{Name: f.Group})
		}
		g := &groups[len(groups)-1]
		g.Failures = append(g.Failures, f)
	}
	d.render(w, http.StatusOK, view{Name: "failures", Title: "Everything that can go wrong", At: "failures", Groups: groups})
}

// showFailure shows a failure, and what came of its trial.
func (d *App) showFailure(w http.ResponseWriter, r *http.Request) {
	f := d.failures[r.PathValue("id")]
	b, err := d.browserOf(w, r)
	switch {
	case err != nil:
		broken(w, err)
		return
	case f == nil:
		noFailure(d, w)
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	v := view{Name: "failure", Title: f.Title, At: "failures", Failure: f, Run: &run{failure: f, client: &d.o.Confidential}}
	if b.trial != nil && b.trial.failure == f {
		v.Run = b.trial
	}
	d.render(w, http.StatusOK, v)
}
