package route

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// rewritten is an API with one route that is rewritten.
func rewritten(base, path string, spec RewriteSpec) APISpec {
	a := routesOf("a", base, needs("r", path))
	a.Routes[0].Rewrite = &spec
	return a
}

func TestRewrite(t *testing.T) {
	for _, c := range []struct {
		base, path string
		spec       RewriteSpec
		prefix     string            // of the upstream's URL
		calls      map[string]string // target → target at the upstream; "" it is refused
	}{
		{"/v2", "/**", RewriteSpec{Strip: "/v2"}, "", map[string]string{
			"/v2": "/", "/v2/": "/", "/v2/me": "/me", "/v2/me/": "/me/", "/v2/me?a=b": "/me?a=b", "/v2?": "/?", "/%76%32/me": "/me", "/v2/%6De%20x": "/%6De%20x", "/v2/a%2": "/a%2", "/v2//x": "", "/v2/a//": "",
			"/v2/../x": "", "/v2/%2e": "", "/v2/a/.;x": "", "/v2/a%2Fb": "", "/v2/a%5cb": "", "/v2/a\\b": "", "/v2/a..b": "/a..b", "/v2/...": "/...",
		}},
		{"/v2", "/{x}/**", RewriteSpec{Strip: "/v2"}, "/api/v3", map[string]string{
			"/v2/me": "/api/v3/me", "/v2/me/x?": "/api/v3/me/x?",
			// what leaves /api/v3 for who decodes more than once
			"/v2/..%252fx": "", "/v2/..%EF%BC%8F..%ef%bc%8fadmin": "", "/v2/a/%EF%BC%8E%EF%BC%8E/%E2%80%A5/x": "", "/v2/%EF%BC%8E\uFF0E/x": "", "/v2/%25EF%25BC%258E./x": "", "/v2/..%EF%BC%8Fa%E2%80%A6": "", "/v2/..%252F..%252fadmin": "", "/v2/a/%252e%252e%252f..%252fx": "", "/v2/%25252e./x": "", "/v2/..;a%252fx": "", "/v2/..%2520%255Cx": "", "/v2/%252e%252e": "",
			"/v2/a%EF%BC%8Fb": "/api/v3/a%EF%BC%8Fb", "/v2/caf%C3%A9/..%EF%BC%8Eb": "/api/v3/caf%C3%A9/..%EF%BC%8Eb", "/v2/a%252fb": "/api/v3/a%252fb", "/v2/a/..%252fb": "/api/v3/a/..%252fb", "/v2/100%25": "/api/v3/100%25", "/v2/...%252fx": "/api/v3/...%252fx", "/v2/.%252fx": "/api/v3/.%252fx", "/v2/..a%252fx": "/api/v3/..a%252fx",
		}},
		{"/v2", "", RewriteSpec{Strip: "/v2"}, "/v3", map[string]string{"/v2": "/v3"}},
		{"/v2", "/", RewriteSpec{Strip: "/v2"}, "/v3", map[string]string{"/v2/": "/v3/"}},
		{"", "/**", RewriteSpec{}, "/v3", map[string]string{"/": "/v3/", "/x": "/v3/x", "/x/../y": "", "/x?a": "/v3/x?a"}},
		{"/v2", "/users/{id}", RewriteSpec{Strip: "/v2/users"}, "", map[string]string{"/v2/users/7": "/7"}},
		{"/v2", "/people/{id}", RewriteSpec{Template: "/v1/users/{id}"}, "", map[string]string{
			"/v2/people/7": "/v1/users/7", "/v2/people/a%20b;c?x=%41": "/v1/users/a%20b;c?x=%41", "/v2/people/%C3%A4": "/v1/users/%C3%A4", "/v2/people/..": "", "/v2/people/%2e%2E": "", "/v2/people/a%2fb": "", "/v2/people/..%252f..": "", "/v2/people/x%252f..%252f..": "", "/v2/people/x%252f..": "/v1/users/x%252f..",
		}},
		{"", "/people/id={id}.json", RewriteSpec{Template: "/u/{id}"}, "", map[string]string{"/people/id=7.json": "/u/7", "/people/%69d=7%2Ejson": "/u/7", "/people/id=...json": "", "/people/id=a.json": "/u/a"}},
		{"", "/x{id}", RewriteSpec{Template: "/a/.{id}"}, "", map[string]string{"/xb": "/a/.b", "/x.": "", "/x%2e": "", "/x..": "/a/..."}},
		{"", "/{a}/{b}", RewriteSpec{Template: "/{b}-{a}"}, "", map[string]string{"/1/2": "/2-1", "/./.": "/.-."}},
		{"", "/files/**", RewriteSpec{Template: "/store/{**}"}, "", map[string]string{"/files": "/store", "/files/": "/store/", "/files/a/b": "/store/a/b", "/files//a": "", "/files/a/..%252f..%252fx": ""}},
		{"", "/files/**", RewriteSpec{Template: "/store/**"}, "", map[string]string{"/files": "/store", "/files/": "/store/", "/files/a?b": "/store/a?b"}},
		{"", "/files/**", RewriteSpec{Template: "/{**}"}, "", map[string]string{"/files": "/", "/files/": "/", "/files/a": "/a"}},
		{"/v2", "/**", RewriteSpec{Strip: "/v2", Template: "/v3{/}"}, "", map[string]string{"/v2": "/v3", "/v2/": "/v3/", "/v2/me?x": "/v3/me?x"}},
		{"", "/**", RewriteSpec{Template: "{/}"}, "", map[string]string{"/": "/", "/a": "/a"}},
		{"", "/**", RewriteSpec{Template: "/index.php"}, "", map[string]string{"/a/b?c=d": "/index.php?c=d"}},
		{"", "/**", RewriteSpec{Template: "/index.php?path={**}"}, "", map[string]string{"/a/b?c=d": "/index.php?path=a/b", "/a&x=1+2;y": "/index.php?path=a%26x%3D1%2B2%3By", "/": "/index.php?path="}},
		{"", "/**", RewriteSpec{Template: "/i?path={/}&{?}"}, "", map[string]string{"/a/b?c=d": "/i?path=/a/b&c=d", "/a": "/i?path=/a", "/a?": "/i?path=/a"}},
		{"", "/**", RewriteSpec{Template: "/i?{?}&lang=en"}, "", map[string]string{"/a?c=d": "/i?c=d&lang=en", "/a": "/i?lang=en"}},
		{"", "/**", RewriteSpec{Template: "/i?a&{?}&b"}, "", map[string]string{"/a?c": "/i?a&c&b", "/a": "/i?a&b"}},
		{"", "/**", RewriteSpec{Template: "/i?"}, "", map[string]string{"/a?c=d": "/i"}},
		{"", "/{x}", RewriteSpec{Template: "/i?{?}"}, "", map[string]string{"/a?c=d": "/i?c=d", "/a": "/i"}},
		{"", "/{x}", RewriteSpec{Template: "/a//b%2Fc/../{x}"}, "/p", map[string]string{"/1": "/p/a//b%2Fc/../1", "/..": "", "/a%2Fb": ""}},
		{"", "/{x}/", RewriteSpec{Template: "/ü/{x}"}, "", map[string]string{"/1/": "/%C3%BC/1"}},
		{"", "/b{x}", RewriteSpec{Template: "/{x}F"}, "", map[string]string{"/ba": "/aF", "/b%2": ""}}, // where a tolerance lets pass what is no escape
	} {
		table, mistakes := Build([]APISpec{rewritten(c.base, c.path, c.spec)}, Deps{Upstreams: map[string]int{"people": 0}, Places: map[string]Place{"people": {Prefix: c.prefix}}})
		if len(mistakes) > 0 {
			t.Fatal(mistakes)
		}
		w := table.Routes()[0].Rewrite
		for call, want := range c.calls {
			path, query, hasQuery := cutQuery(call)
			got := string(w.AppendPath(nil, []byte(path)))
			switch f := w.Check([]byte(path), []byte(got)); {
			case f.Bad():
				got = ""
				if f.Part != "path" || f.At < 1 || f.At > len(path) {
					t.Errorf("%s: the fault is at %d of the %s", call, f.At, f.Part)
				}
			case w.Query:
				if q := string(w.AppendQuery(nil, []byte(path), []byte(query), nil)); q != "" {
					got += "?" + q
				}
			case hasQuery:
				got += "?" + query
			}
			if got != want {
				t.Errorf("%s%s %+v: %s becomes %q, want %q", c.base, c.path, c.spec, call, got, want)
			}
		}
	}
}

