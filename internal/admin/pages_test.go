package admin

import (
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestPages: a browser brings the token as a password, for pages and for nothing else; without a token nobody reads them over TCP.
func TestPages(t *testing.T) {
	const token = "sesame-sesame-sesame"
	o := hooks()
	o.Pages = []Page{{Path: "/usage", What: "how apps are used", Serve: func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "the page") }}}
	open := newPanel(o, false)
	o.Token = token
	guarded := newPanel(o, false)
	basic := func(text string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(text)) }
	for name, c := range map[string]struct {
		h                           http.Handler
		method, path, authorization string
		status                      int
	}{
		"a browser":              {guarded, "GET", "/usage", basic("operator:" + token), 200},
		"without a name":         {guarded, "GET", "/usage", basic(":" + token), 200},
		"curl":                   {guarded, "GET", "/usage", "Bearer " + token, 200},
		"another password":       {guarded, "GET", "/usage", basic("operator:" + token + "x"), 401},
		"the token as a name":    {guarded, "GET", "/usage", basic(token + ":"), 401},
		"no base64":              {guarded, "GET", "/usage", "Basic " + token, 401},
		"nothing":                {guarded, "GET", "/usage", "", 401},
		"metrics by a browser":   {guarded, "GET", "/metrics", basic("operator:" + token), 401},
		"a command by a browser": {guarded, "POST", "/reload", basic("operator:" + token), 401},
		"a form":                 {guarded, "POST", "/usage", basic("operator:" + token), 405},
		"no token at all":        {open, "GET", "/usage", "", 403},
		"over the socket":        {newPanel(o, true), "GET", "/usage", "", 200},
	} {
		r := httptest.NewRequest(c.method, c.path, http.NoBody)
		r.Host = "127.0.0.1:9090"
		if c.authorization != "" {
			r.Header.Set("Authorization", c.authorization)
		}
		w := httptest.NewRecorder()
		c.h.ServeHTTP(w, r)
		if w.Code != c.status || (w.Body.String() == "the page") != (c.status == 200) {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
		challenges := strings.Join(w.Header().Values("WWW-Authenticate"), "; ")
		if asks := strings.Contains(challenges, "Basic"); asks != (c.status == 401 && c.path == "/usage") {
			t.Errorf("%s: is asked for %q", name, challenges)
		}
	}
}
