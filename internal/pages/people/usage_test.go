package people

import (
	"testing"
	"time"
)

// usages are the pages of apps, with what a text of others may be.
func usages(site Site, text func(string) string) []state {
	now := time.Date(2026, 3, 12, 20, 48, 0, 0, time.UTC)
	midnight := time.Date(2026, 3, 13, 0, 0, 0, 0, time.UTC)
	ended := func(calls int64, problem string) Ended { return Ended{text(problem), "/errors/" + problem, calls} }
	plot := Plot{}
	for i := range 24 {
		plot.Hours = append(plot.Hours, UsedHour{Time: now.Truncate(time.Hour).Add(time.Duration(i-23) * time.Hour)})
	}
	plot.Hours[23].Used = Used{Calls: 420, Failed: 330, Errors: []Ended{ended(320, "throttled"), ended(10, "access_denied")}}
	plot.Hours[22].Used = Used{Calls: 180, Failed: 15, Errors: []Ended{ended(12, "expired_access_token"), ended(1, "gateway_timeout"), ended(1, "resource_not_found"), ended(1, "malformed_request")}}
	plot.Hours[10].Used = Used{Calls: 2}
	full := Usage{
		Site: site, Signed: true, Apps: []string{text("calendar"), text("photo-shop")}, App: text("photo-shop"), Now: now,
		Used: Used{Calls: 820, LetThrough: 500, Repeated: 412, Failed: 345, Errors: []Ended{ended(320, "throttled")}},
		Resources: []UsedResource{
			{Name: text("people/me"), Used: Used{Calls: 820, LetThrough: 500, Repeated: 412, Failed: 345, Errors: []Ended{ended(320, "throttled"), ended(25, "access_denied")}}, Limits: []Limit{
				{Quota: "application", Window: text("DAY"), Limit: 500, Known: true, Used: 500, ResetsAt: midnight},
				{Quota: "burst", Window: text("SECOND"), Limit: 10, Known: true, Used: 1, Left: 9, ResetsAt: now.Add(time.Second)},
				{Quota: "member", Window: text("DAY"), Limit: 100, PerMember: true},
			}, Throttled: []Ended{{Problem: text("ada"), Calls: 320}}},
			{Used: Used{Calls: 1, LetThrough: 1, Failed: 1, Errors: []Ended{ended(1, "resource_not_found")}}},
		},
		Plot: plot, Disabled: true, Products: []string{text("people"), text("ads")}, Scopes: []string{text("r_profile"), text("w_posts")},
		Asked:    []ScopeUse{{text("r_profile"), 3, 2, 1}, {"", 4, 0, 4}},
		Failures: []Failure{{text(callID), text("GET /v2/me"), text("403 access_denied"), now}, {text(callID), text("GET /v2/me"), text("429 throttled"), now.Add(-time.Minute)}},
		Next:     callID, Notes: []string{text("Counts of the last seconds may be missing.")},
	}
	later := Usage{Site: site, App: text("photo-shop"), Apps: []string{text("photo-shop")}, Now: now, Later: true}
	return []state{
		{"usage", full},
		{"usage-nothing", later},
		{"usage-no-app", Usage{Site: site, Signed: true, Now: now}},
		{"usage-unknown", Usage{Site: site, Signed: true, Apps: []string{text("calendar"), text("photo-shop")}, Now: now}},
	}
}

func TestUntil(t *testing.T) {
	for of, want := range map[time.Duration]string{
		-time.Second: "a moment", 0: "a moment", time.Millisecond: "1 s", 59 * time.Second: "59 s", time.Minute: "1 min", 61 * time.Second: "2 min",
		3*time.Hour + 11*time.Minute + time.Second: "3 h 12 min", 24 * time.Hour: "1 d 0 h", 59*time.Minute + time.Second: "1 h 0 min", 50 * time.Hour: "2 d 2 h",
	} {
		if got := until(of); got != want {
			t.Errorf("%s: %q, want %q", of, got, want)
		}
	}
}

func TestGrouped(t *testing.T) {
	for of, want := range map[int64]string{0: "0", 999: "999", 1000: "1\u00a0000", 1234567: "1\u00a0234\u00a0567", -1234: "-1\u00a0234", -123: "-123"} {
		if got := grouped(of); got != want {
			t.Errorf("%d: %q, want %q", of, got, want)
		}
	}
}

func TestLimitsBar(t *testing.T) {
	for _, c := range []struct {
		l    Limit
		bar  int64
		full bool
	}{
		{Limit{Known: true, Limit: 500, Left: 500}, 0, false},
		{Limit{Known: true, Limit: 500, Used: 250, Left: 250}, 100, false},
		{Limit{Known: true, Limit: 100000, Used: 1, Left: 99999}, 2, false},
		{Limit{Known: true, Limit: 500, Used: 700}, 200, true},
		{Limit{Known: true, Limit: 1 << 62, Used: 1 << 62}, 200, true},
		{Limit{Known: true}, 200, true},
		{Limit{}, 200, false},
	} {
		if bar, full := c.l.Bar(), c.l.Full(); bar != c.bar || full != c.full {
			t.Errorf("%+v: %d %v", c.l, bar, full)
		}
	}
}

// TestPlot: every call of an hour is in its bar, whose parts stand on each other within the picture, and what is rare is seen.
func TestPlot(t *testing.T) {
	var p Plot
	for i := range 24 {
		p.Hours = append(p.Hours, UsedHour{Time: time.Date(2026, 3, 12, i, 0, 0, 0, time.UTC)})
	}
	if !p.Empty() || p.Most() != 1 {
		t.Error("nothing was called")
	}
	p.Hours[3].Used = Used{Calls: 100_000, Failed: 6, Errors: []Ended{{"a", "", 2}, {"b", "", 1}, {"c", "", 1}, {"d", "", 1}, {"e", "", 1}}}
	p.Hours[4].Used = Used{Calls: 3, Failed: 3, Errors: []Ended{{"e", "", 1}, {"f", "", 2}}}
	kinds := p.Kinds()
	var total int64
	for _, k := range kinds {
		total += k.Calls
	}
	if total != 100_003 || len(kinds) != 6 || kinds[1] != (Kind{1, "a", 2}) || kinds[5].Name != "other problems" {
		t.Errorf("%+v", kinds)
	}
	bars := p.Bars()
	if len(bars) != 24 || len(bars[3].Parts) != 5 || len(bars[4].Parts) != 2 || len(bars[0].Parts) != 0 {
		t.Fatalf("%+v", bars)
	}
	for _, b := range bars {
		ground := plotGround
		for _, part := range b.Parts {
			if part.Height < leastSeen || part.Y+part.Height != ground || part.Y < 0 {
				t.Errorf("%s: %+v above %d", b.Title, part, ground)
			}
			ground = part.Y
		}
		if b.X < plotLeft || b.X+b.Width > plotWidth {
			t.Errorf("%s: from %d, %d wide", b.Title, b.X, b.Width)
		}
	}
	for calls, want := range map[int64]int64{1: 1, 3: 4, 10: 10, 11: 20, 99: 100, 420: 500, 4_200_000: 5_000_000} {
		p.Hours[3].Used = Used{Calls: calls}
		if got := p.Most(); got != want && calls > 3 {
			t.Errorf("%d: the scale ends at %d, want %d", calls, got, want)
		}
	}
}
