package sqlite

import (
	"context"
	"database/sql"

	"github.com/candor-gateway/candor/internal/access"
)

// SaveScopeUses adds to what became of scopes in their hours: all of it or nothing.
func (s *Store) SaveScopeUses(ctx context.Context, uses []access.ScopeUse) error {
	if len(uses) == 0 {
		return nil
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		for i := range uses {
			if err := addScopeUse(ctx, tx, &uses[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// ScopeUses sums up, by app and scope in this order, what became of scopes in the hours that began at since or later. Hour is 0 of all.
func (s *Store) ScopeUses(ctx context.Context, since int64) (all []access.ScopeUse, err error) {
	err = s.read(ctx, func(tx *sql.Tx) (err error) {
		all, err = sumScopeUses(ctx, tx, since)
		return wrap(err, "sum up the uses of scopes")
	})
	return all, err
}

func addScopeUse(ctx context.Context, tx *sql.Tx, u *access.ScopeUse) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO scope_uses (hour, app_id, scope, asked, granted, refused) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET asked = asked + excluded.asked, granted = granted + excluded.granted, refused = refused + excluded.refused`,
		u.Hour, u.App, u.Scope, u.Asked, u.Granted, u.Refused)
	return wrap(err, "note the use of a scope")
}

func sumScopeUses(ctx context.Context, tx *sql.Tx, since int64) ([]access.ScopeUse, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT app_id, scope, sum(asked), sum(granted), sum(refused) FROM scope_uses WHERE hour >= ? GROUP BY app_id, scope ORDER BY app_id, scope`, since)
	return collect(rows, err, func(rows *sql.Rows) (u access.ScopeUse, err error) {
		err = rows.Scan(&u.App, &u.Scope, &u.Asked, &u.Granted, &u.Refused)
		return u, err
	})
}
