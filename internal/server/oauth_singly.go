package server

import (
	"context"
	"sync"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/token"
)

// mostSingly is how many tokens of one grant are taken back one by one; each is kept until it ends. Of whoever wants more the grant goes, with all tokens at once.
const mostSingly = 1000

// singly counts them, since the start.
type singly struct {
	mu sync.Mutex
	of map[access.GrantID]int
}

// tooMany counts one more.
func (s *singly) tooMany(of access.GrantID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.of == nil {
		s.of = map[access.GrantID]int{}
	}
	s.of[of]++
	if s.of[of] <= mostSingly {
		return false
	}
	delete(s.of, of)
	return true
}

// revokeSingly takes an app's own token back.
func (s *Server) revokeSingly(ctx context.Context, r *token.Result) error {
	if s.singly.tooMany(r.ID) {
		return s.RevokeGrant(ctx, r.ID, access.ByApp)
	}
	return s.RevokeToken(ctx, r.Token, r.ExpiredAt)
}
