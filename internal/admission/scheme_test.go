package admission

import (
	"testing"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/issuer"
	"github.com/candor-gateway/candor/internal/token"
	"github.com/candor-gateway/candor/problem"
)

// TestEveryKindHasAScheme: no kind of credential is without a row, none is in two, and none of its findings but Good is without an answer.
func TestEveryKindHasAScheme(t *testing.T) {
	for k := access.NoCredential + 1; k < access.KindCount; k++ {
		rows := 0
		for i := range schemes {
			if schemes[i].kinds.Has(k) {
				rows++
			}
		}
		if rows != 1 {
			t.Errorf("kind %d has %d rows", k, rows)
		}
	}
	for i := range schemes {
		s := &schemes[i]
		if s.find == nil || s.judge == nil || s.problems == nil || s.missing == problem.NoDetail || s.kinds.Has(access.ExternalToken) != (s.external != nil) {
			t.Errorf("row %d is not whole", i)
			continue
		}
		for _, said := range []*[token.Failed + 1]func(*Call) Verdict{s.problems, s.external} {
			for state, answer := range said {
				if (answer == nil) != (token.State(state) == token.Good) {
					t.Errorf("row %d: %s is answered: %v", i, token.State(state), answer != nil)
				}
			}
		}
	}
}

// TestEveryFindingIsSaid: each thing that can be wrong with another issuer's token is a cause of its row.
func TestEveryFindingIsSaid(t *testing.T) {
	for why := issuer.NoFault + 1; why < issuer.WhyCount; why++ {
		want := problem.InvalidAccessToken
		if why == issuer.IssuerDown || why == issuer.StoreDown {
			want = problem.TokenVerificationFailed
		}
		if got := externalWhys[why].Type(); got != want {
			t.Errorf("%d is a cause of %s, want %s", why, got, want)
		}
	}
}
