package pages

import (
	"cmp"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/candor-gateway/candor/problem"
)

// failure is one of the site's own, as its page shows it.
type failure struct {
	Title, Message, Fix, Problem, ID string
	Status                           int
	Near                             []string
	Help                             string // the page of the problem
}

// Heading is the page's title in a browser's tab.
func (f *failure) Heading() string { return f.Title }

// Refuse answers what cannot be served: as a page for those who accept one, as Markdown for those who name it, else as the catalogue's own JSON.
func (s *Site) Refuse(w http.ResponseWriter, r *http.Request, p *problem.Problem, id string) {
	h, row := w.Header(), s.catalogue.Row(p.Type)
	h.Set("Candor-Problem", row.Name)
	h.Set("Cache-Control", "no-store")
	h.Set("Vary", "Accept")
	if len(p.Allow) > 0 && row.Status == 405 {
		h.Set("Allow", string(p.Allow))
	}
	if challenge := s.catalogue.AppendChallenge(nil, p); len(challenge) > 0 { // RFC 9110 §15.5.2
		h.Set("WWW-Authenticate", string(challenge))
	}
	if p.RetryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(p.RetryAfter))
	}
	kind, text := s.refusal(r, p, id)
	h.Set("Content-Type", kind)
	h.Set("Content-Length", strconv.Itoa(len(text)))
	w.WriteHeader(s.catalogue.Status(p))
	if r.Method != http.MethodHead {
		_, _ = w.Write(text) //nolint:gosec // a template or the catalogue has escaped what a caller sent; it fails only if the caller has gone
	}
}

func (s *Site) refusal(r *http.Request, p *problem.Problem, id string) (kind string, text []byte) {
	row := s.catalogue.Row(p.Type)
	f := &failure{
		Title: row.Title, Message: ended(string(s.catalogue.AppendMessage(nil, p))), Fix: string(s.catalogue.AppendFix(nil, p)),
		Problem: row.Name, ID: id, Status: s.catalogue.Status(p), Help: Path + "/" + row.Name,
	}
	if p.Nearest != "" {
		f.Near = []string{p.Nearest}
	}
	switch choose(r.Header.Values("Accept"), asJSON) {
	case asHTML:
		if page, err := execute(s.templates, "failure", f); err == nil {
			return formats[asHTML].kind, page
		}
	case asMarkdown:
		return formats[asMarkdown].kind, []byte(s.failureMarkdown(f, p))
	case asJSON:
	}
	d := s.catalogue.Negotiate([]byte(strings.Join(r.Header.Values("Accept"), ",")), nil)
	return d.ContentType(), s.catalogue.Append(nil, d, p, []byte(id))
}

// failureMarkdown begins with what a program acts on.
func (s *Site) failureMarkdown(f *failure, p *problem.Problem) string {
	var w strings.Builder
	row, again := s.catalogue.Row(p.Type), s.catalogue.RetryOf(p)
	fields := [][2]string{
		{"status", strconv.Itoa(f.Status)},
		{"code", s.catalogue.Code(p)},
		{"problem", row.Name},
		{"action", s.catalogue.Action(p).String()},
		{"applied", p.Applied.String()},
		{"retryable", fmt.Sprint(again != problem.RetryNo)},
	}
	if p.RetryAfter > 0 {
		fields = append(fields, [2]string{"retry_after", strconv.Itoa(p.RetryAfter)})
	}
	front(&w, append(fields, [2]string{"who", row.Who.String()}, [2]string{"id", f.ID}, [2]string{"help", cmp.Or(s.errors, Path) + "/" + row.Name}))
	fmt.Fprintf(&w, "# %s\n\n%s\n%s\n", f.Title, f.Message, f.Fix)
	return w.String()
}
