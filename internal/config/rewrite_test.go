package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRewriteMistakes(t *testing.T) {
	got := mistakesOf(t, `upstreams: {a: "http://x/v3"}
apis:
  - credentials: public
    request: {strip_prefix: true, rewrite: off}
    routes:
      - {path: "/{id}", request: {strip_prefix: true}}
      - {path: "/b/{id}", request: {strip_prefix: yes, rewrite: "/{user}"}}
      - {path: /c, request: {strip_prefix: /d, rewrite: 1}}
      - {path: /e, request: {strip_prefix: "/e/{x}", rewrite: [x], prefix: /x}}
  - {name: b, base: /v2, request: {strip_prefix: /v2/x/}, routes: [{path: /x/y}, {path: /z}, {path: /w, request: {strip_prefix: off}}]}
`)
	want := []string{
		`4:29: true cuts the API's base:, and this API has none; name the path to cut, as in strip_prefix: /v2`,
		`6:49: true cuts the literal beginning of the route's path, and this one has none`,
		`7:51: expected true, off or a literal path, as in /v2, not "yes"; did you mean true?`,
		`7:65: "/{user}" has {user} at position 2, which is no value of /b/{id}; expected one of {id}, {/}`,
		`8:44: /c does not begin with /d, so it cannot be cut; say request: {strip_prefix: off} for this route, or another prefix`,
		`8:57: "1" does not begin with '/'; expected a path, as in /v1/users/{id}`,
		`9:44: expected true, off or a literal path, as in /v2, not "/e/{x}"; rewrite: takes other paths apart`,
		`9:63: expected a path, as in /v1/users/{id}, or off, not a list`,
		`9:68: unknown key "prefix" in request; known here: strip_prefix, rewrite, headers`,
		`10:82: /v2/z does not begin with /v2/x, so it cannot be cut; say request: {strip_prefix: off} for this route, or another prefix`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("mistakes (-want +got):\n%s", diff)
	}
}
