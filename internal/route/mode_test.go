package route

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/problem"
)

// in puts a route, or an API, into modes: those that are named, and all others as they were.
func in(s Spec, modes map[Check]Mode) Spec {
	m := Modes{}
	for c, mode := range modes {
		m[c] = mode
	}
	s.Modes = &m
	return s
}

func everyCheck(s Spec, m Mode) Spec {
	all := All(m)
	s.Modes = &all
	return s
}

// TestChecksAreNamed: every check and mode has the name by which the configuration knows it.
func TestChecksAreNamed(t *testing.T) {
	seen := map[string]bool{}
	for c := range CheckCount {
		if c.String() == "" || seen[c.String()] {
			t.Errorf("check %d is %q", c, c)
		}
		seen[c.String()] = true
	}
	for m, want := range map[Mode]string{Enforce: "enforce", Observe: "observe", Off: "off"} {
		if m.String() != want {
			t.Errorf("%d is %q", m, m)
		}
	}
}

// TestUnknownPathsThatPass: where path is not enforced a path that no route has goes to its API's upstream, by a route that is no route: it is listed nowhere,
// hinted at nowhere, and takes nothing from the routes that are there.
func TestUnknownPathsThatPass(t *testing.T) {
	spec := routesOf("a", "/v2", needs("me", "/me", "bearer"), needs("files", "/files/**", "bearer"), needs("ads", "/ads", "ads", "hidden"))
	spec.Modes[CheckPath] = Observe
	strict := routesOf("b", "/v3", needs("me", "/me"))
	table := build(t, spec, strict)
	for _, c := range []struct {
		method, path, route string
		pending             Pending
	}{
		{"GET", "/v2/me", "a/me", Nothing},
		{"GET", "/v2/nothing", "a/", UnknownPath},
		{"BREW", "/v2/nothing/at/all", "a/", UnknownPath},
		{"GET", "/v2", "a/", UnknownPath},
		{"GET", "/v2/", "a/", UnknownPath},
		{"DELETE", "/v2/me", "", WrongMethod},
		{"GET", "/v2/files/x", "a/files", Nothing},
		{"DELETE", "/v2/files/x", "", WrongMethod},
		{"GET", "/v3/nothing", "", UnknownPath},
		{"GET", "/v4", "", NoAPI},
	} {
		var m Match
		table.Match(nil, []byte(c.method), []byte(c.path), &m)
		got := ""
		if m.Route != nil {
			got = m.Route.Name
		}
		if got != c.route || m.Pending != c.pending {
			t.Errorf("%s %s: %q, pending %d; want %q, %d", c.method, c.path, got, m.Pending, c.route, c.pending)
		}
		if near := table.Nearest(&m, []byte(c.path), 0); near == "/v2/**" {
			t.Errorf("%s: the hint is %s", c.path, near)
		}
	}
	var m Match
	table.Match(nil, []byte("GET"), []byte("/v2/nothing"), &m)
	if m.Credentials.Need != Required || !m.Demands() || m.As(0) != UnknownPath || m.Mode(CheckPath, 0) != Observe {
		t.Errorf("credentials %v, as %d, mode %s", m.Credentials, m.As(0), m.Mode(CheckPath, 0))
	}
	if got := table.Routes(); len(got) != 4 {
		t.Errorf("%d routes are told", len(got))
	}
	if got := string(table.AppendMethods(nil)); got != "GET, HEAD" {
		t.Errorf("OPTIONS * says %q", got)
	}
}

