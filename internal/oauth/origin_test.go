package oauth

import (
	"testing"

	"github.com/candor-gateway/candor/problem"
)

// TestMayRead: of which pages the browser lets a public app's script read the answers.
func TestMayRead(t *testing.T) {
	f := returning(t, problem.Standard)
	f.Apps[3].RedirectURIs = []string{"https://Spa.example:443/cb", "https://spa.example:8443/cb", "http://127.0.0.1/cb", "com.example.app:/back"}
	for origin, want := range map[string]bool{
		"https://spa.example": true, "https://spa.example:8443": true, "http://127.0.0.1": true, "http://127.0.0.1:51004": true,
		"http://spa.example": false, "https://spa.example:444": false, "https://spa.example.evil.example": false, "null": false, "": false,
		"https://app.example":    false, // of apps that keep a secret
		"http://localhost:51004": false, "com.example.app:": false, "com.example.app://": false, "https://spa.example/": false,
	} {
		if f.MayRead(origin) != want {
			t.Errorf("%q: %v", origin, !want)
		}
	}
	f.Apps[3].Disabled = true
	if f.MayRead("https://spa.example") {
		t.Error("a disabled app")
	}
}
