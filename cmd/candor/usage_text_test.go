package main

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/requestlog"
	"github.com/candor-gateway/candor/internal/usage"
)

func TestUsageText(t *testing.T) {
	noon := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	now := noon.Add(61 * time.Minute)
	r := usage.Make("shop", []requestlog.Count{
		{App: "shop", Resource: "people/me", Hour: noon, Calls: 400, Repeated: 330},
		{App: "shop", Resource: "people/me", Hour: noon.Add(time.Hour), Calls: 100, Repeated: 82},
		{App: "shop", Resource: "people/me", Hour: noon.Add(time.Hour), Problem: "throttled", Member: "al\x1bice", Calls: 7},
		{App: "shop", Hour: noon, Problem: "resource_not_found", Calls: 1},
	}, now)
	used, left, midnight := int64(500), int64(0), noon.Add(12*time.Hour)
	r.Resources[0].Limits = []usage.Limit{{Quota: "member", Window: "DAY", Limit: 50, PerEach: true}, {Quota: "application", Window: "DAY", Limit: 500, Used: &used, Left: &left, ResetsAt: &midnight}}
	r.Rights.Products, r.Rights.ScopeUses = []string{"profile"}, []usage.ScopeUse{{Scope: "r_ads", Asked: 3, Granted: 1, Refused: 2}}
	want := `shop: 508 calls, 8 failed today
  As of 2026-11-26 13:01:00 UTC; the day began at midnight UTC.
  412 of today's 501 calls repeated an earlier one: keep answers and ask less.

people/me
  calls          507 calls, 7 failed
  errors         throttled 7
  repeated       412 of today's 500 calls repeated an earlier one: keep answers
                 and ask less.
  limit          50 a day for each member
  limit          [####################] 500 of 500 a day, 0 left; all again in
                 10 h 59 min
  throttled      al` + "\uFFFD" + `ice 7

no resource that the app may know of
  calls          1 call, 1 failed
  errors         resource_not_found 1

The last 24 hours, by UTC
  26 Nov 12:00   [####################] 401 calls, 1 failed: resource_not_found
                 1
  26 Nov 13:00   [#####...............] 107 calls, 7 failed: throttled 7

What it may do
  products       profile
  scopes         none
  r_ads          asked for 3 times in 24 hours, granted 1, refused 2
`
	got := usageText(r)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	for line := range strings.Lines(got) {
		if utf8.RuneCountInString(line) > sheetWidth+1 {
			t.Errorf("too long: %s", line)
		}
	}
	if got := usageText(usage.Make("idle", nil, now)); !strings.Contains(got, "idle: 0 calls today\n") || !strings.Contains(got, "No call.") {
		t.Error(got)
	}
}
