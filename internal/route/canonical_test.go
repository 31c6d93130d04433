package route

import (
	"strings"
	"testing"
)

func TestCanonical(t *testing.T) {
	for path, want := range map[string]string{
		"":                         "",
		"/":                        "",
		"/admin":                   "/admin",
		"/Admin/USERS":             "/admin/users",
		"/admin/":                  "/admin",
		"/admin//users///":         "/admin/users",
		"/admin;x":                 "/admin",
		"/admin;x=1;y/users;z":     "/admin/users",
		"/;x/admin":                "/admin",
		"/admin%3Bx":               "/admin",
		"/admin%20":                "/admin",
		"/admin%20.%20.":           "/admin",
		"/admin.":                  "/admin",
		"/admin...":                "/admin",
		"/admin%2e":                "/admin",
		"/%61dmin":                 "/admin",
		"/%2561dmin":               "/admin",
		"/%25%36%31dmin":           "/admin",
		"/%252561dmin":             "/%61dmin", // once more, and not forever
		"/admin%2509":              "/admin",
		"/admin%252Fusers":         "/admin/users",
		"/admin%255Cusers":         "/admin/users",
		"/x/%252e%252e/admin":      "/admin",
		"/x/..%20/admin":           "/admin",
		"/x/..%252fadmin":          "/admin",
		"/x/..%3B/admin":           "/admin",
		"/%252e%252e/%252e%252e/a": "/a",
		"/x/%252e/admin":           "/x/admin",
		"/.../admin":               "/admin",
		"/admin%3Fx/y":             "/admin",
		"/admin%23x":               "/admin",
		"/admin%2500.png":          "/admin",
		"/.well-known":             "/.well-known",
		"/a.json":                  "/a.json",
		"/a%zz%2":                  "/a%zz%2",
		"/%20admin":                "/ admin", // a blank before is part of a name
		"/%C3%84":                  "/ä",
		"/%E2%93%A7":               "/x",
		"/x%C2%A0":                 "/x",
		"/a%E2%80%8B%C2%ADb":       "/ab",
	} {
		if got := string(canonical(nil, []byte(path), everything)); got != want {
			t.Errorf("%q becomes %q, want %q", path, got, want)
		}
		if got := string(canonical([]byte("x"), []byte(path), everything)); got != "x"+want {
			t.Errorf("%q behind x becomes %q", path, got)
		}
	}
}

func TestFolded(t *testing.T) {
	for pattern, want := range map[string]string{
		"/":                      "",
		"/Admin/":                "/admin",
		"/admin/{x}":             "/admin/{}",
		"/ADS/**":                "/ads/**",
		"/people/(Id:{id})":      "/people/(id:{})",
		"/p/{id}.":               "/p/{}",
		"/p/a;b={id}/c":          "/p/a/c",
		"/p/%25%32%46":           "/p", // a slash, to who decodes once more
		"/p/{id};v=1":            "/p/{}",
		"/caf%C3%A9/{x}.JSON%20": "/caf\xc3\xa9/{}.json",
	} {
		parsed, err := parsePattern(pattern)
		if err != nil {
			t.Fatal(err)
		}
		var got strings.Builder
		for _, s := range folded(parsed) {
			switch s.kind {
			case literal:
				got.WriteString("/" + s.before)
			case tail:
				got.WriteString("/**")
			default:
				got.WriteString("/" + s.before + "{}" + s.after)
			}
		}
		if got.String() != want {
			t.Errorf("%s becomes %s, want %s", pattern, got.String(), want)
		}
	}
}

func TestRespelled(t *testing.T) {
	for path, want := range map[string]struct {
		at      int
		excerpt string
	}{
		"/ADMIN":         {2, "A"},
		"/Api/admin;x/y": {11, ";x"},
		"/Admin%20":      {7, "%20"},
		"/admin./x":      {7, "."},
		"/admin/":        {7, "/"},
		"/v1.2/Admin":    {7, "A"},
		"/admin":         {1, ""},
		"/":              {1, ""},
	} {
		if f := Respelled([]byte(path)); !f.Bad() || f.At != want.at || string(f.Excerpt) != want.excerpt {
			t.Errorf("%s: %+v, want %d %q", path, f, want.at, want.excerpt)
		}
	}
}
