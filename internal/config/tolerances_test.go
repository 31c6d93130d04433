package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/internal/upstream"
)

func TestTolerances(t *testing.T) {
	cfg, err := Parse("candor.yaml", []byte(`upstreams: {a: {targets: "http://x", lenient: [obs_fold, bare_lf]}, b: {targets: "http://y", lenient: all}, c: {targets: "http://z", lenient: off}}
apis:
  - name: a
    upstream: a
    credentials: public
    http: {accept: [double_slash, two_authorization]}
    routes: [/a, {path: /b, http: {accept: []}}, {path: /c, http: {accept: all}}]
  - {name: b, base: /bb, upstream: b, credentials: public, http: {accept: all}, routes: [/a]}
`), testEnv)
	if err != nil {
		t.Fatal(err)
	}
	got := []route.Accept{cfg.APIs[0].Accept, *cfg.APIs[0].Routes[0].Accept, *cfg.APIs[0].Routes[1].Accept, *cfg.APIs[0].Routes[2].Accept, cfg.APIs[1].Accept, *cfg.APIs[1].Routes[0].Accept}
	two := route.DoubleSlash | route.TwoAuthorization
	if diff := cmp.Diff([]route.Accept{two, two, 0, route.AcceptAnywhere, route.AcceptAnywhere, route.AcceptAnywhere}, got); diff != "" {
		t.Errorf("accept (-want +got):\n%s", diff)
	}
	let := []upstream.Lenient{cfg.Upstreams[0].Lenient, cfg.Upstreams[1].Lenient, cfg.Upstreams[2].Lenient}
	if diff := cmp.Diff([]upstream.Lenient{upstream.ObsFold | upstream.BareLF, upstream.LenientAll, 0}, let); diff != "" {
		t.Errorf("lenient (-want +got):\n%s", diff)
	}
}

func TestTolerancesThatCannotBe(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       []string
	}{
		{"words that are none", `upstreams: {a: {targets: "http://x", lenient: [bare_cr, obs_folds]}}
apis:
  - credentials: public
    http: {accept: double_slash}
    routes: [{path: /a, http: {accept: [dotsegments, encoded_slashes]}}, {path: /b, http: [double_slash]}]
`, []string{
			`1:48: "bare_cr" is none of the leniencies, which are bare_lf, space_before_colon, obs_fold, content_length_with_chunked; did you mean bare_lf?`,
			`1:57: "obs_folds" is none of the leniencies, which are bare_lf, space_before_colon, obs_fold, content_length_with_chunked; did you mean obs_fold?`,
			`4:20: expected a list of tolerances, as in [double_slash, encoded_slash], not "double_slash"; put it in [ ]`,
			`5:41: "dotsegments" is none of the tolerances, which are query_raw, path_raw, path_escape, backslash, double_slash, encoded_slash, dot_segments, any_method, expect, two_authorization, override_headers; did you mean dot_segments?`,
			`5:54: "encoded_slashes" is none of the tolerances, which are query_raw, path_raw, path_escape, backslash, double_slash, encoded_slash, dot_segments, any_method, expect, two_authorization, override_headers; did you mean encoded_slash?`,
			`5:91: expected http as a mapping with accept, not a list`,
		}},
		{"all in a list", `upstreams: {a: {targets: "http://x", lenient: [all]}}
apis:
  - credentials: public
    http: {accept: [all, double_slash]}
    routes: [/a]
`, []string{
			`1:48: "all" is none of the leniencies; for every one it stands alone, without [ ]`,
			`4:21: "all" is none of the tolerances; for every one it stands alone, without [ ]`,
		}},
		{"beside http", `upstreams: {a: "http://x"}
apis:
  - credentials: public
    accept: all
    routes: [{path: /a, accept: [double_slash]}]
`, []string{
			`4:5: "accept" stands under http:, as in http: {accept: [double_slash]}`,
			`5:25: "accept" stands under http:, as in http: {accept: [double_slash]}`,
		}},
		{"where a credential is enforced", `upstreams: {a: "http://x"}
apps: [demo]
apis:
  - http: {accept: [two_authorization]}
    cors: {origins: ["*"]}
    routes: [/a, /b, {path: /c, credentials: public}]
  - {name: b, base: /bb, credentials: public, routes: [/a, {path: /d, credentials: optional, http: {accept: [two_authorization, override_headers]}}]}
`, []string{
			`4:11: two_authorization is for routes that enforce no credential, and route "a/a" does: Candor would verify one token, and the API could read the other; leave it out`,
			`7:100: two_authorization is for routes that enforce no credential, and route "b/d" does: Candor would verify one token, and the API could read the other; override_headers is for routes that enforce neither a credential nor a method, and route "b/d" does: a call would be allowed as one method, and done as another; leave it out`,
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, mistakesOf(t, test.text)); diff != "" {
				t.Errorf("mistakes (-want +got):\n%s", diff)
			}
		})
	}
}

func TestToleranceWarnings(t *testing.T) {
	got := warningsOf(t, `upstreams: {a: "http://x"}
scopes: [read]
products: {p: [read], q: [read]}
apps: [{name: demo, products: [p, q]}]
apis:
  - cors: {origins: ["*"]}
    guard: off
    http: {accept: [dot_segments]}
    routes: [{path: "/open/{x}", credentials: public}, {path: /admin}, {path: /hidden, restricted: true, hidden: true, products: [q], http: {accept: [double_slash]}}]
`)
	want := []string{
		`7:12: with guard: off what is tolerated (dot_segments) is a way around the checks of /admin, in whatever spelling the API reads as its path; leave guard: out`,
		`9:141: a hidden route tolerates what its API does, or a caller could tell it from a path that is not there; set http: for the API`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
}
