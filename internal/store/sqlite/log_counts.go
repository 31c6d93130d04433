package sqlite

import (
	"context"
	"database/sql"
	"iter"
	"time"

	"github.com/candor-gateway/candor/internal/requestlog"
)

// SaveCounts implements requestlog.Store.
func (l *Log) SaveCounts(ctx context.Context, counts []requestlog.Count) error {
	err := transact(ctx, l.w, func(tx *sql.Tx) error {
		add, err := tx.PrepareContext(ctx, `INSERT INTO counts (hour, app, member, resource, problem, calls, repeated) VALUES (?,?,?,?,?,?,?)
			ON CONFLICT DO UPDATE SET calls = calls + excluded.calls, repeated = repeated + excluded.repeated`)
		if err != nil {
			return err
		}
		defer add.Close()
		for _, c := range counts {
			if _, err := add.ExecContext(ctx, c.Hour.Unix()/hours, c.App, c.Member, c.Resource, c.Problem, c.Calls, c.Repeated); err != nil {
				return err
			}
		}
		return nil
	})
	return l.wrote(err, "write counts to the request log")
}

// Counts implements requestlog.Store: those of the hour in which since is, and of later ones, by app and hour.
func (l *Log) Counts(ctx context.Context, apps []string, since time.Time) (all []requestlog.Count, err error) {
	const columns = `SELECT hour, app, member, resource, problem, calls, repeated FROM counts WHERE `
	hour := since.Unix() / hours
	err = transact(ctx, l.r, func(tx *sql.Tx) (err error) {
		if apps == nil {
			all, err = readCounts(ctx, tx, columns+`hour >= ? ORDER BY app, hour, resource, problem, member`, hour)
		}
		for i := 0; i < len(apps) && err == nil; i++ {
			var some []requestlog.Count
			some, err = readCounts(ctx, tx, columns+`app = ? AND hour >= ? ORDER BY hour, resource, problem, member`, apps[i], hour)
			all = append(all, some...)
		}
		return err
	})
	return all, wrapLog(err, "read counts of the request log")
}

func readCounts(ctx context.Context, tx *sql.Tx, query string, args ...any) ([]requestlog.Count, error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	return collect(rows, err, scanCount)
}

func scanCount(rows *sql.Rows) (c requestlog.Count, err error) {
	var hour int64
	err = rows.Scan(&hour, &c.App, &c.Member, &c.Resource, &c.Problem, &c.Calls, &c.Repeated)
	c.Hour = time.Unix(hour*hours, 0).UTC()
	return c, err
}

// SaveNotes implements requestlog.Store.
func (l *Log) SaveNotes(ctx context.Context, kind string, notes iter.Seq2[string, []byte]) error {
	err := transact(ctx, l.w, func(tx *sql.Tx) error {
		keep, err := tx.PrepareContext(ctx, `INSERT INTO notes (kind, key, value) VALUES (?,?,?) ON CONFLICT DO UPDATE SET value = excluded.value`)
		if err != nil {
			return err
		}
		defer keep.Close()
		drop, err := tx.PrepareContext(ctx, `DELETE FROM notes WHERE kind = ? AND key = ?`)
		if err != nil {
			return err
		}
		defer drop.Close()
		for key, value := range notes {
			statement, args := keep, []any{kind, []byte(key), value}
			if value == nil {
				statement, args = drop, args[:2]
			}
			if _, err := statement.ExecContext(ctx, args...); err != nil {
				return err
			}
		}
		return nil
	})
	return l.wrote(err, "write notes to the request log")
}

// Notes implements requestlog.Store.
func (l *Log) Notes(ctx context.Context, kind string) (map[string][]byte, error) {
	type note struct{ key, value []byte }
	rows, err := l.r.QueryContext(ctx, `SELECT key, value FROM notes WHERE kind = ?`, kind)
	all, err := collect(rows, err, func(rows *sql.Rows) (n note, err error) { return n, rows.Scan(&n.key, &n.value) })
	if err != nil {
		return nil, wrapLog(err, "read notes of the request log")
	}
	notes := make(map[string][]byte, len(all))
	for _, n := range all {
		notes[string(n.key)] = n.value
	}
	return notes, nil
}
