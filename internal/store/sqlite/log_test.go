package sqlite

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/candor-gateway/candor/internal/callid"
	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/internal/store/storetest"
)

func openLog(tb testing.TB, dir string) *Log {
	tb.Helper()
	l, err := OpenLog(tb.Context(), dir)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { l.Close() })
	if err := l.Aside(); err != nil {
		tb.Error(err)
	}
	return l
}

// logs runs a test over a log on disk and over one in memory.
func logs(t *testing.T, test func(t *testing.T, l *Log)) {
	t.Helper()
	t.Run("disk", func(t *testing.T) { test(t, openLog(t, t.TempDir())) })
	t.Run("memory", func(t *testing.T) {
		l, err := OpenLogMemory(t.Context(), 64<<20)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { l.Close() })
		test(t, l)
	})
}

// idAt is the id of the nth call, a second each.
func idAt(n int) callid.ID {
	return callid.New(storetest.Noon.UnixMilli()+int64(n)*1000, uint64(n), uint64(n))
}

// record is the nth call: what it has of each kind comes round again and again.
func record(n int) *requestlog.Record {
	id := idAt(n)
	return &requestlog.Record{
		ID: id, RequestID: id.String(), Time: storetest.Noon.Add(time.Duration(n) * time.Second), Status: 400 + n%5, Problem: "problem-" + fmt.Sprint(n%7), By: requestlog.ByGateway,
		Route: fmt.Sprint("route-", n%3), App: []string{"", "ada", "bob"}[n%3], Member: fmt.Sprint("member-", n%11), Method: "GET", Target: fmt.Sprintf("/v2/people/%d?q=1", n%13),
	}
}

func add(tb testing.TB, l *Log, records ...*requestlog.Record) {
	tb.Helper()
	if err := l.Add(tb.Context(), records); err != nil {
		tb.Fatal(err)
	}
}

func same(t *testing.T, what string, got, want any) {
	t.Helper()
	addr := cmp.Comparer(func(a, b netip.Addr) bool { return a == b })
	if diff := cmp.Diff(want, got, addr, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s (-want +got)\n%s", what, diff)
	}
}

func TestARecordIsKeptWhole(t *testing.T) {
	logs(t, func(t *testing.T, l *Log) {
		want := whole()
		add(t, l, want)
		got, err := l.Record(t.Context(), want.ID)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "the record", got, want)
		page, next, err := l.Records(t.Context(), &requestlog.Filter{})
		same(t, "the page", page, []*requestlog.Record{want})
		same(t, "the next one", next, callid.ID{})
		if err != nil {
			t.Error(err)
		}
		if _, err := l.Record(t.Context(), idAt(1)); !errors.Is(err, requestlog.ErrNotFound) {
			t.Error(err)
		}
	})
}

func whole() *requestlog.Record {
	r := record(0)
	noon := storetest.Noon
	r.App, r.ClientID, r.Note = "ada", "c", "<n>"
	r.Cause = &requestlog.Cause{Detail: "d", Part: "head", Line: 2, Excerpt: "…"}
	r.Said = &requestlog.Said{Code: "C", Message: "m", Fix: "f"}
	r.Headers = []requestlog.Field{{Name: "Accept", Value: "*/*"}, {Name: "accept", Value: "\"\x00\u2028"}}
	r.Body = &requestlog.Body{Text: "{}", Bytes: 2}
	r.Answer = &requestlog.Answer{Headers: r.Headers, Body: r.Body}
	r.Token = &requestlog.Token{Kind: "access token", Genuine: true, IssuedAt: noon, Grant: 1<<64 - 1}
	r.Client, r.Peer = netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1")
	r.Upstream = &requestlog.Upstream{Name: "people", Address: "10.0.0.1:80", Status: 500, Attempts: 2}
	r.Stations = requestlog.Stations{Head: 1, Done: 9}
	r.Passed, r.Refused = []string{"route"}, "scope"
	r.Changed = []requestlog.Difference{{Feature: "scope", Name: "r_ads", Text: "scope r_ads gone", Told: "scope r_ads gone"}, {Feature: "upstream", Text: "another target"}}
	r.Also = []requestlog.Difference{{Feature: "configuration", Since: noon, Text: "revision 12 → 13", Told: "the API's configuration changed"}}
	r.Recurs = &requestlog.Recurs{Times: 3, Since: noon}
	return r
}

func TestARecordIsReplaced(t *testing.T) {
	logs(t, func(t *testing.T, l *Log) {
		first, second, third := record(1), record(1), record(1)
		second.App, third.App = "second", "third"
		add(t, l, record(2), first)
		add(t, l, second, record(3), third)
		got, err := l.Record(t.Context(), idAt(1))
		if err != nil || got.App != "third" {
			t.Error(got, err)
		}
		for app, want := range map[string]int{"second": 0, "third": 1, "ada": 0, "bob": 1} {
			if page, _, err := l.Records(t.Context(), &requestlog.Filter{App: app}); len(page) != want || err != nil {
				t.Error(app, page, err)
			}
		}
		if n := count(t, l, "details"); n != 3 {
			t.Errorf("%d details of 3 records", n)
		}
	})
}

func count(tb testing.TB, l *Log, table string) (n int) {
	tb.Helper()
	if err := l.w.QueryRowContext(tb.Context(), "SELECT count(*) FROM "+table).Scan(&n); err != nil {
		tb.Fatal(err)
	}
	return n
}

