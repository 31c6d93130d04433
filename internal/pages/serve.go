package pages

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"html"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/candor-gateway/candor/internal/redact"
	"github.com/candor-gateway/candor/problem"
)

// Path is where the pages stand on a site: the index itself, and each page below it.
const Path = "/errors"

// Serve answers a GET or HEAD of a path at or below Path, and returns nil; or it answers nothing and returns why. In a problem nothing is borrowed.
func (s *Site) Serve(w http.ResponseWriter, r *http.Request) *problem.Problem {
	return s.ServeNoted(w, r, nil)
}

// ServeNoted is Serve for somebody who is told a sentence more of each problem: note has it, by the problem's name. Only who reads HTML is, and nobody keeps that answer.
func (s *Site) ServeNoted(w http.ResponseWriter, r *http.Request, note func(name string) string) *problem.Problem {
	name := strings.TrimPrefix(r.URL.Path, Path)
	if name == "/" {
		w.Header().Set("Cache-Control", "no-cache")
		http.Redirect(w, r, "../errors", http.StatusPermanentRedirect)
		return nil
	}
	bare, f, said := bySuffix(strings.TrimPrefix(name, "/"))
	d, known := s.pages[bare]
	if bare == "" && !said || bare == indexName && said {
		d, known = s.index, true
	}
	if !known {
		return s.missing(bare)
	}
	if !said {
		f = choose(r.Header.Values("Accept"), asHTML)
		w.Header().Add("Vary", "Accept")
	}
	if note != nil && f == asHTML {
		if told := note(bare); told != "" {
			sendNoted(w, r, d.html, told)
			return nil
		}
	}
	send(w, r, f, d.as(f))
	return nil
}

// missing is the problem of a name without a page.
func (s *Site) missing(name string) *problem.Problem {
	p := &problem.Problem{Type: problem.ResourceNotFound, Word: redact.AppendTarget(nil, []byte(name))}
	p.Nearest = Path
	if near := s.nearest(name); near != "" {
		p.Nearest = Path + "/" + near
	}
	return p
}

func (d *document) as(f format) []byte {
	return [...][]byte{asHTML: d.html, asMarkdown: d.markdown, asJSON: d.json}[f]
}

// send answers with a page, or with 304 where the caller has it. Pages change with a reload, so each use asks.
func send(w http.ResponseWriter, r *http.Request, f format, text []byte) {
	sum := sha256.Sum256(text)
	h := w.Header()
	h.Set("Content-Type", formats[f].kind)
	h.Set("ETag", `"`+hex.EncodeToString(sum[:12])+`"`)
	h.Set("Cache-Control", "no-cache")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(text))
}

// headingEnds is what the sentence that somebody is told more stands behind.
var headingEnds = []byte("</h1>\n")

// sendNoted answers with a page and a sentence below its heading.
func sendNoted(w http.ResponseWriter, r *http.Request, page []byte, note string) {
	before, behind, _ := bytes.Cut(page, headingEnds)
	text := slices.Concat(before, headingEnds, []byte("<p><strong>"+html.EscapeString(note)+"</strong></p>\n"), behind)
	h := w.Header()
	h.Set("Content-Type", formats[asHTML].kind)
	h.Set("Content-Length", strconv.Itoa(len(text)))
	h.Set("Cache-Control", "no-store")
	if r.Method != http.MethodHead {
		_, _ = w.Write(text) // it fails only if the browser has gone
	}
}
