package route

import (
	"bytes"
	"strings"
	"testing"

	"github.com/candor-gateway/candor/problem"
)

// patterns of the fuzzed table: every kind, and such that lead astray.
var patterns = []string{
	"", "/", "/me", "/me/", "/a/{x}/c", "/a/b/d", "/a/b/{y}/e", "/people/id={id}", "/people/(id:{id})", "/people/id={id}.json", "/people/{id}",
	"/people/{id}@x", "/ads/**", "/ads/x/{y}", "/café/%2B{x}", "/admin", "/admin/**", "/files/", "/{any}/**", "/{any}/{x}/z",
}

// FuzzTarget holds Match against a plain list of patterns, and CheckURL against what it promises: what passes reads one way only.
func FuzzTarget(f *testing.F) {
	for _, p := range []string{
		"/v2/a/b/c", "/v2/people/id=5.json", "/v2/people/%28id:7%29", "/v2/%61dmin", "/v2/caf%C3%A9/+1", "/v2/ads", "/v2/x//z", "//v2/me", "/v2/%2e%2e/admin",
		"/v2/..;/me", "/v2/me%", "/v2/%zz", "/v2/a%2Fb", "/%76%32", "/v2/%c0%af", "", "v2", "/v2/people/id=", "/v2/\xff\x00\\#",
	} {
		f.Add([]byte(p), []byte("a=%zz|"))
	}
	spec := api("v2", "/v2")
	for i, p := range patterns {
		spec.Routes = append(spec.Routes, Spec{Name: string(rune('a' + i)), Path: p, Methods: []string{"GET"}})
	}
	spec.Routes[5].Hidden, spec.Routes[5].Products = true, []string{"ads"}
	table := build(f, spec)
	full := make([]string, len(patterns))
	for i, p := range patterns {
		full[i] = "/v2" + p
	}
	reference := newSlow(full...)
	f.Fuzz(func(t *testing.T, path, query []byte) {
		var m Match
		table.Match(nil, []byte("GET"), path, &m)
		got := ""
		if m.Route != nil {
			got = m.Route.Pattern
		}
		if want := reference.match(string(path)); got != want {
			t.Errorf("%q: %q, want %q", path, got, want)
		}
		if word := table.Missing(&m, path, 0); len(word) == 0 || len(path) > 0 && !bytes.Contains(path, word) {
			t.Errorf("%q: the word %q is none of it", path, word)
		}
		table.Nearest(&m, path, 0)
		checkPromise(t, path, table.CheckURL(&m, path, nil))
		if q := checkQuery(query, problem.LinkedIn, 0, new(Accept)); q.Bad() && !bytes.HasPrefix(query[q.At-1:], q.Excerpt) {
			t.Errorf("query %q: %q does not stand at position %d", query, q.Excerpt, q.At)
		}
	})
}

// checkPromise: a path that passes has no second reading: decoded as often as one likes to do it once, it has the same segments, and none of them is
// empty inside or dots. A fault stands where it is said to stand, and before it all is well.
func checkPromise(t *testing.T, path []byte, f URLFault) {
	t.Helper()
	if f.Bad() {
		if !bytes.HasPrefix(path[f.At-1:], f.Excerpt) || len(f.Excerpt) == 0 {
			t.Errorf("%q: %q does not stand at position %d", path, f.Excerpt, f.At)
		}
		return
	}
	decoded := slowDecode(string(path))
	if strings.Count(decoded, "/") != bytes.Count(path, []byte("/")) || strings.Contains(decoded, "//") || strings.ContainsAny(decoded, "\\\x00\r\n\x7f") {
		t.Errorf("%q passes, and reads %q", path, decoded)
	}
	// What stands before the first slash is no segment: such a path matches nothing.
	for _, segment := range strings.Split(decoded, "/")[1:] {
		if name, _, _ := strings.Cut(segment, ";"); name == "." || name == ".." {
			t.Errorf("%q passes with the segment %q", path, segment)
		}
	}
}
