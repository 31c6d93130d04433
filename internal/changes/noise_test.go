package changes_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/changes"
)

// noise are good calls that vary, and a failing one of which nothing may be said.
var noise = []struct {
	name    string
	goods   int64
	every   int64 // seconds between good calls; 0 is an hour
	good    func(f *changes.Facts, i int64)
	failing func(f *changes.Facts)
	problem string
	status  int
	want    []string
}{
	{
		name: "two pods with different versions", goods: 20, problem: "nonexistent_version", status: 426,
		good:    func(f *changes.Facts, i int64) { f.Version = [...]string{"202504", "202505"}[i%2] },
		failing: func(f *changes.Facts) { f.Version = "202504" },
	},
	{
		name: "of three clients each has a version of its own", goods: 30, problem: "nonexistent_version", status: 426,
		good:    func(f *changes.Facts, i int64) { f.Version = fmt.Sprint(202500 + i%3) },
		failing: func(f *changes.Facts) { f.Version = "202305" },
	},
	{
		name: "too few good calls", goods: 4, problem: "upstream_client_error", status: 400,
		failing: func(f *changes.Facts) { f.Fields, f.Version, f.Media = nil, "202305", "text/plain" },
	},
	{
		name: "no good call at all", goods: 0, problem: "upstream_client_error", status: 400,
		failing: func(f *changes.Facts) { f.Fields = nil },
	},
	{
		name: "a parameter that is there at times", goods: 20, problem: "invalid_input", status: 400,
		good: func(f *changes.Facts, i int64) {
			if i%4 == 0 {
				f.Params = append(f.Params, "start")
			}
		},
		failing: func(f *changes.Facts) { f.Params = append(f.Params, "start") },
	},
	{
		name: "a parameter that some calls do without", goods: 20, problem: "invalid_input", status: 400,
		good: func(f *changes.Facts, i int64) {
			if i == 9 {
				f.Params = []string{"q"}
			}
		},
		failing: func(f *changes.Facts) { f.Params = []string{"q"} },
	},
	{
		name: "members that are ids, new ones in each call", goods: 40, problem: "unprocessable", status: 422,
		good:    func(f *changes.Facts, i int64) { f.Members = []string{"author", fmt.Sprint("e", i)} },
		failing: func(f *changes.Facts) { f.Members = []string{"author", "e77"} },
	},
	{
		name: "more names than are kept", goods: 200, every: 60, problem: "invalid_input", status: 400,
		good:    func(f *changes.Facts, i int64) { f.Params = append(f.Params, fmt.Sprint("p", i)) },
		failing: func(f *changes.Facts) { f.Params = append(f.Params, "p1000") },
	},
	{
		name: "tokens of many members", goods: 20, problem: "revoked_access_token", status: 401,
		good:    func(f *changes.Facts, i int64) { f.Token = uint64(i + 1) },
		failing: func(f *changes.Facts) { f.Token = 77 },
	},
	{
		name: "a target that is asked in turns", goods: 20, problem: "upstream_server_error", status: 500,
		good:    func(f *changes.Facts, i int64) { f.Upstream = fmt.Sprint("10.0.0.", i%2, ":80") },
		failing: func(f *changes.Facts) { f.Upstream = "10.0.0.1:80" },
	},
	{
		name: "a token that only grew older, and was revoked", goods: 20, problem: "revoked_access_token", status: 401,
		good:    func(f *changes.Facts, i int64) { f.Age = i * hour },
		failing: func(f *changes.Facts) { f.Age = 21 * hour },
	},
	{
		name: "a body that cannot be looked at", goods: 20, problem: "upstream_client_error", status: 400,
		failing: func(f *changes.Facts) { f.Body, f.Members = false, nil },
	},
	{
		name: "a head that cannot be read", goods: 20, problem: "malformed_request", status: 400,
		failing: func(f *changes.Facts) { *f = changes.Facts{Headless: true, Products: f.Products} },
	},
	{
		name: "nothing differs", goods: 20, problem: "upstream_server_error", status: 500,
		failing: func(*changes.Facts) {},
	},
	{
		name: "a third version long after the two others is a change", goods: 30, every: 3600, problem: "nonexistent_version", status: 426,
		good: func(f *changes.Facts, i int64) {
			if i < 3 {
				f.Version = fmt.Sprint(202502 + i)
			}
		},
		failing: func(f *changes.Facts) { f.Version = "202305" },
		want:    []string{"version was 202505, is 202305"},
	},
	{
		name: "the configuration changed often, and once too often", goods: 30, every: 60, problem: "access_denied", status: 403,
		good:    func(f *changes.Facts, i int64) { f.Revision = 12 + i/3 },
		failing: func(f *changes.Facts) { f.Revision, f.RevisionAt = 22, noon },
		want:    []string{"configuration revision 21 → 22 changed this route"},
	},
	{
		name: "a name that is not plain is not told", goods: 20, problem: "invalid_input", status: 400,
		good:    func(f *changes.Facts, _ int64) { f.Params = []string{"tom@example.com"} },
		failing: func(f *changes.Facts) { f.Params = []string{"AKIAIOSFODNN7EXAMPLE"} },
		want:    []string{"query parameter (its name is not kept) gone", "query parameter (its name is not kept) new"},
	},
	{
		name: "credentials that somebody made up as versions", goods: 20, problem: "nonexistent_version", status: 426,
		good:    func(f *changes.Facts, _ int64) { f.Version = "eyJhbGciOiJIUzI1NiJ9" },
		failing: func(f *changes.Facts) { f.Version = "not plain" },
		want:    []string{"another version than before"},
	},
}

