package sqlite

import (
	"context"
	"database/sql"
	"time"

	"github.com/candor-gateway/candor/internal/token"
)

// LiveGrants are those that live at now and that are meant, the oldest first, and no more than most.
func (s *Store) LiveGrants(ctx context.Context, of token.GrantFilter, now time.Time, most int) (all []token.LiveGrant, err error) {
	err = s.read(ctx, func(tx *sql.Tx) error {
		rows, failed := tx.QueryContext(ctx, grantColumns+`
			WHERE g.revoked = '' AND g.ends_at > ?1 AND (?2 = 0 OR g.app_id = ?2) AND (?3 = '' OR m.subject = ?3)
			ORDER BY g.created_at, g.id LIMIT ?4`, now.Unix(), of.App, of.Subject, most)
		all, failed = collect(rows, failed, scanLiveGrant)
		return wrap(failed, "list the grants")
	})
	return all, err
}
