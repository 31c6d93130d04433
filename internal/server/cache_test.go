package server

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/cache"
	"github.com/candor-gateway/candor/internal/http1"
)

// withAnswers is an instance with two APIs, and answers in its cache: one of each route of people, two of the other's.
func withAnswers(t *testing.T) *Server {
	t.Helper()
	cfg := revisedBy(t, "none", "", "base: /v2", "base: /v2\n    cache: per_principal", "path: /**, products", "path: /**, cache: shared, products")
	s, err := Start(t.Context(), cfg, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.ShutdownWithoutDelay(t.Context()); err != nil {
			t.Error(err)
		}
	})
	for i, name := range []string{"people/me", "people/list", "ads/all", "ads/all"} {
		k := cache.Key{Target: cache.ID{byte(i)}}
		e := &cache.Entry{Head: &http1.ResponseHead{}, Body: []byte(strings.Repeat("x", 1000*(i+1))), Route: s.numbers.Number(name)}
		if !s.cache.Put(k, e, s.cache.Mark(k.Target)) {
			t.Fatal("it was not kept")
		}
	}
	return s
}

func TestCacheFigures(t *testing.T) {
	s := withAnswers(t)
	for r := cache.Hit; r <= cache.Miss; r++ {
		for range r + 1 {
			s.cache.Counts.Add(s.numbers.Number("people/me"), r)
		}
	}
	got, err := s.CacheFigures(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	sum := int64(0)
	for i := range got.Routes {
		sum += got.Routes[i].Bytes
		if got.Routes[i].Bytes < 1000 {
			t.Errorf("%s takes %d bytes", got.Routes[i].Route, got.Routes[i].Bytes)
		}
		got.Routes[i].Bytes = 0
	}
	if sum != got.Bytes {
		t.Errorf("all take %d bytes, and the routes %d", got.Bytes, sum)
	}
	want := admin.CacheFigures{Size: 64 << 20, Bytes: sum, Answers: 4, Routes: []admin.CachedRoute{
		{Route: "ads/all", Mode: "shared", Answers: 2, Stored: 2},
		{Route: "people/list", Mode: "per_principal", Answers: 1, Stored: 1},
		{Route: "people/me", Mode: "per_principal", Answers: 1, Hits: 1, Revalidated: 2, Stale: 3, Coalesced: 4, Misses: 5, Stored: 1},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestClearCache(t *testing.T) {
	for _, test := range []struct {
		name  string
		of    admin.CacheClear
		left  int64
		fault *admin.Fault
	}{
		{"all", admin.CacheClear{}, 0, nil},
		{"an API", admin.CacheClear{API: "people"}, 2, nil},
		{"a route", admin.CacheClear{Route: "people/me"}, 3, nil},
		{"no such API", admin.CacheClear{API: "peple"}, 4, &admin.Fault{Status: 404, Message: `There is no API "peple"`, Fix: "Did you mean people?"}},
		{"no such route", admin.CacheClear{Route: "nowhere"}, 4, &admin.Fault{Status: 404, Message: `There is no route "nowhere"`, Fix: "candor cache, or GET /v1/cache, names those that have a cache."}},
		{"both", admin.CacheClear{API: "people", Route: "people/me"}, 4, &admin.Fault{Status: 400, Message: "An API and a route were both named", Fix: "Name one of them, or none for all answers."}},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := withAnswers(t)
			done, err := s.ClearCache(t.Context(), test.of)
			fault, _ := errors.AsType[*admin.Fault](err)
			if diff := cmp.Diff(test.fault, fault); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			if left := s.cache.Len(); left != test.left || err == nil && done.Cleared != 4-left {
				t.Errorf("%d left, want %d; %d cleared", left, test.left, done.Cleared)
			}
		})
	}
}

// TestMetricsOfTheCache: names and labels are what dashboards go by.
func TestMetricsOfTheCache(t *testing.T) {
	s := withAnswers(t)
	s.cache.Counts.Add(s.numbers.Number("people/me"), cache.Hit)
	got := map[string]float64{}
	for _, f := range s.cacheFamilies() {
		f.Each(func(labels []string, value float64) {
			if value != 0 {
				got[f.Name+" "+strings.Join(labels, " ")] = value
			}
		})
	}
	for _, n := range s.cacheNumbers() {
		got[n.Name] = n.Value()
	}
	want := map[string]float64{
		"candor_cache_requests_total people/me hit": 1, "candor_cache_stored_total people/me": 1, "candor_cache_stored_total people/list": 1, "candor_cache_stored_total ads/all": 2,
		"candor_cache_size_bytes": 64 << 20, "candor_cache_bytes": float64(s.cache.Bytes()), "candor_cache_answers": 4,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// A route that a reload changes forgets what it has, also where a later one brings it back as it was; the others keep theirs.
func TestReloadForgets(t *testing.T) {
	s := withAnswers(t)
	left := func() map[string]int64 {
		of := map[string]int64{}
		for n, kept := range s.cache.Kept() {
			of[s.numbers.Name(n)] = kept.Answers
		}
		return of
	}
	cached := []string{"base: /v2", "base: /v2\n    cache: per_principal", "path: /**, products", "path: /**, cache: shared, products"}
	if err := s.Reload(t.Context(), revisedBy(t, "none", "", cached...)); err != nil {
		t.Fatal(err)
	}
	if len(left()) != 3 {
		t.Errorf("after a reload that changes nothing %v", left())
	}
	if err := s.Reload(t.Context(), revisedBy(t, "none", "", cached[:2]...)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]int64{"people/me": 1, "people/list": 1}, left()); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
