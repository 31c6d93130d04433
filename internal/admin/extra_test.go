package admin

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// An endpoint of another room asks for its own token, and for no other; what is here of ours does not take it.
func TestExtra(t *testing.T) {
	serve := func(a *Asked) (int, any, error) {
		if string(a.Body) == "bad" {
			return 0, nil, &Fault{Status: 400, Message: "no"}
		}
		return 201, a.Method + " " + a.Path + " " + string(a.Body), nil
	}
	extras := []Extra{
		{Path: "/v1/x", Methods: []string{"GET", "POST"}, What: "x", Token: "own-token", TokenIs: "x.json", Serve: serve},
		{Path: "/v1/closed", Methods: []string{"GET"}, What: "closed", TokenIs: "x.json", Serve: serve},
	}
	none, with := Options{Extras: extras}, Options{Extras: extras, Token: "sesame-sesame-sesame"}
	for _, tt := range []struct {
		name         string
		o            Options
		local        bool
		method, path string
		token, body  string
		status       int
		part         string
	}{
		{"its token", none, false, "GET", "/v1/x", "Bearer own-token", "", 201, `"GET /v1/x "`},
		{"its token, where there is another", with, false, "POST", "/v1/x", "bearer own-token", "{}", 201, `"POST /v1/x {}"`},
		{"no token", none, false, "GET", "/v1/x", "", "", 401, "Send Authorization: Bearer TOKEN with the value of x.json."},
		{"the operator's", with, false, "GET", "/v1/x", "Bearer sesame-sesame-sesame", "", 401, "The token is wrong"},
		{"its token elsewhere", with, false, "GET", "/metrics", "Bearer own-token", "", 401, "The token is wrong"},
		{"nobody's token", none, false, "GET", "/v1/closed", "Bearer ", "", 401, "The token is wrong"},
		{"a password", none, false, "GET", "/v1/x", "Basic b3duLXRva2VuOm93bi10b2tlbg==", "", 401, "The token is wrong"},
		{"the socket", none, true, "GET", "/v1/closed", "", "", 201, `"GET /v1/closed "`},
		{"another method", none, false, "DELETE", "/v1/x", "Bearer own-token", "", 405, "DELETE is not supported here; supported: GET, POST"},
		{"a mistake", none, false, "POST", "/v1/x", "Bearer own-token", "bad", 400, `"message": "no"`},
		{"none", Options{}, true, "GET", "/v1/x", "", "", 404, "Nothing is at /v1/x"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := httptest.NewRequest(tt.method, tt.path, strings.NewReader(tt.body))
			r.Host = "127.0.0.1"
			if tt.token != "" {
				r.Header.Set("Authorization", tt.token)
			}
			r.Header.Set("Content-Type", "application/json")
			w := httptest.NewRecorder()
			http.Handler(newPanel(tt.o, tt.local)).ServeHTTP(w, r)
			if w.Code != tt.status || !strings.Contains(w.Body.String(), tt.part) {
				t.Errorf("%d %s", w.Code, w.Body)
			}
		})
	}
}
