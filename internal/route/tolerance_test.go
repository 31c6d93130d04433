package route

import (
	"strings"
	"testing"

	"github.com/candor-gateway/candor/internal/quota"
)

// TestTolerated has for each kind what it lets pass, and what it does not.
func TestTolerated(t *testing.T) {
	for _, c := range []struct {
		path, query string
		needs       Accept // of any path: exactly what has to be tolerated
		never       bool
	}{
		{path: "/a//b", needs: DoubleSlash},
		{path: "//a", needs: DoubleSlash},
		{path: "/a//", needs: DoubleSlash},
		{path: "/a///b", needs: DoubleSlash},
		{path: "/projects/group%2Fproject", needs: EncodedSlash},
		{path: "/@scope%2fname", needs: EncodedSlash},
		{path: "/queues/%2F/name", needs: EncodedSlash}, // a vhost of nothing but a slash
		{path: "/a%2F%2Fb", needs: EncodedSlash},
		{path: "/a/./b", needs: DotSegments},
		{path: "/a/../b", needs: DotSegments},
		{path: "/a/%2e%2E/b", needs: DotSegments},
		{path: "/a/..;x/b", needs: DotSegments},
		{path: "/a/..", needs: DotSegments},
		{path: "/a%2F..%2Fb", needs: EncodedSlash | DotSegments},
		{path: "/..%2Fb", needs: EncodedSlash | DotSegments},
		{path: "/a%2F.", needs: EncodedSlash | DotSegments},
		{path: `/a\b`, needs: Backslash},
		{path: "/a%5cb", needs: Backslash},
		{path: `/a\..\b`, needs: Backslash | DotSegments},
		{path: "/a%5C..%5Cb", needs: Backslash | DotSegments},
		{path: `/\a`, needs: Backslash | DoubleSlash},
		{path: `/a\\b`, needs: Backslash | DoubleSlash},
		{path: `/a\/b`, needs: Backslash | DoubleSlash},
		{path: "/a%zz", needs: PathEscape},
		{path: "/100%", needs: PathEscape},
		{path: "/a%u0041", needs: PathEscape},
		{path: "/a%00b", needs: PathEscape},
		{path: "/a%0D%0A", needs: PathEscape},
		{path: "/a%7f", needs: PathEscape},
		{path: "/caf\xc3\xa9", needs: PathRaw},
		{path: "/日本/\xff", needs: PathRaw},
		{path: "/a//b/../%2F\\\xe9%", needs: DoubleSlash | DotSegments | EncodedSlash | Backslash | PathRaw | PathEscape},
		{path: "/a", query: "q=\xe9", needs: QueryRaw},
		{path: "/a", query: "a#b", needs: QueryRaw},
		{path: "/a//", query: "a#b", needs: DoubleSlash | QueryRaw},
		{path: "/a", query: "a=\x01", never: true},
		{path: "/a\x01", never: true},
		{path: "/a#b", never: true},
		{path: "/a\x7f", never: true},
		{path: "/%c0%af", never: true},
		{path: "/%c0%ae%c0%ae/b", never: true},
		{path: "/%e0%80%af", never: true},
		{path: "/\xc0\xaf", never: true},
		{path: "/\xc0%af", never: true},
		{path: "/%c0\xaf", never: true},
	} {
		var needed Accept
		f := checkPath([]byte(c.path), AcceptAll, &needed)
		if !f.Bad() {
			f = checkQuery([]byte(c.query), 0, AcceptAll, &needed)
		}
		if f.Bad() != c.never || !c.never && needed != c.needs {
			t.Errorf("%q?%q: %+v, needs %s, want %s (never: %v)", c.path, c.query, f, needed, c.needs, c.never)
		}
		for _, a := range c.needs.All() { // nor without one of them, whatever else is tolerated
			var used Accept
			if !checkPath([]byte(c.path), AcceptAll&^a, &used).Bad() && !checkQuery([]byte(c.query), 0, AcceptAll&^a, &used).Bad() {
				t.Errorf("%q?%q passes without %s", c.path, c.query, a)
			}
		}
	}
}

func TestAcceptInForce(t *testing.T) {
	a := routesOf("a", "/v1", needs("open", "/open/**"), needs("own", "/own/{x}"), needs("read", "/two"), needs("write", "/two", "POST"))
	a.Accept = DoubleSlash | DotSegments
	own, two, none := EncodedSlash, DoubleSlash|Backslash, Accept(0)
	a.Routes[1].Accept, a.Routes[2].Accept, a.Routes[3].Accept = &own, &two, &none
	table := build(t, a)
	for call, want := range map[string]Accept{
		"GET /v1/open/x": DoubleSlash | DotSegments, "GET /v1/own/x": EncodedSlash, "GET /v1/nothing": DoubleSlash | DotSegments, "GET /elsewhere": 0,
		"GET /v1/two": two, "POST /v1/two": none, "DELETE /v1/two": none,
	} {
		method, path, _ := strings.Cut(call, " ")
		var m Match
		table.Match(nil, []byte(method), []byte(path), &m)
		if got := m.Accept(); got != want {
			t.Errorf("%s: %s, want %s", call, got, want)
		}
	}
}

