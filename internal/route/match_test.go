package route

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/quota"
	"github.com/candor-gateway/candor/problem"
)

// deps knows the scopes, products, quotas and upstreams of the tests.
func deps() Deps {
	limiter := quota.New(quota.Options{})
	return Deps{
		Names:     access.NewNames([]string{"r_profile", "r_basic", "openid", "w_posts", "r_ads"}, []string{"profile", "ads"}),
		Upstreams: map[string]int{"people": 0, "blobs": 1},
		Quota: func(name, resource string) *quota.Set {
			if name != "few" {
				return nil
			}
			return limiter.Set(resource, []quota.Limit{{Key: quota.Member, Window: quota.Day, N: 5}}, nil)
		},
		Numbers: &Numbers{},
	}
}

func build(tb testing.TB, apis ...APISpec) *Table {
	tb.Helper()
	table, errs := Build(apis, deps())
	if len(errs) > 0 {
		tb.Fatal(errs)
	}
	return table
}

// api is an API of routes written "GET,POST /path", each named by its number.
func api(name, base string, routes ...string) APISpec {
	spec := APISpec{Name: name, Base: base, Upstream: "people"}
	for i, r := range routes {
		methods, path, _ := strings.Cut(r, " ")
		s := Spec{Name: fmt.Sprintf("%s.%d", name, i+1), Path: path}
		if methods != "*" {
			s.Methods = strings.Split(methods, ",")
		}
		spec.Routes = append(spec.Routes, s)
	}
	return spec
}

// found is what a match says, as text.
func found(table *Table, host, method, path string) string {
	var m Match
	table.Match([]byte(host), []byte(method), []byte(path), &m)
	switch m.Pending {
	case Nothing:
		return m.Route.Pattern
	case WrongHost:
		return "wrong host"
	case NoAPI:
		return "no API"
	case UnknownPath:
		return "unknown in " + m.API.Name
	default:
		return "405 " + string(table.AppendAllow(nil, &m, 0))
	}
}

func TestMostSpecificPathDecides(t *testing.T) {
	table := build(t, api("v2", "/v2",
		"GET /a/{x}/c", "GET /a/b/d", // backtracking: a literal that leads nowhere
		"GET /people/id={id}", "GET /people/(id:{id})", "GET,DELETE /people/{id}", "GET /people/id=me", "GET /people/id={id}.json",
		"GET /ads", "POST /ads/**", "GET /ads/x/{y}", "GET /ads/x/**",
		"GET /files/", "PUT /files/{name}", "GET /café/%2B{x}", "* /every",
		"GET /only", "OPTIONS,GET /both", "POST /post"))
	for call, want := range map[string]string{
		"GET /v2/a/b/c": "/v2/a/{x}/c", "GET /v2/a/b/d": "/v2/a/b/d", "GET /v2/a/b/e": "unknown in v2", "GET /v2/a//c": "unknown in v2",
		"GET /v2/people/id=5": "/v2/people/id={id}", "GET /v2/people/id=me": "/v2/people/id=me", "GET /v2/people/id=": "/v2/people/{id}",
		"GET /v2/people/(id:7)": "/v2/people/(id:{id})", "GET /v2/people/%28id:7%29": "/v2/people/(id:{id})", "GET /v2/people/(id:)": "/v2/people/{id}",
		"GET /v2/people/id=5.json": "/v2/people/id={id}.json", "GET /v2/people/id=.json": "/v2/people/id={id}", "GET /v2/people/5": "/v2/people/{id}",
		"GET /v2/people/": "unknown in v2", "GET /v2/people": "unknown in v2",
		"DELETE /v2/people/id=5": "405 GET, HEAD", "DELETE /v2/people/5": "/v2/people/{id}", // a wider pattern has DELETE; it is not asked
		"GET /v2/ads": "/v2/ads", "POST /v2/ads": "405 GET, HEAD", "POST /v2/ads/": "/v2/ads/**", "POST /v2/ads/a/b": "/v2/ads/**",
		"GET /v2/ads/a": "405 POST", "GET /v2/ads/x/1": "/v2/ads/x/{y}", "GET /v2/ads/x": "/v2/ads/x/**", "GET /v2/ads/x/": "/v2/ads/x/**",
		"GET /v2/ads/x/1/2": "/v2/ads/x/**", "GET /v2/adsx": "unknown in v2",
		"GET /v2/files/": "/v2/files/", "GET /v2/files": "unknown in v2", "PUT /v2/files/": "405 GET, HEAD", "PUT /v2/files/a%2fb": "/v2/files/{name}",
		"GET /v2/caf%c3%a9/+1": "/v2/café/%2B{x}", "GET /v2/caf%C3%A9/%2b1": "/v2/café/%2B{x}", "GET /v2/CAF%C3%A9/+1": "unknown in v2",
		"GET /v2/every": "/v2/every", "PROPFIND /v2/every": "/v2/every", "HEAD /v2/every": "/v2/every", "OPTIONS /v2/every": "/v2/every",
		"TRACE /v2/every": "405 GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS", "BREW /v2/every": "/v2/every", "PURGE /v2/every": "/v2/every", "get /v2/every": "/v2/every",
		"HEAD /v2/only": "/v2/only", "OPTIONS /v2/only": "405 GET, HEAD", "OPTIONS /v2/both": "/v2/both", "PUT /v2/both": "405 GET, HEAD, OPTIONS",
		"HEAD /v2/post": "405 POST", "get /v2/only": "405 GET, HEAD",
		"GET /%76%32/%6fnly": "/v2/only", "GET /v2/on%6Cy": "/v2/only", "GET /v2/only%": "unknown in v2", "GET /v2/only%00": "unknown in v2",
		"GET /v2": "unknown in v2", "GET /v2/": "unknown in v2", "GET /v2x": "no API", "GET /": "no API", "GET ": "no API", "GET v2/only": "no API",
		"GET //v2/only": "no API", "GET x/v2/only": "no API",
	} {
		method, path, _ := strings.Cut(call, " ")
		if got := found(table, "any.example", method, path); got != want {
			t.Errorf("%s: %s, want %s", call, got, want)
		}
	}
}

