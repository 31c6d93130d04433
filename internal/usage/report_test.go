package usage_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/internal/usage"
)

func TestReport(t *testing.T) {
	now := noon.Add(90 * time.Minute)
	rows := []requestlog.Count{
		{App: "shop", Resource: "people", Hour: noon.Add(-24 * time.Hour), Calls: 1000}, // too old
		{App: "shop", Resource: "people", Hour: noon.Add(-20 * time.Hour), Calls: 7},    // yesterday
		{App: "shop", Resource: "people", Hour: noon, Calls: 90, Repeated: 80},
		{App: "shop", Resource: "people", Hour: noon.Add(time.Hour), Calls: 10},
		{App: "shop", Resource: "people", Hour: noon, Problem: "throttled", Member: "a", Calls: 2},
		{App: "shop", Resource: "people", Hour: noon.Add(time.Hour), Problem: "throttled", Member: "a", Calls: 1},
		{App: "shop", Resource: "people", Hour: noon, Problem: "throttled", Member: "b", Calls: 5},
		{App: "shop", Resource: "people", Hour: noon, Problem: "access_denied", Member: "b", Calls: 3},
		{App: "shop", Resource: "posts", Hour: noon, Calls: 200},
		{App: "shop", Hour: noon, Problem: "resource_not_found", Calls: 1},
		{App: "shop", Hour: noon, Problem: "!dropped.full", Calls: 99},
		{App: "bobs", Resource: "people", Hour: noon, Calls: 400},
	}
	got := usage.Make("shop", rows, now)
	throttled, denied, missing := usage.Ended{Problem: "throttled", Calls: 8}, usage.Ended{Problem: "access_denied", Calls: 3}, usage.Ended{Problem: "resource_not_found", Calls: 1}
	if d := cmp.Diff(usage.Did{Calls: 312, LetThrough: 304, Repeated: 80, Failed: 12, Errors: []usage.Ended{throttled, denied, missing}}, got.Did); d != "" {
		t.Errorf("today (-want +got)\n%s", d)
	}
	want := []usage.Resource{
		{Resource: "posts", Did: usage.Did{Calls: 200, LetThrough: 200, Errors: []usage.Ended{}}, Limits: []usage.Limit{}},
		{
			Resource: "people", Did: usage.Did{Calls: 111, LetThrough: 103, Repeated: 80, Failed: 11, Errors: []usage.Ended{throttled, denied}}, Limits: []usage.Limit{},
			Throttled: []usage.Member{{Member: "b", Calls: 5}, {Member: "a", Calls: 3}},
		},
		{Did: usage.Did{Calls: 1, LetThrough: 1, Failed: 1, Errors: []usage.Ended{missing}}, Limits: []usage.Limit{}},
	}
	if d := cmp.Diff(want, got.Resources); d != "" {
		t.Errorf("resources (-want +got)\n%s", d)
	}
	hours := map[int]int64{}
	for i, h := range got.Hours {
		if h.Calls > 0 {
			hours[i] = h.Calls
		}
	}
	if d := cmp.Diff(map[int]int64{2: 7, 22: 301, 23: 11}, hours); d != "" || len(got.Hours) != 24 || !got.Hours[23].Time.Equal(noon.Add(time.Hour)) {
		t.Errorf("%d hours (-want +got)\n%s", len(got.Hours), d)
	}
	if got.Since != noon.Add(-12*time.Hour) || got.Time != now || usage.From(now) != noon.Add(-22*time.Hour) {
		t.Error(got.Since, got.Time, usage.From(now))
	}
}

func TestReportIsBounded(t *testing.T) {
	var rows []requestlog.Count
	for i := range 100 {
		rows = append(rows, requestlog.Count{App: "shop", Resource: "people", Hour: noon, Problem: "throttled", Member: fmt.Sprint("m", i), Calls: int64(i)})
	}
	got := usage.Make("shop", rows, noon)
	if n := len(got.Resources[0].Throttled); n != 20 || got.Resources[0].Throttled[0].Member != "m99" {
		t.Errorf("%d members, %+v", n, got.Resources[0].Throttled[0])
	}
}
