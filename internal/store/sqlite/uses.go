package sqlite

import (
	"context"
	"database/sql"
	"iter"

	"github.com/candor-gateway/candor/internal/access"
)

// SaveUses notes when grants were used last, in unix seconds. A time that is earlier than what is known changes nothing; nor does a grant that is not there.
func (s *Store) SaveUses(ctx context.Context, uses iter.Seq2[access.GrantID, int64]) error {
	const batch = 500 // a transaction holds up whoever writes
	next, stop := iter.Pull2(uses)
	defer stop()
	for more := true; more; {
		err := s.write(ctx, func(tx *sql.Tx) error {
			for range batch {
				id, at, ok := next()
				if !ok {
					more = false
					return nil
				}
				if _, err := tx.ExecContext(ctx, `UPDATE grants SET used_at = ?1 WHERE id = ?2 AND used_at < ?1`, at, int64(id)); err != nil {
					return wrap(err, "note the last use of a grant")
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		if more && s.Rest != nil {
			s.Rest()
		}
	}
	return nil
}
