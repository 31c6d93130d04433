package people

import (
	"net/http/httptest"
	"strings"
	"testing"
)

func TestServeFile(t *testing.T) {
	for path, kind := range map[string]string{StylePath: "text/css; charset=utf-8", IconPath: "image/svg+xml"} {
		w := httptest.NewRecorder()
		if !ServeFile(w, httptest.NewRequest("GET", path, nil)) || w.Code != 200 || w.Header().Get("Content-Type") != kind || w.Body.Len() == 0 {
			t.Errorf("%s: %d %v", path, w.Code, w.Header())
		}
		again := httptest.NewRequest("GET", path, nil)
		again.Header.Set("If-None-Match", w.Header().Get("ETag"))
		w = httptest.NewRecorder()
		if ServeFile(w, again); w.Code != 304 || w.Body.Len() != 0 {
			t.Errorf("%s again: %d", path, w.Code)
		}
	}
	for _, path := range []string{"/", "/layout.html", "/people.html", "/../people.css", "/html/people.css", "/people.css/", ""} {
		r := httptest.NewRequest("GET", "/", nil)
		r.URL.Path = path
		if w := httptest.NewRecorder(); ServeFile(w, r) || w.Body.Len() != 0 {
			t.Errorf("%q is served", path)
		}
	}
}

// TestFilesAreOnTheSite: what the style and the pages load is ours, and there.
func TestFilesAreOnTheSite(t *testing.T) {
	css, err := files.ReadFile("html" + StylePath)
	if err != nil {
		t.Fatal(err)
	}
	for _, foreign := range []string{"url(", "@import", "@font-face"} {
		if strings.Contains(string(css), foreign) {
			t.Errorf("the style loads something: %s", foreign)
		}
	}
	for _, s := range states(same) {
		text := page(t, s.View)
		for _, script := range []string{"<script", " style=", "onclick", "http-equiv", "src="} {
			if strings.Contains(text, script) {
				t.Errorf("%s has %s", s.name, script)
			}
		}
	}
}
