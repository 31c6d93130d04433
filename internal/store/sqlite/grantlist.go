package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/candor-gateway/candor/internal/token"
)

// LiveGrants are those that live at now and that are meant, the oldest first, and no more than most. Those of a member are found by an index, among however many.
func (s *Store) LiveGrants(ctx context.Context, of token.GrantFilter, now time.Time, most int) (all []token.LiveGrant, err error) {
	meant, arguments := "", []any{now.Unix(), most}
	if of.App != 0 {
		arguments = append(arguments, of.App)
		meant += fmt.Sprintf(" AND g.app_id = ?%d", len(arguments))
	}
	if of.Subject != "" {
		arguments = append(arguments, of.Subject)
		meant += fmt.Sprintf(" AND g.member_id = (SELECT id FROM members WHERE subject = ?%d)", len(arguments))
	}
	err = s.read(ctx, func(tx *sql.Tx) error {
		rows, failed := tx.QueryContext(ctx, grantColumns+`WHERE g.revoked = '' AND g.ends_at > ?1`+meant+` ORDER BY g.created_at, g.id LIMIT ?2`, arguments...)
		all, failed = collect(rows, failed, scanLiveGrant)
		return wrap(failed, "list the grants")
	})
	return all, err
}
