package server_test

import (
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/token"
)

// described is a configuration whose API tells clients whose tokens it takes.
func described(profile string) []string {
	return append(authorizing(""), "  - base: /v2\n", "  - base: /v2\n    public_url: https://api.example.com/v2\n    profile: "+profile+"\n")
}

const resourcePath = "/.well-known/oauth-protected-resource/v2"

// calls is a request to the API under a host.
func (i *instance) calls(t *testing.T, method, host, path, bearer string) (visited, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, "http://"+i.APIAddrs()[0]+path, http.NoBody)
	must(t, err)
	request.Host = host
	if bearer != "" {
		request.Header.Set("Authorization", "Bearer "+bearer)
	}
	answer, err := i.Client.Do(request)
	must(t, err)
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	must(t, err)
	return visited{answer.StatusCode, answer.Header}, string(text)
}

// TestProtectedResource: an API tells clients whose tokens it takes, and its refusals say where.
func TestProtectedResource(t *testing.T) {
	for _, profile := range []string{"standard", "linkedin"} {
		t.Run(profile, func(t *testing.T) {
			s := newStage(t)
			i := s.start(described(profile)...)
			got, body := i.calls(t, http.MethodGet, "API.example.com:8443", resourcePath+"?a=b", "")
			var document map[string]any
			must(t, json.Unmarshal([]byte(body), &document))
			want := map[string]any{
				"resource": "https://api.example.com/v2", "authorization_servers": []any{"http://www.example/oauth"}, "scopes_supported": []any{"r_profile"},
				"bearer_methods_supported": []any{"header"}, "resource_name": "people",
			}
			if diff := cmp.Diff(want, document); diff != "" || got.status != 200 {
				t.Errorf("%d (-want +got)\n%s", got.status, diff)
			}
			if h := got.head; h.Get("Content-Type") != "application/json" || h.Get("Access-Control-Allow-Origin") != "*" || h.Get("Cache-Control") != "public, max-age=3600" || h.Get("X-Content-Type-Options") != "nosniff" {
				t.Errorf("fields %v", h)
			}
			if head, none := i.calls(t, http.MethodHead, "api.example.com", resourcePath, ""); head.status != 200 || none != "" || head.head.Get("Content-Length") != got.head.Get("Content-Length") {
				t.Errorf("HEAD: %+v %q", head, none)
			}
			for name, c := range map[string][3]string{
				"another host":   {http.MethodGet, "other.example.com", resourcePath},
				"another path":   {http.MethodGet, "api.example.com", "/.well-known/oauth-protected-resource"},
				"below it":       {http.MethodGet, "api.example.com", resourcePath + "/me"},
				"another method": {http.MethodPost, "api.example.com", resourcePath},
			} {
				if other, _ := i.calls(t, c[0], c[1], c[2], ""); other.status != 401 {
					t.Errorf("%s: %+v", name, other)
				}
			}

			create(t, i, shop)
			bare, err := i.Mint(t.Context(), token.Order{App: "shop", Member: "ada", Life: time.Hour}, time.Now())
			must(t, err)
			const at = `, resource_metadata="https://api.example.com/.well-known/oauth-protected-resource/v2"`
			for name, c := range map[string]struct {
				bearer string
				status int
				begins string
			}{
				"no token":      {"", 401, `Bearer realm="candor"`},
				"no good token": {"x", 401, `Bearer realm="candor", error="invalid_token", error_description="`},
				"no scope":      {bare.Token, 403, `Bearer realm="candor", error="insufficient_scope", error_description="`},
			} {
				refused, _ := i.calls(t, http.MethodGet, "api.example.com", "/v2/me", c.bearer)
				challenge := refused.head.Get("WWW-Authenticate")
				if refused.status != c.status || !strings.HasPrefix(challenge, c.begins) || !strings.HasSuffix(challenge, at) {
					t.Errorf("%s: %d, %s", name, refused.status, challenge)
				}
			}
		})
	}
}

// TestResourcesComeAndGo with a reload, and with the authorization server.
func TestResourcesComeAndGo(t *testing.T) {
	s := newStage(t)
	i := s.start(authorizing("")...)
	is := func(status int) {
		t.Helper()
		got, _ := i.calls(t, http.MethodGet, "api.example.com", resourcePath, "")
		refused, _ := i.calls(t, http.MethodGet, "api.example.com", "/v2/me", "")
		if named := strings.Contains(refused.head.Get("WWW-Authenticate"), "resource_metadata"); got.status != status || named != (status == 200) {
			t.Errorf("%d, want %d; named %v", got.status, status, named)
		}
	}
	is(401)
	must(t, i.Reload(t.Context(), s.config(described("standard")...)))
	is(200)
	off := append(withWWW(www), "  - base: /v2\n", "  - base: /v2\n    public_url: https://api.example.com/v2\n")
	must(t, i.Reload(t.Context(), s.config(off...)))
	is(401)
}