// TestMethodsThatPass: where no route of a path enforces the method, another one goes to the first of them and is allowed by all; never to a wider pattern.
func TestMethodsThatPass(t *testing.T) {
	loose := map[Check]Mode{CheckMethod: Observe}
	for name, c := range map[string]struct {
		routes         []Spec
		path, want     string
		together, need int
	}{
		"one route":             {[]Spec{in(needs("me", "/me"), loose), needs("all", "/**", "bearer")}, "/me", "a/me", 1, int(Public)},
		"two, and one enforces": {[]Spec{in(needs("me", "/me"), loose), needs("put", "/me", "PUT")}, "/me", "", 0, int(Public)},
		"two":                   {[]Spec{in(needs("me", "/me"), loose), in(needs("put", "/me", "PUT", "bearer"), loose)}, "/me", "a/me", 2, int(Required)},
		"those of a pattern":    {[]Spec{in(needs("me", "/me"), loose), in(needs("all", "/**"), loose)}, "/x", "a/all", 1, int(Public)},
	} {
		table := build(t, routesOf("a", "", c.routes...))
		for _, method := range []string{"DELETE", "TRACE", "delete"} {
			var m Match
			table.Match(nil, []byte(method), []byte(c.path), &m)
			got, together := "", 0
			if m.Route != nil {
				got, together = m.Route.Name, len(m.Route.Together)
			}
			if got != c.want || together != c.together || int(m.Credentials.Need) != c.need || m.Pending != WrongMethod {
				t.Errorf("%s, %s: %q with %d, %+v, pending %d", name, method, got, together, m.Credentials, m.Pending)
			}
		}
	}
}

// TestHiddenByModes: a hidden route that is only observed is still refused as hidden while its permission is enforced.
func TestHiddenByModes(t *testing.T) {
	hidden := needs("ads", "/ads", "ads", "hidden")
	for name, c := range map[string]struct {
		path, permission Mode
		want             Mode
	}{
		"permission enforced": {Observe, Enforce, Enforce},
		"path enforced":       {Enforce, Observe, Enforce},
		"neither":             {Observe, Observe, Observe},
	} {
		spec := routesOf("a", "", hidden)
		spec.Modes[CheckPath], spec.Modes[CheckPermission], spec.Modes[CheckMethod] = c.path, c.permission, Observe
		table := build(t, spec)
		for _, method := range []string{"GET", "DELETE"} {
			var m Match
			table.Match(nil, []byte(method), []byte("/ads"), &m)
			if got := m.Mode(CheckPath, nobody); got != c.want || m.As(nobody) != UnknownPath {
				t.Errorf("%s, %s: %s as %d", name, method, got, m.As(nobody))
			}
			if method == "GET" && (m.As(ads) != Nothing || m.Mode(CheckPath, ads) != c.path) {
				t.Errorf("%s: for whom it is there it is %d", name, m.As(ads))
			}
		}
	}
}

