package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/token"
)

// RevokeToken notes, until it ends, that one token was taken back.
func (s *Store) RevokeToken(ctx context.Context, t token.RevokedToken) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		change, err := nextChange(ctx, tx)
		if err != nil {
			return err
		}
		return upsertRevoked(ctx, tx, t, change)
	})
}

// LoadLive returns what can still matter at now: the grants of which a token may live, revoked ones too, and all singly
// revoked tokens that were not swept yet.
func (s *Store) LoadLive(ctx context.Context, now time.Time) (token.Live, error) {
	return s.live(ctx, grantsLive, revokedLive, now.Unix())
}

// Changes returns what has changed after the change since, a Live's Seq. A member whose restriction changed comes with
// all of their grants.
func (s *Store) Changes(ctx context.Context, since int64) (token.Live, error) {
	return s.live(ctx, grantsSince, revokedSince, since)
}

// Sweep deletes what has ended by now and can matter no more, revoked tokens, codes, lines, sessions and counters, and tells how many rows.
func (s *Store) Sweep(ctx context.Context, now time.Time) (int, error) {
	var n int64
	err := s.write(ctx, func(tx *sql.Tx) (err error) {
		for _, ended := range []struct {
			statement string
			at        time.Time
		}{
			{`DELETE FROM revoked_tokens WHERE ends_at <= ?`, now},
			{`DELETE FROM lines WHERE ends_at <= ?`, now},
			{`DELETE FROM sessions WHERE ends_at <= ?`, now},
			{`DELETE FROM codes WHERE ends_at <= ?`, now.Add(-token.CodesKept)},
			{`DELETE FROM scope_uses WHERE hour <= ?`, now.Add(-access.ScopeKept * time.Second)},
		} {
			gone, err := deleteEnded(ctx, tx, ended.statement, ended.at.Unix())
			if err != nil {
				return err
			}
			n += gone
		}
		return nil
	})
	if err != nil {
		return 0, err
	}
	counters, err := s.sweepCounters(ctx, now)
	return int(n) + counters, err
}

func (s *Store) live(ctx context.Context, grants, tokens string, from int64) (token.Live, error) {
	var l token.Live
	err := s.read(ctx, func(tx *sql.Tx) (err error) {
		if l.Grants, err = findGrants(ctx, tx, grants, from); err != nil {
			return err
		}
		if l.Tokens, err = findRevoked(ctx, tx, tokens, from); err != nil {
			return err
		}
		l.Seq, err = lastChange(ctx, tx)
		return err
	})
	if err != nil {
		return token.Live{}, err
	}
	return l, nil
}

// What Live is made of: what ends after a time, or what changed after a change.
const (
	grantsLive   = grantColumns + `WHERE g.ends_at > ? ORDER BY g.change, g.id`
	grantsSince  = grantColumns + `WHERE g.change > ?1 OR m.change > ?1 ORDER BY g.change, g.id`
	revokedLive  = `SELECT id, ends_at FROM revoked_tokens WHERE ?1 IS NOT NULL ORDER BY change` // all: by a clock that runs ahead they seem to have ended
	revokedSince = `SELECT id, ends_at FROM revoked_tokens WHERE change > ? ORDER BY change`
)

func findGrants(ctx context.Context, tx *sql.Tx, query string, from int64) ([]*access.Grant, error) {
	rows, err := tx.QueryContext(ctx, query, from)
	grants, err := collect(rows, err, scanGrant)
	return grants, wrap(err, "find the grants")
}

func findRevoked(ctx context.Context, tx *sql.Tx, query string, from int64) ([]token.RevokedToken, error) {
	rows, err := tx.QueryContext(ctx, query, from)
	tokens, err := collect(rows, err, scanRevoked)
	return tokens, wrap(err, "find the revoked tokens")
}

func scanRevoked(rows *sql.Rows) (t token.RevokedToken, err error) {
	var id []byte
	if err := rows.Scan(&id, &t.Ends); err != nil {
		return t, err
	}
	if copy(t.ID[:], id) != len(t.ID) {
		return t, fmt.Errorf("a revoked token has an id of %d bytes", len(id))
	}
	return t, nil
}

func upsertRevoked(ctx context.Context, tx *sql.Tx, t token.RevokedToken, change int64) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO revoked_tokens (id, ends_at, change) VALUES (?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET ends_at = max(ends_at, excluded.ends_at), change = excluded.change`,
		t.ID[:], t.Ends, change)
	return wrap(err, "revoke a token")
}

func lastChange(ctx context.Context, tx *sql.Tx) (n int64, err error) {
	err = tx.QueryRowContext(ctx, `SELECT last FROM sequence`).Scan(&n)
	return n, wrap(err, "find the last change")
}

func deleteEnded(ctx context.Context, tx *sql.Tx, statement string, now int64) (int64, error) {
	done, err := tx.ExecContext(ctx, statement, now)
	if err != nil {
		return 0, wrap(err, "delete what has ended")
	}
	n, err := done.RowsAffected()
	return n, wrap(err, "delete what has ended")
}