func TestRewriteMistakes(t *testing.T) {
	for _, c := range []struct {
		base, path string
		spec       RewriteSpec
		want       string
	}{
		{"/v2", "/me", RewriteSpec{Strip: "/v3"}, `request.strip_prefix: /v2/me does not begin with /v3, so it cannot be cut; say request: {strip_prefix: off} for this route, or another prefix`},
		{"/v2", "/me", RewriteSpec{Strip: "/v"}, `request.strip_prefix: /v2/me does not begin with /v, so it cannot be cut; say request: {strip_prefix: off} for this route, or another prefix`},
		{"/v2", "/{x}", RewriteSpec{Strip: "/v2/me"}, `request.strip_prefix: /v2/{x} does not begin with /v2/me, so it cannot be cut; say request: {strip_prefix: off} for this route, or another prefix`},
		{"/v2", "/{x}", RewriteSpec{Strip: "/v2/{x}"}, `request.strip_prefix: "/v2/{x}" is no prefix to cut: it is literal, as in /v2; rewrite: takes paths apart`},
		{"", "/{id}", RewriteSpec{Template: "users"}, `request.rewrite: "users" does not begin with '/'; expected a path, as in /v1/users/{id}`},
		{"", "/{id}", RewriteSpec{Template: "https://x/y"}, `request.rewrite: "https://x/y" does not begin with '/'; expected a path, as in /v1/users/{id}`},
		{"", "/{id}", RewriteSpec{Template: "/{user}"}, `request.rewrite: "/{user}" has {user} at position 2, which is no value of /{id}; expected one of {id}, {/}`},
		{"", "/{id}", RewriteSpec{Template: "/{}"}, `request.rewrite: "/{}" has {} at position 2, which is no value of /{id}; expected one of {id}, {/}`},
		{"", "/{id}", RewriteSpec{Template: "/{id"}, `request.rewrite: "/{id" has '{' at position 2 that is never closed; expected {name}`},
		{"", "/{id}", RewriteSpec{Template: "/x/{**}"}, `request.rewrite: "/x/{**}" has {**} at position 4, and /{id} does not end with /**, which could have taken something`},
		{"", "/a/**", RewriteSpec{Template: "/x/{**}/y"}, `request.rewrite: "/x/{**}/y" goes on after {**}; it stands at the end of the path alone`},
		{"", "/a/**", RewriteSpec{Template: "/x{**}"}, `request.rewrite: "/x{**}" has {**} in a segment; it is whole segments, as in /files/{**}`},
		{"", "/a/**", RewriteSpec{Template: "/x/{/}"}, `request.rewrite: "/x/{/}" has a slash before {/}, which begins with one; write it as in /v3{/}`},
		{"", "/{id}", RewriteSpec{Template: "/{id}{/}"}, `request.rewrite: "/{id}{/}" has {/} behind a value; it stands behind a literal segment, as in /v3{/}`},
		{"", "/{id}", RewriteSpec{Template: "/users/$1"}, `request.rewrite: "/users/$1" has '$' at position 8; values have names here, as in {id}; a dollar itself is written %24`},
		{"", "/{id}", RewriteSpec{Template: "/users/:id"}, `request.rewrite: "/users/:id" has ':id' at position 8, which is sent as it stands; the value is written {id}`},
		{"", "/{id}", RewriteSpec{Template: "/a*"}, `request.rewrite: "/a*" has '*' at position 3; write {name} for a value of the route's path, and /{**} at the end for what its /** has taken`},
		{"", "/{id}", RewriteSpec{Template: "/a#b"}, `request.rewrite: "/a#b" has '#' at position 3; that cannot stand in a path`},
		{"", "/{id}", RewriteSpec{Template: "/a b"}, `request.rewrite: "/a b" has ' ' at position 3; that cannot stand in a path`},
		{"", "/{id}", RewriteSpec{Template: "/a?b\r\nX: y"}, `request.rewrite: "/a?b\r\nX: y" has '\r' at position 5; that cannot stand in a query`},
		{"", "/{id}", RewriteSpec{Template: "/y?a=b c"}, `request.rewrite: "/y?a=b c" has ' ' at position 7; that cannot stand in a query`},
		{"", "/{id}", RewriteSpec{Template: "/y z?a"}, `request.rewrite: "/y z?a" has ' ' at position 3; that cannot stand in a path`},
		{"", "/{id}", RewriteSpec{Template: "/50%"}, `request.rewrite: "/50%" has '%' at position 4 without two hexadecimal digits; a percent sign itself is written %25`},
		{"", "/{id}", RewriteSpec{Template: "/%{id}"}, `request.rewrite: "/%{id}" has '%' at position 2 without two hexadecimal digits; a percent sign itself is written %25`},
		{"", "/{id}", RewriteSpec{Template: "/x{?}"}, `request.rewrite: "/x{?}" has {?}, the caller's query, at position 3; it stands behind a '?', as in /search?{?}&lang=en`},
		{"", "/{id}", RewriteSpec{Template: "/x?a={?}"}, `request.rewrite: "/x?a={?}" has {?}, the caller's query, within a parameter; it stands between '&', as in /search?lang=en&{?}`},
		{"", "/{id}", RewriteSpec{Template: "/x\xff"}, `request.rewrite: "/x\xff" is not UTF-8`},
	} {
		_, mistakes := Build([]APISpec{rewritten(c.base, c.path, c.spec)}, Deps{Upstreams: map[string]int{"people": 0}})
		var got []string
		for _, err := range mistakes {
			if m, ok := errors.AsType[*Mistake](err); ok {
				got = append(got, m.Field+": "+m.Text)
			}
		}
		if diff := cmp.Diff([]string{c.want}, got); diff != "" {
			t.Errorf("%+v (-want +got):\n%s", c.spec, diff)
		}
	}
}