// taken is what becomes of a path: the route that takes it, "url" for one that is refused as such, "guard" and the stricter route for another spelling, "404".
func taken(table *Table, path string) string {
	var m Match
	table.Match(nil, []byte("GET"), []byte(path), &m)
	if f := table.CheckURL(&m, []byte(path), nil); f.Bad() {
		return "url"
	}
	if m.Route == nil {
		return "404"
	}
	switch s, _ := table.Stricter(nil, []byte(path), &m, nil); {
	case s == nil:
		return m.Route.Name
	case s.IsNowhere():
		return "guard nowhere"
	default:
		return "guard " + s.Name
	}
}

func tolerant(accept Accept, base string, routes ...Spec) APISpec {
	a := routesOf("a", base, routes...)
	a.Accept = accept
	return a
}

// TestToleratedPaths: a path that is tolerated is matched segment by segment as it came, and is another spelling wherever some reader finds a stricter route.
func TestToleratedPaths(t *testing.T) {
	for name, c := range map[string]struct {
		apis  []APISpec
		paths map[string]string
	}{
		"an encoded slash is a byte of its segment": {
			[]APISpec{tolerant(EncodedSlash, "/api/v4", needs("project", "/projects/{id}"), needs("issues", "/projects/{id}/issues"), needs("queue", "/queues/{vhost}/{name}"), needs("package", "/@{name}"))},
			map[string]string{
				"/api/v4/projects/group%2Fproject": "a/project", "/api/v4/projects/group%2fproject/issues": "a/issues", "/api/v4/queues/%2F/name": "a/queue",
				"/api/v4/@scope%2fname": "a/package", "/api/v4/projects/a//b": "url", "/api/v4/projects/a%2F..%2Fb": "url", "/api/v4/projects%2Fa": "404",
			},
		},
		"one that leads to a stricter route": {
			[]APISpec{tolerant(EncodedSlash, "", needs("project", "/projects/{id}"), needs("keys", "/projects/{id}/keys", "bearer"), needs("all", "/**"), needs("admin", "/admin/x", "bearer"))},
			map[string]string{
				"/projects/group%2Fproject": "a/project", "/projects/group%2Fkeys": "guard a/keys", "/projects%2Fgroup%2FKEYS": "guard a/keys", "/admin%2Fx": "guard a/admin",
				"/%2Fadmin/x": "guard a/admin", "/admin%2Fy": "a/all", "/admin/%2Fx": "guard a/admin", "/admin/x%2F": "guard a/admin", "/admin%2Fx;y": "guard a/admin",
			},
		},
		"empty segments": {
			[]APISpec{tolerant(DoubleSlash, "", needs("all", "/**"), needs("admin", "/admin", "bearer"), needs("below", "/secret/**", "bearer"), needs("edit", "/edit/{id}/now", "bearer"))},
			map[string]string{
				"/a//b": "a/all", "//a": "a/all", "//admin": "guard a/admin", "/admin//": "guard a/admin", "//host/admin": "guard a/admin", "///host/ADMIN": "guard a/admin",
				"//secret/x": "guard a/below", "//x//secret": "guard a/below", "/edit//now": "guard a/edit", "//edit//1//now": "guard a/edit", "/secret//x": "a/below", "//host/other": "a/all",
			},
		},
		"dot segments": {
			[]APISpec{tolerant(DotSegments, "", needs("all", "/**"), needs("admin", "/admin", "bearer"), needs("edit", "/edit/{id}/now", "bearer"))},
			map[string]string{
				"/a/./b": "a/all", "/a/../b": "a/all", "/x/../admin": "guard a/admin", "/./admin": "guard a/admin", "/admin/.": "guard a/admin", "/admin/x/..": "guard a/admin",
				"/x/%2e%2e/admin": "guard a/admin", "/x/.%2e/ADMIN": "guard a/admin", "/x/..;y/admin": "guard a/admin", "/x/%2e%2e/../admin": "guard a/admin",
				"/edit/../now": "a/edit", "/../../admin": "guard a/admin", "/x/y/../../admin": "guard a/admin", "/admin/../b": "a/all",
			},
		},
		"out of a pattern, to where no route is": {
			[]APISpec{tolerant(DotSegments|DoubleSlash|EncodedSlash, "", needs("public", "/public/**"), needs("other", "/other"))},
			map[string]string{
				"/public/a/../b": "a/public", "/public/./a": "a/public", "/public/../internal": "guard nowhere", "/public/..": "guard nowhere", "/public/%2e%2e/internal": "guard nowhere",
				"/public/../other": "a/public", "/public/a//b": "a/public", "/public/..//other": "guard nowhere", "/public/x%2F..%2F..%2Finternal": "guard nowhere", "/public/x%2Fy": "a/public",
				"/public/..;/internal": "guard nowhere", "//public/x": "404",
			},
		},
		"backslashes": {
			[]APISpec{tolerant(Backslash|DoubleSlash|DotSegments, "", needs("all", "/**"), needs("admin", "/admin/x", "bearer"))},
			map[string]string{
				`/a\b`: "a/all", `/admin\x`: "guard a/admin", "/admin%5Cx": "guard a/admin", `/\host\admin\x`: "guard a/admin", `/a\..\admin\x`: "guard a/admin", `/a\b/../admin/x`: "guard a/admin",
				`/a/..\admin/x`: "guard a/admin",
			},
		},
		"escapes": {
			[]APISpec{tolerant(PathEscape|PathRaw, "", needs("all", "/**"), needs("admin", "/admin", "bearer"))},
			map[string]string{
				"/100%": "a/all", "/a%zz": "a/all", "/%u0061dmin": "guard a/admin", "/adm%u0069n": "guard a/admin", "/%uFF41dmin": "guard a/admin", "/a%dmin": "guard a/admin", "/admin%": "guard a/admin",
				"/admin%00": "guard a/admin", "/admin%00.png": "guard a/admin", "/admin%0a": "guard a/admin", "/%%36%31dmin": "guard a/admin", "/admin\xef\xbc\x8f": "guard a/admin",
				"/\xef\xbd\x81dmin": "guard a/admin", "/caf\xc3\xa9": "a/all",
			},
		},
		"several at once": {
			[]APISpec{tolerant(AcceptAnywhere, "", needs("all", "/**"), needs("users", "/admin/users", "bearer"))},
			map[string]string{
				`/x%2Fy/../admin%2Fusers`: "guard a/users", "/.//h/admin/users": "guard a/users", "/x%2F..%2Fadmin//users": "guard a/users",
				`/a/..;/%2e/b\..\%u0061%2F%2F..//x%`: "guard nowhere", // more readings than are looked at
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			table := build(t, c.apis...)
			for path, want := range c.paths {
				if got := taken(table, path); got != want {
					t.Errorf("%s: %s, want %s", path, got, want)
				}
			}
		})
	}
}

