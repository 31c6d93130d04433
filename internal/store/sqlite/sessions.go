package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"io"

	"github.com/candor-gateway/candor/internal/account"
)

// Session finds the session of a hash; token.ErrNotFound where there is none. One that has ended is found until it is swept.
func (s *Store) Session(ctx context.Context, hash [32]byte) (account.Session, error) {
	one := account.Session{Hash: hash}
	err := s.read(ctx, func(tx *sql.Tx) error {
		row := tx.QueryRowContext(ctx, `SELECT account, data, ends_at FROM sessions WHERE hash = ?`, hash[:])
		return wrap(row.Scan(&one.Account, &one.Data, &one.Ends), "find a session")
	})
	if err != nil {
		return account.Session{}, err
	}
	return one, nil
}

// KeepSession adds a session or replaces the one of the same hash. Of an account's, or of nobody's, only so many are kept.
func (s *Store) KeepSession(ctx context.Context, one account.Session) error {
	most := account.MostSessions
	if one.Account == 0 {
		most = account.MostAnonymous
	}
	return s.write(ctx, func(tx *sql.Tx) error {
		if err := upsertSession(ctx, tx, &one); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `
			DELETE FROM sessions WHERE hash <> ?1 AND hash IN
				(SELECT hash FROM sessions WHERE account = ?2 ORDER BY ends_at DESC LIMIT -1 OFFSET ?3)`, one.Hash[:], one.Account, most)
		return wrap(err, "make room for a session")
	})
}

// DropSession ends a session; that there is none is no error.
func (s *Store) DropSession(ctx context.Context, hash [32]byte) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE hash = ?`, hash[:])
		return wrap(err, "end a session")
	})
}

// BrowserKey is the secret with which cookies are marked by which a browser is known; the first call makes it.
func (s *Store) BrowserKey(ctx context.Context) (key [32]byte, err error) {
	if _, err = io.ReadFull(s.rand, key[:]); err != nil {
		return key, fmt.Errorf("make the key of browsers: %w", err)
	}
	err = s.write(ctx, func(tx *sql.Tx) error { return keepBrowserKey(ctx, tx, &key) })
	return key, err
}

// keepBrowserKey keeps the key, if none is, and reads the one that is.
func keepBrowserKey(ctx context.Context, tx *sql.Tx, key *[32]byte) error {
	if _, err := tx.ExecContext(ctx, `INSERT INTO browser_key (one, key) VALUES (1, ?) ON CONFLICT DO NOTHING`, key[:]); err != nil {
		return wrap(err, "keep the key of browsers")
	}
	var kept []byte
	err := tx.QueryRowContext(ctx, `SELECT key FROM browser_key`).Scan(&kept)
	copy(key[:], kept)
	return wrap(err, "find the key of browsers")
}

func upsertSession(ctx context.Context, tx *sql.Tx, one *account.Session) error {
	_, err := tx.ExecContext(ctx, `
		INSERT INTO sessions (hash, account, data, ends_at) VALUES (?, ?, ?, ?)
		ON CONFLICT (hash) DO UPDATE SET account = excluded.account, data = excluded.data, ends_at = excluded.ends_at`,
		one.Hash[:], one.Account, one.Data, one.Ends)
	return wrap(err, "keep a session")
}
