package token

import (
	"fmt"
	"runtime"
	"strconv"
	"testing"

	"github.com/candor-gateway/candor/internal/access"
)

// million loads a verifier with so many grants as a store tells them: ten to a member, each with texts of its own.
func million(n int) *Verifier {
	v := NewVerifier(testKeys(), nil)
	const chunk = 10_000
	for from := 0; from < n; from += chunk {
		var l Live
		for i := from; i < from+chunk; i++ {
			m := &access.Member{ID: access.MemberID(i/10 + 1), Subject: "member-" + strconv.Itoa(i/10)}
			g := &access.Grant{ID: access.GrantID(i)*0x9E3779B97F4A7C15>>2 | 1, App: access.AppID(i % 10), Member: m, ScopeText: fmt.Sprint("openid profile email w_member_social ", i%4), Created: noon}
			l.Grants = append(l.Grants, g)
		}
		v.Load(l)
	}
	return v
}

// BenchmarkMillionGrants measures what a live grant costs in memory, and how long it takes to judge a token among a million of them.
func BenchmarkMillionGrants(b *testing.B) {
	const n = 1_000_000
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	v := million(n)
	runtime.GC()
	runtime.ReadMemStats(&after)
	perGrant := float64(after.HeapAlloc-before.HeapAlloc) / float64(v.grants.Size())
	ids := make([]uint64, 0, n)
	for id := range v.grants.All() {
		ids = append(ids, id)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		if g, ok := v.Grant(access.GrantID(ids[i*7919%n])); !ok || v.Still(g, ID{}) != Good {
			b.Fatal("a grant is gone")
		}
	}
	b.ReportMetric(perGrant, "B/grant")
}
