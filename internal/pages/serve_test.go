package pages

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFormats(t *testing.T) {
	s := site(t, Options{})
	const html, markdown, js = "text/html; charset=utf-8", "text/markdown; charset=utf-8", "application/json"
	for _, c := range []struct {
		name, target, accept, want string
	}{
		{"a browser", "/errors/throttled", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", html},
		{"curl", "/errors/throttled", "*/*", html},
		{"nothing said", "/errors/throttled", "", html},
		{"JSON", "/errors/throttled", "application/json", js},
		{"a script with a preference", "/errors/throttled", "application/json, text/plain, */*", js},
		{"problem details", "/errors/throttled", "application/problem+json", js},
		{"an agent", "/errors/throttled", "text/markdown, text/html, */*", markdown},
		{"Markdown liked less", "/errors/throttled", "text/html, text/markdown;q=0.5", html},
		{"HTML refused", "/errors/throttled", "text/html;q=0, application/json;q=0.1", js},
		{"capitals and blanks", "/errors/throttled", " Application/JSON ; Q=1.0 ", js},
		{"what no weight is", "/errors/throttled", "application/json;q=high, text/markdown;q=0.1", markdown},
		{"any text before JSON", "/errors/throttled", "text/*, application/json;q=0.5", html},
		{"any of a kind", "/errors/throttled", "application/*", js},
		{"JSON before all else", "/errors/throttled", "application/json, */*;q=0.1", js},
		{"all but HTML", "/errors/throttled", "*/*, text/html;q=0", markdown},
		{"a range does not speak for what is named", "/errors/throttled", "application/*, application/json;q=0.1, text/html;q=0.5", html},
		{"everything is refused", "/errors/throttled", "*/*;q=0", html},
		{"nothing of ours", "/errors/throttled", "image/png", html},
		{"the index", "/errors", "application/json", js},
		{"the index as it is", "/errors", "*/*", html},
		{".json whatever is accepted", "/errors/throttled.json", "text/html", js},
		{".md", "/errors/throttled.md", "", markdown},
		{".html", "/errors/throttled.html", "application/json", html},
		{"the index .json", "/errors/index.json", "", js},
		{"the index .md", "/errors/index.md", "", markdown},
		{"a class", "/errors/4xx.json", "", js},
	} {
		head := http.Header{}
		if c.accept != "" {
			head.Set("Accept", c.accept)
		}
		a := get(t, s, "GET", c.target, head)
		if a.Status != 200 || a.Header.Get("Content-Type") != c.want {
			t.Errorf("%s: %d %s, want 200 %s", c.name, a.Status, a.Header.Get("Content-Type"), c.want)
		}
		if vary := a.Header.Get("Vary"); (vary == "Accept") == strings.Contains(c.target, ".") {
			t.Errorf("%s: Vary %q", c.name, vary)
		}
	}
}

func TestSeveralAcceptFields(t *testing.T) {
	a := get(t, site(t, Options{}), "GET", "/errors/throttled", http.Header{"Accept": {"text/html;q=0.1", "application/json"}})
	if a.Header.Get("Content-Type") != "application/json" {
		t.Errorf("%+v", a.Header)
	}
}

// TestConditional: HEAD has the fields of GET and no body; what a caller has is not sent again.
func TestConditional(t *testing.T) {
	s := site(t, Options{})
	for _, target := range []string{"/errors", "/errors/throttled", "/errors/throttled.json", "/errors/5xx.md"} {
		whole := get(t, s, "GET", target, nil)
		head := get(t, s, "HEAD", target, nil)
		if diff := cmp.Diff(whole.Header, head.Header); diff != "" || head.Body != "" || head.Status != 200 {
			t.Errorf("%s: HEAD (-GET +HEAD):\n%s%s", target, diff, head.Body)
		}
		tag := whole.Header.Get("ETag")
		for _, c := range []struct {
			name, field, value string
			status             int
		}{
			{"the same", "If-None-Match", tag, 304},
			{"the same, weakened on the way", "If-None-Match", "W/" + tag, 304},
			{"one of several", "If-None-Match", `"x", ` + tag, 304},
			{"another", "If-None-Match", `"x"`, 200},
			{"a part", "Range", "bytes=0-9", 206},
		} {
			a := get(t, s, "GET", target, http.Header{c.field: {c.value}})
			if a.Status != c.status || a.Header.Get("ETag") != tag || a.Header.Get("Cache-Control") != "no-cache" {
				t.Errorf("%s, %s: %d %+v", target, c.name, a.Status, a.Header)
			}
		}
	}
	if a, b := get(t, s, "GET", "/errors/throttled", nil), get(t, s, "GET", "/errors/throttled.json", nil); a.Header.Get("ETag") == b.Header.Get("ETag") {
		t.Error("two formats have one tag")
	}
}

func TestIndexWithASlash(t *testing.T) {
	a := get(t, site(t, Options{}), "GET", "/errors/", nil)
	if a.Status != 308 || a.Header.Get("Location") != "/errors" {
		t.Errorf("%d %+v", a.Status, a.Header)
	}
}

func TestNearest(t *testing.T) {
	s := site(t, Options{})
	for name, want := range map[string]string{
		"expired_acces_token":  "/errors/expired_access_token",
		"EXPIRED_ACCESS_TOKEN": "/errors/expired_access_token",
		"expired-access-token": "/errors/expired_access_token",
		"PARAM_INVALID":        "/errors/invalid_input",
		"65602":                "/errors/expired_access_token",
		"404":                  "/errors/4xx",
		"throtled":             "/errors/throttled",
		"a":                    "/errors",
		"999":                  "/errors",
		"-1":                   "/errors",
		"../../etc/passwd":     "/errors",
		"something-else-here":  "/errors",
	} {
		a := get(t, s, "GET", "/errors/"+name, nil)
		var body struct{ Code, Fix, Detail, RequestID string }
		if err := json.Unmarshal([]byte(a.Body), &body); err != nil {
			t.Fatalf("%s: %v in %s", name, err, a.Body)
		}
		if a.Status != 404 || body.Code != "RESOURCE_NOT_FOUND" || body.RequestID != "the id" || a.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %+v", name, a)
		}
		if body.Fix != "Correct the path: the nearest one that is known is "+want+"." {
			t.Errorf("%s: %q does not name %s", name, body.Fix, want)
		}
	}
}

