package route

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// steps are what programs do to a path, each on what the one before has left of it.
var steps = []func(string) string{
	unescaped,
	keepEncoded,
	func(s string) string { return strings.ReplaceAll(s, `\`, "/") },
	func(s string) string {
		return bySegment(s, func(segs []string) []string { return slices.DeleteFunc(segs, func(s string) bool { return s == "" }) })
	},
	withoutDots,
	strings.ToLower,
	func(s string) string {
		return bySegment(s, func(segs []string) []string {
			for i := range segs {
				segs[i], _, _ = strings.Cut(segs[i], ";")
			}
			return segs
		})
	},
	func(s string) string {
		if !strings.HasPrefix(s, "//") {
			return s
		}
		s = strings.TrimLeft(s, "/")
		return s[strings.IndexByte(s+"/", '/'):]
	},
	func(s string) string { return s[:strings.IndexAny(s+"?", "?#\x00")] },
	func(s string) string { return strings.TrimRight(s, "/") },
}

// keepEncoded undoes every escape but those of slashes.
func keepEncoded(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "%2F", "%252F"), "%2f", "%252F")
	return unescaped(s)
}

func bySegment(s string, do func([]string) []string) string {
	if s == "" {
		return s
	}
	return "/" + strings.Join(do(strings.Split(s[1:], "/")), "/")
}

func withoutDots(s string) string {
	return bySegment(s, func(segs []string) []string {
		var out []string
		for _, seg := range segs {
			switch seg {
			case "..":
				out = out[:max(0, len(out)-1)]
			case ".":
			default:
				out = append(out, seg)
			}
		}
		return out
	})
}

// orders are in what order programs that are known take these steps.
var orders = [][]int{
	{0, 4, 3, 5}, {4, 0, 3}, {0, 3, 4}, {3, 0, 4}, {3, 4, 0, 5}, {6, 0, 4, 3}, {0, 6, 4, 3}, {4, 6, 0, 4, 3}, // servlet containers, nginx, static files
	{1, 4, 3}, {4, 1, 3, 5}, {1, 3, 4}, {4, 1, 0, 3}, {4, 1, 0, 4, 3}, {4, 0, 4, 3}, {1, 4, 0, 3}, {1, 4, 0, 4, 3}, // normalised first, decoded later
	{2, 4, 7, 0, 3}, {7, 2, 4, 0, 3}, {2, 7, 4, 0, 3}, {2, 7, 4, 0, 4, 3}, {7, 4, 0, 3}, {4, 7, 0, 3}, {7, 0, 3, 4}, // URLs of browsers and of Node.js
	{0, 2, 4, 3, 5}, {2, 0, 4, 3, 5}, {0, 8, 4, 3}, {0, 8, 9}, {3, 9}, {9}, {0, 0, 4, 3}, {3}, {4}, {0, 4}, {0, 3},
}

// FuzzReaders: whoever reads a tolerated path in an order that programs are known for does not come to a stricter route, nor to where none is.
func FuzzReaders(f *testing.F) {
	for _, path := range []string{
		"/x/../admin", "/public/../internal", "//host/admin", "/a%2Fb/../admin", `/a\..\admin`, "/x/..;/admin", "/%2e%2e/../admin", "/users/a%2Fkeys", "/users//keys", "/public/%2F..%2F..%2Fadmin",
		"/z%2Fy/../admin%2Fusers", "/.//h/admin", "/public/x/..%2F../%2e/admin", "/users/%2F/keys", "/admin%00/x", "/x//../admin", "/x/..//admin",
	} {
		f.Add([]byte(path))
	}
	table := build(f, tolerant(AcceptAnywhere, "", needs("public", "/public/**"), needs("user", "/users/{id}"), needs("deep", "/users/{id}/{x}"), needs("keys", "/users/{id}/keys", "bearer"),
		needs("admin", "/admin/**", "bearer"), needs("x", "/x/**"), needs("page", "/{page}"), needs("z", "/z/{y}/**")))
	f.Fuzz(func(t *testing.T, path []byte) {
		if len(path) == 0 || path[0] != '/' || len(path) > 200 || bytes.ContainsAny(path, "%\\") && bytes.Count(path, []byte("%")) > 12 {
			return
		}
		var m Match
		table.Match(nil, []byte("GET"), path, &m)
		if m.Route == nil || m.leaf.least.Need != Public || table.CheckURL(&m, path, nil).Bad() {
			return
		}
		if s, _ := table.Stricter(nil, path, &m, nil); s != nil {
			return
		}
		for _, order := range orders {
			read := string(path)
			for _, step := range order {
				read = steps[step](read)
			}
			var c Match
			table.Match(nil, []byte("GET"), []byte(read), &c)
			if c.Route != nil && c.Route.Credentials.Need != Public {
				t.Errorf("%q, taken by %s, is %q to who goes %v: that is for %s", path, m.Route.Name, read, order, c.Route.Name)
			}
		}
	})
}