// cut makes a route whose path loses a prefix, and into one whose path becomes another.
func cut(prefix string, s Spec) Spec {
	s.Rewrite = &RewriteSpec{Strip: prefix}
	return s
}

func into(template string, s Spec) Spec {
	s.Rewrite = &RewriteSpec{Template: template}
	return s
}

// TestStricterRewritten: what counts is the path that the upstream gets.
func TestStricterRewritten(t *testing.T) {
	for _, c := range []struct {
		name   string
		apis   []APISpec
		places map[string]Place
		calls  map[string]string // [host]path → the stricter route
	}{
		{"a prefix is cut before a wildcard", []APISpec{routesOf("a", "", cut("/files", needs("files", "/files/**")), needs("admin", "/admin", "bearer"))}, nil, map[string]string{
			"/files/admin": "a/admin", "/files/ADMIN": "a/admin", "/files/admin;x": "a/admin", "/files/%2561dmin": "a/admin", "/files/x%252F..%252Fadmin": "a/admin", "/files/%61dmin": "a/admin", "/files/admin/": "a/admin",
			"/files/x": "", "/files/admins": "", "/files": "", "/admin": "",
		}},
		{"a stricter one is rewritten", []APISpec{routesOf("a", "", needs("all", "/**"), cut("/int", needs("admin", "/int/admin/{x}", "bearer")))}, nil, map[string]string{
			"/admin/1": "a/admin", "/ADMIN/1": "a/admin", "/INT/admin/1": "", "/x": "", "/int/admin/1": "",
		}},
		{"both are", []APISpec{routesOf("a", "/v1", cut("/v1", needs("all", "/**"))), routesOf("b", "/v2", cut("/v2", needs("me", "/me", "bearer")))}, nil, map[string]string{
			"/v1/me": "b/me", "/v1/ME": "b/me", "/v1/other": "", "/v2/me": "",
		}},
		{"a template", []APISpec{routesOf("a", "", into("/users/{id}", needs("open", "/open/{id}")), needs("me", "/users/me", "bearer"))}, nil, map[string]string{
			"/open/me": "a/me", "/open/Me": "a/me", "/open/7": "", "/users/me": "",
		}},
		{"a template that says it", []APISpec{routesOf("a", "", into("/admin/help", needs("help", "/help")), needs("admin", "/admin/**", "bearer"))}, nil, map[string]string{"/help": ""}},
		{"one door for two", []APISpec{routesOf("a", "", into("/u/{id}", needs("read", "/p/{id}")), into("/u/{id}", needs("write", "/p/{id}", "bearer", "POST")))}, nil, map[string]string{"/p/1": "", "/p/1;x": ""}},
		{"the same behind two doors", []APISpec{routesOf("a", "", into("/u/{id}", needs("open", "/open/{id}")), needs("one", "/u/{id}", "bearer"))}, nil, map[string]string{"/open/1": "a/one"}},
		{"no longer another spelling", []APISpec{routesOf("a", "", needs("all", "/**"), into("/internal/x", needs("admin", "/ADMIN", "bearer")))}, nil, map[string]string{"/admin": "", "/Internal/X": "a/admin", "/internal/x": "a/admin"}},
		{"the upstream's own prefix", []APISpec{routesOf("a", "", needs("all", "/all/**", "blobs"), needs("admin", "/admin", "bearer"))}, map[string]Place{"people": {Prefix: "/all"}}, map[string]string{
			"/all/admin": "a/admin", "/all/ADMIN": "a/admin", "/all/x": "",
		}},
		{"queries apart", []APISpec{routesOf("a", "", into("/api.php?do=pub&id={id}", needs("open", "/open/{id}")), into("/api.php?do=user&id={id}", needs("one", "/u/{id}", "bearer")))}, nil, map[string]string{"/open/1": ""}},
		{"a query that lets the caller's in says a parameter twice", []APISpec{routesOf("a", "", into("/op?do=view&{?}", needs("view", "/v")), into("/op?{?}&do=list", needs("list", "/l")), into("/op?do=show&id={id}", needs("show", "/s/{id}")), into("/op?do=admin", needs("do", "/q", "bearer")))}, nil, map[string]string{
			"/v": "a/do", "/l": "a/do", "/s/1": "", "/q": "",
		}},
		{"a stricter query that lets the caller's in", []APISpec{routesOf("a", "", into("/op?do=view", needs("view", "/v")), into("/op?do=admin&{?}", needs("do", "/q", "bearer")))}, nil, map[string]string{"/v": "", "/q": ""}},
		{"slashes in the escapes of a template", []APISpec{routesOf("a", "", into("/{id}%2Fb/c", needs("one", "/m/{id}")), into("/x%5c{id}", needs("two", "/n/{id}")), into("/x/y%2F..%2f{id}", needs("three", "/o/{id}")),
			needs("abc", "/a/b/c", "bearer"), needs("xy", "/x/y", "bearer"))}, nil, map[string]string{
			"/m/a": "a/abc", "/m/A": "a/abc", "/m/z": "", "/n/y": "a/xy", "/n/z": "", "/o/y": "a/xy", "/o/z": "",
		}},
		{"dots in the escapes of a template", []APISpec{routesOf("a", "", into("/x/%2e%2e/{id}/c", needs("four", "/p/{id}")), into("/x%2f%2E./{id}/c", needs("five", "/q/{id}")), needs("bc", "/b/c", "bearer"))}, nil, map[string]string{
			"/p/b": "a/bc", "/p/z": "", "/q/b": "a/bc", "/q/z": "",
		}},
		{"slashes in the escapes of a stricter template", []APISpec{routesOf("a", "", needs("all", "/**"), into("/{id}%2Fb/c", needs("abc", "/m/{id}", "bearer")))}, nil, map[string]string{"/a/b/c": "a/abc", "/a/x/c": "", "/a/c": ""}},
		{"queries that meet", []APISpec{routesOf("a", "", into("/index.php?q={**}", needs("open", "/open/**")), into("/index.php?q=admin/{**}", needs("one", "/admin/**", "bearer")))}, nil, map[string]string{"/open/1": "a/one"}},
		{"a query that was cut off is a caller's elsewhere", []APISpec{routesOf("a", "", needs("all", "/**"), into("/api.php?do=user&id={id}", needs("one", "/u/{id}", "bearer")))}, nil, map[string]string{"/api.php": "a/one", "/x": ""}},
		{"one Host for all callers", []APISpec{
			{Name: "a", Hosts: []string{"a.example"}, Upstream: "people", Routes: []Spec{needs("all", "/**")}},
			{Name: "b", Hosts: []string{"b.example"}, Upstream: "people", Routes: []Spec{needs("admin", "/admin", "bearer")}},
		}, map[string]Place{"people": {Host: "api.internal"}}, map[string]string{"a.example/admin": "b/admin", "a.example/ADMIN": "b/admin", "a.example/x": "", "b.example/admin": ""}},
		{"two virtual hosts of one server", []APISpec{
			routesOf("a", "/a", cut("/a", needs("all", "/**"))), routesOf("b", "/b", cut("/b", needs("admin", "/admin", "bearer", "blobs"))),
		}, map[string]Place{"people": {Host: "a.internal"}, "blobs": {Host: "b.internal"}}, map[string]string{"/a/admin": "", "/a/ADMIN": "", "/b/admin": ""}},
		{"a caller who can say the name", []APISpec{
			routesOf("a", "/a", cut("/a", needs("all", "/**"))), {Name: "b", Hosts: []string{"b.example"}, Upstream: "blobs", Routes: []Spec{needs("admin", "/admin", "bearer")}},
		}, map[string]Place{"blobs": {Host: "b.internal"}}, map[string]string{"/a/admin": "b/admin", "b.example/admin": ""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			table, mistakes := Build(c.apis, Deps{Names: deps().Names, Upstreams: map[string]int{"people": 0, "blobs": 1}, Sites: map[int]int{1: 0}, Places: c.places})
			if len(mistakes) > 0 {
				t.Fatal(mistakes)
			}
			for call, want := range c.calls {
				host, path := "", call
				for path[0] != '/' {
					host, path = host+path[:1], path[1:]
				}
				var m Match
				table.Match([]byte(host), []byte("GET"), []byte(path), &m)
				if m.Route == nil {
					t.Fatalf("%s is taken by no route", call)
				}
				sent := []byte(path)
				if m.Route.Rewrite != nil {
					sent = m.Route.Rewrite.AppendPath(nil, sent)
				}
				got := ""
				if s, _ := table.Stricter([]byte(host), sent, &m, nil); s != nil {
					got = s.Name
				}
				if got != want {
					t.Errorf("%s, at the upstream %s, belongs to %q, want %q", call, sent, got, want)
				}
			}
		})
	}
}

