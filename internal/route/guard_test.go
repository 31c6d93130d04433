package route

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/access"
)

// another is a kind of credential beside access tokens of ours.
const another access.Kind = 7

// needs makes a route: "GET /x" public, unless more is said: bearer, either (a token or another kind), optional, a scope or a product.
func needs(name, path string, more ...string) Spec {
	public, optional, required := Credentials{Need: Public}, Credentials{Need: Optional}, Credentials{}
	s := Spec{Name: name, Path: path, Methods: []string{"GET"}, Credentials: &public}
	for _, m := range more {
		switch m {
		case "bearer":
			s.Credentials = &required
		case "optional":
			s.Credentials = &optional
		case "either":
			s.Credentials = &Credentials{Kinds: access.Kinds(0).With(access.OwnToken).With(another)}
		case "r_profile", "r_basic", "openid", "w_posts":
			s.Credentials, s.Scopes = &required, append(s.Scopes, []string{m})
		case "ads", "profile":
			s.Credentials, s.Products = &required, append(s.Products, m)
		case "hidden":
			s.Restricted, s.Hidden = true, true
		case "blobs":
			s.Upstream = m
		default:
			s.Methods = []string{m}
		}
	}
	return s
}

func routesOf(name, base string, routes ...Spec) APISpec {
	return APISpec{Name: name, Base: base, Upstream: "people", Routes: routes}
}

// stricter is the route that a call's path belongs to in its canonical form, "" for none, "-" where the call is not taken by any route.
func stricter(table *Table, host, method, path string) string {
	var m Match
	table.Match([]byte(host), []byte(method), []byte(path), &m)
	if m.Route == nil {
		return "-"
	}
	s, _ := table.Stricter([]byte(host), []byte(path), &m, nil)
	if s == nil {
		return ""
	}
	return s.Name
}

// spellings of /admin that a pattern with a wildcard takes, and that all are refused.
var spellings = []string{
	"/ADMIN", "/Admin", "/admin;x", "/admin;", "/admin%3B", "/admin%3bx=1", "/admin%20", "/admin%20%20", "/admin.", "/admin..", "/admin%2E", "/admin.%20", "/admin/", "/admin/;", "/admin/%20",
	"/admin/.%20", "/%2561dmin", "/%2541DMIN", "/%25%36%31dmin", "/admin%2520", "/admin%252e", "/admin%253Bx", "/admin%2500", "/admin%2509", "/admin%255C", "/;/admin", "/%20/admin",
	"/x/..%20/admin", "/x/%252e%252e/admin", "/x/..%252Fadmin", "/x%252F..%252Fadmin", "/%252Fadmin", "/admin%3F", "/admin%3Fa=b", "/admin%23x", "/admin%3F/x/y",
	"/%EF%BD%81dmin", "/%EF%BC%A1DMIN", "/adm%C4%B1n", "/ADM%C4%B0N", "/adm%25C4%25B1n", // as who folds Unicode, or takes wide letters for narrow ones, sees them
	"/admin%EF%BC%8E", "/admin%EF%BC%9Bx", "/admin%EF%BC%9Fx", "/x%EF%BC%8F..%EF%BC%8Fadmin", "/%EF%BC%85%36%31dmin", "/admin%25EF%25BC%258F", "/x%EF%BC%8F%EF%BC%8E%EF%BC%8E%EF%BC%BCadmin",
	"/admin%E2%80%A4", "/admin%E2%80%A6", "/x%E2%88%95%E2%80%A5%E2%81%84admin", "/x/%E2%80%A5%C2%A0/admin", // dots and slashes in other forms
	"/AdMiN%20;x=%41.", "/%2541%2544%254D%2549%254E%252E", "/%252561dmin", // the table, too, decodes what it compares
}

