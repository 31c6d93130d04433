package quota

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func limitOf(t *testing.T, key Key, burst bool, text string) Limit {
	t.Helper()
	l, err := ParseLimit(text)
	if err != nil {
		t.Fatal(err)
	}
	l.Key, l.Burst = key, burst
	return l
}

func TestIdleLimits(t *testing.T) {
	app := func(s string) Limit { return limitOf(t, App, false, s) }
	member := func(s string) Limit { return limitOf(t, Member, false, s) }
	burst := func(s string) Limit { return limitOf(t, App, true, s) }
	for _, c := range []struct {
		name string
		of   []Limit
		want []string
	}{
		{"narrow below wide", []Limit{member("500/day"), app("5000/day"), app("300/min"), burst("20/s")}, nil},
		{"a wider limit below a narrower one", []Limit{app("100/min"), app("50/day")}, []string{"100/minute for 50/day"}},
		{"a wider limit that the narrower one never fills", []Limit{app("10/min"), app("20000/day")}, []string{"20000/day for 10/minute"}},
		{"just filled", []Limit{app("10/min"), app("14399/day")}, nil},
		{"a member's above the app's", []Limit{member("500/day"), app("100/day")}, []string{"500/day for 100/day"}},
		{"an app's below a member's: it has several", []Limit{member("5/day"), app("100/day")}, nil},
		{"a burst above the day's", []Limit{burst("100/s"), app("50/day")}, []string{"100/second for 50/day"}},
		{"a burst across midnight", []Limit{burst("99/s"), app("50/day")}, nil},
		{"a window that a burst never fills", []Limit{burst("1/min"), app("61/hour")}, []string{"61/hour for 1/minute"}},
		{"a window that a burst fills", []Limit{burst("1/min"), app("60/hour")}, nil},
		{"two bursts", []Limit{burst("5/s"), burst("10/s"), burst("6/min")}, []string{"10/second for 5/second"}},
		{"twice", []Limit{app("5/day"), app("5/day"), app("6/day")}, []string{"5/day for 5/day", "6/day for 5/day"}},
	} {
		var got []string
		for _, i := range IdleLimits(c.of) {
			got = append(got, fmt.Sprint(i.Limit, " for ", i.Because))
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

// TestIdleLimitsNeverBite counts calls at random against sets with idle limits: none of these is ever the only one that refuses.
func TestIdleLimitsNeverBite(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		var of []Limit
		for len(of) < 3 {
			of = append(of, Limit{Window: Window(random.IntN(3)), N: 1 + random.Int64N(40), Burst: random.IntN(2) == 0})
		}
		idle := IdleLimits(of)
		needed := slices.Clone(of)
		for _, i := range idle {
			at := slices.Index(needed, i.Limit)
			needed = slices.Delete(needed, at, at+1)
		}
		all, less := New(Options{}), New(Options{})
		whole, part := all.Set("x", of, nil), less.Set("x", needed, nil)
		now := int64(1_700_000_000) * int64(time.Second)
		for range 300 {
			now += random.Int64N(int64(4 * time.Second))
			if random.IntN(20) == 0 {
				now += int64(time.Minute)
			}
			var a, b Result
			if x, y := all.Take(whole, 1, 0, now, &a), less.Take(part, 1, 0, now, &b); x != y {
				t.Fatalf("%v without %v: %v with, %v without", of, idle, x, y)
			}
		}
	}
}
