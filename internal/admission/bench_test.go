package admission_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/admission"
	"github.com/candor-gateway/candor/internal/route"
	"github.com/candor-gateway/candor/internal/token"
)

// BenchmarkAdmit is what Admit and Done cost, the parsing of the head apart. Each kind must stay what it is to the last call: with limits that a benchmark
// reaches, most of the accepted ones would be throttled, and their cost that of a refusal.
func BenchmarkAdmit(b *testing.B) {
	for _, routes := range []int{0, 10_000} {
		s := unlimited(b, many(routes))
		for _, k := range kinds {
			if routes > 0 && k.name != "accepted" && k.name != "unknown path" {
				continue
			}
			b.Run(fmt.Sprintf("%s/%d more routes", k.name, routes), func(b *testing.B) {
				request := []byte(s.words(k.request))
				s.one(request)
				b.ReportAllocs()
				for b.Loop() {
					if v, of := s.decide(); v != k.verdict || of != k.of {
						b.Fatalf("verdict %d, %s; want %d, %s", v, of, k.verdict, k.of)
					}
				}
			})
		}
	}
}

// BenchmarkModes is a call to one of 10 000 routes of each set of modes: what all enforce, what is only observed and finds nothing, and what would be refused.
func BenchmarkModes(b *testing.B) {
	for _, c := range []struct{ name, modes, request string }{
		{"enforced", "enforce", head("GET /many/resource00007/5", bearer("good"))},
		{"observed", "observe", head("GET /many/resource00007/5", bearer("good"))},
		{"off", "off", head("GET /many/resource00007/5", bearer("good"))},
		{"observed, an unknown path without a credential", "observe", head("GET /many/nothing/5")},
		{"observed, another method and a bad token", "observe", head("DELETE /many/resource00007/5", bearer("altered"))},
	} {
		b.Run(c.name, func(b *testing.B) {
			spec := many(10_000)
			spec.Modes = *modesOf(c.modes)
			s := unlimited(b, spec)
			s.one([]byte(s.words(c.request)))
			b.ReportAllocs()
			for b.Loop() {
				if v, of := s.decide(); v != admission.Forwards {
					b.Fatalf("verdict %d, %s", v, of)
				}
			}
		})
	}
}

// BenchmarkLiveTokens is the accepted call with so many tokens in use, each of a grant and a member of its own, in an order that no cache foresees. What a
// verifier remembers of tokens helps with few of them, and must not hurt with many.
func BenchmarkLiveTokens(b *testing.B) {
	for _, n := range []int{1, 1_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := unlimited(b)
			tokens := s.live(n)
			request := []byte(s.words(kinds[0].request)) // the head is parsed once: all tokens are of one length, and stand in one place
			at := bytes.Index(request, []byte(s.token(good)))
			s.one(request)
			admit := func(i int) {
				copy(request[at:], tokens[i])
				if v, of := s.decide(); v != admission.Forwards {
					b.Fatalf("token %d: verdict %d, %s", i, v, of)
				}
			}
			for i := range tokens { // every token has been seen once
				admit(i)
			}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if i == len(tokens) {
					i = 0
				}
				admit(i)
			}
		})
	}
}

// live makes n grants with a token each and returns the tokens in random order.
func (s *stage) live(n int) [][]byte {
	const first = 1000 // above the grants and members of the stage
	tokens := make([][]byte, n)
	for i, at := range rand.New(rand.NewPCG(1, 2)).Perm(n) {
		id := access.GrantID(first + i)
		s.verifier.Put(&access.Grant{
			ID: id, App: demo, Member: &access.Member{ID: access.MemberID(id), Subject: fmt.Sprint("m", i)},
			Scopes: access.ScopeSet{}.With(0).With(2), ScopeText: "r_profile openid",
		})
		tokens[at] = s.keys.Mint(nil, token.Access, id, noon, day, [12]byte{byte(i), byte(i >> 8), byte(i >> 16), 1})
	}
	return tokens
}

// unlimited is a stage whose accepted calls no benchmark can exhaust.
func unlimited(tb testing.TB, extra ...route.APISpec) *stage {
	tb.Helper()
	specs := append(everyAPI(), extra...)
	for a := range specs {
		specs[a].Routes = slices.Clone(specs[a].Routes) // those of some are shared
		for r := range specs[a].Routes {
			if at := &specs[a].Routes[r]; at.Quota == "people" {
				at.Quota = "endless"
			}
		}
	}
	return readyOn(tb, specs)
}

// many is an API of n routes beside those of the stage.
func many(n int) route.APISpec {
	spec := route.APISpec{Name: "many", Hosts: []string{"api.example.com"}, Base: "/many", Upstream: "people"}
	for i := range n {
		spec.Routes = append(spec.Routes, route.Spec{Name: fmt.Sprintf("r%d", i), Path: fmt.Sprintf("/resource%05d/{id}", i), Methods: []string{"GET"}})
	}
	return spec
}
