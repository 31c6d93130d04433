package sandbox

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/candor-gateway/candor/internal/pages"
	"github.com/candor-gateway/candor/internal/sandbox/api"
)

// The page, and how it looks.
var (
	//go:embed page.html
	pageHTML string
	//go:embed page.css
	pageCSS string
)

// page is the www side of the sandbox: what is here, how to call it, and the pictures of the members.
type page struct {
	host   string // of our own URL
	html   []byte
	errors func() (*pages.Site, error) // the reference of all errors, made when it is first asked for: a sandbox is there at once
}

// pageFacts are what page.html shows.
type pageFacts struct {
	*File
	Path      string // of sandbox.json
	Resources []api.Resource
	Groups    []lineGroup
	Faults    string
	Errors    pages.Options
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
func newPage(facts pageFacts) (*page, error) {
	t, err := template.New("page").Parse(pageHTML)
	if err != nil {
		return nil, fmt.Errorf("page of the sandbox: %w", err)
	}
	var b bytes.Buffer
	if err := t.Execute(&b, facts); err != nil {
		return nil, fmt.Errorf("page of the sandbox: %w", err)
	}
	return &page{host: strings.TrimPrefix(facts.WWW, "http://"), html: b.Bytes(), errors: sync.OnceValues(func() (*pages.Site, error) { return pages.New(facts.Errors) })}, nil
}

// ServeHTTP answers GET and HEAD of the page, its style and the pictures.
func (p *page) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	switch id, picture := pictureID(r.URL.Path); {
	case !p.isOurName(r.Host):
		http.Error(w, "This sandbox is not "+r.Host+"; it is "+p.host+".", http.StatusMisdirectedRequest)
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		h.Set("Allow", "GET, HEAD")
		http.Error(w, r.Method+" is not supported here; supported: GET, HEAD.", http.StatusMethodNotAllowed)
	case r.URL.Path == "/":
		h.Set("Cache-Control", "no-store") // it holds tokens
		send(w, r, "text/html; charset=utf-8", string(p.html))
	case r.URL.Path == "/page.css":
		send(w, r, "text/css; charset=utf-8", pageCSS)
	case r.URL.Path == pages.Path || strings.HasPrefix(r.URL.Path, pages.Path+"/"):
		p.sendError(w, r)
	case picture:
		sendPicture(w, r, id)
	default:
		http.Error(w, "There is nothing here; the page is at /.", http.StatusNotFound)
	}
}

// isOurName tells our own names from those of a page elsewhere that has its name resolve to us (DNS rebinding): it is to read no
// tokens. Addresses cannot be rebound.
func (p *page) isOurName(host string) bool {
	name := host
	if n, _, err := net.SplitHostPort(host); err == nil {
		name = n
	}
	return host == p.host || name == "localhost" || net.ParseIP(strings.Trim(name, "[]")) != nil
}

// sendError sends a page of the reference.
func (p *page) sendError(w http.ResponseWriter, r *http.Request) {
	site, err := p.errors()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Security-Policy", pages.Policy())
	if none := site.Serve(w, r); none != nil {
		site.Refuse(w, r, none, "")
	}
}

func pictureID(path string) (id string, ok bool) {
	name, ok := strings.CutPrefix(path, "/pictures/")
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