func TestProtectionHasNoBackDoor(t *testing.T) {
	table := build(t, api("all", "", "GET /admin", "* /**", "POST /admin/**"))
	for call, want := range map[string]string{
		"DELETE /admin": "405 GET, HEAD", "GET /%61dmin": "/admin", "GET /admin": "/admin", "POST /admin/": "/admin/**", "GET /admin/": "405 POST",
		"GET /admin/x": "405 POST", "GET /": "/**", "GET /other": "/**", "GET /ADMIN": "/**",
	} {
		method, path, _ := strings.Cut(call, " ")
		if got := found(table, "", method, path); got != want {
			t.Errorf("%s: %s, want %s", call, got, want)
		}
	}
}

func TestHostsAndBases(t *testing.T) {
	named, port, wild := api("named", "/v2", "GET /me", "GET "), api("port", "", "GET /p"), api("wild", "", "GET /w")
	named.Hosts, port.Hosts, wild.Hosts = []string{"API.example.com", "other.example"}, []string{"api.example.com:8443"}, []string{"*.example.com"}
	deep := api("deep", "/v2/deep", "GET /x", "GET /{a}/{b}")
	deep.Hosts = named.Hosts[:1]
	table := build(t, named, port, wild, deep)
	everywhere := build(t, named, api("rest", "", "GET /me", "GET /v2x"))
	for _, c := range []struct {
		table            *Table
		host, path, want string
	}{
		{table, "api.example.com", "/v2/me", "/v2/me"},
		{table, "Api.Example.Com:80", "/v2/me", "/v2/me"},
		{table, "api.example.com.", "/v2/me", "/v2/me"},
		{table, "api.example.com", "/v2", "/v2"},
		{table, "api.example.com", "/w", "/w"}, // no base of the named host covers it
		{table, "api.example.com", "/v2/w", "unknown in named"},
		{table, "api.example.com:8443", "/p", "/p"},
		{table, "api.example.com:8443", "/v2/me", "unknown in port"},
		{table, "a.b.example.com", "/w", "/w"},
		{table, "example.com", "/w", "wrong host"},
		{table, "xexample.com", "/w", "wrong host"},
		{table, "evil.example", "/w", "wrong host"},
		{table, "", "/w", "wrong host"},
		{table, "[::1]:80", "/w", "wrong host"},
		{table, strings.Repeat("a.", 200) + "example.com", "/w", "wrong host"},
		{table, "api.example.com", "/v2/deep/x", "/v2/deep/x"},
		{table, "api.example.com", "/v2/deep", "unknown in deep"}, // the longest base keeps the call
		{table, "other.example", "/v2/deep", "unknown in named"},
		{table, "other.example", "/", "no API"},
		{everywhere, "evil.example", "/me", "/me"},
		{everywhere, "api.example.com", "/me", "/me"},
		{everywhere, "api.example.com", "/v2/me", "/v2/me"},
		{everywhere, "api.example.com", "/v2x", "/v2x"},
		{everywhere, "evil.example", "/v2/me", "unknown in rest"},
		{&Table{}, "any", "/", "wrong host"},
	} {
		if got := found(c.table, c.host, "GET", c.path); got != c.want {
			t.Errorf("%s%s: %s, want %s", c.host, c.path, got, c.want)
		}
	}
}

