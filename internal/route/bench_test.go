package route

import (
	"fmt"
	"testing"

	"github.com/candor-gateway/candor/problem"
)

// many is an API of n routes, five a resource, the shapes of a large REST API.
func many(n int) APISpec {
	spec := APISpec{Name: "many", Base: "/v2", Upstream: "people", Profile: problem.LinkedIn}
	shapes := []struct{ method, path string }{{"GET", ""}, {"POST", ""}, {"GET", "/{id}"}, {"DELETE", "/{id}"}, {"GET", "/{id}/members"}}
	for i := range n {
		shape := shapes[i%len(shapes)]
		spec.Routes = append(spec.Routes, Spec{
			Name: fmt.Sprintf("r%d", i), Methods: []string{shape.method}, Path: fmt.Sprintf("/resource%05d%s", i/len(shapes), shape.path),
		})
	}
	return spec
}

// calls are what the pins and the benchmarks ask: each kind of answer.
var calls = []struct{ name, method, path, query string }{
	{"found", "GET", "/v2/resource00001/urn%3Ali%3Aperson/members", "start=0&count=10"},
	{"escaped", "GET", "/v2/resource0000%31/5", ""},
	{"wrong method", "PUT", "/v2/resource00001/5", ""},
	{"unknown", "GET", "/v2/resourse00001/5", ""},
	{"no API", "GET", "/v3/resource00001/5", ""},
	{"bad URL", "GET", "/v2/resource00001/%zz", ""},
}

func TestNoAllocs(t *testing.T) {
	spec := many(100)
	spec.Hosts = []string{"api.example.com", "*.example.org"}
	table := build(t, spec)
	hidden := hiddenTable(t)
	cors, err := NewCORS(&CORSSpec{Origins: []string{"*"}, Methods: []string{"GET"}, Headers: []string{"*"}})
	if err != nil {
		t.Fatal(err)
	}
	versions, err := newVersions(&VersionSpec{Header: "V", Months: 12})
	if err != nil {
		t.Fatal(err)
	}
	host, origin, version := []byte("Api.example.com:443"), []byte("https://app.example"), []byte("202511")
	var m Match
	allow := make([]byte, 0, 64)
	for _, c := range calls {
		method, path, query := []byte(c.method), []byte(c.path), []byte(c.query)
		if n := testing.AllocsPerRun(100, func() {
			for _, table := range []*Table{table, hidden} {
				table.Match(host, method, path, &m)
				table.CheckURL(&m, path, query)
				table.Missing(&m, path, ads)
				table.Nearest(&m, path, ads)
				allow = table.AppendAllow(allow[:0], &m, ads)
				table.Knows(&m, method, ads)
				m.As(ads)
			}
			cors.Preflight(origin, method, version)
			versions.Judge(version, 1764000000e9)
			versions.Active(1764000000e9)
		}); n != 0 {
			t.Errorf("%s: %v allocations", c.name, n)
		}
	}
}

func BenchmarkMatch(b *testing.B) {
	for _, n := range []int{10, 10_000} {
		table := build(b, many(n))
		for _, c := range calls {
			method, path, query := []byte(c.method), []byte(c.path), []byte(c.query)
			b.Run(fmt.Sprintf("%s/%d", c.name, n), func(b *testing.B) {
				b.ReportAllocs()
				var m Match
				for b.Loop() {
					table.Match(nil, method, path, &m)
					table.CheckURL(&m, path, query)
				}
			})
		}
	}
}

// BenchmarkMatchByModes is what modes cost in a table of 10 000 routes.
func BenchmarkMatchByModes(b *testing.B) {
	for _, mode := range []Mode{Enforce, Observe, Off} {
		spec := many(10_000)
		spec.Modes = All(mode)
		table := build(b, spec)
		for _, c := range calls[:4] {
			method, path, query := []byte(c.method), []byte(c.path), []byte(c.query)
			b.Run(fmt.Sprintf("%s/%s", c.name, mode), func(b *testing.B) {
				b.ReportAllocs()
				var m Match
				for b.Loop() {
					table.Match(nil, method, path, &m)
					table.CheckURL(&m, path, query)
				}
			})
		}
	}
}

func BenchmarkNearest(b *testing.B) {
	for _, n := range []int{10, 10_000} {
		table := build(b, many(n))
		path := []byte("/v2/resourse00001/5")
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			var m Match
			table.Match(nil, []byte("GET"), path, &m)
			for b.Loop() {
				table.Nearest(&m, path, 0)
			}
		})
	}
}