// TestGuardByModes: what is not enforced asks for nothing; what is enforced is not passed by another spelling that a route takes which only observes it.
func TestGuardByModes(t *testing.T) {
	all := needs("all", "/**")
	version := &VersionSpec{Header: "V", Months: 12}
	for name, c := range map[string]struct {
		routes []Spec
		path   string
		want   string
	}{
		"both observed":           {[]Spec{everyCheck(all, Observe), everyCheck(needs("admin", "/admin", "bearer"), Observe)}, "/ADMIN", ""},
		"the strict one observed": {[]Spec{all, in(needs("admin", "/admin", "bearer"), map[Check]Mode{CheckCredential: Observe, CheckPermission: Observe})}, "/ADMIN", ""},
		"off":                     {[]Spec{all, everyCheck(needs("admin", "/admin", "bearer"), Off)}, "/ADMIN", ""},
		"the weak one observed":   {[]Spec{everyCheck(needs("all", "/**", "bearer"), Observe), needs("admin", "/admin", "bearer")}, "/ADMIN", "a/admin"},
		"the permission alone":    {[]Spec{in(needs("all", "/**", "r_profile"), map[Check]Mode{CheckPermission: Observe}), needs("admin", "/admin", "r_profile")}, "/admin%20", "a/admin"},
		"its observed scopes":     {[]Spec{needs("all", "/**", "bearer"), in(needs("admin", "/admin", "r_profile"), map[Check]Mode{CheckPermission: Observe})}, "/ADMIN", ""},
		"a version":               {[]Spec{everyCheck(all, Observe), {Name: "v", Path: "/v", Methods: []string{"GET"}, Version: version, Credentials: all.Credentials}}, "/V", "a/v"},
		"a type":                  {[]Spec{everyCheck(all, Observe), {Name: "v", Path: "/v", Credentials: all.Credentials, Body: BodySpec{Types: []string{"text/plain"}}}}, "/v;x", "a/v"},
		"JSON":                    {[]Spec{everyCheck(all, Observe), {Name: "v", Path: "/v", Credentials: all.Credentials, Body: BodySpec{CheckJSON: true}}}, "/%2576", "a/v"},
		"a length":                {[]Spec{everyCheck(all, Observe), {Name: "v", Path: "/v", Credentials: all.Credentials, Body: BodySpec{LengthRequired: true}}}, "/V", "a/v"},
		"methods":                 {[]Spec{everyCheck(all, Observe), needs("v", "/v")}, "/V", "a/v"},
		"nothing to enforce":      {[]Spec{everyCheck(all, Observe), {Name: "v", Path: "/v", Credentials: all.Credentials}}, "/V", ""},
		"JSON that one checks":    {[]Spec{all, {Name: "v", Path: "/v", Credentials: all.Credentials, Body: BodySpec{CheckJSON: true}}}, "/V", "a/v"},
		"JSON that both check":    {[]Spec{{Name: "all", Path: "/**", Credentials: all.Credentials, Body: BodySpec{CheckJSON: true}}, {Name: "v", Path: "/v", Credentials: all.Credentials, Body: BodySpec{CheckJSON: true}}}, "/V", ""},
	} {
		if got := stricter(build(t, routesOf("a", "", c.routes...)), "", "GET", c.path); got != c.want {
			t.Errorf("%s: %s belongs to %q, want %q", name, c.path, got, c.want)
		}
	}
	unknown := routesOf("a", "", needs("admin", "/admin", "r_profile"))
	unknown.Modes[CheckPath] = Observe
	if got := stricter(build(t, unknown), "", "DELETE", "/ADMIN"); got != "a/admin" {
		t.Errorf("an unknown path that passes: %q", got)
	}
}

// TestFieldsByModes: fields that name another path or method pass where nobody enforces anything that they could lead around.
func TestFieldsByModes(t *testing.T) {
	for name, c := range map[string]struct {
		routes          []Spec
		final, override bool
	}{
		"enforced":                   {[]Spec{needs("all", "/**", "bearer")}, true, false},
		"observed":                   {[]Spec{everyCheck(needs("all", "/**", "bearer"), Observe)}, false, true},
		"observed beside enforced":   {[]Spec{everyCheck(needs("all", "/**", "bearer"), Observe), needs("me", "/me", "bearer")}, true, true},
		"another method is enforced": {[]Spec{everyCheck(needs("all", "/**"), Observe), needs("put", "/**", "PUT")}, true, false},
		"off":                        {[]Spec{everyCheck(needs("all", "/**", "bearer"), Off)}, false, true},
	} {
		var m Match
		build(t, routesOf("a", "", c.routes...)).Match(nil, []byte("GET"), []byte("/x"), &m)
		if m.Route.PathIsFinal != c.final || m.MayOverride() != c.override {
			t.Errorf("%s: final %t, override %t", name, m.Route.PathIsFinal, m.MayOverride())
		}
	}
}