func TestCredentialsOfAMatch(t *testing.T) {
	public := Credentials{Need: Public}
	mixed := api("mixed", "/m", "GET /me", "GET /health", "POST /health")
	mixed.Routes[1].Credentials, mixed.Routes[2].Credentials = &public, &public
	open := api("open", "/o", "GET /x")
	open.Routes[0].Credentials = &public
	optional := api("optional", "/p", "GET /x")
	optional.Credentials = Credentials{Need: Optional}
	table := build(t, mixed, open, optional)
	onlyOpen := build(t, open)
	tokens := access.Kinds(0).With(access.OwnToken)
	for _, c := range []struct {
		table  *Table
		method string
		path   string
		want   Need
	}{
		{table, "GET", "/m/me", Required},
		{table, "PUT", "/m/me", Required},
		{table, "GET", "/m/health", Public},
		{table, "PUT", "/m/health", Public},
		{table, "GET", "/m/unknown", Required},
		{table, "GET", "/o/x", Public},
		{table, "GET", "/o/unknown", Public},
		{table, "GET", "/p/y", Optional},
		{table, "GET", "/nowhere", Required},
		{onlyOpen, "GET", "/nowhere", Public},
	} {
		var m Match
		c.table.Match(nil, []byte(c.method), []byte(c.path), &m)
		want := Credentials{Need: c.want, Kinds: tokens}
		if c.want == Public {
			want.Kinds = 0
		}
		if m.Credentials != want {
			t.Errorf("%s %s: %v, want %v", c.method, c.path, m.Credentials, want)
		}
	}
	if table.Public() || !onlyOpen.Public() {
		t.Error("Public is wrong")
	}
}

func TestRouteSaysEverything(t *testing.T) {
	optional, inQuery := Credentials{Need: Optional}, true
	table := build(t, APISpec{
		Name: "people", Base: "/v2/", Profile: problem.LinkedIn, Upstream: "people", Version: &VersionSpec{Header: "V", Months: 12},
		Routes: []Spec{{
			Name: "person", Path: "/people/id={id}", Methods: []string{"GET", "GET"}, Scopes: [][]string{{"r_profile"}, {"r_basic", "openid"}},
			Products: []string{"ads", "profile"}, Restricted: true, Hidden: true, Credentials: &optional, TokenInQuery: &inQuery,
			Body: BodySpec{Types: []string{"application/json", "text/*"}, CheckJSON: true, Max: 7, LengthRequired: true}, Quota: "few", Resource: "people",
			Upstream: "blobs", ForwardCredential: true, Tunnel: true, CallTimeout: 9, Example: "GET /v2/people/id=1", Docs: "https://x.example",
		}, {Name: "me", Path: "/me", VersionOff: true}},
	})
	r, me := table.Routes()[0], table.Routes()[1]
	if r.Quota == nil || r.Version == nil || r.Version != r.API.Version || me.Version != nil || me.Resource != "people/me" || me.Number != 2 || me.Entity != "me" {
		t.Errorf("quota %v, version %v of %v; me: %v, %q, %d, %q", r.Quota, r.Version, r.API.Version, me.Version, me.Resource, me.Number, me.Entity)
	}
	got := *r
	got.API, got.Quota, got.Version = nil, nil, nil
	want := Route{
		Number: 1, Name: "people/person", Resource: "people", Pattern: "/v2/people/id={id}", Display: "/people/id={id}", Entity: "people",
		Scopes: []access.ScopeSet{access.ScopeSet{}.With(0), access.ScopeSet{}.With(1).With(2)}, RequiredText: []string{"r_profile", "r_basic openid"},
		Products: 3, ProductNames: []string{"ads", "profile"}, QuotaName: "few", Restricted: true, Hidden: true, ForwardCredential: true, TokenInQuery: true, Tunnel: true, Listed: true,
		Credentials: Credentials{Need: Optional, Kinds: access.Kinds(0).With(access.OwnToken)}, PathIsFinal: true, Upstream: 1, Site: 1, CallTimeout: 9, Example: "GET /v2/people/id=1", Docs: "https://x.example",
		Body: Body{Types: []string{"application/json", "text/*"}, TypesText: "application/json, text/*", CheckJSON: true, Max: 7, LengthRequired: true},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(Route{})); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if api := r.API; api.Base != "/v2" || api.Credentials.Need != Required || api.Profile != problem.LinkedIn || api.Upstream != 0 {
		t.Errorf("API %+v", api)
	}
}

