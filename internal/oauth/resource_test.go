package oauth

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMetadataURL(t *testing.T) {
	for resource, want := range map[string][3]string{
		"https://api.example.com":          {"https://api.example.com/.well-known/oauth-protected-resource", "api.example.com", "/.well-known/oauth-protected-resource"},
		"https://api.example.com/":         {"https://api.example.com/.well-known/oauth-protected-resource", "api.example.com", "/.well-known/oauth-protected-resource"},
		"https://api.example.com:8443/v2":  {"https://api.example.com:8443/.well-known/oauth-protected-resource/v2", "api.example.com", "/.well-known/oauth-protected-resource/v2"},
		"http://[::1]:8080/a%20b/v2":       {"http://[::1]:8080/.well-known/oauth-protected-resource/a%20b/v2", "[::1]", "/.well-known/oauth-protected-resource/a%20b/v2"},
		"https://xn--bcher-kva.example/v2": {"https://xn--bcher-kva.example/.well-known/oauth-protected-resource/v2", "xn--bcher-kva.example", "/.well-known/oauth-protected-resource/v2"},
	} {
		r := Resource{URL: resource}
		whole, host, path, err := r.MetadataURL()
		if diff := cmp.Diff(want, [3]string{whole, host, path}); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got)\n%s", resource, err, diff)
		}
	}
}

func TestResourceMetadata(t *testing.T) {
	r := Resource{URL: "https://api.example.com/v2", Name: "people", Servers: []string{"https://x/oauth"}, Scopes: []string{"r_a", "r_b"}}
	for want, inQuery := range map[string]bool{
		`{"resource":"https://api.example.com/v2","authorization_servers":["https://x/oauth"],"scopes_supported":["r_a","r_b"],"bearer_methods_supported":["header"],"resource_name":"people"}`:         false,
		`{"resource":"https://api.example.com/v2","authorization_servers":["https://x/oauth"],"scopes_supported":["r_a","r_b"],"bearer_methods_supported":["header","query"],"resource_name":"people"}`: true,
	} {
		if got := string(AppendResource(nil, &r, inQuery)); got != want+"\n" {
			t.Errorf("got  %swant %s", got, want)
		}
	}
}
