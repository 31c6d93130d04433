package server_test

import (
	"fmt"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/callid"
	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/internal/testkit"
	"github.com/candor-gateway/candor/internal/token"
)

// A clock that steps a day ahead, back, and a day behind loses no record: each is found by its id, a page lists them by the time that the clock had, and once each; what was counted
// stands in the hours that the clock had, also for the next process.
func TestRequestsWhileTheClockSteps(t *testing.T) {
	const day = 24 * time.Hour
	s := newStage(t)
	o, ahead := s.atNoon()
	first := s.startBy(s.config(), o)
	noon := o.Now()
	made, err := first.Mint(t.Context(), token.Order{App: "demo", Scopes: []string{"r_profile"}, Life: 96 * time.Hour}, noon.Add(-48*time.Hour)) // good on all three days
	if err != nil {
		t.Fatal(err)
	}
	for n, step := range []time.Duration{0, day, 0, -day, 0} {
		ahead.Store(int64(step))
		if a := first.get(fmt.Sprintf("/v2/nowhere/%d", n), made.Token); a.Status != 404 {
			t.Fatalf("call %d: %+v", n, a)
		}
		first.failures(n + 1)
	}
	byTime := []string{"/v2/nowhere/1", "/v2/nowhere/4", "/v2/nowhere/2", "/v2/nowhere/0", "/v2/nowhere/3"}
	check := func(name string, i *instance) {
		t.Helper()
		if err := i.Requests().Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		from := i.Requests().Store()
		for _, c := range []struct {
			query string
			want  []string
		}{
			{"limit=1", byTime},
			{"limit=2&app=demo", byTime},
			{"limit=3&since=1h", byTime[:4]}, // what lies ahead has come since
			{"limit=1&since=25h", byTime},
			{"limit=1&until=1h", byTime[4:]},
		} {
			if diff := cmp.Diff(c.want, walked(t, from, c.query, o.Now())); diff != "" {
				t.Errorf("%s: the records of %s (-want +got):\n%s", name, c.query, diff)
			}
		}
		counts, err := from.Counts(t.Context(), []string{"demo"}, noon.Add(-48*time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		byDay := map[int]int64{}
		for _, c := range counts {
			if c.Problem == "resource_not_found" {
				byDay[int(c.Hour.Truncate(24*time.Hour).Sub(noon.Truncate(24*time.Hour))/(24*time.Hour))] += c.Calls
			}
		}
		if diff := cmp.Diff(map[int]int64{-1: 1, 0: 3, 1: 1}, byDay); diff != "" {
			t.Errorf("%s: counted by day (-want +got):\n%s", name, diff)
		}
		if told, err := i.Usage(t.Context(), "demo"); err != nil || told.Calls != 3 {
			t.Errorf("%s: usage tells %d calls of today, %v", name, told.Calls, err)
		}
	}
	check("the first process", first)
	if err := first.end(); err != nil {
		t.Fatal(err)
	}
	second := s.startBy(s.config(), o)
	testkit.Until(t, "the log is open", func() bool { return second.Requests().Flush(t.Context()) == nil })
	check("the next one", second)
}

// walked are the targets of all pages of a query, as they come, each of which is found by its id too.
func walked(t *testing.T, from requestlog.Store, query string, now time.Time) (targets []string) {
	t.Helper()
	values, err := url.ParseQuery(query)
	if err != nil {
		t.Fatal(err)
	}
	q, err := requestlog.ParseQuery(values, now)
	if err != nil {
		t.Fatal(err)
	}
	for {
		page, next, err := from.Records(t.Context(), &q.Filter)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range page {
			if again, err := from.Record(t.Context(), r.ID); err != nil || again.Target != r.Target {
				t.Errorf("%s by its id: %v", r.Target, err)
			}
			if slices.Contains(targets, r.Target) {
				t.Fatalf("%s is listed twice", r.Target)
			}
			targets = append(targets, r.Target)
		}
		if q.Before = next; next == (callid.ID{}) {
			return targets
		}
	}
}