func TestMethodsKnown(t *testing.T) {
	hidden := api("a", "", "GET,BREW /x", "POST /y", "OPTIONS /z", "* /all", "STIR /secret")
	for i := range hidden.Routes {
		if path := hidden.Routes[i].Path; path == "/all" || path == "/secret" {
			hidden.Routes[i].Products, hidden.Routes[i].Hidden = []string{"ads"}, true
		}
	}
	listed := build(t, api("a", "", "GET,BREW /x", "POST /y", "OPTIONS /z"), api("b", "/b", "* /all", "STIR /x"))
	for _, c := range []struct {
		name     string
		table    *Table
		path     string
		products access.ProductSet
		known    []string
		unknown  []string
	}{
		{"listed alone, whatever another API takes", listed, "/x", 0, []string{"GET", "TRACE", "PROPFIND", "BREW"}, []string{"get", "FOO", "STIR", "brew", ""}},
		{"beside a route without a list", listed, "/b/x", 0, []string{"GET", "TRACE", "STIR", "get", "FOO", "BREW"}, nil},
		{"beside hidden routes", build(t, hidden), "/x", 0, []string{"GET", "BREW"}, []string{"FOO", "STIR", "get"}},
		{"for whom nothing is hidden", build(t, hidden), "/x", 3, []string{"GET", "BREW", "FOO", "STIR", "get"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			var m Match
			c.table.Match([]byte("a"), []byte("NONE"), []byte(c.path), &m)
			for want, methods := range map[bool][]string{true: c.known, false: c.unknown} {
				for _, method := range methods {
					if c.table.Knows(&m, []byte(method), c.products) != want {
						t.Errorf("Knows(%q) is %v", method, !want)
					}
				}
			}
		})
	}
	table := listed
	if got := string(table.AppendMethods(nil)); got != "GET, HEAD, POST, OPTIONS, BREW, STIR, PUT, PATCH, DELETE" {
		t.Errorf("AppendMethods: %s", got)
	}
}

func TestBodyTakes(t *testing.T) {
	b := newBody(&BodySpec{Types: []string{"application/json", "text/*"}})
	for sent, want := range map[string]bool{
		"application/json": true, "Application/JSON ; charset=utf-8": true, "application/json;x": true, "application/jsonx": false, "text/plain": true,
		"TEXT/Plain": true, "text/": false, "text": false, "": false, "image/png": false,
	} {
		if b.Takes([]byte(sent)) != want {
			t.Errorf("Takes(%q) is %v", sent, !want)
		}
	}
	if every, none := newBody(&BodySpec{Types: []string{"*/*"}}), (Body{}); !every.Takes([]byte("a/b")) || !none.Takes(nil) {
		t.Error("*/* or no types refuse something")
	}
}

// TestTrieAgreesWithList holds the trie against the plain list, over patterns and paths that meet often.
func TestTrieAgreesWithList(t *testing.T) {
	segments := rapid.SampledFrom([]string{"/a", "/b", "/c", "/{x%d}", "/a{x%d}", "/{x%d}b", "/a{x%d}b", "/ab{x%d}", "/%%61b"})
	parts := rapid.SampledFrom([]string{"/a", "/b", "/c", "/ab", "/aab", "/abb", "/%61", "/%61%62", "/a%62b", "/", "/axb", "/%"})
	rapid.Check(t, func(t *rapid.T) {
		var patterns []string
		seen := map[string]bool{}
		for range rapid.IntRange(1, 12).Draw(t, "patterns") {
			text := ""
			for i := range rapid.IntRange(0, 4).Draw(t, "segments") {
				text += strings.TrimSuffix(fmt.Sprintf(segments.Draw(t, "segment"), i), fmt.Sprintf("%%!(EXTRA int=%d)", i))
			}
			text += rapid.SampledFrom([]string{"", "", "/", "/**"}).Draw(t, "end")
			parsed, err := parsePattern(text)
			key := fmt.Sprint(stripped(parsed))
			if text == "" || err != nil || seen[key] {
				continue
			}
			seen[key] = true
			patterns = append(patterns, text)
		}
		spec := APISpec{Name: "x", Upstream: "people"}
		for i, p := range patterns {
			spec.Routes = append(spec.Routes, Spec{Name: fmt.Sprint(i), Path: p})
		}
		table, errs := Build([]APISpec{spec}, deps())
		if len(errs) > 0 {
			t.Fatal(errs)
		}
		reference := newSlow(patterns...)
		for range 20 {
			path := strings.Join(rapid.SliceOfN(parts, 1, 5).Draw(t, "path"), "")
			var m Match
			table.Match(nil, []byte("GET"), []byte(path), &m)
			got := ""
			if m.Route != nil {
				got = m.Route.Pattern
			}
			if want := reference.match(path); got != want {
				t.Fatalf("%s among %q: %q, want %q", path, patterns, got, want)
			}
		}
	})
}

func stripped(pattern []segment) []segment {
	out := slices.Clone(pattern)
	for i := range out {
		out[i] = out[i].matches()
	}
	return out
}