// TestToleratedPathsPassNoCheck: another spelling does not pass what a route looks at beside who calls, but what it does not mind may pass.
func TestToleratedPathsPassNoCheck(t *testing.T) {
	small := needs("small", "/small", "POST")
	small.Body.Max = 8
	typed := needs("typed", "/typed", "POST")
	typed.Body.Types = []string{"application/json"}
	checked := needs("checked", "/checked", "POST")
	checked.Body.CheckJSON = true
	sized := needs("sized", "/sized", "POST")
	sized.Body.LengthRequired = true
	versioned := needs("versioned", "/versioned")
	versioned.Version = &VersionSpec{Header: "Version", Active: []string{"202501"}}
	limited := needs("limited", "/limited")
	limited.Quota = "few"
	all := needs("all", "/**")
	all.Methods = nil
	a := tolerant(DoubleSlash|DotSegments, "", all, needs("read", "/read"), small, typed, checked, sized, versioned, limited)
	table, mistakes := Build([]APISpec{a}, Deps{Upstreams: map[string]int{"people": 0}, Quota: func(string, string) *quota.Set { return new(quota.Set) }})
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	for call, want := range map[string]string{
		"GET //read": "", "HEAD /x/../read": "", "DELETE //read": "a/read", "DELETE /x/../READ": "a/read", "POST //small": "a/small", "POST //typed": "a/typed", "POST /./checked": "a/checked",
		"POST /sized//": "a/sized", "GET //versioned": "a/versioned", "GET //host/limited": "a/limited", "GET //other": "", "PUT //small": "a/small",
	} {
		method, path, _ := strings.Cut(call, " ")
		var m Match
		table.Match(nil, []byte(method), []byte(path), &m)
		if f := table.CheckURL(&m, []byte(path), nil); f.Bad() {
			t.Fatalf("%s: %+v", call, f)
		}
		got := ""
		if s, _ := table.Stricter(nil, []byte(path), &m, nil); s != nil {
			got = s.Name
		}
		if got != want {
			t.Errorf("%s: %q, want %q", call, got, want)
		}
	}
}

func TestGuardOffTolerates(t *testing.T) {
	a := tolerant(DotSegments, "", needs("all", "/**"), needs("admin", "/admin", "bearer"))
	a.Unguarded = true
	if got := taken(build(t, a), "/x/../admin"); got != "a/all" {
		t.Errorf("guard: off: %s", got)
	}
}

func TestToleratedPathsAllocateNothing(t *testing.T) {
	table := build(t, tolerant(AcceptAnywhere, "", needs("all", "/**"), needs("admin", "/admin", "bearer")))
	scratch, method := make([]byte, 0, 512), []byte("GET")
	for _, path := range []string{"/projects/group%2Fproject", "/a//b", "/x/../y", `/a\b`, "/caf\xc3\xa9/%", "//host/admin", "/x/%2e%2e/../%2F/y"} {
		raw := []byte(path)
		if n := testing.AllocsPerRun(100, func() {
			var m Match
			table.Match(nil, method, raw, &m)
			table.CheckURL(&m, raw, nil)
			_, scratch = table.Stricter(nil, raw, &m, scratch)
		}); n != 0 {
			t.Errorf("%s: %v allocations", path, n)
		}
	}
}
