package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/candor-gateway/candor/internal/access"
	"github.com/candor-gateway/candor/internal/token"
)

// EnsureMember finds or makes the member with the operator's own id.
func (s *Store) EnsureMember(ctx context.Context, subject string, now time.Time) (*access.Member, error) {
	var m *access.Member
	err := s.write(ctx, func(tx *sql.Tx) (err error) {
		if m, err = findMember(ctx, tx, subject); !errors.Is(err, token.ErrNotFound) {
			return err
		}
		change, err := nextChange(ctx, tx)
		if err != nil {
			return err
		}
		m, err = insertMember(ctx, tx, subject, change, now)
		return err
	})
	if err != nil {
		return nil, err
	}
	return m, nil
}

// Member finds the member with the operator's own id; token.ErrNotFound where there is none.
func (s *Store) Member(ctx context.Context, subject string) (m *access.Member, err error) {
	err = s.read(ctx, func(tx *sql.Tx) (err error) {
		m, err = findMember(ctx, tx, subject)
		return err
	})
	return m, err
}

// RestrictMember marks a member as restricted, or no longer.
func (s *Store) RestrictMember(ctx context.Context, id access.MemberID, restricted bool) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		change, err := nextChange(ctx, tx)
		if err != nil {
			return err
		}
		return updateRestricted(ctx, tx, id, restricted, change)
	})
}

func findMember(ctx context.Context, tx *sql.Tx, subject string) (*access.Member, error) {
	m := &access.Member{Subject: subject}
	var restricted bool
	err := tx.QueryRowContext(ctx, `SELECT id, restricted FROM members WHERE subject = ?`, subject).Scan(&m.ID, &restricted)
	if err != nil {
		return nil, wrap(err, fmt.Sprintf("find member %q", subject))
	}
	m.Restricted.Store(restricted)
	return m, nil
}

func insertMember(ctx context.Context, tx *sql.Tx, subject string, change int64, now time.Time) (*access.Member, error) {
	m := &access.Member{Subject: subject}
	err := tx.QueryRowContext(ctx, `INSERT INTO members (subject, created_at, change) VALUES (?, ?, ?) RETURNING id`,
		subject, now.Unix(), change).Scan(&m.ID)
	if err != nil {
		return nil, wrap(err, fmt.Sprintf("add member %q", subject))
	}
	return m, nil
}

func updateRestricted(ctx context.Context, tx *sql.Tx, id access.MemberID, restricted bool, change int64) error {
	var found access.MemberID
	err := tx.QueryRowContext(ctx, `UPDATE members SET restricted = ?, change = ? WHERE id = ? RETURNING id`, restricted, change, int64(id)).Scan(&found)
	return wrap(err, fmt.Sprintf("restrict member %d", id))
}