func TestOtherSpellings(t *testing.T) {
	catchAll := build(t, routesOf("a", "", needs("all", "/**"), needs("admin", "/admin", "bearer")))
	for _, path := range spellings {
		if got := stricter(catchAll, "", "GET", path); got != "a/admin" {
			t.Errorf("%s is let through: %q", path, got)
		}
	}
	for _, path := range []string{"/", "/admins", "/adm", "/admin/x", "/x/admin", "/admin.json", "/.admin", "/%C3%A4dmin", "/%C3%A1dmin", "/adm%C4%ABn", "/adm%EF%BC%8Fn", "/%EF%BD%81dmins", "/%EF%BD%81%EF%BC%8Fdmin", "/adm%C4n", "/ad%2520min", "/x%3F/admin"} {
		if got := stricter(catchAll, "", "GET", path); got != "" {
			t.Errorf("%s belongs to %s", path, got)
		}
	}
	off := routesOf("a", "", needs("all", "/**"), needs("admin", "/admin", "bearer"))
	off.Unguarded = true
	if got := stricter(build(t, off), "", "GET", "/ADMIN"); got != "" {
		t.Errorf("guard: off: %q", got)
	}
}

func TestStricter(t *testing.T) {
	hosted := func(api APISpec, host string) APISpec {
		api.Hosts = []string{host}
		return api
	}
	for _, c := range []struct {
		name  string
		apis  []APISpec
		calls map[string]string // "METHOD [host]path"
	}{
		{"a value in place of a literal", []APISpec{routesOf("a", "/v1", needs("page", "/{page}"), needs("admin", "/Admin", "bearer"))}, map[string]string{
			"/v1/ADMIN": "a/admin", "/v1/admin": "a/admin", "/v1/Admin": "", "/v1/Admin;x": "a/admin", "/v1/other": "", "/v1/admin/": "-", "/v1/x%252F..%252Fadmin": "a/admin",
		}},
		{"a value between literals", []APISpec{routesOf("a", "", needs("me", "/p/id={id}"), needs("one", "/p/id=me", "bearer"))}, map[string]string{
			"/p/id=ME": "a/one", "/p/id=me;x": "a/one", "/p/id=you": "", "/p/ID=ME": "-",
		}},
		{"the method does not count", []APISpec{routesOf("a", "", needs("all", "/**", "DELETE"), needs("admin", "/admin", "bearer"))}, map[string]string{"DELETE /ADMIN": "a/admin", "DELETE /x": ""}},
		{"one path, two methods", []APISpec{routesOf("a", "", needs("read", "/{page}"), needs("write", "/{page}", "bearer", "POST"))}, map[string]string{"/Foo": "", "/foo;x": ""}},
		{"one pattern, spelled in two ways", []APISpec{routesOf("a", "", needs("read", "/U/{id}"), needs("write", "/u/{id}", "bearer"))}, map[string]string{"/U/1": "a/write", "/u/1": ""}},
		{"a literal was meant", []APISpec{routesOf("a", "", needs("read", "/Admin"), needs("write", "/admin", "bearer"))}, map[string]string{"/Admin": "", "/admin": ""}},
		{"but not in another API", []APISpec{routesOf("a", "/API", needs("read", "/admin")), routesOf("b", "/api", needs("write", "/admin", "bearer"))}, map[string]string{
			"/API/admin": "b/write", "/api/admin": "",
		}},
		{"what is carved out of another API", []APISpec{routesOf("a", "", needs("any", "/users/{id}", "bearer")), routesOf("b", "/users/me", needs("me", ""))}, map[string]string{
			"/users/me": "", "/users/ME": "", "/users/me;x": "",
		}},
		{"a base in other letters", []APISpec{routesOf("a", "", needs("all", "/**")), routesOf("b", "/v2", needs("me", "/me", "bearer"), needs("open", "/open"), needs("ads", "/ads", "ads", "hidden"))}, map[string]string{
			"/V2/me": "b/me", "/v2;x/me": "b/me", "/V2/open": "", "/v3/me": "",
			"/V2/ads": "b/ads", "/V2/nothing": "b/me", "/V2": "b/me", // what is not there, and what is hidden, is not told from what is there
		}},
		{"also where a token is asked for in both", []APISpec{routesOf("a", "", needs("all", "/**", "bearer")), routesOf("b", "/v2", needs("me", "/me", "bearer"), needs("ads", "/ads", "ads", "hidden"))}, map[string]string{
			"/V2/ads": "b/ads", "/V2/nothing": "b/ads", "/V2/me": "",
		}},
		{"a literal further down is open", []APISpec{routesOf("a", "", needs("all", "/**"), needs("any", "/admin/{x}", "bearer"), needs("help", "/admin/help"))}, map[string]string{
			"/ADMIN/help": "", "/ADMIN/users": "a/any", "/admin/HELP": "",
		}},
		{"everything below", []APISpec{routesOf("a", "", needs("all", "/**"), needs("below", "/admin/**", "bearer"))}, map[string]string{
			"/ADMIN": "a/below", "/Admin/x/y": "a/below", "/admin%20/x": "a/below", "/administrator": "",
		}},
		{"a reader that does less", []APISpec{routesOf("a", "", needs("all", "/**"), needs("edit", "/admin/{id}/edit", "bearer"), needs("below", "/secret/**", "bearer"))}, map[string]string{
			"/ADMIN/1/edit": "a/edit", "/ADMIN/%20/edit": "a/edit", "/ADMIN/.../edit": "a/edit", "/ADMIN/;1/edit": "a/edit", "/ADMIN/%2520/edit": "a/edit", "/ADMIN/%252e/edit": "a/edit",
			"/ADMIN/1%252fx/edit": "a/edit", "/Admin/1%252f../edit": "a/edit", "/SECRET/%252e%252e/x": "a/below", "/SECRET/..%2520/x": "a/below", "/SECRET/..%253b/x": "a/below",
			"/SECRET/1%252f%252e%252e%252f%252e%252e%252fx": "a/below", "/%2573ecret/%252e%252e/x": "a/below", "/x/%2520/edit": "", "/x/%252e%252e/y": "",
		}},
		{"a reader that cuts nothing off", []APISpec{routesOf("a", "", needs("all", "/**"), needs("pdf", "/files/{x}.pdf", "bearer"), needs("id", "/people/id={id}", "bearer"))}, map[string]string{
			"/files/a.PDF": "a/pdf", "/files/a;.PDF": "a/pdf", "/files/a%253b.PDF": "a/pdf", "/people/ID=5": "a/id", "/people/Id=%20": "a/id", "/people/ID=;a": "a/id", "/people/ID=.": "a/id",
			"/files/a;x.txt": "", "/people/5;a": "",
		}},
		{"letters beyond ASCII", []APISpec{routesOf("a", "", needs("all", "/**"), needs("keys", "/Keys/{id}", "bearer"), needs("strasse", "/stra%C3%9Fe", "bearer"), needs("sun", "/%E2%98%89/{x}.pdf", "bearer"))}, map[string]string{
			"/%E2%84%AAEY%C5%BF/1": "a/keys", "/%e2%84%aaeys/1": "a/keys", "/STRA%C3%9FE": "a/strasse", "/%C5%BFtra%C3%9Fe": "a/strasse", "/strasse": "", "/%E2%98%89/x.PD%EF%BC%A6": "a/sun", "/%E2%98%8A/x.PDF": "",
		}},
		{"a value that is nothing", []APISpec{routesOf("a", "", needs("x", "/{a}/admin"), needs("admin", "/admin", "bearer"))}, map[string]string{"/;x/admin": "a/admin", "/%20/admin": "a/admin", "/x/admin": ""}},
		{"another upstream", []APISpec{routesOf("a", "", needs("all", "/**", "blobs"), needs("admin", "/admin", "bearer"))}, map[string]string{"/ADMIN": ""}},
		{"a token and a scope", []APISpec{routesOf("a", "", needs("all", "/**", "bearer"), needs("admin", "/admin", "w_posts"))}, map[string]string{"/ADMIN": "a/admin", "/x": ""}},
		{"another scope", []APISpec{routesOf("a", "", needs("all", "/**", "r_profile"), needs("admin", "/admin", "w_posts"))}, map[string]string{"/ADMIN": "a/admin"}},
		{"one scope of two", []APISpec{routesOf("a", "", needs("all", "/**", "r_profile", "r_basic"), needs("admin", "/admin", "r_profile"))}, map[string]string{"/ADMIN": "a/admin"}},
		{"two scopes of one", []APISpec{routesOf("a", "", needs("all", "/**", "r_profile"), needs("admin", "/admin", "r_profile", "r_basic"))}, map[string]string{"/ADMIN": ""}},
		{"a product", []APISpec{routesOf("a", "", needs("all", "/**", "bearer"), needs("ads", "/ads", "ads"))}, map[string]string{"/ADS": "a/ads"}},
		{"one product of two", []APISpec{routesOf("a", "", needs("all", "/**", "ads", "profile"), needs("ads", "/ads", "ads"))}, map[string]string{"/ADS": "a/ads"}},
		{"optional asks for nothing", []APISpec{routesOf("a", "", needs("all", "/**"), needs("me", "/me", "optional"))}, map[string]string{"/ME": ""}},
		{"from optional to a token", []APISpec{routesOf("a", "", needs("all", "/**", "optional"), needs("me", "/me", "bearer"))}, map[string]string{"/ME": "a/me"}},
		{"from either kind to a token", []APISpec{routesOf("a", "", needs("all", "/**", "either"), needs("me", "/me", "bearer"))}, map[string]string{"/ME": "a/me"}},
		{"from a token to either kind", []APISpec{routesOf("a", "", needs("all", "/**", "bearer"), needs("me", "/me", "either"))}, map[string]string{"/ME": ""}},
		{"the stricter takes the rest", []APISpec{routesOf("a", "", needs("all", "/**", "bearer"), needs("open", "/open"))}, map[string]string{"/OPEN": "", "/open": "", "/open;x": ""}},
		{
			"hosts apart",
			[]APISpec{hosted(routesOf("a", "", needs("all", "/**")), "a.example"), hosted(routesOf("b", "", needs("admin", "/admin", "bearer")), "b.example")},
			map[string]string{"a.example/ADMIN": "", "b.example/admin": ""},
		},
		{
			"a host and every host",
			[]APISpec{hosted(routesOf("a", "/v2", needs("admin", "/admin", "bearer")), "*.example"), routesOf("b", "", needs("all", "/**"))},
			map[string]string{"x.example/V2/admin": "a/admin", "X.EXAMPLE:80/V2/admin": "a/admin", "other/V2/admin": ""},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			table := build(t, c.apis...)
			for call, want := range c.calls {
				method, host, path := "GET", "", call
				if _, err := fmt.Sscanf(call, "DELETE %s", &path); err == nil {
					method = "DELETE"
				}
				for path[0] != '/' {
					host, path = host+path[:1], path[1:]
				}
				if got := stricter(table, host, method, path); got != want {
					t.Errorf("%s belongs to %q, want %q", call, got, want)
				}
			}
		})
	}
}

