package changes_test

import (
	"fmt"
	"testing"

	"github.com/candor-gateway/candor/internal/changes"
)

// busy is a Memory that has met a thousand keys, and a call of each.
func busy() (*changes.Memory, []changes.Key, *changes.Facts) {
	m := changes.New(changes.Options{})
	f := ordinary()
	f.Fields = append(f.Fields, "accept-encoding", "accept-language", "x-request-id", "traceparent", "cache-control", "linkedin-version")
	var keys []changes.Key
	for i := range 1000 {
		k := m.Key(changes.App, fmt.Sprint(i), "/v2/posts")
		for n := range int64(6) {
			m.Good(k, &f, noon+n)
		}
		keys = append(keys, k)
	}
	return m, keys, &f
}

func BenchmarkGood(b *testing.B) {
	m, keys, f := busy()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		m.Good(keys[i%len(keys)], f, noon+int64(i))
	}
}

func BenchmarkFailed(b *testing.B) {
	m, keys, f := busy()
	f.Scopes = f.Scopes[:1]
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		m.Failed(keys[i%len(keys):][:1], "access_denied", 403, f, noon+int64(i))
	}
}

func BenchmarkKey(b *testing.B) {
	m := changes.New(changes.Options{})
	b.ReportAllocs()
	for b.Loop() {
		m.Key(changes.App, "acme", "/v2/posts")
	}
}

func BenchmarkGate(b *testing.B) {
	var g changes.Gate
	k := changes.New(changes.Options{}).Key(changes.App, "acme", "/v2/posts")
	b.RunParallel(func(p *testing.PB) {
		for now := noon; p.Next(); now++ {
			g.Take(k, now>>10)
		}
	})
}

func BenchmarkExport(b *testing.B) {
	m, keys, f := busy()
	b.ReportAllocs()
	for b.Loop() {
		for _, k := range keys {
			m.Good(k, f, noon)
		}
		n := 0
		for s := range m.Export() {
			n += len(s.Text)
		}
		m.Settled()
		b.ReportMetric(float64(n)/float64(len(keys)), "bytes/key")
	}
}

func BenchmarkAppendMembers(b *testing.B) {
	body := []byte(`{"author":"urn:li:person:1","commentary":"text","distribution":{"feedDistribution":"MAIN_FEED","targetEntities":[]},"content":[{"id":1},{"id":2}]}`)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		changes.AppendMembers(nil, body)
	}
}
