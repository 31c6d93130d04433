package sqlite

import (
	"context"
	"database/sql"

	"github.com/candor-gateway/candor/internal/account"
)

// AddDeveloperKey adds a key to an account and gives it an ID. account.ErrKeyExists and account.ErrTooManyKeys say why it cannot.
func (s *Store) AddDeveloperKey(ctx context.Context, k account.DeveloperKey) (account.DeveloperKey, error) {
	err := s.write(ctx, func(tx *sql.Tx) error {
		good, err := findDeveloperKeys(ctx, tx, developerKeyColumns+`WHERE account_id = ? AND revoked_at = 0`, int64(k.Account))
		if err != nil {
			return err
		}
		for i := range good {
			if good[i].Name == k.Name {
				return account.ErrKeyExists
			}
		}
		if len(good) >= account.MostDeveloperKeys {
			return account.ErrTooManyKeys
		}
		k.ID, err = insertDeveloperKey(ctx, tx, &k)
		return err
	})
	if err != nil {
		return account.DeveloperKey{}, err
	}
	return k, nil
}

// DeveloperKeys are those of an account, in the order in which they were made, with the last of those that were revoked.
func (s *Store) DeveloperKeys(ctx context.Context, of account.ID) (all []account.DeveloperKey, err error) {
	err = s.read(ctx, func(tx *sql.Tx) (err error) {
		all, err = findDeveloperKeys(ctx, tx, developerKeyColumns+`WHERE account_id = ? ORDER BY id`, int64(of))
		return err
	})
	return all, err
}

// DeveloperKey finds a key by the hash of its text, also one that was revoked; token.ErrNotFound where there is none.
func (s *Store) DeveloperKey(ctx context.Context, hash [32]byte) (k account.DeveloperKey, err error) {
	err = s.read(ctx, func(tx *sql.Tx) (err error) {
		k, err = findDeveloperKey(ctx, tx, `WHERE hash = ?`, hash[:])
		return err
	})
	return k, err
}

// RevokeDeveloperKey ends the good key of a name at a time in unix seconds; token.ErrNotFound where there is none.
func (s *Store) RevokeDeveloperKey(ctx context.Context, of account.ID, name string, at int64) (k account.DeveloperKey, err error) {
	err = s.write(ctx, func(tx *sql.Tx) (err error) {
		if k, err = findDeveloperKey(ctx, tx, `WHERE account_id = ? AND name = ? AND revoked_at = 0`, int64(of), name); err != nil {
			return err
		}
		k.Revoked = at
		return revokeDeveloperKey(ctx, tx, &k)
	})
	if err != nil {
		return account.DeveloperKey{}, err
	}
	return k, nil
}

// UseDeveloperKey notes when a key was used last, in unix seconds. That there is none is no error.
func (s *Store) UseDeveloperKey(ctx context.Context, id, at int64) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE developer_keys SET used_at = max(used_at, ?) WHERE id = ?`, at, id)
		return wrap(err, "note the use of a developer key")
	})
}

const developerKeyColumns = `SELECT id, account_id, name, hash, created_at, used_at, revoked_at FROM developer_keys `

func findDeveloperKey(ctx context.Context, tx *sql.Tx, where string, arguments ...any) (account.DeveloperKey, error) {
	found, err := findDeveloperKeys(ctx, tx, developerKeyColumns+where, arguments...)
	if err == nil && len(found) == 0 {
		err = wrap(sql.ErrNoRows, "find a developer key")
	}
	if err != nil {
		return account.DeveloperKey{}, err
	}
	return found[0], nil
}

func findDeveloperKeys(ctx context.Context, tx *sql.Tx, query string, arguments ...any) ([]account.DeveloperKey, error) {
	rows, err := tx.QueryContext(ctx, query, arguments...)
	all, err := collect(rows, err, func(rows *sql.Rows) (k account.DeveloperKey, err error) {
		var hash []byte
		err = rows.Scan(&k.ID, &k.Account, &k.Name, &hash, &k.Created, &k.Used, &k.Revoked)
		copy(k.Hash[:], hash)
		return k, err
	})
	return all, wrap(err, "find developer keys")
}

func insertDeveloperKey(ctx context.Context, tx *sql.Tx, k *account.DeveloperKey) (id int64, err error) {
	err = tx.QueryRowContext(ctx, `INSERT INTO developer_keys (account_id, name, hash, created_at) VALUES (?, ?, ?, ?) RETURNING id`,
		int64(k.Account), k.Name, k.Hash[:], k.Created).Scan(&id)
	return id, wrap(err, "add a developer key")
}

// revokeDeveloperKey keeps of those that were revoked only the last ones.
func revokeDeveloperKey(ctx context.Context, tx *sql.Tx, k *account.DeveloperKey) error {
	_, err := tx.ExecContext(ctx, `UPDATE developer_keys SET revoked_at = ? WHERE id = ?`, k.Revoked, k.ID)
	if err == nil {
		_, err = tx.ExecContext(ctx, `
			DELETE FROM developer_keys WHERE id IN
				(SELECT id FROM developer_keys WHERE account_id = ? AND revoked_at <> 0 ORDER BY revoked_at DESC, id DESC LIMIT -1 OFFSET ?)`, int64(k.Account), account.MostDeveloperKeys)
	}
	return wrap(err, "revoke a developer key")
}