// TestSites: two upstreams that lead to one place are one, to whoever reads the path there.
func TestSites(t *testing.T) {
	spec := routesOf("a", "", needs("all", "/**", "blobs"), needs("admin", "/admin", "bearer"))
	for name, c := range map[string]struct {
		sites map[int]int
		want  string
	}{"apart": {nil, ""}, "one place": {map[int]int{0: 0, 1: 0}, "a/admin"}} {
		table, mistakes := Build([]APISpec{spec}, Deps{Upstreams: map[string]int{"people": 0, "blobs": 1}, Sites: c.sites})
		if len(mistakes) > 0 {
			t.Fatal(mistakes)
		}
		if got := stricter(table, "", "GET", "/ADMIN"); got != c.want {
			t.Errorf("%s: /ADMIN belongs to %q, want %q", name, got, c.want)
		}
	}
}

// TestNothingIsFoldedInVain: where no spelling of a pattern can be a stricter route, nothing is built.
func TestNothingIsFoldedInVain(t *testing.T) {
	for name, c := range map[string]struct {
		routes []Spec
		folds  bool
	}{
		"one kind":            {[]Spec{needs("a", "/**"), needs("b", "/admin")}, false},
		"literals alone":      {[]Spec{needs("a", "/x", "bearer"), needs("b", "/y", "r_profile"), needs("c", "/z")}, false},
		"apart":               {[]Spec{needs("a", "/p/{x}", "r_profile"), needs("b", "/q/{x}", "w_posts")}, true}, // /p/..%252Fq
		"another upstream":    {[]Spec{needs("a", "/**", "blobs"), needs("b", "/admin", "bearer")}, false},
		"a collection":        {[]Spec{needs("a", "/p/{x}", "r_profile"), needs("b", "/p", "w_posts")}, true},
		"a catch-all":         {[]Spec{needs("a", "/**"), needs("b", "/admin", "bearer")}, true},
		"one path, two kinds": {[]Spec{needs("a", "/{x}"), needs("b", "/{x}", "bearer", "POST")}, true},
	} {
		table := build(t, routesOf("a", "", c.routes...))
		if got := len(table.any.folds) > 0; got != c.folds {
			t.Errorf("%s: folded %v", name, got)
		}
	}
	apart := build(t, routesOf("a", "", needs("a", "/p/{x}", "r_profile"), needs("b", "/q/{x}", "w_posts")))
	for path, want := range map[string]guarding{"/p/X;y": ifTwisted, "/p/..%252Fq%252Fx": ifTwisted} {
		var m Match
		apart.Match(nil, []byte("GET"), []byte(path), &m)
		if m.leaf.guard != want {
			t.Errorf("%s: guard %d, want %d", path, m.leaf.guard, want)
		}
	}
	collection := build(t, routesOf("a", "", needs("a", "/p/{x}", "r_profile"), needs("b", "/p", "w_posts")))
	var m Match
	collection.Match(nil, []byte("GET"), []byte("/p/1"), &m)
	if got := stricter(collection, "", "GET", "/p/%20"); m.leaf.guard != ifTwisted || got != "a/b" {
		t.Errorf("a collection: guard %d; its other spelling belongs to %q", m.leaf.guard, got)
	}
	if got := stricter(apart, "", "GET", "/p/..%252Fq%252Fx"); got != "a/b" {
		t.Errorf("a path that leads elsewhere belongs to %q", got)
	}
}

