package changes_test

import (
	"fmt"
	"runtime"
	"testing"

	"pgregory.net/rapid"

	"github.com/candor-gateway/candor/internal/changes"
)

// TestBytesAreCountedHonestly: the heap grows by no more than is counted. It runs beside no other test of the room.
func TestBytesAreCountedHonestly(t *testing.T) {
	for _, c := range []struct {
		name string
		fill func(m *changes.Memory, i int64)
	}{
		{"apps with names of their own", func(m *changes.Memory, i int64) {
			f := ordinary()
			f.Fields = append(f.Fields, fmt.Sprint("x-app-", i))
			teach(m, m.Key(changes.App, fmt.Sprint(i), "/v2/posts"), &f, i)
		}},
		{"keys that only failed", func(m *changes.Memory, i int64) {
			f := ordinary()
			m.Failed([]changes.Key{m.Key(changes.Network, fmt.Sprint(i), fmt.Sprint(i%100))}, "throttled", 429, &f, noon+i)
		}},
		{"keys of which each has a route", func(m *changes.Memory, i int64) {
			m.Good(m.Key(changes.Credential, fmt.Sprint(i), fmt.Sprint(i)), &changes.Facts{}, noon+i)
		}},
	} {
		const size = 4 << 20
		before := heap()
		m := changes.New(changes.Options{Size: size})
		peak := 0
		for i := range int64(20_000) {
			c.fill(m, i)
			peak = max(peak, m.Bytes())
			if i%5_000 == 0 {
				export(m) // so that what is pushed out is remembered
			}
		}
		grew := int(heap() - before)
		t.Logf("%s: %d keys, %d KiB counted, %d KiB of heap", c.name, m.Len(), m.Bytes()>>10, grew>>10)
		if peak > size {
			t.Errorf("%s: %d bytes at the most, more than %d", c.name, peak, size)
		}
		if grew > m.Bytes() {
			t.Errorf("%s: the heap grew by %d bytes, %d are counted", c.name, grew, m.Bytes())
		}
		runtime.KeepAlive(m)
	}
}

// teach brings three good calls and one that failed.
func teach(m *changes.Memory, k changes.Key, f *changes.Facts, i int64) {
	for n := range int64(3) {
		m.Good(k, f, noon+i+n)
	}
	m.Failed([]changes.Key{k}, "access_denied", 403, &changes.Facts{}, noon+i+4)
}

func heap() uint64 {
	runtime.GC()
	runtime.GC()
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return s.HeapAlloc
}

// TestNeverMoreThanItsSize: whatever is told in whatever order.
func TestNeverMoreThanItsSize(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.IntRange(1, 60_000).Draw(t, "size")
		m := changes.New(changes.Options{Size: size})
		names := rapid.SliceOfN(rapid.StringMatching(`[a-z.-]{1,50}`), 0, 200)
		for range rapid.IntRange(1, 60).Draw(t, "calls") {
			k := m.Key(changes.WhoKind(rapid.IntRange(1, 3).Draw(t, "kind")), rapid.StringMatching(`[a-f]`).Draw(t, "who"), rapid.StringMatching(`[a-c]`).Draw(t, "route"))
			f := ordinary()
			f.Fields, f.Params = names.Draw(t, "fields"), names.Draw(t, "params")
			now := rapid.Int64Range(-5, 1<<33).Draw(t, "now")
			switch rapid.IntRange(0, 4).Draw(t, "what") {
			case 0:
				m.Failed([]changes.Key{k}, rapid.SampledFrom([]string{"throttled", "access_denied", ""}).Draw(t, "problem"), 400, &f, now)
			case 1:
				export(m)
				m.Settled()
			case 2:
				export(m)
			default:
				m.Good(k, &f, now)
			}
			if m.Bytes() > size && m.Len() > 0 {
				t.Fatalf("%d bytes in %d keys, more than %d", m.Bytes(), m.Len(), size)
			}
		}
		m.Forget(func(changes.Key) bool { return true })
		export(m)
		m.Settled()
		if m.Bytes() != 0 {
			t.Fatalf("%d bytes are counted of nothing", m.Bytes())
		}
	})
}

// TestKeysWithoutAnApp: those of one route are at most so many, the one used last stays, and apps are not pushed out by them.
func TestKeysWithoutAnApp(t *testing.T) {
	t.Parallel()
	m := changes.New(changes.Options{Size: 256 << 20})
	f := changes.Facts{}
	app := m.Key(changes.App, "acme", "/v2/posts")
	m.Good(app, &f, noon)
	for i := range int64(changes.MaxUnknown + 500) {
		m.Good(m.Key(changes.Network, fmt.Sprint(i), "/v2/posts"), &f, noon+i)
	}
	m.Good(m.Key(changes.Network, "1", "/v2/ads"), &f, noon)
	if m.Len() != changes.MaxUnknown+2 {
		t.Errorf("%d keys, want %d of the route, one of another, and an app", m.Len(), changes.MaxUnknown)
	}
	for _, c := range []struct {
		who   string
		known bool
	}{{"500", true}, {"10499", true}, {"499", false}} {
		if got := m.Failed([]changes.Key{m.Key(changes.Network, c.who, "/v2/posts")}, "throttled", 429, &f, noon).LastGood != 0; got != c.known {
			t.Errorf("network %s: known is %t", c.who, got)
		}
	}
	if m.Failed([]changes.Key{app}, "throttled", 429, &f, noon).LastGood == 0 {
		t.Error("the app was pushed out")
	}
}

// TestMadeUpCredentialsPushNobodyOut: keys that never worked have what room is left, and past a quarter they go first.
func TestMadeUpCredentialsPushNobodyOut(t *testing.T) {
	t.Parallel()
	m := changes.New(changes.Options{Size: 1 << 20})
	f := ordinary()
	flood := func(from int64) {
		for i := from; i < from+10_000; i++ {
			m.Failed([]changes.Key{m.Key(changes.Credential, fmt.Sprint(i), "/v2/posts")}, "invalid_access_token", 401, &f, noon+i)
		}
	}
	flood(0)
	for i := range 300 {
		m.Good(m.Key(changes.App, fmt.Sprint(i), "/v2/posts"), &f, noon)
	}
	flood(10_000)
	for i := range 300 {
		if m.Failed([]changes.Key{m.Key(changes.App, fmt.Sprint(i), "/v2/posts")}, "throttled", 429, &f, noon).LastGood == 0 {
			t.Fatalf("app %d was pushed out", i)
		}
	}
}

// TestMadeUpCredentialsPushNoNetworkOut: of the keys of one route those that worked stay.
func TestMadeUpCredentialsPushNoNetworkOut(t *testing.T) {
	t.Parallel()
	m := changes.New(changes.Options{})
	f := changes.Facts{}
	for i := range int64(5000) {
		m.Good(m.Key(changes.Network, fmt.Sprint(i), "/v2/posts"), &f, noon)
	}
	for i := range int64(20_000) {
		m.Failed([]changes.Key{m.Key(changes.Credential, fmt.Sprint(i), "/v2/posts")}, "invalid_access_token", 401, &f, noon+i)
	}
	if m.Len() != changes.MaxUnknown {
		t.Errorf("%d keys, want %d", m.Len(), changes.MaxUnknown)
	}
	for i := range int64(5000) {
		if m.Failed([]changes.Key{m.Key(changes.Network, fmt.Sprint(i), "/v2/posts")}, "throttled", 429, &f, noon).LastGood == 0 {
			t.Fatalf("network %d was pushed out", i)
		}
	}
}
