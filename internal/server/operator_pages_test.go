package server

import (
	"strings"
	"testing"

	"github.com/candor-gateway/candor/internal/callid"
)

// TestPagesOfTheOperator: the listener has the pages, with all that an operator may know and no links to where somebody would sign in.
func TestPagesOfTheOperator(t *testing.T) {
	l := newLibrary(t)
	shops := l.failed("shop", 60)
	l.keeps(shops)
	l.counted("shop")
	h, _ := l.admin()
	for path, c := range map[string]struct {
		status int
		says   []string
	}{
		"/requests/" + shops.RequestID: {200, append(marksOf("shop"), "note-of-shop", "upstream-of-shop", "Would it pass now?", "candor report "+shops.RequestID)},
		"/usage?app=shop":              {200, []string{"Usage of shop", "resource-of-shop", `<a href="/requests/` + shops.RequestID + `">`, `<option value="bobs">`}},
		"/usage":                       {200, []string{"Usage of bobs"}},
		"/usage?app=nosuch":            {404, []string{"There is no such app"}},
		"/requests/4711":               {404, []string{"is no id of a call"}},
		"/requests/" + callid.New(shops.Time.UnixMilli(), 1, 2).String(): {404, []string{"There is no record of a call"}},
		"/people.css": {200, []string{"--ink"}},
		"/people.svg": {200, []string{"<svg"}},
	} {
		w := asOperator(h, "GET", path)
		if w.Code != c.status {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
		for _, want := range c.says {
			if !strings.Contains(w.Body.String(), want) {
				t.Errorf("%s does not say %q:\n%s", path, want, w.Body)
			}
		}
		if strings.Contains(w.Body.String(), "/sign-out") {
			t.Errorf("%s leads to where nobody signs in", path)
		}
		if html := !strings.HasPrefix(path, "/people"); html && !strings.HasPrefix(w.Header().Get("Content-Security-Policy"), "default-src 'none'; style-src 'self'") {
			t.Errorf("%s: %v", path, w.Header())
		}
	}
	if w := asOperator(h, "GET", "/requests?id="+string(shops.ID.AppendHex(nil))); w.Code != 303 || w.Header().Get("Location") != "/requests/"+shops.RequestID {
		t.Errorf("by its hex digits: %d %v", w.Code, w.Header())
	}
}
