package route

import (
	"testing"

	"github.com/candor-gateway/candor/internal/access"
)

// hiddenTable has routes for everybody, and some that only apps with the product ads may see.
func hiddenTable(tb testing.TB) *Table {
	tb.Helper()
	rest := api("rest", "/rest", "GET /organizations/{id}", "GET /adAccounts", "GET /adAccounts/{id}", "GET /posts", "DELETE /posts", "POST /posts/**", "* /ads/**")
	for _, i := range []int{1, 2, 4, 6} {
		rest.Routes[i].Hidden, rest.Routes[i].Restricted, rest.Routes[i].Products = true, true, []string{"ads"}
	}
	return build(tb, rest, api("v2", "/v2", "GET /me", "GET /people/id={personId}", "GET /people/(id:{id})", "GET /emailAddress", "GET /files/{a}/x"))
}

var (
	nobody access.ProductSet
	profil = access.ProductSet(0).With(0)
	ads    = access.ProductSet(0).With(1)
)

func TestHiddenIsUnknown(t *testing.T) {
	table := hiddenTable(t)
	for _, c := range []struct {
		method, path string
		products     access.ProductSet
		as           Pending
		allow, word  string
	}{
		{"GET", "/rest/adAccounts", ads, Nothing, "GET, HEAD", "adAccounts"},
		{"GET", "/rest/adAccounts", profil, UnknownPath, "", "adAccounts"},
		{"GET", "/rest/adAccountz", profil, UnknownPath, "", "adAccountz"},
		{"PUT", "/rest/adAccounts", ads, WrongMethod, "GET, HEAD", "adAccounts"},
		{"PUT", "/rest/adAccounts", nobody, UnknownPath, "", "adAccounts"},
		{"OPTIONS", "/rest/adAccounts", nobody, UnknownPath, "", "adAccounts"},
		{"GET", "/rest/adAccounts/5", nobody, UnknownPath, "", "adAccounts"},
		{"GET", "/rest/adAccountz/5", nobody, UnknownPath, "", "adAccountz"},
		{"GET", "/rest/adAccounts/5/x", ads, UnknownPath, "", "x"},
		{"GET", "/rest/ads/5/x", nobody, UnknownPath, "", "ads"},
		{"GET", "/rest/ads/5/x", ads, Nothing, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS", "5"},
		// A path with a route that is not hidden is known; a hidden route on it is none of its methods.
		{"DELETE", "/rest/posts", nobody, WrongMethod, "GET, HEAD", "posts"},
		{"PUT", "/rest/posts", nobody, WrongMethod, "GET, HEAD", "posts"},
		{"DELETE", "/rest/posts", ads, Nothing, "GET, HEAD, DELETE", "posts"},
		{"GET", "/rest/posts", nobody, Nothing, "GET, HEAD", "posts"},
	} {
		var m Match
		table.Match(nil, []byte(c.method), []byte(c.path), &m)
		as, allow := m.As(c.products), string(table.AppendAllow(nil, &m, c.products))
		word := string(table.Missing(&m, []byte(c.path), c.products))
		if as != c.as || allow != c.allow || word != c.word {
			t.Errorf("%s %s for %b: %d %q %q, want %d %q %q", c.method, c.path, c.products, as, allow, word, c.as, c.allow, c.word)
		}
	}
}

func TestMissing(t *testing.T) {
	table := hiddenTable(t)
	for path, want := range map[string]string{
		"/v2/person/id=5": "person", "/v2/people/5": "5", "/v2/people/id=5/x": "x", "/v2/people": "people", "/v2": "v2", "/v3/me": "v3", "/": "/",
		"": "/", "/v2/me/": "me/", "/v2/m%65/x%41": "x%41", "/v2/files/1/2": "2", "/v2/files//x": "files/", "/v2/": "v2/", "//": "/", "x": "x",
		"/rest/organizations": "organizations", "/rest/organizations/": "organizations/", "/v2/people/%zz": "%zz",
	} {
		var m Match
		table.Match(nil, []byte("GET"), []byte(path), &m)
		if got := string(table.Missing(&m, []byte(path), nobody)); got != want {
			t.Errorf("%q: %q, want %q", path, got, want)
		}
	}
}

func TestNearest(t *testing.T) {
	table := hiddenTable(t)
	for _, c := range []struct {
		path     string
		products access.ProductSet
		want     string
	}{
		{"/v2/person/id=5", nobody, "/v2/people/id={personId}"},
		{"/v2/person/id={personId}", nobody, "/v2/people/id={personId}"},
		{"/v2/person/(id:5)", nobody, "/v2/people/(id:{id})"},
		{"/v2/people/5", nobody, "/v2/people/id={personId}"},
		{"/me", nobody, "/v2/me"},
		{"/v3/me", nobody, "/v2/me"},
		{"/v2/Me", nobody, "/v2/me"},
		{"/v2/me/", nobody, "/v2/me"},
		{"/rest/organizations/7/", nobody, "/rest/organizations/{id}"},
		{"/v2/emailaddress", nobody, "/v2/emailAddress"},
		{"/v2/email", nobody, "/v2/emailAddress"},
		{"/v2/photos", nobody, ""},
		{"/rest/adAccount", ads, "/rest/adAccounts"},
		{"/rest/adAccount", profil, ""},
		{"/rest/adAccounts", nobody, ""},
		{"/rest/post", ads, "/rest/posts"},
		{"/rest/organization/7", nobody, "/rest/organizations/{id}"},
		{"/completely/else", nobody, ""},
		{"/", nobody, ""},
		{"x", nobody, ""},
	} {
		var m Match
		table.Match(nil, []byte("GET"), []byte(c.path), &m)
		if got := table.Nearest(&m, []byte(c.path), c.products); got != c.want {
			t.Errorf("%s for %b: %q, want %q", c.path, c.products, got, c.want)
		}
	}
}

func TestNearestAmongMany(t *testing.T) {
	table := build(t, many(10_000))
	for path, want := range map[string]string{
		"/v2/resource01321x/5":        "/v2/resource01321/{id}",
		"/v2/resource0132/5":          "/v2/resource01320/{id}",
		"/v2/resource01321/5/membres": "/v2/resource01321/{id}/members",
	} {
		var m Match
		table.Match(nil, []byte("GET"), []byte(path), &m)
		if got := table.Nearest(&m, []byte(path), nobody); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		path, pattern string
		d, size       int
	}{
		{"/v2/person/id=5", "/v2/people/id={personId}", 4, 14},
		{"/a/5", "/a/{x}", 0, 3},
		{"/a/", "/a/{x}", 1, 3},
		{"/a/5/6", "/a/{x}", 2, 3},
		{"/a/555/b", "/a/{x}/b", 0, 5},
		{"/a/555/c/d/e", "/a/{x}/**", 0, 3},
		{"/b", "/a/**", 1, 2},
		{"", "/abc", 4, 4},
	} {
		if d, size := distance([]byte(c.path), c.pattern, 1000); d != c.d || size != c.size {
			t.Errorf("%s from %s: %d of %d, want %d of %d", c.path, c.pattern, d, size, c.d, c.size)
		}
	}
}
