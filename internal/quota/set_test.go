package quota

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/candor-gateway/candor/internal/access"
)

func TestOverridesGoKindByKind(t *testing.T) {
	big := Limit{Key: App, Window: Day, N: 10_000}
	own := []Limit{{Key: Member, Window: Hour, N: 7}, {Key: App, Window: Second, N: 9, Burst: true}}
	s := New(Options{}).Set("people", []Limit{burst, appDay, memberDay}, map[access.AppID][]Limit{2: {big}, 3: own, 4: nil})
	for _, c := range []struct {
		name string
		app  access.AppID
		want []Limit
	}{
		{"everybody else", 1, []Limit{memberDay, appDay, burst}},
		{"the application's", 2, []Limit{memberDay, big, burst}},
		{"the others", 3, []Limit{own[0], appDay, own[1]}},
		{"nothing of its own", 4, []Limit{memberDay, appDay, burst}},
	} {
		if d := cmp.Diff(c.want, s.Of(c.app)); d != "" {
			t.Errorf("%s: (-want +got)\n%s", c.name, d)
		}
	}
	if got := (*Set)(nil).Of(1); got != nil {
		t.Errorf("nil Set: got %v", got)
	}
}

func TestTheSmallestOfAKindHolds(t *testing.T) {
	limits := []Limit{{Key: App, Window: Day, N: 9}, {Key: App, Window: Hour, N: 5}, {Key: App, Window: Day, N: 7}}
	before := slices.Clone(limits)
	got := New(Options{}).Set("x", limits, nil).Of(1)
	if d := cmp.Diff([]Limit{{Key: App, Window: Hour, N: 5}, {Key: App, Window: Day, N: 7}}, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
	if d := cmp.Diff(before, limits); d != "" {
		t.Errorf("the caller's slice was changed: %s", d)
	}
}

func TestMaxLimitsHoldsEveryKindAndWindow(t *testing.T) {
	var all []Limit
	for _, k := range []Key{App, Member} {
		for w := range windows {
			all = append(all, Limit{k, Window(w), 5, false}, Limit{k, Window(w), 5, true})
		}
	}
	l := New(Options{})
	s := l.Set("x", slices.Concat(all, all), nil)
	var r Result
	if len(all) != maxLimits || len(s.Of(1)) != maxLimits || !l.Take(s, 1, 1, noon, &r) {
		t.Errorf("%d limits, %d in the set; want %d", len(all), len(s.Of(1)), maxLimits)
	}
}

func TestCountsGoOnOverAReload(t *testing.T) {
	for _, b := range []bool{false, true} {
		limit := func(n int64) []Limit { return []Limit{{Key: App, Window: Day, N: n, Burst: b}} }
		l := New(Options{})
		take := func(s *Set, times int) (n int) {
			var r Result
			for range times {
				if l.Take(s, 1, 1, noon, &r) {
					n++
				}
			}
			return n
		}
		old := l.Set("people", limit(10), nil)
		l.Set("another", limit(1), nil) // comes between; moves nobody's number
		got := []int{take(old, 6)}
		lowered := l.Set("people", limit(4), nil)
		got = append(got, take(lowered, 5))
		raised := l.Set("people", limit(20), nil)
		got = append(got, take(raised, 50))
		// A fixed window has counted 6 of 20. A bucket that was 60 % full is 60 %
		// full: 8 of 20 fit.
		want := []int{6, 0, 14}
		if b {
			want = []int{6, 1, 3}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("burst %v: (-want +got)\n%s", b, d)
		}
	}
}

func TestNumbersComeFromTheRegistry(t *testing.T) {
	type asked struct {
		Resource string
		Key      Key
		Window   Window
		Burst    bool
	}
	var got []asked
	l := New(Options{Number: func(resource string, k Key, w Window, burst bool) uint32 {
		got = append(got, asked{resource, k, w, burst})
		return uint32(100 + len(got))
	}})
	for range 2 {
		l.Set("people", []Limit{burst, appDay, memberDay}, nil)
	}
	want := []asked{{"people", Member, Day, false}, {"people", App, Day, false}, {"people", App, Second, true}}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got)\n%s", d)
	}
}
