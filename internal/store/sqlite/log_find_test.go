package sqlite

import (
	"bytes"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/candor-gateway/candor/internal/callid"
	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/internal/store/storetest"
)

// fits is what a filter means, word for word, but for its cursor and the length of a page.
func fits(f *requestlog.Filter, r *requestlog.Record) bool {
	return (f.Apps == nil || r.App != "" && slices.Contains(f.Apps, r.App)) &&
		(f.App == "" || f.App == r.App) && (f.Member == "" || f.Member == r.Member) && (f.Problem == "" || f.Problem == r.Problem) &&
		(f.Status == 0 || f.Status == r.Status) && (f.Route == "" || f.Route == r.Route) && strings.HasPrefix(r.Target, f.Path) &&
		(f.Since.IsZero() || !r.Time.Before(f.Since)) && (f.Until.IsZero() || r.Time.Before(f.Until))
}

// filters are drawn among what records have, and a little beside.
func filters() *rapid.Generator[*requestlog.Filter] {
	return rapid.Custom(func(t *rapid.T) *requestlog.Filter {
		one := func(what string, all ...string) string {
			return rapid.SampledFrom(append([]string{"", ""}, all...)).Draw(t, what)
		}
		at := func(what string) (at time.Time) {
			if n := rapid.IntRange(-20, 320).Draw(t, what); n >= 0 {
				at = storetest.Noon.Add(time.Duration(n) * time.Second)
			}
			return at
		}
		f := &requestlog.Filter{
			App: one("app", "ada", "bob", "nobody"), Member: one("member", "member-0", "member-7"), Problem: one("problem", "problem-1", "problem-6"),
			Route: one("route", "route-2"), Path: one("path", "/v2/people/1", "/v2/", "/v2/people/7?q=1", "/v3"),
			Status: rapid.SampledFrom([]int{0, 0, 401, 404}).Draw(t, "status"), Since: at("since"), Until: at("until"), Most: rapid.IntRange(1, 60).Draw(t, "most"),
		}
		if rapid.Bool().Draw(t, "apps?") {
			f.Apps = rapid.SliceOfN(rapid.SampledFrom([]string{"ada", "bob", "nobody", ""}), 0, 3).Draw(t, "apps")
		}
		return f
	})
}

// TestAllPagesTogetherAreWhatFits, whatever is asked for.
func TestAllPagesTogetherAreWhatFits(t *testing.T) {
	const records = 300
	logs(t, func(t *testing.T, l *Log) {
		var all []*requestlog.Record
		for n := range records {
			all = append(all, record(n))
		}
		add(t, l, all...)
		slices.Reverse(all)
		rapid.Check(t, func(rt *rapid.T) {
			f := filters().Draw(rt, "filter")
			var want, got []string
			for _, r := range all {
				if fits(f, r) {
					want = append(want, r.RequestID)
				}
			}
			for range records {
				page, next, err := l.Records(t.Context(), f)
				if err != nil {
					rt.Fatal(err)
				}
				for _, r := range page {
					got = append(got, r.RequestID)
				}
				if len(page) > f.Most || next != (callid.ID{}) && len(page) < f.Most {
					rt.Fatalf("a page of %d, of %d asked for, and the next is %s", len(page), f.Most, next)
				}
				if f.Before = next; next == (callid.ID{}) {
					break
				}
			}
			if !slices.Equal(got, want) {
				rt.Fatalf("found %d records, want %d", len(got), len(want))
			}
		})
	})
}

