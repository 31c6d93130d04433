package route

import (
	"strings"
	"testing"
)

// TestPatternsOfOthers: how other gateways and frameworks spell a pattern, and how it is spelled here; "" where it is taken as it stands.
func TestPatternsOfOthers(t *testing.T) {
	for path, want := range map[string]string{
		// Express, Rails, httprouter, Kong's Admin API in the wild
		"/users/:id": "/users/{id}", "/users/:id/posts/:post": "/users/{id}/posts/{post}", "/users/:id?": "/users/{id}", `/users/:id(\d+)`: "/users/{id}",
		"/files/:path*": "/files/**", "/files/*path": "/files/**",
		// Flask, Django
		"/users/<id>": "/users/{id}", "/users/<int:id>": "/users/{id}", "/files/<path:rest>": "/files/**",
		// gorilla, chi, ASP.NET, Traefik, JAX-RS
		"/users/{id:[0-9]+}": "/users/{id}", "/users/{id:[0-9]{3}}/x": "/users/{id}/x", "/files/{rest:.*}": "/files/**", "/users/{id: [^/]+}": "/users/{id}",
		"/users/{id?}": "/users/{id}", "/users/{id=1}": "/users/{id}", "/files/{*rest}": "/files/**", "/files/{**rest}": "/files/**", "/files/{id:path}": "/files/**",
		// net/http, AWS
		"/files/{rest...}": "/files/**", "/files/{proxy+}": "/files/**",
		// Next
		"/users/[id]": "/users/{id}", "/files/[...slug]": "/files/**", "/files/[[...slug]]": "/files/**",
		// nginx, Apache, Kong
		"^/users": "/users", "~ ^/users/[0-9]+$": "/users/{id}", "~/users/(?<id>[^/]+)": "/users/{id}", "= /x": "/x", "^~ /x": "/x", "~* /x/(.*)": "/x/**",
		`/users/(\d+)/posts/(\d+)`: "/users/{id}/posts/{id2}", "/users/([^/]+)": "/users/{id}", "/x/.*": "/x/**", "/users/(?P<id>\\d+)": "/users/{id}", "/a/[a-z0-9-]+/b/?": "/a/{id}/b",
		// globs
		"/api/*": "/api/**", "/api*": "/api/**", "/api/**/x": "/api/{id}/x", "/a/*/b/*/c": "/a/{id}/b/{id2}/c", "/a/*/*/c": "/a/{id}/{id2}/c", "*": "/**", "/*": "/**",
		"/users,": "/users", "/users/{{id}}": "/users/{id}", "users/{id}": "/users/{id}", "/users/{id}/:post": "/users/{id}/{post}", "/users/{id}/*/x": "/users/{id}/{id2}/x",
		// not foreign
		"/users/{id}": "", "/**": "", "/": "", "/people/(id:{id})": "", "/v1/users:batch": "", "/v1/{id}:cancel": "", "/$metadata": "", "/a.b/c+d": "", "/@me": "",
		"/people/id={id}": "", "/{": "", "/a/..": "", "/x/~home": "", "/a(b)/c": "", "/a,b;c": "", "/12:30": "", "/a/:/b": "",
	} {
		if got := likely(path); got != want {
			t.Errorf("%s: %q, want %q", path, strings.ReplaceAll(got, "\x00", "…"), want)
		}
	}
}