// TestRefusals: the site's own failures in each format, with id and fix, and without what must not be repeated.
func TestRefusals(t *testing.T) {
	s := operators(t)
	for _, c := range []struct {
		name, accept string
		kind         string
		says         []string
	}{
		{"a browser", "text/html,*/*;q=0.8", "text/html; charset=utf-8", []string{
			"<h1>Resource not found</h1>", `<a href="/errors/throttled">/errors/throttled</a>`, "<code>the id</code>", "at &#39;thr0ttled&lt;b&gt;&#39;", `<html lang="en">`,
		}},
		{"a program", "", "application/problem+json", []string{`"requestId":"the id"`, `the nearest one that is known is /errors/throttled`, `"help":"https://www.example.com/errors/resource_not_found"`}},
		{"the contract", "application/vnd.candor.contract+json", "application/json", []string{`{"status":404,"serviceErrorCode":0,"code":"RESOURCE_NOT_FOUND"`}},
		{"an agent", "text/markdown", "text/markdown; charset=utf-8", []string{"---\nstatus: 404\ncode: RESOURCE_NOT_FOUND\nproblem: resource_not_found\naction: fix_request\napplied: \"no\"\nretryable: false\n", "help: \"https://www.example.com/errors/resource_not_found\"", "nearest one that is known is /errors/throttled"}},
	} {
		head := http.Header{}
		if c.accept != "" {
			head.Set("Accept", c.accept)
		}
		a := get(t, s, "GET", "/errors/thr0ttled%3Cb%3E", head)
		if a.Status != 404 || a.Header.Get("Content-Type") != c.kind || a.Header.Get("Candor-Problem") != "resource_not_found" || a.Header.Get("Vary") != "Accept" {
			t.Errorf("%s: %d %+v", c.name, a.Status, a.Header)
		}
		for _, says := range c.says {
			if !strings.Contains(a.Body, says) {
				t.Errorf("%s lacks %s:\n%s", c.name, says, a.Body)
			}
		}
		if b := get(t, s, "HEAD", "/errors/thr0ttled%3Cb%3E", head); b.Status != 404 || b.Body != "" || cmp.Diff(a.Header, b.Header) != "" {
			t.Errorf("%s: HEAD %+v", c.name, b)
		}
	}
	if a := get(t, s, "GET", "/errors/cdr_at_geheim", nil); strings.Contains(a.Body, "geheim") {
		t.Errorf("a token is repeated: %s", a.Body)
	}
}

