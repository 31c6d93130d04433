package route

import (
	"fmt"
	"testing"
)

// TestChecksAreNotPassedBy: another spelling of a path leads past none of the checks that its route has, though both routes are public; what its route lets pass
// too, passes.
func TestChecksAreNotPassedBy(t *testing.T) {
	public := &Credentials{Need: Public}
	every := Spec{Name: "all", Path: "/**", Credentials: public}
	x := func(change func(*Spec)) Spec {
		s := Spec{Name: "x", Path: "/ro/x", Credentials: public}
		change(&s)
		return s
	}
	reads := func(s *Spec) { s.Methods = []string{"GET"} }
	typed := func(types ...string) Spec {
		return Spec{Name: "all", Path: "/**", Credentials: public, Body: BodySpec{Types: types}}
	}
	versioned := func(header string, months int) Spec {
		return Spec{Name: "all", Path: "/**", Credentials: public, Version: &VersionSpec{Header: header, Months: months}}
	}
	for name, c := range map[string]struct {
		routes []Spec
		method string
		want   string // for every spelling
	}{
		"a method that it lacks":      {[]Spec{every, x(reads)}, "DELETE", "a/x"},
		"HEAD, which GET brings":      {[]Spec{every, x(reads)}, "HEAD", ""},
		"a method that it has":        {[]Spec{every, x(reads)}, "GET", ""},
		"a method that neither has":   {[]Spec{{Name: "all", Path: "/**", Methods: []string{"GET", "POST"}, Credentials: public}, x(reads)}, "DELETE", "-"},
		"a method of another route":   {[]Spec{every, x(reads), {Name: "put", Path: "/ro/x", Methods: []string{"PUT"}, Credentials: public}}, "PUT", ""},
		"no methods listed":           {[]Spec{every, x(func(*Spec) {})}, "DELETE", ""},
		"methods observed":            {[]Spec{every, in(x(reads), map[Check]Mode{CheckMethod: Observe})}, "DELETE", ""},
		"a type":                      {[]Spec{every, x(func(s *Spec) { s.Body.Types = []string{"application/json"} })}, "POST", "a/x"},
		"the same type":               {[]Spec{{Name: "all", Path: "/**", Credentials: public, Body: BodySpec{Types: []string{"text/*"}}}, x(func(s *Spec) { s.Body.Types = []string{"text/*"} })}, "POST", ""},
		"the same types, turned":      {[]Spec{typed("text/*", "application/json"), x(func(s *Spec) { s.Body.Types = []string{"application/json", "text/*"} })}, "POST", ""},
		"a type of its family":        {[]Spec{typed("text/plain"), x(func(s *Spec) { s.Body.Types = []string{"text/*"} })}, "POST", ""},
		"a family of its type":        {[]Spec{typed("text/*"), x(func(s *Spec) { s.Body.Types = []string{"text/plain"} })}, "POST", "a/x"},
		"one type more":               {[]Spec{typed("text/plain", "text/html"), x(func(s *Spec) { s.Body.Types = []string{"text/plain"} })}, "POST", "a/x"},
		"the same versions":           {[]Spec{versioned("V", 12), x(func(s *Spec) { s.Version = &VersionSpec{Header: "v", Months: 12} })}, "GET", ""},
		"more versions":               {[]Spec{versioned("V", 24), x(func(s *Spec) { s.Version = &VersionSpec{Header: "V", Months: 12} })}, "GET", "a/x"},
		"a length":                    {[]Spec{every, x(func(s *Spec) { s.Body.LengthRequired = true })}, "POST", "a/x"},
		"fewer bytes":                 {[]Spec{every, x(func(s *Spec) { s.Body.Max = 10 })}, "POST", "a/x"},
		"JSON":                        {[]Spec{every, x(func(s *Spec) { s.Body.CheckJSON = true })}, "POST", "a/x"},
		"JSON, of another method":     {[]Spec{every, x(func(s *Spec) { s.Body.CheckJSON, s.Methods = true, []string{"PUT"} }), {Name: "get", Path: "/ro/x", Methods: []string{"GET"}, Credentials: public}}, "GET", ""},
		"a version":                   {[]Spec{every, x(func(s *Spec) { s.Version = &VersionSpec{Header: "V", Months: 12} })}, "GET", "a/x"},
		"a quota":                     {[]Spec{every, x(func(s *Spec) { s.Quota = "few" })}, "GET", "a/x"},
		"a quota of another resource": {[]Spec{{Name: "all", Path: "/**", Credentials: public, Quota: "few"}, x(func(s *Spec) { s.Quota = "few" })}, "GET", "a/x"},
		"the quota of the same":       {[]Spec{{Name: "all", Path: "/**", Credentials: public, Quota: "few", Resource: "both"}, x(func(s *Spec) { s.Quota, s.Resource = "few", "both" })}, "GET", ""},
		"a quota that is observed":    {[]Spec{every, in(x(func(s *Spec) { s.Quota = "few" }), map[Check]Mode{CheckQuota: Observe})}, "GET", ""},
		"what a value could be":       {[]Spec{{Name: "all", Path: "/ro/{id}", Credentials: public}, {Name: "deep", Path: "/ro/{id}/**", Credentials: public}, x(reads)}, "DELETE", "a/x"},
		"another path altogether":     {[]Spec{every, {Name: "y", Path: "/ro/y", Methods: []string{"GET"}, Credentials: public}}, "DELETE", ""},
		"a value beside the wildcard": {[]Spec{every, {Name: "x", Path: "/ro/{id}", Methods: []string{"GET"}, Credentials: public}, {Name: "below", Path: "/ro/{id}/**", Credentials: public}}, "DELETE", "a/x"},
	} {
		table := build(t, routesOf("a", "", c.routes...))
		for _, path := range []string{"/RO/x", "/ro/X", "/ro/x/", "/ro/x;a", "/ro;b=c/x", "/ro/%2578", "/ro/x%20", "/ro/%EF%BD%98", "/ro/%E2%93%A7", "/ro/%F0%9D%90%B1", "/ro/x%C2%A0", "/ro/x%E3%80%80", "/ro/x%E2%80%8B", "/ro/%C2%ADx", "/ro/x%EF%BB%BF", "/ro/%CB%A3"} {
			if name == "a value beside the wildcard" && path[:4] == "/ro/" || name == "what a value could be" && path[:4] != "/ro/" {
				continue // that route has it
			}
			if got := stricter(table, "", c.method, path); got != c.want {
				t.Errorf("%s: %s %s belongs to %q, want %q", name, c.method, path, got, c.want)
			}
		}
		if got := stricter(table, "", "GET", "/elsewhere/1"); got != "" && got != "-" {
			t.Errorf("%s: /elsewhere/1 belongs to %q", name, got)
		}
	}
}

