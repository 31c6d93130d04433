package sandbox

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"net/http"
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/sandbox/api"
)

// The page, and how it looks.
var (
	//go:embed page.html
	pageHTML string
	//go:embed page.css
	pageCSS string
)

// page is what www has of the sandbox beside the gateway's own pages: what is here, how to call it, and the pictures of the members.
type page struct{ html []byte }

// pageFacts are what page.html shows.
type pageFacts struct {
	*File
	Path      string // of sandbox.json
	Resources []api.Resource
	Groups    []lineGroup
	Mischiefs []mischiefAbout
	Problems  []string
}

// mischiefAbout is what the upstream can be told to do.
type mischiefAbout struct{ Example, About string }

func mischiefsAbout() (all []mischiefAbout) {
	for _, row := range mischiefs[noMischief+1:] {
		all = append(all, mischiefAbout{row.example, row.about})
	}
	return all
}

type lineGroup struct {
	Name  string
	Lines []Line
}

// grouped puts the lines of a group together, in their order.
func grouped(lines []Line) []lineGroup {
	var groups []lineGroup
	for _, l := range lines {
		if n := len(groups); n == 0 || groups[n-1].Name != l.Group {
			groups = append(groups, lineGroup{Name: l.Group})
		}
		g := &groups[len(groups)-1]
		g.Lines = append(g.Lines, l)
	}
	return groups
}

// newPage renders the page once; it never changes while the sandbox runs.
func newPage(facts pageFacts) ([]byte, error) {
	t, err := template.New("page").Parse(pageHTML)
	if err != nil {
		return nil, fmt.Errorf("page of the sandbox: %w", err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, facts); err != nil {
		return nil, fmt.Errorf("page of the sandbox: %w", err)
	}
	return b.Bytes(), nil
}

// pagePaths are where www has it.
var pagePaths = []string{"/", stylePath, picturePath}

const (
	stylePath   = "/page.css"
	picturePath = "/pictures/"
)

// ServeHTTP answers GET and HEAD of the page, its style and the pictures. Whose name the request is for was looked at before, since the page holds tokens.
func (p *page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	switch id, picture := pictureID(r.URL.Path); {
	case r.URL.Path == "/":
		h.Set("Cache-Control", "no-store") // it holds tokens
		send(w, r, "text/html; charset=utf-8", string(p.html))
	case r.URL.Path == stylePath:
		send(w, r, "text/css; charset=utf-8", pageCSS)
	case picture:
		sendPicture(w, r, id)
	default:
		http.Error(w, "There is nothing here; the page is at /.", http.StatusNotFound)
	}
}

func pictureID(path string) (id string, ok bool) {
	name, ok := strings.CutPrefix(path, picturePath)
	if !ok {
		return "", false
	}
	return strings.CutSuffix(name, ".svg")
}

func sendPicture(w http.ResponseWriter, r *http.Request, id string) {
	svg, known := api.PictureSVG(id)
	if !known {
		http.Error(w, "No member has this picture.", http.StatusNotFound)
		return
	}
	w.Header().Set("Cross-Origin-Resource-Policy", "cross-origin") // pictures are for the pages of apps
	w.Header().Set("Cache-Control", "max-age=3600")
	send(w, r, "image/svg+xml", svg)
}

func send(w http.ResponseWriter, r *http.Request, kind, text string) {
	w.Header().Set("Content-Type", kind)
	http.ServeContent(w, r, "", time.Time{}, strings.NewReader(text))
}
