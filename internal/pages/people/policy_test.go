package people

import (
	"strings"
	"testing"
)

func TestSource(t *testing.T) {
	for uri, want := range map[string]string{
		"":                                               "",
		"https://shop.example.com/callback":              "https://shop.example.com",
		"https://shop.example.com:8443/?a=b#c":           "https://shop.example.com:8443",
		"http://127.0.0.1:3000/callback":                 "http://127.0.0.1:3000",
		"http://localhost/callback":                      "http://localhost",
		"http://[::1]:3000/callback":                     "http:",
		"com.example.app:/callback":                      "com.example.app:",
		"com.example.app://callback/x":                   "com.example.app:",
		"https://bücher.example/":                        "https:",
		"https://a;script-src%20*/":                      "",
		"https://a.example;script-src *;/callback":       "",
		"https://a.example,https://b.example/":           "https:",
		"https://a.example;script-src/":                  "https:",
		"https://user@a.example/":                        "https://a.example",
		"https://*.example/":                             "https:",
		"https:///callback":                              "https:",
		"/callback":                                      "",
		"a b:c":                                          "",
		"https://a.example/\r\nSet-Cookie: a=b":          "",
		"https://a.example/; script-src 'unsafe-inline'": "https://a.example",
	} {
		got := source(uri)
		if got != want {
			t.Errorf("%q: %q, want %q", uri, got, want)
		}
		if strings.ContainsAny(got, "; ,'*\r\n") {
			t.Errorf("%q: %q is more than a source", uri, got)
		}
	}
}

// TestPolicies: a page without a form lets none be sent.
func TestPolicies(t *testing.T) {
	for _, s := range states(same) {
		forms := strings.Contains(page(t, s.View), "<form")
		if p := s.Policy(); strings.Contains(p, "form-action 'none'") == forms || !strings.HasPrefix(p, always) {
			t.Errorf("%s has forms: %v; its policy is %s", s.name, forms, p)
		}
	}
}