// TestBasesAreNotPassedBy: what an API does not know it refuses, in any spelling of its base, though another one at the same place would take it.
func TestBasesAreNotPassedBy(t *testing.T) {
	public := &Credentials{Need: Public}
	for mode, want := range map[Mode]string{Enforce: "v2/me", Observe: "", Off: ""} {
		v2 := routesOf("v2", "/v2", Spec{Name: "me", Path: "/me", Credentials: public})
		v2.Modes[CheckPath] = mode
		table := build(t, routesOf("all", "", Spec{Name: "all", Path: "/**", Credentials: public}), v2)
		for _, path := range []string{"/V2/other", "/v%2532/other"} {
			if got := stricter(table, "", "GET", path); got != want {
				t.Errorf("%v: %s belongs to %q, want %q", mode, path, got, want)
			}
		}
	}
}

func BenchmarkBesideManyChecks(b *testing.B) {
	public := &Credentials{Need: Public}
	specs := []Spec{{Name: "all", Path: "/**", Credentials: public}}
	for i := range 1000 {
		specs = append(specs, Spec{Name: fmt.Sprintf("r%d", i), Path: fmt.Sprintf("/some/collection%d", i), Methods: []string{"GET"}, Credentials: public})
	}
	table := build(b, routesOf("a", "", specs...))
	path, scratch := []byte("/some/collection7/members/1234567890"), []byte(nil)
	var m Match
	table.Match(nil, []byte("POST"), path, &m)
	b.ReportAllocs()
	for b.Loop() {
		_, scratch = table.Stricter(nil, path, &m, scratch)
	}
}
