package token

import (
	"fmt"
	"strings"
	"testing"

	"github.com/candor-gateway/candor/internal/access"
)

// BenchmarkVerify is what a credential of each kind costs, and a good one among so many live tokens that are sent in turn: all of few are remembered, of very
// many next to none.
func BenchmarkVerify(b *testing.B) {
	for _, c := range credentials {
		switch c.name {
		case "good", "altered", "somebody else's", "expired":
		default:
			continue
		}
		b.Run(strings.ReplaceAll(c.name, " ", "_"), func(b *testing.B) {
			v := stock(nil)
			cred := c.cred(v)
			var s Scratch
			var r Result
			b.ReportAllocs()
			for b.Loop() {
				v.Verify(cred, at(noon), &s, &r)
			}
		})
	}
	for _, live := range []int{1, 1000, 100_000} {
		b.Run(fmt.Sprintf("of_%d", live), func(b *testing.B) {
			v := stock(nil)
			creds := make([][]byte, live)
			for i := range creds {
				id := access.GrantID(100 + i)
				v.Put(&access.Grant{ID: id, App: 7})
				creds[i] = v.keys.Mint(nil, Access, id, noon, life, numberedID(i))
			}
			var s Scratch
			var r Result
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if v.Verify(creds[i%live], at(noon), &s, &r); r.State != Good {
					b.Fatal(r)
				}
			}
		})
	}
}