var hrefs = regexp.MustCompile(` href="([^"]*)"`)

// TestLinksResolve follows every link from the index on, and every place within a page.
func TestLinksResolve(t *testing.T) {
	s := operators(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p := s.Serve(w, r); p != nil {
			s.Refuse(w, r, p, "the id")
		}
	}))
	defer server.Close()
	seen := map[string]string{}
	var follow func(from, link string)
	follow = func(from, link string) {
		base, _ := url.Parse(from)
		u, err := base.Parse(strings.ReplaceAll(link, "&amp;", "&"))
		if err != nil {
			t.Fatal(err)
		}
		place := u.Fragment
		u.Fragment = ""
		at := u.String()
		if !strings.HasPrefix(at, server.URL) {
			return // the operator's own, or data:
		}
		if _, known := seen[at]; !known {
			a := get(t, s, "GET", u.Path, nil)
			if a.Status != 200 {
				t.Errorf("%s links to %s: %d", from, link, a.Status)
			}
			seen[at] = a.Body
			for _, m := range hrefs.FindAllStringSubmatch(a.Body, -1) {
				if strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
					follow(at, m[1])
				}
			}
		}
		if place != "" && !strings.Contains(seen[at], ` id="`+place+`"`) {
			t.Errorf("%s links to %s, which has no such place", from, link)
		}
	}
	follow(server.URL+"/errors", "")
	if want := 3 * (len(s.names) + 1); len(seen) != want {
		t.Errorf("%d pages are linked to, want %d", len(seen), want)
	}
}

// TestServeNoted: who reads HTML is told a sentence more of a problem, below its heading, in an answer that nobody keeps. All else is as ever.
func TestServeNoted(t *testing.T) {
	s := site(t, Options{})
	note := func(name string) string {
		if name == "throttled" {
			return "It came <b>12</b> times."
		}
		return ""
	}
	ask := func(target, accept string, note func(string) string) *httptest.ResponseRecorder {
		r, w := httptest.NewRequest("GET", target, nil), httptest.NewRecorder()
		r.Header.Set("Accept", accept)
		if p := s.ServeNoted(w, r, note); p != nil {
			t.Fatal(target, p)
		}
		return w
	}
	plain, noted := ask("/errors/throttled", "text/html", nil), ask("/errors/throttled", "text/html", note)
	const added = "<p><strong>It came &lt;b&gt;12&lt;/b&gt; times.</strong></p>\n"
	if before, _, found := strings.Cut(noted.Body.String(), added); !found || !strings.HasSuffix(before, "</h1>\n") || strings.Replace(noted.Body.String(), added, "", 1) != plain.Body.String() {
		t.Errorf("%s", noted.Body)
	}
	if h := noted.Header(); h.Get("Cache-Control") != "no-store" || h.Get("ETag") != "" || h.Get("Content-Type") != plain.Header().Get("Content-Type") {
		t.Errorf("%v", h)
	}
	for _, c := range [][2]string{{"/errors/throttled", "application/json"}, {"/errors/throttled.md", "text/html"}, {"/errors", "text/html"}, {"/errors/access_denied", "text/html"}} {
		if got, want := ask(c[0], c[1], note), ask(c[0], c[1], nil); got.Body.String() != want.Body.String() || got.Header().Get("ETag") != want.Header().Get("ETag") {
			t.Errorf("%s as %s differs", c[0], c[1])
		}
	}
}