func TestStricterAllocatesNothing(t *testing.T) {
	table := build(t, routesOf("a", "", needs("all", "/**"), needs("admin", "/admin", "bearer")))
	scratch := make([]byte, 0, 256)
	for _, path := range append([]string{"/some/ordinary/path"}, spellings...) {
		raw := []byte(path)
		var m Match
		table.Match(nil, []byte("GET"), raw, &m)
		if n := testing.AllocsPerRun(100, func() { _, scratch = table.Stricter(nil, raw, &m, scratch) }); n != 0 {
			t.Errorf("%s: %v allocations", path, n)
		}
	}
}

func BenchmarkStricter(b *testing.B) {
	spec := many(10_000)
	spec.Routes = append(spec.Routes, needs("all", "/**"), needs("open", "/open/{id}"))
	table := build(b, spec)
	for _, path := range []string{"/v2/open/5", "/v2/anything/else", "/v2/RESOURCE00001;x"} {
		b.Run(path, func(b *testing.B) {
			b.ReportAllocs()
			var m Match
			scratch := make([]byte, 0, 256)
			table.Match(nil, []byte("GET"), []byte(path), &m)
			for b.Loop() {
				_, scratch = table.Stricter(nil, []byte(path), &m, scratch)
			}
		})
	}
}

// FuzzSpelling: no spelling whose canonical form is a stricter route passes, and none is refused that is not.
func FuzzSpelling(f *testing.F) {
	for _, path := range spellings {
		f.Add([]byte(path))
	}
	for _, path := range []string{"/Users/5;x/keys", "/users/%252e%252e/admin", "/FILES/%252e%252e/x", "/USERS/%20/keys", "/USERS/;1/keys", "/v2/me", "/V2/ME.", "/FILES/a/../b", "/open/x", "/p/id=ME", "/v2/%2e.%20/admin", "/%E2%84%AA%C5%BF/x%EF%BC%8F..%EF%BC%8Fadmin"} {
		f.Add([]byte(path))
	}
	apis := []APISpec{
		routesOf("a", "", needs("all", "/**"), needs("admin", "/Admin", "bearer"), needs("keys", "/users/{id}/keys", "bearer"), needs("files", "/files/**", "bearer"),
			needs("user", "/users/{id}"), needs("id", "/p/id={id}"), needs("me", "/p/id=me", "bearer"), needs("open", "/open/{x}"), needs("value", "/{x}/deep")),
		routesOf("b", "/v2", needs("me2", "/me", "bearer"), needs("some", "/{x}/y")),
	}
	table := build(f, apis...)
	strict := map[string]bool{"a/admin": true, "a/keys": true, "a/files": true, "a/me": true, "b/me2": true}
	plain := build(f, foldedSpecs(apis)...)
	f.Fuzz(func(t *testing.T, path []byte) {
		if checkPath(path, 0, new(Accept)).Bad() || len(path) > 0 && path[0] != '/' {
			return
		}
		var m, c Match
		table.Match(nil, []byte("GET"), path, &m)
		if m.Route == nil || strict[m.Route.Name] || !m.leaf.wild && m.Route.API.Name == "a" {
			return
		}
		form := canonical(nil, path, everything)
		want := false
		for r := range everything + 1 {
			plain.Match(nil, []byte("GET"), []byte(careless(string(path), r)), &c)
			want = want || c.Route != nil && strict[c.Route.Name] || c.Route == nil && c.API != nil && c.API.Name == "b" && m.API.Name != "b"
		}
		got, _ := table.Stricter(nil, path, &m, nil)
		if (got != nil) != want {
			t.Errorf("%q, plainly %q, taken by %s: belongs to %v; some reader comes to a stricter one: %v", path, form, m.Route.Name, got, want)
		}
		if again := canonical(nil, escapedTwice(form), everything); string(again) != string(form) {
			t.Errorf("%q becomes %q, and that becomes %q", path, form, again)
		}
	})
}

