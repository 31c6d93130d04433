package route

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestOtherHosts: what a caller passes by choosing another host is told, once for two APIs.
func TestOtherHosts(t *testing.T) {
	at := func(api APISpec, hosts ...string) APISpec {
		api.Hosts = hosts
		return api
	}
	unguarded := at(routesOf("a", "", needs("all", "/**")), "a.example")
	unguarded.Unguarded = true
	admin := at(routesOf("b", "", needs("admin", "/admin", "bearer")), "b.example")
	for _, c := range []struct {
		name string
		apis []APISpec
		want []string // WEAK < STRICT METHOD PATH
	}{
		{"a wildcard and a literal", []APISpec{at(routesOf("a", "", needs("all", "/**")), "a.example"), admin}, []string{"a/all < b GET /admin"}},
		{"the other order", []APISpec{admin, at(routesOf("a", "", needs("all", "/**")), "a.example")}, []string{"a/all < b GET /admin"}},
		{"a literal below a wildcard", []APISpec{at(routesOf("a", "", needs("help", "/admin/help")), "a.example"), at(routesOf("b", "", needs("below", "/admin/**", "bearer")), "b.example")}, []string{"a/help < b GET /admin/help"}},
		{"one path", []APISpec{at(routesOf("a", "", needs("open", "/admin")), "a.example"), admin}, []string{"a/open < b GET /admin"}},
		{"a scope more", []APISpec{at(routesOf("a", "", needs("all", "/**", "bearer")), "a.example"), at(routesOf("b", "", needs("admin", "/admin", "w_posts")), "b.example")}, []string{"a/all < b GET /admin"}},
		{"every host and one", []APISpec{routesOf("a", "", needs("all", "/**")), admin}, []string{"a/all < b GET /admin"}},
		{"a wildcard of hosts and one", []APISpec{at(routesOf("a", "", needs("all", "/**")), "*.example"), admin}, []string{"a/all < b GET /admin"}},
		{"once for two APIs", []APISpec{at(routesOf("a", "", needs("all", "/**")), "a.example"), at(routesOf("b", "", needs("x", "/x", "bearer"), needs("y", "/y", "bearer")), "b.example")}, []string{"a/all < b GET /x"}},
		{"protected in both", []APISpec{at(routesOf("a", "", needs("all", "/**"), needs("admin", "/admin", "bearer")), "a.example"), admin}, nil},
		{"other methods", []APISpec{at(routesOf("a", "", needs("all", "/**", "POST")), "a.example"), admin}, nil},
		{"another base", []APISpec{at(routesOf("a", "/v1", needs("all", "/**")), "a.example"), admin}, nil},
		{"another upstream", []APISpec{at(routesOf("a", "", needs("all", "/**", "blobs")), "a.example"), admin}, nil},
		{"one API at two hosts", []APISpec{at(routesOf("a", "", needs("read", "/{x}"), needs("write", "/{x}", "bearer", "POST")), "a.example", "b.example")}, nil},
		{"one host", []APISpec{at(routesOf("a", "", needs("all", "/**")), "a.example"), at(routesOf("b", "/v2", needs("admin", "/admin", "bearer")), "a.example")}, nil},
		{"guard off", []APISpec{unguarded, admin}, nil},
	} {
		mistakes, warnings := Examine(c.apis, nil, nil)
		var got []string
		for _, m := range warnings {
			var pattern, method, path, strict, api string
			if strings.Contains(m.Text, "/admin.json") {
				continue // of one host
			}
			if _, err := fmt.Sscanf(m.Text, "at its host %s takes calls such as %s %s for which %s of the API %q", &pattern, &method, &path, &strict, &api); err != nil {
				t.Errorf("%s: %s", c.name, m.Text)
			}
			got = append(got, strings.Trim(strings.TrimPrefix(m.Who, "route "), `"`)+" < "+api+" "+method+" "+strings.TrimSuffix(path, ","))
		}
		if diff := cmp.Diff(c.want, got); diff != "" || len(mistakes) > 0 {
			t.Errorf("%s: %v (-want +got):\n%s", c.name, mistakes, diff)
		}
	}
}
