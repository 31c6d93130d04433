package memory

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/token"
)

// LiveGrants are those that live at now and that are meant, the oldest first, and no more than most.
func (s *Store) LiveGrants(_ context.Context, of token.GrantFilter, now time.Time, most int) (all []token.LiveGrant, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, g := range s.grants {
		lives := g.revoked == access.NotRevoked && g.spec.Until() > now.Unix()
		if lives && (of.App == 0 || g.spec.App == of.App) && (of.Subject == "" || g.member != nil && g.member.subject == of.Subject) {
			all = append(all, token.LiveGrant{Grant: g.export(), Ends: g.spec.Until()})
		}
	}
	slices.SortFunc(all, func(a, b token.LiveGrant) int {
		return cmp.Or(cmp.Compare(a.Created, b.Created), cmp.Compare(a.ID, b.ID))
	})
	return all[:min(len(all), most)], nil
}