func TestNoise(t *testing.T) {
	t.Parallel()
	for _, n := range noise {
		t.Run(n.name, func(t *testing.T) {
			t.Parallel()
			m := changes.New(changes.Options{})
			k := m.Key(changes.App, "acme", "/v2/posts")
			every, now := n.every, noon
			if every == 0 {
				every = hour
			}
			for i := range n.goods {
				f := ordinary()
				if n.good != nil {
					n.good(&f, i)
				}
				now += every
				m.Good(k, &f, now)
			}
			f := ordinary()
			n.failing(&f)
			got := m.Failed([]changes.Key{k}, n.problem, n.status, &f, now+60)
			if diff := cmp.Diff(n.want, said(got.Changed)); diff != "" {
				t.Errorf("named (-want +got):\n%s", diff)
			}
			if len(n.want) == 0 && len(got.Also) > 0 {
				t.Errorf("also different: %v", got.Also)
			}
		})
	}
}

func TestNewDayOldMemory(t *testing.T) {
	t.Parallel()
	m := changes.New(changes.Options{})
	k := m.Key(changes.App, "acme", "/v2/posts")
	now := noon
	good := func(days int, params ...string) {
		for range days {
			f := ordinary()
			f.Params = params
			now += 24 * hour
			m.Good(k, &f, now)
		}
	}
	good(10, "q")
	good(30, "q", "tag")
	f := ordinary()
	f.Params = []string{"q"}
	if got := m.Failed([]changes.Key{k}, "invalid_input", 400, &f, now); len(got.Changed) > 0 {
		t.Errorf("calls without it were good within five weeks, but %s", got)
	}
	good(10, "q", "tag")
	if got := said(m.Failed([]changes.Key{k}, "invalid_input", 400, &f, now).Changed); len(got) != 1 || got[0] != "query parameter tag gone" {
		t.Errorf("no call of five weeks was good without it, but got %v", got)
	}
}

func TestRecurrence(t *testing.T) {
	t.Parallel()
	m := changes.New(changes.Options{})
	k := m.Key(changes.Network, "203.0.113.0/24", "/v2/posts")
	f := ordinary()
	for _, step := range []struct {
		problem      string
		at           int64
		count, since int64
	}{
		{"throttled", noon, 1, noon},
		{"throttled", noon + hour, 2, noon},
		{"access_denied", noon + hour, 1, noon + hour},
		{"throttled", noon + 6*24*hour, 3, noon},
		{"throttled", noon + 5*24*hour, 4, noon}, // a clock that went back
		{"throttled", noon + 14*24*hour, 1, noon + 14*24*hour},
	} {
		got := m.Failed([]changes.Key{k}, step.problem, 0, &f, step.at)
		if got.Recurs != step.count || got.Since != step.since || got.LastGood != 0 {
			t.Errorf("%s at %d: %+v", step.problem, step.at, got)
		}
	}
}