// foldedSpecs are APIs whose patterns are written in their canonical form.
func foldedSpecs(apis []APISpec) (out []APISpec) {
	for _, a := range apis {
		routes := append([]Spec(nil), a.Routes...)
		for i := range routes {
			if routes[i].Path == "/Admin" {
				routes[i].Path = "/admin"
			}
		}
		a.Routes = routes
		out = append(out, a)
	}
	return out
}

func escaped(path []byte) (out []byte) {
	for _, c := range path {
		if c == '%' {
			out = append(out, "%25"...)
			continue
		}
		out = append(out, c)
	}
	return out
}

func escapedTwice(path []byte) []byte { return escaped(escaped(path)) }

func TestSpellingWarnings(t *testing.T) {
	for name, c := range map[string]struct {
		apis []APISpec
		want []string
	}{
		"what stays open": {[]APISpec{routesOf("a", "/v1", needs("all", "/**"), needs("admin", "/admin", "bearer"), needs("keys", "/keys/{id}", "r_profile"))}, []string{
			`[apis 0 routes 1 path] /v1/** takes /v1/admin.json, and asks for less than /v1/admin: if the API answers both alike, protect that too, as in /v1/admin.{format}`,
		}},
		"a scope more": {[]APISpec{routesOf("a", "", needs("any", "/{x}", "r_profile"), needs("admin", "/admin", "w_posts"))}, []string{
			`[apis 0 routes 1 path] /{x} takes /admin.json, and asks for less than /admin: if the API answers both alike, protect that too, as in /admin.{format}`,
		}},
		"protected too":    {[]APISpec{routesOf("a", "", needs("all", "/**"), needs("admin", "/admin", "bearer"), needs("format", "/admin.{format}", "bearer"))}, nil},
		"another upstream": {[]APISpec{routesOf("a", "", needs("all", "/**", "blobs"), needs("admin", "/admin", "bearer"))}, nil},
		"nothing weaker":   {[]APISpec{routesOf("a", "", needs("all", "/**", "bearer"), needs("open", "/open"))}, nil},
		"no call reaches it": {[]APISpec{routesOf("a", "/API", needs("read", "/{x}")), routesOf("b", "/api", needs("write", "/{y}", "bearer"))}, []string{
			`[apis 0 routes 0 path] no call reaches /API/{x}: it is another spelling of /api/{y}, which asks for more; ask for the same in both, or say guard: off for API "a"`,
		}},
	} {
		_, warnings := Examine(c.apis, nil, nil)
		var got []string
		for _, w := range warnings {
			got = append(got, fmt.Sprintf("%v %s", w.Where(), w.Text))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
