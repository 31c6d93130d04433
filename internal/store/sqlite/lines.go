package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/token"
)

// ExchangeLine lets decide look at a line of refresh tokens and its grant, nil where there is none, and does what it says, all of it or nothing.
func (s *Store) ExchangeLine(ctx context.Context, id access.LineID, now time.Time, decide func(*access.Line, *access.Grant) token.LineChange) (done token.Exchanged, err error) {
	err = s.write(ctx, func(tx *sql.Tx) (err error) {
		line, grant, err := findLine(ctx, tx, id)
		if err != nil {
			return err
		}
		change := decide(line, grant)
		if change.Revoke != access.NotRevoked {
			done.Revoked, done.Reason = grant.ID, change.Revoke
			return revokeGrant(ctx, tx, grant, change.Revoke)
		}
		if change.Advance > 0 {
			if err := advance(ctx, tx, id, change.Advance, now); err != nil {
				return err
			}
		}
		if change.Token.Ends > 0 {
			return noteToken(ctx, tx, line.Code, change.Token)
		}
		return nil
	})
	if err != nil {
		return token.Exchanged{}, err
	}
	return done, nil
}

func insertLine(ctx context.Context, tx *sql.Tx, l *access.Line, grant access.GrantID) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO lines (id, grant_id, code_id, key_id, issued_at, ends_at, generation) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		int64(l.ID), int64(grant), int64(l.Code), l.Key, l.Issued, l.Ends, l.Generation)
	if err != nil {
		return wrap(err, "begin a line of refresh tokens")
	}
	_, err = tx.ExecContext(ctx, `
		DELETE FROM lines WHERE grant_id = ?1 AND rowid IN (
			SELECT rowid FROM lines WHERE grant_id = ?1 ORDER BY issued_at DESC, ends_at DESC, id LIMIT -1 OFFSET ?2)`, int64(grant), token.MostLines)
	return wrap(err, "delete the oldest lines of refresh tokens")
}

func advance(ctx context.Context, tx *sql.Tx, id access.LineID, generation uint32, now time.Time) error {
	_, err := tx.ExecContext(ctx, `UPDATE lines SET generation = ?, advanced_at = ? WHERE id = ?`, generation, now.Unix(), int64(id))
	return wrap(err, "advance a line of refresh tokens")
}

// findLine is the line of that id with its grant; both nil where there is none.
func findLine(ctx context.Context, tx *sql.Tx, id access.LineID) (*access.Line, *access.Grant, error) {
	var l access.Line
	err := tx.QueryRowContext(ctx, `SELECT id, grant_id, code_id, key_id, issued_at, ends_at, generation, advanced_at, revoked FROM lines WHERE id = ?`, int64(id)).
		Scan(&l.ID, &l.Grant, &l.Code, &l.Key, &l.Issued, &l.Ends, &l.Generation, &l.Advanced, &l.Revoked)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, wrap(err, "find a line of refresh tokens")
	}
	g, err := findGrant(ctx, tx, l.Grant)
	return &l, g, err
}