// TestModesWithoutSense: what is wrong with modes is told once, where they are said, with what to say instead.
func TestModesWithoutSense(t *testing.T) {
	api := func(change func(*APISpec)) APISpec {
		spec := routesOf("a", "", needs("me", "/me", "bearer"), needs("you", "/you", "bearer"))
		change(&spec)
		return spec
	}
	for name, c := range map[string]struct {
		spec            APISpec
		wrong, warnings []string
	}{
		"observed, without an upstream": {api(func(a *APISpec) {
			a.Modes, a.Upstream = All(Observe), ""
			a.Routes[0].Upstream, a.Routes[1].Upstream = "people", "people"
		}), []string{`API "a": an unknown path is let pass (path: observe), but this API has no upstream for it; name one for the API with upstream:, or say path: enforce`}, nil},
		"permission, of the API": {api(func(a *APISpec) { a.Modes[CheckCredential] = Observe }), []string{
			`API "a": permission is enforced, but the credential is not (observe): a call without a caller would pass where one with less is refused; say permission: observe too, or credential: enforce`,
		}, nil},
		"permission, of a route": {api(func(a *APISpec) { a.Routes[1] = in(a.Routes[1], map[Check]Mode{CheckCredential: Off}) }), []string{
			`route "a/you": permission is enforced, but the credential is not (off): a call without a caller would pass where one with less is refused; say permission: off too, or credential: enforce`,
		}, nil},
		"a quota": {api(func(a *APISpec) {
			a.Modes[CheckCredential], a.Modes[CheckPermission], a.Routes[0].Quota = Observe, Observe, "few"
		}), []string{
			`API "a": the quota "few" is enforced, but the credential is not (observe): a call without a caller would not be counted; say quota: observe too, or credential: enforce`,
		}, nil},
		"a public route asks nobody": {api(func(a *APISpec) {
			a.Routes[0] = in(needs("me", "/me"), map[Check]Mode{CheckCredential: Off})
		}), nil, nil},
		"a hidden route that could be told apart": {api(func(a *APISpec) {
			a.Routes[0] = everyCheck(needs("ads", "/ads", "ads", "hidden"), Observe)
		}), []string{
			`route "a/ads": a hidden route must be like a path that is not there, for which its API says path: enforce, and this route path: observe; say the same in both, or hidden: false`,
		}, nil},
		"keys that say nothing": {api(func(a *APISpec) {
			a.Routes[0] = everyCheck(needs("me", "/me", "r_profile"), Off)
		}), nil, []string{
			`route "a/me": scopes: says nothing here, since the check permission is off for this route; say mode: {permission: observe} to see what it would refuse`,
		}},
		"the same of the API, once": {api(func(a *APISpec) {
			a.Modes[CheckCredential], a.Modes[CheckPermission] = Off, Off
			a.Routes = []Spec{needs("me", "/me", "r_profile"), needs("you", "/you", "r_profile")}
		}), nil, []string{
			`route "a/me": scopes: says nothing here, since the check permission is off for this route; say mode: {permission: observe} to see what it would refuse`,
		}},
		"hiding beside paths that pass": {api(func(a *APISpec) {
			a.Modes[CheckPath] = Observe
			a.Routes[0] = needs("ads", "/ads", "ads", "hidden")
		}), nil, []string{
			`route "a/ads": /** takes /ads.json, and asks for less than /ads: if the API answers both alike, protect that too, as in /ads.{format}`,
			`route "a/ads": /ads cannot be hidden: /** takes the unknown paths beside it, so a path that is refused stands out`,
		}},
	} {
		wrong, warned := Examine([]APISpec{c.spec}, nil, nil)
		var mistakes, warnings []string
		for _, err := range wrong {
			mistakes = append(mistakes, err.Error())
		}
		for _, w := range warned {
			warnings = append(warnings, w.Error())
		}
		if diff := cmp.Diff(c.wrong, mistakes); diff != "" {
			t.Errorf("%s: mistakes (-want +got):\n%s", name, diff)
		}
		if diff := cmp.Diff(c.warnings, warnings); diff != "" {
			t.Errorf("%s: warnings (-want +got):\n%s", name, diff)
		}
	}
}

// TestModesAllocateNothing: a call that passes though its path or method is not known costs no memory.
func TestModesAllocateNothing(t *testing.T) {
	spec := many(100)
	spec.Profile, spec.Modes = problem.Standard, All(Observe)
	table := build(t, spec)
	var m Match
	for _, c := range calls {
		method, path := []byte(c.method), []byte(c.path)
		if n := testing.AllocsPerRun(100, func() {
			table.Match(nil, method, path, &m)
			m.Mode(CheckPath, ads)
			m.Demands()
			m.MayOverride()
		}); n != 0 {
			t.Errorf("%s: %v allocations", c.name, n)
		}
	}
}
