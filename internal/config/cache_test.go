package config

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/route"
)

// cached is a configuration with an API of these keys and routes.
func cached(api, routes string) string {
	return "upstreams: {a: \"http://127.0.0.1:9000\"}\napps: [demo]\napis:\n  - {preflight: refuse, " + api + "routes: [" + routes + "]}\n"
}

func TestWhatRoutesKeep(t *testing.T) {
	const mib = 1 << 20
	off, shared := route.Cache{}, route.Cache{Mode: route.CacheShared, MaxEntry: mib}
	for _, test := range []struct {
		name, api, route string
		want             route.Cache
	}{
		{"nothing is said", "", "/a", off},
		{"a word", "", "{path: /a, cache: shared}", shared},
		{"a mapping", "", "{path: /a, cache: {mode: per_principal, set_cookie: true, max_entry: 8KiB}}", route.Cache{Mode: route.CachePerPrincipal, SetCookie: true, MaxEntry: 8 << 10}},
		{"the API says it", "cache: shared, ", "/a", shared},
		{"the API says it, the route not", "cache: shared, ", "{path: /a, cache: off}", off},
		{"the route does not begin with what the API says", "cache: {mode: shared, set_cookie: true}, ", "{path: /a, cache: {mode: shared}}", shared},
		{"off with more", "", "{path: /a, cache: {mode: off, set_cookie: true}}", off},
	} {
		t.Run(test.name, func(t *testing.T) {
			cfg, err := Parse("candor.yaml", []byte(cached("credentials: public, "+test.api, test.route)), testEnv)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, *cfg.APIs[0].Routes[0].Cache); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestMistakesAboutCaches(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       []string
	}{
		{"no such mode", cached("", "{path: /a, cache: share}"), []string{`4:52: expected off, shared or per_principal, not "share"; did you mean shared?`}},
		{"no mode", cached("", "{path: /a, cache: true}"), []string{`4:52: expected off, shared or per_principal, not "true"`}},
		{"no mode among more", cached("", "{path: /a, cache: {set_cookie: true}}"), []string{`4:52: cache needs mode: here`}},
		{"nothing", cached("", "{path: /a, cache: }"), []string{`4:52: expected cache as a mapping with mode, set_cookie, max_entry, as in {mode: shared}, not nothing`}},
		{"a size", cached("", "{path: /a, cache: {mode: shared, size: 1GiB}}"), []string{
			`4:67: "size" stands at the top of the file, as in cache: {size: 64MiB}: all routes share it; max_entry bounds one answer`,
		}},
		{"a route without GET", cached("credentials: public, ", "{path: /a, methods: [POST, HEAD], cache: shared}"), []string{
			`4:96: answers to GET alone are cached, and this route does not take it; leave cache: out`,
		}},
		{"a WebSocket", cached("credentials: public, ", "{path: /a, methods: [GET], upgrade: [websocket], cache: shared}"), []string{
			`4:111: the connections of this route are switched to another protocol, whose answers cannot be cached; leave cache: out`,
		}},
		{"all routes' size", least + "cache: 1KiB\n", []string{`4:8: expected cache as a mapping with size, not "1KiB"`}},
		{"a small size", least + "cache: {size: 1KiB}\n", []string{`4:15: expected a size from 1MiB to 1024GiB, as in 8KiB, not "1KiB"`}},
	} {
		if diff := cmp.Diff(test.want, mistakesOf(t, test.text)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", test.name, diff)
		}
	}
}

func TestWarningsAboutCaches(t *testing.T) {
	const told = `the upstream is told who calls, by headers:, so answers are kept for each caller apart even under shared; ` +
		`tell it nothing where they are the same for everybody, with headers: {app: off, member: off, scopes: off}, or say cache: per_principal`
	for _, test := range []struct {
		name, text string
		want       []string
	}{
		{"public", cached("credentials: public, cache: shared, ", "/a, /b"), nil},
		{"an API with routes that can have none", cached("credentials: public, cache: shared, ", "/a, {path: /b, methods: [POST]}, {path: /c, upgrade: [websocket]}"), nil},
		{"per principal", cached("cache: per_principal, ", "/a, {path: /b, credentials: public}"), nil},
		{"a public route for each principal", cached("", "/b, {path: /a, credentials: public, cache: per_principal}"), []string{
			`4:77: a public route looks at no credential, so it knows nobody to keep answers for; use cache: shared`,
		}},
		{"shared though told, once for the API", cached("cache: shared, ", "/a, /b"), []string{`4:32: ` + told}},
		{"shared though told, of each route that says so", cached("", "{path: /a, cache: shared}, {path: /b, cache: shared}"), []string{`4:52: ` + told, `4:79: ` + told}},
		{"shared and not told", cached("headers: {app: off, member: off, scopes: off}, cache: shared, ", "/a"), nil},
	} {
		if diff := cmp.Diff(test.want, warningsOf(t, test.text)); diff != "" {
			t.Errorf("%s (-want +got)\n%s", test.name, diff)
		}
	}
}