// TestASearchIsBounded: where few of many fit, pages may be short, and together they are complete all the same.
func TestASearchIsBounded(t *testing.T) {
	const records = 2*lookedAt + 100
	l := openLog(t, t.TempDir())
	var batch []*requestlog.Record
	for n := range records {
		r := &requestlog.Record{ID: idAt(n), App: []string{"ada", "bob"}[n%2], Target: "/often"}
		if n == 7 || n == 8 || n == records-1 {
			r.Target = "/rare"
		}
		if batch = append(batch, r); len(batch) == 1000 || n == records-1 {
			add(t, l, batch...)
			batch = batch[:0]
		}
	}
	for _, c := range []struct {
		filter requestlog.Filter
		pages  int
		found  []callid.ID
	}{
		{requestlog.Filter{Path: "/rare"}, 3, []callid.ID{idAt(records - 1), idAt(8), idAt(7)}},
		{requestlog.Filter{Path: "/rare", Apps: []string{"ada", "bob"}}, 1 + records/lookedUp, []callid.ID{idAt(records - 1), idAt(8), idAt(7)}},
		{requestlog.Filter{Path: "/rare", App: "ada"}, 1 + records/2/lookedUp, []callid.ID{idAt(8)}},
	} {
		f := c.filter
		var found []callid.ID
		pages := 0
		for pages < 20 {
			page, next, err := l.Records(t.Context(), &f)
			if err != nil {
				t.Fatal(err)
			}
			pages++
			for _, r := range page {
				found = append(found, r.ID)
			}
			if f.Before = next; next == (callid.ID{}) {
				break
			}
		}
		same(t, fmt.Sprintf("what %+v finds", f), found, c.found)
		if pages != c.pages {
			t.Errorf("%d pages, want %d", pages, c.pages)
		}
	}
}

// TestSearchesUseTheirIndex: no search goes through more than it says it does, and none sorts.
func TestSearchesUseTheirIndex(t *testing.T) {
	l := openLog(t, t.TempDir())
	for _, c := range []struct {
		filter requestlog.Filter
		want   string
	}{
		{requestlog.Filter{}, "SEARCH calls USING PRIMARY KEY (id>? AND id<?)"},
		{requestlog.Filter{Path: "/x"}, "SEARCH calls USING PRIMARY KEY (id>? AND id<?)"},
		{requestlog.Filter{App: "a"}, "SEARCH calls USING INDEX calls_app (app=? AND id>? AND id<?)"},
		{requestlog.Filter{Member: "m", Status: 400}, "SEARCH calls USING INDEX calls_member (member=? AND id>? AND id<?)"},
		{requestlog.Filter{Problem: "p", Path: "/x"}, "SEARCH calls USING INDEX calls_problem (problem=? AND id>? AND id<?)"},
		{requestlog.Filter{Status: 400}, "SEARCH calls USING INDEX calls_status (status=? AND id>? AND id<?)"},
		{requestlog.Filter{Route: "r"}, "SEARCH calls USING INDEX calls_route (route=? AND id>? AND id<?)"},
	} {
		tx, err := l.r.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		s := searchFor(&c.filter, c.filter.App)
		if err = s.choose(t.Context(), tx); err != nil {
			t.Fatal(err)
		}
		query, args := s.query(10, 5)
		rows, err := tx.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+query, args...)
		steps, err := collect(rows, err, func(rows *sql.Rows) (step string, err error) {
			var id, parent, unused int
			return step, rows.Scan(&id, &parent, &unused, &step)
		})
		plan := strings.Join(steps, "\n") + "\n"
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(plan, c.want+"\n") || strings.Contains(plan, "TEMP B-TREE") {
			t.Errorf("%+v: the plan is\n%swant %s", c.filter, plan, c.want)
		}
		if err := tx.Rollback(); err != nil {
			t.Error(err)
		}
	}
}

func TestIdsOfATime(t *testing.T) {
	at := storetest.Noon.Add(123 * time.Millisecond)
	first := firstOf(at)
	for _, c := range []struct {
		id    callid.ID
		later bool
	}{
		{callid.New(at.UnixMilli(), 0, 0), true},
		{callid.New(at.UnixMilli(), 1<<63, 1<<62-1), true},
		{callid.New(at.UnixMilli()-1, 1<<12-1, 1<<62-1), false},
	} {
		if later := bytes.Compare(c.id[:], first[:]) >= 0; later != c.later {
			t.Errorf("%s is at or after %s: %v", c.id, first, later)
		}
	}
}