func TestRewrittenSpellingWarnings(t *testing.T) {
	_, warnings := Examine([]APISpec{routesOf("a", "", into("/u/{id}", needs("open", "/open/{id}")), needs("one", "/u/{id}", "bearer"))}, nil, nil)
	var got []string
	for _, w := range warnings {
		got = append(got, fmt.Sprintf("%v %s", w.Where(), w.Text))
	}
	if diff := cmp.Diff([]string{
		`[apis 0 routes 0 path] no call reaches /open/{id}: rewritten, it is a path of /u/{id}, which asks for more; ask for the same in both, or say guard: off for API "a"`,
	}, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestRewriteAllocatesNothing(t *testing.T) {
	table := build(t, rewritten("/v2", "/people/{id}/**", RewriteSpec{Strip: "/v2", Template: "/v1/users/{id}/{**}?full=1&{?}"}))
	w, path, query := table.Routes()[0].Rewrite, []byte("/v2/people/7/friends/9"), []byte("a=b")
	dst := make([]byte, 0, 256)
	if n := testing.AllocsPerRun(100, func() {
		out := w.AppendPath(dst, path)
		if f := w.Check(path, out); f.Bad() {
			t.Errorf("%q: %+v", out, f)
		}
		_ = w.AppendQuery(dst, path, query, nil)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