func TestABatchIsWrittenWhollyOrNot(t *testing.T) {
	logs(t, func(t *testing.T, l *Log) {
		ended, end := context.WithCancel(t.Context())
		end()
		if err := l.Add(ended, []*requestlog.Record{record(0)}); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if err := l.Add(t.Context(), nil); err != nil {
			t.Error(err)
		}
		var many []*requestlog.Record
		for n := range 3*rowsAtOnce + 5 {
			many = append(many, record(n))
		}
		add(t, l, many...)
		if got, want := count(t, l, "calls"), len(many); got != want {
			t.Errorf("%d records, want %d", got, want)
		}
		if got, err := l.Record(t.Context(), many[40].ID); err != nil || got.Target != many[40].Target {
			t.Error(got, err)
		}
	})
}

func TestCountsAddUp(t *testing.T) {
	logs(t, func(t *testing.T, l *Log) {
		noon := storetest.Noon
		counts := []requestlog.Count{
			{App: "ada", Resource: "people", Hour: noon, Calls: 2, Repeated: 1},
			{App: "ada", Resource: "people", Hour: noon, Problem: "rate_limited", Member: "m", Calls: 1},
			{App: "ada", Resource: "people", Hour: noon.Add(time.Hour), Calls: 5},
			{App: "bob", Hour: noon, Problem: "!dropped.full", Calls: 7},
			{Hour: noon.Add(-time.Hour), Calls: 9},
		}
		for range 2 {
			if err := l.SaveCounts(t.Context(), counts); err != nil {
				t.Fatal(err)
			}
		}
		for i := range counts {
			counts[i].Calls *= 2
			counts[i].Repeated *= 2
		}
		for _, c := range []struct {
			apps  []string
			since time.Time
			want  []requestlog.Count
		}{
			{nil, noon.Add(-time.Hour), []requestlog.Count{counts[4], counts[0], counts[1], counts[2], counts[3]}},
			{nil, noon.Add(59 * time.Minute), counts[:4]},
			{[]string{"ada"}, noon.Add(time.Hour), counts[2:3]},
			{[]string{"bob", "ada"}, noon, []requestlog.Count{counts[3], counts[0], counts[1], counts[2]}},
			{[]string{""}, noon.Add(-time.Hour), counts[4:]},
			{[]string{}, noon, nil},
			{[]string{"nobody"}, noon, nil},
		} {
			got, err := l.Counts(t.Context(), c.apps, c.since)
			if err != nil {
				t.Error(err)
			}
			same(t, fmt.Sprint("counts of ", c.apps, " since ", c.since), got, c.want)
		}
	})
}

func TestNotesAreKept(t *testing.T) {
	logs(t, func(t *testing.T, l *Log) {
		for _, step := range []struct {
			kind  string
			notes map[string][]byte
			want  map[string][]byte
		}{
			{"k", map[string][]byte{"a": {1}, "b\x00\xff": {2}}, map[string][]byte{"a": {1}, "b\x00\xff": {2}}},
			{"other", map[string][]byte{"a": {9}}, map[string][]byte{"a": {9}}},
			{"k", map[string][]byte{"a": {}, "c": {3}, "b\x00\xff": nil, "none": nil}, map[string][]byte{"a": {}, "c": {3}}},
		} {
			if err := l.SaveNotes(t.Context(), step.kind, maps.All(step.notes)); err != nil {
				t.Fatal(err)
			}
			got, err := l.Notes(t.Context(), step.kind)
			if err != nil {
				t.Error(err)
			}
			same(t, "the notes", got, step.want)
		}
		if got, err := l.Notes(t.Context(), "unknown"); len(got) != 0 || err != nil {
			t.Error(got, err)
		}
	})
}

func TestForget(t *testing.T) {
	logs(t, func(t *testing.T, l *Log) {
		for n := range 66 {
			add(t, l, record(n))
		}
		counts := []requestlog.Count{{App: "ada", Member: "member-1", Hour: storetest.Noon, Calls: 1}, {App: "bob", Hour: storetest.Noon, Calls: 2}, {App: "bob", Member: "member-1", Hour: storetest.Noon, Calls: 3}}
		if err := l.SaveCounts(t.Context(), counts); err != nil {
			t.Fatal(err)
		}
		notes := map[string][]byte{"ada": {1}}
		if err := l.SaveNotes(t.Context(), "changes", maps.All(notes)); err != nil {
			t.Fatal(err)
		}
		if gone, err := l.Forget(t.Context(), "ada", ""); gone != 22 || err != nil {
			t.Error(gone, err)
		}
		if gone, err := l.Forget(t.Context(), "", "member-1"); gone != 4 || err != nil {
			t.Error(gone, err)
		}
		if gone, err := l.Forget(t.Context(), "", ""); gone != 0 || err != nil {
			t.Error(gone, err)
		}
		left, _, err := l.Records(t.Context(), &requestlog.Filter{Most: 100})
		if len(left) != 66-26 || slices.ContainsFunc(left, func(r *requestlog.Record) bool { return r.App == "ada" || r.Member == "member-1" }) {
			t.Error(len(left), err)
		}
		got, err := l.Counts(t.Context(), nil, storetest.Noon)
		same(t, "the counts", got, counts[1:2])
		if n := count(t, l, "details"); n != len(left) || err != nil {
			t.Errorf("%d details of %d records: %v", n, len(left), err)
		}
		kept, err := l.Notes(t.Context(), "changes")
		same(t, "the notes", kept, notes) // which are others'
		if err != nil {
			t.Error(err)
		}
	})
}
