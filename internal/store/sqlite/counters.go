package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/candor-gateway/candor/internal/quota"
)

// Counters are kept by the order of quota's constants: a new key or window goes at the end.

// SaveCounters inserts each counter or replaces the one of the same identity, all of them or none.
func (s *Store) SaveCounters(ctx context.Context, counters []quota.Counter) error {
	if len(counters) == 0 {
		return nil
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		return upsertCounters(ctx, tx, counters)
	})
}

// LoadCounters returns what was saved.
func (s *Store) LoadCounters(ctx context.Context) ([]quota.Counter, error) {
	var all []quota.Counter
	err := s.read(ctx, func(tx *sql.Tx) (err error) {
		all, err = findCounters(ctx, tx)
		return err
	})
	return all, err
}

func upsertCounters(ctx context.Context, tx *sql.Tx, counters []quota.Counter) error {
	put, err := tx.PrepareContext(ctx, `
		INSERT INTO counters (resource, key, window, burst, app_id, member, used, ends) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT DO UPDATE SET used = excluded.used, ends = excluded.ends`)
	if err != nil {
		return wrap(err, "save the counters")
	}
	defer put.Close()
	for _, c := range counters {
		_, err := put.ExecContext(ctx, c.Resource, int(c.Key), int(c.Window), c.Burst, int64(c.App), int64(c.Member), c.Used, c.Ends)
		if err != nil {
			return wrap(err, fmt.Sprintf("save a counter of %s", c.Resource))
		}
	}
	return nil
}

func findCounters(ctx context.Context, tx *sql.Tx) ([]quota.Counter, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT resource, key, window, burst, app_id, member, used, ends FROM counters
		ORDER BY resource, key, window, burst, app_id, member`)
	counters, err := collect(rows, err, func(rows *sql.Rows) (c quota.Counter, err error) {
		return c, rows.Scan(&c.Resource, &c.Key, &c.Window, &c.Burst, &c.App, &c.Member, &c.Used, &c.Ends)
	})
	return counters, wrap(err, "load the counters")
}
