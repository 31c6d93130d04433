package quota

import (
	"net/netip"
	"sync/atomic"
	"testing"

	"github.com/candor-gateway/candor/internal/access"
)

// usual is what a route of the example configuration has.
func usual(l *Limiter, n int64) *Set {
	return l.Set("people", []Limit{
		{Key: Member, Window: Day, N: n}, {Key: App, Window: Day, N: n}, {Key: App, Window: Second, N: n, Burst: true},
	}, map[access.AppID][]Limit{9: {{Key: App, Window: Day, N: n}}})
}

func TestNoAllocs(t *testing.T) {
	l := New(Options{FailedPerMinute: 10})
	wide, full := usual(l, MaxN), usual(New(Options{}), 1)
	client := netip.MustParseAddr("2001:db8::1")
	var r Result
	l.Take(wide, 1, 1, noon, &r)
	l.Take(full, 2, 2, noon, &r)
	l.FailedCredential(client, noon)
	buf := make([]byte, 0, 512)
	now := noon
	for _, c := range []struct {
		name string
		f    func()
	}{
		{"Take", func() { l.Take(wide, 1, 1, now, &r) }},
		{"Take in the next window", func() { now += 1e9; l.Take(wide, 1, 1, now, &r) }},
		{"Take refused", func() { l.Take(full, 2, 2, noon, &r) }},
		{"Take and Return", func() { l.Take(wide, 1, 1, now, &r); l.Return(&r) }},
		{"Peek", func() { l.Peek(wide, 1, 1, now, &r) }},
		{"fields", func() { buf = r.AppendRateLimit(r.AppendPolicy(buf[:0]), 30) }},
		{"Enter and Leave", func() { l.Enter(10); l.Leave() }},
		{"FailedCredential", func() { l.FailedCredential(client, noon) }},
	} {
		if n := testing.AllocsPerRun(100, c.f); n != 0 {
			t.Errorf("%s: %v allocations, want 0", c.name, n)
		}
	}
}

func BenchmarkTake(b *testing.B) {
	for _, c := range []struct {
		name    string
		n       int64
		oneApp  bool
		members int
	}{
		{"admitted", MaxN, true, 1},
		{"refused", 1, true, 1},
		{"10000members", MaxN, true, 10_000},
	} {
		b.Run(c.name, func(b *testing.B) {
			l := New(Options{})
			s := usual(l, c.n)
			var r Result
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				l.Take(s, 1, access.MemberID(1+i%c.members), noon+int64(i), &r)
				i++
			}
		})
	}
}

// BenchmarkTakeParallel is the same with all cores, once with one app for all
// of them and once with an app each.
func BenchmarkTakeParallel(b *testing.B) {
	for name, oneApp := range map[string]bool{"one app": true, "an app each": false} {
		b.Run(name, func(b *testing.B) {
			l := New(Options{})
			s := usual(l, MaxN)
			var apps atomic.Uint32
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				var r Result
				id := apps.Add(1)
				app := access.AppID(1)
				if !oneApp {
					app = access.AppID(id)
				}
				for pb.Next() {
					l.Take(s, app, access.MemberID(id), noon, &r)
				}
			})
		})
	}
}
