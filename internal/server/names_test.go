package server_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/store/sqlite"
)

// age makes of the store's data what a version would have written that knew routes by their own names alone.
func (s *stage) age() {
	s.t.Helper()
	s.inStore(func(st *sqlite.Store) error {
		counters, err := st.LoadCounters(s.t.Context())
		if err != nil {
			return err
		}
		for i, n := 0, len(counters); i < n; i++ {
			old := counters[i]
			if _, name, found := strings.Cut(old.Resource, "/"); found {
				old.Resource = name
				counters = append(counters, old)
				counters[i].Used, counters[i].Ends = 0, 1
			}
		}
		if err = st.SaveCounters(s.t.Context(), slices.Values(counters)); err != nil {
			return err
		}
		names, err := st.Names(s.t.Context(), "route")
		if err != nil {
			return err
		}
		old := map[string]string{}
		for _, name := range names {
			_, old[name], _ = strings.Cut(name, "/")
		}
		return st.Rename(s.t.Context(), "route", old)
	})
}

func (s *stage) inStore(do func(*sqlite.Store) error) {
	s.t.Helper()
	st, err := sqlite.Open(s.t.Context(), s.words["data"])
	if err != nil {
		s.t.Fatal(err)
	}
	defer st.Close()
	if err := do(st); err != nil {
		s.t.Fatal(err)
	}
}

func (s *stage) routeNames() (names []string) {
	s.t.Helper()
	s.inStore(func(st *sqlite.Store) (err error) {
		names, err = st.Names(s.t.Context(), "route")
		return err
	})
	return names
}

// last is the last line of the stage's configuration; behind it stands another API whose route has a name that the first has too.
const (
	last   = "      - {name: hints, path: /hints, methods: [GET], credentials: public}\n"
	second = last + "  - {base: /v3, name: more, upstream: people, routes: [{name: me, path: /me, methods: [GET], scopes: [r_profile], quota: people}]}\n"
)

// TestNamesAreMoved: a count of the day goes on where an earlier version kept it under the route's own name, and the routes keep their numbers.
func TestNamesAreMoved(t *testing.T) {
	for _, c := range []struct {
		name    string
		replace []string
		more    []string // names that come with the upgrade
	}{
		{"as it was", nil, nil},
		{"the same name in a later API", []string{last, second}, []string{"more/me"}},
		{"its old name as a resource", []string{"quota: people}", "quota: people, resource: me}"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newStage(t)
			i := s.start(few...)
			token := i.mint("demo", "alice")
			for range 2 {
				if got := i.status("/v2/me", token); got.Status != 200 {
					t.Fatalf("%+v", got)
				}
			}
			if err := i.end(); err != nil {
				t.Fatal(err)
			}
			before := s.routeNames()
			s.age()
			for again, want := range []int{200, 429} {
				i = s.start(slices.Concat(few, c.replace)...)
				if got := i.status("/v2/me", token); got.Status != want {
					t.Errorf("call %d of the day: %+v, want %d", again+3, got, want)
				}
				if len(c.more) > 0 {
					if got := i.status("/v3/me", token); got.Status != 200 {
						t.Errorf("a route of that name that is new: %+v", got)
					}
				}
				if err := i.end(); err != nil {
					t.Fatal(err)
				}
			}
			if diff := cmp.Diff(append(before, c.more...), s.routeNames()); diff != "" {
				t.Errorf("numbers (-want +got):\n%s", diff)
			}
		})
	}
}

// TestMovedByAReload: a route that was left out at the upgrade takes its count over when it comes back, and one of its name in another API does not.
func TestMovedByAReload(t *testing.T) {
	s := newStage(t)
	i := s.start(few...)
	token := i.mint("demo", "alice")
	for range 3 {
		i.status("/v2/me", token)
	}
	if err := i.end(); err != nil {
		t.Fatal(err)
	}
	s.age()
	i = s.start(slices.Concat(few, []string{"      - {name: me, path: /me, methods: [GET], scopes: [r_profile], quota: people}\n", ""})...)
	if got := i.status("/v2/me", token); got.Status != 404 {
		t.Fatalf("%+v", got)
	}
	if err := i.Reload(t.Context(), s.config(slices.Concat(few, []string{last, second})...)); err != nil {
		t.Fatal(err)
	}
	if got := i.status("/v2/me", token); got != throttled {
		t.Errorf("the fourth call of the day: %+v", got)
	}
	if got := i.status("/v3/me", token); got.Status != 200 {
		t.Errorf("another API's route of the same name: %+v", got)
	}
}
