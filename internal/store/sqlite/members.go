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
		m, err = ensureMember(ctx, tx, subject, now)
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

// Members are those who have an account or are restricted, in the order in which they were made, without who was erased.
func (s *Store) Members(ctx context.Context) (all []*access.Member, err error) {
	err = s.read(ctx, func(tx *sql.Tx) (err error) {
		rows, err := tx.QueryContext(ctx, `
			SELECT id, subject, restricted FROM members m
			WHERE (restricted OR EXISTS (SELECT 1 FROM accounts WHERE member_id = m.id)) AND subject NOT LIKE 'erased %' ORDER BY id`)
		all, err = collect(rows, err, scanMember)
		return wrap(err, "find members")
	})
	return all, err
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

// ensureMember finds or makes a member in a transaction.
func ensureMember(ctx context.Context, tx *sql.Tx, subject string, now time.Time) (*access.Member, error) {
	m, err := findMember(ctx, tx, subject)
	if !errors.Is(err, token.ErrNotFound) {
		return m, err
	}
	change, err := nextChange(ctx, tx)
	if err != nil {
		return nil, err
	}
	return insertMember(ctx, tx, subject, change, now)
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

func scanMember(rows *sql.Rows) (*access.Member, error) {
	var m access.Member
	var restricted bool
	err := rows.Scan(&m.ID, &m.Subject, &restricted)
	m.Restricted.Store(restricted)
	return &m, err
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
