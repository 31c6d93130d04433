package sandbox

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/sandbox/api"
	"github.com/candor-gateway/candor/problem"
)

func testPage(t *testing.T) *page {
	t.Helper()
	f := &File{API: "http://127.0.0.1:8080", WWW: "http://box.test:8081", Admin: "http://127.0.0.1:8082", Members: Members(), Tokens: Tokens{Good: "cdr_at_good"}}
	lines := []Line{{"A", "one", 200, "curl 'x' <y>"}, {"A", "two", 401, "curl z"}, {"B", "three", 404, "curl w"}}
	html, err := newPage(pageFacts{File: f, Path: "/tmp/sandbox.json", Resources: api.Resources(), Groups: grouped(lines), Mischiefs: mischiefsAbout(), Problems: problemNames()})
	if err != nil {
		t.Fatal(err)
	}
	return &page{html}
}

func TestPage(t *testing.T) {
	p := testPage(t)
	html := string(p.html)
	for _, part := range []string{
		"http://127.0.0.1:8080", "/tmp/sandbox.json", "cdr_at_good", "Daniel Brandt", "<b>401</b> two", "<h3>B</h3>", "<code>slow=15s</code>", "resets the connection before the first byte", "<code>throttled</code> <code>",
		"curl &#39;x&#39; &lt;y&gt;", "/v2/connections?q=viewer&amp;start=0&amp;count=10", `src="/pictures/yrZCpj2Z12.svg"`,
	} {
		if !strings.Contains(html, part) {
			t.Errorf("the page lacks %s", part)
		}
	}
	svg, _ := api.PictureSVG("yrZCpj2Z12")
	type said struct {
		Status                              int
		Kind, Cache, Policy, Resource, Body string
	}
	const policy = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	plain := said{Kind: "text/plain; charset=utf-8", Policy: policy}
	as := func(s said, change func(*said)) said { change(&s); return s }
	for _, tt := range []struct {
		name, method, path string
		want               said
	}{
		{"page", "GET", "/", as(plain, func(s *said) { s.Status, s.Kind, s.Cache, s.Body = 200, "text/html; charset=utf-8", "no-store", html })},
		{"style", "GET", "/page.css", as(plain, func(s *said) { s.Status, s.Kind, s.Body = 200, "text/css; charset=utf-8", pageCSS })},
		{"picture", "GET", "/pictures/yrZCpj2Z12.svg", as(plain, func(s *said) {
			s.Status, s.Kind, s.Cache, s.Resource, s.Body = 200, "image/svg+xml", "max-age=3600", "cross-origin", svg
		})},
		{"no picture", "GET", "/pictures/x.svg", as(plain, func(s *said) { s.Status, s.Body = 404, "No member has this picture.\n" })},
		{"nothing", "GET", "/x", as(plain, func(s *said) { s.Status, s.Body = 404, "There is nothing here; the page is at /.\n" })},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest(tt.method, tt.path, http.NoBody)
			w := httptest.NewRecorder()
			p.ServeHTTP(w, r)
			h := w.Header()
			got := said{
				w.Code, h.Get("Content-Type"), h.Get("Cache-Control"), h.Get("Content-Security-Policy"), h.Get("Cross-Origin-Resource-Policy"), w.Body.String(),
			}
			if d := cmp.Diff(tt.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

// Each route's documentation is a place on the page.
func TestDocsLeadSomewhere(t *testing.T) {
	html := string(testPage(t).html)
	cfg := testConfig(t, problem.LinkedIn)
	places := []string{cfg.Docs.Authentication, cfg.Support.Limits}
	for _, a := range cfg.APIs {
		for _, r := range a.Routes {
			places = append(places, r.Docs)
		}
	}
	for _, p := range places {
		_, anchor, linked := strings.Cut(p, "/#")
		if linked && !strings.Contains(html, ` id="`+anchor+`"`) {
			t.Errorf("the page has no place for %s", p)
		}
	}
}

// The link of an answer leads to the page of its error.
func TestHelpLeadsSomewhere(t *testing.T) {
	b := runBox(t, Options{Profile: problem.LinkedIn})
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	get := func(url string) (status int, body []byte) {
		a, err := client.Get(url)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Body.Close()
		if body, err = io.ReadAll(a.Body); err != nil {
			t.Fatal(err)
		}
		return a.StatusCode, body
	}
	var said struct{ Help string }
	if status, body := get(b.API + "/v2/me"); status != 401 || json.Unmarshal(body, &said) != nil {
		t.Fatalf("%d %s", status, body)
	}
	if status, body := get(said.Help); said.Help != b.WWW+"/errors/empty_access_token" || status != 200 || !strings.Contains(string(body), "<h1>No access token</h1>") {
		t.Errorf("%s: %d %s", said.Help, status, body)
	}
	if err := b.stop(); err != nil {
		t.Error(err)
	}
}
