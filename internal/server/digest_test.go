package server

import (
	"errors"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/admin"
	"github.com/candor-gateway/candor/internal/callid"
	"github.com/candor-gateway/candor/internal/digest"
	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/internal/store/sqlite"
	"github.com/candor-gateway/candor/problem"
)

var digestNoon = time.Date(2026, 11, 26, 12, 30, 0, 0, time.UTC)

// digested is a log in memory, and who makes digests of it.
func digested(t *testing.T) (*sqlite.Log, *digester) {
	t.Helper()
	store, err := sqlite.OpenLogMemory(t.Context(), 64<<20)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	return store, &digester{log: stoppedLog{store}, now: digestNoon, apps: []admin.App{{Name: "shop", Owners: []string{"eve@example.com"}}}, contacts: problem.Support{Limits: "limits@example.com"}}
}

func hourly(ago time.Duration, name string, calls int64) requestlog.Count {
	return requestlog.Count{App: "shop", Resource: "me", Hour: digestNoon.Add(-ago).Truncate(time.Hour), Problem: name, Calls: calls}
}

// What is counted in the time and before it, and what there are records of, comes from the store.
func TestDigest(t *testing.T) {
	t.Parallel()
	store, d := digested(t)
	const day = 24 * time.Hour
	err := store.SaveCounts(t.Context(), []requestlog.Count{
		hourly(0, "", 700), hourly(day, "throttled", 40), hourly(6*day, "throttled", 2), hourly(8*day, "throttled", 21), hourly(8*day, "", 9), hourly(13*day, "throttled", 1), hourly(20*day, "throttled", 1000),
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, ago := range []time.Duration{time.Hour, 2 * time.Hour, 8 * day} {
		at := digestNoon.Add(-ago)
		id := callid.New(at.UnixMilli(), 0, uint64(i))
		r := &requestlog.Record{ID: id, RequestID: id.String(), Time: at, Status: 429, Problem: "throttled", By: requestlog.ByGateway, App: "shop", Resource: "me", Method: "GET", Target: "/v2/me?a=b"}
		if err = store.Add(t.Context(), []*requestlog.Record{r}); err != nil {
			t.Fatal(err)
		}
	}
	got, err := d.digest(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got.From != digestNoon.Add(-7*day).Truncate(time.Hour) || got.Calls != 742 || got.Failed != 42 || got.CallsBefore != 31 || got.FailedBefore != 22 || len(got.Findings) != 1 {
		t.Fatalf("%+v", got)
	}
	f := &got.Findings[0]
	if f.What != "The app shop uses up its limits: 42 calls were refused" || f.Before != 22 || len(f.Examples) != 2 || !slices.Equal(f.Often, []string{"GET /v2/me (2)"}) ||
		!slices.Equal(f.Whom, []string{"eve@example.com", "for more: limits@example.com"}) {
		t.Errorf("%+v", f)
	}
	got, err = d.digest(t.Context(), url.Values{"since": {"2d"}})
	if err != nil || got.Failed != 40 || got.Findings[0].Before != 0 {
		t.Errorf("of two days: %+v, %v", got, err)
	}
}

func TestDigestMistakes(t *testing.T) {
	t.Parallel()
	_, d := digested(t)
	for query, want := range map[string]string{
		"since=yesterday":            `the parameter since cannot be read: "yesterday"`,
		"since=91d":                  "a digest tells of the last 90 days at most, and of nothing that is to come",
		"since=2027-01-01T00:00:00Z": "a digest tells of the last 90 days at most, and of nothing that is to come",
		"app=shop":                   "there is no parameter app here",
		"since=1d&since=2d":          "the parameter since was sent more than once",
	} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		_, err = d.digest(t.Context(), values)
		f, is := errors.AsType[*admin.Fault](err)
		if !is || f.Status != 400 || f.Fix == "" {
			t.Errorf("%s: %v", query, err)
			continue
		}
		if diff := cmp.Diff(want, f.Message); diff != "" {
			t.Errorf("%s: -want +got\n%s", query, diff)
		}
	}
}

// Of more records than are looked at the latest count, and it says so.
func TestDigestOfManyRecords(t *testing.T) {
	t.Parallel()
	store, d := digested(t)
	var batch []*requestlog.Record
	for i := range digestRecords + 10 {
		at := digestNoon.Add(-time.Duration(i) * time.Second)
		id := callid.New(at.UnixMilli(), 0, uint64(i))
		batch = append(batch, &requestlog.Record{ID: id, RequestID: id.String(), Time: at, Status: 404, Problem: "resource_not_found", By: requestlog.ByGateway})
	}
	if err := store.Add(t.Context(), batch); err != nil {
		t.Fatal(err)
	}
	got, err := d.digest(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got.Failed != digestRecords || got.Notes[0] != "Only the latest 5 000 records were looked at; outages, revisions and examples of the time before are missing." {
		t.Errorf("%d calls, %v", got.Failed, got.Notes)
	}
}

// Who is near a limit of a day or an hour that was called today, and which revisions were taken, comes from the server.
func TestDigestOfLimitsAndRevisions(t *testing.T) {
	t.Parallel()
	store, d := digested(t)
	if err := store.SaveCounts(t.Context(), []requestlog.Count{hourly(time.Hour, "", 95), hourly(30*time.Hour, "", 2)}); err != nil {
		t.Fatal(err)
	}
	asked := map[string][]string{}
	d.limits = func(app string, resources []string) []digest.Limit {
		asked[app] = resources
		return []digest.Limit{{Resource: "me", Window: "DAY", Used: 95, Most: 100}}
	}
	taken := digestNoon.Add(-time.Hour)
	r := (&revisions{}).next(fingerprint{1}, map[string]fingerprint{"GET /v2/me": {1}, "GET /v2/ads": {1}}, taken.AddDate(0, 0, -30))
	r = r.next(fingerprint{2}, map[string]fingerprint{"GET /v2/me": {2}, "GET /v2/ads": {1}}, taken)
	d.changes = r.taken()
	got, err := d.digest(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string][]string{"shop": {"me"}}, asked); diff != "" {
		t.Errorf("limits are asked for: -want +got\n%s", diff)
	}
	if len(got.Findings) != 1 || got.Findings[0].What != "The app shop has used 95 of 100 calls of me (day)" {
		t.Errorf("%+v", got.Findings)
	}
	if diff := cmp.Diff([]digest.Revision{{Number: 2, At: taken, Routes: []string{"GET /v2/me"}}}, got.Revisions); diff != "" {
		t.Errorf("revisions: -want +got\n%s", diff)
	}
}
