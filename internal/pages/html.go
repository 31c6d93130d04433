package pages

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html/template"
	"strings"
)

//go:embed html
var htmlFiles embed.FS

// Policy is the Content-Security-Policy of every page: no script, nothing from elsewhere, and no style but that of the pages, which stands in each of them.
func Policy() string {
	sum := sha256.Sum256([]byte(style()))
	return "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
}

func style() string { return embedded("html/style.css") }

func embedded(name string) string {
	text, err := htmlFiles.ReadFile(name)
	if err != nil {
		panic("pages: " + err.Error()) // a name of ours
	}
	return string(text)
}

// templates are parsed anew for each site, of which there is one for each configuration.
func templates() *template.Template {
	t := template.New("")
	for _, name := range []string{"layout", "index", "entry", "class", "oauth", "failure"} {
		t = template.Must(t.Parse(strings.Replace(embedded("html/"+name+".html"), "STYLE", style(), 1)))
	}
	return t
}

// place is where a page stands, for the links on it: they are relative, so that a proxy may put the pages under a path of its own.
type place struct {
	root   string // before the name of a page
	suffix string // behind it
	Home   string // the index
	self   string // the page's name
}

// To is the way to another page.
func (p place) To(name string) string { return p.root + name + p.suffix }

// The places of a page on a site, below /errors, and of one among files.
func onSite(name string) place { return place{Home: "../errors", self: name} }
func asFile(name string) place { return place{Home: "index.html", suffix: ".html", self: name} }
func siteIndex() place         { return place{root: "errors/", Home: "errors", self: "index"} }

// JSON and Markdown are the page's twins.
func (p place) JSON() string     { return p.root + p.self + ".json" }
func (p place) Markdown() string { return p.root + p.self + ".md" }

func execute(t *template.Template, name string, facts any) ([]byte, error) {
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, name, facts); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
