package admission

import (
	"testing"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/token"
	"github.com/candor-gateway/candor/problem"
)

// TestEveryKindHasAScheme: no kind of credential is without a row, and none of its findings but Good without an answer.
func TestEveryKindHasAScheme(t *testing.T) {
	for k := access.NoCredential + 1; k < access.KindCount; k++ {
		s := &schemes[k]
		if s.find == nil || s.judge == nil || s.problems == nil || s.missing == problem.NoDetail {
			t.Errorf("kind %d: the row is not whole", k)
			continue
		}
		for state, answer := range s.problems {
			if (answer == nil) != (token.State(state) == token.Good) {
				t.Errorf("kind %d: %s is answered: %v", k, token.State(state), answer != nil)
			}
		}
	}
}
