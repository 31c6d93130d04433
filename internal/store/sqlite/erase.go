package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/account"
)

// EraseMember forgets who a member is: grants and codes die, the account goes, and the member's row, which dead tokens still lead to, is called by a name that says nothing,
// and restricted, so that whatever was under way for it meanwhile is worth nothing. The member and the grants that died are returned; token.ErrNotFound says that there
// is no such member. What is deleted is overwritten in the file, and the -wal is emptied as far as nobody reads it.
func (s *Store) EraseMember(ctx context.Context, subject string, _ time.Time) (id access.MemberID, killed []access.GrantID, err error) {
	err = s.write(ctx, func(tx *sql.Tx) (err error) {
		m, err := findMember(ctx, tx, subject)
		if err != nil {
			return err
		}
		id = m.ID
		change, err := nextChange(ctx, tx)
		if err != nil {
			return err
		}
		if killed, err = killGrantsOf(ctx, tx, id, change); err != nil {
			return err
		}
		if err = deleteCodesOf(ctx, tx, id); err != nil {
			return err
		}
		if err = deleteAccountOf(ctx, tx, id); err != nil {
			return err
		}
		return renameErased(ctx, tx, id, change)
	})
	if err != nil {
		return 0, nil, err
	}
	return id, killed, s.emptyWAL(ctx)
}

func killGrantsOf(ctx context.Context, tx *sql.Tx, id access.MemberID, change int64) ([]access.GrantID, error) {
	rows, err := tx.QueryContext(ctx, `UPDATE grants SET revoked = ?, change = ? WHERE member_id = ? AND revoked = '' RETURNING id`,
		reasons[access.ByOperator], change, int64(id))
	ids, err := collect(rows, err, func(rows *sql.Rows) (id access.GrantID, err error) { return id, rows.Scan(&id) })
	return ids, wrap(err, "end the grants of a member")
}

func deleteCodesOf(ctx context.Context, tx *sql.Tx, id access.MemberID) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM codes WHERE member_id = ?`, int64(id))
	return wrap(err, "delete the codes of a member")
}

func deleteAccountOf(ctx context.Context, tx *sql.Tx, id access.MemberID) error {
	_, err := tx.ExecContext(ctx, `DELETE FROM sessions WHERE account IN (SELECT id FROM accounts WHERE member_id = ?)`, int64(id))
	if err == nil {
		_, err = tx.ExecContext(ctx, `DELETE FROM developer_keys WHERE account_id IN (SELECT id FROM accounts WHERE member_id = ?)`, int64(id))
	}
	if err == nil {
		_, err = tx.ExecContext(ctx, `DELETE FROM accounts WHERE member_id = ?`, int64(id))
	}
	return wrap(err, "delete the account of a member")
}

func renameErased(ctx context.Context, tx *sql.Tx, id access.MemberID, change int64) error {
	_, err := tx.ExecContext(ctx, `UPDATE members SET subject = ?, restricted = 1, change = ? WHERE id = ?`, account.Erased(int64(id)), change, int64(id))
	return wrap(err, "erase a member")
}

// emptyWAL moves what the -wal holds into the database and cuts it to nothing, unless somebody reads just now; then the next erasure or the end of the process does.
func (s *Store) emptyWAL(ctx context.Context) error {
	var busy, pages, moved int
	err := s.w.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &pages, &moved)
	if err != nil {
		return fmt.Errorf("the member was erased, but %s-wal could not be emptied of what was there before: %w", File, err)
	}
	return nil
}
