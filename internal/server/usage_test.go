package server_test

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/server"
	"github.com/candor-gateway/candor/internal/testkit"
	"github.com/candor-gateway/candor/internal/token"
	"github.com/candor-gateway/candor/internal/usage"
)

// atNoon are options by a clock that starts at noon of a day to come, and the nanoseconds by which it can be moved.
func (s *stage) atNoon() (o server.Options, ahead *atomic.Int64) {
	o, ahead = s.options(), &atomic.Int64{}
	from := time.Now()
	noon := from.UTC().Truncate(24 * time.Hour).Add(36 * time.Hour)
	o.Now = func() time.Time { return noon.Add(time.Since(from) + time.Duration(ahead.Load())) }
	return o, ahead
}

// mintAt makes a token of demo and alice that is good for two days.
func (i *instance) mintAt(now time.Time) string {
	i.t.Helper()
	made, err := i.Mint(i.t.Context(), token.Order{App: "demo", Member: "alice", Scopes: []string{"r_profile"}, Life: 48 * time.Hour}, now)
	if err != nil {
		i.t.Fatal(err)
	}
	return made.Token
}

// used waits until so many calls of the app demo are counted today.
func (i *instance) used(calls int64) (told *usage.Report) {
	i.t.Helper()
	testkit.Until(i.t, "counted", func() bool {
		got, err := i.Usage(i.t.Context(), "demo")
		if err != nil {
			i.t.Fatal(err)
		}
		told = got
		return told.Calls >= calls
	})
	return told
}

// Mixed traffic is counted exactly, in both profiles, and told with what is left of the limits; a restart keeps it, and a new day begins anew.
func TestUsage(t *testing.T) {
	for _, profile := range []string{"standard", "linkedin"} {
		t.Run(profile, func(t *testing.T) {
			s := newStage(t)
			words := []string{"100/day", "8/day, member: 7/day", "    name: people\n", "    name: people\n    profile: " + profile + "\n"}
			o, ahead := s.atNoon()
			first := s.startBy(s.config(words...), o)
			made := first.mintAt(o.Now())
			for n := range int64(7) {
				first.get("/v2/me", made)
				first.used(n + 1) // it is counted once it is answered
			}
			if body := first.get("/v2/me", made).Body; !strings.Contains(body, "6 of today's 7 calls repeated an earlier one: keep answers and ask less") {
				t.Errorf("the refusal: %s", body)
			}
			first.get("/v2/nowhere", made)
			first.get("/v2/me", "")
			check := func(name string, told *usage.Report) {
				t.Helper()
				throttled, missing := usage.Ended{Problem: "throttled", Calls: 1}, usage.Ended{Problem: "resource_not_found", Calls: 1}
				want := usage.Did{Calls: 9, LetThrough: 8, Repeated: 6, Failed: 2, Errors: []usage.Ended{missing, throttled}}
				if d := cmp.Diff(want, told.Did); d != "" {
					t.Errorf("%s: today (-want +got)\n%s", name, d)
				}
				seven, one, midnight := int64(7), int64(1), told.Since.Add(24*time.Hour)
				resources := []usage.Resource{
					{
						Resource: "people/me", Did: usage.Did{Calls: 8, LetThrough: 7, Repeated: 6, Failed: 1, Errors: []usage.Ended{throttled}}, Throttled: []usage.Member{{Member: "alice", Calls: 1}},
						Limits: []usage.Limit{{Quota: "member", Window: "DAY", Limit: 7, PerEach: true}, {Quota: "application", Window: "DAY", Limit: 8, Used: &seven, Left: &one, ResetsAt: &midnight}},
					},
					{Did: usage.Did{Calls: 1, LetThrough: 1, Failed: 1, Errors: []usage.Ended{missing}}, Limits: []usage.Limit{}},
				}
				if d := cmp.Diff(resources, told.Resources); d != "" {
					t.Errorf("%s: resources (-want +got)\n%s", name, d)
				}
				if d := cmp.Diff(usage.Rights{Products: []string{"profile"}, Scopes: []string{"r_profile"}, ScopeUses: []usage.ScopeUse{}}, told.Rights); d != "" {
					t.Errorf("%s: rights (-want +got)\n%s", name, d)
				}
			}
			check("at work", first.used(9))
			if err := first.end(); err != nil {
				t.Fatal(err)
			}
			stopped, err := server.UsageStopped(t.Context(), s.config(words...), "demo", o.Now())
			if err != nil {
				t.Fatal(err)
			}
			check("while it does not run", stopped)
			second := s.startBy(s.config(words...), o)
			check("after a restart", second.used(9))
			if body := second.get("/v2/me", made).Body; !strings.Contains(body, "6 of today's 7 calls repeated") {
				t.Errorf("the refusal after a restart: %s", body)
			}
			second.used(10)
			ahead.Add(int64(13 * time.Hour)) // past midnight
			second.get("/v2/me", made)
			told := second.used(1)
			if told.Calls != 1 || told.Repeated != 0 || *told.Resources[0].Limits[1].Left != 7 {
				t.Errorf("the new day: %+v", told)
			}
			var all int64
			for i := range told.Hours {
				all += told.Hours[i].Calls
			}
			if all != 11 {
				t.Errorf("%d calls in 24 hours, want 11", all)
			}
		})
	}
}

// Of an app that there is not nothing is told, and of one that did nothing its rights.
func TestUsageOfNothing(t *testing.T) {
	s := newStage(t)
	i := s.start()
	if _, err := i.Usage(t.Context(), "nosuch"); err == nil || err.Error() != "there is no app nosuch; candor app list names all" {
		t.Error(err)
	}
	told, err := i.Usage(t.Context(), "partner")
	if err != nil || told.Calls != 0 || len(told.Resources) != 0 || !cmp.Equal(told.Rights.Products, []string{"profile", "ads"}) {
		t.Errorf("%+v, %v", told, err)
	}
}

// What one process has counted is there when the next one has taken over.
func TestUsageOverATakeOver(t *testing.T) {
	s := newStage(t)
	o, _ := s.atNoon()
	first := s.startBy(s.config(), o)
	made := first.mintAt(o.Now())
	for n := range int64(4) {
		first.get("/v2/me", made)
		first.used(n + 1)
	}
	first.get("/v2/me", made) // nobody has asked for it yet
	o.TakeOver = true
	second := s.startBy(s.config(), o)
	first.isOver(second)
	if told := second.used(5); told.Calls != 5 || told.Repeated != 4 {
		t.Errorf("%+v", told.Did)
	}
	second.get("/v2/me", made)
	if told := second.used(6); told.Calls != 6 || told.Repeated != 4 { // what was asked before is not remembered
		t.Errorf("%+v", told.Did)
	}
}
