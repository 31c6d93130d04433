package route

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// told is what Build says: where, and what.
func told(apis ...APISpec) []string {
	_, errs := Build(apis, deps())
	return texts(errs)
}

func texts(errs []error) []string {
	var out []string
	for _, err := range errs {
		var m *Mistake
		if !errors.As(err, &m) {
			m = &Mistake{API: -1, Text: "no *Mistake: " + err.Error()}
		}
		out = append(out, fmt.Sprint(m.Where(), " ", m))
	}
	return out
}

func TestBuildTellsAllMistakes(t *testing.T) {
	public := Credentials{Need: Public}
	got := told(
		APISpec{
			Name: "a b", Base: "/v{x}", Hosts: []string{"", "*", "ex ample", "a.*.b", "ok.example"}, CORS: &CORSSpec{},
			Version: &VersionSpec{Header: "V", Months: 2, Active: []string{"202501"}}, Upstream: "nowhere",
			Routes: []Spec{
				{Name: "x", Path: "/x", Scopes: [][]string{{"r_profile", "r_none"}, {}}, Products: []string{"ads", "none"}, Quota: "many"},
				{Name: "x", Path: "/y", Methods: []string{"TRACE", "get", "G T", "GET"}, Upstream: "else"},
				{Name: "h", Path: "/h", Hidden: true, Restricted: true, Body: BodySpec{Max: -1, Types: []string{"json"}}},
				{Name: "p", Path: "p", Credentials: &public, Scopes: [][]string{{"openid"}}},
				{Name: "q", Path: "/q", Credentials: &public, Products: []string{"ads"}, Version: &VersionSpec{Header: "V", Active: []string{"2025"}}},
			},
		},
		APISpec{Name: "b", Routes: []Spec{{Name: "", Path: ""}, {Name: "x", Path: "/x"}, {Name: "r", Path: "/r", Restricted: true, Upstream: "blobs"}}},
	)
	want := []string{
		`[apis 0 name] API "a b": character ' ' at position 2 cannot stand in a name; use letters, digits, '.', '_' and '-'`,
		`[apis 0 base] API "a b": "/v{x}" is not a valid base; patterns belong to the paths of routes`,
		`[apis 0 hosts 0] API "a b": "" is not a valid host; expected one as in api.example.com`,
		`[apis 0 hosts 1] API "a b": "*" is not a valid host; a wildcard stands for the first names alone, as in *.example.com`,
		`[apis 0 hosts 2] API "a b": "ex ample" is not a valid host; it is made of letters, digits, '.', '-' and '_', and may end with a port`,
		`[apis 0 hosts 3] API "a b": "a.*.b" is not a valid host; a wildcard stands for the first names alone, as in *.example.com`,
		`[apis 0 cors] API "a b": the origins are missing, as in ["https://app.example.com"]`,
		`[apis 0 version] API "a b": the active versions are missing or said twice; expected "12 months" or a list, as in [202510, 202511]`,
		`[apis 0 upstream] API "a b": there is no upstream "nowhere"`,
		`[apis 0 routes 0 scopes 0 1] route "a b/x": there is no scope "r_none"`,
		`[apis 0 routes 0 scopes 1] route "a b/x": a list in scopes holds those that are needed together; this one is empty`,
		`[apis 0 routes 0 products 1] route "a b/x": there is no product "none"`,
		`[apis 0 routes 0 quota] route "a b/x": there is no quota "many"`,
		`[apis 0 routes 1 name] route "a b/x": another route of this API has the name "x"; give one of them another with name:`,
		`[apis 0 routes 1 methods 0] route "a b/x": "TRACE" is a method that no route can take`,
		`[apis 0 routes 1 methods 1] route "a b/x": "get" is written GET: methods are case-sensitive`,
		`[apis 0 routes 1 methods 2] route "a b/x": "G T" is not a valid method; expected one like GET or POST`,
		`[apis 0 routes 1 upstream] route "a b/x": there is no upstream "else"`,
		`[apis 0 routes 2 restricted] route "a b/h": a restricted route is for apps with a product; name it with products:`,
		`[apis 0 routes 2 body] route "a b/h": a body of at most -1 bytes cannot be`,
		`[apis 0 routes 2 body] route "a b/h": "json" is not a valid media type: expected one in small letters and without parameters, as in application/json`,
		`[apis 0 routes 3 path] route "a b/p": "p" does not begin with '/'; a path begins with one, as in /people/{id}; did you mean /p?`,
		`[apis 0 routes 3 scopes] route "a b/p": a public route looks at no credential, so it can ask for no scopes; use credentials: bearer`,
		`[apis 0 routes 4 products] route "a b/q": a public route looks at no credential, so it can ask for no products; use credentials: bearer`,
		`[apis 0 routes 4 version] route "a b/q": "2025" is not a valid version: expected year and month, as in 202511`,
		`[apis 1 routes 0 name] route "b/": a name must not be empty`,
		`[apis 1 routes 0 path] route "b/": the path is missing; expected one as in /people/{id}`,
		`[apis 1 routes 0 upstream] route "b/": neither the route nor its API names an upstream`,
		`[apis 1 routes 1 upstream] route "b/x": neither the route nor its API names an upstream`,
		`[apis 1 routes 2 restricted] route "b/r": a restricted route is for apps with a product; name it with products:`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestPatternsThatCannotBe(t *testing.T) {
	for path, want := range map[string]string{
		"x":            `"x" does not begin with '/'; a path begins with one, as in /people/{id}`,
		"/a//b":        `"/a//b" has '//' at position 3; no call can have that`,
		"/a/./b":       `"/a/./b" has the segment '.' at position 4; no call can have that`,
		"/%2e%2E":      `"/%2e%2E" has the segment '%2e%2E' at position 2; no call can have that`,
		"/**/a":        `"/**/a" goes on after '**' at position 2; it stands at the end alone, as in /ads/**`,
		"/a/*":         `"/a/*" has '*' at position 4; write {name} for any one segment, and /** at the end for whatever follows`,
		"/a**":         `"/a**" has '*' at position 3; write {name} for any one segment, and /** at the end for whatever follows`,
		"/{a":          `"/{a" has '{' at position 2 that is never closed; expected {name}`,
		"/a/{":         `"/a/{" has '{' at position 4 that is never closed; expected {name}`,
		"/a}":          `"/a}" has '}' at position 3; that cannot stand in a path`,
		"/{}":          `"/{}" has '{}' at position 2; a value has a name, as in {id}`,
		"/{a b}":       `"/{a b}" has ' ' at position 4; the name of a value is made of letters, digits, '.', '_' and '-'`,
		"/{a/b}":       `"/{a/b}" has '{' at position 2 that is never closed; expected {name}`,
		"/{a}-{b}":     `"/{a}-{b}" has a second '{' in one segment at position 6; where would the first value end?`,
		"/{a}/x/{a}":   `"/{a}/x/{a}" has {a} twice; each value has a name of its own`,
		"/a?b":         `"/a?b" has '?' at position 3; that cannot stand in a path`,
		"/a#b":         `"/a#b" has '#' at position 3; that cannot stand in a path`,
		"/a b":         `"/a b" has ' ' at position 3; that cannot stand in a path`,
		"/a\x01":       `"/a\x01" has '\x01' at position 3; that cannot stand in a path`,
		"/100%":        `"/100%" has '%' at position 5 without two hexadecimal digits; a percent sign itself is written %25`,
		"/a%2fb":       `"/a%2fb" has '%2f' at position 3; no call can have that but where it is tolerated (http: {accept: [encoded_slash]}), and then a value, as in {name}, takes it`,
		"/a%5Cb":       `"/a%5Cb" has '%5C' at position 3; no call can have that but where it is tolerated (http: {accept: [backslash]}), and then a value, as in {name}, takes it`,
		"/a%00":        `"/a%00" has '%00' at position 3; no call can have that`,
		"/\xff":        `"/\xff" is not UTF-8`,
		"/x={a}%zz":    `"/x={a}%zz" has '%' at position 7 without two hexadecimal digits; a percent sign itself is written %25`,
		"/":            "",
		"/a/":          "",
		"/**":          "",
		"/é/%C3%A9":    "",
		"/(id:{id})/:": "",
	} {
		got := ""
		if _, err := parsePattern(path); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%q:\n got %s\nwant %s", path, got, want)
		}
	}
}

func TestConflicts(t *testing.T) {
	hosted := api("w", "/v2", "GET /p/{z}")
	hosted.Hosts = []string{"a.example", "*.b.example"}
	again := api("again", "/v2", "HEAD,GET /p/{y}", "GET /p/(id:{y})")
	again.Hosts = []string{"*.b.example", "a.example"}
	for name, c := range map[string]struct {
		apis []APISpec
		want []string
	}{
		"one API": {
			[]APISpec{api("v", "", "GET,PUT /people/{id}", "POST /people/{name}", "PATCH,PUT /people/{x}")},
			[]string{`[apis 0 routes 2 path] route "v/v.3": /people/{x} and /people/{id} of route "v/v.1" both match PUT /people/x; give each method of a path to one route`},
		},
		"spelled otherwise": {
			[]APISpec{api("v", "", "GET /caf%C3%A9/**", "GET /café/**")},
			[]string{`[apis 0 routes 1 path] route "v/v.2": /café/** and /caf%C3%A9/** of route "v/v.1" both match GET /caf%C3%A9/x; give each method of a path to one route`},
		},
		"every method twice": {
			[]APISpec{api("v", "", "* /x", "GET /x", "* /x")},
			[]string{`[apis 0 routes 2 path] route "v/v.3": /x and /x of route "v/v.1" both match any method /x; give each method of a path to one route`},
		},
		"two APIs of one host": {
			[]APISpec{hosted, again},
			[]string{`[apis 1 routes 0 path] route "again/again.1": /v2/p/{y} and /v2/p/{z} of route "w/w.1" both match GET x.b.example/v2/p/x; give each method of a path to one route`},
		},
		"a longer base takes it": {
			[]APISpec{api("all", "", "GET /v2/me", "GET /v2", "GET /v2/**", "GET /{any}/me"), api("v", "/v2", "GET /x")},
			[]string{
				`[apis 0 routes 0 path] route "all/all.1": no call reaches /v2/me: paths under /v2 belong to API "v"; move the route there`,
				`[apis 0 routes 1 path] route "all/all.2": no call reaches /v2: paths under /v2 belong to API "v"; move the route there`,
				`[apis 0 routes 2 path] route "all/all.3": no call reaches /v2/**: paths under /v2 belong to API "v"; move the route there`,
			},
		},
		"two hosts have two worlds": {[]APISpec{hosted, api("v", "/v2", "GET /p/{z}")}, nil},
	} {
		if diff := cmp.Diff(c.want, told(c.apis...)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestCheckNeedsNoNames(t *testing.T) {
	spec := api("v", "", "GET /rest/{x}", "GET /rest/ads", "GET /alone/ads", "* /dir/**", "GET /dir/{hidden}")
	spec.Upstream = "not looked up"
	for _, i := range []int{1, 2, 4} {
		spec.Routes[i].Hidden, spec.Routes[i].Products, spec.Routes[i].Scopes, spec.Routes[i].Quota = true, []string{"p"}, [][]string{{"s"}}, "q"
	}
	mistakes, warnings := Examine([]APISpec{spec}, nil, nil)
	if len(mistakes) > 0 {
		t.Fatal(mistakes)
	}
	var got []string
	for _, w := range warnings {
		got = append(got, fmt.Sprint(w.Where(), " ", w))
	}
	want := []string{
		`[apis 0 routes 1 path] route "v/v.2": /rest/{x} takes /rest/ads.json, and asks for less than /rest/ads: if the API answers both alike, protect that too, as in /rest/ads.{format}`,
		`[apis 0 routes 1 hidden] route "v/v.2": /rest/ads cannot be hidden: /rest/{x} takes the unknown paths beside it, so a path that is refused stands out`,
		`[apis 0 routes 4 hidden] route "v/v.5": /dir/{hidden} cannot be hidden: /dir/** takes the unknown paths beside it, so a path that is refused stands out`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
	spec.Routes[0].Path = "/{"
	mistakes, _ = Examine([]APISpec{spec}, nil, nil)
	if diff := cmp.Diff([]string{`[apis 0 routes 0 path] route "v/v.1": "/{" has '{' at position 2 that is never closed; expected {name}`}, texts(mistakes)); diff != "" {
		t.Errorf("mistakes (-want +got):\n%s", diff)
	}
}

func TestNumbersStay(t *testing.T) {
	d := deps()
	before, errs := Build([]APISpec{api("v", "", "GET /a", "GET /b")}, d)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	spec := api("v", "", "GET /z", "GET /b")
	spec.Routes[0].Name = "new"
	after, errs := Build([]APISpec{spec}, d)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	b, a := before.Routes(), after.Routes()
	if b[0].Number != 1 || b[1].Number != 2 || a[0].Number != 3 || a[1].Number != 2 {
		t.Errorf("numbers %d %d, then %d %d", b[0].Number, b[1].Number, a[0].Number, a[1].Number)
	}
	if diff := cmp.Diff([]string{"v/v.1", "v/v.2", "v/new"}, d.Numbers.Names()); diff != "" {
		t.Error(diff)
	}
	if d.Numbers.Name(3) != "v/new" || d.Numbers.Name(0) != "" || d.Numbers.Name(4) != "" {
		t.Error("Name is wrong")
	}
}
